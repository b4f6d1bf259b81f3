"""Conversations as histories of events: what was said a moment ago counts, in this chat and for this admin only."""

import json
from typing import Any

import pytest

from nlops.domain.bots import SignKind
from nlops.domain.effects import AskModel, Record, RunCalls, Say
from nlops.domain.events import ModelAnswered, SignSeen
from nlops.domain.model import ModelFailure, ModelReply
from nlops.domain.tools import ProposalState, ToolCall
from nlops.understand.talk import FRESH_S
from tests.engine.play import RESTART, Play, of, sign
from tests.support import LAN, WEI

STATUS, LOG = ToolCall("status", {"bot": "bob"}), ToolCall("tail_logs", {"bot": "alice", "lines": 50})


def calls(*made: tuple[str, dict[str, object]], mood: str = "now") -> ModelReply:
    return ModelReply(json.dumps({mood: [{tool: arguments} for tool, arguments in made]}))


def answer(play: Play, asked: tuple[Any, ...], reply: ModelReply, seconds: float = 0.0) -> tuple[Any, ...]:
    """The model answers the one question among these effects."""
    (question,) = of(AskModel, asked)
    return play(ModelAnswered(question.question_id, reply), seconds)


def turns(effects: tuple[Any, ...]) -> list[tuple[str, str]]:
    """What the question holds behind the system text and before the message."""
    (question,) = of(AskModel, effects)
    return list(question.request.messages[1:-1])


def proposed(play: Play) -> list[tuple[ToolCall, ...]]:
    """What waits for a confirmation; a keyword's own run does not."""
    return [one.calls for one in play.state.proposals if one.state is ProposalState.OPEN and one.code]


BEFORE_BOB = [("user", "status bob"), ("assistant", '{"now":[{"status":{"bot":"bob"}}]}')]


def test_restart_him_after_a_keyword() -> None:
    """The keyword's call goes to the model with the words, and is what "him" may mean; the change is proposed."""
    play = Play()
    play.say("status bob")
    asked = play.say("hmm, restart him", seconds=20)
    assert turns(asked) == BEFORE_BOB
    effects = answer(play, asked, calls(("restart", {"bot": "bob"})), 21)
    assert not of(RunCalls, effects) and of(Record, effects)[0].kind == "proposed"
    assert proposed(play) == [(RESTART,)]


def test_him_is_nobody_else() -> None:
    """A model that names another bot than the one that was spoken of is asked back."""
    play = Play()
    play.say("status bob")
    effects = answer(play, play.say("hmm, restart him"), calls(("restart", {"bot": "alice"})))
    assert "Which bot" in of(Say, effects)[0].text and not proposed(play)


@pytest.mark.parametrize("words", ["no, alice", "改成爱丽丝"])
def test_after_a_change_of_what_waits_she_is_the_one_that_it_was_changed_to(words: str) -> None:
    play = Play()
    answer(play, play.say("he hangs, restart bob"), calls(("restart", {"bot": "bob"})))
    play.say(words, seconds=5)
    asked = play.say("how is she now?", seconds=10)
    assert turns(asked) == [("user", words), ("assistant", '{"now":[{"restart":{"bot":"alice"}}]}')]
    answer(play, asked, calls(("status", {"bot": "alice"})), 11)
    assert proposed(play) == [(ToolCall("status", {"bot": "alice"}),)]


def test_and_her_log() -> None:
    """What free text was understood as is an exchange like a keyword's."""
    play = Play()
    answer(play, play.say("how is alice doing today?"), calls(("status", {"bot": "alice"})))
    asked = play.say("and her log?", seconds=5)
    assert turns(asked)[0] == ("user", "how is alice doing today?")
    effects = answer(play, asked, calls(("tail_logs", {"bot": "alice"})), 6)
    assert of(Say, effects) and proposed(play) == [(LOG,)]


@pytest.mark.parametrize("word", ["2", "第二个", "the second one", "bob", "鲍勃", "bobby", "2."])
def test_a_bare_answer_completes_a_question_without_the_model(word: str) -> None:
    """A change in free text is proposed, and not run, whoever read the answer."""
    play = Play()
    asked = answer(play, play.say("could you restart it please"), calls(("restart", {"bot": "?"})))
    assert of(Say, asked)[0].text == "Which bot do you mean?\n1. alice\n2. bob"
    effects = play.say(word, seconds=30)
    assert not of(AskModel, effects) and not of(RunCalls, effects)
    assert proposed(play) == [(RESTART,)]


