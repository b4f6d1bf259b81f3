"""The engine, played through: histories of events, and exactly the effects that each must have."""

from dataclasses import replace
from typing import Any

import pytest

from nlops.domain.bots import BotStatus, LogHit, LogSign, SignKind
from nlops.domain.chat import ChatMessage
from nlops.domain.config import AlertConfig, BotConfig, PolicyConfig
from nlops.domain.effects import AskModel, Effect, GiveFile, KeepBots, Log, Record, RunCalls, Say, ShowQr
from nlops.domain.events import (
    AlertSeen,
    BacklogRead,
    Event,
    MessageReceived,
    ModelAnswered,
    Moment,
    RecordRefused,
    RunFinished,
    SignSeen,
    Ticked,
)
from nlops.domain.model import ModelFailure, ModelReply
from nlops.domain.tools import CODE_ALPHABET, Proposal, ToolCall, ToolResult
from nlops.engine import STALE_AFTER_S, Setup, State, step
from nlops.gate.confirm import add
from nlops.gate.policy import contacts_of
from tests.support import LAN, MALLORY, WEI, at, make_config, make_setup

QR = "http://weixin.qq.com/x/AbCdEf"


class Play:
    """A history in the making: `play(event, seconds)` returns the effects, and remembers the state."""

    def __init__(self, setup: Setup | None = None) -> None:
        self.setup = setup or make_setup()
        self.state = State(contacts=contacts_of(self.setup.config.admins, {}))
        self.count = 0

    def __call__(self, event: Event, seconds: float = 0.0) -> tuple[Any, ...]:
        self.count += 1
        self.state, effects = step(self.setup, self.state, event, at(seconds, self.count))
        return effects  # Any: a test that reads a field of the wrong effect fails at once

    def say(self, text: str, who: str = WEI, seconds: float = 0.0, **changes: Any) -> tuple[Any, ...]:
        message = ChatMessage(f"m{self.count}", who, None, text, at(seconds).wall)
        return self(MessageReceived(replace(message, **changes)), seconds)

    def propose(self, *calls: ToolCall, seconds: float = 0.0, code: str = "7K3F") -> None:
        """An open proposal of `calls`, as the model's answer would make one."""
        now = at(seconds, self.count)
        digests = tuple(tool.digest for call in calls if (tool := self.setup.catalogue.get(call.tool)))
        expires = now.monotonic + self.setup.config.policy.ttl_s
        one = Proposal(code, "wei", WEI, calls, digests, "change", "words", "model", expires)
        self.state = replace(self.state, proposals=add(self.state.proposals, one))


def of(kind: type[Effect], effects: tuple[Any, ...]) -> list[Any]:
    return [effect for effect in effects if isinstance(effect, kind)]


def sign(kind: SignKind, payload: str | None = None, bot: str = "bob", account: str | None = None) -> LogSign:
    return LogSign(bot, kind, "the line", payload, account, "k:0")


RESTART = ToolCall("restart", {"bot": "bob"})


def test_rescue_from_loss_to_return() -> None:
    """A scan line shows the code once to each admin, a refreshed one again; the login is told with time and test."""
    play = Play()
    shown = of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR)), 0))
    assert [(one.contact_id, one.payload) for one in shown] == [(WEI, QR), (LAN, QR)]
    assert "扫码" in shown[1].caption and "Scan" in shown[0].caption
    assert not of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR)), 5))
    assert len(of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR + "2")), 60))) == 2
    told = of(Say, play(SignSeen(sign(SignKind.LOGGED_IN, account="Bob")), 90))
    assert [one.text for one in told if one.conversation_id == WEI] == ["bob is back after 90 s.", "#ping"]
    assert play.state.bots["bob"].payload is None


def test_an_alert_goes_to_every_admin_in_their_language() -> None:
    """The first at once, what is over the limit as one message with counts a minute later."""
    bots = (BotConfig("bob", (), alerts=(AlertConfig("ERR", "errors", at_most=1),)),)
    play = Play(make_setup(make_config(bots=bots)))
    event = AlertSeen("bob", "errors", "bob.log", (LogHit("s", "ERR 1", 2, ("before",), ("after",)),))
    assert [(one.conversation_id, one.text) for one in play(event, 0)] == [
        (WEI, "bob's log, alert “errors”:\nbefore\n▸ ERR 1  (×2)\nafter"),
        (LAN, "bob 的日志告警「errors」：\nbefore\n▸ ERR 1  （2 次）\nafter"),
    ]
    assert play(replace(event, hits=(LogHit("s", "ERR 2"), LogHit("t", "ERR x")), more=7), 1) == ()
    assert play(Ticked(), 60) == ()
    assert [one.text for one in play(Ticked(), 61) if one.conversation_id == WEI] == [
        "bob's log, alert “errors”, since the last message:\nERR 2\nERR x\n… and 7 more lines"
    ]
    assert play(Ticked(), 200) == () and not play.state.alerts


def test_an_alert_that_nobody_configured_is_nothing() -> None:
    """A defined no-op, as everything that comes from outside."""
    play = Play()
    for bot, alert in (("bob", "errors"), ("nobody", "errors"), ("bob", "")):
        assert play(AlertSeen(bot, alert, "bob.log", (LogHit("s", "ERR"),))) == ()
    assert not play.state.alerts


