"""A model's reply is text from outside: the agreed shape, or nothing."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.model import ModelReply
from nlops.domain.tools import ToolCall
from nlops.understand.reply import MAX_REPLY_CHARS, Guess, Proposed, UnreadableReplyError, read_reply
from tests.support import make_config, shipped_catalogue
from tests.understand.saying import sure
from tests.understand.shop import MARKET

FOUR = shipped_catalogue(make_config())
RESTART = ToolCall("restart", {"bot": "bob"})
BOB = '{"now":[{"restart":{"bot":"bob"}}]}'


def test_the_agreed_shape_is_read() -> None:
    """Calls of each mood in their order, and the word for none."""
    guess = read_reply(ModelReply('{"now":[{"restart":{"bot":"bob"}},{"status":{}}],"at":[{"qr":{"bot":"?"}}]}'), FOUR)
    assert [one.call for one in guess.of("now")] == [RESTART, ToolCall("status", {})]
    assert guess.of("at") == (Proposed(ToolCall("qr", {}), "at", frozenset({"bot"})),) and not guess.of("if")
    assert read_reply(ModelReply('{"none":"chat"}'), FOUR) == Guess(none="chat")


@pytest.mark.parametrize("unsaid", ['"?"', '["?"]', "[]", '""'])
def test_what_the_model_found_not_said_is_no_value(unsaid: str) -> None:
    """In each form in which it may write that."""
    (one,) = read_reply(ModelReply(f'{{"now":[{{"restart":{{"bot":{unsaid}}}}}]}}'), FOUR).calls
    assert one.call == ToolCall("restart", {}) and one.unsaid == {"bot"}


def test_a_fenced_answer_is_read() -> None:
    """With the fence's tokens its certainties do not fit the text: it counts as sure."""
    fenced = f"```json\n{BOB}\n```"
    guess = read_reply(ModelReply(fenced, tokens_sure=((fenced, 0.1),)), FOUR)
    assert guess.calls == (Proposed(RESTART, sure={"bot": 1.0}),) and guess.sure == 1.0


def test_how_sure_it_is_stands_with_each_value() -> None:
    """Of the first decision, and of each argument of each call."""
    guess = read_reply(sure('{"now":[{"tail_logs":{"bot":"bob","lines":20}}]}', first=0.7, bot=0.9, lines=0.3), FOUR)
    assert guess.sure == pytest.approx(0.7)
    assert guess.calls[0].sure == {"bot": pytest.approx(0.9), "lines": pytest.approx(0.3)}


def test_an_option_that_keeps_its_default_makes_nothing_less_sure() -> None:
    """One that has none may have been said, and what was made of no call counts as it is."""
    lines = read_reply(sure('{"now":[{"print_log":{"lines":20,"color":"red"}}]}', lines=0.5, color=0.4), MARKET)
    for made, probability in (({"color": "red"}, 0.4), ({"lines": 20}, 0.2), ({}, 0.4)):
        assert lines.sure_of((ToolCall("print_log", made),), MARKET) == pytest.approx(probability)
    assert lines.sure_of((), MARKET) == pytest.approx(0.4) and Guess().sure_of((), MARKET) == 1.0
    (left,) = lines.without_options(MARKET).calls
    assert left.call.arguments == {"color": "red"} and left.whole == pytest.approx(0.4)


def test_of_a_choice_it_is_how_sure_that_no_other_is_meant() -> None:
    """What is only written otherwise, in the message's words, takes nothing away; another room, or none said, does."""
    content = '{"now":[{"dim_lamp":{"lamp":"hall","percent":20}}]}'
    pieces = ('{"', "now", '":[{"dim_lamp":{"lamp":"', "hall", '","percent":', "20", "}}]}")
    others: list[tuple[tuple[str, float], ...]] = [(), (("none", 0.2),), (), (), (), (), ()]
    for instead, certain in (((("走廊", 0.4),), 1.0), ((("kit", 0.3), ("?", 0.1)), 0.6)):
        others[3] = instead
        tokens = tuple((piece, 0.6 if piece == "hall" else 1.0) for piece in pieces)
        guess = read_reply(ModelReply(content, tokens_sure=tokens, tokens_else=tuple(others)), MARKET)
        assert guess.calls[0].sure["lamp"] == pytest.approx(certain)
        assert guess.calls[0].whole == pytest.approx(0.6)


