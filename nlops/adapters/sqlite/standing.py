"""What the admins have set until further notice, in the database: one row."""

import json
import sqlite3
from dataclasses import asdict

from nlops.domain.standing import Muting, Standing, Stop
from nlops.domain.tools import canonical_json

SCHEMA = """
CREATE TABLE IF NOT EXISTS standing (one INTEGER PRIMARY KEY CHECK (one = 1), body TEXT NOT NULL) STRICT;
"""


def keep(db: sqlite3.Connection, standing: Standing) -> None:
    db.execute("INSERT OR REPLACE INTO standing VALUES (1, ?)", (canonical_json(asdict(standing)),))


def from_text(text: str) -> Standing:
    """What `keep` wrote."""
    raw = json.loads(text)
    mutes = {bot: Muting(**one) for bot, one in raw["mutes"].items()}
    return Standing(Stop(**raw["stopped"]) if raw["stopped"] else None, mutes)
