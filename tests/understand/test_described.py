"""Bots that are meant by how they are: names are put in where they are known, and "all" is narrowed down anyway."""

from dataclasses import replace

import pytest

from nlops.domain.bots import BotStatus
from nlops.understand.described import with_names, without_narrowed
from nlops.understand.fold import fold
from tests.understand.saying import FOUR
from tests.understand.shop import tool

IN, WAITS, OUT = BotStatus.LOGGED_IN, BotStatus.WAITING, BotStatus.LOGGED_OUT
ONE_DOWN = {"alice": IN, "bob": WAITS, "archy": IN}
TWO_DOWN = {"alice": IN, "bob": WAITS, "archy": OUT}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("restart the bot that is offline", "restart bob"),
        ("restart the one that's down please", "restart bob please"),
        ("restart all the bots that are down", "restart bob"),
        ("restart every bot that isn't logged in", "restart bob"),
        ("Restart everything that is not online", "Restart bob"),
        ("restart whoever dropped off", "restart bob"),
        ("send me the code of whichever bot is waiting for a scan", "send me the code of bob"),
        ("alice is fine, restart the offline one", "alice is fine, restart bob"),
        ("one of them is down, restart it", "bob is down, restart it"),
        ("restart the ones that are still online", "restart alice and archy"),
        ("把掉线的都重启一下", "把bob重启一下"),
        ("重启所有掉线的机器人", "重启bob"),
        ("掉线的那个的二维码发我", "bob的二维码发我"),
        ("没登录的那个，日志给我看看", "bob，日志给我看看"),
        ("在线的都重启", "alice、archy重启"),
        ("有个机器人掉线了，重启它", "bob掉线了，重启它"),
    ],
)
def test_the_names_of_those_that_are_so_are_put_in(text: str, named: str) -> None:
    assert with_names(text, FOUR, ONE_DOWN) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("restart the one that's down", None),
        ("one of them is down, restart it", None),
        ("重启掉线的那个", None),
        ("restart all that are down", "restart bob and archy"),
        ("restart all that are down except archy", "restart bob except archy"),
        ("除了鲍勃，掉线的都重启", "除了鲍勃，archy重启"),
        ("show the offline bots' logs", "show bob and archy's logs"),
        ("把掉线的重启一下", "把bob、archy重启一下"),
    ],
)
def test_of_several_the_one_is_asked_for(text: str, named: str | None) -> None:
    assert with_names(text, FOUR, TWO_DOWN) == (named or text)


@pytest.mark.parametrize(
    "text",
    [
        *("if one of them is down, restart it", "when the bot is down tell me", "如果有机器人掉线了就重启它"),
        *("bob is the one that's down, restart him", "how many bots that are offline are there", "谁掉线了"),
        *("which bots are down", "list the offline bots", "有几个掉线的", "delete the row that is down there"),
        *("the one that's out of memory, restart it", "restart the server that is down", "停掉的都恢复", "restart bob"),
        *("把下线的商品删掉", "正常的话重启"),
    ],
)
def test_conditions_questions_and_other_things_are_left_alone(text: str) -> None:
    assert with_names(text, FOUR, ONE_DOWN) == text


def test_a_text_that_is_only_passed_on_stays_as_it_is() -> None:
    """Behind a colon, in quotes, or where a tool is named that passes one on."""
    shout = tool("broadcast", "Send a text.", {"text": {"type": "string", "maxLength": 99}}, ("text",))
    both = replace(FOUR, tools=(*FOUR.tools, shout))
    for text in (
        "broadcast the bot that is down comes back",
        "note: restart the offline one",
        "say “all that are down”",
    ):
        assert with_names(text, both, ONE_DOWN) == text
    assert with_names("restart the offline one: it hangs", both, ONE_DOWN) == "restart bob: it hangs"


def test_nothing_is_put_in_where_nobody_knows() -> None:
    """No states yet, none of that state, one bot alone; or the word is a value of a user's own tool."""
    text = "restart all offline bots"
    assert with_names(text, FOUR, {}) == with_names(text, FOUR, dict.fromkeys(ONE_DOWN, IN)) == text
    assert with_names(text, replace(FOUR, bots=FOUR.bots[:1]), {"alice": WAITS}) == text
    states = {"state": {"type": "string", "enum": ["online", "offline"]}}
    devices = replace(FOUR, tools=(*FOUR.tools, tool("devices", "List devices.", states, ())))
    assert with_names(text, devices, ONE_DOWN) == text


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("restart all the bots that are down", "restart"),
        ("restart all bots with errors in their logs", "restart errors in their logs"),
        ("restart everyone who hasn't answered", "restart hasn't answered"),
        ("restart all test bots", "restart"),
        ("重启所有报错的机器人", "重启"),
        ("所有昨天没重启的都重启一下", "重启一下"),
        *(
            (same, same)
            for same in ("restart all of my bots", "restart all wechat bots", "tell all bots that lunch is up")
        ),
        *(
            (same, same)
            for same in ("把所有机器人都重启", "我们的机器人全部重启", "所有的机器人都看看", "所有bot的都要")
        ),
    ],
)
def test_what_narrows_all_down_is_taken_out(text: str, rest: str) -> None:
    assert " ".join(without_narrowed(fold(text)).split()) == rest
