"""A factor by which something is multiplied, out of a share that a message says: "30 % dearer" is 1.3, 「打八折」 0.8,
"back to the normal price" 1.
"""

import re

from nlops.understand.fold import fold
from nlops.understand.numbers import Number
from nlops.understand.outcomes import Said
from nlops.understand.schema import Argument

_NAME = re.compile(r"\b(?:factor|multiplier|multiple|coefficient)\b|倍数|倍率|系数")
_MOST = 20  # what goes further is no factor
_TIMES = ("倍", "times", "x")
_SHARES = ("%", "percent", "个百分点")
_MORE = re.compile(
    r"\b(?:up|more|dearer|pricier|higher|above|over|rais\w*|increas\w*|lift\w*|add\w*|bump\w*|surge\w*|plus|extra|expensive)\b"
    r"|涨|上调|上浮|提价|提高|加价|加收|加|贵|高|多"
)
_LESS = re.compile(
    r"\b(?:down|less|cheaper|lower\w*|below|off|drop\w*|reduc\w*|cut\w*|decreas\w*|discount\w*|minus|knock\w*|shave\w*)\b"
    r"|降|下调|下浮|减|便宜|优惠|低|少|让利"
)
_WORDS = (
    (2.0, re.compile(r"\b(?:double|twice)\b|双倍|翻倍|加倍|翻一倍")),
    (3.0, re.compile(r"\btriple\b")),
    (0.5, re.compile(r"\bhal(?:f|ve)\b|减半|半价|对半|打对折")),
)
_NORMAL = re.compile(r"\b(?:normal|usual|standard|regular|original)\b|正常|原价|平时|恢复|还原")
_ONE_IS_NORMAL = re.compile(
    r"\b1(?:\.0)?\s*(?:is|=|:|means)\s*(?:the\s+)?(?:normal|usual|standard|regular)|1\s*[是为=:]?\s*(?:原价|正常)"
)
_CLAUSES = re.compile(r"[,，;；。]|\b(?:and|but)\b|然后")


def is_a_factor(argument: Argument) -> bool:
    """Whether an argument is a factor, by its name and how far it goes."""
    most = argument.schema.get("maximum")
    told = f"{argument.words} {fold(argument.title)}"
    return argument.kind == "number" and isinstance(most, int | float) and most <= _MOST and bool(_NAME.search(told))


def factors_in(argument: Argument, facts: Said) -> frozenset[float]:
    """The factors that a message says as a share more or less, each by the words of its clause."""
    whole = facts.reading.whole
    found = {_factor_of(number, _clause(number, whole)) for number in facts.numbers}
    found |= {factor for factor, words in _WORDS if words.search(whole)}
    is_normal = _NORMAL.search(whole) is not None and _ONE_IS_NORMAL.search(fold(argument.description)) is not None
    return frozenset(one for one in found if one) | (frozenset({1.0}) if is_normal else frozenset())


def _factor_of(number: Number, clause: str) -> float:
    """0 where a number is no share, or nothing tells which way it goes."""
    if number.low != number.high:
        return 0.0
    if number.unit == "折":
        return number.low / (10 if number.low < 10 else 100)  # 「八五折」
    if number.unit in _TIMES or (number.low % 1 and number.unit not in _SHARES):
        return number.low
    if number.unit not in _SHARES:
        return 0.0
    is_more, is_less = _MORE.search(clause) is not None, _LESS.search(clause) is not None
    if is_more == is_less:
        return 0.0
    return round(1 + number.low / 100 if is_more else 1 - number.low / 100, 4)


def _clause(number: Number, whole: str) -> str:
    ends = [match.start() for match in _CLAUSES.finditer(whole, number.end)]
    starts = [match.end() for match in _CLAUSES.finditer(whole, 0, number.start)]
    return whole[max(starts, default=0) : min(ends, default=len(whole))]
