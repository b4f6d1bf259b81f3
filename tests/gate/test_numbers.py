"""Numbers of persons are told from numbers of other kinds by their checks."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlops.gate.numbers import is_card_number, is_identity_number, stands_alone

# The machine may be busy: how long an example takes says nothing.
BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("text", ["11010519491231002X", "11010519491231002x", "440524188001010014"])
def test_identity_numbers(text: str) -> None:
    """The examples of GB 11643-1999; each other check digit is refused."""
    assert is_identity_number(text)
    others = [f"{text[:-1]}{last}" for last in "0123456789X" if last != text[-1].upper()]
    assert not any(map(is_identity_number, others))


@pytest.mark.parametrize(
    "text", ["", "1101051949123100", "110105194913310020", "110105194902300026", "1101051949123100２X"]
)
def test_what_is_no_identity_number(text: str) -> None:
    """Too short, a thirteenth month, a thirtieth of February, digits that are none of ASCII's."""
    assert not is_identity_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "4111111111111111",
        "4111 1111 1111 1111",
        "5555-5555-5555-4444",
        "2223003122003222",
        "378282246310005",
        "3782 822463 10005",
        "6011111111111117",
        "3530111333300000",
        "6222020200112233440"[:-1] + "5",
    ],
)
def test_card_numbers(text: str) -> None:
    """The networks' own test numbers; with another last digit Luhn's check fails."""
    last = text[-1]
    valid = [digit for digit in "0123456789" if is_card_number(text[:-1] + digit)]
    assert len(valid) == 1 and (valid == [last] or text.startswith("62"))


@pytest.mark.parametrize(
    "text", ["1732600000000", "1732600000000000", "9999999999999995", "4222222222222", "7000000000000007"]
)
def test_what_is_no_card_number(text: str) -> None:
    """Times in milliseconds and microseconds, ranges of no network, other lengths."""
    assert not is_card_number(text)


@given(st.integers(10**18, 10**19 - 1))
@settings(BUSY)
def test_message_ids_are_rarely_cards(number: int) -> None:
    """Of numbers with nineteen digits, as WeChat's message ids, only UnionPay's can be cards."""
    assert not is_card_number(str(number)) or str(number).startswith("62")


@pytest.mark.parametrize(
    ("before", "after", "alone"),
    [
        (b" ", b" ", True),
        (b"(", b").", True),
        (b"", b"", True),
        (b" ", b"@chatroom", False),
        (b" ", b"@qq.com", True),
        (b" ", b"-4", False),
        (b" ", b".5", False),
        (b" ", b"x", False),
        (b" ", b"_", False),
        (b"3", b" ", False),
    ],
)
def test_where_a_number_ends(before: bytes, after: bytes, alone: bool) -> None:
    """No part of a longer number, a word or a room's id."""
    assert stands_alone(before, after) is alone
