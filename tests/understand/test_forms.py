"""Days and times in the form that a pattern wants; what describes no form, or two, is left to others."""

import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.forms import Form, form_of, lasting
from tests.understand.shop import BOTS, tool
from tests.understand.test_ground import ground, lacking

MINUTE = "([01][0-9]|2[0-3]):[0-5][0-9]"
DAY_OF_MONTH, MONTH = "(0[1-9]|[12][0-9]|3[01])", "(0[1-9]|1[0-2])"
NAMED = "(JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)"
BOTH = f"^{MONTH}-{DAY_OF_MONTH} {MINUTE}$"


@pytest.mark.parametrize(
    ("pattern", "description", "form"),
    [
        ("^([01][0-9]|2[0-3])[0-5][0-9]$", "", Form(clock="{h}{n}")),
        ("^(0[1-9]|1[0-2]):[0-5][0-9](am|pm)$", "", Form(clock="{i}:{n}{p}")),
        ("^1[1-5]:(00|30)$", "", Form(clock="{h}:{n}")),
        (f"^{DAY_OF_MONTH}/{MONTH}$", "", Form("{d}/{m}")),
        (r"^\d{2}/\d{2}$", "DD/MM, no year", Form("{d}/{m}")),
        (r"^\d{2}/\d{2}$", "MM/DD", Form("{m}/{d}")),
        (r"^\d{2}/\d{2}$", "the day", None),
        (f"^20[0-9]{{2}}{MONTH}{DAY_OF_MONTH}$", "", Form("{y}{m}{d}")),
        (BOTH, "", Form("{m}-{d}", " ", "{h}:{n}")),
        (f"^{MONTH}-{DAY_OF_MONTH} ([01][0-9]|2[0-3])h$", "", Form("{m}-{d}", " ", "{h}h")),
        (f"^{DAY_OF_MONTH}{NAMED}$", "", Form("{d}{BB}")),
        (f"^{DAY_OF_MONTH}{NAMED}[0-9]{{2}}$", "DDMONYY", Form("{d}{BB}{u}")),
        (f"^{DAY_OF_MONTH}[.]{MONTH}[.]20[0-9]{{2}}$", "DD.MM.YYYY", Form("{d}.{m}.{y}")),
        (f"^20[0-9]{{2}}{MONTH}{DAY_OF_MONTH}-([01][0-9]|2[0-3])[0-5][0-9]$", "", Form("{y}{m}{d}", "-", "{h}{n}")),
        (r"^20\d{2}-\d{2}-\d{2}T([01][0-9]|2[0-3]):[0-5][0-9]$", "", Form("{y}-{m}-{d}", "T", "{h}:{n}")),
        ("^([01][0-9]|2[0-3])h(00|30)$", "", Form(clock="{h}h{n}")),
        ("^(10h00|11h30)$", "", Form(clock="{h}h{n}")),
        # ids, addresses, words
        (r"^\d{4}$", "", None),
        (r"^\d{8}$", "", None),
        (r"^[0-9.]+$", "", None),
        (r"^[a-z0-9-]+$", "", None),
        (r"^R\d+$", "", None),
        ("^[0-9]{2}[A-Z]{3}$", "", None),
        ("^[A-Z]{2}[0-9]{4}[A-Z]$", "", None),
    ],
)
def test_a_pattern_describes_one_form_or_none(pattern: str, description: str, form: Form | None) -> None:
    assert form_of(pattern, description) == form


@given(
    st.sampled_from(["", "{y}-{m}-{d}", "{d}/{m}/{y}", "{y}{m}{d}", "{d}{BB}{u}", "{d} {B} {y}", "{d}.{m}.{u}"]),
    st.sampled_from(["", "{h}:{n}", "{h}{n}", "{h}h{n}", "{i}:{n}{p}"]),
    st.dates(min_value=datetime.date(2000, 1, 1), max_value=datetime.date(2099, 12, 31)),
    st.times(),
)
def test_what_is_written_is_read_again(day: str, clock: str, date: Any, time: Any) -> None:
    form = Form(day, " " if day and clock else "", clock)
    said = (date.isoformat() if day else "", f"{time:%H:%M}" if clock else "")
    assert form.read(form.write(date.isoformat(), f"{time:%H:%M}")) == said


EMBARGO = tool(
    "embargo",
    "Embargo an article.",
    {"article": {"type": "string", "pattern": "^BU-[0-9]{4}$"}, "until": {"type": "string", "pattern": BOTH}},
    ("article", "until"),
)
PICKUP = tool(
    "pickup",
    "Book a pick-up.",
    {
        "date": {"type": "string", "pattern": f"^{DAY_OF_MONTH}/{MONTH}$"},
        "time": {"type": "string", "pattern": "^(0[1-9]|1[0-2]):[0-5][0-9](am|pm)$"},
        "window": {"type": "string", "enum": ["07:00", "11:00", "15:00"]},
        "hour": {"type": "integer", "enum": [9, 12, 15], "description": "Start of the window, 24 h."},
    },
    ("date",),
)
ALL = Catalogue((EMBARGO, PICKUP), BOTS)


@pytest.mark.parametrize(
    ("text", "said", "until"),
    [
        ("embargo BU-3095 til dec 3 6am", "12-03 06:00", "12-03 06:00"),
        ("BU-3095 embargo to 5 dec 09:00", "10-09 00:00", "12-05 09:00"),
        ("BU-3095禁发到12月4号晚上8点", "12-04 08:00", "12-04 20:00"),
        ("BU-3095 from 28 may 8 in the morning", "05-28", "05-28 08:00"),
    ],
)
def test_a_day_and_a_time_are_those_of_the_message(text: str, said: str, until: str) -> None:
    assert ground(text, "embargo", ALL, article="BU-3095", until=said)[0] == [{"article": "BU-3095", "until": until}]


