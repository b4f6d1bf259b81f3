"""Codes that people say to show who they are: their shapes. Whether one is right, the store knows.

A pairing code stands on the host's terminal as `K7QM-2XWD`. It has a digit and a letter, so that no word and no number
of a conversation is taken for one: nine in ten of the 31^8 have both.
"""

import re
from collections.abc import Callable

from nlops.domain.tools import CODE_ALPHABET

PAIRING_LENGTH = 8
PAIRING_TTL_S = 600.0
_HALF = f"[{CODE_ALPHABET.lower()}]{{{PAIRING_LENGTH // 2}}}"
_PAIRING = re.compile(rf"(?=.*[0-9])(?=.*[a-z])({_HALF})[- ]?({_HALF})")
_ONE_TIME = re.compile(r"[0-9]{6}")


def make_pairing_code(choose: Callable[[str], str]) -> str:
    """A fresh code; `choose` draws one character of a text, unforeseeably."""
    while True:
        code = "".join(choose(CODE_ALPHABET) for _ in range(PAIRING_LENGTH))
        if read_pairing_code(code.lower()):
            return code


def show_pairing_code(code: str) -> str:
    """In two groups, as people read them out."""
    half = PAIRING_LENGTH // 2
    return f"{code[:half]}-{code[half:]}"


def read_pairing_code(folded: str) -> str | None:
    """The code in upper case, without its dash, where `folded` (narrow, lower case, stripped) is one and nothing
    else."""
    match = _PAIRING.fullmatch(folded)
    return f"{match[1]}{match[2]}".upper() if match else None


def is_one_time_code(folded: str) -> bool:
    """Whether this may be a one-time code of an authenticator (six digits, RFC 6238)."""
    return _ONE_TIME.fullmatch(folded) is not None
