"""Lists of ids: as their pattern wants them, from one to another, without those left out."""

from typing import Any

import pytest

from nlops.domain.tools import Catalogue, ToolCall
from tests.understand.shop import BOTS, tool
from tests.understand.test_ground import ground, lacking

LANES = {"type": "array", "items": {"type": "string", "pattern": "^LN[0-9]{2}$"}, "uniqueItems": True}
OPEN = tool("open_lanes", "Open bowling lanes. 开球道。", {"lanes": LANES}, ("lanes",))
ALL = Catalogue((OPEN,), BOTS)


def made(text: str, *lanes: str, **more: Any) -> list[dict[str, object]]:
    return ground(text, "open_lanes", ALL, lanes=list(lanes), **more)[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("open lane 4 and 5", ("LN4", "LN5")),
        ("LN04, LN05 please", ("LN04", "LN05")),
        ("四号五号球道开一下", ("LN4", "LN5")),
    ],
)
def test_each_is_written_as_the_pattern_wants_it(text: str, said: tuple[str, ...]) -> None:
    assert made(text, *said) == [{"lanes": ["LN04", "LN05"]}]


@pytest.mark.parametrize("text", ["lanes 3 thru 6", "LN03到LN06都开", "open LN03-LN06"])
def test_from_one_to_another_are_all_between(text: str) -> None:
    assert made(text, "LN03", "LN06") == [{"lanes": ["LN03", "LN04", "LN05", "LN06"]}]


@pytest.mark.parametrize(
    "text", ["lanes 3 to 6 but not 5, its broken", "LN03到LN06，5号别开", "LN03到LN06，05就不用了"]
)
def test_what_is_left_out_is_left_out(text: str) -> None:
    assert made(text, "LN03", "LN04", "LN05", "LN06") == [{"lanes": ["LN03", "LN04", "LN06"]}]


GUESTS = {"type": "array", "items": {"type": "string", "pattern": "^[GU][0-9]{3}$"}}
SEATS = tool("tell", "Tell guests.", {"seats": GUESTS}, ("seats",))


def test_whole_ids_from_one_to_another_keep_their_letters() -> None:
    """Not where the ends are of two kinds."""
    every = Catalogue((SEATS,), BOTS)
    found = ground("G061到G063都放好", "tell", every, seats=["G061", "G063"])[0]
    assert found == [{"seats": ["G061", "G062", "G063"]}]
    found = ground("G061 to U063", "tell", every, seats=["G061", "U063"])[0]
    assert found == [{"seats": ["G061", "U063"]}]


def test_the_ids_of_a_list_that_must_be_said_are_heard_though_a_model_has_none() -> None:
    every = Catalogue((SEATS,), BOTS)
    assert ground("text G061, U118: your table is ready", "tell", every)[0] == [{"seats": ["G061", "U118"]}]
    assert lacking(ground("text them: your table is ready", "tell", every)) == ["seats"]


def test_all_but_a_number_is_never_that_number() -> None:
    assert lacking(ground("open every lane except number 3", "open_lanes", ALL, lanes=["LN03"])) == ["lanes"]


def test_what_nobody_said_is_none() -> None:
    assert lacking(ground("open some lanes", "open_lanes", ALL, lanes=["LN01", "LN02"])) == ["lanes"]


@pytest.mark.parametrize("text", ["both of them", "两条都开吧"])
def test_both_are_those_that_were_spoken_of(text: str) -> None:
    earlier = [ToolCall("show_lane", {"lane": "LN07"}), ToolCall("show_lane", {"lane": "LN09"})]
    assert made(text, "LN01", "LN02", earlier=earlier) == [{"lanes": ["LN07", "LN09"]}]


@pytest.mark.parametrize("text", ["LN03到06开一下", "lanes 03 to 06 please", "3到6号球道开一下"])
def test_from_one_to_another_may_be_heard_as_the_first_alone(text: str) -> None:
    """Where both are written as ids are, and not of "lane 3, to 6 people"."""
    assert made(text, "LN03") == [{"lanes": ["LN03", "LN04", "LN05", "LN06"]}]
    assert made("open lane 3, to 6 people", "LN03") == [{"lanes": ["LN03"]}]


def test_a_list_has_each_once_and_no_part_of_another() -> None:
    assert made("LN04 please", "LN04", "LN04", "LN") == [{"lanes": ["LN04"]}]
