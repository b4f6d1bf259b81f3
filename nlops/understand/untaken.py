"""What a message says of when, how long and how often, and none of its calls takes: told beside them, so that nobody
believes in an hour that no tool keeps.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.fold import fold
from nlops.understand.guards import times_of
from nlops.understand.moods import read_moods, waiting_in
from nlops.understand.numbers import Number, find_numbers
from nlops.understand.parting import left_out
from nlops.understand.quantities import readings, seconds_of
from nlops.understand.schema import Argument, arguments_of

_MOST = 3
_ALSO_OTHERS = ("分", "second", "m")  # 「分给」, "a second driver", metres
_CLAUSE = re.compile(
    r"[,，.。;；!！?？\n]+(?=\s|$|[^\d\s])|(?<!hundred)(?<!thousand)\s(?=(?:and|then|but|so)\s(?!an?\s))"
)
# A clause that tells how things are orders nothing: "he has been down for an hour", 「他卡了一个小时了」.
_TELLS = re.compile(
    r"\b(?:been|was|were|had|has|have|is|are|seems?|did|lost|dropped|died|crashed|went|ago|because|keeps?)\b"
    r"|\b(?:he|she|it|that|there|what|who)['’]s\b|['’](?:re|ve)\b|了.*了|已经|一直|刚刚?才?|老是|总是|因为|的时候"
)
_WEEKDAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_PAST = re.compile(
    rf"\b(?:yesterday|(?:last|past)\s+(?:hour|day|night|week|weekend|month|{_WEEKDAY}))\b|昨[天日晚]?|前天|上(?:周|星期|个月)[一二三四五六日天]?"
)
_WHEN = re.compile(
    rf"\b(?:tonight|tomorrow|(?:next|this)\s+(?:week|weekend|month|morning|afternoon|evening|{_WEEKDAY})"
    rf"|(?:on\s+)?{_WEEKDAY}|at\s+(?:noon|midnight|night)|(?:at\s+)?\d{{1,2}}(?::\d{{2}})?\s?(?:am|pm)|(?:at\s+)?\d{{1,2}}:\d{{2}})\b"
    r"|今[早晚]|明[天日早晚]上?|后天|下(?:周|星期|个月)[一二三四五六日天]?|(?:周|星期)[一二三四五六日](?![到至])|凌晨|半夜"
    r"|(?:早上|上午|中午|下午|晚上)(?:[零一二两三四五六七八九十]{1,3}|\d{1,2})点(?:半|钟|整)?"
    r"|(?<![一\d零二两三四五六七八九十])(?:[二两三四五六七八九十]|十[一二]|\d{1,2})点(?:半|钟|整)"
)
_OFTEN = re.compile(
    r"\b(?:twice|(?:two|three|four|five|ten|\d+|a\s+few|a\s+couple\s+of)\s+times"
    r"|(?:every|each)\s+(?:hour|day|night|week|morning)|hourly|daily|nightly|weekly)\b"
    r"|(?:[两三四五六七八九十]|(?<![\w-])\d{1,2})[次遍](?![的数])|每[天周晚]|每隔.{1,4}(?:分钟|小时|天)"
)
_LED_BY = re.compile(
    r"\b(?:for|in|within|over|after|during)\s+(?:the\s+)?(?:(?:last|past|next)\s+)?$|(?:最近|过去|近)$"
)
_PART_OF_A_FACT = re.compile(r"(?:[\w-]|[了过满早晚])$", re.ASCII)
_FACT_BEHIND = re.compile(r"\s*(?:old|ago|ahead|late|early|before|behind|没|不|前|之|内)")
_A_SPAN = re.compile(
    r"\b(?:min|minute|hour|day|week|month|span|window|length|period|duration|every)s?\b|分钟|小时|天|周|月|时长|期"
)


@dataclass(frozen=True)
class _Piece:
    """A piece of a message, and the number in it; `is_past` where it can only be looked back at."""

    text: str
    number: Number | None = None
    is_past: bool = False


def untaken(text: str, calls: Sequence[ToolCall], catalogue: Catalogue) -> tuple[str, ...]:
    """Pieces of a message, a few at most: parts of it that wait for something, as they stand, and the other pieces
    folded; none of what is quoted or forbidden, nor of what only tells how things are."""
    names = frozenset(fold(alias) for bot in catalogue.bots for alias in bot.all())
    live = read_moods(fold(text), names).live
    found: dict[str, None] = {}
    for clause in _CLAUSE.split(live):
        if not _TELLS.search(clause):
            left = (one for one in _pieces(clause) if not any(_takes(call, one, catalogue) for call in calls))
            found |= dict.fromkeys(one.text for one in left)
    waiting = left_out(text, calls, catalogue) or _waiting(live, calls)
    others = (one for one in found if not any(one in fold(part) for part in waiting))
    return (*waiting, *others)[:_MOST]


def _waiting(live: str, calls: Sequence[ToolCall]) -> tuple[str, ...]:
    """The clauses that begin with what they are about and a condition, and are about nothing that is done."""
    done = fold(" ".join(str(value) for call in calls for value in call.arguments.values()))
    return tuple(clause for id_, clause in waiting_in(live) if not re.search(rf"\b{id_}\b", done))


def _pieces(clause: str) -> Iterator[_Piece]:
    spans: list[tuple[int, int, Number | None, bool]] = [
        (*match.span(), None, form is _PAST) for form in (_PAST, _WHEN, _OFTEN) for match in form.finditer(clause)
    ]
    for number in find_numbers(clause):
        end = clause.find(number.unit, number.start) + len(number.unit)
        is_fact = _PART_OF_A_FACT.search(clause[: number.start]) or _FACT_BEHIND.match(clause, end)
        if seconds_of(number.unit) is None or number.unit in _ALSO_OTHERS or is_fact:
            continue
        led = _LED_BY.search(clause[: number.start])
        spans.append((led.start() if led else number.start, max(end, number.end), number, False))
    end = 0
    for start, stop, counted, is_past in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= end:
            yield _Piece(clause[start:stop].strip(), counted, is_past)
            end = stop


def _takes(call: ToolCall, piece: _Piece, catalogue: Catalogue) -> bool:
    """Whether a call has the piece: as a number in its unit, in a text, as a span of a choice, or as any time at all;
    what is past is told of looks alone."""
    tool = catalogue.get(call.tool)
    if tool is None or (piece.is_past and tool.policy.risk != "read"):
        return True
    given = [argument for argument in arguments_of(tool, catalogue) if argument.name in call.arguments]
    return bool(times_of(tool) & call.arguments.keys()) or any(
        _holds(argument, call.arguments[argument.name], piece) for argument in given
    )


def _holds(argument: Argument, value: object, piece: _Piece) -> bool:
    if isinstance(value, str) and not argument.choices:
        return piece.text in fold(value) or fold(value) in piece.text
    if argument.choices and not argument.is_bot:
        is_span = _A_SPAN.search(f"{argument.words} {fold(argument.description)}") is not None
        return is_span or piece.text in fold(str(value))
    if piece.text == "twice" and value == 2:
        return True
    numbers = find_numbers(piece.text) if piece.number is None else (piece.number,)
    return any(value in readings(number, argument) for number in numbers)