def test_suspicious_lines_are_folded() -> None:
    """A flood of forged scan lines is two messages to each admin, and offers nothing."""
    play = Play()
    play(SignSeen(sign(SignKind.LOGGED_IN)), 0)
    (first, _) = of(Say, play(SignSeen(sign(SignKind.WAITING, QR)), 1))
    assert first.text.startswith("Suspicious: bob is logged in")
    for number in range(300):
        assert not of(Say, play(SignSeen(sign(SignKind.WAITING, f"{QR}{number}")), 2))
    (again, zh) = of(Say, play(Ticked(), 62))
    assert again.text.startswith("Suspicious, 300 more times") and "300 次" in zh.text
    assert play.state.bots["bob"].payload is None


def test_backlog_tells_only_what_still_holds() -> None:
    """Yesterday's codes are not shown; a code that is still waited for is, once."""
    play = Play()
    old = (sign(SignKind.WAITING, QR), sign(SignKind.LOGGED_IN), sign(SignKind.WAITING, QR + "a", "alice"))
    effects = play(BacklogRead(old))
    assert {one.bot for one in of(ShowQr, effects)} == {"alice"} and not of(Say, effects)
    assert play.state.bots["bob"].status is BotStatus.LOGGED_IN
    assert of(KeepBots, effects)


@pytest.mark.parametrize(
    "changes",
    [
        {"contact_id": MALLORY},
        {"contact_id": ""},
        {"room_id": "r@chatroom"},
        {"contact_id": MALLORY, "room_id": "r@chatroom"},
        {"is_own": True},
        {"kind": "other"},
        {"sent_at": at(0).wall - STALE_AFTER_S - 1},
    ],
)
@pytest.mark.parametrize("text", ["restart bob", "bob seems down, send me his code", "7K3F", "yes"])
def test_who_may_not_is_not_answered(text: str, changes: dict[str, Any]) -> None:
    """Strangers, rooms, own, old and other messages: no reply, no model, no run, and the state as before."""
    play = Play()
    play.propose(RESTART)
    before = play.state
    effects = play.say(text, **changes)
    assert not [one for one in effects if not isinstance(one, Log)] and play.state == before


def test_keyword_runs_behind_its_record() -> None:
    """`restart bob` by keyword: the record first, then the run, no question to the model."""
    play = Play()
    effects = play.say("restart bob")
    assert [type(one) for one in effects] == [Record, RunCalls]
    assert effects[0].kind == "allowed" and effects[1].calls == (RESTART,)
    finished = play(RunFinished(effects[1].run_id, (ToolResult(True, "bob restarted: pid 1 → 2."),)))
    assert [type(one) for one in finished] == [Record, Say]
    assert finished[0].kind == "ran" and finished[0].details["results"][0]["ok"] is True
    assert play(RunFinished(effects[1].run_id, ())) == ()  # a second end of the same run is nothing


def test_keyword_defaults_are_what_runs() -> None:
    """A default is filled in before the run, so that record and run are the same."""
    effects = Play().say("日志 bob")
    assert of(RunCalls, effects)[0].calls == (ToolCall("tail_logs", {"bot": "bob", "lines": 50}),)


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


def test_free_text_is_asked_and_a_late_answer_is_nothing() -> None:
    """Free text becomes one question; an answer to no question changes nothing."""
    play = Play()
    asked = of(AskModel, play.say("bob seems down, send me his code"))
    assert len(asked) == 1
    assert play(ModelAnswered(99, ModelReply("{}"))) == ()
    play(ModelAnswered(asked[0].question_id, ModelReply("{}")))
    assert play(ModelAnswered(asked[0].question_id, ModelReply("{}"))) == ()


@pytest.mark.parametrize("reason", ["off", "starting", "timeout", "unreachable", "refused", "too_large", "budget"])
def test_without_the_model_the_keywords_are_named(reason: Any) -> None:
    """Why free text cannot be read, and what works all the same."""
    play = Play()
    asked = of(AskModel, play.say("老样子，看看鲍勃怎么了", LAN))[0]
    told = of(Say, play(ModelAnswered(asked.question_id, ModelFailure(reason))))
    assert "重启" in told[0].text


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "{}",
        "not json",
        "[]",
        '{"calls": [{"tool": "rm", "arguments": {}}]}',
        '{"calls": 1}',
        "NaN",
        '{"calls":[]}',
        "[" * 5000,
        '{"calls":[{"tool":"restart","arguments":{"bot":"bob","force":true}}]}',
    ],
)
def test_lying_model_proposes_nothing(reply: str) -> None:
    """Whatever a model answers to a look at alice: no run, and no proposal of anything else."""
    play = Play()
    asked = of(AskModel, play.say("how is alice doing today, all well with her?"))[0]
    effects = play(ModelAnswered(asked.question_id, ModelReply(reply)))
    assert not of(RunCalls, effects)
    assert all(call["tool"] != "restart" for one in of(Record, effects) for call in one.details["calls"])


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


def test_rescue_can_be_switched_off_and_on() -> None:
    """While it is off no code is shown; the admin can still ask for it."""
    play = Play()
    assert of(Say, play.say("disable-qrRescue bob"))
    assert not of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR))))
    assert play.state.bots["bob"].payload == QR
    play.say("ENABLE-QRRESCUE bob")
    assert of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR + "2"))))


def test_help_names_bots_and_words() -> None:
    """In the admin's language."""
    assert "alice, bob" in of(Say, Play().say("help"))[0].text
    assert "二维码" in of(Say, Play().say("帮助", LAN))[0].text


def test_moment_is_all_it_needs() -> None:
    """The same history twice gives the same effects: nothing inside draws time or chance."""
    setup = make_setup(make_config(policy=PolicyConfig(confirm="always")))

    def history() -> list[tuple[Effect, ...]]:
        play = Play(setup)
        return [play.say("restart bob"), play.say("status"), play(SignSeen(sign(SignKind.WAITING, QR)))]

    assert history() == history()
    assert isinstance(at(0), Moment)
