"""A proposal that is changed before it runs: a new one, the old one void; and what is no change."""

from dataclasses import replace

import pytest

from nlops.domain.config import PolicyConfig
from nlops.domain.effects import AskModel, Record, RunCalls, Say
from nlops.domain.tools import ProposalState, ToolCall
from nlops.engine.editing import Edit, read_edit
from tests.engine.play import RESTART, Play, of
from tests.gate.test_confirm import proposal
from tests.support import LAN, make_config, make_setup, shipped_catalogue

CATALOGUE = shipped_catalogue(make_config())
TAIL = ToolCall("tail_logs", {"bot": "bob", "lines": 50})
ALICE = ToolCall("restart", {"bot": "alice"})


def read(text: str, *calls: ToolCall) -> Edit | None:
    return read_edit(text, replace(proposal(), calls=calls), CATALOGUE)


@pytest.mark.parametrize(
    "text",
    [
        "actually make that alice",
        "Actually, make it alice.",
        "alice instead",
        "alice instead of bob",
        "not bob but alice",
        "no, alice",
        "sorry, I meant alice",
        "it should be alice",
        "alice",
        "改成爱丽丝",
        "换成 alice 吧",
        "不对，是alice",
        "不是bob，是alice",
        "我说的是爱丽丝",
        "还是爱丽丝吧",
        "restart alice instead",
        "改成重启 alice 吧",
        "算了，还是重启爱丽丝",
        "ＡＬＩＣＥ instead",
    ],
)
def test_another_bot(text: str) -> None:
    """In both languages, by name or alias."""
    assert read(text, RESTART) == Edit((ALICE,))


@pytest.mark.parametrize(
    "text",
    ["30 lines instead", "make it 30", "30 lines", "only 30 lines please", "改成30行", "只要 30 行", "三十行就够了"],
)
def test_another_number(text: str) -> None:
    """The rest of the call stays as it was."""
    assert read(text, TAIL) == Edit((ToolCall("tail_logs", {"bot": "bob", "lines": 30}),))


def test_two_values_at_once() -> None:
    """Each has its own place."""
    assert read("30 lines of alice instead", TAIL) == Edit((ToolCall("tail_logs", {"bot": "alice", "lines": 30}),))


def test_several_calls() -> None:
    """A number goes to the one call that takes it, a bot to all that are about one and the same."""
    assert read("30 lines instead", RESTART, TAIL) == Edit(
        (RESTART, ToolCall("tail_logs", {"bot": "bob", "lines": 30}))
    )
    both = Edit((ALICE, ToolCall("tail_logs", {"bot": "alice", "lines": 50})))
    assert read("make that alice", RESTART, TAIL) == both
    assert read("make that alice", RESTART, ToolCall("tail_logs", {"bot": "alice", "lines": 50})) == Edit()
    assert read("restart alice instead", RESTART, TAIL) == Edit()  # the log stays bob's, or does it?


@pytest.mark.parametrize(
    "text",
    ["actually do something else", "make it alice and bob", "改成明天", "wait", "not now", "先别", "make it 5 hours"],
)
def test_a_change_that_is_not_understood(text: str) -> None:
    """It is no longer what they want, and nothing is guessed."""
    assert read(text, TAIL) == Edit()


@pytest.mark.parametrize(
    "text", ["how is alice?", "bob", "30", "123456", "他问我要不要点确认，你说呢", "thanks", "y\u0435s"]
)
def test_no_change(text: str) -> None:
    """A question, the same again, a number that may be a one-time code, a word in a sentence."""
    assert read(text, RESTART) is None and read(text, TAIL) is None


@pytest.mark.parametrize("confirm", ["always", "natural-language"])
def test_an_edit_is_a_new_proposal(confirm: str) -> None:
    """Whether a keyword or a model made it: the old code is void and runs nothing, the new one runs what it shows,
    once; also where a keyword would have run at once."""
    play = Play(make_setup(make_config(policy=PolicyConfig(confirm=confirm))))  # type: ignore[arg-type]
    play.propose(RESTART)
    effects = play.say("actually make that alice", seconds=1)
    assert [one.kind for one in of(Record, effects)] == ["superseded", "proposed"] and not of(RunCalls, effects)
    (said,) = of(Say, effects)
    assert "7K3F is void" in said.text and "bot = alice" in said.text
    old = play.say("7K3F", seconds=2)
    assert not of(RunCalls, old) and "replaced" in of(Say, old)[0].text
    code = of(Record, effects)[1].details["code"]
    assert of(RunCalls, play.say(f"yes {code}", seconds=3))[0].calls == (ALICE,)
    assert not of(RunCalls, play.say(code, seconds=4))


def test_an_edit_is_checked_as_any_call() -> None:
    """Out of bounds: refused, and the old one is void all the same."""
    play = Play()
    play.propose(TAIL)
    effects = play.say("make it 5000 lines")
    assert (
        not of(RunCalls, effects) and "5000" in of(Say, effects)[0].text and "7K3F is void" in of(Say, effects)[0].text
    )
    assert not of(RunCalls, play.say("7K3F"))


def test_a_vague_change_voids_and_goes_on_to_the_model() -> None:
    """The words may mean anything; the old proposal is not it."""
    play = Play()
    play.propose(RESTART)
    effects = play.say("actually look after the other one")
    assert of(AskModel, effects) and "void" in of(Say, effects)[0].text and not of(RunCalls, play.say("7K3F"))


def test_a_keyword_about_the_same_tool_replaces_what_waits() -> None:
    """Who types `restart alice` while `restart bob` waits has changed their mind; who looks first has not."""
    play = Play()
    play.propose(RESTART)
    assert of(RunCalls, play.say("status", seconds=1)) and play.state.proposals[0].state is ProposalState.OPEN
    effects = play.say("restart alice", seconds=2)
    assert of(RunCalls, effects)[0].calls == (ALICE,) and of(Record, effects)[0].kind == "superseded"
    assert not of(RunCalls, play.say("7K3F", seconds=3))


def test_another_admins_words_change_nothing() -> None:
    """A proposal is its owner's."""
    play = Play()
    play.propose(RESTART)
    play.say("actually make that alice", LAN)
    assert of(RunCalls, play.say("7K3F"))[0].calls == (RESTART,)
