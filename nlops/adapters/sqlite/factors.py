"""Second factors in the database: failures that are counted, locks, the last step of each authenticator, open codes.

Each try is counted before it is judged, and forgiven when it was right: a process that ends in between, or several that
try at once, get no try for nothing. Failures are an admin's own, of all factors together; five lock, and only the host
unlocks. A factor that was right forgives its own failures and no other's, so that whoever holds one of two factors
gets no more tries at the other. Nothing that happens in a chat (a new proposal, a restart) takes one back.
"""

import hashlib
import hmac
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from nlops.adapters.sqlite import audit
from nlops.domain.effects import Record

MOST_FAILURES = 5
SEND_EVERY_S = 30.0  # a code a person may ask for again, and how often: messages cost, and annoy who did not ask
MOST_SENT, SENT_WITHIN_S = 5, 600.0

SCHEMA = """
CREATE TABLE IF NOT EXISTS failure (
  admin TEXT NOT NULL, factor TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (admin, factor)
) STRICT;
CREATE TABLE IF NOT EXISTS lock (admin TEXT PRIMARY KEY, at REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS authenticator (admin TEXT PRIMARY KEY, step INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS challenge (
  proposal INTEGER NOT NULL, factor TEXT NOT NULL, admin TEXT NOT NULL, proof TEXT NOT NULL, until REAL NOT NULL,
  PRIMARY KEY (proposal, factor)
) STRICT;
CREATE TABLE IF NOT EXISTS code_sent (admin TEXT NOT NULL, at REAL NOT NULL) STRICT;
"""


@dataclass(frozen=True)
class Failures:
    """How an admin stands: tries that are left, and whether the lock fell with this one."""

    left: int
    locks_now: bool = False


def locked(db: sqlite3.Connection) -> frozenset[str]:
    """The admins that are locked."""
    query = "SELECT admin FROM failure GROUP BY admin HAVING SUM(count) >= ? UNION SELECT admin FROM lock"
    return frozenset(name for (name,) in db.execute(query, (MOST_FAILURES,)))


def reserve(db: sqlite3.Connection, admin: str, factor: str) -> bool:
    """Count a try before it is judged; False where the admin is locked."""
    if admin in locked(db):
        return False
    db.execute(
        "INSERT INTO failure VALUES (?, ?, 1) ON CONFLICT (admin, factor) DO UPDATE SET count = count + 1",
        (admin, factor),
    )
    return True


def forgive(db: sqlite3.Connection, admin: str, factor: str) -> None:
    """It was right: this factor's failures are gone."""
    db.execute("DELETE FROM failure WHERE admin = ? AND factor = ?", (admin, factor))


def take_back(db: sqlite3.Connection, admin: str, factor: str) -> None:
    """The try could not be judged: it counts as none."""
    db.execute(
        "UPDATE failure SET count = count - 1 WHERE admin = ? AND factor = ? AND count > 0",
        (admin, factor),
    )


def fail(db: sqlite3.Connection, admin: str, contact_id: str, factor: str, at: float) -> Failures:
    """It was wrong, and is counted already; the fifth locks, and that is recorded with it."""
    (count,) = db.execute("SELECT SUM(count) FROM failure WHERE admin = ?", (admin,)).fetchone()
    left = max(0, MOST_FAILURES - (count or 0))
    if left:
        return Failures(left)
    locks_now = db.execute("INSERT OR IGNORE INTO lock VALUES (?, ?)", (admin, at)).rowcount == 1
    if locks_now:
        audit.append(db, Record("locked", admin, contact_id, {"factor": factor, "failures": count}), at)
    return Failures(0, locks_now)


def unlock(db: sqlite3.Connection, admin: str, who: str, at: float) -> bool:
    """Let an admin try again, recorded as done by `who`; whether they were locked. Failures are forgotten."""
    was_locked = admin in locked(db)
    db.execute("DELETE FROM failure WHERE admin = ?", (admin,))
    db.execute("DELETE FROM lock WHERE admin = ?", (admin,))
    if was_locked:
        audit.append(db, Record("unlocked", who, "", {"admin": admin}), at)
    return was_locked


def last_step(db: sqlite3.Connection, admin: str) -> int:
    """The last step of an authenticator that was accepted; -1 where none was."""
    row = db.execute("SELECT step FROM authenticator WHERE admin = ?", (admin,)).fetchone()
    return int(row[0]) if row else -1


def keep_step(db: sqlite3.Connection, admin: str, step: int) -> None:
    """It only ever grows."""
    db.execute(
        "INSERT INTO authenticator VALUES (?, ?) ON CONFLICT (admin) DO UPDATE SET step = MAX(step, excluded.step)",
        (admin, step),
    )


def may_send(db: sqlite3.Connection, admin: str, at: float) -> float:
    """Note that a code is sent now. 0, or for how many seconds none may be (and none is noted)."""
    db.execute("DELETE FROM code_sent WHERE at <= ? OR at > ?", (at - SENT_WITHIN_S, at))
    query = "SELECT at FROM code_sent WHERE admin = ? ORDER BY at DESC LIMIT ?"
    times = [float(one) for (one,) in db.execute(query, (admin, MOST_SENT))]
    waits = [times[0] + SEND_EVERY_S - at] if times else []
    if len(times) == MOST_SENT:
        waits.append(times[-1] + SENT_WITHIN_S - at)
    if max(waits, default=0.0) > 0:
        return max(waits)
    db.execute("INSERT INTO code_sent VALUES (?, ?)", (admin, at))
    return 0.0


def open_challenge(
    db: sqlite3.Connection, proposal: int, factor: str, admin: str, proof: str, until: float, at: float
) -> None:
    """What a code will be compared with, until then (unix seconds); an older one for this proposal is over."""
    db.execute("DELETE FROM challenge WHERE until <= ?", (at,))
    db.execute("INSERT OR REPLACE INTO challenge VALUES (?, ?, ?, ?, ?)", (proposal, factor, admin, proof, until))


def challenge(db: sqlite3.Connection, proposal: int, factor: str, admin: str, at: float) -> str | None:
    """The open one; None where there is none, or its time is over."""
    row = db.execute(
        "SELECT proof FROM challenge WHERE proposal = ? AND factor = ? AND admin = ? AND until > ?",
        (proposal, factor, admin, at),
    ).fetchone()
    return str(row[0]) if row else None


def close_challenge(db: sqlite3.Connection, proposal: int, factor: str) -> None:
    """It was used."""
    db.execute("DELETE FROM challenge WHERE proposal = ? AND factor = ?", (proposal, factor))


def proof_of(digits: str, salt: str, bound: Sequence[str]) -> str:
    """A code as it is kept: with what it is bound to, never itself. Six digits can be found again by trying, by who
    reads the store; there lie the authenticators' secrets' like too, for their owner's eyes only."""
    content = "\x1f".join((salt, digits, *bound)).encode()
    return f"{salt}:{hashlib.sha256(content).hexdigest()}"


def is_proof_of(proof: str, digits: str, bound: Sequence[str]) -> bool:
    salt = proof.partition(":")[0]
    return hmac.compare_digest(proof, proof_of(digits, salt, bound))
