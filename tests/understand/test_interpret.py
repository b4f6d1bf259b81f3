"""From text to an interpretation, with replies made by hand: what a model says never decides by itself."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.model import ModelReply
from nlops.domain.tools import Asked, Catalogue, Interpretation, JsonObject, ToolCall, ToolPolicy
from nlops.understand.decide import SURE_OF_CHANGE
from nlops.understand.interpret import (
    MAX_TEXT_CHARS,
    MAYBE_NOW,
    SURE_OF_CALLS,
    SURE_OF_SECOND,
    SURE_OF_TURNED,
    Question,
    begin,
    resume,
)
from nlops.understand.talk import Exchange
from tests.understand.saying import FOUR, PROMPTS, asked_once, calls, none, play, sure
from tests.understand.shop import BOTS, MARKET, SHOP, tool

RESTART = calls(("restart", {"bot": "bob"}))
RESTART_BOB = ToolCall("restart", {"bot": "bob"})


@pytest.mark.parametrize("text", ["please restart bobby", "麻烦把鲍勃重启一下"])
def test_a_plain_wish_becomes_its_call(text: str) -> None:
    assert play(text, RESTART) == Interpretation((RESTART_BOB,))


@pytest.mark.parametrize("text", ["restart bob, then his last 20 lines", "重启 bob，再看最近二十行日志"])
def test_two_wishes_come_in_their_order(text: str) -> None:
    both = calls(("restart", {"bot": "bob"}), ("tail_logs", {"bot": "bob", "lines": 20}))
    assert play(text, both).calls == (RESTART_BOB, ToolCall("tail_logs", {"bot": "bob", "lines": 20}))


@pytest.mark.parametrize(
    "text", ["restart alice, bob and archy", "爱丽丝、鲍勃和学习助手都重启一下", "restart them all"]
)
def test_several_bots_are_several_calls(text: str) -> None:
    for said in ("all", "alice") if text != "restart them all" else ("all",):
        meant = play(text, calls(("restart", {"bot": said})))
        assert [call.arguments["bot"] for call in meant.calls] == ["alice", "bob", "archy"]


@pytest.mark.parametrize("text", ["restart everyone except bob", "除了鲍勃都重启", "all bots but not bob: restart"])
def test_who_is_excepted_is_left_alone(text: str) -> None:
    meant = play(text, calls(("restart", {"bot": "all"})))
    assert [call.arguments["bot"] for call in meant.calls] == ["alice", "archy"]


UNSURE = sure(RESTART, first=0.8)


@pytest.mark.parametrize(
    "text",
    [
        "restart bob at 3am",
        "restart bob if he is down",
        "in ten minutes, restart bob",
        "今晚重启 bob",
        "bob 掉线了就重启",
        "don't restart bob",
        "别重启 bob",
        'QA wrote "restart bob asap"',
        "群里有人发「重启 bob」",
        "> restart bob",
        "restart it",
        "重启一下",
        "restart charlie",
        "restart alice or bob",
        "重启爱丽丝还是鲍勃",
        "",
        "…",
        "x" * (MAX_TEXT_CHARS + 1),
    ],
)
def test_a_model_that_wants_a_restart_does_not_get_it(text: str) -> None:
    """Conditions, times, negation, quotes, no target or two: nothing is proposed, something is said. Of a time and a
    condition a model may be surer than a list of words; an unsure one is not believed."""
    for reply in (UNSURE, sure(calls(("restart", {"bot": "all"})), first=0.8)):
        meant = play(text, reply)
        assert meant.calls == () and meant.reply


@pytest.mark.parametrize("mood", ["if", "at"])
@pytest.mark.parametrize("text", ["restart bob", "重启 bob 吧拜托", "have bob restarted when you can"])
def test_what_the_model_hears_as_later_never_runs_now(mood: str, text: str) -> None:
    """Even where no word shows it; what it would be now is told, and nothing waits."""
    meant = play(text, calls(("restart", {"bot": "bob"}), mood=mood))
    assert meant.calls == () and meant.ask and "restart(bot=bob)" in meant.reply and meant.asked is None


def test_what_hangs_on_a_look_waits_however_sure_the_model_is() -> None:
    """Whether it shall be is for who reads what the look shows; "check if" is no condition."""
    both = calls(("tail_logs", {"bot": "bob"}), ("restart", {"bot": "bob"}))
    for text in ("check bob's log and if it is full of errors restart him", "看下 bob 的日志，如果报错多就重启"):
        meant = play(text, sure(both))
        assert meant.ask and not meant.calls and "restart(bot=bob)" in meant.reply
    looked = calls(("status", {"bot": "bob"}), ("restart", {"bot": "alice"}))
    meant = play("check if bob is up, and restart alice", sure(looked))
    assert [call.tool for call in meant.calls] == ["status", "restart"]


def test_one_wish_for_now_beside_one_for_later_is_asked_whole() -> None:
    """ "restart bob now, and alice tonight": no half of it is done."""
    both = '{"now":[{"restart":{"bot":"bob"}}],"at":[{"restart":{"bot":"alice"}}]}'
    meant = play("restart bob, and alice tonight", both)
    assert meant.calls == () and "bot=bob" in meant.reply and "bot=alice" in meant.reply


def maybe(now: float) -> ModelReply:
    """ "No tool does it", with a probability that something was to be called."""
    tokens = (('{"', 1.0), ("none", 1 - now), ('":"impossible"}', 1.0))
    content = "".join(text for text, _ in tokens)
    return ModelReply(content, tokens_sure=tokens, tokens_else=((), (("now", now),), ()))


def test_where_much_speaks_for_a_call_it_is_asked_what_it_would_be() -> None:
    """Once, with an answer that must call; and it counts only as far as the model is sure of the whole."""
    step = asked_once("get bob back on his feet")
    again = resume(step, maybe(MAYBE_NOW))
    assert isinstance(again, Question) and again.second == "call" and again.request.schema["required"] == ["now"]
    assert again.request.messages == step.request.messages
    assert resume(again, sure(RESTART, bot=SURE_OF_SECOND)) == Interpretation((RESTART_BOB,))
    for reply in (sure(RESTART, bot=SURE_OF_SECOND - 0.01), maybe(0.45)):
        meant = resume(again, reply)
        assert isinstance(meant, Interpretation) and not meant.calls and not meant.ask
    assert isinstance(resume(step, maybe(MAYBE_NOW - 0.01)), Interpretation)
    lacking = resume(resume_pressed("get it back on its feet"), ModelReply(calls(("restart", {"bot": "?"}))))
    assert isinstance(lacking, Interpretation) and lacking.ask and not lacking.calls


@pytest.mark.parametrize("text", ["did you restart bob?", "bob 重启完了没"])
def test_whether_a_change_was_made_is_looked_at_and_not_made_again(text: str) -> None:
    """The model that calls for the change is asked once more, among the tools that only look; what it says then of a
    change does not count either."""
    again = resume(asked_once(text), ModelReply(RESTART))
    assert isinstance(again, Question) and again.second == "looks" and "restart" not in str(again.request.schema)
    assert resume(again, ModelReply(STATUS)) == Interpretation((ToolCall("status", {"bot": "bob"}),))
    for reply in (RESTART, none("impossible"), "nothing"):
        assert not play(text, RESTART, reply).calls
    changes = replace(FOUR, tools=tuple(one for one in FOUR.tools if one.name == "restart"))
    assert not play(text, RESTART, catalogue=changes).calls


def test_a_tool_that_shows_something_is_asked_by_questions_though_its_definition_says_no_more() -> None:
    """Without annotations a definition is a change's."""
    for description in ("Show whether a disk is full.", "查看磁盘"):
        disk = tool("disk", description, {}, ())
        assert play("磁盘满了吗", calls(("disk", {})), catalogue=Catalogue((disk,), BOTS)).calls == (ToolCall("disk"),)


