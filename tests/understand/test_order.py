"""Which call comes first, and how many of a row are meant."""

import pytest

from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.order import in_order
from tests.understand.shop import BOTS
from tests.understand.test_ground import facts_of

PUMP, WASH = ToolCall("pump", {"tank": "T1"}), ToolCall("wash", {"hall": "north"})
ALICE, BOB, ARCHY = (ToolCall("restart", {"bot": bot.name}) for bot in BOTS)
assert Catalogue((), BOTS).bots


@pytest.mark.parametrize(
    "text", ["pump T1, but before that wash north", "T1 抽水，抽之前记得先洗 north", "pump T1. wash north beforehand"]
)
def test_what_is_said_last_may_come_first(text: str) -> None:
    assert in_order((PUMP, WASH), facts_of(text)) == (WASH, PUMP)


@pytest.mark.parametrize("text", ["pump T1, then wash north", "look at T1 before you wash north", "先抽T1，再洗north"])
def test_else_the_order_is_the_message_s(text: str) -> None:
    assert in_order((PUMP, WASH), facts_of(text)) == (PUMP, WASH)


@pytest.mark.parametrize("text", ["restart all, alice last", "重启所有机器人，alice最后"])
def test_who_is_last_is_restarted_last(text: str) -> None:
    assert in_order((ALICE, BOB, ARCHY), facts_of(text)) == (BOB, ARCHY, ALICE)


@pytest.mark.parametrize("text", ["restart all, archy first", "restart all, starting with archy"])
def test_who_is_first_is_restarted_first(text: str) -> None:
    assert in_order((ALICE, BOB, ARCHY), facts_of(text)) == (ARCHY, ALICE, BOB)


@pytest.mark.parametrize("text", ["alice, bob and archy: restart the first two", "alice、bob、archy，重启前两个"])
def test_of_a_row_the_first_two_are_two(text: str) -> None:
    assert in_order((ALICE, BOB, ARCHY), facts_of(text)) == (ALICE, BOB)


def test_of_a_list_the_last_two_are_two() -> None:
    call = ToolCall("close", {"doors": ["D1", "D2", "D3"]})
    assert in_order((call,), facts_of("D1, D2, D3: close the last two")) == (
        ToolCall("close", {"doors": ["D2", "D3"]}),
    )
    assert in_order((call,), facts_of("close D1, D2 and D3 for the last two hours")) == (call,)
