"""The audit in the database: records chained by their hashes, the head of the chain kept apart, nothing changed again.

Triggers refuse every change of a record, every removal and every record that does not follow the head: against
accidents, and a statement that slipped in. Who means harm drops them; then the chain and the seal (`seal`) show it.
"""

import logging
import sqlite3
from collections.abc import Iterator

from nlops.adapters.sqlite.seal import NOTHING, Seal, fault_between
from nlops.domain.effects import Record
from nlops.domain.tools import canonical_json
from nlops.gate.audit import TAMPERED, Head, StoredRecord, link

log = logging.getLogger("nlops")

GUARDS = (
    "CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit BEGIN "
    "SELECT RAISE(ABORT, 'the audit is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit BEGIN "
    "SELECT RAISE(ABORT, 'the audit is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS audit_in_order BEFORE INSERT ON audit "
    "WHEN NEW.seq <> COALESCE((SELECT seq FROM head), 0) + 1 "
    "OR NEW.previous <> COALESCE((SELECT hash FROM head), printf('%064d', 0)) BEGIN "
    "SELECT RAISE(ABORT, 'the audit is append-only: this record does not follow the last'); END",
)
_TEXTS = ", ".join(f"CAST({name} AS BLOB)" for name in ("kind", "admin", "contact_id", "details", "previous", "hash"))


def append(db: sqlite3.Connection, record: Record, at: float) -> None:
    """Add a record."""
    new = link(read_head(db), at, record.kind, record.admin, record.contact_id, record.details)
    details = canonical_json(record.details)
    row = (new.seq, new.at, new.kind, new.admin, new.contact_id, details, new.previous, new.hash)
    db.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", row)
    db.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (new.seq, new.hash))


def look(db: sqlite3.Connection, head: Head, at: float, seal: Seal) -> None:
    """Where the chain up to `head` does not reach its seal, that is recorded, and noted at the seal: once a later
    record is sealed, nothing else would tell of it."""
    reason = _fault(db, head, seal)
    if reason:
        log.error("the audit was tampered with: %s", reason)
        seal.found = reason
        append(db, Record(TAMPERED, "", "", {"reason": reason}), at)


def _fault(db: sqlite3.Connection, head: Head, seal: Seal) -> str:
    sealed = seal.read()
    number = sealed[0] if isinstance(sealed, tuple) else 0
    row = db.execute("SELECT hash FROM audit WHERE seq = ?", (number,)).fetchone()
    return fault_between(sealed, row[0] if row else None, head)


def take_out(db: sqlite3.Connection, last: int) -> None:
    """Remove the records up to `last`, which lie in a closed segment; for that alone the guard is lifted."""
    db.execute("DROP TRIGGER IF EXISTS audit_no_delete")
    db.execute("DELETE FROM audit WHERE seq <= ?", (last,))
    for guard in GUARDS:
        db.execute(guard)


def read_head(db: sqlite3.Connection) -> Head:
    """The last record as kept apart from the records; NOTHING before the first."""
    row = db.execute("SELECT seq, hash FROM head").fetchone()
    return (row[0], row[1]) if row else NOTHING


def rows(
    db: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = (), order: str = "seq"
) -> Iterator[StoredRecord]:
    """Records as they lie there, whatever somebody wrote into them."""
    for seq, at, *texts in db.execute(f"SELECT seq, at, {_TEXTS} FROM audit WHERE {where} ORDER BY {order}", values):  # noqa: S608 - our own words
        yield StoredRecord(seq, at, *(text.decode("utf-8", "backslashreplace") for text in texts))