def test_a_question_that_a_model_answers_with_a_change_is_asked_of_what_shows_it() -> None:
    """What it shows is believed where the model is sure of it."""
    pool: JsonObject = {"pool": {"type": "string", "enum": ["wave", "kids"]}}
    show = tool("readings", "Pool readings.", pool, ("pool",), risk="read")
    warm = tool("set_temp", "Set pool temperature.", {**pool, "celsius": {"type": "integer"}}, ("pool", "celsius"))
    catalogue, text = Catalogue((show, warm), BOTS), "whats the wave pool temp rn"
    changed, shown = calls(("set_temp", {"pool": "wave", "celsius": "?"})), calls(("readings", {"pool": "wave"}))
    assert play(text, changed, shown, catalogue=catalogue).calls == (ToolCall("readings", {"pool": "wave"}),)
    meant = play(text, changed, sure(shown, pool=0.3), catalogue=catalogue)
    assert not meant.calls and not meant.ask


def test_a_look_shows_what_it_shows_by_default_where_there_is_no_such_word_for_it() -> None:
    """Of what narrows it an unknown word is asked about: nobody wants to see all the others."""
    member: JsonObject = {"member": {"type": "string", "pattern": "^M[0-9]{4}$"}}
    part: JsonObject = {"show": {"type": "string", "enum": ["profile", "points_log"], "default": "profile"}}
    level: JsonObject = {"level": {"type": "string", "enum": ["silver", "gold"]}}
    for option, name, said in ((part, "show", "level"), (level, "level", "bronze")):
        look = tool("record", "Record.", {**member, **option}, ("member",), risk="read")
        shown = sure(calls(("record", {"member": "M3041", name: said})), **{name: 0.4})
        meant = play("what level is M3041 on", none("impossible"), shown, catalogue=Catalogue((look,), BOTS))
        assert meant.calls == ((ToolCall("record", {"member": "M3041"}),) if name == "show" else ())


