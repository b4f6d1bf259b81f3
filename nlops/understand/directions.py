"""Which way a change goes, where the schema says how each way is written: a negative number, or null.

"dock 300 points", 「提前两小时」, "the badge can come off": the number or the value stands in the message, and the
words around it turn it round.
"""

import re

from nlops.understand.fold import fold
from nlops.understand.schema import Argument

_NEGATIVE = re.compile(r"\bnegative\b|\bminus\b|负")
_EARLIER = re.compile(
    r"(?<!too )\bearl(?:y|ier)\b|\bsooner\b|\bbring\s+(?:\S+\s+){0,3}?forward\b|提前|提早"
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


def is_taken_away(argument: Argument, live: str) -> bool:
    """Whether a folded message takes away what the schema takes away with null, so that a value is named only to say
    which; not where another is put in its place."""
    _, null, told = fold(argument.description).partition("null")
    is_about_it = argument.nullable and argument.required and bool(null) and _CLEARS.search(told) is not None
    return is_about_it and _CLEARS.search(live) is not None and _REPLACES.search(live) is None
