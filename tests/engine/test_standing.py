"""The kill switch: what runs is ended, what waits is dropped, nothing begins; until somebody resumes."""

from dataclasses import replace

import pytest

from nlops.domain.config import PolicyConfig, RuleConfig, ToolPolicyConfig
from nlops.domain.effects import Record, RunCalls, Say, StopRuns
from nlops.domain.events import RunFinished, TookOver
from nlops.domain.tools import ProposalState, ToolCall, ToolResult
from nlops.engine.standing import JustStop, Resume, StopAll, Unmute, read_standing_word
from tests.engine.play import RESTART, Play, of
from tests.support import LAN, MALLORY, WEI, make_config, make_setup, shipped_catalogue

CATALOGUE = shipped_catalogue(make_config())


def test_words() -> None:
    """The whole message, in both languages, whatever the case or width."""
    for text in ("stop all", "STOP ALL!", "ｓｔｏｐ　ａｌｌ", "全部停止", "紧急停止。"):
        assert read_standing_word(text, CATALOGUE) == StopAll()
    for text in ("resume", "恢复", "Resume."):
        assert read_standing_word(text, CATALOGUE) == Resume()
    for text in ("unmute bob", "取消静音 鲍勃", "取消静音鲍勃"):
        assert read_standing_word(text, CATALOGUE) == Unmute("bob")
    for text in ("stop", "停", "Halt!"):
        assert read_standing_word(text, CATALOGUE) == JustStop()
    for text in ("stop bob", "stop all bots", "恢复 bob", "resume bob", "unmute", "unmute carol", "unmute bob now"):
        assert read_standing_word(text, CATALOGUE) is None


def test_stop_all() -> None:
    """The run under way is ended, the proposals of everybody are dropped, every admin hears of it in their language;
    then nothing that changes something begins, and looking goes on; resume ends it, and what was dropped stays so."""
    play = Play()
    run = of(RunCalls, play.say("restart bob", LAN))[0]
    play.propose(RESTART)
    effects = play.say("stop all", LAN)
    assert of(StopRuns, effects) == [StopRuns((run.run_id,))]
    assert [one.kind for one in of(Record, effects)] == ["stopped", "denied"]
    said = {one.conversation_id: one.text for one in of(Say, effects)}
    assert "stopped everything" in said[WEI] and "停止了一切" in said[LAN]
    for words in ("7K3F", "restart bob"):
        assert not of(RunCalls, play.say(words, seconds=1))
    assert "lan stopped" in of(Say, play.say("restart bob", seconds=1))[0].text
    play(RunFinished(run.run_id, (ToolResult(False, "ended"),), ended=True), 1)
    look = of(RunCalls, play.say("status", seconds=1))[0]
    play.propose(ToolCall("status", {}), seconds=1)
    effects = play.say("stop all", seconds=1)  # looks that run or wait since are over too
    assert of(StopRuns, effects) == [StopRuns((look.run_id,))] and not of(RunCalls, play.say("yes", seconds=1))
    play(RunFinished(look.run_id, (ToolResult(True, "fine"),), ended=True), 1)
    assert "already" in of(Say, play.say("stop all", seconds=1))[0].text
    effects = play.say("resume", seconds=2)
    assert of(Record, effects)[0].kind == "resumed" and {one.conversation_id for one in of(Say, effects)} == {WEI, LAN}
    assert not of(RunCalls, play.say("7K3F", seconds=3)) and of(RunCalls, play.say("restart bob", seconds=3))
    assert "Nothing is stopped" in of(Say, play.say("resume", seconds=4))[0].text


def test_a_run_that_was_ended_is_unknown() -> None:
    """How far it got nobody knows: told so, recorded so."""
    play = Play()
    run = of(RunCalls, play.say("restart bob"))[0]
    play.say("stop all", seconds=1)
    effects = play(RunFinished(run.run_id, (ToolResult(False, "ended"),), ended=True), 2)
    assert of(Record, effects)[0].kind == "unknown" and "ended" in of(Say, effects)[0].text
    assert [one.state for one in play.kept if one.id == run.run_id][-1] is ProposalState.UNKNOWN