def test_an_option_with_an_id_is_a_reason_to_ask_what_shows_it() -> None:
    """ "what jobs has P14 got" names what only an option of the board takes."""
    board = tool("board", "Open jobs.", {"porter": {"type": "string", "pattern": "^P[0-9]{2}$"}}, (), risk="read")
    robots = tool("robots", "Robots.", {"robot": {"type": "string", "pattern": "^AGV[0-9]{2}$"}}, (), risk="read")
    catalogue, shown = Catalogue((robots, board), BOTS), calls(("board", {"porter": "P14"}))
    meant = play("what jobs has P14 got", none("impossible"), shown, catalogue=catalogue)
    assert meant.calls == (ToolCall("board", {"porter": "P14"}),)


def test_a_model_that_had_to_call_something_asks_only_for_more_of_what_is_said() -> None:
    """A remark that it copies into a text is nothing said of a call."""
    words: JsonObject = {"article": {"type": "string", "pattern": "^TE-[0-9]{4}$"}, "text": {"type": "string"}}
    catalogue = Catalogue((tool("push", "Push.", words, ("article", "text")),), BOTS)
    text = "coffee machine dead again"
    copied = sure(calls(("push", {"article": "?", "text": text})), text=SURE_OF_SECOND - 0.01)
    meant = play(text, maybe(MAYBE_NOW), copied, catalogue=catalogue)
    assert not meant.calls and not meant.ask
    named = sure(calls(("push", {"article": "TE-0100", "text": "?"})), article=SURE_OF_SECOND - 0.01)
    lacking = play("please push TE-0100 out to the phones", maybe(MAYBE_NOW), named, catalogue=catalogue)
    assert lacking.asked is not None and lacking.asked.argument == "text"


def resume_pressed(text: str) -> Question:
    again = resume(asked_once(text), maybe(MAYBE_NOW))
    assert isinstance(again, Question) and again.second == "call"
    return again


def read_twice(text: str, first: ModelReply, second: ModelReply | str) -> Interpretation:
    """What comes of two readings; the second one is over the same tools, turned round."""
    step = asked_once(text)
    again = resume(step, first)
    assert isinstance(again, Question) and again.second == "turned"
    assert again.request.messages[1:] == step.request.messages[1:]
    lines, turned = (one.request.messages[0][1].splitlines() for one in (step, again))
    assert sorted(lines) == sorted(turned)
    tools = [line for line in lines if line.startswith("- ")]
    assert len(tools) == len(FOUR.tools) and [line for line in turned if line in tools] == tools[::-1]
    meant = resume(again, ModelReply(second) if isinstance(second, str) else second)
    assert isinstance(meant, Interpretation)
    return meant


QR = calls(("qr", {"bot": "bob"}))
STATUS = calls(("status", {"bot": "bob"}))


def test_a_change_of_which_the_model_is_not_sure_needs_two_readings() -> None:
    """What both say is proposed; else what the second is sure of; else it is asked."""
    first = sure(RESTART, bot=SURE_OF_CALLS - 0.01)
    assert read_twice("get bob going", first, sure(RESTART, bot=0.1)).calls == (RESTART_BOB,)
    assert read_twice("get bob going", first, sure(QR, bot=SURE_OF_TURNED)).calls == (ToolCall("qr", {"bot": "bob"}),)
    for other in (sure(QR, bot=SURE_OF_TURNED - 0.01), none("impossible"), none("not"), "rm -rf /"):
        meant = read_twice("get bob going", first, other)
        assert meant.ask and not meant.calls and "restart(bot=bob)" in meant.reply, other
    assert "not sure" in read_twice("get bob going", first, none("unclear")).reply
    assert resume(asked_once("get bob going"), sure(RESTART, bot=SURE_OF_CALLS)) == Interpretation((RESTART_BOB,))


