"""Words that change a proposal before it runs: "30 lines instead", "actually make that bob", 「改成 30 行」.

Read without a model: what is left of the words without those of changing must be values for the proposal's arguments,
each for one of them only. Words of changing with anything else beside them are no edit, and yet the proposal is not
what the person wants any more. Neither can run anything: an edit gives a new proposal.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from nlops.domain.tools import Catalogue, Proposal, ToolCall
from nlops.understand.fold import fold
from nlops.understand.names import Mention, find_names
from nlops.understand.numbers import Number, find_numbers
from nlops.understand.schema import Argument, arguments_of

_CHANGES = re.compile(
    r"\b(?:actually|instead(?:\s+of)?|rather(?:\s+than)?|(?:make|change|switch)\s+(?:it|that|this)(?:\s+to)?"
    r"|changed?\s+to|i\s+meant?|no(?=\s*[,.]|\s+\w)|not|sorry|oops|scratch\s+that|correction|on\s+second\s+thought"
    r"|wrong|(?:it\s+)?should\s+(?:have\s+been|be)|better|but|wait|hold\s+on|don'?t|cancel|never\s?mind|forget\s+it"
    r"|stop)\b"
    r"|改成|改为|改到|改一下|换成|换到|换一下|改|换|不对|不是|而不是|而是|[搞说打写]?错了?|应该是?|我是说|我说的是|要的是|还是"
    r"|等等|等一下|先别|别|(?<!要)不要|不用|取消|算了|停"
)
_FILLS = re.compile(
    r"\b(?:please|pls|the|to|for|of|it|that|this|just|only|let'?s|do|with|one|bot|last|about|ok|okay|hm+|um+|well|oh"
    r"|is|in|on|and|lines?|rows?)\b|机器人|那个|这个|最后|最近|给我|帮我|请|就|吧|了|的|要|只|行|条|是|看|用|够|好|也|都"
    r"|[\s,，.。;；:：!！、\"“”'‘’「」()（）-]"
)
_EXCEPTS = re.compile(r"instead\s+of|rather\s+than|\bnot\b|不是")  # "bob instead of archy": of the two, the new one
_COUNTED = frozenset({"line", "lines", "row", "rows", "行", "条"})


@dataclass(frozen=True)
class Edit:
    """The calls as they are wanted now; none where the words only say that they are others."""

    calls: tuple[ToolCall, ...] = ()


def read_edit(text: str, proposal: Proposal, catalogue: Catalogue) -> Edit | None:
    """What `text` changes about the proposal; None where it is about something else."""
    folded = fold(text)
    changes = _CHANGES.search(folded) is not None
    calls = _edited(folded, proposal, catalogue, changes)
    if calls is not None and (changes or calls != proposal.calls):
        return Edit(calls)
    return Edit() if changes else None


def _edited(folded: str, proposal: Proposal, catalogue: Catalogue, changes: bool) -> tuple[ToolCall, ...] | None:
    """The calls with the values that the words say; None where they say more, or it is not clear what for."""
    names = find_names(folded, catalogue.bots)
    rest = _without(folded, names)
    numbers = find_numbers(rest)
    rest = _without(rest, numbers)
    choices, rest = _take_choices(_without_keyword(rest, proposal, catalogue), proposal, catalogue)
    counted = all(number.low == number.high and number.unit in _COUNTED | {""} for number in numbers)
    if _FILLS.sub("", _CHANGES.sub(" ", rest)) or not counted or not (names or numbers or choices):
        return None
    # Without a word of changing a bare number may be anything, a one-time code too.
    if not changes and any(number.unit not in _COUNTED for number in numbers):
        return None
    calls: tuple[ToolCall, ...] | None = proposal.calls
    bots = {name.name for name in names}
    if len(bots) > 1 and _EXCEPTS.search(folded):
        bots -= _bots_in(proposal, catalogue)
    values: list[tuple[object, Callable[[Argument], bool]]] = [(bot, _is_bot) for bot in bots]
    values += [(_whole(number.low), _is_number) for number in numbers]
    values += [(choice, _is_choice(choice)) for choice in choices]
    for value, fits in values:
        calls = _put(calls, value, fits, catalogue) if calls is not None else None
    return calls if len(values) == len({id(fits) for _, fits in values}) else None


def _without(text: str, parts: Sequence[Mention | Number]) -> str:
    for part in sorted(parts, key=lambda part: -part.start):
        text = f"{text[: part.start]} {text[part.end :]}"
    return text


def _without_keyword(rest: str, proposal: Proposal, catalogue: Catalogue) -> str:
    """The words without the tool's own: "restart bob instead" says only what the proposal says, for another bot. Of
    several calls it would be one of them."""
    tool = catalogue.get(proposal.calls[0].tool) if len(proposal.calls) == 1 else None
    for word in map(fold, tool.keywords if tool is not None else ()):
        rest = re.sub(rf"(?<![a-z0-9_]){re.escape(word)}(?![a-z0-9_])", " ", rest)
    return rest


def _take_choices(rest: str, proposal: Proposal, catalogue: Catalogue) -> tuple[list[object], str]:
    """Values of enums that the words say, and what is left of the words."""
    found: list[object] = []
    for call in proposal.calls:
        for argument in _arguments(call, catalogue):
            for choice in argument.choices if argument.kind == "choice" else ():
                pattern = rf"(?<![a-z0-9_]){re.escape(fold(str(choice)))}(?![a-z0-9_])"
                if choice not in found and re.search(pattern, rest):
                    found.append(choice)
                    rest = re.sub(pattern, " ", rest)
    return found, rest


def _put(
    calls: tuple[ToolCall, ...], value: object, fits: Callable[[Argument], bool], catalogue: Catalogue
) -> tuple[ToolCall, ...] | None:
    """The calls with `value` for the one argument that it fits; a bot for several calls that are all about the same
    one. None where it fits none, or more than one."""
    places = [
        (at, argument.name)
        for at, call in enumerate(calls)
        for argument in _arguments(call, catalogue)
        if fits(argument)
    ]
    now = {str(calls[at].arguments.get(name)) for at, name in places}
    if not places or (len(places) > 1 and (fits is not _is_bot or len(now) > 1)):
        return None
    changed = list(calls)
    for at, name in places:
        changed[at] = ToolCall(changed[at].tool, {**changed[at].arguments, name: value})
    return tuple(changed)


def _bots_in(proposal: Proposal, catalogue: Catalogue) -> set[str]:
    return {
        str(call.arguments.get(argument.name))
        for call in proposal.calls
        for argument in _arguments(call, catalogue)
        if argument.is_bot
    }


def _arguments(call: ToolCall, catalogue: Catalogue) -> tuple[Argument, ...]:
    tool = catalogue.get(call.tool)
    return arguments_of(tool, catalogue) if tool is not None else ()


def _is_bot(argument: Argument) -> bool:
    return argument.is_bot


def _is_number(argument: Argument) -> bool:
    return argument.kind in ("integer", "number")


def _is_choice(choice: object) -> Callable[[Argument], bool]:
    return lambda argument: argument.kind == "choice" and choice in argument.choices


def _whole(value: float) -> float | int:
    return int(value) if value == int(value) else value