def test_of_several_choices_it_is_how_sure_that_none_beside_them_is_meant() -> None:
    """In whichever order they stand; and of what may be left out, that it is written at all."""
    content = '{"now":[{"freeze_order":{"order":"Q1234","shelves":["north"]}}]}'
    pieces = ('{"now":[{"freeze_order":{"order":"', "Q1234", '"', ',"shelves"', ':["', "north", '"]}}]}')
    others = ((), (), (), (), (), (("south", 0.2), ("nord", 0.2)), ())
    for written in (1.0, 0.5):
        tokens = tuple(zip(pieces, (1.0, 1.0, 1.0, written, 1.0, 0.6, 1.0), strict=True))
        guess = read_reply(ModelReply(content, tokens_sure=tokens, tokens_else=others), MARKET)
        assert guess.calls[0].sure["shelves"] == pytest.approx(0.8 * written)


def test_how_near_a_call_was_is_told_beside_none() -> None:
    tokens = (('{"', 1.0), ("none", 0.6), ('":"impossible"}', 1.0))
    reply = ModelReply('{"none":"impossible"}', tokens_sure=tokens, tokens_else=((), (("now", 0.35), ("if", 0.05)), ()))
    assert read_reply(reply, FOUR).now == pytest.approx(0.35)


def test_native_tool_calls_are_read() -> None:
    """They win over the content, which may be chatter; a call without arguments may come as an empty text."""
    reply = ModelReply("Sure!", (("restart", '{"bot":"bob"}'), ("status", ""), ("qr", '{"bot":"?"}')))
    guess = read_reply(reply, FOUR)
    assert [one.call for one in guess.of("now")] == [RESTART, ToolCall("status", {}), ToolCall("qr", {})]
    assert guess.calls[2].unsaid == {"bot"} and guess.sure == 1.0


@pytest.mark.parametrize(
    "content",
    [
        '{"now":[{"restart":{"bot":"bob"}}',
        '{"tool":"restart","args":{"bot":"bob"}}',
        '{"calls":[{"restart":{"bot":"bob"}}]}',
        '{"now":[{"shell":{"cmd":"id"}}]}',
        '{"now":[{"restart":{"bot":"bob","force":true,"confirmed":true}}]}',
        '{"now":[{"restart":{"bot":"bob"},"status":{}}]}',
        '{"now":[{"status":{},"status":{"bot":"bob"}}]}',
        '{"now":[{"status":{}}],"now":[{"restart":{"bot":"bob"}}]}',
        '{"now":[{"restart":["bob"]}]}',
        '{"now":["restart"]}',
        '{"now":[{"tail_logs":{"bot":["bob"],"lines":50}}]}',
        '{"now":[{"tail_logs":{"bot":"bob","lines":true}}]}',
        '{"now":[{"tail_logs":{"bot":{"name":"bob"}}}]}',
        '{"now":[{"tail_logs":{"bot":"bob","lines":NaN}}]}',
        '{"now":[{"tail_logs":{"bot":"bob","lines":1e999}}]}',
        '{"now":{"restart":{"bot":"bob"}}}',
        '{"none":"done"}',
        '{"none":["chat"]}',
        '{"now":[],"say":"done"}',
        '{"Now":[]}',
        '{"now":[{"RESTART":{"bot":"bob"}}]}',
        '{"now":[{"restart":{"bot":' + "[" * 40 + "]" * 40 + "}}]}",
        "Sure! I have restarted bob for you, everything is back online.",
        "",
        "null",
        "[" * 5000,
        json.dumps({"now": [{"restart": {"bot": "bob"}}] * 200}),
        json.dumps({mood: [{"status": {}}] * 3 for mood in ("now", "if", "at")}),
        '{"now":[{"restart":{"bot":"' + "b" * MAX_REPLY_CHARS + '"}}]}',
    ],
)
def test_anything_else_is_refused_whole(content: str) -> None:
    """Truncated, an older shape, unknown tools, extra or double keys, another kind of value, no numbers, depths, prose,
    floods: none is mended by guessing."""
    with pytest.raises(UnreadableReplyError):
        read_reply(ModelReply(content), FOUR)


@pytest.mark.parametrize(
    "calls",
    [
        (("shell", "{}"),),
        (("restart", "{"),),
        (("restart", "[]"),),
        (("restart", '{"bot":"bob","x":1}'),),
        (("status", "{}"),) * 200,
    ],
)
def test_native_calls_are_held_to_the_same(calls: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(UnreadableReplyError):
        read_reply(ModelReply("", calls), FOUR)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["now", "if", "none", "restart", "bot"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@settings(deadline=None)
@given(st.one_of(st.text(max_size=200), json_values.map(json.dumps)))
def test_no_reply_breaks_the_reader(content: str) -> None:
    """Any content gives calls of the allowlist, or the one error."""
    try:
        guess = read_reply(ModelReply(content), FOUR)
    except UnreadableReplyError:
        return
    assert all(FOUR.get(one.call.tool) for one in guess.calls)
