"""A conversation: what was said a moment ago counts, and a bare answer completes what was asked back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.tools import Asked, Catalogue, Interpretation, ToolCall
from nlops.understand.ground import Lack
from nlops.understand.questions import ask_about
from nlops.understand.schema import arguments_of
from nlops.understand.talk import FRESH_S, KEPT, Exchange, Talk, earlier_calls, read_answer, turns
from tests.understand.saying import FOUR
from tests.understand.shop import FREEZE, MARKET, SHOP

BOTS = ("alice", "bob", "archy")
STATUS = ToolCall("status", {"bot": "bob"})
WHICH = Exchange("restart it", asked=Asked("restart", "bot", BOTS))
LAMP = Exchange("dim it to 20", asked=Asked("dim_lamp", "lamp", ("kitchen", "hall"), {"percent": 20}, (STATUS,)))


@pytest.mark.parametrize(
    ("text", "bot"),
    [
        *(("1", "alice"), ("2", "bob"), ("3.", "archy"), ("2)", "bob"), ("no. 2", "bob"), ("#3", "archy")),
        *(("the second one", "bob"), ("second", "bob"), ("The first one please", "alice"), ("the last one", "archy")),
        *(("第二个", "bob"), ("第三", "archy"), ("二", "bob"), ("第1个", "alice"), ("2号", "bob"), ("两", "bob")),
        *(("bob", "bob"), ("Bob!", "bob"), ("鲍勃", "bob"), ("Study Bot", "archy"), ("ａｌｉｃｅ", "alice")),
    ],
)
def test_a_choice_answers_by_number_place_or_name(text: str, bot: str) -> None:
    """In both languages, without a model."""
    assert read_answer(text, (WHICH,), FOUR, "en") == Interpretation(calls=(ToolCall("restart", {"bot": bot}),))


@pytest.mark.parametrize(
    "text",
    [
        *("0", "4", "99", "第四个", "the fourth one", "none of them", "restart bob", "2 of them", "not bob", "-1"),
        *("both", "", "…", "what?", "bob and alice", "1.5", "carol", "bobb", "x" * 200, "算了"),
    ],
)
def test_anything_else_is_read_by_the_model(text: str) -> None:
    """Out of range, more than a choice, a no, a new wish."""
    assert read_answer(text, (WHICH,), FOUR, "en") is None


def test_what_was_known_and_what_came_before_is_kept() -> None:
    """The other arguments of the call, and the calls of the same message that lacked nothing."""
    dim = ToolCall("dim_lamp", {"percent": 20, "lamp": "hall"})
    for text in ("2", "hall", "走廊", "hal"):
        assert read_answer(text, (LAMP,), SHOP, "en") == Interpretation(calls=(STATUS, dim))


def test_where_more_is_missing_the_next_question_comes_at_once() -> None:
    asked = Asked("dim_lamp", "lamp", ("kitchen", "hall"), before=(STATUS,))
    meant = read_answer("2", (Exchange("dim it", asked=asked),), MARKET, "zh")
    assert meant is not None and meant.ask and not meant.calls and "还需要：percent" in meant.reply
    assert meant.asked == Asked("dim_lamp", "percent", (), {"lamp": "hall"}, (STATUS,))


@pytest.mark.parametrize(
    ("text", "value"),
    [("1", True), ("2", False), ("on", True), ("关闭", False), ("是", True), ("the second one", False)],
)
def test_a_switch_is_answered_too(text: str, value: bool) -> None:
    """By number or word; shown as on and off."""
    meant = ask_about(Lack(FREEZE, arguments_of(FREEZE, SHOP)[3], known={"order": "Q1234"}), "zh")
    assert meant.reply.endswith("\n1. 开\n2. 关")
    done = read_answer(text, (Exchange("冻结 Q1234", asked=meant.asked),), SHOP, "zh")
    assert done == Interpretation(calls=(ToolCall("freeze_order", {"order": "Q1234", "enabled": value}),))


def test_a_question_without_choices_is_the_models() -> None:
    asked = Asked("dim_lamp", "percent", (), {"lamp": "hall"})
    assert read_answer("2", (Exchange("dim it", asked=asked),), MARKET, "en") is None


def test_without_an_open_question_a_number_answers_nothing() -> None:
    """None asked, or asked before something else, or of a tool that is gone."""
    assert read_answer("2", (), FOUR, "en") is None
    assert read_answer("2", (WHICH, Exchange("status bob", (STATUS,))), FOUR, "en") is None
    assert read_answer("2", (LAMP,), FOUR, "en") is None


@settings(deadline=None)
@given(st.text(max_size=50))
def test_an_answer_is_one_of_the_choices_or_none(text: str) -> None:
    """Whatever is written."""
    answer = read_answer(text, (WHICH,), FOUR, "en")  # a restart lacks nothing more
    assert answer is None or answer.calls[0].arguments["bot"] in BOTS


def test_exchanges_are_kept_for_a_while_and_only_the_latest() -> None:
    talk = Talk()
    for number in range(KEPT + 2):
        talk = talk.after(f"words {number}", Interpretation((ToolCall("status", {"bot": "bob"}),)), 10.0 * number)
    assert [one.text for one in talk.exchanges] == [f"words {number}" for number in range(2, KEPT + 2)]
    last = 10.0 * (KEPT + 1)
    assert talk.fresh(last + FRESH_S) == talk.exchanges and talk.fresh(last + FRESH_S + 0.1) == ()


def test_what_is_stale_does_not_come_back_with_a_new_exchange() -> None:
    talk = Talk().after("status bob", Interpretation((STATUS,)), 0.0)
    talk = talk.after("qr alice", Interpretation((ToolCall("qr", {"bot": "alice"}),)), FRESH_S + 1)
    assert [one.text for one in talk.exchanges] == ["qr alice"]


def test_words_without_a_call_close_the_question_and_keep_the_calls() -> None:
    """After a no or a hello, "2" means nothing; "him" still does, and not for longer."""
    talk = Talk().after("restart it", Interpretation(ask=True, reply="?", asked=WHICH.asked), 0.0)
    assert read_answer("2", talk.fresh(1.0), FOUR, "en") is not None
    talk = talk.after("thanks", Interpretation(reply="I am here."), 10.0)
    assert read_answer("2", talk.fresh(11.0), FOUR, "en") is None and talk.fresh(FRESH_S + 1) == ()
    talk = Talk().after("status bob", Interpretation((STATUS,)), 0.0).after("thanks", Interpretation(reply="…"), 1.0)
    assert earlier_calls(talk.fresh(2.0)) == (STATUS,)


def test_the_last_exchange_is_a_turn_before_the_message() -> None:
    """As a model would have answered it; an open question's call with what is not said."""
    first = Exchange("how is alice?", (ToolCall("status", {"bot": "alice"}),))
    assert turns((first, Exchange("and bob?", (STATUS,))), FOUR) == (
        ("and bob?", '{"now":[{"status":{"bot":"bob"}}]}'),
    )
    assert turns((WHICH,), FOUR) == (("restart it", '{"now":[{"restart":{"bot":"?"}}]}'),)
    assert turns((LAMP,), Catalogue((*FOUR.tools, *SHOP.tools), FOUR.bots)) == (
        ("dim it to 20", '{"now":[{"status":{"bot":"bob"}},{"dim_lamp":{"lamp":"?","percent":20}}]}'),
    )
    assert turns((LAMP,), FOUR) == () and turns((), FOUR) == ()  # `dim_lamp` is not of that catalogue
    assert earlier_calls((LAMP,)) == (STATUS, ToolCall("dim_lamp", {"percent": 20}))
