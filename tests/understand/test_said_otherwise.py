"""What a message says of when, how much and whether in ways that no schema has: through a whole question and answer."""

from typing import Any

import pytest

from nlops.domain.tools import Catalogue, Interpretation, ToolCall
from nlops.understand.talk import Exchange
from tests.understand.saying import calls, none, play
from tests.understand.shop import BOTS, tool

CLOCK = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
SPRAY = tool(
    "spray",
    "Spray a field. 打药。",
    {
        "field": {"type": "string", "pattern": "^Z-(0[1-9]|1[0-2])$"},
        "litres": {"type": "number", "minimum": 1, "maximum": 900},
        "start": {**CLOCK, "description": "HH:MM today, none = now"},
    },
    ("field", "litres"),
)
OPEN = tool(
    "open_vents",
    "Move the vents of a house.",
    {
        "house": {"type": "string", "enum": ["a", "b"], "description": "a 番茄棚 tomatoes; b 草莓棚 strawberries"},
        "share": {"type": "number", "minimum": 0, "maximum": 1, "description": "0 shut … 1 open"},
    },
    ("house", "share"),
)
MOVE = tool(
    "fail_over",
    "Move a database elsewhere.",
    {
        "db": {"type": "string", "enum": ["orders", "ledger"]},
        "max_lag_s": {"type": "integer", "description": "Guard: does nothing above so many seconds of lag."},
    },
    ("db",),
)
NOTICE = tool(
    "notice",
    "Put a notice up.",
    {"text": {"type": "string", "maxLength": 80}, "at": {**CLOCK, "description": "leave out: now"}},
    ("text",),
)
ROSTER = tool(
    "roster",
    "Who is on. 查看排班。",
    {
        "team": {"type": "string", "enum": ["pick", "pack"]},
        "date": {"type": "string", "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$", "description": "none = today"},
    },
    ("team",),
    risk="read",
)
KEYS = tool(
    "keys", "Block keys.", {"keys": {"type": "array", "items": {"type": "string", "pattern": "^F[0-9]{5}$"}}}, ("keys",)
)
FARM = Catalogue((SPRAY, OPEN, MOVE, NOTICE, ROSTER, KEYS), BOTS)


def meant(text: str, *answers: str, before: tuple[Exchange, ...] = ()) -> Interpretation:
    return play(text, *answers, catalogue=FARM, exchanges=before)


def made(message: str, name: str, mood: str = "now", **said: Any) -> list[dict[str, object]]:
    return [dict(call.arguments) for call in meant(message, calls((name, said), mood=mood)).calls]


@pytest.mark.parametrize(
    ("text", "said", "due"),
    [
        ("spray zone six, a hundred litres", {"field": "Z-6", "litres": 100}, {"field": "Z-06", "litres": 100}),
        ("六区打半方", {"field": "六区", "litres": 0.5}, {"field": "Z-06", "litres": 500}),
        ("z3: 0.25 m3", {"field": "Z-3", "litres": 0.25}, {"field": "Z-03", "litres": 250}),
    ],
)
def test_an_id_and_a_unit_may_be_said_otherwise(text: str, said: dict[str, Any], due: dict[str, object]) -> None:
    assert made(text, "spray", **said) == [due]


def test_what_an_id_lacks_is_not_made_up() -> None:
    """Of F00002 "lift 2" says the 2, and four figures are missing."""
    assert meant("lift 2 is fine again", calls(("keys", {"keys": ["F00002"]}))).ask
    assert made("block F10012, F10013 and F10014", "keys", keys=["F10012", "F10013"]) == [
        {"keys": ["F10012", "F10013", "F10014"]}
    ]


@pytest.mark.parametrize(
    ("text", "share"), [("tomatoes: 35%", 35), ("草莓棚开三成", 3), ("strawberries to 60 percent", 60)]
)
def test_a_share_is_a_part_of_one(text: str, share: float) -> None:
    (call,) = made(text, "open_vents", house="?", share=share)
    assert call["share"] == (0.3 if share == 3 else share / 100)
    assert call["house"] == ("a" if "tomatoes" in text else "b")


