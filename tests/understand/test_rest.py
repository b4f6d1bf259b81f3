"""All but some: what is left of a choice, what a list of kept things holds, and what no tool can leave out."""

from typing import Any

import pytest

from nlops.domain.tools import Catalogue, Interpretation, ToolSpec
from tests.understand.saying import calls, play
from tests.understand.shop import BOTS, tool
from tests.understand.test_ground import ground

DEPOT = {"type": "string", "enum": ["east", "west", "port"], "description": "east 城东, west 城西, port 港口"}
DEPOTS = {"type": "array", "items": {"type": "string", "enum": ["east", "west", "port"]}, "description": "port 港口"}
COUNT = tool("count_stock", "Count the stock of a depot. 盘点仓库。", {"depot": DEPOT}, ("depot",))
CLOSE = tool("close_depots", "Close depots. 关闭仓库。", {"depots": DEPOTS}, ("depots",))
EMPTY = tool(
    "empty_shelf",
    "Throw away what lies on a shelf, apart from what is kept. 清空货架。",
    {
        "shelf": {"type": "string", "pattern": "^S[0-9]{2}$"},
        "keep": {
            "type": "array",
            "items": {"type": "string", "enum": ["glass", "paint", "tools"]},
            "description": "glass 玻璃, paint 油漆, tools 工具",
        },
    },
    ("shelf",),
    risk="destroy",
)
BAN = tool(
    "ban_cards",
    "Block cards for good.",
    {"cards": {"type": "array", "items": {"type": "string", "pattern": "^C[0-9]{3}$"}}},
    ("cards",),
    risk="destroy",
)
ALL = Catalogue((COUNT, CLOSE, EMPTY, BAN), BOTS)


def made(text: str, spec: ToolSpec, **arguments: Any) -> list[dict[str, object]]:
    return ground(text, spec.name, ALL, **arguments)[0]


@pytest.mark.parametrize(
    ("text", "depot"),
    [
        ("count the stock everywhere but the port", "port"),
        ("count every depot except port please", "east"),
        ("除了港口，其他仓库都盘点一下", "port"),
        ("港口以外的仓库都盘点", "west"),
    ],
)
def test_all_but_one_is_a_call_for_each_of_the_others(text: str, depot: str) -> None:
    """Whichever of them the model named."""
    assert made(text, COUNT, depot=depot) == [{"depot": "east"}, {"depot": "west"}]


@pytest.mark.parametrize(
    "text",
    [
        "close all depots bar the port",
        "仓库全关了吧，港口就不用了",
        "关掉港口除外的所有仓库",
        "close everything, just not the port",
        "别动港口，其他仓库都关",
    ],
)
def test_a_list_holds_what_is_left(text: str) -> None:
    for said in (["port"], ["east", "west", "port"], ["east", "west"]):
        assert made(text, CLOSE, depots=said) == [{"depots": ["east", "west"]}]


@pytest.mark.parametrize(
    ("text", "keep"),
    [
        ("empty S10 but leave the paint and the glass", ["glass", "paint"]),
        ("清空S10，油漆留着", ["paint"]),
        ("S10: throw out the paint only, the rest stays", ["glass", "tools"]),
        ("S10 只扔油漆", ["glass", "tools"]),
        ("S10 只留油漆，其他清掉", ["paint"]),
    ],
)
def test_what_is_kept_is_what_is_spared_or_all_but_the_only_one_that_goes(text: str, keep: list[str]) -> None:
    assert made(text, EMPTY, shelf="S10", keep=["paint"]) == [{"shelf": "S10", "keep": keep}]


@pytest.mark.parametrize("text", ["block all their cards, keep C555", "他的卡全部封掉，只留 C555"])
def test_the_only_one_that_is_kept_is_not_destroyed(text: str) -> None:
    made, lacks = ground(text, "ban_cards", ALL, cards=["C555"])
    assert made == [] and [lack.argument.name for lack in lacks] == ["cards"]


@pytest.mark.parametrize(
    ("text", "call"),
    [
        (
            "close all depots except the ones with guests in them",
            ("close_depots", {"depots": ["east", "west", "port"]}),
        ),
        ("所有仓库都关了，就老王那间先不动", ("close_depots", {"depots": ["east", "west", "port"]})),
        ("empty S10 but keep the boxes with my name on", ("empty_shelf", {"shelf": "S10"})),
    ],
)
def test_what_no_tool_can_leave_out_is_asked_about(text: str, call: tuple[str, dict[str, object]]) -> None:
    answer = play(text, calls(call), catalogue=ALL)
    assert isinstance(answer, Interpretation)
    assert answer.ask and not answer.calls and [one.tool for one in answer.offered] == [call[0]]


def test_what_is_left_out_beside_what_is_ordered_is_no_second_call() -> None:
    both = calls(("count_stock", {"depot": "east"}), ("count_stock", {"depot": "port"}))
    answer = play("count the stock of the east depot but not of the port", both, catalogue=ALL)
    assert [call.arguments for call in answer.calls] == [{"depot": "east"}]


@pytest.mark.parametrize("text", ["删除港口全部库存记录", "港口清除了都盘一遍"])
def test_what_is_deleted_is_not_excepted(text: str) -> None:
    """「删除」 is no 「除」."""
    assert made(text, COUNT, depot="port") == [{"depot": "port"}]