def test_a_keywords_question_is_answered_so_too() -> None:
    """What only looks runs then, as if the word had had the name; what changes something wants a confirmation."""
    play = Play()
    assert "1. alice" in of(Say, play.say("log"))[0].text
    assert of(RunCalls, play.say("1"))[0].calls == (ToolCall("tail_logs", {"bot": "alice", "lines": 50}),)
    assert of(Say, play.say("restart")) and not of(RunCalls, play.say("2")) and proposed(play) == [(RESTART,)]


def test_an_answer_works_while_the_model_is_away() -> None:
    """And what cannot be read without it says so, and leaves the question open."""
    play = Play()
    play.say("restart")
    (question,) = of(AskModel, play.say("the one that i mean"))
    play(ModelAnswered(question.question_id, ModelFailure("timeout")))
    play.say("2")
    assert proposed(play) == [(RESTART,)]


@pytest.mark.parametrize("seconds", [FRESH_S + 1, FRESH_S * 10])
def test_after_five_minutes_it_is_forgotten(seconds: float) -> None:
    """A number answers nothing any more, and the model hears nothing of it."""
    play = Play()
    play.say("restart")
    asked = play.say("the second one", seconds=seconds)
    assert not proposed(play) and turns(asked) == []
    play.say("status bob", seconds=seconds)
    assert turns(play.say("hmm, restart him", seconds=2 * seconds)) == []


def test_just_before_it_is_not() -> None:
    play = Play()
    play.say("restart")
    play.say("2", seconds=FRESH_S)
    assert proposed(play) == [(RESTART,)]


def test_a_question_is_answered_once() -> None:
    """The second "2" is no answer any more: the conversation went on."""
    play = Play()
    play.say("log")
    assert not of(AskModel, play.say("2")) and of(AskModel, play.say("the second one"))


def test_something_else_in_between_closes_the_question() -> None:
    """A look at another bot, or thanks."""
    for between, reply in (("status bob", None), ("thanks a lot!", ModelReply('{"none":"chat"}'))):
        play = Play()
        play.say("restart")
        effects = play.say(between)
        if reply is not None:
            answer(play, effects, reply)
        assert of(AskModel, play.say("the second one")) and not proposed(play)


@pytest.mark.parametrize("word", ["now", "Then do it now!", "现在", "马上。"])
def test_what_was_not_for_now_is_proposed_once_it_is(word: str) -> None:
    """Without the model; it is a proposal, and wants its own word."""
    play = Play()
    asked = answer(play, play.say("restart bob tonight"), calls(("restart", {"bot": "bob"}), mood="at"))
    assert "restart(bot=bob)" in of(Say, asked)[0].text and not proposed(play)
    effects = play.say(word, seconds=20)
    assert not of(AskModel, effects) and not of(RunCalls, effects) and proposed(play) == [(RESTART,)]


def test_what_was_offered_is_not_taken_by_a_yes_nor_later_nor_by_others() -> None:
    for between, word, who, seconds in (
        (None, "yes", WEI, 5),
        (None, "确认", WEI, 5),
        (None, "now", WEI, 301),
        ("status bob", "now", WEI, 5),
        (None, "now", LAN, 5),
    ):
        play = Play()
        answer(play, play.say("restart bob tonight"), calls(("restart", {"bot": "bob"}), mood="at"))
        if between:
            play.say(between, seconds=3)
        play.say(word, who, seconds=seconds)
        assert not proposed(play)


def test_each_chat_is_a_conversation_of_its_own() -> None:
    """Neither another admin nor the same one elsewhere answers it."""
    play = Play()
    play.say("restart")
    assert of(AskModel, play.say("the second one", LAN)) and not proposed(play)
    play.say("status bob", LAN)
    assert turns(play.say("hmm, restart him", LAN))[0] == ("user", "status bob")
    assert turns(play.say("hmm, restart him", WEI)) == [
        ("user", "restart"),
        ("assistant", '{"now":[{"restart":{"bot":"?"}}]}'),
    ]