def test_a_look_that_the_first_reading_has_is_not_asked_about() -> None:
    """Whatever the second one lacks."""
    lacking = calls(("tail_logs", {"bot": "?"}))
    everybody = calls(("status", {"bot": "all"}))
    looked = read_twice("is everybody fine", sure(everybody, bot=SURE_OF_CALLS - 0.01), lacking)
    assert looked.calls and {call.tool for call in looked.calls} == {"status"}


@pytest.mark.parametrize("text", ["重启一开，是不是bob就掉线了", "重启bob的话，群里是不是收不到了"])
def test_who_asks_what_it_would_come_to_gets_no_change(text: str) -> None:
    assert not play(text, RESTART).calls and play("重启bob，是不是又卡了", RESTART).calls


def test_who_wants_to_be_told_gets_no_change() -> None:
    """Whatever mood the model hears."""
    for mood in ("now", "if"):
        meant = play("wake me up if bob drops", calls(("restart", {"bot": "bob"}), mood=mood))
        assert not meant.calls and not meant.offered and not meant.ask
    assert play("how is bob, tell me", STATUS).calls


def test_a_keyword_at_the_beginning_is_not_what_was_spoken_of_before() -> None:
    """ "log it" after a restart is asked once more, among the tools of that word; a restart of another is one."""
    before = (Exchange("bob hangs", (RESTART_BOB,)),)
    step = begin("log it, the last lines", FOUR, PROMPTS, "en", before)
    assert isinstance(step, Question)
    again = resume(step, ModelReply(RESTART))
    assert isinstance(again, Question) and again.second == "words" and "restart" not in str(again.request.schema)
    assert resume(again, ModelReply(calls(("tail_logs", {"bot": "bob"})))) == Interpretation(
        (ToolCall("tail_logs", {"bot": "bob"}),)
    )
    assert not resume(again, ModelReply(none("impossible"))).calls  # type: ignore[union-attr]
    step = begin("restart her, too: alice", FOUR, PROMPTS, "en", before)
    assert isinstance(step, Question) and isinstance(resume(step, ModelReply(RESTART)), Interpretation)


def test_of_two_readings_of_a_change_the_one_that_says_more_counts() -> None:
    """An option that the other left open is no other change."""
    more, less = {"lamp": "kitchen", "percent": 20, "minutes": 5}, {"lamp": "kitchen", "percent": 20}
    for first, second in ((more, less), (less, more)):
        replies = (sure(calls(("dim_lamp", one)), lamp=SURE_OF_CALLS - 0.01) for one in (first, second))
        meant = play("kitchen to 20, for 5 minutes", *replies, catalogue=SHOP)
        assert meant.calls == (ToolCall("dim_lamp", more),)


def test_of_two_looks_the_surer_one_counts() -> None:
    first = sure(STATUS, bot=SURE_OF_CALLS - 0.01)
    log = ToolCall("tail_logs", {"bot": "bob"})
    assert read_twice("bob?", first, sure(calls(("tail_logs", {"bot": "bob"})), bot=0.6)).calls == (log,)
    assert read_twice("bob?", first, sure(calls(("tail_logs", {"bot": "bob"})), bot=0.1)).calls[0].tool == "status"
    assert isinstance(resume(asked_once("bob?"), sure(STATUS, bot=SURE_OF_CALLS)), Interpretation)


def test_what_is_asked_anyway_is_read_once() -> None:
    for text, reply in (
        ("get bob going", sure(RESTART, first=SURE_OF_CHANGE - 0.01, bot=0.1)),
        ("restart it", sure(calls(("restart", {"bot": "?"})), bot=0.1)),
    ):
        meant = resume(asked_once(text), reply)
        assert isinstance(meant, Interpretation) and meant.ask


