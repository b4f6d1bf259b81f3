"""The bots' states in the database."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import asdict

from nlops.domain.bots import BotState, BotStatus
from nlops.domain.tools import canonical_json


def keep(db: sqlite3.Connection, bots: Mapping[str, BotState]) -> None:
    rows = [(name, canonical_json(asdict(state))) for name, state in bots.items()]
    db.executemany("INSERT OR REPLACE INTO bot VALUES (?, ?)", rows)


def from_text(text: str) -> BotState:
    """A state as `keep` wrote it; fields of another version are left out."""
    raw = json.loads(text)
    known = {key: value for key, value in raw.items() if key in BotState.__dataclass_fields__}
    return BotState(**{**known, "status": BotStatus(known.get("status", "unknown"))})