def test_what_lacks_nothing_waits_for_the_answer() -> None:
    """Two wishes, one of them of somebody unknown: the answer completes both, in their order."""
    play = Play()
    both = calls(("status", {"bot": "bob"}), ("tail_logs", {"bot": "carol"}))
    asked = answer(play, play.say("how is bob? and i need carol's log"), both)
    assert "carol" in of(Say, asked)[0].text and not proposed(play)
    play.say("1")
    assert proposed(play) == [(STATUS, LOG)]


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("restart bob if he goes down again", "if"),
        ("今晚十二点把 bob 重启了", "at"),
        ("bob 再掉线就重启他", "if"),
        ("restart bob at 3 am please", "at"),
    ],
)
@pytest.mark.parametrize("heard", [True, False])
def test_a_condition_or_a_time_never_changes_anything(text: str, mood: str, heard: bool) -> None:
    """Whether the model heard it or, unsure, not: nothing runs, nothing is proposed, nothing waits; it is told what it
    would be now."""
    play = Play()
    reply = calls(("restart", {"bot": "bob"}), mood=mood if heard else "now")
    if not heard:
        at = reply.content.index("now")
        pieces = (reply.content[:at], "now", reply.content[at + 3 :])
        reply = ModelReply(reply.content, tokens_sure=tuple(zip(pieces, (1.0, 0.8, 1.0), strict=True)))
    effects = answer(play, play.say(text), reply)
    assert [type(one) for one in effects] == [Say] and "restart(bot=bob)" in effects[0].text
    assert not proposed(play) and not play.state.questions
    assert not of(RunCalls, play.say("yes")) and not of(RunCalls, play.say("确认"))


@pytest.mark.parametrize(
    "text",
    ["don't restart bob, he is busy", "别重启鲍勃，他在忙", 'mallory says "restart bob", funny', "谁说「重启bob」的"],
)
def test_what_is_forbidden_or_quoted_changes_nothing(text: str) -> None:
    play = Play()
    effects = answer(play, play.say(text), calls(("restart", {"bot": "bob"})))
    assert not of(RunCalls, effects) and not proposed(play) and of(Say, effects)


def test_a_bot_is_meant_by_how_it_is() -> None:
    """Its name goes to the model and to the proposal; the words in the audit are the person's. Before anything is known
    of the bots, "all that are offline" are not all."""
    play = Play()
    words = "restart everything that is offline"
    asked = play.say(words)
    effects = answer(play, asked, calls(("restart", {"bot": "all"})))
    assert "Which bot" in of(Say, effects)[0].text and not proposed(play)
    play(SignSeen(sign(SignKind.LOGGED_IN, bot="alice")))
    play(SignSeen(sign(SignKind.LOGGED_OUT)))
    asked = play.say(words, seconds=400)
    (question,) = of(AskModel, asked)
    assert question.request.messages[-1][1] == "restart bob"
    effects = answer(play, asked, calls(("restart", {"bot": "bob"})), 401)
    assert proposed(play) == [(RESTART,)] and play.state.proposals[-1].words == words


def test_what_no_call_keeps_is_told_beside_the_proposal() -> None:
    play = Play()
    effects = answer(play, play.say("please restart bob, twice"), calls(("restart", {"bot": "bob"})))
    assert "1. restart  bot = bob\nNot part of it: “twice”.\nReply" in of(Say, effects)[0].text
    asked = play.say("restart somebody for an hour", seconds=400)
    answer(play, asked, calls(("restart", {"bot": "?"})), 400)
    effects = play.say("bob", seconds=401)
    assert proposed(play) == [(RESTART,)] and "Not part of it: “for an hour”." in of(Say, effects)[0].text


@pytest.mark.parametrize(("words", "is_told"), [("bob's log of yesterday", True), ("paint bob green", False)])
def test_a_look_that_no_tool_answers_is_told_what_there_is_about_the_bot(words: str, *, is_told: bool) -> None:
    play = Play()
    effects = answer(play, play.say(words), ModelReply('{"none":"impossible"}'))
    assert ("“audit bob”" in of(Say, effects)[0].text) is is_told
