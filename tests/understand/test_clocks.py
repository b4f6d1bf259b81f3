"""Times of the day: the hours that words can mean, each with its own minutes."""

import pytest

from nlops.understand.clocks import find_clocks, find_hours


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("book it at six", {6, 18}),
        ("at six in the evening, for an hour", {18}),
        ("明天下午三点到五点", {15, 17}),
        ("早上八点", {8}),
        ("15:30", {15}),
        ("half past seven", {7, 19}),
        ("from 9am on", {9}),
        ("at noon", {12}),
        ("中午", {12}),
        ("今晚十二点", {12, 24}),
        ("midnight", {0}),
        ("six people for three hours", set()),
        ("50 lines, 两个", set()),
        ("涨了 5.2 点", set()),
    ],
)
def test_hours_of_the_day(text: str, hours: set[int]) -> None:
    """Both that a clock's hour can mean, where no part of the day is said."""
    assert find_hours(text) == hours


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("下午两点到三点半", {"14:00", "15:30"}),
        ("上午十点零八分", {"10:08"}),
        ("晚上八点四十五", {"20:45"}),
        ("三点一刻", {"03:15", "15:15"}),
        ("from 19:30 to 20:15", {"19:30", "20:15"}),
        ("at quarter past two this afternoon", {"14:15"}),
        ("quarter to six in the morning", {"05:45"}),
        ("firmware tonight, quarter past two in the morning", {"02:15"}),
        ("上午九点到下午三点", {"09:00", "15:00"}),
        ("今晚十一点到早上七点", {"23:00", "07:00"}),
        ("between noon and half past one in the afternoon", {"12:00", "13:30"}),
    ],
)
def test_each_time_of_the_day_has_its_own_minutes(text: str, clocks: set[str]) -> None:
    assert find_clocks(text) == clocks
