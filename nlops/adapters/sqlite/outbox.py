"""What is to leave: rows that wait, rows that are being sent, and a day's memory of how messages ended.

    waiting ──begin──▶ sending ──end──▶ gone, with its outcome
       ▲                  │
       └────put back──────┘       a row that is found `sending` at a start is doubtful: sent, or not

Synced are `add` (with the step) and `begin`: were `begin` lost with the power, a message that was sent would be sent
again. `end` and `put back` are not: were one lost, a message that was sent, or surely not, would be told to be
doubtful, never sent twice; and the next synced transaction takes it along to the disk.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from nlops.domain.effects import GiveFile, Outgoing, Say, ShowQr
from nlops.domain.outbox import Outcome, Waiting
from nlops.domain.tools import canonical_json

KEEP_ENDED_S = 86_400.0
KINDS: dict[str, type[Say | ShowQr | GiveFile]] = {"say": Say, "show_qr": ShowQr, "give_file": GiveFile}
NAMES = {kind: name for name, kind in KINDS.items()}


def add(db: sqlite3.Connection, outgoing: Sequence[Outgoing], at: float) -> tuple[int, ...]:
    """Rows for these, in their order; their ids."""
    insert = "INSERT INTO outbox (at, kind, body, data) VALUES (?, ?, ?, ?) RETURNING id"
    return tuple(db.execute(insert, (at, *_to_columns(effect))).fetchone()[0] for effect in outgoing)


def begin(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    _set_state(db, ids, "sending")


def put_back(db: sqlite3.Connection, ids: Iterable[int]) -> None:
    _set_state(db, ids, "waiting")


def end(db: sqlite3.Connection, ended: Mapping[int, Outcome], at: float) -> None:
    db.executemany("DELETE FROM outbox WHERE id = ?", [(one,) for one in ended])
    db.execute("DELETE FROM ended WHERE at < ?", (at - KEEP_ENDED_S,))
    db.executemany("INSERT INTO ended VALUES (?, ?)", [(at, outcome) for outcome in ended.values()])


def from_row(row: Sequence[Any]) -> Waiting:
    """A row of (id, at, kind, body, data)."""
    number, at, name, body, data = row
    raw = json.loads(body)
    if data is not None:
        raw["data"] = data
    if raw.get("code") is not None:
        raw["code"] = tuple(raw["code"])
    kind = KINDS[name]
    return Waiting(number, kind(**{key: raw[key] for key in raw if key in kind.__dataclass_fields__}), at)


def _to_columns(effect: Outgoing) -> tuple[str, str, bytes | None]:
    body = asdict(effect)
    data = body.pop("data", None)
    return NAMES[type(effect)], canonical_json(body), data


def _set_state(db: sqlite3.Connection, ids: Iterable[int], state: str) -> None:
    db.executemany("UPDATE outbox SET state = ? WHERE id = ?", [(state, one) for one in ids])
