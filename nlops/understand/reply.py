"""A model's raw reply, read strictly: it is text from outside, and anything but the agreed shape is refused whole."""

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nlops.domain.errors import NlopsError
from nlops.domain.model import ModelReply
from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.answer import MAX_CALLS, MOODS, NO_CALL, UNSAID, Mood
from nlops.understand.doubt import WRITTEN, Others, Where, against, alternatives, certainties
from nlops.understand.schema import Argument, arguments_of

# A call takes some 40 characters; free text arguments are bounded by their schemas. Beyond this nothing is parsed.
MAX_REPLY_CHARS = 16_384
# An answer is five deep, and a list or an object among its values somewhat deeper; what reads it further is recursive.
MAX_DEPTH = 16


class UnreadableReplyError(NlopsError):
    """The reply is not what was agreed; the message says what was found."""


@dataclass(frozen=True)
class Proposed:
    """One call as a model proposes it, not yet believed. `unsaid` are the arguments that it found not said; `sure` is
    its probability for each argument's value, and `whole` that of the call as it stands, 1.0 where it gave none."""

    call: ToolCall
    mood: Mood = "now"
    unsaid: frozenset[str] = frozenset()
    sure: Mapping[str, float] = field(default_factory=dict)
    whole: float = 1.0

    def sure_of(self, names: Iterable[str]) -> float:
        """Its probability, if only these of its arguments count."""
        left_out = math.prod(self.sure.get(name, 1.0) for name in self.call.arguments.keys() - set(names))
        return min(1.0, self.whole / (left_out or 1.0))


@dataclass(frozen=True)
class Guess:
    """What the model thinks: calls, not yet believed, or a word for why there is none. `sure` is the probability of
    its first decision: whether something is to be done now, later, or not at all; `now` that of the first of these."""

    calls: tuple[Proposed, ...] = ()
    none: str = ""
    sure: float = 1.0
    now: float = 0.0

    def of(self, mood: Mood) -> tuple[Proposed, ...]:
        return tuple(one for one in self.calls if one.mood == mood)

    def sure_of(self, made: Sequence[ToolCall], catalogue: Catalogue) -> float:
        """How sure it is of the calls that it was made to: an option that has its default after all does not count."""

        def counts(one: Proposed) -> Iterable[str]:
            kept = {name for call in made if call.tool == one.call.tool for name in call.arguments}
            tool = catalogue.get(one.call.tool)
            return (name for name in one.call.arguments if name in kept or tool is None or not tool.has_default(name))

        return min((one.sure_of(counts(one)) for one in self.calls), default=1.0)

    def without_options(self, catalogue: Catalogue) -> "Guess":
        """The same calls without the options that have a default."""
        return replace(self, calls=tuple(_without_options(one, catalogue) for one in self.calls))


def _without_options(one: Proposed, catalogue: Catalogue) -> Proposed:
    tool = catalogue.get(one.call.tool)
    said = one.call.arguments.items()
    kept = {name: value for name, value in said if tool is None or not tool.has_default(name)}
    return replace(one, call=ToolCall(one.call.tool, kept), whole=one.sure_of(kept))


def read_reply(reply: ModelReply, catalogue: Catalogue) -> Guess:
    """The calls of a reply: native ones where there are any, else JSON in the content. Raises UnreadableReplyError."""
    if len(reply.content) + sum(len(name) + len(text) for name, text in reply.tool_calls) > MAX_REPLY_CHARS:
        raise UnreadableReplyError(f"the reply is longer than {MAX_REPLY_CHARS} characters")
    if reply.tool_calls:
        _limit(len(reply.tool_calls))
        native = (_proposed(name, parse_json(text or "{}"), catalogue) for name, text in reply.tool_calls)
        return Guess(tuple(native))
    content = _unfenced(reply.content)
    value = parse_json(content)
    doubts = _Doubts(
        certainties(content, reply.tokens_sure), alternatives(content, reply.tokens_sure, reply.tokens_else)
    )
    return _read_content(value, catalogue, doubts)


@dataclass(frozen=True)
class _Doubts:
    """How sure the model was of each value, and what else it could have been."""

    sure: Mapping[Where, float]
    others: Mapping[Where, Others]

    def of(self, where: Where, said: object, argument: Argument) -> float:
        """Of a choice, how sure it is that no other is meant, and of several that none beside them is; of any other
        value, that it is this one."""
        if argument.kind == "choice" and isinstance(said, str) and where in self.others:
            return 1.0 - against(str(said), argument.choices, self.others[where], UNSAID)
        if argument.kind == "list" and argument.choices and isinstance(said, list):
            left = [choice for choice in argument.choices if choice not in said]
            others = [(one, self.others.get((*where, at))) for at, one in enumerate(said)]
            if left and all(other is not None for _, other in others):
                return math.prod(1.0 - against(str(one), left, other or (), UNSAID) for one, other in others)
        return self.sure.get(where, 1.0)

    def written(self, where: Where) -> float:
        """How sure it was that there is such an argument at all."""
        return self.sure.get((*where, WRITTEN), 1.0)

    def now(self) -> float:
        return sum(share for text, share in self.others.get((), ()) if text.strip().startswith('"now'))


