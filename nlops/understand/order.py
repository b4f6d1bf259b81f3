"""Which of the calls of a message come first, and how many of a row are meant: "…, but before that empty the cache",
"restart all, sales last", "K1, K2, K3: the first two".
"""

import re
from collections.abc import Sequence

from nlops.domain.tools import ToolCall
from nlops.understand.facts import Facts
from nlops.understand.fold import fold
from nlops.understand.names import Mention
from nlops.understand.numerals import WORDS, han_or_digits

_BEFORE_THAT = re.compile(
    r"\bbefore\s+(?:that|this|doing\s+(?:so|that|it)|you\s+do\s+(?:so|that|it))(?![a-z])"
    r"|\bbeforehand(?![a-z])|\bbut\s+first(?![a-z])"
    r"|之前[^,，。;；]{0,4}先|[在那此]之前"
)
_LAST = re.compile(r"['’]?s?\s*(?:\s(?:at\s+the\s+(?:very\s+)?end|last)\b(?!\s+\d)|(?:放在?|排在?|留到)?最后(?!\d))")
_FIRST = re.compile(r"\s+first\b(?!\s+(?:\d|two|three))|(?:优先|打头)")
_START = re.compile(r"\b(?:start(?:ing)?|begin(?:ning)?)\s+with\s+(?:the\s+)?$|(?:从|先)$")
_ROW = 3  # as many make a row
_COUNT = r"two|three|four|five|six|[2-6]"
_FEW = re.compile(
    rf"\b(?P<end>first|last)\s+(?P<count>{_COUNT})\b(?!\s+(?!ones\b|bots\b|keys\b|is\b|was\b)[a-z]+s\b)"
    r"|(?P<han>[前后])面?(?P<number>[两二三四五六2-6])[个条台把位只份]"
    r"|\b(?:the\s+)?(?P<one>first|last)\s+one\b|(?P<han1>第一|最后)(?:那|一)?[个条台把位只份]"
)
# Of those that stay nothing is ordered: "the last one still has budget", 「前两个还要用」
_STAYS = re.compile(r"\b(?:still|keep|leave|stays?|not|needed|untouched)\b|n['’]t\b|还[要在有得]|先不|不[用动管]|别|留")


def in_order(calls: Sequence[ToolCall], facts: Facts) -> tuple[ToolCall, ...]:
    """The calls that are meant, in the order that the message wants."""
    meant = _few(tuple(calls), facts)
    mark = _BEFORE_THAT.search(facts.reading.live)
    if mark is not None and len(meant) == 2:
        one, other = (_places(call, than, facts) for call, than in (meant, meant[::-1]))
        is_last = not facts.reading.live[mark.end() :].strip(" .。!！")  # "wash it beforehand"
        if max(one, default=0) < mark.start() and (is_last or mark.start() <= max(other, default=mark.start())):
            return meant[::-1]
    return tuple(sorted(meant, key=lambda call: _rank(call, facts)))


def are_only_placed(facts: Facts) -> bool:
    """Whether the bots are named only to say when their turn comes: "restart all, bob last"."""
    return bool(facts.named) and all(_turn(one, facts) for one in facts.named)


def _rank(call: ToolCall, facts: Facts) -> int:
    """Before the others, among them, or behind them, by what stands beside its bot's name."""
    turns = (_turn(one, facts) for one in facts.named if one.name in call.arguments.values())
    return next(filter(None, turns), 0)


def _turn(mention: Mention, facts: Facts) -> int:
    live = facts.reading.live
    if _LAST.match(live, mention.end):
        return 1
    return -1 if _FIRST.match(live, mention.end) or _START.search(live[: mention.start]) else 0


def _places(call: ToolCall, than: ToolCall, facts: Facts) -> list[int]:
    """Where a message says the values of a call that the other one does not have."""
    others = than.arguments.values()
    texts = [fold(value) for value in call.arguments.values() if isinstance(value, str) and value not in others]
    return [place for text in texts if (place := facts.reading.live.rfind(text)) >= 0]


def _few(calls: tuple[ToolCall, ...], facts: Facts) -> tuple[ToolCall, ...]:
    """Of a row that is said those that are meant, in calls of one tool or in one call's list."""
    match = next((one for one in _FEW.finditer(facts.reading.live) if not _STAYS.search(_clause_of(one))), None)
    if match is None:
        return calls
    said = match["count"] or match["number"] or "one"
    count = int(WORDS[said]) if said in WORDS else int(han_or_digits(said))
    from_end = (match["end"] or match["one"]) == "last" or (match["han"] or match["han1"]) in ("后", "最后")
    if count == 1 and len(calls) < _ROW:
        return calls  # "the first one" of two is told by what was spoken of
    rows = tuple(
        ToolCall(call.tool, {k: _cut(v, facts, count, from_end) for k, v in call.arguments.items()}) for call in calls
    )
    places = [_first_said(call, facts) for call in rows]
    if len({call.tool for call in rows}) > 1 or len(rows) <= count or -1 in places or len(set(places)) < len(rows):
        return rows
    kept = sorted(places)[-count:] if from_end else sorted(places)[:count]
    return tuple(call for call, place in zip(rows, places, strict=True) if place in kept)


def _clause_of(match: re.Match[str]) -> str:
    before = re.split(r"[,，。;；.!！]|\band\b|\bbut\b", match.string[: match.start()])[-1]
    return before + re.split(r"[,，。;；.!！]|\band\b|\bbut\b", match.string[match.start() :])[0]


def _cut(value: object, facts: Facts, count: int, from_end: bool) -> object:
    """A list without those that are not meant: of the row in the message, or of the one that was spoken of."""
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return value
    said = all(_where(one, facts) >= 0 for one in value)
    spoken = [one for row in facts.earlier for one in row.values() if isinstance(one, list) and {*value} <= {*one}]
    row = sorted(value, key=lambda one: _where(one, facts)) if said else next(iter(spoken), [])
    return (row[-count:] if from_end else row[:count]) if len(row) > count else value


def _where(item: str, facts: Facts) -> int:
    """Where a message says an id, or its digits: of "K1 2 3" the second."""
    live, digits = facts.reading.live, re.findall(r"\d+", item)
    whole = live.find(fold(item))
    match = re.search(rf"(?<!\d){digits[-1]}(?!\d)", live) if digits and whole < 0 else None
    return match.start() if match else whole


def _first_said(call: ToolCall, facts: Facts) -> int:
    """Where the message names what a call is about: its bot, or its one id."""
    named = [mention.start for mention in facts.named if mention.name in call.arguments.values()]
    texts = (fold(value) for value in call.arguments.values() if isinstance(value, str))
    return min((*named, *(place for text in texts if (place := facts.reading.live.find(text)) >= 0)), default=-1)
