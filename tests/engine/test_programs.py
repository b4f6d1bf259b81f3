"""Other programs' requests, played through: what runs at once, what an admin is asked, what each hears."""

from dataclasses import replace
from typing import Any

import pytest

from nlops.domain.bots import SignKind
from nlops.domain.config import AdminConfig, McpServerConfig, PolicyConfig, RuleConfig, Secret, ToolPolicyConfig
from nlops.domain.effects import AnswerCall, BeginFactor, CheckCode, GiveFile, Record, RunCalls, Say, ShowQr
from nlops.domain.events import (
    CallAsked,
    CallDropped,
    FactorBegun,
    FactorChecked,
    Paired,
    PinChanged,
    RecordRefused,
    RunFinished,
    SignSeen,
    Ticked,
    TookOver,
)
from nlops.domain.programs import Program
from nlops.domain.tools import ToolCall, ToolPolicy, ToolResult
from nlops.engine.programs import MAX_RUNNING
from tests.engine.play import Play, of, sign
from tests.support import LAN, WEI, make_config, make_setup

PROGRAM = Program("inspector", "9", "stdio", "root")
OFFERED = McpServerConfig(("status", "tail_logs", "restart"), "wei")
RESTART = ToolCall("restart", {"bot": "bob"})


def make_play(confirm: Any = "never", offered: McpServerConfig | None = OFFERED) -> Play:
    return Play(make_setup(make_config(policy=PolicyConfig(confirm=confirm), mcp_server=offered)))


def ask(play: Play, call: ToolCall, request: str = "1", seconds: float = 0.0) -> tuple[Any, ...]:
    return play(CallAsked(request, PROGRAM, call), seconds)


def code_in(effects: tuple[Any, ...]) -> str:
    return str(of(Record, effects)[0].details["code"])


def answers(effects: tuple[Any, ...]) -> list[tuple[str, bool | None]]:
    return [(one.request_id, one.ok) for one in of(AnswerCall, effects)]


def test_a_look_runs_at_once_and_nobody_is_told() -> None:
    """Its result is the program's alone; the record says whose it was."""
    play = make_play()
    record, run = ask(play, ToolCall("status", {}))
    assert (record.kind, record.admin, record.details["words"]) == (
        "allowed",
        "mcp:inspector",
        "inspector 9 (stdio, user root)",
    )
    effects = play(RunFinished(run.run_id, (ToolResult(True, "bob: fine"),)))
    assert [type(one) for one in effects] == [Record, AnswerCall]
    assert effects[1] == AnswerCall("1", True, "bob: fine")


@pytest.mark.parametrize("confirm", ["always", "natural-language", "never"])
def test_a_change_always_waits_for_the_admin(confirm: Any) -> None:
    """Whatever [policy] says of chat orders. It is shown with who asks; the code runs it; both hear of the end."""
    play = make_play(confirm)
    effects = ask(play, RESTART)
    assert not of(RunCalls, effects) and answers(effects) == [("1", None)]
    said = of(Say, effects)[0]
    assert said.conversation_id == WEI and "inspector 9 (stdio, user root)" in said.text and "bot = bob" in said.text
    run = of(RunCalls, play.say(code_in(effects), seconds=5))[0]
    done = play(RunFinished(run.run_id, (ToolResult(True, "bob restarted"),)), 6)
    assert [one.conversation_id for one in of(Say, done)] == [WEI]
    assert of(AnswerCall, done) == [AnswerCall("1", True, "bob restarted")]
    assert not play.state.requested


def test_natural_language_asks_for_looks_of_the_model_only() -> None:
    """A program's call is exact: nothing was read into it. `always` asks for it all the same."""
    assert of(RunCalls, ask(make_play("natural-language"), ToolCall("status", {})))
    assert not of(RunCalls, ask(make_play("always"), ToolCall("status", {})))


def test_a_bare_yes_is_for_the_persons_own() -> None:
    """While a program's proposal is open, `yes` alone runs nothing of it, and the person's own is neither replaced nor
    confused with it."""
    play = make_play("always")
    own = code_in(play.say("restart alice"))
    theirs = code_in(ask(play, RESTART, seconds=1))
    assert not of(RunCalls, play.say("yes", seconds=2))
    assert of(RunCalls, play.say(own, seconds=3))[0].calls == (ToolCall("restart", {"bot": "alice"}),)
    assert not of(RunCalls, play.say("yes", seconds=4))
    newer = code_in(play.say("restart alice", seconds=5))
    assert of(RunCalls, play.say(theirs, seconds=6))[0].calls == (RESTART,)
    assert of(RunCalls, play.say(newer, seconds=7))


