"""The database file: opened or created, its tables, and transactions that are whole or not at all.

Durability: a synced transaction is on the disk when it returns (synchronous = FULL), over a power cut too. One that is
not synced survives the end of the process, kill -9 included, and may be lost with the power; what was synced before it
is not, and what is synced after it takes it along (sqlite.org/pragma.html#pragma_synchronous, WAL).
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

from nlops.adapters.sqlite import factors, proposals, standing, usage
from nlops.domain.errors import StoreError

FILE = "nlops.sqlite3"
# 1 (never written down): audit, head, seen, bot; 2: the rest; 4: proposals, second factors; 5: seal; 6: the model
VERSION = 6
BUSY_TIMEOUT_S = 10.0  # the service and a command may write at the same time
# SQLite's own cache holds 2 MB: for days the service would grow by what it writes, as if something leaked. What is read
# here lies in the system's cache anyway.
CACHE_KIB = 512

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
CREATE TABLE IF NOT EXISTS inbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, message TEXT NOT NULL, lives INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, data BLOB,
  state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sending'))
) STRICT;
CREATE TABLE IF NOT EXISTS ended (at REAL NOT NULL, outcome TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS ended_at ON ended (at);
CREATE TABLE IF NOT EXISTS contact (admin TEXT PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS pairing (
  admin TEXT PRIMARY KEY, hash TEXT NOT NULL, until REAL NOT NULL, wrong INTEGER NOT NULL
) STRICT;
"""


class Database:
    """One connection, one writer at a time; other processes may read and write beside it."""

    version: int
    """Of the file as it was found; 0 for a new one."""

    def __init__(self, state_dir: Path, guards: Sequence[str] = ()) -> None:
        """Open or create. The folder is made with mode 0700; `guards` are statements for new tables. Raises
        StoreError."""
        self._lock = threading.Lock()
        try:
            state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = state_dir / FILE
            path.touch(mode=0o600)
            with ExitStack() as opened:
                db = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=BUSY_TIMEOUT_S)
                self.connection = opened.enter_context(closing(db))
                db.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")
                self._make_tables(state_dir, guards)
                opened.pop_all()
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"the store in {state_dir} cannot be opened: {error}") from error

    def _make_tables(self, state_dir: Path, guards: Sequence[str]) -> None:
        version = self.version = self.read("PRAGMA user_version")[0][0]
        if version > VERSION:
            raise StoreError(
                f"the store in {state_dir} is of a newer nlops: version {version}, this one reads {VERSION}"
            )
        if version < VERSION:
            with self.writing() as db:
                schema = _SCHEMA + proposals.SCHEMA + standing.SCHEMA + factors.SCHEMA + usage.SCHEMA
                for statement in filter(str.strip, schema.split(";")):
                    db.execute(statement)
                for statement in guards:
                    db.execute(statement)
                db.execute(f"PRAGMA user_version = {VERSION}")

    def close(self) -> None:
        with self._lock:
            self.connection.close()

    @contextmanager
    def writing(self, *, synced: bool = True) -> Iterator[sqlite3.Connection]:
        """A transaction: committed where the block ends, rolled back where it raises. Raises StoreError."""
        with self._lock:
            try:
                self.connection.execute(f"PRAGMA synchronous = {'FULL' if synced else 'NORMAL'}")
                self.connection.execute("BEGIN IMMEDIATE")
                yield self.connection
                self.connection.execute("COMMIT")
            except (sqlite3.Error, ValueError) as error:  # ValueError: what JSON or UTF-8 cannot hold
                raise StoreError(str(error)) from error
            finally:
                self._roll_back()

    def _roll_back(self) -> None:
        """What the block, the commit or a full disk left open."""
        try:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    def read(self, query: str, values: Sequence[object] = ()) -> list[Any]:
        """All rows of a query. Raises StoreError."""
        with self._lock:
            try:
                return self.connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise StoreError(str(error)) from error
