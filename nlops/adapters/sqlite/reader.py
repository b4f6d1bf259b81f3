"""The whole audit as one walk: closed segments, then the store, as of one moment, while a service goes on writing."""

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

from nlops.adapters import audit_files
from nlops.adapters.sqlite import audit
from nlops.adapters.sqlite.database import BUSY_TIMEOUT_S, FILE
from nlops.adapters.sqlite.seal import NOTHING, SEAL, Seal, fault_between
from nlops.domain.errors import StoreError
from nlops.gate.audit import TAMPERED, Break, Chain, Head, StoredRecord

Walk = Iterator[tuple[StoredRecord | Break, str]]


class AuditReader:
    """Reads, and changes nothing. `sealed` is what the seal said before the moment of which the records are."""

    def __init__(self, state_dir: Path) -> None:
        """Raises StoreError."""
        self._state_dir = state_dir
        self.seal = Seal(state_dir)
        self.sealed = self.seal.read()  # first: what is appended meanwhile is beyond it
        uri = f"{(state_dir / FILE).absolute().as_uri()}?mode=ro"
        try:
            with ExitStack() as opened:
                db = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_TIMEOUT_S)
                self._db = opened.enter_context(closing(db))
                db.execute("BEGIN")
                self.head = audit.read_head(db)
                self.first = int(db.execute("SELECT COALESCE(MIN(seq), 0) FROM audit").fetchone()[0])
                opened.pop_all()
        except sqlite3.Error as error:
            raise StoreError(f"the audit in {state_dir} cannot be read: {error}") from error

    def close(self) -> None:
        self._db.close()

    def walk(self) -> Walk:
        """Every record in order with the file it lies in (empty: the store); a Break where one cannot be read."""
        for file in audit_files.segments(self._state_dir):
            for record in audit_files.read_records(file):
                if isinstance(record, StoredRecord) and self.first and record.seq >= self.first:
                    break  # a segment that was written, and not yet taken out of the store
                yield record, str(file)
        yield from ((one, "") for one in self.stored())

    def stored(
        self, where: str = "1", values: tuple[object, ...] = (), order: str = "seq"
    ) -> Iterator[StoredRecord | Break]:
        """Those that lie in the store."""
        last = 0
        try:
            for record in audit.rows(self._db, where, values, order):
                yield record
                last = record.seq
        except sqlite3.Error as error:
            yield Break(last + 1, f"the store cannot be read from there on: {error}", FILE)

    def expected(self) -> list[Head]:
        """The record that the seal names."""
        return [self.sealed] if isinstance(self.sealed, tuple) and self.sealed[0] else []

    def fault_at_seal(self) -> str:
        """Why the chain does not reach its seal, in words; empty where it does. A look, no walk. Raises StoreError."""
        number = self.sealed[0] if isinstance(self.sealed, tuple) else 0
        try:
            row = self._db.execute("SELECT hash FROM audit WHERE seq = ?", (number,)).fetchone()
        except sqlite3.Error as error:
            raise StoreError(f"the audit cannot be read: {error}") from error
        return fault_between(self.sealed, row[0] if row else None, self.head)

    def seal_fault(self) -> Break | None:
        """A seal that is missing or is not of this folder; None where it is well, or nothing was recorded yet."""
        if isinstance(self.sealed, str) and self.head != NOTHING:
            return Break(self.head[0], self.sealed, SEAL)
        return None


def judge(chain: Chain, record: StoredRecord | Break, file: str) -> Break | None:
    """What is wrong with the next record of a walk, also where the service itself found something then."""
    if isinstance(record, Break):
        return record if record.file else Break(record.seq, record.reason, file)
    broken = chain.add(record, file)
    if broken is None and record.kind == TAMPERED:
        return Break(record.seq, f"the service found then: {record.details}", file)
    return broken
