"""A model's raw reply, read strictly: it is text from outside, and anything but the agreed shape is refused whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from nlops.domain.errors import NlopsError
from nlops.domain.model import ModelReply
from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.prompt import MAX_CALLS, NO_CALL

# A call takes some 40 characters; free text arguments are bounded by their schemas. Beyond this nothing is parsed.
MAX_REPLY_CHARS = 16_384


class UnreadableReplyError(NlopsError):
    """The reply is not what was agreed; the message says what was found."""


@dataclass(frozen=True)
class Guess:
    """What the model thinks: calls, not yet believed, or a word for why there is none."""

    calls: tuple[ToolCall, ...] = ()
    none: str = ""
    notes: tuple[str, ...] = field(default=())


def read_reply(reply: ModelReply, catalogue: Catalogue) -> Guess:
    """The calls of a reply: native ones where there are any, else JSON in the content. Raises UnreadableReplyError."""
    if len(reply.content) + sum(len(name) + len(text) for name, text in reply.tool_calls) > MAX_REPLY_CHARS:
        raise UnreadableReplyError(f"the reply is longer than {MAX_REPLY_CHARS} characters")
    if reply.tool_calls:
        _limit(len(reply.tool_calls))
        return Guess(tuple(_call(name, parse_json(text or "{}"), catalogue) for name, text in reply.tool_calls))
    return _read_content(parse_json(_unfenced(reply.content)), catalogue)


def parse_json(text: str) -> object:
    """JSON without duplicate keys, NaN and infinities. Raises UnreadableReplyError."""
    try:
        value: object = json.loads(
            text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableReplyError(f"not JSON as agreed: {error}") from error
    return value


def _unfenced(text: str) -> str:
    """Without a Markdown fence around the whole, which hosted models like to put there."""
    lines = text.strip().splitlines()
    fenced = len(lines) > 2 and lines[0] in ("```", "```json") and lines[-1] == "```"
    return "\n".join(lines[1:-1]) if fenced else text


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise UnreadableReplyError("a key stands twice in one object")
    return made


def _no_constant(name: str) -> float:
    raise UnreadableReplyError(f"{name} is no number")


def _finite(text: str) -> float:
    value = float(text)
    if value in (float("inf"), float("-inf")):
        raise UnreadableReplyError(f"{text} is too large a number")
    return value


def _read_content(value: object, catalogue: Catalogue) -> Guess:
    if not isinstance(value, Mapping) or not set(value) <= {"calls", "none"}:
        raise UnreadableReplyError('the reply is not {"calls": [...], "none": ...}')
    calls, none = value.get("calls"), value.get("none", "")
    if not isinstance(calls, list) or not isinstance(none, str) or none not in ("", *NO_CALL):
        raise UnreadableReplyError('"calls" is no list, or "none" is no known word')
    _limit(len(calls))
    return Guess(tuple(_read_call(call, catalogue) for call in calls), none)


def _read_call(value: object, catalogue: Catalogue) -> ToolCall:
    if not isinstance(value, Mapping) or len(value) != 1:
        raise UnreadableReplyError('a call is not {"TOOL": {...}}')
    name, arguments = next(iter(value.items()))
    return _call(name, arguments, catalogue)


def _call(name: object, arguments: object, catalogue: Catalogue) -> ToolCall:
    tool = catalogue.get(name) if isinstance(name, str) else None
    if tool is None:
        raise UnreadableReplyError(f"{name!r} is not a tool of the allowlist")
    if not isinstance(arguments, Mapping) or not set(arguments) <= set(tool.properties):
        raise UnreadableReplyError(f"the arguments of {tool.name} are not those of its schema")
    return ToolCall(tool.name, dict(arguments))


def _limit(count: int) -> None:
    if count > MAX_CALLS:
        raise UnreadableReplyError(f"{count} calls; at most {MAX_CALLS} are read")
