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


GATE = tool(
    "push",
    "Push firmware.",
    {
        "gates": {"type": "array", "items": {"type": "string", "pattern": "^GW-[0-9]{4}$"}},
        "week": {"type": "string", "pattern": "^W[0-9]{2}$"},
        "slots": {"type": "integer", "minimum": 1, "maximum": 99},
    },
    ("gates",),
)
GATES = Catalogue((GATE,), BOTS)
PUSHED = (ToolCall("push", {"gates": ["GW-0151"]}),)


@pytest.mark.parametrize(
    ("text", "said", "gates"),
    [
        ("same for 152", {}, ["GW-0152"]),
        ("152 too", {}, ["GW-0152"]),
        ("152也要", {}, ["GW-0152"]),
        # another argument's number, and one that names nothing more
        ("same, but week 23", {"week": "W23"}, ["GW-0151"]),
        ("same with slots 15", {"slots": 15}, ["GW-0151"]),
        ("it's the 152 that hangs", {}, ["GW-0151"]),
    ],
)
def test_a_bare_number_is_the_neighbour_of_what_was_spoken_of(
    text: str, said: dict[str, Any], gates: list[str]
) -> None:
    found = ground(text, "push", GATES, earlier=PUSHED, gates=["GW-0151"], **said)[0]
    assert found == [{"gates": gates, **said}]


def test_the_letters_of_a_neighbour_are_those_of_the_talk() -> None:
    db = tool("look", "Look.", {"db": {"type": "string", "pattern": "^(my|pg)-[a-z]+-[0-9]{2}$"}}, ("db",), risk="read")
    earlier = (ToolCall("look", {"db": "my-billing-01"}),)
    all_ = Catalogue((db,), BOTS)
    assert ground("and 02?", "look", all_, earlier=earlier, db="my-billing-02")[0] == [{"db": "my-billing-02"}]
    assert lacking(ground("and 02?", "look", all_, db="my-billing-02")) == ["db"]


def test_a_list_of_which_nothing_is_said_is_that_of_before() -> None:
    parts: dict[str, Any] = {"type": "array", "items": {"type": "string", "enum": ["cpu", "disk", "conns"]}}
    look = tool("look", "Look.", {"bike": BIKE, "parts": parts}, ("bike",), risk="read")
    earlier = (ToolCall("look", {"bike": "K120", "parts": ["cpu", "conns"]}),)
    said: dict[str, Any] = {"bike": "K121", "parts": ["conns"]}
    found = ground("K121也看下", "look", Catalogue((look,), BOTS), earlier=earlier, **said)[0]
    assert found == [{"bike": "K121", "parts": ["cpu", "conns"]}]
    found = ground("K121, only the conns", "look", Catalogue((look,), BOTS), earlier=earlier, **said)[0]
    assert found == [said]


def test_the_wrong_one_is_not_done_again() -> None:
    """Not even with one option less."""
    before = [Exchange("rent K120 for 5 hours", RENTED)]
    lock = [Exchange("lock K120", (ToolCall("lock_bike", {"bike": "K120"}),))]
    assert play(
        "that was the wrong one, lock it", calls(("lock_bike", {"bike": "K120"})), catalogue=ALL, exchanges=lock
    ).ask
    assert not play("lock it", calls(("lock_bike", {"bike": "K120"})), catalogue=ALL, exchanges=before).ask


def test_the_one_before_is_what_was_set_before() -> None:
    param = {"type": "string", "enum": ["max", "min"]}
    set_ = tool("set_it", "Set it.", {"param": param, "value": {"type": "integer"}}, ("param", "value"))
    rows = [Exchange(f"max {n}", (ToolCall("set_it", {"param": "max", "value": n}),)) for n in (400, 800)]
    said = calls(("set_it", {"param": "max", "value": 800}))
    for text in ("nope thats even worse, back to the one before", "还是按第一次那个吧"):
        made = play(text, said, catalogue=Catalogue((set_,), BOTS), exchanges=rows).calls
        assert [dict(one.arguments) for one in made] == [{"param": "max", "value": 400}]


def test_nine_and_not_seven() -> None:
    found = made("oops nine not seven", "rent_bike", (ToolCall("rent_bike", {"bike": "K120", "hours": 7}),), hours=7)
    assert found == [{"bike": "K120", "hours": 9}]
