"""The cursor: where every generation was left, in one small file that survives SIGKILL at any moment.

The file is a header and fixed records in shared memory, so that a delivery costs one write of a few hundred bytes and
no system call. Each record has two places that are written in turn, each with a sequence number and a checksum: a write
that a kill cuts short leaves the other place whole. Against a power cut the file is synced once a second by a thread
of its own; what is lost then is delivered again, with the same keys.
"""

import fcntl
import hashlib
import itertools
import mmap
import os
import struct
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

from nlops.adapters.follower.generation import HEAD_BYTES, MARK_BYTES, Position
from nlops.domain.errors import StoreError

MAGIC = b"nlops cursors 1\n"
HEADER_BYTES = 4096
PLACE_BYTES = 512
RECORD_BYTES = 2 * PLACE_BYTES
FIRST_RECORDS = 64
SYNC_S = 1.0

# sequence, path's digest, generation, device, inode, offset, read_ns, skipping, lengths and bytes of mark and head
_RECORD = struct.Struct(f"<Q16s8sQQQQ?BH{MARK_BYTES}s{HEAD_BYTES}s")
_CHECKSUM = struct.Struct("<I")


def _pack(sequence: int, path: bytes, at: Position) -> bytes:
    body = _RECORD.pack(
        sequence,
        path,
        bytes.fromhex(at.generation),
        *at.file,
        at.offset,
        at.read_ns,
        at.skipping,
        len(at.mark),
        len(at.head),
        at.mark,
        at.head,
    )
    return body + _CHECKSUM.pack(zlib.crc32(body))


def _unpack(place: bytes) -> tuple[int, bytes, Position] | None:
    """Sequence, path's digest and position; None where the place is empty or was cut short."""
    body = place[: _RECORD.size]
    if not any(body[:8]) or _CHECKSUM.unpack_from(place, _RECORD.size)[0] != zlib.crc32(body):
        return None
    sequence, path, generation, device, inode, offset, read_ns, skipping, marks, heads, mark, head = _RECORD.unpack(
        body
    )
    at = Position(generation.hex(), (device, inode), offset, mark[:marks], head[:heads], skipping, read_ns)
    return sequence, path, at


def _digest(path: str) -> bytes:
    return hashlib.blake2b(os.fsencode(path), digest_size=16).digest()


def new_generation() -> str:
    """A name that no other generation has, so that a line's key is never another's: 16 hexadecimal digits."""
    return os.urandom(8).hex()


class Cursor:
    """Positions by path. Without a folder it keeps nothing, and everything is read from the beginning.

    Raises StoreError where the folder cannot be used, or another follower holds its cursor.
    """

    def __init__(self, folder: Path | None) -> None:
        self._sequence = itertools.count(1)
        self._memory: mmap.mmap | None = None
        self._free: list[int] = []
        self._found: dict[bytes, list[tuple[int, Position]]] = {}
        self._turns: dict[int, int] = {}
        if folder is not None:
            self._descriptor = _open_alone(folder / "cursors")
            self._map()
            self._load()
            self._changed = threading.Event()
            self._closing = threading.Event()
            self._syncer = threading.Thread(target=self._sync_now_and_then, name="nlops-cursor", daemon=True)
            self._syncer.start()

    def positions(self, path: str) -> list[Position]:
        """What was held for `path` when the follower ended, the longest unread first. Once."""
        return [at for _, at in sorted(self._found.pop(_digest(path), []), key=lambda item: item[0])]

    def keep(self, path: str) -> Callable[[Position], None]:
        """A function that writes a position of `path`. It costs a few microseconds."""
        digest = _digest(path)

        def write(at: Position) -> None:
            if self._memory is None:
                return
            if at.slot < 0:
                at.slot = self._take_slot()
            turn = self._turns.get(at.slot, 0)
            self._turns[at.slot] = 1 - turn
            start = HEADER_BYTES + at.slot * RECORD_BYTES + turn * PLACE_BYTES
            self._write(start, _pack(next(self._sequence), digest, at))

        return write

    def forget(self, at: Position) -> None:
        """Nothing of this generation is left to read."""
        if self._memory is not None and at.slot >= 0:
            self._write(HEADER_BYTES + at.slot * RECORD_BYTES, bytes(RECORD_BYTES))
            self._free.append(at.slot)
        at.slot = -1

    def close(self) -> None:
        """Write what is held to the disk, and let others have the file."""
        if self._memory is not None:
            self._closing.set()
            self._changed.set()
            self._syncer.join()
            self._memory.close()
            self._memory = None
            os.fdatasync(self._descriptor)
            os.close(self._descriptor)

    def _write(self, start: int, data: bytes) -> None:
        assert self._memory is not None  # noqa: S101 - callers asked
        self._memory[start : start + len(data)] = data
        if not self._changed.is_set():
            self._changed.set()

    def _map(self) -> None:
        size = os.fstat(self._descriptor).st_size
        if size < HEADER_BYTES or os.pread(self._descriptor, len(MAGIC), 0) != MAGIC:
            os.ftruncate(self._descriptor, 0)
            size = HEADER_BYTES + FIRST_RECORDS * RECORD_BYTES
            os.ftruncate(self._descriptor, size)
            os.pwrite(self._descriptor, MAGIC, 0)
        self._memory = mmap.mmap(self._descriptor, size)

    def _load(self) -> None:
        assert self._memory is not None  # noqa: S101 - just mapped
        last = 0
        for slot in range((len(self._memory) - HEADER_BYTES) // RECORD_BYTES):
            start = HEADER_BYTES + slot * RECORD_BYTES
            places = [_unpack(self._memory[at : at + PLACE_BYTES]) for at in (start, start + PLACE_BYTES)]
            sequences = [record[0] if record else 0 for record in places]
            newer = sequences.index(max(sequences))
            record = places[newer]
            if record is None:
                self._free.append(slot)
                continue
            sequence, path, position = record
            position.slot, self._turns[slot], last = slot, 1 - newer, max(last, sequence)
            self._found.setdefault(path, []).append((sequence, position))
        self._sequence = itertools.count(last + 1)

    def _take_slot(self) -> int:
        if not self._free:
            assert self._memory is not None  # noqa: S101 - callers asked
            size = len(self._memory)
            records = (size - HEADER_BYTES) // RECORD_BYTES
            self._memory.resize(size + records * RECORD_BYTES)
            self._free = list(range(records, 2 * records))
        return self._free.pop()

    def _sync_now_and_then(self) -> None:
        while not self._closing.wait(SYNC_S):
            self._changed.wait()
            self._changed.clear()
            os.fdatasync(self._descriptor)


def _open_alone(file: Path) -> int:
    """The file's descriptor, locked against another follower. Raises StoreError."""
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"{file}: the cursor cannot be kept here: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise StoreError(f"{file}: another nlops follows with this folder; give each its own") from error
    return descriptor
