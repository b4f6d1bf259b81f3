"""Which way a change goes, where the schema says how each way is written: a negative number, or null.

"dock 300 points", 「提前两小时」, "the badge can come off": the number or the value stands in the message, and the
words around it turn it round.
"""

import re
from collections.abc import Iterable

from nlops.understand.fold import fold
from nlops.understand.numbers import Number
from nlops.understand.quantities import is_per_cent, readings
from nlops.understand.schema import Argument

_NEGATIVE = re.compile(r"\bnegative\b|\bminus\b|负")
_EARLIER = re.compile(
    r"(?<!too )\bearl(?:y|ier)\b|\bsooner\b|\b(?:bring|pull)\s+(?:\S+\s+){0,3}?forward\b|提前|提早"
    r"|(?<!太)早(?=[\d一二两三四五六七八九十半])"
)
_LATER = re.compile(
    r"\blater\b|\bdelay|\bpostpone|\b(?:push|hold|put)\s+(?:\S+\s+){0,3}?back\b|推迟|延后|延迟|往后|(?<!太)晚(?=[\d一二两三四五六七八九十半])"
)
_OF_TIME = re.compile(r"\bearl(?:y|ier)\b|\bsooner\b|\bbefore\b|提前|提早|早")
_GIVES = re.compile(r"\b(?:add|give|grant|raise|increase)\b|加|增|补|送|给")
_TAKES = re.compile(
    r"\b(?:dock|deduct|subtract|minus|take\s+(?:\S+\s+){0,3}?(?:away|off|back|from)|remove|reduce)\b|扣|减去|减掉|减少|下调|调低"
)
_CLEARS = re.compile(
    r"\b(?:remove|clear|unset|strip|get\s+rid\s+of|(?:take|takes|taking|come|comes|coming)\s+(?:\S+\s+){0,4}?(?:off|away|down))\b"
    r"|去掉|拿掉|摘|撤|取下|揭|清除|清掉|删掉|不要了"
)
_REPLACES = re.compile(r"\b(?:instead|replace|swap|change|put|set|switch)\b|换|改|设|贴上|挂上")


def sign_of(argument: Argument, live: str) -> int:
    """The sign that a folded message gives to a number, where the schema says what a negative one does: -1 or 1, and 0
    where the words say neither, or both."""
    told = _NEGATIVE.split(fold(argument.description), maxsplit=1)
    if len(told) < 2:
        return 0
    down, up = (_EARLIER, _LATER) if _OF_TIME.search(told[1]) else (_TAKES, _GIVES)
    is_down, is_up = down.search(live) is not None, up.search(live) is not None
    return is_up - is_down


_BEHIND_OF_ZERO = re.compile(r"\s*(?:degrees?\s*|°\s*)?(?:c\b|celsius\b)?\s*(?P<side>above|below|under)\s+zero\b")
_BEFORE_OF_ZERO = re.compile(r"(?P<side>零[上下])\s*$")


def side_of_zero(value: object, whole: str, numbers: Iterable[Number]) -> object:
    """A number with the sign that a folded message gives it by zero: "half a degree above zero", 「零下16度」."""
    if not isinstance(value, int | float) or isinstance(value, bool):
        return value
    for one in (one for one in numbers if one.low == one.high == abs(value)):
        match = _BEHIND_OF_ZERO.match(whole, one.end) or _BEFORE_OF_ZERO.search(whole[: one.start])
        if match is not None:
            return abs(value) if match["side"] in ("above", "零上") else -abs(value)
    return value


# "take 30 % off", "down by a fifth", 「降三成」, of what says how much is left: "may still be fed in", a limit.
_IS_LEFT = re.compile(r"\b(?:limit|cap|ceiling|remaining|still|left)\b|上限|限值|剩余|保留")
_DOWN_BY = re.compile(
    r"(?:降低|减少|压低|下调|降|减|少|砍|压|掉)(?:了|掉|个)?\s*$|\b(?:down|lower\w*|reduc\w*|cut|curtail\w*|drop\w*)\s(?:\S+\s){0,4}?by\s+(?:about\s+)?$"
)
_OFF = re.compile(r"\s*(?:%|percent|per\s+cent)?\s*(?:off|less)\b")


def left_of(argument: Argument, value: object, whole: str, numbers: Iterable[Number]) -> object:
    """What is left of a hundred where a folded message says how much less it shall be, and the argument is how much
    may be left; the value as it is elsewhere."""
    if not (isinstance(value, int | float) and is_per_cent(argument)):
        return value
    if not _IS_LEFT.search(f"{argument.words} {fold(argument.description)}"):
        return value
    own = [number for number in numbers if value in readings(number, argument)]
    is_less = [_DOWN_BY.search(whole[: one.start]) or _OFF.match(whole, one.end) for one in own]
    return 100 - value if own and all(is_less) else value


def is_taken_away(argument: Argument, live: str) -> bool:
    """Whether a folded message takes away what the schema takes away with null, so that a value is named only to say
    which; not where another is put in its place."""
    _, null, told = fold(argument.description).partition("null")
    is_about_it = argument.nullable and argument.required and bool(null) and _CLEARS.search(told) is not None
    return is_about_it and _CLEARS.search(live) is not None and _REPLACES.search(live) is None