def test_a_time_that_the_tool_takes_waits_for_nothing() -> None:
    """Even where the model leaves it out; but not one of a text that is passed on, nor of another day."""
    due = [{"field": "Z-06", "litres": 90, "start": "18:30"}]
    said: dict[str, Any] = {"field": "Z-06", "litres": 90}
    assert made("spray Z-06 with 90 litres at half past six this evening", "spray", "at", **said) == due
    assert made("spray Z-06 with 90 litres at half past six this evening", "spray", **said) == due
    assert made("put this up: count is due by 6pm", "notice", text="count is due by 6pm") == [
        {"text": "count is due by 6pm"}
    ]
    for start in ({}, {"start": "18:00"}):
        assert meant("spray Z-06 with 90 litres tomorrow at 6pm", calls(("spray", {**said, **start}), mood="at")).ask
    invented = calls(("spray", {**said, "start": "00:00"}), mood="at")
    assert meant("spray Z-06 with 90 litres at the next full moon", invented).ask


def test_a_condition_that_the_tool_looks_after_waits_for_nothing() -> None:
    said = {"db": "orders", "max_lag_s": 3}
    assert made("move orders provided the lag is 3 seconds or less", "fail_over", "if", **said) == [said]
    assert meant("move orders if it is green", calls(("fail_over", {"db": "orders"}), mood="if")).ask


@pytest.mark.parametrize("text", ["既然都绿了，orders就切吧", "趁现在没流量把orders切了"])
def test_a_reason_is_no_condition(text: str) -> None:
    assert made(text, "fail_over", "if", db="orders") == [{"db": "orders"}]


def test_today_may_be_what_is_left_out() -> None:
    assert made("who's packing today", "roster", team="pack", date="today") == [{"team": "pack"}]


@pytest.mark.parametrize(
    "text",
    [
        "move orders.. actually no leave it, dont",
        "we move orders tomorrow, just so you know",
        "can you move orders for the no actually don't move anything i'll ask first",
        "但愿没人去切orders",
        "jo wants orders moved, tell her no",
        "how do i move orders",
    ],
)
def test_what_is_taken_back_told_or_only_asked_is_not_done(text: str) -> None:
    answer = meant(text, calls(("fail_over", {"db": "orders"})))
    assert not answer.calls and not answer.offered


@pytest.mark.parametrize(
    "text",
    [
        "i hope you can move orders",
        "no don't move it, move orders",
        "move orders, it is slow again fyi",
        "move orders now",
    ],
)
def test_an_order_beside_such_words_is_one(text: str) -> None:
    assert meant(text, calls(("fail_over", {"db": "orders"}))).calls


@pytest.mark.parametrize("text", ["今晚10点一到马上切orders", "at 10 tonight move orders right now"])
def test_now_at_a_later_time_is_not_now(text: str) -> None:
    assert not meant(text, calls(("fail_over", {"db": "orders"}), mood="at")).calls


def test_who_does_not_know_is_asked() -> None:
    """And so are two wishes of two people for the same thing."""
    assert meant("老周要切orders，我也不知道听谁的", calls(("fail_over", {"db": "orders"}))).offered
    both = calls(("spray", {"field": "Z-06", "litres": 20}), ("spray", {"field": "Z-06", "litres": 30}))
    assert meant("for Z-06 Lin says 20 litres and Zhou says 30 litres", both).offered


@pytest.mark.parametrize("text", ["move ledger no sorry i meant orders", "把ledger 不对 orders 切了"])
def test_a_second_thought_may_be_another_value(text: str) -> None:
    answer = meant(text, calls(("fail_over", {"db": "ledger"})))
    assert [dict(one.arguments) for one in answer.calls] == [{"db": "orders"}]


def test_what_is_told_as_done_is_not_ordered() -> None:
    answer = calls(("fail_over", {"db": "orders"}))
    assert [dict(one.arguments) for one in meant("orders is moved already, now ledger", answer).calls] == [
        {"db": "ledger"}
    ]


def test_the_other_one_may_stand_in_the_message_before() -> None:
    """Of two ids there the one that was not called for."""
    before = (
        Exchange("Z-03 and Z-04 are dry, Z-03 first, 90 litres", (ToolCall("spray", {"field": "Z-03", "litres": 90}),)),
    )
    said = {"field": "Z-03", "litres": 90}
    answer = meant("the other field too, same again", calls(("spray", said)), before=before)
    assert [dict(one.arguments) for one in answer.calls] == [{"field": "Z-04", "litres": 90}]


def test_a_question_that_names_a_thing_is_asked_of_what_shows_it() -> None:
    """Once more, where first no tool could answer; if then none is sure enough, it stays so."""
    answer = meant("who is on pack today?", none("impossible"), calls(("roster", {"team": "pack"})))
    assert [one.tool for one in answer.calls] == ["roster"]
    assert not meant("who is on pack today?", none("impossible"), none("impossible")).calls
