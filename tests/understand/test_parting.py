"""A message of several requests, read part by part where the whole was not understood."""

import json

import pytest

from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.alike import contradict, joined
from nlops.understand.parting import left_out, parts_in
from nlops.understand.talk import Exchange
from nlops.understand.untaken import untaken
from tests.understand.saying import calls, none, play
from tests.understand.shop import BOTS, FREEZE, SHOP, tool

ROOM = {"type": "string", "pattern": "^[1-9][0-9]{3}$"}
WARM = tool(
    "set_ac",
    "Set the air of a room. 调空调。",
    {"room": ROOM, "temp": {"type": "integer", "minimum": 16, "maximum": 30}},
    ("room", "temp"),
)
CLEAN = tool("clean", "Clean rooms. 打扫。", {"rooms": {"type": "array", "items": ROOM, "minItems": 1}}, ("rooms",))
HOTEL = Catalogue((WARM, CLEAN, FREEZE), BOTS)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("put 1106 on 21, 1212 too but at 23", ["put 1106 on 21", "1212 too but at 23"]),
        ("1106 to 20 and then clean it", ["1106 to 20", "clean it"]),
        ("1106 to 20 n when thats through clean 1107", ["1106 to 20", "clean 1107"]),
        ("1106降到20度，1107等客人回来再说", ["1106降到20度", "1107等客人回来再说"]),
        ("别动1106哈 1107调到23度", ["别动1106哈", "1107调到23度"]),
        ("restart bob, and show alice's log", ["restart bob", "show alice's log"]),
        ("1009、1011都打扫，1013调到22", ["1009、1011都打扫", "1013调到22"]),
        # of one thing only, or with what may hold for all
        ("put 1106 on 21, please", ["put 1106 on 21, please"]),
        ("put it on 21 and clean", ["put it on 21 and clean"]),
        ("tomorrow 1106 to 20, 1107 to 21", ["tomorrow 1106 to 20, 1107 to 21"]),
        ("1106 to 20, 1107 to 21, if it is hot", ["1106 to 20, 1107 to 21, if it is hot"]),
        ("如果太热，1106降到20度，1107降到21", ["如果太热，1106降到20度，1107降到21"]),
        ("1106 to 20, guest 要是说冷 then 24", ["1106 to 20, guest 要是说冷 then 24"]),
        ("1106 temp 高于 25 的话 clean 1107", ["1106 temp 高于 25 的话 clean 1107"]),
        ("she wrote “1106 to 20, 1107 to 21”", ["she wrote “1106 to 20, 1107 to 21”"]),
        ("1106 to 20 no wait 1107, and 1108 too", ["1106 to 20 no wait 1107, and 1108 too"]),
    ],
)
def test_a_message_has_as_many_parts_as_things_of_its_own(text: str, parts: list[str]) -> None:
    assert [part.text for part in parts_in(text, HOTEL)] == parts


TWO = "put 1106 on 21, 1212 too but at 23"
AC_1106 = ("set_ac", {"room": "1106", "temp": 21})
AC_1212 = ("set_ac", {"room": "1212", "temp": 23})


def test_what_the_whole_left_out_is_read_by_itself() -> None:
    """After what the part before came to; and the whole stands where it had all."""
    found = play(TWO, calls(AC_1106), calls(AC_1106), calls(AC_1212), catalogue=HOTEL)
    assert found.calls == (ToolCall(*AC_1106), ToolCall(*AC_1212))
    assert play(TWO, calls(AC_1106, AC_1212), none("chat"), catalogue=HOTEL).calls == found.calls


def test_the_whole_stands_where_a_part_is_not_understood() -> None:
    assert play(TWO, calls(AC_1106), calls(AC_1106), none("impossible"), catalogue=HOTEL).calls == (ToolCall(*AC_1106),)


def test_a_part_that_waits_is_left_out_and_told() -> None:
    text = "1106降到20度，1107等客人回来再说"
    cool = ("set_ac", {"room": "1106", "temp": 20})
    other = ("set_ac", {"room": "1107", "temp": 20})
    found = play(text, calls(cool, other), calls(cool), none("not"), catalogue=HOTEL, language="zh")
    assert found.calls == (ToolCall(*cool),)
    assert left_out(text, found.calls, HOTEL) == ("1107等客人回来再说",)
    assert left_out(TWO, (ToolCall(*AC_1106),), HOTEL) == ()