def parse_json(text: str) -> object:
    """JSON without duplicate keys, NaN, infinities and depths. Raises UnreadableReplyError."""
    try:
        value: object = json.loads(
            text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise UnreadableReplyError(f"not JSON as agreed: {error}") from error
    if _is_deep(value):
        raise UnreadableReplyError(f"nested deeper than {MAX_DEPTH}")
    return value


def _is_deep(value: object) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        objects = [list(one.values()) for one in level if isinstance(one, Mapping)]
        lists = [one for one in level if isinstance(one, list)]
        level = [inner for inners in (*objects, *lists) for inner in inners]
    return bool(level)


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


def _read_content(value: object, catalogue: Catalogue, doubts: _Doubts) -> Guess:
    if not isinstance(value, Mapping) or not set(value) <= {*MOODS, "none"}:
        raise UnreadableReplyError(f'the reply is not {{"now": [...]}}, with {", ".join(MOODS)} and none as its keys')
    none = value.get("none", "")
    if not isinstance(none, str) or none not in ("", *NO_CALL):
        raise UnreadableReplyError('"none" is no known word')
    calls = [call for mood in MOODS for call in _read_calls(value.get(mood, []), mood, catalogue, doubts)]
    _limit(len(calls))
    return Guess(tuple(calls), none, doubts.sure.get((), 1.0), doubts.now())


def _read_calls(value: object, mood: Mood, catalogue: Catalogue, doubts: _Doubts) -> Iterator[Proposed]:
    if not isinstance(value, list):
        raise UnreadableReplyError(f"{mood!r} is no list")
    for number, call in enumerate(value):
        if not isinstance(call, Mapping) or len(call) != 1:
            raise UnreadableReplyError('a call is not {"TOOL": {...}}')
        name, arguments = next(iter(call.items()))
        made, tool = _proposed(name, arguments, catalogue, mood), catalogue.get(str(name))
        known = {one.name: one for one in arguments_of(tool, catalogue)} if tool is not None else {}
        where = (mood, number, str(name))
        changes = tool is not None and tool.policy.risk != "read"
        sure = {
            key: doubts.of((*where, key), said, known[key])
            * (doubts.written((*where, key)) if changes and not known[key].required else 1.0)
            for key, said in made.call.arguments.items()
        }
        yield replace(made, sure=sure, whole=doubts.sure.get((mood, number), 1.0))


def _proposed(name: object, arguments: object, catalogue: Catalogue, mood: Mood = "now") -> Proposed:
    tool = catalogue.get(name) if isinstance(name, str) else None
    if tool is None:
        raise UnreadableReplyError(f"{name!r} is not a tool of the allowlist")
    if not isinstance(arguments, Mapping) or not set(arguments) <= set(tool.properties):
        raise UnreadableReplyError(f"the arguments of {tool.name} are not those of its schema")
    wrong = [a.name for a in arguments_of(tool, catalogue) if a.name in arguments and not _can_be(a, arguments[a.name])]
    if wrong:
        raise UnreadableReplyError(f"{wrong[0]} of {tool.name} is of another kind than its schema says")
    unsaid = frozenset(key for key, value in arguments.items() if value in (UNSAID, [UNSAID], [], ""))
    said = {key: _stripped(value) for key, value in arguments.items() if key not in unsaid}
    return Proposed(ToolCall(tool.name, said), mood, unsaid)


def _can_be(argument: Argument, value: object) -> bool:
    """Whether a value is of a kind that can be meant for an argument: a flag for a flag only, a list for a list. A
    number as text, or a word where a number is due, may be what a person said."""
    if argument.kind == "other":
        return True
    if isinstance(value, bool):
        return argument.kind == "boolean" or value in [one for one in argument.choices if isinstance(one, bool)]
    if isinstance(value, list):
        return argument.kind == "list" or value in ([UNSAID], [])
    return not isinstance(value, Mapping)


def _stripped(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _limit(count: int) -> None:
    if count > MAX_CALLS:
        raise UnreadableReplyError(f"{count} calls; at most {MAX_CALLS} are read")
