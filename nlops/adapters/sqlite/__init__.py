"""The store: audit, messages in and out, contacts and the bots' states in one SQLite file."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from nlops.adapters.sqlite import audit, bots, contacts, factors, inbox, outbox, proposals, standing, usage
from nlops.adapters.sqlite.database import FILE, Database
from nlops.adapters.sqlite.inbox import KEEP_SEEN
from nlops.adapters.sqlite.pages import read_page
from nlops.adapters.sqlite.seal import NOTHING, Seal
from nlops.domain.audit import AuditPage, AuditQuery
from nlops.domain.bots import BotState
from nlops.domain.chat import ChatMessage, KnownContact
from nlops.domain.errors import StoreError
from nlops.domain.model import ModelState
from nlops.domain.outbox import Outcome, Waiting
from nlops.domain.standing import Standing
from nlops.domain.tools import Proposal
from nlops.gate.audit import AuditRecord
from nlops.ports import Commit

__all__ = ["FILE", "KEEP_SEEN", "SqliteStore", "open_existing"]

SEALED_SINCE = 5  # the version of a database whose audit has a seal
T = TypeVar("T")


class SqliteStore:
    """Keeps nlops.ports.Store. What is async waits for the disk on a thread; the rest is for a start, or a command."""

    def __init__(self, state_dir: Path) -> None:
        """Open or create. The folder is made with mode 0700. Raises StoreError."""
        self.state_dir = state_dir
        self.database = Database(state_dir, audit.GUARDS)
        self.seal = Seal(state_dir)
        try:
            self._seal_first()
        except StoreError:
            self.close()
            raise

    def _seal_first(self) -> None:
        """A store of before the seals gets one now: what it holds is taken as it is."""
        if self.database.version < SEALED_SINCE and not self.seal.is_made():
            self.seal.make(self.head() or NOTHING)

    def close(self) -> None:
        self.database.close()

    # What a step decided

    async def commit(self, commit: Commit, at: float) -> tuple[int, ...]:
        def write(db: sqlite3.Connection) -> tuple[int, ...]:
            for record in commit.records:
                audit.append(db, record, at)
            bots.keep(db, commit.bots)
            proposals.keep(db, commit.proposals)
            if commit.standing is not None:
                standing.keep(db, commit.standing)
            inbox.settle(db, commit.settled)
            outbox.end(db, dict.fromkeys(commit.doubted, "doubtful"), at)
            return outbox.add(db, commit.outgoing, at)

        return await self._write(write)

    async def find_tampering(self, at: float) -> str:
        await self._write(lambda db: audit.look(db, audit.read_head(db), at, self.seal))
        reason, self.seal.found = self.seal.found, ""
        return reason

    async def read_audit(self, query: AuditQuery) -> AuditPage:
        return await asyncio.to_thread(read_page, self.state_dir, query)

    # What waits for a word, and what runs

    async def begin_call(self, run_id: int, nth: int) -> bool:
        return await self._write(lambda db: proposals.begin_call(db, run_id, nth))

    def proposals(self) -> tuple[Proposal, ...]:
        return tuple(map(proposals.from_row, self.database.read(proposals.READ)))

    def decided(self, since: float) -> tuple[Proposal, ...]:
        return tuple(map(proposals.from_row, self.database.read(proposals.READ_DECIDED, (since,))))

    def standing(self) -> Standing:
        rows = self.database.read("SELECT body FROM standing")
        return standing.from_text(rows[0][0]) if rows else Standing()

    def next_proposal_id(self) -> int:
        return int(self.database.read("SELECT COALESCE(MAX(id), 0) + 1 FROM proposal")[0][0])

    # What came in

    async def receive(self, message: ChatMessage) -> bool:
        return await self._write(lambda db: inbox.receive(db, message))

    def unsettled(self) -> list[ChatMessage]:
        with self.database.writing() as db:
            return inbox.take_up(db)

    # What is to leave

    def waiting(self) -> list[Waiting]:
        return self._outbox("waiting")

    def doubtful(self) -> list[Waiting]:
        return self._outbox("sending")

    def _outbox(self, state: str) -> list[Waiting]:
        query = "SELECT id, at, kind, body, data FROM outbox WHERE state = ? ORDER BY id"
        return [outbox.from_row(row) for row in self.database.read(query, (state,))]

    async def begin_sending(self, ids: Sequence[int]) -> None:
        await self._write(lambda db: outbox.begin(db, ids))

    async def put_back(self, ids: Sequence[int]) -> None:
        await self._write(lambda db: outbox.put_back(db, ids), synced=False)

    async def end_sending(self, ended: Mapping[int, Outcome], at: float) -> None:
        await self._write(lambda db: outbox.end(db, ended, at), synced=False)

    def ended(self, since: float) -> list[tuple[float, Outcome]]:
        return self.database.read("SELECT at, outcome FROM ended WHERE at > ? ORDER BY at", (since,))

    # Who the admins are

    def open_pairing(self, admin: str, code: str, until: float) -> None:
        """Let `code` bind whoever says it first to `admin`, until then (unix seconds); an older code of the admin's is
        over. Only its hash is kept. Raises StoreError."""
        with self.database.writing() as db:
            contacts.open_pairing(db, admin, code, until)

    async def claim_pairing(self, code: str, contact_id: str, at: float) -> str | None:
        return await self._write(lambda db: contacts.claim(db, code, contact_id, at))

    async def keep_contact(self, admin: str, contact: KnownContact) -> None:
        await self._write(lambda db: contacts.keep_name(db, admin, contact))

    def contacts(self) -> dict[str, KnownContact]:
        rows = self.database.read("SELECT admin, id, name FROM contact")
        return {admin: KnownContact(contact_id, name) for admin, contact_id, name in rows}

    # What is known

    def bots(self) -> dict[str, BotState]:
        rows = self.database.read("SELECT name, state FROM bot")
        return {name: bots.from_text(text) for name, text in rows}

    def records(self) -> Iterator[AuditRecord]:
        """Every audit record in the order it was written; raw, for `verify` to judge. Raises StoreError."""
        try:
            for row in audit.rows(self.database.connection):
                yield row.read()
        except (sqlite3.Error, ValueError) as error:
            raise StoreError(f"the audit cannot be read: {error}") from error

    def first_record(self) -> int:
        """The number of the oldest record that lies in the store; 1 where there is none. Raises StoreError."""
        return int(self.database.read("SELECT COALESCE(MIN(seq), 1) FROM audit")[0][0])

    def head(self) -> tuple[int, str] | None:
        """(seq, hash) of the last record, as kept apart from the records. Raises StoreError."""
        rows = self.database.read("SELECT seq, hash FROM head")
        return rows[0] if rows else None

    def write(self, write: Callable[[sqlite3.Connection], T], *, synced: bool = True) -> T:
        """One transaction. Where it adds to the audit, what was there must reach its seal, and what is there then is
        sealed. Raises StoreError."""
        with self.database.writing(synced=synced) as db:
            before = audit.read_head(db)
            result = write(db)
            if audit.read_head(db) != before:
                audit.look(db, before, time.time(), self.seal)
            head = audit.read_head(db)
        if head != before:  # else nobody has looked: to seal it now would hide that it was cut
            self.seal.write(head)
        return result

    # Second factors

    async def in_transaction(self, write: Callable[[sqlite3.Connection], T]) -> T:
        """What `write` does with the tables of `nlops.adapters.sqlite.factors`, whole or not at all; on disk when it
        returns. Raises StoreError."""
        return await self._write(write)

    def locked(self) -> frozenset[str]:
        """The admins whose second factors are locked."""
        with self.database.writing() as db:
            return factors.locked(db)

    def unlock(self, admin: str, who: str, at: float) -> bool:
        """Forget an admin's failures, recorded as done by `who`; whether they were locked. Raises StoreError."""
        return self.write(lambda db: factors.unlock(db, admin, who, at))

    def keep_step(self, admin: str, step: int) -> None:
        """No code of this step of an authenticator, or of an earlier one, is accepted any more. Raises StoreError."""
        with self.database.writing() as db:
            factors.keep_step(db, admin, step)

    # The model

    async def tokens_used(self, day: int) -> int:
        return await asyncio.to_thread(self.tokens_of, day)

    def tokens_of(self, day: int) -> int:
        """The tokens used on a day (since 1970, UTC). Raises StoreError."""
        rows = self.database.read(usage.USED, (day,))
        return int(rows[0][0]) if rows else 0

    async def spend_tokens(self, day: int, tokens: int) -> None:
        await self._write(lambda db: usage.spend(db, day, tokens), synced=False)

    async def keep_model(self, state: ModelState) -> None:
        await self._write(lambda db: usage.keep(db, state), synced=False)

    def model_state(self) -> ModelState | None:
        """How the model was when the service last knew; None where it never did."""
        return usage.from_rows(self.database.read(usage.STATE))

    async def _write(self, write: Callable[[sqlite3.Connection], T], *, synced: bool = True) -> T:
        return await asyncio.to_thread(self.write, write, synced=synced)


def open_existing(state_dir: Path) -> SqliteStore:
    """The store of a service that ran before. Raises StoreError where none did."""
    if not (state_dir / FILE).is_file():
        raise StoreError(f"there is no store in {state_dir}: nlops has not run there yet")
    return SqliteStore(state_dir)
