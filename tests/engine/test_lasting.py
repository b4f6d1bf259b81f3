"""Runs that last: told now and then, stopped on the word of who asked."""

import pytest

from nlops.domain.effects import AskModel, Record, RunCalls, Say, StopRuns
from nlops.domain.events import ModelAnswered, RunFinished, Ticked
from nlops.domain.model import ModelReply
from nlops.domain.tools import ToolResult
from tests.engine.play import RESTART, Play, of
from tests.support import LAN, WEI
from tests.understand.saying import calls, sure


def running(play: Play, *words: str, who: str = WEI) -> list[int]:
    return [of(RunCalls, play.say(text, who))[0].run_id for text in words]


def test_how_long_it_has_been_going_on() -> None:
    """After five seconds, half a minute, one, two, four, then every five; not after its end."""
    play = Play()
    (run_id,) = running(play, "restart bob")
    told = {}
    for seconds in range(1, 1200):
        for one in of(Say, play(Ticked(), seconds)):
            told[seconds - 1] = one
    assert list(told) == [5, 30, 60, 120, 240, 480, 780, 1080]
    assert (
        told[30].text == "restart  bot = bob is still running, 30 s. “stop” ends it." and told[30].urgency == "notice"
    )
    play(RunFinished(run_id, (ToolResult(True, "done"),)), 1200)
    assert not any(of(Say, play(Ticked(), seconds)) for seconds in range(1201, 1600)) and not play.state.lasting


def test_a_message_that_takes_long_to_read() -> None:
    """Told once, also where the model is asked more than once, and to nobody else; not once it is understood."""
    play = Play()
    (question,) = of(AskModel, play.say("could you get bob going again"))
    assert not [one for seconds in range(1, 5) for one in of(Say, play(Ticked(), seconds))]
    unsure = sure(calls(("restart", {"bot": "bob"})), restart=0.1)
    (question,) = of(AskModel, play(ModelAnswered(question.question_id, unsure), 5))
    told = [one for seconds in range(6, 30) for one in of(Say, play(Ticked(), seconds))]
    assert [(one.conversation_id, "still reading" in one.text) for one in told] == [(WEI, True)]
    play(ModelAnswered(question.question_id, ModelReply('{"none":"chat"}')), 30)
    assert not any(of(Say, play(Ticked(), seconds)) for seconds in range(31, 60)) and not play.state.reading


@pytest.mark.parametrize("words", ["stop", "STOP", "停止", "停", "Halt", "cancel", "取消", "stop 1", "停止 1"])
def test_stop(words: str) -> None:
    """Recorded, then stopped: by either word where nothing waits for an answer."""
    play = Play()
    (run_id,) = running(play, "restart bob")
    effects = play.say(words, seconds=5)
    assert [type(one) for one in effects] == [Record, StopRuns] and effects[1].run_ids == (run_id,)
    assert effects[0].kind == "cancelled" and effects[0].details["run"] == run_id


def test_an_open_proposal_is_answered_first() -> None:
    """Either word drops it; with its number, the run is meant."""
    play = Play()
    (run_id,) = running(play, "restart bob")
    play.propose(RESTART)
    dropped = play.say("cancel")
    assert not of(StopRuns, dropped) and "Dropped 7K3F" in of(Say, dropped)[0].text
    play.propose(RESTART, code="8M4G")
    assert not of(StopRuns, play.say("stop"))
    play.propose(RESTART, code="9N5H")
    assert of(StopRuns, play.say(f"stop {run_id}"))


def test_a_code_of_digits() -> None:
    """A word with a number that is a proposal's code is the answer to that, and never about a run."""
    play = Play()
    running(play, "restart bob")
    play.propose(RESTART, code="2345")
    dropped = play.say("cancel 2345")
    assert not of(StopRuns, dropped) and "Dropped 2345" in of(Say, dropped)[0].text


def test_several_runs_are_listed() -> None:
    """Which one is asked; its number stops it."""
    play = Play()
    _, second = running(play, "restart bob", "restart alice")
    (asked,) = of(Say, play.say("stop"))
    assert "restart  bot = bob" in asked.text and "restart  bot = alice" in asked.text
    (stopped,) = of(StopRuns, play.say(f"stop {second}"))
    assert stopped.run_ids == (second,)


def test_only_who_asked() -> None:
    """Another admin's run is theirs; what is not there is said."""
    play = Play()
    (run_id,) = running(play, "restart bob")
    for words in ("stop", f"stop {run_id}"):
        effects = play.say(words, LAN)
        assert of(Say, effects) and not of(StopRuns, effects)
    assert "Nothing of yours" in of(Say, play.say("stop 999"))[0].text


def test_with_nothing_at_all() -> None:
    """As ever: nothing waits for a confirmation, and what stops more is told."""
    assert "Nothing waits" in of(Say, Play().say("cancel"))[0].text
    assert "“stop all”" in of(Say, Play().say("stop"))[0].text
