"""Times of the day: the hours that words can mean, each with its own minutes."""

import pytest

from nlops.understand.clocks import each_clock, find_clocks, find_hours, find_span


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
        ("中午十二点和晚上八点半", {"12:00", "20:30"}),
        ("half past eleven at night", {"23:30"}),
        ("two at night", {"02:00"}),
        ("ten past nine tonight", {"21:10"}),
        ("at ten to nine in the morning", {"08:50"}),
        ("at 25 past 8 am", {"08:25"}),
        ("from ten to six", set()),
        ("at 2 at night", {"02:00"}),
        # a day of a month, unless it is a verb
        ("from 4 june on", set()),
        ("from 4 may 2026", set()),
        ("at 4 may I", {"04:00", "16:00"}),
    ],
)
def test_each_time_of_the_day_has_its_own_minutes(text: str, clocks: set[str]) -> None:
    assert find_clocks(text) == clocks


@pytest.mark.parametrize(
    ("text", "clocks"),
    [
        ("hall 3 at 7.45 this evening", {"19:45"}),
        ("8.15am", {"08:15"}),
        ("no, half eight", {"08:30", "20:30"}),
        ("0845 start", {"08:45"}),
        ("til quarter to ten tonight", {"21:45"}),
        ("version 9.30 of it", set()),
        ("half a dozen", set()),
    ],
)
def test_a_time_has_many_forms(text: str, clocks: set[str]) -> None:
    assert find_clocks(text) == clocks


@pytest.mark.parametrize(
    ("text", "start", "stop", "minutes"),
    [
        ("from 2 to quarter past four this afternoon", "14:00", "16:15", 135),
        ("court 2 from 11 to 1pm", "11:00", "13:00", 120),
        ("6-8pm", "18:00", "20:00", 120),
        ("from 3 to half past four", "15:00", "16:30", 90),
        ("from 9 until noon", "09:00", "12:00", 180),
        ("明早九点到十点二十", "09:00", "10:20", 80),
        ("今天下午一点一刻到两点三刻", "13:15", "14:45", 90),
        ("22:30-6:00", "22:30", "06:00", 450),
    ],
)
def test_from_one_time_to_another(text: str, start: str, stop: str, minutes: int) -> None:
    """The nearest two that the words can mean, by day where they do not tell."""
    span = find_span(text)
    assert span is not None and (span.start, span.stop, span.minutes) == (start, stop, minutes)


@pytest.mark.parametrize("text", ["10 to 15 lines", "quarter to seven", "pages 3-5", "从3改到5"])
def test_what_is_no_span(text: str) -> None:
    assert find_span(text) is None


def test_each_time_that_is_said_comes_in_order() -> None:
    found = [set(clocks) for clocks in each_clock("9:15, noon and at six")]
    assert found == [{"09:15", "21:15"}, {"12:00"}, {"06:00", "18:00"}]
    assert [set(clocks) for clocks in each_clock("中午12点")] == [{"12:00"}]
