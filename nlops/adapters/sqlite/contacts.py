"""Who the admins are in the chat: contacts as bound or seen, and the pairings that are open.

A pairing is one code for one admin, kept as its hash. It ends when it is used, when its time is over, when a newer one
replaces it, or with the twentieth wrong code: whoever guesses has twenty tries at all open ones together.
"""

import hashlib
import hmac
import sqlite3

from nlops.adapters.sqlite import audit
from nlops.domain.chat import KnownContact
from nlops.domain.effects import Record

MOST_WRONG = 20


def open_pairing(db: sqlite3.Connection, admin: str, code: str, until: float) -> None:
    """`until` is in unix seconds. An older pairing of the same admin is over."""
    db.execute("INSERT OR REPLACE INTO pairing VALUES (?, ?, ?, 0)", (admin, _hash(code), until))


def claim(db: sqlite3.Connection, code: str, contact_id: str, at: float) -> str | None:
    """Bind the contact to the admin whose open pairing has this code; the admin's name, or None."""
    db.execute("DELETE FROM pairing WHERE until <= ?", (at,))
    given = _hash(code)
    rows = db.execute("SELECT admin, hash FROM pairing").fetchall()
    admin = next((admin for admin, kept in rows if hmac.compare_digest(kept, given)), None)
    if admin is None:
        db.execute("UPDATE pairing SET wrong = wrong + 1")
        db.execute("DELETE FROM pairing WHERE wrong >= ?", (MOST_WRONG,))
        return None
    db.execute("DELETE FROM pairing WHERE admin = ?", (admin,))
    _bind(db, str(admin), contact_id, at)
    return str(admin)


def _bind(db: sqlite3.Connection, admin: str, contact_id: str, at: float) -> None:
    """A contact is one admin's, and an admin has one contact: the newest binding holds. It is recorded with it, so that
    nobody gets a right that the audit does not know of."""
    former = db.execute("SELECT id FROM contact WHERE admin = ?", (admin,)).fetchone()
    db.execute("INSERT OR REPLACE INTO contact VALUES (?, ?, '')", (admin, contact_id))
    audit.append(db, Record("paired", admin, contact_id, {"former": former[0]} if former else {}), at)


def keep_name(db: sqlite3.Connection, admin: str, contact: KnownContact) -> None:
    """What a bound contact is called. Of another contact than the bound one it is nothing: it was bound anew since."""
    db.execute("UPDATE contact SET name = ? WHERE admin = ? AND id = ?", (contact.name, admin, contact.contact_id))


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
