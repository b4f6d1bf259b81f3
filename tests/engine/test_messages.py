"""Who speaks, where, and whether it counts."""

from dataclasses import replace
from typing import Any

import pytest

from nlops.domain.chat import ChatMessage
from nlops.domain.effects import Log, RunCalls, Say
from nlops.domain.events import MessageReceived
from nlops.engine import STALE_AFTER_S
from tests.engine.play import RESTART, Play, of
from tests.support import LAN, MALLORY, WEI, at


@pytest.mark.parametrize(
    "changes",
    [
        {"contact_id": MALLORY},
        {"contact_id": ""},
        {"room_id": "r@chatroom"},
        {"room_id": "r@chatroom", "is_addressed": True},
        {"contact_id": MALLORY, "room_id": "r@chatroom", "is_addressed": True},
        {"is_own": True},
    ],
)
@pytest.mark.parametrize("text", ["restart bob", "bob seems down, send me his code", "7K3F", "yes"])
def test_who_may_not_is_not_answered(text: str, changes: dict[str, Any]) -> None:
    """Strangers, rooms that are not allowed, own messages: no reply, no model, no run, and the state as before."""
    play = Play()
    play.propose(RESTART)
    before = play.state
    effects = play.say(text, **changes)
    assert not [one for one in effects if not isinstance(one, Log)] and play.state == before


def test_what_is_no_text_is_told_once_in_a_while() -> None:
    """A voice message, a picture: one line to each admin in ten minutes; a text with nothing in it is nothing."""
    play = Play()
    assert [one.text for one in play.say("", kind="other")] == ["I read text only; please type it."]
    assert play.say("", kind="other", seconds=599) == ()
    assert [one.text for one in play.say("", LAN, kind="other", seconds=599)] == ["我只看得懂文字，请打字告诉我。"]
    assert len(of(Say, play.say("", kind="other", seconds=600))) == 1
    assert play.say(" \n") == () and play.say("", MALLORY, kind="other", seconds=9999)[0].level == "warning"


@pytest.mark.parametrize("is_again", [True, False])
@pytest.mark.parametrize("text", ["restart bob", "7K3F", "yes"])
def test_words_that_are_too_old_are_not_carried_out_and_that_is_said(text: str, is_again: bool) -> None:
    """Once for all that a reconnect brings, in the words' conversation; the proposal stays as it was."""
    play = Play()
    play.propose(RESTART, seconds=1000)
    before = play.state.proposals
    old = ChatMessage("m", WEI, None, text, at(1000 - STALE_AFTER_S - 1).wall)
    told = of(Say, play(MessageReceived(old, is_again), 1000))
    assert [one.conversation_id for one in told] == [WEI] and "nothing of it was carried out" in told[0].text
    assert not of(Say, play(MessageReceived(replace(old, id="n"), is_again), 1059))
    assert of(Say, play(MessageReceived(replace(old, id="o"), is_again), 1060))
    assert play.state.proposals == before


def test_what_came_before_a_restart_and_is_fresh_is_carried_out() -> None:
    """Nothing was done for it: it is as good as new."""
    message = ChatMessage("m", WEI, None, "restart bob", at(0).wall)
    assert of(RunCalls, Play()(MessageReceived(message, is_again=True), 60))
