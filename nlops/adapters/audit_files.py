"""Audit records in files: JSON Lines, compressed where the name ends in .gz; read back strictly, whatever is in them.

A closed segment of the chain is such a file in `<state_dir>/audit`; an exported file is one too. Beside an exported
file lies its seal (`NAME.seal`): what was chosen, how many records, a digest, under the folder's key.
"""

import contextlib
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from nlops.domain.errors import StoreError
from nlops.domain.tools import canonical_json
from nlops.gate.audit import Break, StoredRecord, from_line, to_line

FOLDER = "audit"
_PATTERN = "records-*.jsonl.gz"


@dataclass(frozen=True)
class FileSeal:
    """What is kept of an exported file. `filters` is empty where all records of a range were taken."""

    count: int
    first: int
    last: int
    last_hash: str
    filters: str
    sha256: str
    mac: str = ""

    def unsigned(self) -> bytes:
        return canonical_json({**asdict(self), "mac": ""}).encode()


def segment_name(first: int, last: int) -> str:
    return f"records-{first:012d}-{last:012d}.jsonl.gz"


def segments(state_dir: Path) -> list[Path]:
    """The closed segments, in their order."""
    return sorted((state_dir / FOLDER).glob(_PATTERN))


def write_records(file: Path, records: Iterable[StoredRecord]) -> FileSeal:
    """Write them, synced, in place of what is there only once they are complete. Raises StoreError."""
    new = file.with_name(f".{file.name}.new")
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        with _created(new) as raw:
            seal = _fill(raw, file.suffix == ".gz", records)
            raw.flush()
            os.fsync(raw.fileno())
        new.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        raise StoreError(f"{file} cannot be written: {error}") from error
    return FileSeal(**{**asdict(seal), "sha256": digest_of(file)})


def _created(file: Path) -> IO[bytes]:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return os.fdopen(descriptor, "wb")


def _fill(raw: IO[bytes], is_packed: bool, records: Iterable[StoredRecord]) -> FileSeal:
    count, first, last, last_hash = 0, 0, 0, ""
    # No time in the header: the same records make the same file.
    with (
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, compresslevel=6)
        if is_packed
        else contextlib.nullcontext(raw) as out
    ):
        for record in records:
            out.write(f"{to_line(record)}\n".encode())
            count, first, last, last_hash = count + 1, first or record.seq, record.seq, record.hash
    return FileSeal(count, first, last, last_hash, "", "")


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest_of(file: Path) -> str:
    """SHA-256 of a file's bytes."""
    with file.open("rb") as raw:
        return hashlib.file_digest(raw, "sha256").hexdigest()


def read_records(file: Path) -> Iterator[StoredRecord | Break]:
    """The records of a file; in place of the first that cannot be read, a Break, and then no more. Raises StoreError
    where there is no such file."""
    last = 0
    try:
        with gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb") as lines:
            for line in lines:
                try:
                    record = from_line(line.decode().removesuffix("\n"))
                except (ValueError, TypeError, RecursionError) as error:
                    yield Break(last + 1, f"its content was changed: {error}", str(file))
                    return
                last = record.seq
                yield record
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        yield Break(last + 1, f"the file is damaged or was cut off: {error}", str(file))
    except OSError as error:
        raise StoreError(f"{file} cannot be read: {error}") from error


def seal_file(file: Path) -> Path:
    """Where the seal of an exported file lies."""
    return file.with_name(f"{file.name}.seal")


def read_file_seal(file: Path) -> FileSeal | None:
    """The seal beside an exported file; None where there is none. Raises StoreError where it is none."""
    place = seal_file(file)
    try:
        return FileSeal(**json.loads(place.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise StoreError(f"{place} cannot be read: {error}") from error