def test_a_look_at_what_is_at_a_time_is_for_now() -> None:
    """ "what is on at the weekend" waits for nothing, where the time is an argument; nor does a change that requires a
    day, while for any other it is asked back."""
    day: JsonObject = {"day": {"type": "string", "enum": ["today", "weekend"], "description": "周末 = weekend"}}
    shows = tool("shows", "What is on.", day, ("day",))
    book = replace(shows, name="book", policy=ToolPolicy("change"))
    close = replace(tool("close", "Close.", day, ()), policy=ToolPolicy("change"))
    catalogue = Catalogue((replace(shows, policy=ToolPolicy("read")), book, close), ())
    said = calls(("shows", {"day": "weekend"}), mood="at")
    assert play("周末的排片", said, catalogue=catalogue).calls == (ToolCall("shows", {"day": "weekend"}),)
    booked = play("周末的票", calls(("book", {"day": "weekend"}), mood="at"), catalogue=catalogue)
    assert booked.calls == (ToolCall("book", {"day": "weekend"}),)
    source: JsonObject = {"from_env": {"type": "string", "description": "update from it"}}
    copy = Catalogue((replace(tool("copy", "Copy.", source, ("from_env",)), policy=ToolPolicy("change")),), ())
    assert not play("今晚从 beta 拷", calls(("copy", {"from_env": "beta"}), mood="at"), catalogue=copy).calls
    assert not play("周末关门", calls(("close", {"day": "weekend"}), mood="at"), catalogue=catalogue).calls


def test_looking_first_is_done_on_a_condition_and_not_at_a_time() -> None:
    """A look whose model heard a condition about nothing else is harmless now; a restart beside it is not done."""
    look = calls(("status", {"bot": "bob"}))
    assert play("check on bob if you can", look).calls == (ToolCall("status", {"bot": "bob"}),)
    both = '{"now":[{"status":{"bot":"bob"}}],"if":[{"restart":{"bot":"bob"}}]}'
    assert play("check on bob, restart him if he is down", both).calls == ()


def test_a_wavering_model_is_asked_back() -> None:
    """Below the bound a change is shown and not proposed; a look is done."""
    assert play("restart bob", sure(RESTART, first=SURE_OF_CHANGE)).calls == (RESTART_BOB,)
    meant = play("restart bob", sure(RESTART, first=SURE_OF_CHANGE - 0.01))
    assert meant.ask and not meant.calls and "restart(bot=bob)" in meant.reply
    assert play("bob?", sure(calls(("status", {"bot": "bob"})), first=0.1)).calls


def test_what_is_missing_is_asked_with_numbered_choices() -> None:
    """And what is known is kept for the answer."""
    meant = play("restart it", calls(("restart", {"bot": "?"})))
    assert meant.ask and meant.asked == Asked("restart", "bot", ("alice", "bob", "archy"))
    assert meant.reply.splitlines()[1:] == ["1. alice", "2. bob", "3. archy"]
    meant = play("dim it to 20", calls(("dim_lamp", {"lamp": "?", "percent": 20})), catalogue=MARKET, language="zh")
    assert meant.asked == Asked("dim_lamp", "lamp", ("kitchen", "hall"), {"percent": 20})
    assert "还需要" in meant.reply and "2. hall" in meant.reply


def test_what_is_out_of_bounds_is_asked_with_the_bounds() -> None:
    for text, language, words in (
        ("bob's last 900 lines", "en", "is 900"),
        ("看 bob 最近九百行日志", "zh", "是 900"),
    ):
        reply = calls(("tail_logs", {"bot": "bob", "lines": 900}))
        meant = play(text, reply, language="zh" if language == "zh" else "en")
        assert meant.ask and not meant.calls and words in meant.reply and "1–500" in meant.reply


def test_calls_that_lack_nothing_wait_for_the_one_that_does() -> None:
    meant = play("status of bob, and restart it", calls(("status", {"bot": "bob"}), ("restart", {"bot": "carol"})))
    assert not meant.calls and meant.asked is not None
    assert meant.asked.before == (ToolCall("status", {"bot": "bob"}),) and meant.asked.tool == "restart"


def test_a_call_that_the_model_hardly_believes_in_is_not_asked_about() -> None:
    """Beside another one; alone it is all that there is."""
    look = ("print_log", {"lines": 20})
    twice = calls(look, ("freeze_order", {"order": "?"}))
    text = "the last 20 lines of the till"
    meant = play(text, sure(twice, freeze_order=0.001), catalogue=MARKET)
    assert meant.calls == (ToolCall("print_log", {"lines": 20}),)
    assert play(text, sure(twice, freeze_order=0.09), catalogue=MARKET).ask
    alone = calls(("freeze_order", {"order": "?"}))
    assert play(text, sure(alone, freeze_order=0.001), catalogue=MARKET).ask


