"""Proposals, answers and runs, played through: what runs, and what is said of it."""

from dataclasses import replace

import pytest

from nlops.domain.config import PolicyConfig
from nlops.domain.effects import GiveFile, Record, RunCalls, Say, ShowQr
from nlops.domain.events import RecordRefused, RunFinished, Ticked
from nlops.domain.tools import CODE_ALPHABET, ToolCall, ToolResult
from tests.engine.play import QR, RESTART, Play, of
from tests.support import LAN, MALLORY, WEI, make_config, make_setup


def test_always_confirm_makes_a_proposal_of_a_keyword() -> None:
    """With `confirm = "always"` even a keyword is shown first; its code then runs it, once."""
    play = Play(make_setup(make_config(policy=PolicyConfig(confirm="always"))))
    effects = play.say("restart bob")
    assert [type(one) for one in effects] == [Record, Say] and effects[0].kind == "proposed"
    code = effects[0].details["code"]
    assert code in effects[1].text and "restart" in effects[1].text and "bot = bob" in effects[1].text
    assert set(code) <= set(CODE_ALPHABET)
    started = play.say(f"yes {code}", seconds=5)
    assert [type(one) for one in started] == [Record, RunCalls] and started[0].kind == "confirmed"
    again = play.say(code, seconds=6)
    assert not of(RunCalls, again) and code in of(Say, again)[0].text


@pytest.mark.parametrize("words", ["7K3F", "yes 7k3f", "确认 7K3F", "yes"])
def test_words_of_yes(words: str) -> None:
    """Code alone, word with code, word alone."""
    play = Play()
    play.propose(RESTART)
    assert of(RunCalls, play.say(words, seconds=1))


@pytest.mark.parametrize(
    "words", ["y\u0435s", "确\u200b认", "他问我要不要点确认，你说呢", "yes?", "I said yes", "yes 8K3F"]
)
def test_what_is_not_a_yes(words: str) -> None:
    """A look-alike, an invisible character, a word inside a sentence, another code: nothing runs."""
    play = Play()
    play.propose(RESTART)
    assert not of(RunCalls, play.say(words, seconds=1))
    assert of(RunCalls, play.say("7K3F", seconds=2))


def test_another_person_cannot_confirm() -> None:
    """Another admin's yes and a stranger's yes run nothing, and leave the proposal to its owner."""
    play = Play()
    play.propose(RESTART)
    assert not of(RunCalls, play.say("7K3F", LAN))
    assert play.say("7K3F", MALLORY) and not of(RunCalls, play.say("yes", LAN))
    assert of(RunCalls, play.say("7K3F", WEI))


def test_denied_and_expired() -> None:
    """After no, and after its time, the code runs nothing and says so."""
    play = Play()
    play.propose(RESTART)
    assert of(Record, play.say("no"))[0].kind == "denied"
    assert not of(RunCalls, play.say("7K3F"))
    play.propose(RESTART, seconds=10, code="8M4G")
    assert [one.kind for one in of(Record, play(Ticked(), 131))] == ["expired"]
    late = play.say("8M4G", seconds=132)
    assert not of(RunCalls, late) and "expired" in of(Say, late)[0].text


def test_expiry_needs_no_tick() -> None:
    """A yes that comes late, before the second's tick did its work, is late all the same."""
    play = Play()
    play.propose(RESTART)
    late = play.say("7K3F", seconds=120)
    assert not of(RunCalls, late) and [one.kind for one in of(Record, late)] == ["expired", "refused"]


def test_changed_definition_lapses_the_proposal() -> None:
    """What was shown was shown under another definition: it does not run."""
    play = Play()
    play.propose(RESTART)
    tools = tuple(replace(tool, digest="other") for tool in play.setup.catalogue.tools)
    play.setup = replace(play.setup, catalogue=replace(play.setup.catalogue, tools=tools))
    assert not of(RunCalls, play.say("7K3F"))


def test_no_record_no_run_is_told() -> None:
    """Where the store refused, the admin hears that nothing ran, and the run is forgotten."""
    play = Play()
    run_id = of(RunCalls, play.say("restart bob"))[0].run_id
    told = of(Say, play(RecordRefused("disk full", (run_id,))))
    assert "disk full" in told[0].text and not play.state.running


def test_several_calls_stop_at_the_first_failure() -> None:
    """Two calls, one result: the second was left out, and that is said."""
    play = Play()
    play.propose(RESTART, ToolCall("status", {}))
    run_id = of(RunCalls, play.say("yes"))[0].run_id
    told = [one.text for one in of(Say, play(RunFinished(run_id, (ToolResult(False, "no pm2"),))))]
    assert "no pm2" in told[0] and "1 further" in told[1]


def test_results_take_their_shape() -> None:
    """A payload becomes a picture, a very long text a file, nothing printed a sentence."""
    play = Play()
    results = (ToolResult(True, "bob's login code:", qr=QR), ToolResult(True, "x" * 5000), ToolResult(True, ""))
    play.propose(ToolCall("qr", {"bot": "bob"}), RESTART, RESTART)
    effects = play(RunFinished(of(RunCalls, play.say("yes"))[0].run_id, results))
    assert of(ShowQr, effects)[0].payload == QR and len(of(GiveFile, effects)[0].data) == 5000
    assert "printed nothing" in of(Say, effects)[-1].text
