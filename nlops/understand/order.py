"""Which of the calls of a message come first, and how many of a row are meant: "…, but before that empty the cache",
"restart all, sales last", "K1, K2, K3: the first two".
"""

import re
from collections.abc import Sequence

from nlops.domain.tools import ToolCall
from nlops.understand.facts import Facts
from nlops.understand.fold import fold
from nlops.understand.numbers import WORDS, han_or_digits

_BEFORE_THAT = re.compile(
    r"\bbefore\s+(?:that|this|doing\s+(?:so|that|it)|you\s+do\s+(?:so|that|it))(?![a-z])"
    r"|\bbeforehand(?![a-z])|\bbut\s+first(?![a-z])"
    r"|之前[^,，。;；]{0,4}先|[在那此]之前"
)
_LAST = re.compile(r"['’]?s?\s*(?:\s(?:at\s+the\s+(?:very\s+)?end|last)\b(?!\s+\d)|(?:放在?|排在?|留到)?最后(?!\d))")
_FIRST = re.compile(r"\s+first\b(?!\s+(?:\d|two|three))|(?:优先|打头)")
_START = re.compile(r"\b(?:start(?:ing)?|begin(?:ning)?)\s+with\s+(?:the\s+)?$|(?:从|先)$")
_COUNT = r"two|three|four|five|six|[2-6]"
_FEW = re.compile(
    rf"\b(?P<end>first|last)\s+(?P<count>{_COUNT})(?:\s+(?:of\b|ones?\b|bots?\b)|(?=\s*(?:$|[,.;:!?，])))"
    r"|(?P<han>[前后])(?P<number>[两二三四五六2-6])[个条台把位只]"
)


def in_order(calls: Sequence[ToolCall], facts: Facts) -> tuple[ToolCall, ...]:
    """The calls that are meant, in the order that the message wants."""
    meant = _few(tuple(calls), facts)
    mark = _BEFORE_THAT.search(facts.reading.live)
    if mark is not None and len(meant) == 2:
        one, other = (_places(call, than, facts) for call, than in (meant, meant[::-1]))
        if max(one, default=0) < mark.start() <= max(other, default=mark.start()):
            return meant[::-1]
    return tuple(sorted(meant, key=lambda call: _rank(call, facts)))


def _rank(call: ToolCall, facts: Facts) -> int:
    """Before the others, among them, or behind them, by what stands beside its bot's name."""
    live = facts.reading.live
    for mention in facts.named:
        if mention.name in call.arguments.values():
            if _LAST.match(live, mention.end):
                return 1
            if _FIRST.match(live, mention.end) or _START.search(live[: mention.start]):
                return -1
    return 0


def _places(call: ToolCall, than: ToolCall, facts: Facts) -> list[int]:
    """Where a message says the values of a call that the other one does not have."""
    others = than.arguments.values()
    texts = [fold(value) for value in call.arguments.values() if isinstance(value, str) and value not in others]
    return [place for text in texts if (place := facts.reading.live.rfind(text)) >= 0]


def _few(calls: tuple[ToolCall, ...], facts: Facts) -> tuple[ToolCall, ...]:
    """Of a row that is said those that are meant, in calls of one tool or in one call's list."""
    match = _FEW.search(facts.reading.live)
    if match is None:
        return calls
    said = match["count"] or match["number"]
    count = int(WORDS[said]) if said in WORDS else int(han_or_digits(said))
    from_end = match["end"] == "last" or match["han"] == "后"
    rows = tuple(
        ToolCall(call.tool, {k: _cut(v, facts, count, from_end) for k, v in call.arguments.items()}) for call in calls
    )
    places = [_first_said(call, facts) for call in rows]
    if len({call.tool for call in rows}) > 1 or len(rows) <= count or -1 in places or len(set(places)) < len(rows):
        return rows
    kept = sorted(places)[-count:] if from_end else sorted(places)[:count]
    return tuple(call for call, place in zip(rows, places, strict=True) if place in kept)


def _cut(value: object, facts: Facts, count: int, from_end: bool) -> object:
    live = facts.reading.live
    if not isinstance(value, list) or len(value) <= count or any(fold(str(one)) not in live for one in value):
        return value
    row = sorted(value, key=lambda one: live.find(fold(str(one))))
    return row[-count:] if from_end else row[:count]


def _first_said(call: ToolCall, facts: Facts) -> int:
    """Where the message names what a call is about: its bot, or its one id."""
    named = [mention.start for mention in facts.named if mention.name in call.arguments.values()]
    texts = (fold(value) for value in call.arguments.values() if isinstance(value, str))
    return min((*named, *(place for text in texts if (place := facts.reading.live.find(text)) >= 0)), default=-1)