def test_a_bare_no_is_for_the_persons_own_first() -> None:
    play = make_play("always")
    own = code_in(play.say("restart alice"))
    ask(play, RESTART, seconds=1)
    assert own in of(Say, play.say("no", seconds=2))[0].text
    assert answers(play.say("no", seconds=3)) == [("1", False)]


def demanding(tool: str) -> Play:
    """A play in which this tool demands the admin's authenticator."""
    wei = AdminConfig("wei", WEI, "en", Secret("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"))
    policy = PolicyConfig(confirm="never", tools={tool: ToolPolicyConfig(auth=("totp",))})
    return Play(make_setup(make_config(admins=(wei,), policy=policy, mcp_server=OFFERED)))


@pytest.mark.parametrize("call", [RESTART, ToolCall("status", {})], ids=lambda call: call.tool)
def test_a_second_factor_is_the_admins_to_give(call: ToolCall) -> None:
    """For a look too. The program waits for the code as for the word, and hears the outcome."""
    play = demanding(call.tool)
    asked = ask(play, call)
    assert not of(RunCalls, asked) and answers(asked) == [("1", None)]
    effects = play.say(f"yes {code_in(asked)}", seconds=1)
    (begin,) = of(BeginFactor, effects)
    assert not of(RunCalls, effects) and not answers(effects)
    play(FactorBegun(begin.proposal_id, "totp"), 1)
    (check,) = of(CheckCode, play.say("123456", seconds=2))
    (run,) = of(RunCalls, play(FactorChecked(check.proposal_id, "totp", WEI, is_right=True), 3))
    assert run.calls == (call,)
    assert answers(play(RunFinished(run.run_id, (ToolResult(True, "fine"),)), 4)) == [("1", True)]


def test_a_factor_that_is_not_given_is_a_no() -> None:
    """The admin was locked over it, or nobody gave the code in time: the program hears that nothing was done."""
    for ends in (True, False):
        play = demanding("restart")
        code = code_in(ask(play, RESTART))
        (begin,) = of(BeginFactor, play.say(f"yes {code}", seconds=1))
        play(FactorBegun(begin.proposal_id, "totp"), 1)
        (check,) = of(CheckCode, play.say("123456", seconds=2))
        locked = FactorChecked(check.proposal_id, "totp", WEI, is_right=False, trouble="locked", locks_now=True)
        effects = play(locked, 3) if ends else play(Ticked(), 1000)
        assert not of(RunCalls, effects) and answers(effects) == [("1", False)]


def test_another_admin_cannot_confirm() -> None:
    play = make_play()
    code = code_in(ask(play, RESTART))
    assert not of(RunCalls, play.say(code, LAN))


@pytest.mark.parametrize("how", ["no", "time", "drop", "pair", "restart", "record"])
def test_every_end_is_answered_once(how: str) -> None:
    """Refused, run out of time, left by its program, its admin bound anew, the process begun again, no record: the
    program hears it once, and the code is worth nothing afterwards."""
    play = make_play()
    if how == "pair":
        config = make_config(mcp_server=OFFERED, policy=PolicyConfig(confirm="never"))
        admins = (replace(config.admins[0], contact=None), config.admins[1])
        from nlops.domain.chat import KnownContact

        play = Play(make_setup(replace(config, admins=admins)), wei=KnownContact(WEI))
    code = code_in(ask(play, RESTART))
    match how:
        case "no":
            ended = play.say("no", seconds=1)
        case "time":
            ended = play(Ticked(), 121)
        case "drop":
            ended = play(CallDropped("1"), 1)
            assert "withdrawn" in of(Say, ended)[0].text
        case "pair":
            ended = play(Paired("wei", "wxid_other"), 1)
        case "restart":
            play.state = replace(play.state, requested={})
            ended = play(TookOver(), 1)
            assert "withdrawn" in of(Say, ended)[0].text
        case _:
            run = of(RunCalls, play.say(code, seconds=1))[0]
            ended = play(RecordRefused("disk full", (run.run_id,)), 2)
    assert answers(ended) == ([] if how in ("drop", "restart") else [("1", False)])
    assert not of(RunCalls, play.say(code, seconds=122)) and not play.state.requested
    assert not answers(play(Ticked(), 300))