def test_a_time_put_right_is_of_the_day_of_before() -> None:
    """And without one it is asked for."""
    earlier = (ToolCall("embargo", {"article": "BU-3095", "until": "12-04 20:30"}),)
    said: dict[str, Any] = {"article": "BU-3095", "until": "12-09 20:30"}
    found = ground("说错了 是晚上九点半", "embargo", ALL, earlier=earlier, **said)
    assert found[0] == [{"article": "BU-3095", "until": "12-04 21:30"}]
    assert lacking(ground("BU-3095 until half past nine tonight", "embargo", ALL, **said)) == ["until"]


@pytest.mark.parametrize(
    ("text", "said", "made"),
    [
        ("on 6 march at quarter to eight in the morning", {"time": "08:00"}, {"time": "07:45am"}),
        ("6 march, 下午六点一刻", {"time": "18:15"}, {"time": "06:15pm"}),
        ("6 march, noon", {"time": "12:00"}, {"time": "12:00pm"}),
        ("6 march, the 3pm round", {"window": "15:00"}, {"window": "15:00"}),
        ("6 march, the 3pm round", {"hour": "15"}, {"hour": 15}),
    ],
)
def test_a_time_is_written_as_it_is_wanted(text: str, said: dict[str, Any], made: dict[str, Any]) -> None:
    sure = dict.fromkeys(said, 0.6)
    assert ground(text, "pickup", ALL, sure, date="03-06", **said)[0] == [{"date": "06/03", **made}]


HOLD = tool(
    "hold",
    "Hold a plug.",
    {
        "plug": {"type": "string", "pattern": "^S[0-9]{3}-[1-8]$"},
        "hold": {"type": "string", "pattern": "^[1-9][0-9]{0,2}[mhd]$"},
        "hour": {"type": "integer", "enum": [2, 3, 4]},
    },
    ("plug",),
)


@pytest.mark.parametrize(
    ("text", "hold"),
    [
        ("S019-2 for an hour and a half", "90m"),
        ("S019-2 停三天", "3d"),
        ("S019-2 for 6 hours", "6h"),
    ],
)
def test_a_duration_has_the_unit_that_leaves_no_rest(text: str, hold: str) -> None:
    found = ground(text, "hold", Catalogue((HOLD,), BOTS), plug="S019-2", hold="19:30")
    assert found[0] == [{"plug": "S019-2", "hold": hold}]


@pytest.mark.parametrize("pattern", ["^(30|60)[mh]$", "^[0-9]+m$", "^[0-9]+[a-z]$"])
def test_a_few_times_a_single_unit_or_any_letter_is_no_duration(pattern: str) -> None:
    assert lasting(pattern, 1800) == ""


@pytest.mark.parametrize("text", ["3月15号把S019-2升级", "v3.4.12 on S019-2"])
def test_the_digits_of_a_day_or_a_version_are_no_choice(text: str) -> None:
    every = Catalogue((HOLD,), BOTS)
    assert ground(text, "hold", every, plug="S019-2")[0] == [{"plug": "S019-2"}]


GRANT = tool(
    "grant",
    "Give access.",
    {
        "expires": {"type": "string", "pattern": f"^{DAY_OF_MONTH}[.]{MONTH}[.]20[0-9]{{2}}$"},
        "start": {
            "type": "string",
            "pattern": r"^20\d{2}-\d{2}-\d{2}T([01][0-9]|2[0-3]):[0-5][0-9]$",
            "description": "Leave out: now.",
        },
        "round": {"type": "string", "enum": ["10h00", "14h00"]},
    },
    ("expires",),
)


@pytest.mark.parametrize(
    ("text", "said", "made"),
    [
        ("til 31 dec 2027", {"expires": "2027-12-31"}, {"expires": "31.12.2027"}),
        ("31 dec 2027, the 2pm round", {"expires": "2027-12-31", "round": "2pm"}, {"round": "14h00"}),
        ("31 dec 2027", {"expires": "2027-12-31", "start": "now"}, {}),  # it is now where it is left out
    ],
)
def test_days_and_times_in_forms_of_their_own(text: str, said: dict[str, Any], made: dict[str, Any]) -> None:
    found = ground(text, "grant", Catalogue((GRANT,), BOTS), dict.fromkeys(said, 0.7), **said)
    assert found[0] == [{"expires": "31.12.2027", **made}]


def test_a_day_put_right_is_of_the_year_that_was_spoken_of() -> None:
    earlier = (ToolCall("grant", {"expires": "31.07.2027"}),)
    found = ground("说错了，是到8月31号", "grant", Catalogue((GRANT,), BOTS), earlier=earlier, expires="2027-08-31")
    assert found[0] == [{"expires": "31.08.2027"}]
    assert lacking(ground("到8月31号", "grant", Catalogue((GRANT,), BOTS), expires="2027-08-31")) == ["expires"]


def test_a_start_that_is_said_is_taken_and_one_that_could_be_two_is_asked_for() -> None:
    start = Catalogue((tool("grant", "Give access.", {"start": GRANT.properties["start"]}, ()),), BOTS)
    said: dict[str, Any] = {"start": "2026-06-02T13:30"}
    found = ground("on 2026-06-02 at half past 11 at night", "grant", start, {"start": 0.4}, **said)
    assert found[0] == [{"start": "2026-06-02T23:30"}]
    assert lacking(ground("on 2026-06-02 at half past 11", "grant", start, {"start": 0.4}, **said)) == ["start"]
