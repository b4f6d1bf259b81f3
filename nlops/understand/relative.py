"""Numbers that are said relative to what is now: "double the workers", "two more", 「减半」, 「再加两个」.

What is now nobody knows here, unless it was set a moment ago: then it is reckoned from that. Else, where an argument
takes what shall be, such words are no value for it; a factor, a share, or a tool that adds takes them as they are.
"""

import re

from nlops.domain.tools import ToolSpec
from nlops.understand.fold import fold
from nlops.understand.numbers import Number
from nlops.understand.numerals import WORDS
from nlops.understand.outcomes import Impossible, Said
from nlops.understand.quantities import lasts_in, readings, seconds_of
from nlops.understand.schema import Argument

_MANIFOLD = re.compile(
    r"\b(?:(?:doubl|tripl|quadrupl)(?:e|ed|ing)|halv(?:e|ed|ing))\b(?![\s-]+(?:hour|room|bed|shift|check|book))"
    r"|\bhalf\s+(?:of\s+)?(?:the|our|my|his|her|their|its|as)\b|\bby\s+half\b|\btwice\s+(?:as|the)\b"
    r"|\bhalf\s+(?:that|this)\b|\b(?:only|just)\s+half\b|(?:要|给|减|来|是)一半"
    r"|翻倍|翻一?番|加倍|减半|砍半|[减砍少]一半"
)
_RECKONS = re.compile(
    r"\b(?:doubl|halv)(?:e|ed|ing)\b|\btwice\b|\bby\s+half\b"
    r"|\bhalf\s+(?:that|this|of\s+(?:it|that)|the\s+(?:amount|number|time|size|dose|quantity))\b"
    r"|翻倍|翻一?番|加倍|一半|减半|砍半"
)
_HALVES, _HALF = re.compile("hal[fv]|半"), 0.5
_OF_A_SHARE = re.compile(
    r"factor|multipl|percent|\bpct\b|%|ratio|\btimes\b|share|\brate\b|\bdelta\b|\bby how\b|\bsteps?\b"
    r"|比例|百分|倍|折|成数|幅度"
)
_MORE_BEHIND = re.compile(r"\s*(?!or\b)(?:[a-z]+\s+){0,2}?(?:more|extra|additional|fewer|cheaper|dearer)\b")
_UP = r"longer|later|higher|hotter|warmer|louder|brighter|bigger|wider"
_DOWN = r"shorter|earlier|lower|colder|cooler|quieter|dimmer|smaller|narrower"
_THAN_BEFORE = re.compile(rf"\s*(?!(?:{'|'.join(WORDS)})\b)(?:[a-z]+\s+){{0,2}}?(?:{_UP}|{_DOWN})\b")
_CHEAPER = re.compile(r"(?:便宜|贵|涨|降)了?$")
# Of what has a level now "five degrees warmer" is so much more, whatever was spoken of.
_LEVEL = re.compile(r"\b(?:warmer|colder|hotter|cooler|higher|lower|brighter|dimmer|louder|quieter)\b")
_OF_A_CHANGE = re.compile(r"\b(?:change|shift|gain|offset|adjust|delta|by|step)\b")
# 「再开大两成」, 「调低两度」
_CHANGED_BEFORE = re.compile(r"(?:[调开关放升降加减拧][大小高低长短亮暗]|延长|缩短)了?$")
_LESS_BEHIND = re.compile(rf"\s*(?:[a-z]+\s+){{0,2}}?(?:{_DOWN}|fewer|less|cheaper|off)\b")
_LESS_BEFORE = re.compile(
    r"(?:\b(?:down|lower|decrease|reduce|cut)\b.*\bby|[减降少]|[调开关放降减拧][小低短暗]|缩短|便宜)了?$"
)
_MORE_BEFORE = re.compile(
    r"(?:\b(?:another|extra|additional)|\b(?:up|down|raise|lower|increase|decrease|reduce|cut|bump)\b.*\bby"
    r"|再[加来添多开减]?|(?<![最至顶])多[加开]?|[加减涨降]|便宜|(?<!太)贵|(?<![最至不])少)$"
)
# A tool whose number is what shall be, by its description; and one that adds, or takes away. "Not how many more",
# 「不是加减」 is said of the first.
_NOT = re.compile(r"\b(?:not|instead of|rather than)\b[^.,;()]*|(?:不是|并非|而非)[^。，；,;()（）]*")
_SETS = re.compile(
    r"^(?:re)?(?:set|size|scale)s?\b|^(?:change|adjust)s?\b.*\b(?:number|count|how many)\b|\btotal\b"
    r"|\boverwrites?\b|\bfinal\b|\bnew (?:value|price|number|stock|limit|size)\b"
    r"|设[定置为]|缩容|总[数共]|最终|改[成完后]"
)
_ADDS = re.compile(
    r"\b(?:add|extend|prolong|top\s?up|raise|lower|increase|decrease|reduce|correct|book)s?\b|\b(?:more|extra|delta|by)\b"
    r"|增|追加|[添加减]|延长|上调|下调"
)