def test_it_outlives_the_process() -> None:
    """Stopped before a restart is stopped after it."""
    play = Play()
    play.say("stop all")
    after = Play()
    after.state = replace(after.state, standing=play.state.standing)
    after(TookOver(), 1)
    assert not of(RunCalls, after.say("restart bob", seconds=2))


def test_a_stranger_stops_nothing() -> None:
    """Nor does one resume."""
    play = Play()
    play.say("stop all", MALLORY)
    assert play.state.standing.stopped is None
    play.say("stop all")
    play.say("resume", MALLORY)
    assert play.state.standing.stopped is not None


@pytest.mark.parametrize("when", ["stop", "rule", "stricter"])
def test_the_policy_counts_again_when_it_begins(when: str) -> None:
    """What was proposed under another policy, before a restart, does not run under this one."""
    play = Play()
    play.propose(RESTART)
    changed = {
        "stop": PolicyConfig(read_only=True),
        "rule": PolicyConfig(rules=(RuleConfig("deny", admins=("wei",), reason="not wei"),)),
        "stricter": PolicyConfig(tools={"restart": ToolPolicyConfig(auth=("totp",))}),
    }[when]
    play.setup = make_setup(make_config(policy=changed))
    effects = play.say("7K3F", seconds=1)
    assert not of(RunCalls, effects) and of(Record, effects)[0].kind == "refused"
    assert play.state.proposals[0].state is ProposalState.DENIED


def test_changes_are_counted_over_a_restart() -> None:
    """Two an hour: the third is refused, also in the next process, whatever its clocks say of the past."""
    setup = make_setup(make_config(policy=PolicyConfig(changes_per_hour=2)))
    play = Play(setup)
    for seconds in (0, 600):
        run = of(RunCalls, play.say("restart bob", seconds=seconds))[0]
        play(RunFinished(run.run_id, (ToolResult(True, "ok"),)), seconds)
    assert "in 50 min" in of(Say, play.say("restart bob", seconds=600))[0].text
    done = tuple(one for one in play.kept if one.state is ProposalState.FINISHED)
    after = Play(setup)
    after(TookOver(done), 601)
    assert not of(RunCalls, after.say("restart bob", seconds=602)) and of(
        RunCalls, after.say("restart bob", seconds=3601)
    )
    after = Play(setup)
    after(TookOver(tuple(replace(one, decided_at=9e9) for one in done)), 601)  # the wall clock was put back
    assert not of(RunCalls, after.say("restart bob", seconds=4000)) and of(
        RunCalls, after.say("restart bob", seconds=4202)
    )


def test_what_did_not_run_is_told() -> None:
    """Three calls, the second fails: the third is named."""
    play = Play()
    play.propose(ToolCall("status", {}), RESTART, ToolCall("restart", {"bot": "alice"}))
    run = of(RunCalls, play.say("7K3F"))[0]
    told = [
        one.text for one in of(Say, play(RunFinished(run.run_id, (ToolResult(True, "ok"), ToolResult(False, "no")))))
    ]
    assert "3. restart  bot = alice" in told[-1] and "1 further" in told[-1]


def test_just_stop() -> None:
    """What waits here is dropped, the run goes on, and the word for the rest is told."""
    play = Play()
    assert of(RunCalls, play.say("restart bob"))
    play.propose(RESTART)
    effects = play.say("stop", seconds=1)
    assert (
        "Dropped 7K3F" in of(Say, effects)[0].text and "1 run(s) are under way. “stop all”" in of(Say, effects)[0].text
    )
    assert [one.kind for one in of(Record, effects)] == ["denied"] and not of(StopRuns, effects)
    assert not of(RunCalls, play.say("7K3F", seconds=2))