def test_a_change_that_only_the_tools_of_an_id_were_asked_for_must_be_sure() -> None:
    """Q1234 is no share, so those that take it are asked; what is then hardly meant leaves the first question."""
    first, then = calls(("set_discount", {"percent": "?"})), calls(("freeze_order", {"order": "Q1234"}))
    text = "Q1234 looks odd"
    assert play(text, first, sure(then, freeze_order=SURE_OF_TURNED), catalogue=MARKET).calls
    unsure = play(text, first, sure(then, freeze_order=SURE_OF_TURNED - 0.01), catalogue=MARKET)
    assert unsure.asked is not None and unsure.asked.tool == "set_discount"


def test_an_optional_value_that_an_unsure_model_invents_is_dropped() -> None:
    reply = sure(calls(("tail_logs", {"bot": "bob", "lines": 100})), lines=0.3)
    assert play("bob's log please", reply).calls == (ToolCall("tail_logs", {"bot": "bob"}),)


def test_what_is_not_forbidden_beside_what_is_gets_asked_about_by_itself() -> None:
    """ "don't restart bob, show me his log": the model's no is about the half of it; the other half is a question."""
    text = "don't restart bob, show me his log"
    question = asked_once(text)
    second = resume(question, ModelReply(none("not")))
    assert not isinstance(second, Interpretation)
    assert second.request.messages[-1] == ("user", "show me his log")
    log = calls(("tail_logs", {"bot": "bob"}))
    assert play(text, none("not"), log).calls == (ToolCall("tail_logs", {"bot": "bob"}),)
    assert play(text, none("not"), RESTART).calls == ()  # a change of whom the no names is not smuggled in
    assert play(text, none("not"), none("not")) == play("don't restart bob", none("not"))


@pytest.mark.parametrize(
    "reply",
    [
        "Done, I restarted bob!",
        '{"now":[{"shell":{}}]}',
        '{"now":[{"restart":{"bot":"bob","x":1}}]}',
        '{"calls":[{"restart":{"bot":"bob"}}]}',
        "{",
        "",
        "b" * 99_999,
    ],
)
def test_an_unusable_reply_is_said_to_be_one(reply: str) -> None:
    """What a model claims is never passed on."""
    meant = play("please restart bob", reply)
    assert meant.calls == () and not meant.ask and "not usable" in meant.reply and "Done" not in meant.reply


def test_native_calls_are_read_as_any_others() -> None:
    """Of a hosted model: grounded, asked back, held to the guards."""
    restart = ModelReply("Sure!", (("restart", '{"bot":"bob"}'),))
    assert play("restart bob", restart).calls == (RESTART_BOB,)
    assert play("restart alice", restart).calls == (ToolCall("restart", {"bot": "alice"}),)
    assert play("restart it", restart).ask and not play("别重启 bob", restart).calls
    assert not play("restart bob", ModelReply("", (("rm", "{}"),))).calls


def test_words_without_a_call_are_kind() -> None:
    """Each in both languages; a question only where it is not clear what is wanted."""
    for why, text, english, chinese in (
        ("about", "what can you do?", "Restart a bot", "我能做的"),
        ("unclear", "fix it", "not sure", "不确定"),
        ("impossible", "the weather?", "can do", "做不了"),
        ("chat", "thanks!", "here", "在"),
        ("not", "no", "Nothing was done", "什么都没有执行"),
    ):
        assert english in play(text, none(why)).reply
        meant = play(text, none(why), language="zh")
        assert chinese in meant.reply and meant.ask == (why == "unclear")
        assert ("重启机器人" in meant.reply) == (why in ("about", "unclear", "impossible"))


def test_a_bare_answer_needs_no_model() -> None:
    before = (Exchange("restart it", asked=Asked("restart", "bot", ("alice", "bob", "archy"))),)
    for text in ("2", "第二个", "the second one", "bobby"):
        assert begin(text, FOUR, PROMPTS, "en", before) == Interpretation((RESTART_BOB,))


def test_the_exchange_before_goes_along_and_him_is_its_bot() -> None:
    before = (Exchange("how is bob?", (ToolCall("status", {"bot": "bob"}),)),)
    question = asked_once("restart him", exchanges=before)
    assert question.request.messages[-3:] == (
        ("user", "how is bob?"),
        ("assistant", '{"now":[{"status":{"bot":"bob"}}]}'),
        ("user", "restart him"),
    )
    assert play("restart him", RESTART, exchanges=before).calls == (RESTART_BOB,)
    meant = play("restart him", calls(("restart", {"bot": "alice"})), exchanges=before)
    assert meant.ask and not meant.calls


