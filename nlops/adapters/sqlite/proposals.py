"""Proposals in the database: the machine's second lock, beside the engine's own memory.

A row only ever moves along the table of `nlops.gate.confirm`: a transaction that would take it elsewhere fails as a
whole, so that a proposal is consumed once, whatever else has this store open. `begun` is moved by `begin_call` alone,
one call at a time and never back: no call of a run begins twice, in whatever life of the process.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from nlops.domain.errors import ProposalTaken
from nlops.domain.tools import Approval, Proposal, ProposalState, ToolCall, canonical_json
from nlops.gate.confirm import KEEP_CLOSED, LIVES, can_become

KEEP_S = 2 * 86_400.0  # closed rows; the audit keeps what became of them for ever

SCHEMA = """
CREATE TABLE IF NOT EXISTS proposal (
  id INTEGER PRIMARY KEY, state TEXT NOT NULL, begun INTEGER NOT NULL DEFAULT 0, calls INTEGER NOT NULL,
  made_at REAL NOT NULL, decided_at REAL NOT NULL, risk TEXT NOT NULL, code TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS proposal_state ON proposal (state);
"""
_LIVES = ", ".join(f"'{state}'" for state in sorted(LIVES))


def keep(db: sqlite3.Connection, proposals: Iterable[Proposal]) -> None:
    """Rows as these are now. Raises ProposalTaken where one that is to live has a row that the table does not lead on
    from; what is to be closed, and is closed otherwise already, stays as it is."""
    for one in proposals:
        body = canonical_json({key: value for key, value in asdict(one).items() if key not in ("state", "begun")})
        row = db.execute("SELECT state FROM proposal WHERE id = ?", (one.id,)).fetchone()
        if row is None:
            values = (one.id, one.state, len(one.calls), one.made_at, one.decided_at, one.risk, one.code, body)
            db.execute("INSERT INTO proposal VALUES (?, ?, 0, ?, ?, ?, ?, ?, ?)", values)
            _prune(db, one.made_at)
        elif can_become(ProposalState(row[0]), one.state):
            update = "UPDATE proposal SET state = ?, decided_at = ?, body = ? WHERE id = ?"
            db.execute(update, (one.state, one.decided_at, body, one.id))
        elif one.state in LIVES:
            raise ProposalTaken(f"proposal {one.id} is {row[0]} already")


def _prune(db: sqlite3.Connection, at: float) -> None:
    """The newest row stays, whatever its age: the next id follows it."""
    db.execute(
        f"DELETE FROM proposal WHERE made_at < ? AND state NOT IN ({_LIVES}) "  # noqa: S608 - the machine's own words
        "AND id < (SELECT MAX(id) FROM proposal)",
        (at - KEEP_S,),
    )


def begin_call(db: sqlite3.Connection, run_id: int, nth: int) -> bool:
    """Whether call `nth` (from 1) begins now, for the first time ever and right after the one before it."""
    cursor = db.execute(
        "UPDATE proposal SET begun = ? WHERE id = ? AND state = ? AND begun = ? AND calls >= ?",
        (nth, run_id, ProposalState.RUNNING, nth - 1, nth),
    )
    return cursor.rowcount == 1


READ = f"""
SELECT state, begun, body FROM proposal WHERE state IN ({_LIVES}) OR id IN (
  SELECT id FROM proposal WHERE code != '' AND state NOT IN ({_LIVES}) ORDER BY id DESC LIMIT {KEEP_CLOSED}
) ORDER BY id
"""  # noqa: S608 - the machine's own words
READ_DECIDED = """
SELECT state, begun, body FROM proposal
WHERE decided_at > ? AND risk != 'read' AND state IN ('running', 'finished', 'unknown') ORDER BY id
"""


def from_row(row: tuple[str, int, str]) -> Proposal:
    """A row of (state, begun, body) as `keep` wrote it; fields of another version are left out."""
    state, begun, body = row
    raw: dict[str, Any] = json.loads(body)
    known = {key: value for key, value in raw.items() if key in Proposal.__dataclass_fields__}
    made = {
        "calls": tuple(ToolCall(call["tool"], call["arguments"]) for call in raw["calls"]),
        "digests": tuple(raw["digests"]),
        "auth": tuple(raw.get("auth", ())),
        "approvals": tuple(Approval(**approval) for approval in raw.get("approvals", ())),
    }
    return Proposal(**{**known, **made, "state": ProposalState(state), "begun": begun})
