"""Codes that people say to show who they are: their shapes. Whether one is right, the store knows.

A pairing code stands on the host's terminal as `K7QM-2XWD`. It has a digit and a letter, so that no word and no number
of a conversation is taken for one: nine in ten of the 31^8 have both.

A one-time code is six digits: of an authenticator, of an SMS. It is said alone, or with the word and the code of the
proposal that it is for:

    123456 · 123 456 · 7K3F 123456 · 7K3F123456 · yes 7K3F 123456 · 确认 7K3F 123456 · code 123456 · 验证码：123456

Digits of other scripts have the shape too, and are never right: they are no code of ours, and nothing for a model.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from nlops.domain.tools import CODE_ALPHABET, CODE_LENGTH

PAIRING_LENGTH = 8
PAIRING_TTL_S = 600.0
_HALF = f"[{CODE_ALPHABET.lower()}]{{{PAIRING_LENGTH // 2}}}"
_PAIRING = re.compile(rf"(?=.*[0-9])(?=.*[a-z])({_HALF})[- ]?({_HALF})")

YES_WORDS = ("yes", "confirm", "确认")  # as `nlops.understand.keywords` has them
_SIX = r"\d{3}[- ]?\d{3}"
_BEFORE = r"(?:(?:yes|confirm|code:?) |(?:确认|验证码|动态码):? ?)?"
_CODE = f"[{CODE_ALPHABET.lower()}]{{{CODE_LENGTH}}}"
# Without a space between them only where a letter shows which is which.
_ONE_TIME = re.compile(rf"({_BEFORE}(?:({_CODE}) |(?=\d{{0,3}}[a-z])({_CODE}))?)({_SIX})")
_SIX_ALONE = re.compile(rf"(?<![A-Za-z\d_.]){_SIX}(?![A-Za-z\d_])")
_ABOUT_CODES = re.compile(r"\b(?:code|otp|totp|2fa|token|authenticator|verif\w*)\b|验证|动态码|校验码|口令")
MASK = "••••••"


@dataclass(frozen=True)
class OneTimeCode:
    """A one-time code as somebody said it. `digits` are six ASCII digits, or empty where they were of another script;
    `proposal` is the code beside it, in upper case; `rest` is what was said without the digits."""

    digits: str = field(repr=False)
    proposal: str | None = None
    rest: str = ""


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


def read_one_time_code(folded: str) -> OneTimeCode | None:
    """The one-time code that a message (narrow, lower case, stripped) is, and is nothing else."""
    match = _ONE_TIME.fullmatch(folded)
    if match is None:
        return None
    digits = match[4].replace(" ", "").replace("-", "")
    proposal = match[2] or match[3]
    return OneTimeCode(digits if digits.isascii() else "", proposal and proposal.upper(), match[1].strip())


def holds_six_digits(folded: str) -> bool:
    """Whether six digits follow each other in this, whatever stands between them that is no letter: for who was just
    asked for a code, and wrote more than that."""
    return re.search(r"\d{6}", re.sub(r"[\W_]+", "", folded)) is not None


def tells_a_code(folded: str) -> bool:
    """Whether this is about codes and holds six digits: words that a model must not get."""
    return _ABOUT_CODES.search(folded) is not None and _SIX_ALONE.search(folded) is not None


def conceal(text: str, folded: str) -> str:
    """What may be kept of a message: without its one-time code, and without any other number that could be one. (Only
    a process that ends before the answer ever reads it again.)"""
    given = read_one_time_code(folded)
    return given.rest if given is not None else _SIX_ALONE.sub(MASK, text)
