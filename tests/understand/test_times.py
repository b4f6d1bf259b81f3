"""Times, days and durations of a user's own tools: in the argument that takes them, and in no other."""

from typing import Any

import pytest

from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.guards import is_later, is_passed_on
from nlops.understand.reply import Proposed
from tests.understand.shop import BOTS, tool
from tests.understand.test_ground import facts_of, ground, lacking

CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
DAY = {"type": ["string", "null"], "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "default": None}
HALL = {"type": "integer", "minimum": 1, "maximum": 9, "description": "Number of the hall"}
MINUTES = {"type": "integer", "minimum": 5, "maximum": 600, "description": "Length in minutes"}
RENT = tool(
    "rent_hall", "Rent a hall.", {"hall": HALL, "start": CLOCK, "minutes": MINUTES}, ("hall", "start", "minutes")
)
LIGHT = tool(
    "light_hall",
    "Set the light of a hall.",
    {"hall": HALL, "until": {**CLOCK, "type": ["string", "null"], "default": None}},
    ("hall",),
)
SHIFT = tool("shift", "Plan a shift.", {"hall": HALL, "start": CLOCK, "end": CLOCK}, ("hall", "start", "end"))
PLAN = tool(
    "show_plan",
    "Show the plan of a day.",
    {"hall": HALL, "date": {**DAY, "description": "null is today"}},
    ("hall",),
    risk="read",
)
PUMP = tool(
    "run_pump",
    "Run a pump.",
    {"pump": {"type": "string", "pattern": "^U[0-9]$"}, "minutes": MINUTES},
    ("pump", "minutes"),
)
ALL = Catalogue((RENT, LIGHT, SHIFT, PLAN, PUMP), BOTS)


def made(text: str, name: str, **arguments: Any) -> list[dict[str, object]]:
    return ground(text, name, ALL, **arguments)[0]


@pytest.mark.parametrize(
    ("text", "start", "minutes"),
    [
        ("hall 4 from 2 to quarter past three this afternoon", "14:00", 75),
        ("4号厅下午两点到三点一刻", "14:00", 75),
        ("hall 4 at 7.45 this evening, an hour and a quarter", "19:45", 75),
        ("hall 4, 2 pm, 75 min", "14:00", 75),
    ],
)
def test_a_span_is_a_start_and_a_length(text: str, start: str, minutes: int) -> None:
    """Whatever the model made of it."""
    said = {"hall": 4, "start": "2 pm", "minutes": 30}
    assert made(text, "rent_hall", **said) == [{"hall": 4, "start": start, "minutes": minutes}]


def test_an_end_is_a_start_and_a_length_later() -> None:
    due = [{"hall": 2, "start": "18:15", "end": "19:45"}]
    assert (
        made(
            "hall 2, quarter past six in the evening, for an hour and a half",
            "shift",
            hall=2,
            start="18:15",
            end="19:15",
        )
        == due
    )
    assert made("2号厅，晚上六点一刻开始，九十分钟", "shift", hall=2, start="18:15", end="18:15") == due


@pytest.mark.parametrize("text", ["light hall 3 til quarter to ten tonight", "3号厅灯开到晚上九点三刻"])
def test_an_end_that_the_model_left_out_is_taken_and_puts_nothing_off(text: str) -> None:
    assert made(text, "light_hall", hall=3) == [{"hall": 3, "until": "21:45"}]
    one = Proposed(ToolCall("light_hall", {"hall": 3}))
    assert not is_later(one, LIGHT, facts_of(text), 0.6, alone=True)
    assert is_passed_on(one, LIGHT, facts_of("light hall 3 til quarter to ten tonight"))


def test_an_end_that_can_be_two_is_asked_for() -> None:
    assert lacking(ground("light hall 3 til six", "light_hall", ALL, hall=3, until="13:00")) == ["until"]


@pytest.mark.parametrize(
    ("text", "said", "date"),
    [
        ("plan of hall 5 on the 2nd of may 2027", {}, "2027-05-02"),
        ("5号厅2027年元旦的安排", {"date": None}, "2027-01-01"),
        ("hall 5 today", {"date": None}, None),
    ],
)
def test_a_day_is_the_one_that_is_said(text: str, said: dict[str, Any], date: str | None) -> None:
    assert made(text, "show_plan", hall=5, **said) == [{"hall": 5, "date": date}]


@pytest.mark.parametrize(
    "text", ["plan of hall 5 tomorrow", "5号厅明天的安排", "hall 5, the 30th of february: 2026-02-30"]
)
def test_another_day_than_today_that_is_none_is_asked_for(text: str) -> None:
    said = "2026-02-30" if "-" in text else None
    assert lacking(ground(text, "show_plan", ALL, hall=5, date=said)) == ["date"]


@pytest.mark.parametrize("text", ["need a hall at 4pm for 90 min", "给我订个厅，16:00，90分钟"])
def test_a_number_of_a_time_is_no_other_number(text: str) -> None:
    assert lacking(ground(text, "rent_hall", ALL, hall=4, start="16:00", minutes=90)) == ["hall"]


def test_minutes_are_no_lines() -> None:
    assert ground("the last 5 minutes of bob's log", "tail_logs", bot="bob", lines=5)[0] == [{"bot": "bob"}]


@pytest.mark.parametrize(("text", "sure"), [("U3 for 10 min.. or was it 15?", 1.0), ("U3 开半天", 0.4)])
def test_how_long_nobody_knows_is_asked_for(text: str, sure: float) -> None:
    assert lacking(ground(text, "run_pump", ALL, {"minutes": sure}, pump="U3", minutes=10)) == ["minutes"]


@pytest.mark.parametrize(
    ("text", "minutes", "due"),
    [
        ("ten minutes longer", 10, 40),
        ("make that ten min shorter", 10, 20),
        ("only half that", 20, 15),
        ("5 more", 5, 35),
        ("再加十分钟", "?", 40),
        ("缩短五分钟", 5, 25),
    ],
)
def test_more_or_less_is_reckoned_from_what_was_set_a_moment_ago(text: str, minutes: object, due: int) -> None:
    earlier = [ToolCall("run_pump", {"pump": "U3", "minutes": 30})]
    said: dict[str, Any] = {"minutes": minutes} if minutes != "?" else {}
    (made,), lacks = ground(text, "run_pump", ALL, earlier=earlier, pump="U3", **said)
    assert made["minutes"] == due and not lacks


def test_it_is_not_reckoned_from_what_another_tool_was_told() -> None:
    """Those minutes were of something else: it is asked."""
    earlier = [ToolCall("rent_hall", {"hall": 3, "start": "16:00", "minutes": 30})]
    assert "minutes" in lacking(ground("ten minutes longer", "run_pump", ALL, earlier=earlier, pump="U3", minutes=10))


def test_of_two_changes_the_one_with_a_time_waits() -> None:
    text = "U3 now 20 minutes, U4 at 8pm for as long"
    one, other = (Proposed(ToolCall("run_pump", {"pump": pump, "minutes": 20})) for pump in ("U3", "U4"))
    assert not is_later(one, PUMP, facts_of(text), 1.0)
    assert is_later(other, PUMP, facts_of(text), 1.0)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("hall 2, saturday 10 to 6", "10:00", "18:00"),
        ("hall 2 from 9 to 3", "09:00", "15:00"),
        ("make that 11 to 7 in hall 2", "11:00", "19:00"),
    ],
)
def test_two_bare_numbers_are_hours_where_a_tool_takes_a_start_and_an_end(text: str, start: str, end: str) -> None:
    assert made(text, "shift", hall=2, start="08:00", end="09:00") == [{"hall": 2, "start": start, "end": end}]


def test_how_many_people_are_no_hours() -> None:
    """Where another time is said."""
    made_of = ground("hall 2 for 2 to 4 people, 8pm to 10pm", "shift", ALL, hall=2, start="20:00", end="22:00")
    assert made_of[0] == [{"hall": 2, "start": "20:00", "end": "22:00"}]
    assert lacking(ground("hall 2 for 2 to 4 people at 8pm", "shift", ALL, hall=2, start="20:00")) == ["end"]


def test_a_part_of_a_date_is_no_hour() -> None:
    """And "am" in the middle of a line is no morning."""
    said = {"hall": 2, "start": "20:00", "minutes": 180}
    assert made("hall 2 stream 2026-03-21 at 20:00, still 3 hours", "rent_hall", **said) == [said]


@pytest.mark.parametrize("text", ["3号厅也排上，时间一样", "hall 3 too, same hours"])
def test_the_same_time_is_that_of_before(text: str) -> None:
    earlier = (ToolCall("shift", {"hall": 2, "start": "10:00", "end": "18:00"}),)
    found = made(text, "shift", hall=3, start="14:00", end="18:00", earlier=earlier)
    assert found == [{"hall": 3, "start": "10:00", "end": "18:00"}]
