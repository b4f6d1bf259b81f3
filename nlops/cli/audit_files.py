"""The chain from end to end, for `nlops audit`: verified in the store or in files, and exported."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlops.adapters import audit_files
from nlops.adapters.audit_files import FileSeal
from nlops.adapters.sqlite.reader import AuditReader, judge
from nlops.adapters.sqlite.seal import Seal
from nlops.domain.tools import canonical_json
from nlops.gate.audit import GENESIS, Break, Chain, Head, StoredRecord, checkpoint, to_line

SHOW_PROGRESS_FROM = 20_000  # records: below that it takes less than a second


@dataclass(frozen=True)
class Choice:
    """Which records are wanted; times are unix seconds, None and empty mean any."""

    since: float | None = None
    until: float | None = None
    kinds: tuple[str, ...] = ()
    admin: str | None = None
    bot: str | None = None

    def takes(self, record: StoredRecord) -> bool:
        return (
            (self.since is None or record.at >= self.since)
            and (self.until is None or record.at < self.until)
            and (not self.kinds or record.kind in self.kinds)
            and (self.admin is None or record.admin == self.admin)
            and (self.bot is None or canonical_json(self.bot) in record.details)
        )

    def name(self) -> str:
        """Empty where all are taken."""
        chosen = {key: value for key, value in vars(self).items() if value not in (None, ())}
        return canonical_json(chosen) if chosen else ""


def verify_store(reader: AuditReader, checkpoints: Sequence[Head], first: int = 1) -> int:
    """0 where the whole chain holds, up to its seal; else 1, and the first broken link is named."""
    chain = Chain(expected=(*reader.expected(), *checkpoints))
    broken: Break | None = None
    for record, file in _with_progress(reader.walk(), reader.head[0]):
        if isinstance(record, StoredRecord) and record.seq < first:
            chain.seq, chain.hash = record.seq, record.hash
            continue
        broken = judge(chain, record, file)
        if broken is not None:
            break
    broken = broken or chain.end(reader.head) or reader.seal_fault()
    if broken is not None:
        print(broken)
        return 1
    kept = f"; checkpoint {checkpoint(reader.head)}" if reader.head[0] else ""
    print(f"{reader.head[0]} records, the chain holds{kept}")
    return 0


def _with_progress(
    walk: Iterable[tuple[StoredRecord | Break, str]], total: int
) -> Iterator[tuple[StoredRecord | Break, str]]:
    if total < SHOW_PROGRESS_FROM:
        yield from walk
        return
    from tqdm import tqdm

    yield from tqdm(walk, total=total, unit=" records", file=sys.stderr, mininterval=0.5)


def export(reader: AuditReader, choice: Choice, output: Path | None) -> int:
    """JSON Lines to standard output, or into a file with its seal. 1 where a record cannot be read."""
    unread: list[Break] = []
    chosen = (one for one in _readable(reader, unread) if choice.takes(one))
    if output is None:
        last = None
        for last in chosen:
            print(to_line(last))
        kept = f"; checkpoint {checkpoint((last.seq, last.hash))}" if last and not choice.name() else ""
        print(f"exported{kept}" if last else "nothing to export", file=sys.stderr)
    else:
        _export_into(output, chosen, choice, reader.seal)
        print(f"{output}, and its seal {audit_files.seal_file(output)}", file=sys.stderr)
    for broken in unread:
        print(broken, file=sys.stderr)
    return 1 if unread else 0


def _readable(reader: AuditReader, unread: list[Break]) -> Iterator[StoredRecord]:
    for record, file in reader.walk():
        if isinstance(record, Break):
            unread.append(replace(record, file=record.file or file))
        else:
            yield record


def _export_into(output: Path, records: Iterable[StoredRecord], choice: Choice, seal: Seal) -> None:
    made = replace(audit_files.write_records(output, records), filters=choice.name())
    made = replace(made, mac=seal.sign(made.unsigned()))
    audit_files.seal_file(output).write_text(canonical_json(vars(made)) + "\n", "utf-8")


def verify_files(files: Sequence[Path], state_dir: Path | None, checkpoints: Sequence[Head]) -> int:
    """As `verify_store`, for exported files: each by its seal where it has one, and their records as one chain. A file
    that was filtered has gaps by right: there each record by itself, and the seal."""
    seals = {file: audit_files.read_file_seal(file) for file in files}
    whole = [file for file, seal in seals.items() if seal is None or not seal.filters]
    walked = {file: _walk_alone(file) for file in files if file not in whole}
    broken, chain = _walk_together(whole, checkpoints)
    for file in files:
        broken = broken or walked.get(file) or _fault_of_seal(file, seals[file], state_dir)
    if broken is not None:
        print(broken)
        return 1
    _say_verified(files, chain, seals, state_dir)
    return 0


def _walk_alone(file: Path) -> Break | None:
    last = 0
    for record in audit_files.read_records(file):
        if isinstance(record, Break):
            return record
        if record.seq <= last:
            return Break(record.seq, f"it stands after record {last}", str(file))
        if record.hash != record.computed():
            return Break(record.seq, "its content was changed", str(file))
        last = record.seq
    return None


def _walk_together(files: Sequence[Path], checkpoints: Sequence[Head]) -> tuple[Break | None, Chain | None]:
    """The files in the order of their first records, as one chain."""
    chain: Chain | None = None
    for file in sorted(files, key=_first_of):
        for record in audit_files.read_records(file):
            if chain is None and isinstance(record, StoredRecord):
                # A file may begin in the middle; what is before its first record is not looked at.
                start = (record.seq - 1, record.previous) if record.seq > 1 else (0, GENESIS)
                chain = Chain(start, [one for one in checkpoints if one[0] >= record.seq])
            broken = judge(chain or Chain(), record, str(file))
            if broken is not None:
                return broken, chain
    return (chain.end(None, str(files[-1])) if chain else None), chain


def _first_of(file: Path) -> int:
    return next((record.seq for record in audit_files.read_records(file)), 0)


def _fault_of_seal(file: Path, seal: FileSeal | None, state_dir: Path | None) -> Break | None:
    if seal is None:
        return None
    if state_dir is not None and Seal(state_dir).sign(seal.unsigned()) != seal.mac:
        return Break(seal.first, "its seal was not made with the key of this state folder", str(file))
    if audit_files.digest_of(file) == seal.sha256:
        return None
    *_, last = (0, *(one.seq for one in audit_files.read_records(file)))
    if last < seal.last:
        return Break(last + 1, f"the end was cut off: it had {seal.count} records up to {seal.last}", str(file))
    return Break(seal.first, "it is not the file that was exported: records were changed or taken out", str(file))


def _say_verified(
    files: Sequence[Path], chain: Chain | None, seals: dict[Path, FileSeal | None], state_dir: Path | None
) -> None:
    for file in files:
        seal = seals[file]
        if seal is None:
            said = "no seal beside it: that its end is there, only a checkpoint or the next file shows"
        else:
            key = "sealed" if state_dir else "the seal fits; without the state folder's key it proves nothing more"
            said = f"{seal.count} records, {key}"
        print(f"{file}: {said}")
    if chain is not None:
        print(f"the chain holds up to record {chain.seq}; checkpoint {checkpoint((chain.seq, chain.hash))}")
