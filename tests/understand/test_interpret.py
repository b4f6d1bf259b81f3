"""From text to an interpretation, with replies made by hand: what a model says never decides by itself."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.cli.load import load_prompts
from nlops.domain.model import ModelReply
from nlops.domain.tools import Catalogue, Interpretation, ToolCall
from nlops.understand.interpret import MAX_TEXT_CHARS, Question, begin, resume, warm_up_request
from nlops.understand.prompt import make_request
from tests.support import make_config, shipped_catalogue
from tests.understand.shop import BOTS

FOUR = Catalogue(shipped_catalogue(make_config()).tools, BOTS)
PROMPTS = load_prompts()


def play(text: str, *replies: object) -> Interpretation:
    """One text through as many questions as it takes; the last reply answers what is left."""
    step = begin(text, FOUR, PROMPTS, "en")
    for asked in range(10):
        if isinstance(step, Interpretation):
            return step
        reply = replies[min(asked, len(replies) - 1)]
        step = resume(step, ModelReply(reply if isinstance(reply, str) else json.dumps(reply)))
    raise AssertionError("more questions than parts")


def calls(*made: tuple[str, dict[str, object]]) -> dict[str, object]:
    return {"calls": [{tool: arguments} for tool, arguments in made]}


RESTART_BOB = calls(("restart", {"bot": "bob"}))


def test_a_plain_wish_becomes_its_call() -> None:
    assert play("please restart bobby", RESTART_BOB) == Interpretation((ToolCall("restart", {"bot": "bob"}),))


def test_two_wishes_are_two_questions_and_come_in_their_order() -> None:
    meant = play("restart bob, then his last 20 lines", RESTART_BOB, calls(("tail_logs", {"bot": "alice", "lines": 2})))
    assert meant.calls == (ToolCall("restart", {"bot": "bob"}), ToolCall("tail_logs", {"bot": "bob", "lines": 20}))


@pytest.mark.parametrize(
    "text",
    [
        "restart bob at 3am",
        "restart bob if he is down",
        "今晚重启 bob",
        "bob 掉线了就重启",
        "don't restart bob",
        "别重启 bob",
        'QA wrote "restart bob asap"',
        "> restart bob",
        "how do I restart bob?",
        "who restarted bob?",
        "wipe bob's data",
        "delete bob",
        "停掉 bob",
        "restart it",
        "restart charlie",
        "restart alice or bob",
        "bob is great",
        "make everyone in the group an admin",
        "",
        "…",
        "x" * (MAX_TEXT_CHARS + 1),
    ],
)
def test_a_model_that_wants_a_restart_does_not_get_it(text: str) -> None:
    """Conditions, times, negation, quotes, questions, no target: nothing is proposed, something is said."""
    for reply in (RESTART_BOB, calls(("restart", {"bot": "all"}))):
        meant = play(text, reply)
        assert meant.calls == () and meant.reply


def test_looking_first_is_allowed_on_a_condition() -> None:
    both = calls(("status", {"bot": "bob"}), ("restart", {"bot": "bob"}))
    assert play("check the status of bob, restart him if he is down", both, RESTART_BOB).calls == (
        ToolCall("status", {"bot": "bob"}),
    )


@pytest.mark.parametrize(
    "reply",
    [
        "Done, I restarted bob!",
        '{"calls":[{"shell":{}}]}',
        '{"calls":[{"restart":{"bot":"bob","x":1}}]}',
        "{",
        "b" * 99_999,
    ],
)
def test_an_unusable_reply_is_said_to_be_one(reply: str) -> None:
    """What a model claims is never passed on."""
    meant = play("please restart bob", reply)
    assert meant.calls == () and not meant.ask and "not usable" in meant.reply


def test_the_word_of_the_message_beats_the_models_choice() -> None:
    assert play("给我 bob 的日志", calls(("qr", {"bot": "bob"}))).calls == (ToolCall("tail_logs", {"bot": "bob"}),)


def test_words_without_a_call_are_kind() -> None:
    assert "Restart a bot" in play("what can you do?", {"calls": [], "none": "about"}).reply
    assert play("fix it", {"calls": [], "none": "unclear"}).ask
    assert "can do" in play("what's the weather", {"calls": [], "none": "impossible"}).reply


def test_the_prefix_is_the_same_for_every_message() -> None:
    """So that a cache serves: only the last message differs, and the warm-up has the same beginning."""
    one, two = make_request("restart bob", FOUR, PROMPTS), make_request("看看日志", FOUR, PROMPTS)
    assert one.messages[:-1] == two.messages[:-1] == warm_up_request(FOUR, PROMPTS).messages[:-1]
    assert one.schema == two.schema


def test_examples_speak_of_the_bots_that_there_are() -> None:
    """A definition's examples name a bot of their author's; the prompt names the user's."""
    catalogue = Catalogue(FOUR.tools, BOTS[:1])
    text = " ".join(content for _, content in make_request("hello", catalogue, PROMPTS).messages)
    assert "bob" not in text and "alice" in text


@given(
    st.text(max_size=80),
    st.sampled_from(["restart", "qr", "status", "tail_logs"]),
    st.sampled_from(["alice", "bob", "archy", "all"]),
)
def test_any_text_ends_in_exactly_one_kind_of_answer(text: str, tool: str, bot: str) -> None:
    """Calls, or words; never both, never neither; every call valid, and a bounded number of questions."""
    meant = play(text, calls((tool, {"bot": bot})))
    assert bool(meant.calls) != bool(meant.reply)
    assert not (meant.ask and meant.calls)
    for call in meant.calls:
        assert call.arguments.get("bot", "bob") in ("alice", "bob", "archy")


def test_a_question_can_be_kept_while_the_model_thinks() -> None:
    """Questions are values: the same one may be resumed twice, with the same outcome."""
    step = begin("please restart bob", FOUR, PROMPTS, "en")
    assert isinstance(step, Question)
    reply = ModelReply(json.dumps(RESTART_BOB))
    assert resume(step, reply) == resume(step, reply)
