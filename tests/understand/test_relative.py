"""A number that is said relative to what is now is asked for, where the tool wants what shall be."""

from typing import Any

import pytest

from nlops.domain.tools import Catalogue, ToolSpec
from tests.understand.shop import BOTS, tool
from tests.understand.test_ground import ground

COUNT = {"service": {"type": "string", "enum": ["api", "worker"]}, "count": {"type": "integer", "minimum": 1}}
SCALE = tool("scale", "Set how many instances of a service run. 扩容、缩容到几个实例。", COUNT, ("service", "count"))
STOCK = tool(
    "stock", "Overwrites the stock, not how many are added. 改成这个数，不是加减。", COUNT, ("service", "count")
)
ADD = tool("add", "Add instances to a service. 增加实例。", COUNT, ("service", "count"))
SURGE = tool("surge", "Set the price of the airport.", {"factor": {"type": "number"}}, ("factor",))


def grounded(text: str, spec: ToolSpec, **arguments: Any) -> list[object]:
    made, lacks = ground(text, spec.name, Catalogue((spec,), BOTS), **arguments)
    return [*made, *(lack.argument.name for lack in lacks)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        *(("double the workers", 2), ("halve the worker count", 5), ("worker 翻倍", 2), ("triple worker", 3)),
        *(("two more for worker", 2), ("another 3 worker instances", 3), ("worker 再加两个", 2), ("worker up by 4", 4)),
    ],
)
def test_more_and_less_of_what_nobody_knows_is_asked_for(text: str, count: int) -> None:
    assert grounded(text, SCALE, service="worker", count=count) == ["count"]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        *(
            ("scale worker to 4", 4),
            ("double worker from 2 to 4", 4),
            ("worker 加到 6 个", 6),
            ("worker: 5 or more", 5),
        ),
        ("only 2 worker instances, no more", 2),
        ("worker 最多两个", 2),
        ("worker 至少 3 个", 3),
        ("worker to 3 by tonight's release", 3),
    ],
)
def test_what_shall_be_is_taken(text: str, count: int) -> None:
    assert grounded(text, SCALE, service="worker", count=count) == [{"service": "worker", "count": count}]


@pytest.mark.parametrize("text", ["worker 再加两箱", "two more for worker", "worker 便宜两块", "worker 2 cheaper"])
def test_a_tool_may_say_that_it_does_not_add(text: str) -> None:
    assert grounded(text, STOCK, service="worker", count=2) == ["count"]


def test_a_tool_that_adds_and_a_factor_take_it_as_it_is() -> None:
    assert grounded("two more for worker", ADD, service="worker", count=2) == [{"service": "worker", "count": 2}]
    assert grounded("double the price", SURGE, factor=2) == [{"factor": 2}]
