"""The shapes of codes: made, shown and read back; what is a word or a number is none."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.tools import CODE_ALPHABET
from nlops.gate.codes import (
    PAIRING_LENGTH,
    is_one_time_code,
    make_pairing_code,
    read_pairing_code,
    show_pairing_code,
)


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


@pytest.mark.parametrize(
    ("text", "is_one"), [("123456", True), ("12345", False), ("1234567", False), ("12345a", False), ("١٢٣٤٥٦", False)]
)
def test_six_digits_may_be_a_one_time_code(text: str, is_one: bool) -> None:
    """ASCII digits only."""
    assert is_one_time_code(text) is is_one