def test_a_program_that_leaves_a_run_changes_nothing() -> None:
    """What was confirmed goes on, and its admin hears of its end."""
    play = make_play()
    run = of(RunCalls, play.say(code_in(ask(play, RESTART)), seconds=1))[0]
    assert play(CallDropped("1"), 2) == ()
    done = play(RunFinished(run.run_id, (ToolResult(True, "fine"),)), 3)
    assert [one.conversation_id for one in of(Say, done)] == [WEI] and not of(AnswerCall, done)


@pytest.mark.parametrize(
    ("call", "why"),
    [
        (ToolCall("qr", {"bot": "bob"}), "There is no tool qr here."),
        (ToolCall("rm", {}), "There is no tool rm here."),
        (ToolCall("restart", {"bot": "carol"}), "restart: bot: 'carol' is not one of ['alice', 'bob']"),
        (ToolCall("restart", {}), "restart: 'bot' is a required property"),
        (ToolCall("status", {"bot": "bob", "x": 1}), "Additional properties"),
    ],
)
def test_what_is_refused(call: ToolCall, why: str) -> None:
    """Not offered, or not what the schema lets through: recorded, and nobody in a chat hears of it."""
    effects = ask(make_play(), call)
    assert [type(one) for one in effects] == [Record, AnswerCall] and effects[0].kind == "refused"
    assert effects[1].ok is False and why in effects[1].text


def test_nothing_is_offered_by_default() -> None:
    effects = ask(make_play(offered=None), ToolCall("status", {}))
    assert not of(RunCalls, effects) and "no [mcp_server]" in of(AnswerCall, effects)[0].text


def test_arguments_that_nobody_could_read_are_refused() -> None:
    """What is confirmed is shown whole, in one message."""
    play = make_play()
    tool = play.setup.catalogue.get("restart")
    assert tool is not None
    schema = {"type": "object", "properties": {"x": {"type": "string"}}, "additionalProperties": False}
    tools = (replace(tool, input_schema=schema),)
    play.setup = replace(play.setup, catalogue=replace(play.setup.catalogue, tools=tools))
    assert "too long to be shown" in of(AnswerCall, ask(play, ToolCall("restart", {"x": "y" * 2000})))[0].text


def test_one_question_at_a_time_and_few_runs() -> None:
    """A program can neither flood the admin's chat nor the host."""
    play = make_play()
    ask(play, RESTART)
    second = ask(play, ToolCall("restart", {"bot": "alice"}), "2")
    assert not of(Say, second) and "wei's word" in of(AnswerCall, second)[0].text
    for number in range(MAX_RUNNING):
        assert of(RunCalls, ask(play, ToolCall("status", {}), f"r{number}"))
    assert not of(RunCalls, ask(play, ToolCall("status", {}), "r9"))


RULE = RuleConfig("confirm", tools=("status",), except_admins=("wei",))


@pytest.mark.parametrize(
    ("rule", "call", "asks"),
    [
        (RULE, ToolCall("status", {}), True),
        (replace(RULE, then="deny"), ToolCall("status", {}), True),
        (RuleConfig("deny", tools=("restart",)), RESTART, False),
        (
            RuleConfig("deny", tools=("status",), except_admins=("lan",), reason="no looks"),
            ToolCall("status", {}),
            False,
        ),
        (RuleConfig("deny", tools=("restart",), except_admins=("wei",)), RESTART, True),
    ],
)
def test_rules_hold_for_programs(rule: RuleConfig, call: ToolCall, asks: bool) -> None:
    """A program is no admin: what a rule lets one admin alone do, that admin is asked for. What is denied to them too
    is denied, and recorded; the program hears why."""
    config = make_config(mcp_server=OFFERED, policy=PolicyConfig(confirm="never", rules=(rule,)))
    play = Play(make_setup(config))
    effects = ask(play, call)
    assert not of(RunCalls, effects) and answers(effects) == [("1", None if asks else False)]
    assert bool(of(Say, effects)) is asks
    if asks:
        assert of(RunCalls, play.say(code_in(effects), seconds=1))[0].calls == (call,)
    else:
        assert of(Record, effects)[0].kind == "refused" and "can't run that" in of(AnswerCall, effects)[0].text


def test_the_kill_switch_holds_for_programs() -> None:
    """What waits is dropped, and answered; nothing that changes something begins; a look does."""
    play = make_play()
    code = code_in(ask(play, RESTART))
    assert answers(play.say("stop all", LAN, seconds=1)) == [("1", False)]
    assert not of(RunCalls, play.say(code, seconds=2))
    refused = ask(play, RESTART, "2", seconds=3)
    assert not of(Say, refused) and "lan" in of(AnswerCall, refused)[0].text
    assert of(RunCalls, ask(play, ToolCall("status", {}), "3", seconds=4))


