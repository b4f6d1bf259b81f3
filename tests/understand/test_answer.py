"""The answer's shape: what is written keeps the schema, and a missing value is written as such."""

import json

import pytest
from jsonschema import Draft202012Validator

from nlops.domain.tools import JsonObject
from nlops.understand.answer import MAX_CALLS, NO_CALL, answer_schema, write_answer, write_call
from tests.understand.saying import FOUR
from tests.understand.shop import DIM, FREEZE, MARKET, SEND

CHECK = Draft202012Validator(answer_schema(MARKET))


def test_required_arguments_come_first_and_all_of_them() -> None:
    """What is not said of them is "?"; of the others only what is said is written."""
    assert write_call(DIM, {"minutes": 5, "lamp": "hall"}, MARKET) == {
        "dim_lamp": {"lamp": "hall", "percent": "?", "minutes": 5}
    }
    assert list(write_call(FREEZE, {"enabled": True, "order": "Q1"}, MARKET)["freeze_order"]) == ["order", "enabled"]


def test_an_answer_is_short_and_in_its_order() -> None:
    """No spaces, Chinese as it is, moods in the order of the first decision, empty ones left out."""
    one: JsonObject = {"a": {"x": "厨房"}}
    other: JsonObject = {"b": {}}
    assert write_answer({"at": [other], "now": [one], "if": []}) == '{"now":[{"a":{"x":"厨房"}}],"at":[{"b":{}}]}'
    assert [write_answer({}, word) for word in NO_CALL] == [f'{{"none":"{word}"}}' for word in NO_CALL]


@pytest.mark.parametrize(
    "answer",
    [
        {"now": [{"dim_lamp": {"lamp": "cellar", "percent": 900}}]},
        {"now": [{"dim_lamp": {"lamp": "?", "percent": "?"}}, {"print_log": {"color": None}}]},
        {"if": [{"send_parcel": {"platform": "抖音"}}]},
        *({"now": [{"send_parcel": {"platform": value}}]} for value in ("", "?", "? {x}", "{x}]", "what?\n}")),
        {"at": [{"freeze_order": {"order": "?", "shelves": ["north"], "enabled": False}}]},
        {"none": "impossible"},
    ],
)
def test_what_a_message_says_can_be_written(answer: JsonObject) -> None:
    """Also a value that the tool's schema refuses: it is asked back later, with what was said."""
    CHECK.validate(answer)


@pytest.mark.parametrize(
    "answer",
    [
        {"now": []},
        {"now": [{"send_parcel": {"platform": "jd"}}] * (MAX_CALLS + 1)},
        {"now": [{"shell": {}}]},
        {"now": [{"dim_lamp": {"lamp": "hall"}}]},
        {"now": [{"dim_lamp": {"lamp": "hall", "percent": 20, "force": True}}]},
        {"now": [{"dim_lamp": {"lamp": "hall", "percent": 20}, "set_discount": {"percent": 5}}]},
        {"now": [{"dim_lamp": {"lamp": "hall", "percent": 20, "warm": "yes"}}]},
        {"none": "done"},
        {"say": "done"},
    ],
)
def test_nothing_else_can_be_written(answer: JsonObject) -> None:
    """No foreign tool or argument, no second tool in one call, nothing required left out, no word of its own."""
    assert not CHECK.is_valid(answer)


@pytest.mark.parametrize("catalogue", [FOUR, MARKET])
def test_every_examples_answer_keeps_the_schema(catalogue: object) -> None:
    """What the definitions' examples mean can be answered, over the shipped tools and a user's."""
    assert catalogue in (FOUR, MARKET)
    tools = (FOUR if catalogue is FOUR else MARKET).tools
    check = Draft202012Validator(answer_schema(FOUR if catalogue is FOUR else MARKET))
    for tool in tools:
        for example in [one.arguments for one in tool.examples] or [{}]:
            check.validate(json.loads(write_answer({"now": [write_call(tool, example, FOUR)]})))
    assert SEND in MARKET.tools
