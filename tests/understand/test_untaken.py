"""What is said of when, how long and how often, and no call takes, is told; what is taken or only a fact is not."""

import pytest

from nlops.domain.tools import Catalogue, JsonObject, ToolCall
from nlops.understand.untaken import untaken
from tests.understand.saying import FOUR
from tests.understand.shop import tool

RESTART = ToolCall("restart", {"bot": "bob"})
LOG = ToolCall("tail_logs", {"bot": "bob", "lines": 50})
STOPS: dict[str, JsonObject] = {
    "minutes": {"type": "integer"},
    "window": {"type": "string", "enum": ["7d", "1h"], "description": "Length of it."},
    "note": {"type": "string"},
    "at": {"type": "string", "description": "clock time"},
}
HOLD = Catalogue((tool("hold", "Hold it.", STOPS, ()),), FOUR.bots)


@pytest.mark.parametrize(
    ("text", "call", "pieces"),
    [
        ("restart bob twice", RESTART, ("twice",)),
        ("restart bob at 3am", RESTART, ("at 3am",)),
        ("今晚九点重启鲍勃", RESTART, ("今晚",)),
        ("restart bob, wait ten minutes, and alice tomorrow", RESTART, ("ten minutes", "tomorrow")),
        ("重启鲍勃两次", RESTART, ("两次",)),
        ("bob's log from yesterday", LOG, ("yesterday",)),
        ("看看鲍勃最近一小时的日志", LOG, ("最近一小时",)),
        ("bob's last 50 lines", LOG, ()),
        ("bob has been down for an hour, restart him", RESTART, ()),
        ("鲍勃卡了十分钟了，重启他", RESTART, ()),
        ("鲍勃昨晚挂了，重启", RESTART, ()),
        ("she was away yesterday, restart bob", RESTART, ()),
        ("restart bob, not tomorrow", RESTART, ()),
        ('restart bob, the note says "tomorrow"', RESTART, ()),
        ("restart bob, he needs a second look", RESTART, ()),
    ],
)
def test_what_no_call_takes_is_told(text: str, call: ToolCall, pieces: tuple[str, ...]) -> None:
    assert untaken(text, (call,), FOUR) == pieces


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("hold it for an hour and a half", {"minutes": 90}),
        ("hold it for the last seven days", {"window": "7d"}),
        ("hold it at 3am for two hours", {"at": "03:00"}),
        ("hold it, note: back tomorrow", {"note": "back tomorrow"}),
    ],
)
def test_what_a_call_has_is_taken(text: str, values: dict[str, object]) -> None:
    """In its unit, as a span of a choice, as a time, in a text."""
    assert untaken(text, (ToolCall("hold", values),), HOLD) == ()
    assert untaken(text, (ToolCall("hold", {}),), HOLD) != ()
