"""An admin's words, played through: keywords, free text, and a model that lies."""

from dataclasses import replace
from typing import Any

import pytest

from nlops.domain.bots import SignKind
from nlops.domain.config import AdminConfig, PolicyConfig, ToolPolicyConfig
from nlops.domain.effects import AskModel, Log, Record, RunCalls, Say, ShowQr
from nlops.domain.events import ModelAnswered, RunFinished, SignSeen
from nlops.domain.model import ModelFailure, ModelReply
from nlops.domain.tools import ToolCall, ToolResult
from tests.engine.play import QR, RESTART, Play, of, sign
from tests.support import LAN, WEI, make_config, make_setup
from tests.understand.saying import calls, none, sure


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


def test_free_text_is_asked_and_a_late_answer_is_nothing() -> None:
    """Free text becomes one question; an answer to no question changes nothing."""
    play = Play()
    asked = of(AskModel, play.say("bob seems down, send me his code"))
    assert len(asked) == 1
    assert play(ModelAnswered(99, ModelReply("{}"))) == ()
    play(ModelAnswered(asked[0].question_id, ModelReply("{}")))
    assert play(ModelAnswered(asked[0].question_id, ModelReply("{}"))) == ()


@pytest.mark.parametrize(
    "reason", ["off", "starting", "unread", "timeout", "unreachable", "refused", "too_large", "budget"]
)
def test_without_the_model_the_keywords_are_named(reason: Any) -> None:
    """Why free text cannot be read, and what works all the same."""
    play = Play()
    asked = of(AskModel, play.say("老样子，看看鲍勃怎么了", LAN))[0]
    told = of(Say, play(ModelAnswered(asked.question_id, ModelFailure(reason))))
    assert "重启" in told[0].text


@pytest.mark.parametrize("reason", ["unread", "timeout"])
def test_a_second_question_without_an_answer_makes_a_question_of_the_first_ones_change(reason: Any) -> None:
    """The log has why; nothing is proposed, and nothing is said of a model that is away."""
    play = Play()
    first = of(AskModel, play.say("could you get bob going again"))[0]
    unsure = sure(calls(("restart", {"bot": "bob"})), restart=0.1)
    second = of(AskModel, play(ModelAnswered(first.question_id, unsure)))[0]
    effects = play(ModelAnswered(second.question_id, ModelFailure(reason)))
    assert [type(one) for one in effects] == [Log, Say] and reason in effects[0].text
    assert "restart(bot=bob)" in effects[1].text and not play.state.proposals


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


@pytest.mark.parametrize("words", ["ok", "Yes, please!", "do it", "好的", "可以。", "嗯"])
def test_a_yes_in_other_words_is_told_the_word(words: str) -> None:
    """It runs nothing, and what waits goes on waiting. Where nothing waits it is talk."""
    play = Play()
    assert of(AskModel, play.say(words))
    play.propose(RESTART)
    (said,) = play.say(words, seconds=1)
    assert isinstance(said, Say) and "7K3F" in said.text
    assert of(RunCalls, play.say("7k3f", seconds=2))[0].calls == (RESTART,)
    assert of(AskModel, play.say(words, LAN, seconds=3))


@pytest.mark.parametrize(("words", "told"), [("what?", "1. restart  bot = bob\n“yes 7K3F”"), ("1", "by the number 1")])
def test_who_wonders_is_told_what_waits(words: str, told: str) -> None:
    """It goes on waiting; a number chooses nothing either."""
    play = Play()
    play.propose(RESTART)
    (said,) = play.say(words, seconds=1)
    assert isinstance(said, Say) and told in said.text
    assert of(RunCalls, play.say("7k3f", seconds=2))[0].calls == (RESTART,)


def test_rescue_can_be_switched_off_and_on() -> None:
    """While it is off no code is shown; the admin can still ask for it."""
    play = Play()
    told = {one.conversation_id: one.text for one in of(Say, play.say("disable-qrRescue bob"))}
    assert "“qr bob” still brings" in told[WEI] and told[LAN] == "wei 关闭了 bob 的扫码救援。"
    assert not of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR))))
    assert play.state.bots["bob"].payload == QR
    effects = play.say("ENABLE-QRRESCUE bob")
    assert {(one.contact_id, one.payload) for one in of(ShowQr, effects)} == {(WEI, QR), (LAN, QR)}
    assert not of(ShowQr, play.say("enable-qrrescue"))  # it was on: nothing comes twice
    assert of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR + "2"))))


