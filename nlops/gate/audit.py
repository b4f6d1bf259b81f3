"""The audit's chain: each record carries the hash of the one before, so that a change, a gap or a cut shows.

    record 1 ◀── record 2 ◀── … ◀── record N      `previous` is the hash of the record before; GENESIS of the first
                                        ▲
    what says that N is the last: the head (a row), the seal (a file, by a key), a checkpoint (in somebody's chat)

Whoever can write all files of the state folder can make a whole new chain with its head and its seal. Only what is kept
elsewhere shows that: a checkpoint, or an exported file.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from nlops.domain.tools import digest

GENESIS = "0" * 64
TAMPERED = "tampered"  # the kind of the record that says that the chain, as it was found, did not reach its seal
CHECKPOINT_DIGITS = 20  # of a hash, as people copy it: 80 bits
_CHECKPOINT = re.compile(r"(\d{1,15})-([0-9a-f]{16,64})")

Head = tuple[int, str]
"""(seq, hash) of a record; the hash may be its first digits only where people copied it."""


class Linked(Protocol):
    """A record as far as the chain is concerned."""

    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def previous(self) -> str: ...
    @property
    def hash(self) -> str: ...
    def computed(self) -> str:
        """The hash that its content has."""


@dataclass(frozen=True)
class AuditRecord:
    """One record. `at` is unix seconds; `hash` is SHA-256 over everything else, `previous` included."""

    seq: int
    at: float
    kind: str
    admin: str
    contact_id: str
    details: Mapping[str, object]
    previous: str
    hash: str

    def body(self) -> dict[str, object]:
        """What the hash is taken over."""
        return {
            "seq": self.seq,
            "at": self.at,
            "kind": self.kind,
            "admin": self.admin,
            "contact_id": self.contact_id,
            "details": dict(self.details),
            "previous": self.previous,
        }

    def computed(self) -> str:
        return digest(self.body())


class StoredRecord(NamedTuple):
    """One record as it lies in the store: `details` is JSON, and no character of it can be another one unseen."""

    seq: int
    at: float
    kind: str
    admin: str
    contact_id: str
    details: str
    previous: str
    hash: str

    def computed(self) -> str:
        """As of an AuditRecord whose details are this text, without reading it."""
        text = (
            f'{{"admin":{_quote(self.admin)},"at":{_quote(self.at)},"contact_id":{_quote(self.contact_id)},'
            f'"details":{self.details},"kind":{_quote(self.kind)},"previous":{_quote(self.previous)},"seq":{self.seq}}}'
        )
        return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()

    def read(self) -> AuditRecord:
        """With its details as a value. Raises ValueError where they are none."""
        details = json.loads(self.details)
        if not isinstance(details, dict):
            raise ValueError(f"the details of record {self.seq} are no object")
        return AuditRecord(*self[:5], details, *self[6:])


_quote = json.JSONEncoder(ensure_ascii=False).encode


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold. `seq` is the first record that is wrong or missing; `file` is where it stands or
    should, empty for the store."""

    seq: int
    reason: str
    file: str = ""

    def __str__(self) -> str:
        where = f" in {self.file}" if self.file else ""
        return f"the chain breaks at record {self.seq}{where}: {self.reason}"


def link(
    previous: Head | None, at: float, kind: str, admin: str, contact_id: str, details: Mapping[str, object]
) -> AuditRecord:
    """The record that follows the one of this number and hash (None: the first)."""
    seq, before = previous or (0, GENESIS)
    bare = AuditRecord(seq + 1, float(at), kind, admin, contact_id, details, before, "")
    return replace(bare, hash=bare.computed())


