"""The store: audit records, seen keys and the bots' states in one SQLite file, durable before it says so."""

import asyncio
import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from nlops.domain.bots import BotState, BotStatus
from nlops.domain.effects import Record
from nlops.domain.errors import StoreError
from nlops.domain.tools import canonical_json
from nlops.gate.audit import AuditRecord, link

FILE = "nlops.sqlite3"
KEEP_SEEN = 20_000  # keys remembered; a chat gateway never brings back anything nearly that old

_SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
  seq INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, admin TEXT NOT NULL, contact_id TEXT NOT NULL,
  details TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS head (
  one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE IF NOT EXISTS bot (name TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
"""


class SqliteStore:
    """Keeps nlops.ports.Store. One connection, one writer at a time; other processes may read beside it."""

    def __init__(self, state_dir: Path) -> None:
        """Open or create. The folder is made with mode 0700. Raises StoreError."""
        self._lock = threading.Lock()
        try:
            state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = state_dir / FILE
            path.touch(mode=0o600)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            self._db.execute("PRAGMA journal_mode = WAL")
            # FULL: a commit returns only once the log is on the disk (sqlite.org/pragma.html#pragma_synchronous)
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"the store in {state_dir} cannot be opened: {error}") from error

    def close(self) -> None:
        with self._lock:
            self._db.close()

    async def append(self, record: Record, at: float) -> None:
        await asyncio.to_thread(self._append, record, at)

    def _append(self, record: Record, at: float) -> None:
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                row = self._db.execute("SELECT * FROM audit ORDER BY seq DESC LIMIT 1").fetchone()
                previous = _record(row) if row else None
                new = link(previous, at, record.kind, record.admin, record.contact_id, record.details)
                self._db.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", _row(new))
                self._db.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (new.seq, new.hash))
                self._db.execute("COMMIT")
            except (sqlite3.Error, ValueError) as error:
                self._roll_back()
                raise StoreError(str(error)) from error

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def first_seen(self, key: str) -> bool:
        with self._lock:
            try:
                cursor = self._db.execute("INSERT OR IGNORE INTO seen (key) VALUES (?)", (key,))
                if cursor.rowcount and cursor.lastrowid:
                    self._db.execute("DELETE FROM seen WHERE id <= ?", (cursor.lastrowid - KEEP_SEEN,))
                return cursor.rowcount == 1
            except sqlite3.Error as error:
                raise StoreError(str(error)) from error

    async def keep_bots(self, bots: Mapping[str, BotState]) -> None:
        """Remember the states of these bots. Raises StoreError."""
        await asyncio.to_thread(self._keep_bots, bots)

    def _keep_bots(self, bots: Mapping[str, BotState]) -> None:
        rows = [(name, canonical_json(asdict(state))) for name, state in bots.items()]
        with self._lock:
            try:
                self._db.execute("BEGIN IMMEDIATE")  # one commit, one wait for the disk
                self._db.executemany("INSERT OR REPLACE INTO bot VALUES (?, ?)", rows)
                self._db.execute("COMMIT")
            except sqlite3.Error as error:
                self._roll_back()
                raise StoreError(str(error)) from error

    def bots(self) -> dict[str, BotState]:
        """The states as last kept."""
        with self._lock:
            rows = self._db.execute("SELECT name, state FROM bot").fetchall()
        return {name: _bot_state(json.loads(text)) for name, text in rows}

    def records(self) -> Iterator[AuditRecord]:
        """Every audit record in the order it was written; raw, for `verify` to judge. Raises StoreError."""
        try:
            for row in self._db.execute("SELECT * FROM audit ORDER BY seq"):
                yield _record(row)
        except (sqlite3.Error, ValueError) as error:
            raise StoreError(f"the audit cannot be read: {error}") from error

    def head(self) -> tuple[int, str] | None:
        """(seq, hash) of the last record, as kept apart from the records."""
        row = self._db.execute("SELECT seq, hash FROM head").fetchone()
        return (row[0], row[1]) if row else None


def open_existing(state_dir: Path) -> SqliteStore:
    """The store of a service that ran before. Raises StoreError where none did."""
    if not (state_dir / FILE).is_file():
        raise StoreError(f"there is no store in {state_dir}: nlops has not run there yet")
    return SqliteStore(state_dir)


def _record(row: tuple[int, float, str, str, str, str, str, str]) -> AuditRecord:
    seq, at, kind, admin, contact_id, details, previous, record_hash = row
    return AuditRecord(seq, at, kind, admin, contact_id, json.loads(details), previous, record_hash)


def _row(record: AuditRecord) -> tuple[object, ...]:
    return (
        record.seq,
        record.at,
        record.kind,
        record.admin,
        record.contact_id,
        canonical_json(record.details),
        record.previous,
        record.hash,
    )


def _bot_state(raw: dict[str, object]) -> BotState:
    known = {key: value for key, value in raw.items() if key in BotState.__dataclass_fields__}
    return BotState(**{**known, "status": BotStatus(str(known.get("status", "unknown")))})  # type: ignore[arg-type]  # written by _keep_bots
