"""The shapes of codes: made, shown and read back; what is a word or a number is none."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.tools import CODE_ALPHABET
from nlops.gate.codes import (
    MASK,
    PAIRING_LENGTH,
    YES_WORDS,
    OneTimeCode,
    conceal,
    holds_six_digits,
    make_pairing_code,
    read_one_time_code,
    read_pairing_code,
    show_pairing_code,
    tells_a_code,
)
from nlops.understand import keywords
from nlops.understand.fold import fold_strictly


@given(st.integers())
def test_a_code_is_read_as_it_is_shown(seed: int) -> None:
    """In two groups, in one, in small letters; of the alphabet without look-alikes, with a digit and a letter."""
    code = make_pairing_code(random.Random(seed).choice)  # noqa: S311  # any source will do here
    assert len(code) == PAIRING_LENGTH and set(code) <= set(CODE_ALPHABET)
    assert any(char.isdigit() for char in code) and any(char.isalpha() for char in code)
    shown = show_pairing_code(code)
    assert shown[4] == "-" and read_pairing_code(shown.lower()) == read_pairing_code(code.lower()) == code


@pytest.mark.parametrize("text", ["whatever", "23456789", "2345-6789", "k7qm2xw", "k7qm-2xwd1", "a b2c3d4e", "", "-"])
def test_words_and_numbers_are_no_codes(text: str) -> None:
    """Nor what is too short or too long."""
    assert read_pairing_code(text) is None


@given(st.text())
def test_any_text_is_read_or_not(text: str) -> None:
    """What is read is a code; nothing else ever comes back."""
    code = read_pairing_code(text)
    assert code is None or read_pairing_code(code.lower()) == code


D = "123456"


@pytest.mark.parametrize(
    ("text", "proposal", "rest"),
    [
        ("123456", None, ""),
        ("123 456", None, ""),
        ("123-456", None, ""),
        ("7k3f 123456", "7K3F", "7k3f"),
        ("2345 123456", "2345", "2345"),
        ("7k3f123456", "7K3F", "7k3f"),
        ("yes 7k3f123456", "7K3F", "yes 7k3f"),
        ("确认7k3f123 456", "7K3F", "确认7k3f"),
        ("yes 7k3f 123456", "7K3F", "yes 7k3f"),
        ("yes 123456", None, "yes"),
        ("confirm 7k3f 123 456", "7K3F", "confirm 7k3f"),
        ("确认7k3f 123456", "7K3F", "确认7k3f"),
        ("确认 7k3f 123456", "7K3F", "确认 7k3f"),
        ("code: 123456", None, "code:"),
        ("验证码:123456", None, "验证码:"),
        ("动态码 123456", None, "动态码"),
    ],
)
def test_a_one_time_code_is_read_in_each_form(text: str, proposal: str | None, rest: str) -> None:
    """Alone, in two groups, with the word and the proposal's code; what is kept of it holds no digit of it."""
    given = read_one_time_code(text)
    assert given == OneTimeCode(D, proposal, rest) and conceal(text, text) == rest and D not in repr(given)


@pytest.mark.parametrize(
    "text", ["12345", "1234567", "12345a", "yes7k3f123456", "2345123456", "", "7k3f 12345", "1 23456"]
)
def test_other_numbers_are_no_one_time_codes(text: str) -> None:
    """Nor what has digits too many or too few, and it stays as it is."""
    assert read_one_time_code(text) is None and conceal(text, text) == text


@pytest.mark.parametrize("digits", ["١٢٣٤٥٦", "१२३४५६", "𝟏𝟐𝟑𝟒𝟓𝟔", "12345６"])
def test_digits_of_other_scripts_are_a_code_that_is_never_right(digits: str) -> None:
    """They have the shape, so that no model gets them, and come without digits to compare. (Full-width ones are
    narrowed before.)"""
    given = read_one_time_code(f"yes 7k3f {digits}")
    assert given == OneTimeCode("", "7K3F", "yes 7k3f")


@pytest.mark.parametrize(
    ("text", "tells", "kept"),
    [
        ("the code is 123456 now", True, f"the code is {MASK} now"),
        ("我的验证码是123456哦", True, f"我的验证码是{MASK}哦"),
        ("otp=123 456", True, f"otp={MASK}"),
        ("show １00000 lines", False, f"show {MASK} lines"),
        ("code 1234567", False, "code 1234567"),
        ("code abc123456", False, "code abc123456"),
    ],
)
def test_a_code_among_other_words(text: str, tells: bool, kept: str) -> None:
    """Where the words are about codes, a model must not get them, and the store keeps them without."""
    assert tells_a_code(text) is tells and conceal(text, text) == kept


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("yes7k3f123456", True),
        ("12 34 56", True),
        ("1\u200b2\u200b3\u200b4\u200b5\u200b6", True),
        ("is it 123-456?", True),
        ("١٢٣٤٥٦!", True),
        ("12345 lines", False),
        ("123 of bob, 456 of alice", False),
    ],
)
def test_six_digits_anywhere(text: str, holds: bool) -> None:
    """However they are written."""
    assert holds_six_digits(text) is holds


@given(st.text())
def test_any_text_is_a_one_time_code_or_not(text: str) -> None:
    """What is read is six ASCII digits or none, and what is kept of it is no code again."""
    folded = fold_strictly(text)
    given = read_one_time_code(folded)
    if given is not None:
        assert given.digits == "" or (len(given.digits) == 6 and given.digits.isascii() and given.digits.isdigit())
        assert read_one_time_code(conceal(text, folded)) is None


def test_the_words_of_yes_are_the_keywords() -> None:
    """The two modules may not know each other; they must not drift apart."""
    assert set(YES_WORDS) == keywords._YES