class Chain:
    """A walk along records. It begins after `start`; `expected` are hashes that were kept elsewhere, by number."""

    def __init__(self, start: Head = (0, GENESIS), expected: Iterable[Head] = ()) -> None:
        self.seq, self.hash = start
        self._expected: dict[int, list[str]] = {}
        for seq, begin in expected:
            self._expected.setdefault(seq, []).append(begin)

    def add(self, record: Linked, file: str = "") -> Break | None:
        """Why this record does not follow, or is not what was written; None where it is well."""
        reason = self._fault(record)
        if reason is None:
            self.seq, self.hash = record.seq, record.hash
            return None
        return Break(self.seq + 1, reason, file)

    def _fault(self, record: Linked) -> str | None:
        if record.seq > self.seq + 1:
            gap = str(self.seq + 1) if record.seq == self.seq + 2 else f"{self.seq + 1} to {record.seq - 1}"
            return f"{gap} is missing; the next one here is {record.seq}"
        if record.seq != self.seq + 1:
            return f"record {record.seq} stands in its place"
        if record.previous != self.hash:
            return "it does not follow the record before it"
        if record.hash != record.computed():
            return "its content was changed"
        if not all(record.hash.startswith(begin) for begin in self._expected.get(record.seq, ())):
            return "it is not the record that its checkpoint was made of"
        return None

    def end(self, head: Head | None, file: str = "") -> Break | None:
        """Whether this is all there was: `head` is the last record as kept apart from the records."""
        last = max((head or (0, ""))[0], *self._expected, 0)
        if last > self.seq:
            return Break(self.seq + 1, f"the end was cut off: there were records up to {last}", file)
        if head is not None and head != (self.seq, self.hash):
            return Break(self.seq, "the head that is kept apart names another record as the last", file)
        return None


def verify(records: Iterable[Linked], head: Head | None, expected: Iterable[Head] = ()) -> Break | None:
    """Walk a whole chain. `head` is the last record as kept apart from it; None where nothing was recorded."""
    chain = Chain(expected=expected)
    found = next((broken for record in records if (broken := chain.add(record)) is not None), None)
    return found or chain.end(head or (0, GENESIS))


def to_line(record: StoredRecord) -> str:
    """A record as a line of an exported file: JSON in one form (`canonical_json`'s), so that a byte more or less
    shows."""
    before, after = _around_details(record._asdict())
    return f"{before}{record.details}{after}"


def _around_details(fields: Mapping[str, object]) -> tuple[str, str]:
    quoted = {name: _quote(fields[name]) for name in StoredRecord._fields if name != "details"}
    before = '{{"admin":{admin},"at":{at},"contact_id":{contact_id},"details":'
    after = ',"hash":{hash},"kind":{kind},"previous":{previous},"seq":{seq}}}'
    return before.format(**quoted), after.format(**quoted)


def from_line(line: str) -> StoredRecord:
    """The record of a line. Raises ValueError where it is none, or is not written as `to_line` writes it."""
    raw = json.loads(line)
    if not isinstance(raw, dict) or raw.keys() != set(StoredRecord._fields):
        raise ValueError("the line is no record")
    before, after = _around_details(raw)
    if not (line.startswith(before) and line.endswith(after) and isinstance(raw["details"], dict)):
        raise ValueError("the line is not as it was written")
    # As it stands there: its own hash covers each of its characters.
    return StoredRecord(**{**raw, "details": line[len(before) : len(line) - len(after)]})


def checkpoint(head: Head) -> str:
    """What to keep elsewhere, so that nobody can exchange the chain up to here: `1204-9f86d081884c7d659a2f`."""
    return f"{head[0]}-{head[1][:CHECKPOINT_DIGITS]}"


def read_checkpoint(text: str) -> Head | None:
    """A checkpoint as a person gives it; None where it is none."""
    match = _CHECKPOINT.fullmatch(text.strip().lower())
    return (int(match[1]), match[2]) if match else None


def seal_of(key: bytes, head: Head) -> str:
    """HMAC-SHA-256 over a head: who lacks the key cannot make one."""
    return hmac.new(key, f"{head[0]}-{head[1]}".encode(), hashlib.sha256).hexdigest()
