"""What the model is doing and has used, in the database: tokens by day, and one row for its state."""

import sqlite3
from collections.abc import Sequence

from nlops.domain.model import ModelState

SCHEMA = """
CREATE TABLE IF NOT EXISTS tokens (day INTEGER PRIMARY KEY, used INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS model (
  one INTEGER PRIMARY KEY CHECK (one = 1), at REAL NOT NULL, state TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
"""
USED = "SELECT used FROM tokens WHERE day = ?"
STATE = "SELECT at, state, detail FROM model"
_KEPT_DAYS = 31


def spend(db: sqlite3.Connection, day: int, tokens: int) -> None:
    """Add tokens to a day (since 1970, UTC)."""
    adding = "INSERT INTO tokens VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET used = used + excluded.used"
    db.execute(adding, (day, tokens))
    db.execute("DELETE FROM tokens WHERE day < ?", (day - _KEPT_DAYS,))


def keep(db: sqlite3.Connection, state: ModelState) -> None:
    db.execute("INSERT OR REPLACE INTO model VALUES (1, ?, ?, ?)", (state.at, state.state, state.detail))


def from_rows(rows: Sequence[tuple[float, str, str]]) -> ModelState | None:
    """What `keep` wrote; None where it never did."""
    return ModelState(*rows[0]) if rows else None