def test_a_time_in_a_text_that_is_passed_on_waits_for_nothing() -> None:
    """Where the model hears one; what stands outside of the text does."""
    for mood in ("at", "if"):
        note = {"order": "Q1234", "note": "call at noon"}
        meant = play("freeze Q1234, note: call at noon", calls(("freeze_order", note), mood=mood), catalogue=MARKET)
        assert meant.calls == (ToolCall("freeze_order", note),)
        later = calls(("freeze_order", {"order": "Q1234", "note": "broken"}), mood=mood)
        assert play("at noon freeze Q1234, note: broken", later, catalogue=MARKET).ask


def test_undo_that_is_not_the_same_again() -> None:
    dim = ToolCall("dim_lamp", {"lamp": "hall", "percent": 20})
    before = (Exchange("hall lamp to 20 percent", (dim,)),)
    again = calls(("dim_lamp", {"lamp": "hall", "percent": 20}))
    for text in ("undo that", "撤销", "put it back"):
        assert not play(text, again, catalogue=MARKET, exchanges=before).calls
    assert play("do that again", again, catalogue=MARKET, exchanges=before).calls == (dim,)


MOODS = st.sampled_from(["now", "if", "at"])


@settings(deadline=None)
@given(
    st.text(max_size=80),
    st.sampled_from(["restart", "qr", "status", "tail_logs"]),
    st.sampled_from(["alice", "bob", "archy", "all", "?", "carol"]),
    MOODS,
    st.floats(0, 1),
)
def test_any_text_ends_in_exactly_one_kind_of_answer(text: str, tool: str, bot: str, mood: str, first: float) -> None:
    """Calls, or words; never both, never neither; every call valid, no change for later, a bounded number of
    questions."""
    meant = play(text, sure(calls((tool, {"bot": bot}), mood=mood), first=first))
    assert bool(meant.calls) != bool(meant.reply)
    assert not (meant.ask and meant.calls)
    for call in meant.calls:
        assert call.arguments.get("bot", "bob") in ("alice", "bob", "archy")
        assert call.tool != "restart" or (mood == "now" and first >= SURE_OF_CHANGE)


def test_a_question_can_be_kept_while_the_model_thinks() -> None:
    """Questions are values: the same one may be resumed twice, with the same outcome."""
    question = asked_once("please restart bob")
    assert resume(question, ModelReply(RESTART)) == resume(question, ModelReply(RESTART))


def test_with_one_bot_nobody_asks_which() -> None:
    one = Catalogue(FOUR.tools, BOTS[:1])
    assert play("restart it", calls(("restart", {"bot": "?"})), catalogue=one).calls == (
        ToolCall("restart", {"bot": "alice"}),
    )


def test_two_negations_are_asked_about_as_an_order() -> None:
    """「不重启不行了」, where the model hears a no; a plain no stays one."""
    again = resume(asked_once("鲍勃不重启不行了"), ModelReply(none("not")))
    assert isinstance(again, Question) and again.second == "call"
    assert resume(again, sure(RESTART, bot=1.0)) == Interpretation((RESTART_BOB,))
    assert isinstance(resume(asked_once("鲍勃不用重启了"), ModelReply(none("not"))), Interpretation)


def test_a_second_reading_is_not_believed_where_it_is_the_change_of_before() -> None:
    """ "log bob 5 minutes" after a restart is a look, however sure the second reading is of the restart."""
    step = begin("log bob 5 minutes", FOUR, PROMPTS, "en", (Exchange("bob hangs", (RESTART_BOB,)),))
    assert isinstance(step, Question)
    again = resume(step, sure(calls(("tail_logs", {"bot": "bob"})), bot=SURE_OF_CALLS - 0.01))
    assert isinstance(again, Question) and again.second == "turned"
    assert resume(again, ModelReply(RESTART)) == Interpretation((ToolCall("tail_logs", {"bot": "bob"}),))


def test_behind_a_colon_stands_a_text_of_the_tool_that_is_named_before() -> None:
    """ "broadcast: restart bob" restarts nobody: it is asked once more, among the tools that pass a text on."""
    text: dict[str, JsonObject] = {"text": {"type": "string", "maxLength": 99}}
    shout = replace(tool("broadcast", "Send a text to all.", text, ("text",)), title_zh="群发")
    catalogue = replace(FOUR, tools=(*FOUR.tools, shout))
    for words in ("broadcast: restart bob", "群发：重启bob"):
        step = begin(words, catalogue, PROMPTS, "en")
        assert isinstance(step, Question)
        again = resume(step, ModelReply(RESTART))
        assert isinstance(again, Question) and again.second == "words" and "restart" not in str(again.request.schema)
    for words in ("restart bob: he hangs", "broadcast this at 10:30", "restart bob"):
        step = begin(words, catalogue, PROMPTS, "en")
        assert isinstance(step, Question) and isinstance(resume(step, ModelReply(RESTART)), Interpretation)