def is_relative(value: object, tool: ToolSpec, argument: Argument, facts: Said, *, alone: bool) -> bool:
    """Whether the message has this number only as a change of what is now, and the tool wants what shall be. Where the
    number is not the tool's only one (`alone`), the words may be about another."""
    value = value.got if isinstance(value, Impossible) else value
    if isinstance(value, bool) or not isinstance(value, int | float) or tool.policy.risk == "read":
        return False
    told = fold(f"{argument.words} {argument.title} {argument.description}")
    if _OF_A_SHARE.search(told):
        return False
    said = [number for number in facts.numbers if value in readings(number, argument)]
    if is_reckoned(value, argument, facts):
        return False
    if not said:
        return alone and _MANIFOLD.search(facts.reading.whole) is not None
    about, told = (_NOT.sub(" ", text) for text in (fold(tool.description), told))
    if _ADDS.search(f"{about} {told}") is not None:
        return False
    lasts = all(seconds_of(one.unit) is not None or (not one.unit and lasts_in(argument)) for one in said)
    if _before(argument, facts) and lasts and all(_is_more(number, facts.reading.whole) for number in said):
        return True
    if all(_CHEAPER.search(facts.reading.whole[: one.start].rstrip()) for one in said) and not _OF_A_CHANGE.search(
        argument.words
    ):
        return True
    is_level = _LEVEL.search(facts.reading.whole) is not None and not _OF_A_CHANGE.search(argument.words)
    if (_before(argument, facts) or is_level) and all(_is_compared(one, facts.reading.whole) for one in said):
        return True
    return _SETS.search(about) is not None and all(_is_more(number, facts.reading.whole) for number in said)


def reckoned(base: float, argument: Argument, tool: ToolSpec, facts: Said, *, alone: bool) -> float | None:
    """What the base, set a moment ago, comes to by so much more or less, where a text says that; else None."""
    told = [(number, values[0]) for number in facts.numbers if (values := readings(number, argument))]
    factor = _RECKONS.search(facts.reading.whole)
    if factor and not told and alone:
        return _plain(base * (_HALF if _HALVES.search(factor[0]) else 2))
    if len(told) != 1 or told[0][0].low != told[0][0].high:
        return None
    number, by = told[0]
    if not is_relative(by, tool, argument, facts, alone=alone):
        return None
    whole = facts.reading.whole
    is_less = _LESS_BEHIND.match(whole, number.end) or _LESS_BEFORE.search(whole[: number.start].rstrip())
    return _plain(base - by if is_less else base + by)


def _plain(value: float) -> float:
    return int(value) if value == int(value) else round(value, 6)


def is_reckoned(value: float, argument: Argument, facts: Said) -> bool:
    """Whether a number is the double or the half of what was spoken of, and a text says so."""
    says = _RECKONS.search(facts.reading.whole) is not None
    return says and any(value in (2 * one, one / 2) for one in _before(argument, facts))


def _before(argument: Argument, facts: Said) -> list[float]:
    """The numbers that the calls before had for an argument of this name."""
    said = (row.get(argument.name) for row in facts.earlier)
    return [one for one in said if isinstance(one, int | float) and not isinstance(one, bool)]


def _is_compared(number: Number, whole: str) -> bool:
    behind = _THAN_BEFORE.match(whole, number.end) is not None
    return behind or _CHANGED_BEFORE.search(whole[: number.start].rstrip()) is not None


def _is_more(number: Number, whole: str) -> bool:
    behind = _MORE_BEHIND.match(whole[number.end :]) is not None
    return behind or _MORE_BEFORE.search(whole[: number.start].rstrip()) is not None