def test_a_thing_that_is_spared_is_not_missing() -> None:
    """ "not Q1111, freeze Q2222" is one wish; nothing is asked about the first."""
    freeze = calls(("freeze_order", {"order": "Q2222"}))
    assert play("not Q1111, freeze Q2222", freeze, none("chat"), catalogue=SHOP).calls == (
        ToolCall("freeze_order", {"order": "Q2222"}),
    )


def test_a_part_that_lacks_something_is_asked_about_with_the_others_waiting() -> None:
    asked = play(TWO, calls(AC_1106), calls(AC_1106), calls(("set_ac", {"room": "1212", "temp": "?"})), catalogue=HOTEL)
    assert asked.asked is not None
    assert asked.asked.argument == "temp"
    assert asked.asked.before == (ToolCall(*AC_1106),)


def test_parts_that_contradict_each_other_are_no_calls() -> None:
    cool, warm = ToolCall("set_ac", {"room": "1106", "temp": 20}), ToolCall("set_ac", {"room": "1106", "temp": 24})
    assert contradict((cool, warm)) and not contradict((cool, ToolCall(*AC_1212)))


def test_lists_of_one_kind_are_joined() -> None:
    one, other = ToolCall("clean", {"rooms": ["1106"]}), ToolCall("clean", {"rooms": ["1107"]})
    assert joined((one, other, other)) == (ToolCall("clean", {"rooms": ["1106", "1107"]}),)
    assert joined((ToolCall(*AC_1106), ToolCall(*AC_1212))) == (ToolCall(*AC_1106), ToolCall(*AC_1212))


def test_same_for_another_takes_it_from_the_talk() -> None:
    before = Exchange("1216 to 22", (ToolCall("set_ac", {"room": "1216", "temp": 22}),))
    one, other = ("set_ac", {"room": "1305", "temp": 22}), ("set_ac", {"room": "1307", "temp": 24})
    found = play(
        "same for 1305, and 1307 but at 24",
        calls(("set_ac", {"room": "1305", "temp": 24})),
        calls(one),
        calls(other),
        catalogue=HOTEL,
        exchanges=(before,),
    )
    assert found.calls == (ToolCall(*one), ToolCall(*other))


ZONE = {"type": "string", "enum": ["B1", "C1", "C2"]}
DRY = tool(
    "set_damp",
    "Set the damp of rooms. 调湿度。",
    {"rooms": {"type": "array", "items": ZONE}, "percent": {"type": "integer"}},
    ("rooms", "percent"),
)
STORE = Catalogue((DRY,), BOTS)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("B1和C1湿度都调到50，C2明天要是还潮再调", "c2明天要是还潮再调"),
        ("B1 and C1 to 50, C2 only if it is still damp", "c2 only if it is still damp"),
    ],
)
@pytest.mark.parametrize("mood", ["now", "if"])
def test_what_waits_for_a_condition_of_its_own_holds_nothing_up(text: str, left: str, mood: str) -> None:
    """It is left out, and told; alone it is asked about."""
    now = {"set_damp": {"rooms": ["B1", "C1"], "percent": 50}}
    later = {"set_damp": {"rooms": ["C2"], "percent": 50}}
    said = {"now": [now, later]} if mood == "now" else {"now": [now], "if": [later]}
    meant = play(text, json.dumps(said), catalogue=STORE)
    assert meant.calls == (ToolCall("set_damp", now["set_damp"]),)
    assert untaken(text, meant.calls, STORE) == (left,)
    assert not play("C2明天要是还潮就调到50", json.dumps({"now": [later]}), catalogue=STORE).calls


def test_what_sets_one_thing_twice_is_read_by_parts() -> None:
    text = "1106 to 20, 1212 to 23"
    wrong = calls(("set_ac", {"room": "1106", "temp": 20}), ("set_ac", {"room": "1106", "temp": 23}))
    found = play(text, wrong, calls(("set_ac", {"room": "1106", "temp": 20})), calls(AC_1212), catalogue=HOTEL)
    assert found.calls == (ToolCall("set_ac", {"room": "1106", "temp": 20}), ToolCall(*AC_1212))
