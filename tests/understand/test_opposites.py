"""A tool is not taken for its opposite: by general words of both languages, and all that its definition says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.tools import Catalogue, JsonObject, ToolExample
from nlops.understand.fold import fold
from nlops.understand.opposites import is_opposite
from tests.understand.saying import FOUR, calls, play
from tests.understand.shop import FREEZE, MARKET, tool

LOCK = tool("lock_door", "Lock a door. 锁上门。", {"door": {"type": "string"}}, ("door",))
DOOR = tool("set_door", "Lock or unlock a door. 锁上或解锁。", {"door": {"type": "string"}}, ("door",))
GROW = tool("grow_disk", "Enlarge a disk. It can only grow, never shrink. 扩容，不能缩容。", {}, ())
DELAY = tool("postpone_visit", "Postpone a visit. 推迟。", {}, (), examples=(ToolExample("delay my visit", {}),))


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("unlock the front door", LOCK),
        ("把前门解锁", LOCK),
        ("please move my visit up, i mean bring it forward", DELAY),
        ("bring the visit forward", DELAY),
        ("把预约提前", DELAY),
        ("unfreeze order Q1234", FREEZE),
        ("Q1234 解冻一下", FREEZE),
        ("the disk is too big, shrink it", GROW),
        ("盘太大了，缩容", GROW),
    ],
)
def test_the_opposite_of_what_a_tool_does_is_seen(text: str, spec: object) -> None:
    """In any form of the word, with words in between."""
    assert any(is_opposite(one, fold(text)) for one in (LOCK, DELAY, FREEZE, GROW) if one is spec)


def test_a_tool_that_does_both_or_is_named_beside_it_is_not() -> None:
    assert not is_opposite(DOOR, "unlock the front door")
    assert not is_opposite(LOCK, "unlock the front door and lock the back door")
    assert not is_opposite(LOCK, "lock the front door") and not is_opposite(DELAY, "delay my visit")
    assert not is_opposite(FREEZE, "freeze q1234") and not is_opposite(GROW, "扩容到 200g")


@pytest.mark.parametrize(
    ("text", "scraps"),
    [
        ("no need to scrap B12345, just take it off the street", False),
        ("B12345不用报废，先下架就行", False),
        ("B12345别动了，报废", True),
        ("don't scrap S54321, scrap B12345", True),
        ("B12345报废掉", True),
        ("B12345 scrap 掉 押金不用退", True),
    ],
)
def test_what_destroys_is_not_proposed_where_it_is_forbidden_by_name(text: str, scraps: bool) -> None:
    vehicle: JsonObject = {"vehicle": {"type": "string", "pattern": "^[BS][0-9]{5}$"}}
    scrap = tool("vehicle_scrap", "Write it off for good.", vehicle, ("vehicle",), risk="destroy")
    said = calls(("vehicle_scrap", {"vehicle": "B12345"}))
    assert bool(play(text, said, catalogue=Catalogue((scrap,))).calls) is scraps


def test_who_names_the_thing_forbids_no_deed() -> None:
    """ "I don't want that pile behind the printer any more, clear it"."""
    printer: JsonObject = {"printer": {"type": "string", "enum": ["asiga", "slm"]}}
    clear = tool("printer_clear", "Empty a queue.", printer, ("printer",), risk="destroy")
    said = calls(("printer_clear", {"printer": "asiga"}))
    assert play("asiga打印机后面那堆都不要了，清掉", said, catalogue=Catalogue((clear,))).calls


def test_a_mode_that_undoes_is_no_opposite() -> None:
    status: JsonObject = {"type": "string", "enum": ["hold", "released"], "description": "hold: blocked until checked"}
    lot: JsonObject = {"lot": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"}, "status": status}
    spec = tool("lot_status", "Set the status of a lot.", lot, ("lot", "status"))
    for value, made in (("released", True), ("hold", False)):
        said = calls(("lot_status", {"lot": "SAL-0926", "status": value}))
        assert bool(play("SAL-0926解封吧", said, catalogue=Catalogue((spec,))).calls) is made


def test_a_change_into_the_opposite_is_not_proposed_and_its_own_is() -> None:
    """In what a person says, not in what is passed on: a note may hold any word."""
    freeze = calls(("freeze_order", {"order": "Q1234"}))
    assert play("unfreeze Q1234", freeze, catalogue=MARKET).calls == ()
    assert play("Q1234 解冻一下", freeze, catalogue=MARKET).calls == ()
    assert play("freeze Q1234", freeze, catalogue=MARKET).calls
    noted = calls(("freeze_order", {"order": "Q1234", "note": "do not release"}))
    assert play("freeze Q1234, note: do not release", noted, catalogue=MARKET).calls


@settings(deadline=None)
@given(st.text(max_size=80), st.sampled_from([*FOUR.tools, *MARKET.tools]))
def test_no_text_breaks_it(text: str, spec: object) -> None:
    assert any(is_opposite(one, fold(text)) in (True, False) for one in (*FOUR.tools, *MARKET.tools) if one == spec)
