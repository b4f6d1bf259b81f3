"""Messages too small to be a wish: no model makes a change of them."""

import pytest

from nlops.domain.tools import Asked, Interpretation, ToolCall
from nlops.understand.interpret import Question, begin
from nlops.understand.small import wonders
from nlops.understand.talk import Exchange
from tests.understand.saying import FOUR, PROMPTS

RESTART = Exchange("bob hangs", (ToolCall("restart", {"bot": "bob"}),))
LOG = Exchange("bob's log", (ToolCall("tail_logs", {"bot": "bob"}),))
WHICH = Exchange("restart it", asked=Asked("restart", "bot", ("alice", "bob", "archy")))


def said(text: str, *exchanges: Exchange) -> Interpretation | None:
    """What is answered without the model; None where it is asked."""
    step = begin(text, FOUR, PROMPTS, "en", exchanges)
    return None if isinstance(step, Question) else step


@pytest.mark.parametrize("text", ["what", "What?!", "huh", "hm…", "什么意思？", "没看懂", "i don't get it"])
def test_wonder_is_no_wish(text: str) -> None:
    """Whatever was spoken of before; and while a question is open, it is asked again."""
    for before in ((), (RESTART,)):
        meant = said(text, *before)
        assert wonders(text) and meant is not None and not meant.calls and not meant.ask
    again = said(text, WHICH)
    assert again is not None and again.ask and again.asked == WHICH.asked and "2. bob" in again.reply


@pytest.mark.parametrize("text", ["what is up with bob", "why did bob stop", "how is bob", "怎么了", "什么时候重启的"])
def test_a_question_is_more_than_wonder(text: str) -> None:
    assert not wonders(text) and said(text) is None


def test_a_number_that_nothing_asked_for() -> None:
    """What was called before may take a number, and is the model's to read."""
    for before in ((), (RESTART,)):
        meant = said("1", *before)
        assert meant is not None and not meant.calls and "by the number 1" in meant.reply
    assert said("50", LOG) is None
    chosen = said("2", WHICH)
    assert chosen is not None and chosen.calls == (ToolCall("restart", {"bot": "bob"}),)


@pytest.mark.parametrize("text", ["bob", "bob bob bob", "鲍勃。", "Bobby!"])
def test_a_name_alone(text: str) -> None:
    """It is asked what about it; where another bot was spoken of, the model may know."""
    meant = said(text)
    assert meant is not None and meant.ask and meant.reply.startswith("What about bob? “qr bob” · “restart bob”")
    again, other = said(text, RESTART), Exchange("alice hangs", (ToolCall("restart", {"bot": "alice"}),))
    assert (
        again is not None
        and not again.calls
        and said(text, other) is None
        and said(f"{text} hangs") is None
        and said(f"{text}?") is None
    )


def test_who_are_you() -> None:
    meant = said("Who are you?")
    assert meant is not None and meant.reply.startswith("This is what I can do: Login QR code;")
