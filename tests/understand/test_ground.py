"""Grounding: a call holds what the message says, no more and no less, for any JSON Schema."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.fold import fold
from nlops.understand.ground import Lack, gather_parts, ground_calls
from nlops.understand.moods import read_moods
from tests.support import make_config, shipped_catalogue
from tests.understand.shop import BOTS, SHOP

FOUR = Catalogue(shipped_catalogue(make_config()).tools, BOTS)


def ground(
    text: str, tool: str, catalogue: Catalogue = FOUR, **arguments: object
) -> tuple[list[dict[str, object]], list[Lack]]:
    """The arguments of each call that comes of one guess over one text, and what is lacking."""
    facts = gather_parts(read_moods(fold(text), frozenset()), catalogue)[0]
    calls, lacks = ground_calls([ToolCall(tool, arguments)], facts, catalogue)
    return [dict(call.arguments) for call in calls], list(lacks)


@pytest.mark.parametrize(
    ("text", "said", "bots"),
    [
        ("restart bob", "bob", ["bob"]),
        ("restart bob", "alice", ["bob"]),
        ("重启爱丽丝", "alice", ["alice"]),
        ("restart alcie", "alice", ["alice"]),
        ("restart alice and bob", "alice", ["alice", "bob"]),
        ("restart alice, bob and archy", "bob", ["alice", "bob", "archy"]),
        ("restart all of them", "all", ["alice", "bob", "archy"]),
        ("restart all but not bob", "all", ["alice", "archy"]),
        ("三个机器人都重启", "alice", ["alice", "bob", "archy"]),
    ],
)
def test_bots_are_those_that_the_message_names(text: str, said: str, bots: list[str]) -> None:
    """Whatever the model wrote: names, rows of names, all of them, all but one."""
    made, lacks = ground(text, "restart", bot=said)
    assert [arguments["bot"] for arguments in made] == bots and not lacks


@pytest.mark.parametrize(
    "text", ["restart it", "restart charlie", "restart alice or bob", "重启一下", "重启爱丽丝还是鲍勃"]
)
def test_a_bot_that_is_not_said_is_lacking(text: str) -> None:
    made, lacks = ground(text, "restart", bot="bob")
    assert not made and [lack.argument.name for lack in lacks] == ["bot"]


def test_what_may_be_left_out_is_left_out() -> None:
    """`status` without a name is about all of them."""
    assert ground("how are the bots?", "status", bot="bob") == ([{}], [])


def test_a_spared_bot_may_be_looked_at_but_not_changed() -> None:
    """ "don't restart bob, show the log" is about bob's log; a change of a bot named only there is asked."""
    assert ground("don't restart bob, show the log", "tail_logs", bot="bob")[0] == [{"bot": "bob"}]
    assert ground("don't show bob, just restart", "restart", bot="bob")[0] == []


@pytest.mark.parametrize(
    ("text", "said", "lines"),
    [
        ("last 100 lines of bob's log", 100, 100),
        ("last hundred lines of bob's log", 10, 100),
        ("bob 的日志来三十行", 3, 30),
        ("bob's log, ten to fifteen lines", 12, 15),
        ("bob's log", 20, None),
        ("the three bots and bob's log", 3, None),
    ],
)
def test_numbers_are_those_of_the_message(text: str, said: int, lines: int | None) -> None:
    made, _ = ground(text, "tail_logs", bot="bob", lines=said)
    assert made[0].get("lines") == lines


def test_a_number_that_the_model_left_out_is_put_in() -> None:
    assert ground("bob's log, 30 lines", "tail_logs", bot="bob")[0] == [{"bot": "bob", "lines": 30}]


@pytest.mark.parametrize(("text", "got"), [("501 lines of bob's log", 501), ("zero lines of bob's log", 0)])
def test_out_of_bounds_is_asked_back(text: str, got: int) -> None:
    made, lacks = ground(text, "tail_logs", bot="bob", lines=50)
    assert not made and lacks[0].got == got and lacks[0].why


def test_units_are_converted() -> None:
    made, _ = ground("dim the kitchen to 20 % for an hour", "dim_lamp", SHOP, lamp="kitchen", percent=20, minutes=1)
    assert made == [{"lamp": "kitchen", "percent": 20, "minutes": 60}]


def test_an_enum_is_said_by_its_word_or_what_explains_it() -> None:
    assert ground("厨房的灯调到二十", "dim_lamp", SHOP, lamp="hall", percent=20)[0] == [
        {"lamp": "kitchen", "percent": 20}
    ]
    assert ground("把书房的灯调到二十", "dim_lamp", SHOP, lamp="hall", percent=20)[0] == []
    _, lacks = ground("dim the cellar to 20", "dim_lamp", SHOP, lamp="hall", percent=20)
    assert [lack.argument.name for lack in lacks] == ["lamp"]


def test_an_optional_flag_wants_its_word() -> None:
    said = {"lamp": "kitchen", "percent": 20, "warm": True}
    assert "warm" not in ground("dim the kitchen to 20", "dim_lamp", SHOP, **said)[0][0]
    assert ground("dim the kitchen to 20, warm please", "dim_lamp", SHOP, **said)[0][0]["warm"] is True


def test_a_pattern_is_found_in_the_message() -> None:
    """The value that fits stands for what the model wrote; where nothing fits, it is asked."""
    assert ground("freeze q1234 please", "freeze_order", SHOP, order="Q9999")[0] == [{"order": "Q1234"}]
    assert ground("freeze my order", "freeze_order", SHOP, order="Q9999")[0] == []


def test_free_text_and_lists_are_parts_of_the_message() -> None:
    said: dict[str, object] = {"order": "Q1234", "note": "wrong size", "shelves": ["north", "south"]}
    made, _ = ground("freeze Q1234 on the north shelf, note: wrong size", "freeze_order", SHOP, **said)
    assert made == [{"order": "Q1234", "note": "wrong size", "shelves": ["north"]}]
    made, _ = ground("freeze Q1234", "freeze_order", SHOP, **said)
    assert made == [{"order": "Q1234"}]


@given(st.text(max_size=80), st.sampled_from(["alice", "bob", "archy", "all"]))
def test_no_bot_appears_that_the_text_does_not_name(text: str, said: str) -> None:
    """For any text: a change is grounded only in names, aliases, near misses of them, or a word for all."""
    facts = gather_parts(read_moods(fold(text), frozenset()), FOUR)[0]
    calls, lacks = ground_calls([ToolCall("restart", {"bot": said})], facts, FOUR)
    if not facts.named and len(calls) not in (0, 3):
        assert facts.spared  # "all but ..." names whom it spares
    assert calls or lacks
    assert {call.arguments["bot"] for call in calls} <= {"alice", "bob", "archy"}
