"""What came in: a message is kept until it is answered for, and its id for much longer, so that it is taken once.

A message that is answered for by a run goes in the transaction of the run's record, before the run starts: a process
that ends later never runs it again.
"""

import json
import logging
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict

from nlops.domain.chat import ChatMessage
from nlops.domain.tools import canonical_json

log = logging.getLogger("nlops")

KEEP_SEEN = 20_000  # ids remembered; a chat gateway never brings back anything nearly that old
# How often a message is taken up again. One that ends the process each time must not keep it from running for ever.
MOST_LIVES = 5


def receive(db: sqlite3.Connection, message: ChatMessage) -> bool:
    """Keep a message; False where its id was ever seen."""
    cursor = db.execute("INSERT OR IGNORE INTO seen (key) VALUES (?)", (f"message {message.id}",))
    if cursor.rowcount == 0 or cursor.lastrowid is None:
        return False
    db.execute("DELETE FROM seen WHERE id <= ?", (cursor.lastrowid - KEEP_SEEN,))
    text = canonical_json(asdict(message))
    db.execute("INSERT OR REPLACE INTO inbox (id, message, lives) VALUES (?, ?, 0)", (message.id, text))
    return True


def settle(db: sqlite3.Connection, ids: Iterable[str]) -> None:
    db.executemany("DELETE FROM inbox WHERE id = ?", [(one,) for one in ids])


def take_up(db: sqlite3.Connection) -> list[ChatMessage]:
    """What was never settled, oldest first; each time counts."""
    db.execute("UPDATE inbox SET lives = lives + 1")
    for (message_id,) in db.execute("DELETE FROM inbox WHERE lives > ? RETURNING id", (MOST_LIVES,)).fetchall():
        log.error("message %s is given up: nlops ended %d times before its answer", message_id, MOST_LIVES)
    return [_message(text) for (text,) in db.execute("SELECT message FROM inbox ORDER BY seq")]


def _message(text: str) -> ChatMessage:
    raw = json.loads(text)
    return ChatMessage(**{key: value for key, value in raw.items() if key in ChatMessage.__dataclass_fields__})
