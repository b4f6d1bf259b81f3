"""A model's reply is text from outside: the agreed shape, or nothing."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.model import ModelReply
from nlops.domain.tools import ToolCall
from nlops.understand.reply import MAX_REPLY_CHARS, UnreadableReplyError, read_reply
from tests.support import make_config, shipped_catalogue

FOUR = shipped_catalogue(make_config())
RESTART = ToolCall("restart", {"bot": "bob"})


def test_the_agreed_shape_is_read() -> None:
    guess = read_reply(ModelReply('{"calls":[{"restart":{"bot":"bob"}},{"status":{}}]}'), FOUR)
    assert guess.calls == (RESTART, ToolCall("status", {}))
    assert read_reply(ModelReply('{"calls":[],"none":"chat"}'), FOUR).none == "chat"


def test_a_fenced_answer_is_read() -> None:
    assert read_reply(ModelReply('```json\n{"calls":[{"restart":{"bot":"bob"}}]}\n```'), FOUR).calls == (RESTART,)


def test_native_tool_calls_are_read() -> None:
    """They win over the content, which may be chatter."""
    reply = ModelReply("Sure!", (("restart", '{"bot":"bob"}'), ("status", "")))
    assert read_reply(reply, FOUR).calls == (RESTART, ToolCall("status", {}))


@pytest.mark.parametrize(
    "content",
    [
        '{"tool":"restart","args":{"bot":"bob"',
        '{"tool":"shell","args":{"cmd":"id"}}',
        '{"calls":[{"shell":{"cmd":"id"}}]}',
        '{"calls":[{"restart":{"bot":"bob","force":true,"confirmed":true}}]}',
        '{"calls":[{"restart":{"bot":"bob"},"status":{}}]}',
        '{"calls":[{"status":{},"status":{"bot":"bob"}}]}',
        '{"calls":[],"calls":[{"restart":{"bot":"bob"}}]}',
        '{"calls":[{"restart":["bob"]}]}',
        '{"calls":[{"tail_logs":{"bot":"bob","lines":NaN}}]}',
        '{"calls":[{"tail_logs":{"bot":"bob","lines":1e999}}]}',
        '{"calls":{"restart":{"bot":"bob"}}}',
        '{"calls":[],"none":"done"}',
        '{"calls":[],"say":"done"}',
        '{"calls":[{"RESTART":{"bot":"bob"}}]}',
        "Sure! I have restarted bob for you, everything is back online.",
        "",
        "null",
        "[" * 5000,
        json.dumps({"calls": [{"restart": {"bot": "bob"}}] * 200}),
        '{"calls":[{"restart":{"bot":"' + "b" * MAX_REPLY_CHARS + '"}}]}',
    ],
)
def test_anything_else_is_refused_whole(content: str) -> None:
    """Truncated, unknown tools, extra or double keys, no numbers, prose, floods: none is mended by guessing."""
    with pytest.raises(UnreadableReplyError):
        read_reply(ModelReply(content), FOUR)


@pytest.mark.parametrize(
    "calls", [(("shell", "{}"),), (("restart", "{"),), (("restart", '{"bot":"bob","x":1}'),), (("status", "{}"),) * 200]
)
def test_native_calls_are_held_to_the_same(calls: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(UnreadableReplyError):
        read_reply(ModelReply("", calls), FOUR)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["calls", "none", "restart", "bot"]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(st.one_of(st.text(max_size=200), json_values.map(json.dumps)))
def test_no_reply_breaks_the_reader(content: str) -> None:
    """Any content gives calls of the allowlist, or the one error."""
    try:
        guess = read_reply(ModelReply(content), FOUR)
    except UnreadableReplyError:
        return
    assert all(FOUR.get(call.tool) for call in guess.calls)
