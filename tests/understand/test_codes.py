"""Codes that a pattern has beside its ids, by what its description calls them."""

import pytest

from nlops.domain.tools import Catalogue
from nlops.understand.codes import called
from nlops.understand.schema import arguments_of
from tests.understand.shop import BOTS, tool
from tests.understand.test_ground import ground, lacking

PLACE = "^([A-E][1-8]|ED|ICU|OR|XR)$"
TOLD = "Ward (wing A-E + floor 1-8, e.g. B7) or ED 急诊, ICU 重症, OR 手术室, XR x-ray 拍片."
MOVE = tool(
    "move",
    "Move a patient.",
    {
        "from": {"type": "string", "pattern": PLACE, "description": f"Pick-up. {TOLD}"},
        "to": {"type": "string", "pattern": PLACE, "description": "Destination, same codes."},
    },
    ("from", "to"),
)
ALL = Catalogue((MOVE,), BOTS)
FROM = arguments_of(MOVE, ALL)[0]


@pytest.mark.parametrize(
    ("text", "codes"),
    [("急诊收个标本", ("ED",)), ("从急诊送手术室", ("ED", "OR")), ("送去病房", ()), ("b7 or c2", ())],
)
def test_a_code_is_called_by_its_chinese_names(text: str, codes: tuple[str, ...]) -> None:
    assert called(FROM, text) == codes


@pytest.mark.parametrize(
    ("text", "said", "made"),
    [
        ("A7去拍片", {"from": "A7", "to": "XR"}, {"from": "A7", "to": "XR"}),
        ("A7送手术室", {"from": "A7", "to": "ICU"}, {"from": "A7", "to": "OR"}),
        ("A7送手术室", {"from": "A7"}, {"from": "A7", "to": "OR"}),
        ("从急诊送手术室", {"from": "ED", "to": "OR"}, {"from": "ED", "to": "OR"}),
        ("from ED to C2", {"from": "ED", "to": "C2"}, {"from": "ED", "to": "C2"}),
    ],
)
def test_a_place_is_where_the_message_has_it(text: str, said: dict[str, str], made: dict[str, str]) -> None:
    """What one argument tells of the codes holds for the other of its pattern."""
    assert ground(text, "move", ALL, None, (), **said)[0] == [made]


def test_a_place_that_is_not_said_is_asked_for() -> None:
    assert lacking(ground("A7 please", "move", ALL, None, (), **{"from": "A7", "to": "ICU"})) == ["to"]
