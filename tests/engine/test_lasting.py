"""Runs that last: told now and then, stopped on the word of who asked."""

import pytest

from nlops.domain.effects import Record, RunCalls, Say, StopRuns
from nlops.domain.events import RunFinished, Ticked
from nlops.domain.tools import ToolResult
from tests.engine.play import RESTART, Play, of
from tests.support import LAN, WEI


def running(play: Play, *words: str, who: str = WEI) -> list[int]:
    return [of(RunCalls, play.say(text, who))[0].run_id for text in words]


def test_how_long_it_has_been_going_on() -> None:
    """After half a minute, one, two, four, then every five; not after its end."""
    play = Play()
    (run_id,) = running(play, "restart bob")
    told = {}
    for seconds in range(1, 1200):
        for one in of(Say, play(Ticked(), seconds)):
            told[seconds - 1] = one
    assert list(told) == [30, 60, 120, 240, 480, 780, 1080]
    assert (
        told[30].text == "restart  bot = bob is still running, 30 s. “stop” ends it." and told[30].urgency == "notice"
    )
    play(RunFinished(run_id, (ToolResult(True, "done"),)), 1200)
    assert not any(of(Say, play(Ticked(), seconds)) for seconds in range(1201, 1600)) and not play.state.lasting


@pytest.mark.parametrize("words", ["stop", "STOP", "停止", "cancel", "取消", "stop 1", "停止 1"])
def test_stop(words: str) -> None:
    """Recorded, then stopped: by either word where nothing waits for an answer."""
    play = Play()
    (run_id,) = running(play, "restart bob")
    effects = play.say(words, seconds=5)
    assert [type(one) for one in effects] == [Record, StopRuns] and effects[1].run_ids == (run_id,)
    assert effects[0].kind == "cancelled" and effects[0].details["run"] == run_id


def test_an_open_proposal_is_answered_first() -> None:
    """`cancel` drops it; `stop` means the run all the same."""
    play = Play()
    running(play, "restart bob")
    play.propose(RESTART)
    dropped = play.say("cancel")
    assert not of(StopRuns, dropped) and "Dropped 7K3F" in of(Say, dropped)[0].text
    play.propose(RESTART, code="8M4G")
    assert of(StopRuns, play.say("stop"))


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
        (said,) = play.say(words, LAN)
        assert isinstance(said, Say) and "没有正在执行" in said.text
    assert "Nothing of yours" in of(Say, play.say("stop 999"))[0].text


def test_cancel_with_nothing_at_all() -> None:
    """As ever: nothing waits for a confirmation."""
    assert "Nothing waits" in of(Say, Play().say("cancel"))[0].text
