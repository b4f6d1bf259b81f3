"""Spans of the day: also over midnight, on some days only, in local time."""

import calendar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.config import Hours
from nlops.gate.hours import ends_at

NIGHT = Hours(22 * 60, 7 * 60)
SAT = 5


def utc(day: int, hour: int, minute: int = 0, second: int = 0) -> float:
    """November 2026; the 26th is a Thursday."""
    return calendar.timegm((2026, 11, day, hour, minute, second))


@pytest.mark.parametrize(
    ("hours", "wall", "end"),
    [
        (Hours(180, 240), utc(26, 3), utc(26, 4)),
        (Hours(180, 240), utc(26, 3, 59, 59), utc(26, 4)),
        (Hours(180, 240), utc(26, 4), None),
        (Hours(180, 240), utc(26, 2, 59, 59), None),
        (NIGHT, utc(26, 23), utc(27, 7)),
        (NIGHT, utc(26, 6, 59), utc(26, 7)),
        (NIGHT, utc(26, 12), None),
        (Hours(0, 0, frozenset({SAT})), utc(28, 0), utc(29, 0)),
        (Hours(0, 0, frozenset({SAT})), utc(28, 23, 59), utc(29, 0)),
        (Hours(0, 0, frozenset({SAT})), utc(29, 0), None),
        (Hours(1320, 420, frozenset({SAT})), utc(29, 6), utc(29, 7)),  # it began on Saturday
        (Hours(1320, 420, frozenset({SAT})), utc(28, 6), None),  # that one began on Friday
    ],
)
def test_spans(hours: Hours, wall: float, end: float | None) -> None:
    """The first minute is in, the last is not."""
    assert ends_at(hours, wall, 0) == end


def test_local_time_counts() -> None:
    """03:30 in Shanghai is 19:30 the day before in UTC; the end is in unix seconds again."""
    assert ends_at(Hours(180, 240, frozenset({4})), utc(26, 19, 30), 8 * 3600) == utc(26, 20)
    assert ends_at(Hours(180, 240, frozenset({3})), utc(26, 19, 30), 8 * 3600) is None


@given(
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.integers(0, 2_000_000_000),
    st.integers(-12, 14),
    st.sets(st.integers(0, 6)),
)
def test_it_ends_and_is_over_at_its_end(start: int, end: int, wall: int, hours: int, days: set[int]) -> None:
    """Whatever the span: its end lies ahead by a day at most, a second before it is in it, and at the end of it is
    not, unless the next one begins there."""
    span, offset = Hours(start, end, frozenset(days)), hours * 3600
    until = ends_at(span, wall, offset)
    if until is not None:
        assert 0 < until - wall <= 86_400 and ends_at(span, until - 1, offset) == until
        assert start == end or ends_at(span, until, offset) is None
