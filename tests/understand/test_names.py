"""Bots' names: exact ones, small slips, and never a guess between two."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.tools import BotName
from nlops.understand.fold import fold
from nlops.understand.names import closest, find_names
from tests.understand.shop import BOTS


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("restart bob", ["bob"]),
        ("bob's log and alices", ["bob", "alice"]),
        ("Study Bot needs it", ["archy"]),
        ("重启鲍勃和学习助手", ["bob", "archy"]),
        ("alcie", ["alice"]),
        ("bbo and bobb", ["bob", "bob"]),
        ("bobyb", ["bob"]),
        ("爱丽斯的二维码", ["alice"]),
        ("a good job, rob", []),
        ("a bobsled", []),
        ("bobcat", []),
        ("malice", []),
        ("小丽的日志", []),
    ],
)
def test_names_are_found(text: str, names: list[str]) -> None:
    """Aliases count as the canonical name; another everyday word is no slip."""
    assert [mention.name for mention in find_names(fold(text), BOTS)] == names


def test_a_slip_between_two_bots_is_nobody() -> None:
    bots = (BotName("server1"), BotName("server2"))
    assert find_names("restart server3", bots) == ()
    assert closest("server3", bots) is None


def test_a_longer_alias_wins() -> None:
    """ "bob two" is the bot of that name, not bob."""
    bots = (BotName("bob"), BotName("bob two"))
    assert [mention.name for mention in find_names("restart bob two", bots)] == ["bob two"]


def test_the_closest_name_is_offered() -> None:
    assert closest("alica", BOTS) == "alice"
    assert closest("carol", BOTS) is None


@settings(deadline=None)
@given(st.text(max_size=80))
def test_mentions_lie_apart_and_in_order(text: str) -> None:
    folded = fold(text)
    end = 0
    for mention in find_names(folded, BOTS):
        assert end <= mention.start < mention.end <= len(folded)
        end = mention.end
