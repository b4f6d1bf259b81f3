"""The audit in the database: records chained by their hashes, and the head of the chain kept apart."""

import json
import sqlite3

from nlops.domain.effects import Record
from nlops.domain.tools import canonical_json
from nlops.gate.audit import AuditRecord, link

Row = tuple[int, float, str, str, str, str, str, str]


def append(db: sqlite3.Connection, record: Record, at: float) -> None:
    row = db.execute("SELECT * FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
    previous = from_row(row) if row else None
    new = link(previous, at, record.kind, record.admin, record.contact_id, record.details)
    db.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", _to_row(new))
    db.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (new.seq, new.hash))


def from_row(row: Row) -> AuditRecord:
    seq, at, kind, admin, contact_id, details, previous, record_hash = row
    return AuditRecord(seq, at, kind, admin, contact_id, json.loads(details), previous, record_hash)


def _to_row(record: AuditRecord) -> Row:
    details = canonical_json(record.details)
    return (
        record.seq,
        record.at,
        record.kind,
        record.admin,
        record.contact_id,
        details,
        record.previous,
        record.hash,
    )
