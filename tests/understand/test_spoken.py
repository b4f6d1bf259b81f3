"""What was spoken of a moment ago, for a user's own tools: it, the other one, both, the same again."""

from typing import Any

import pytest

from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.talk import Exchange
from tests.understand.saying import calls, play
from tests.understand.shop import BOTS, tool
from tests.understand.test_ground import ground, lacking

BIKE = {"type": "string", "pattern": "^K[0-9]{3}$"}
LOOK = tool("show_bike", "Show where a bike is.", {"bike": BIKE}, ("bike",), risk="read")
LOCK = tool("lock_bike", "Lock a bike. 锁车。", {"bike": BIKE}, ("bike",))
RENT = tool(
    "rent_bike",
    "Rent a bike out. 租车。",
    {"bike": BIKE, "hours": {"type": "integer", "minimum": 1, "maximum": 48}},
    ("bike", "hours"),
)
ALL = Catalogue((LOOK, LOCK, RENT), BOTS)
ONE = (ToolCall("show_bike", {"bike": "K120"}),)
TWO = (ToolCall("show_bike", {"bike": "K120"}), ToolCall("show_bike", {"bike": "K121"}))
THREE = (*TWO, ToolCall("show_bike", {"bike": "K122"}))
RENTED = (ToolCall("rent_bike", {"bike": "K120", "hours": 5}),)


def made(text: str, name: str, earlier: tuple[ToolCall, ...], **arguments: Any) -> list[dict[str, object]]:
    return ground(text, name, ALL, earlier=earlier, **arguments)[0]


@pytest.mark.parametrize("text", ["lock it", "lock that one pls", "把它锁上", "刚才那辆锁一下"])
def test_what_is_pointed_at_is_the_one_that_was_spoken_of(text: str) -> None:
    assert made(text, "lock_bike", ONE) == [{"bike": "K120"}]
    assert lacking(ground(text, "lock_bike", ALL, earlier=TWO)) == ["bike"]


def test_a_new_order_takes_nothing_over() -> None:
    assert lacking(ground("lock a bike", "lock_bike", ALL, earlier=ONE)) == ["bike"]


@pytest.mark.parametrize("text", ["lock the other one", "other one too", "另一辆也锁上", "the first one, lock it"])
def test_the_other_one_is_not_the_latest(text: str) -> None:
    assert made(text, "lock_bike", TWO, bike="K121") == [{"bike": "K120"}]
    assert lacking(ground(text, "lock_bike", ALL, earlier=THREE, bike="K122")) == ["bike"]


@pytest.mark.parametrize("text", ["lock both", "这俩都锁上", "两辆都锁了吧"])
def test_both_are_the_two_that_were_spoken_of(text: str) -> None:
    assert made(text, "lock_bike", TWO, bike="K121") == [{"bike": "K120"}, {"bike": "K121"}]
    assert made(text, "lock_bike", THREE, bike="K122") == [{"bike": "K122"}]


@pytest.mark.parametrize("text", ["same again", "再来一次，跟刚才一样", "once more please"])
def test_the_same_again_has_the_numbers_of_before(text: str) -> None:
    assert made(text, "rent_bike", RENTED, bike="K120") == [{"bike": "K120", "hours": 5}]


@pytest.mark.parametrize(
    ("text", "hours"), [("double that", 10), ("翻倍", 10), ("make it half of that, no wait, double", 10)]
)
def test_the_double_of_what_was_said_is_taken(text: str, hours: int) -> None:
    assert made(text, "rent_bike", RENTED, bike="K120", hours=hours) == [{"bike": "K120", "hours": hours}]


@pytest.mark.parametrize("text", ["one more time", "another one of those", "再租一次"])
def test_once_more_is_no_number(text: str) -> None:
    assert made(text, "rent_bike", RENTED, bike="K120", hours=5) == [{"bike": "K120", "hours": 5}]


@pytest.mark.parametrize("text", ["perfect, moving much faster now. thanks", "谢谢，好多了"])
def test_thanks_do_nothing_again(text: str) -> None:
    """Not even where a model makes the call of before once more; where something else is called, it is."""
    before = [Exchange("rent K120 for 5 hours", RENTED)]
    again = calls(("rent_bike", {"bike": "K120", "hours": 5}))
    meant = play(text, again, catalogue=ALL, exchanges=before)
    assert not meant.calls and not meant.offered and meant.reply
    once_more = play("thanks, same again please", again, catalogue=ALL, exchanges=before)
    assert once_more.calls == RENTED


@pytest.mark.parametrize("text", ["him too pls", "it as well", "把他也锁了"])
def test_one_more_is_never_the_one_of_before(text: str) -> None:
    before = [Exchange("lock K120", (ToolCall("lock_bike", {"bike": "K120"}),))]
    meant = play(text, calls(("lock_bike", {"bike": "K120"})), catalogue=ALL, exchanges=before)
    assert not meant.calls and meant.offered
    other = play("K121 too", calls(("lock_bike", {"bike": "K121"})), catalogue=ALL, exchanges=before)
    assert other.calls == (ToolCall("lock_bike", {"bike": "K121"}),)


SEND = tool(
    "send_scan",
    "Send scans. 传片子。",
    {
        "scans": {"type": "array", "items": {"type": "string", "pattern": "^S[0-9]{4}$"}},
        "to": {"type": "string", "enum": ["archive", "viewer"]},
    },
    ("scans", "to"),
)


def test_the_other_one_goes_where_the_first_went() -> None:
    both = (ToolCall("show_scan", {"scan": "S0233"}), ToolCall("show_scan", {"scan": "S0238"}))
    sent = (ToolCall("send_scan", {"scans": ["S0238"], "to": "archive"}),)
    found = ground(
        "no, the other one",
        "send_scan",
        Catalogue((SEND,), BOTS),
        earlier=(*both, *sent),
        scans=["S0238"],
        to="viewer",
        sure={"to": 0.7},
    )
    assert found[0] == [{"scans": ["S0233"], "to": "archive"}]