@pytest.mark.parametrize("words", ["30 lines instead", "make that alice", "not now", "不对", "改成 alice"])
def test_words_of_a_person_change_nothing_of_a_programs(words: str) -> None:
    """What an admin says in passing neither edits nor voids what a program asked for."""
    play = make_play()
    code = code_in(ask(play, RESTART))
    play.say(words, seconds=1)
    assert of(RunCalls, play.say(code, seconds=2))[0].calls == (RESTART,)


def test_nobody_to_ask() -> None:
    """An admin who is not paired yet can't be asked; a look still runs."""
    config = make_config(mcp_server=OFFERED)
    admins = (replace(config.admins[0], contact=None), config.admins[1])
    play = Play(make_setup(replace(config, admins=admins)))
    assert "nlops pair wei" in of(AnswerCall, ask(play, RESTART))[0].text
    assert of(RunCalls, ask(play, ToolCall("status", {})))


def test_codes_and_files() -> None:
    """A login code never goes to a program, whatever tool gives it; a file does."""
    play = make_play()
    run = of(RunCalls, ask(play, ToolCall("status", {})))[0]
    play(SignSeen(sign(SignKind.WAITING, "http://weixin.qq.com/x/AbCdEf")))
    effects = play(RunFinished(run.run_id, (ToolResult(True, "scan", qr="http://weixin.qq.com/x/AbCdEf"),)))
    assert not of(ShowQr, effects) and "AbCdEf" not in of(AnswerCall, effects)[0].text
    run = of(RunCalls, ask(play, ToolCall("status", {}), "2"))[0]
    effects = play(RunFinished(run.run_id, (ToolResult(True, "", file=("a.png", b"x")),)))
    assert not of(GiveFile, effects) and of(AnswerCall, effects) == [AnswerCall("2", True, "", (("a.png", b"x"),))]


def test_a_long_text_comes_whole() -> None:
    """All pages, as text: where a chat would get a file, or the first of several."""
    play = make_play()
    run = of(RunCalls, ask(play, ToolCall("status", {})))[0]
    effects = play(RunFinished(run.run_id, (ToolResult(True, "x" * 5000, rest=("second", "third")),)))
    assert of(AnswerCall, effects) == [AnswerCall("1", True, "x" * 5000 + "\nsecond\nthird")]
    assert not play.state.pages


def test_a_long_look_goes_on() -> None:
    """What is said of a run that lasts is no answer yet."""
    play = make_play()
    run = of(RunCalls, ask(play, ToolCall("status", {})))[0]
    told = [answer for second in range(1, 62) for answer in of(AnswerCall, play(Ticked(), second))]
    assert told and all(answer.ok is None and "5 s" in answer.text for answer in told[:1])
    assert answers(play(RunFinished(run.run_id, (ToolResult(True, "fine"),)), 62)) == [("1", True)]


def test_a_look_that_is_not_recorded_is_answered() -> None:
    play = make_play()
    run = of(RunCalls, ask(play, ToolCall("status", {})))[0]
    effects = play(RecordRefused("disk full", (run.run_id,)))
    assert answers(effects) == [("1", False)] and not of(Say, effects)


def test_a_second_factor_is_asked_of_the_admin() -> None:
    """What the tool's policy demands holds for programs too: confirmed is not yet run."""
    play = make_play()
    tools = tuple(
        replace(tool, policy=ToolPolicy("destroy", "always", ("totp",))) if tool.name == "restart" else tool
        for tool in play.setup.catalogue.tools
    )
    play.setup = replace(play.setup, catalogue=replace(play.setup.catalogue, tools=tools))
    code = code_in(ask(play, RESTART))
    confirmed = play.say(code, seconds=1)
    # At once where the configuration has no such factor for this admin, else when nobody gave it in time.
    assert not of(RunCalls, confirmed)
    assert [*answers(confirmed), *answers(play(Ticked(), 4000))] == [("1", False)]


def test_a_changed_tool_is_told_to_every_admin() -> None:
    """Each in their language, with what changed; and it is recorded."""
    effects = make_play()(PinChanged("files_echo", "files", "echo", "+ rm -rf"))
    assert [one.conversation_id for one in of(Say, effects)] == [WEI, LAN]
    assert "files_echo is off" in of(Say, effects)[0].text and "files_echo 已停用" in of(Say, effects)[1].text
    assert all("+ rm -rf" in one.text for one in of(Say, effects)) and of(Record, effects)[0].kind == "changed"