def test_help_names_bots_and_words() -> None:
    """In the admin's language; of the tools, those that there are."""
    text = of(Say, Play().say("help"))[0].text
    assert "alice, bob" in text and "restart [bot] · log [bot] [lines]" in text and "In words only" not in text
    assert "二维码" in of(Say, Play().say("帮助", LAN))[0].text
    setup = make_setup()
    few = tuple(replace(tool, keywords=()) for tool in setup.catalogue.tools if tool.name in ("qr", "status"))
    text = of(Say, Play(replace(setup, catalogue=replace(setup.catalogue, tools=few))).say("help"))[0].text
    assert "restart [bot]" not in text and "In words only: Login QR code, Status of the bots." in text


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("help restart", "Restart a bot – it changes something."),
        ("help tail_logs", "Show the last lines of a bot's log: what it wrote, its output, its errors.\n"),
        ("help tail_logs", "· Lines: 1–500 (50 if you say none)"),
        ("help mute", "mute bob 8h"),
        ("help stop all", "until somebody says resume"),
    ],
)
def test_help_about_a_word(words: str, told: str) -> None:
    """A tool by its words, name or title, or a word that is no tool's. A sentence that begins so is free text."""
    assert told in of(Say, Play().say(words))[0].text
    assert of(AskModel, Play().say(f"{words} and so on"))


def test_help_about_a_word_in_chinese() -> None:
    """In the admin's language."""
    text = of(Say, Play().say("帮助 重启", LAN))[0].text
    assert "重启机器人 – 会改动。\n重启机器人的进程：重新启动" in text and "Restart" not in text
    assert "审计 bob" in of(Say, Play().say("审计 帮助", LAN))[0].text


def test_help_tells_what_is_demanded() -> None:
    """As the policy has it, not the definition."""
    setup = make_setup(make_config(policy=PolicyConfig(tools={"restart": ToolPolicyConfig("destroy", auth=("sms",))})))
    text = of(Say, Play(setup).say("help restart"))[0].text
    assert "can't be undone" in text and text.endswith("It wants the code sent by SMS too.")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("别再给我发 bob 的码了", "disable-qrrescue bob"),
        ("stop telling me about bob for an hour", "mute bob 30m"),
        ("silence alice until tomorrow", "mute alice 30m"),
        ("who restarted bob yesterday", "audit bob"),
        ("how often did bob drop today", "log bob 50"),
        ("stop that at once", "stop all"),
        ("wake me up if bob drops", "bob drops, its code comes to you"),
        ("how is the weather", ""),
        ("write a poem about bob", ""),
    ],
)
def test_a_no_tells_what_would_do(words: str, told: str) -> None:
    """Of nlops's own words, which the model knows nothing of."""
    play = Play()
    asked = of(AskModel, play.say(words))[0]
    said = answered_no(play, asked)
    assert said.startswith("That is not something I can do here.") and ("\n" in said) == bool(told) and told in said


def test_who_wants_to_be_told_hears_that_they_are() -> None:
    """Beside the question whether a look is meant now."""
    play = Play()
    asked = of(AskModel, play.say("tell me if bob drops"))[0]
    effects = play(ModelAnswered(asked.question_id, ModelReply(calls(("status", {"bot": "bob"}), mood="if"))))
    text = of(Say, effects)[0].text
    assert "Now would be: status(bot=bob)" in text and text.endswith("[[bot.alert]] in nlops.toml.")


def answered_no(play: Play, asked: AskModel) -> str:
    effects = play(ModelAnswered(asked.question_id, ModelReply(none("impossible"))))
    text: str = of(Say, effects)[0].text
    return text


def test_which_bot_is_asked_with_how_each_is() -> None:
    """The number chooses, and what only looks runs then as if the word had had the name; a change is shown first."""
    play = Play()
    play(SignSeen(sign(SignKind.WAITING, QR)))
    text = of(Say, play.say("qr"))[0].text
    assert text.endswith("1. alice\n2. bob – waiting for a scan")
    assert of(RunCalls, play.say("2"))[0].calls == (ToolCall("qr", {"bot": "bob"}),)
    assert "which bot" in of(Say, play.say("restart"))[0].text.lower()
    assert not of(RunCalls, play.say("2")) and play.state.proposals[-1].calls == (RESTART,)


def test_the_language_is_the_admins_the_configurations_or_that_of_the_words() -> None:
    """In this order; what is told unasked is told in the language of the last words."""
    admins = (AdminConfig("wei", WEI), AdminConfig("lan", LAN, "zh"))
    play = Play(make_setup(make_config(admins=admins, language="en")))
    assert "没有" in of(Say, play.say("yes", LAN))[0].text and "Nothing" in of(Say, play.say("取消"))[0].text
    play = Play(make_setup(make_config(admins=admins)))
    play(SignSeen(sign(SignKind.LOGGED_IN)))
    assert "logged out" in of(Say, play(SignSeen(sign(SignKind.LOGGED_OUT))))[0].text
    assert "没有" in of(Say, play.say("取消"))[0].text
    assert "恢复在线" in of(Say, play(SignSeen(sign(SignKind.LOGGED_IN))))[0].text
    assert "没有" in of(Say, play.say("7K3F"))[0].text and "Nothing" in of(Say, play.say("yes"))[0].text
