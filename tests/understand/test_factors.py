"""A factor is what a message says as a share more or less, and never the share itself."""

import pytest

from nlops.domain.tools import Catalogue, JsonObject, ToolCall
from nlops.understand.ground import ground_calls
from nlops.understand.reply import Proposed
from tests.understand.shop import tool
from tests.understand.test_ground import facts_of, ground, lacking

ZONE: JsonObject = {"type": "string", "enum": ["centre", "campus"]}
FACTOR: JsonObject = {
    "type": "number",
    "description": "1 is the normal price, 1.2 is 20 % more",
    "minimum": 0.5,
    "maximum": 2,
}
PRICE = tool("price", "Multiply the price of a zone.", {"zone": ZONE, "factor": FACTOR}, ("zone", "factor"))
SHARE: JsonObject = {"type": "integer", "minimum": 0, "maximum": 90}
CUT = tool("cut", "Lower a price by some per cent.", {"zone": ZONE, "percent": SHARE}, ("zone", "percent"))
BOTH = Catalogue((PRICE, CUT))


@pytest.mark.parametrize(
    ("text", "heard", "factor"),
    [
        ("centre up 10%", 10, 1.1),
        ("centre 30% dearer", 1.2, 1.3),
        ("centre 15 percent off", 0.15, 0.85),
        ("centre 打八折", 0.2, 0.8),
        ("centre 打八五折", 85, 0.85),
        ("centre 涨两成", 1.2, 1.2),
        ("centre to 1.25", 1.25, 1.25),
        ("centre 1.5倍", 15, 1.5),
        ("centre back to the normal price", 0.5, 1),
        ("centre 双倍", 1.5, 2),
        ("centre at half price", 0.9, 0.5),
    ],
)
def test_a_share_more_or_less_is_a_factor(text: str, heard: float, factor: float) -> None:
    assert ground(text, "price", BOTH, zone="centre", factor=heard)[0] == [{"zone": "centre", "factor": factor}]


def test_which_way_a_share_goes_must_be_said() -> None:
    """What is no factor keeps the share."""
    assert lacking(ground("centre by 10%", "price", BOTH, {"factor": 0.6}, zone="centre", factor=10)) == ["factor"]
    assert ground("centre down 10%", "cut", BOTH, zone="centre", percent=10)[0] == [{"zone": "centre", "percent": 10}]


def test_each_clause_has_its_own() -> None:
    made = (("centre", 1.1), ("campus", 0.2))
    both = [Proposed(ToolCall("price", {"zone": zone, "factor": factor})) for zone, factor in made]
    calls, lacks = ground_calls(both, facts_of("centre 10% dearer, campus 20% cheaper"), BOTH)
    assert not lacks and [call.arguments["factor"] for call in calls] == [1.1, 0.8]


def test_lists_of_several_calls_have_what_stands_with_their_own() -> None:
    """What one did not hear is not the other's: "downtown" is the centre, and no campus."""
    zones: JsonObject = {"type": "array", "items": {"type": "string", "enum": ["centre", "campus", "suburbs"]}}
    price = tool("price", "Multiply.", {"zones": zones, "factor": FACTOR}, ("zones", "factor"))
    made = ((["suburbs"], 1.5), (["campus"], 1))
    both = [Proposed(ToolCall("price", {"zones": heard, "factor": factor})) for heard, factor in made]
    calls, lacks = ground_calls(both, facts_of("centre to 1.5, campus back to normal"), Catalogue((price,)))
    assert not lacks and [call.arguments["zones"] for call in calls] == [["centre"], ["campus"]]
