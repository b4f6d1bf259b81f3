"""The audit's chain: each record carries the hash of the one before, so that a change, a gap or a cut shows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from nlops.domain.tools import digest

GENESIS = "0" * 64


@dataclass(frozen=True)
class AuditRecord:
    """One record as stored. `at` is unix seconds; `hash` is SHA-256 over everything else, `previous` included."""

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


@dataclass(frozen=True)
class Break:
    """Where the chain does not hold. `seq` is the first record that is wrong or missing."""

    seq: int
    reason: str


def link(
    previous: AuditRecord | None, at: float, kind: str, admin: str, contact_id: str, details: Mapping[str, object]
) -> AuditRecord:
    """The record that follows `previous` (None: the first)."""
    seq, before = (previous.seq + 1, previous.hash) if previous else (1, GENESIS)
    bare = AuditRecord(seq, at, kind, admin, contact_id, details, before, "")
    return AuditRecord(**{**bare.__dict__, "hash": digest(bare.body())})


def verify(records: Iterable[AuditRecord], head: tuple[int, str] | None) -> Break | None:
    """Walk the chain. `head` is (seq, hash) of the last record as kept apart from it; None where nothing was
    recorded."""
    seq, before = 0, GENESIS
    for record in records:
        if record.seq != seq + 1:
            return Break(seq + 1, f"record {seq + 1} is missing; the next one here is {record.seq}")
        if record.previous != before:
            return Break(record.seq, "it does not follow the record before it")
        if record.hash != digest(record.body()):
            return Break(record.seq, "its content was changed")
        seq, before = record.seq, record.hash
    if (seq, before) != (head or (0, GENESIS)):
        return Break(seq + 1, "the end of the record was cut off")
    return None