# ---- second thoughts, reports and words of other tools


@pytest.mark.parametrize("text", ["the same for the hall lamp… forget it", "走廊的灯也……算了算了先不动它"])
def test_who_takes_it_back_in_the_end_gets_nothing(text: str) -> None:
    """The part before is not asked about by itself."""
    answer = play(text, none("not"), calls(("dim_lamp", {"lamp": "hall", "percent": 5})), catalogue=SHOP)
    assert not answer.calls and not answer.ask


def test_what_stands_beside_what_is_forbidden_is_no_order_where_it_lacks_something() -> None:
    unsaid = calls(("freeze_order", {"order": "?"}))
    answer = play("don't dim the hall yet, there are 2 people left in it", none("not"), unsaid, catalogue=SHOP)
    assert not answer.calls and not answer.ask


@pytest.mark.parametrize("text", ["restart bob and tell me when it's done", "重启一下鲍勃，好了叫我一声"])
def test_that_it_tells_when_it_is_done_goes_without_saying(text: str) -> None:
    asked = asked_once(text)
    assert asked.request.messages[-1][1] in ("restart bob", "重启一下鲍勃")


def test_a_keyword_of_another_change_is_asked_about() -> None:
    reload = tool(
        "reload_site", "Read a site's settings again.", {"site": {"type": "string", "enum": ["blog"]}}, ("site",)
    )
    with_reload = Catalogue((*FOUR.tools, reload), BOTS)
    call = calls(("reload_site", {"site": "blog"}))
    answer = play("restart blog for me please", call, catalogue=with_reload)
    assert answer.ask and answer.offered == (ToolCall("reload_site", {"site": "blog"}),)
    assert play("have blog read its settings again", call, catalogue=with_reload).calls


def dimmed(percent: int) -> Exchange:
    return Exchange(f"hall lamp to {percent}", (ToolCall("dim_lamp", {"lamp": "hall", "percent": percent}),))


@pytest.mark.parametrize("text", ["put it back how it was", "还是改回去吧", "back to what it was"])
def test_as_it_was_is_the_call_before(text: str) -> None:
    again = calls(("dim_lamp", {"lamp": "hall", "percent": 60}))
    answer = play(text, again, catalogue=SHOP, exchanges=(dimmed(40), dimmed(60)))
    assert answer.calls == dimmed(40).calls
    answer = play(text, again, catalogue=SHOP, exchanges=(dimmed(60),))
    assert answer.ask and not answer.calls and not answer.offered


def test_the_very_call_of_before_is_asked_about_where_another_number_is_said() -> None:
    again = calls(("dim_lamp", {"lamp": "hall", "percent": 60}))
    answer = play("no, not number 9, 19 I said", again, catalogue=SHOP, exchanges=(dimmed(60),))
    assert answer.ask and not answer.calls


def test_of_two_looks_the_fuller_one_stands() -> None:
    first, second = calls(("tail_logs", {"bot": "bob", "lines": 3})), calls(("tail_logs", {"bot": "bob"}))
    answer = play("bob's log, 3 lines", sure(first, bot=SURE_OF_CALLS - 0.1), sure(second))
    assert answer.calls == (ToolCall("tail_logs", {"bot": "bob", "lines": 3}),)


def test_an_action_of_before_is_not_done_again_to_undo_another() -> None:
    """Only what the same thing was set to before: the other lamp is no earlier state of this one."""
    kitchen = Exchange("kitchen lamp to 60", (ToolCall("dim_lamp", {"lamp": "kitchen", "percent": 60}),))
    answer = play("undo that", none("impossible"), catalogue=SHOP, exchanges=(dimmed(60), kitchen))
    assert answer.ask and not answer.calls


def test_what_is_asked_once_more_of_the_rest_is_offered_where_the_model_wavers() -> None:
    """ "All else as it was" is no refusal: the second reading makes a call of it."""
    again = sure(RESTART, first=SURE_OF_CHANGE - 0.01)
    meant = play("再给鲍勃重启一次，别的都不变", none("not"), again)
    assert meant.ask and meant.offered == (RESTART_BOB,)
