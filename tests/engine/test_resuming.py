"""What an earlier process left: what waits on, what is over, and what nobody knows the end of."""

from dataclasses import replace

import pytest

from nlops.domain.config import ChatConfig, PolicyConfig, Secret
from nlops.domain.effects import Record, RunCalls, Say
from nlops.domain.events import RunFinished, TookOver
from nlops.domain.tools import ProposalState, ToolCall, ToolResult
from tests.engine.play import RESTART, Play, of
from tests.support import LAN, WEI, make_config, make_setup

S = ProposalState
ASK = make_setup(make_config(policy=PolicyConfig(confirm="always")))


def left(play: Play, begun: int = 0, state: S | None = None) -> Play:
    """The next process, with what the last one kept."""
    after = Play(play.setup)
    latest = {one.id: one for one in play.kept}
    proposals = tuple(replace(one, begun=begun, state=state or one.state) for one in latest.values())
    after.state = replace(after.state, proposals=proposals, next_id=max(latest) + 1)
    return after


def test_an_open_proposal_outlives_the_process() -> None:
    """It is confirmed by the same code, within the same time, once."""
    play = Play(ASK)
    code = of(Record, play.say("restart bob"))[0].details["code"]
    play = left(play)
    assert play(TookOver(), 50) == ()
    assert of(RunCalls, play.say(code, seconds=119)) and not of(RunCalls, play.say(code, seconds=119))


def test_an_expired_one_is_over_after_it() -> None:
    """With its record; a late yes hears so."""
    play = Play(ASK)
    code = of(Record, play.say("restart bob"))[0].details["code"]
    play = left(play)
    assert [one.kind for one in of(Record, play(TookOver(), 120))] == ["expired"]
    assert "expired" in of(Say, play.say(code, seconds=121))[0].text


def test_used_codes_stay_used() -> None:
    """What was denied, replaced or run in the earlier process is so in this one."""
    for words in ("no", "restart alice"):
        play = Play(ASK)
        code = of(Record, play.say("restart bob"))[0].details["code"]
        play.say(words)
        play = left(play)
        play(TookOver(), 1)
        assert not of(RunCalls, play.say(code, seconds=2))


@pytest.mark.parametrize(
    ("begun", "kind", "words"),
    [
        (0, "refused", ["before this began", "restart  bot = bob: not begun", "status: not begun"]),
        (1, "unknown", ["restart  bot = bob: begun", "status: not begun", "“status bob”", "don't repeat"]),
        (2, "unknown", ["restart  bot = bob: done", "status: begun", "Status of the bots"]),
    ],
)
def test_a_run_that_was_cut_off(begun: int, kind: str, words: list[str]) -> None:
    """Told once, call by call, with what to look at; nothing is run again, also not by its code; a late end of it is
    nothing."""
    play = Play()
    play.propose(RESTART, ToolCall("status", {}))
    run = of(RunCalls, play.say("7K3F"))[0]
    play = left(play, begun)
    (record, said) = play(TookOver(), 10)
    assert record.kind == kind and record.details["calls"] == [call.as_json() for call in run.calls]
    titles = {tool.name: tool.title for tool in play.setup.catalogue.tools}
    assert all(word.replace("Status of the bots", titles["status"]) in said.text for word in words), said.text
    again = play.say("7K3F", seconds=11)
    assert not of(RunCalls, again) and play(RunFinished(run.run_id, (ToolResult(True, "late"),)), 12) == ()
    assert left(play)(TookOver(), 13) == ()


def test_a_keywords_run_is_known_too() -> None:
    """It had no proposal to confirm, and its end is not known all the same; in the language of who asked."""
    play = Play()
    assert of(RunCalls, play.say("重启 bob", LAN))
    (record, said) = left(play, 1)(TookOver(), 1)
    assert record.kind == "unknown" and said.conversation_id == LAN and "「状态 bob」" in said.text


def test_whose_admin_is_gone() -> None:
    """What waited for somebody who is no admin now is over; how their run ended is told to everybody who is."""
    play = Play()
    play.propose(RESTART)
    play = _kept(play)
    after = left(play)
    after.setup = make_setup(make_config(admins=play.setup.config.admins[1:]))
    after.state = replace(after.state, contacts={"lan": after.state.contacts["lan"]})
    assert [one.kind for one in of(Record, after(TookOver(), 1))] == ["superseded"]
    play.say("7K3F")
    after = left(play, 1)
    after.state = replace(after.state, contacts={"lan": after.state.contacts["lan"]})
    assert [one.conversation_id for one in of(Say, after(TookOver(), 1))] == [LAN]


def test_a_room_that_is_no_longer_allowed() -> None:
    """What was proposed there is over."""
    config = make_config(chat=ChatConfig("127.0.0.1:1", Secret("x"), rooms=("r@chatroom",)))
    play = Play(make_setup(config))
    play.propose(RESTART, place="r@chatroom")
    after = left(_kept(play))
    assert after(TookOver(), 1) == ()
    after.setup = make_setup()
    assert [one.kind for one in of(Record, after(TookOver(), 1))] == ["superseded"]


def _kept(play: Play) -> Play:
    play.kept += play.state.proposals
    return play


def test_wei_hears_of_weis_run() -> None:
    """In the direct chat where it was asked for."""
    play = Play()
    assert of(RunCalls, play.say("restart bob"))
    assert of(Say, left(play, 1)(TookOver(), 1))[0].conversation_id == WEI
