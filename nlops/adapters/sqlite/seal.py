"""The seal: which record is the last, in a file beside the database, made with a key of its own.

A database from which the last records and the head were taken, or an older copy of it, no longer reaches the seal. The
seal is written after its record is on the disk, and not synced: over a power cut it may name an earlier record, never
one that is not there. It is one line of less than a sector, overwritten in its place.
"""

import hashlib
import hmac
import logging
import os
import secrets
from contextlib import suppress
from pathlib import Path

from nlops.domain.errors import StoreError
from nlops.gate.audit import GENESIS, Head, seal_of

log = logging.getLogger("nlops")

KEY, SEAL = "audit.key", "audit.seal"


class Seal:
    """The seal of one state folder."""

    def __init__(self, state_dir: Path) -> None:
        self._key_file, self.file = state_dir / KEY, state_dir / SEAL
        self.found = ""  # why a chain did not reach it, until somebody is told
        self._written: Head | None = None
        self._fails = False

    def make(self, head: Head) -> None:
        """The first seal of this folder, with a new key. Raises StoreError."""
        try:
            _write_new(self._key_file, secrets.token_hex(32))
            _write_new(self.file, self._line(head))
        except OSError as error:
            raise StoreError(f"the audit cannot be sealed: {error}") from error

    def is_made(self) -> bool:
        """Whether a seal or its key was ever made here."""
        return self.file.exists() or self._key_file.exists()

    def read(self) -> Head | str:
        """The last record as sealed; or in words why that is not known."""
        try:
            line = self.file.read_text("ascii")
            number, digits, mac = line.split()
            head = (int(number), digits)
            right = seal_of(self._key(), head)
        except FileNotFoundError as error:
            return f"{Path(str(error.filename)).name} is missing"
        except (OSError, ValueError) as error:
            return f"{SEAL} cannot be read: {error}"
        return head if hmac.compare_digest(right, mac) else f"{SEAL} was not made with the key of this folder"

    def write(self, head: Head) -> None:
        """Seal this record as the last. A seal that cannot be written says less than it might, and nothing that is
        false: nobody waits for it."""
        if head == self._written:
            return
        try:
            if not self._key_file.exists():
                _write_new(self._key_file, secrets.token_hex(32))
            descriptor = os.open(self.file, os.O_WRONLY | os.O_CREAT, 0o600)
            try:
                os.pwrite(descriptor, self._line(head).encode(), 0)
            finally:
                os.close(descriptor)
        except (OSError, ValueError) as error:
            if not self._fails:
                log.error("the audit is not sealed: %s", error)
            self._fails = True
            return
        self._written, self._fails = head, False

    def sign(self, data: bytes) -> str:
        """HMAC-SHA-256 of an exported file's seal. Raises StoreError where there is no key."""
        try:
            return hmac.new(self._key(), data, hashlib.sha256).hexdigest()
        except (OSError, ValueError) as error:
            raise StoreError(f"{self._key_file} cannot be read: {error}") from error

    def _key(self) -> bytes:
        return bytes.fromhex(self._key_file.read_text("ascii"))

    def _line(self, head: Head) -> str:
        # Of one length, so that a shorter number leaves nothing of a longer one behind.
        return f"{head[0]:015d} {head[1]} {seal_of(self._key(), head)}\n"


def fault_between(sealed: Head | str, at_seal: str | None, head: Head) -> str:
    """Why a chain with this head does not reach its seal; empty where it does. `at_seal` is the hash of the record that
    the seal names, as the chain has it."""
    if isinstance(sealed, str):
        return sealed
    if sealed[0] > head[0]:
        return f"the end was cut off, or an older copy put back: there were records up to {sealed[0]}"
    if sealed[0] and at_seal != sealed[1]:
        return f"record {sealed[0]} is not the one that was sealed"
    return ""


def _write_new(file: Path, text: str) -> None:
    with suppress(FileNotFoundError):
        file.unlink()
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as new:
        new.write(text)
        new.flush()
        os.fsync(new.fileno())


NOTHING: Head = (0, GENESIS)
