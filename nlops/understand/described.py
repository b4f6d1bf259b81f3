"""Bots that are meant by how they are and not by name: "restart the one that's down", 「把掉线的都重启一下」.

Whoever knows how the bots are puts their names in (`with_names`) before the message is read any further. Where nobody
knows, or the description is another ("all bots with errors"), it narrows "all" down (`without_narrowed`): it is asked
which ones, and never made all.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from nlops.domain.bots import BotStatus
from nlops.domain.tools import Catalogue
from nlops.domain.words import language_of
from nlops.understand.fold import fold
from nlops.understand.moods import read_moods
from nlops.understand.names import find_names
from nlops.understand.narrow import is_named
from nlops.understand.schema import arguments_of, passes_a_text_on

_BE = (
    r"(?:\s+(?:is|are|was|were|seems?(?:\s+to\s+be)?|went|(?:has|have)\s+(?:gone|been))|\s*['’](?:s|re))"
    r"(?:\s+(?:currently|now|still|again|just|all))*"
)
_EACH = r"(?:every|each|any)"
_THE = r"(?:the|my|our)"
_THESE = rf"(?:all(?:\s+of)?(?:\s+(?:{_THE}|those|these))?|both(?:\s+{_THE})?|those|these|{_THE})"
_CHINESE_BOT = r"(?:机器人|bot|账号|号)"
_CHINESE_SEVERAL = r"(?:所有|全部|每一?个|那些|这些|那几个|这几个|几个)"
_CHINESE_ONE = r"(?:[那这]一?[个台])"
_CONDITION = re.compile(
    r"(?:\b(?:if|when|whenever|once|until|unless|in\s+case|as\s+soon\s+as|every\s+time)\s+"
    r"|(?:如果|要是|假如|万一|一旦|只要|除非|每次|等)\s*)$",
    re.IGNORECASE,
)
# Who counts them or asks which they are wants to see them all.
_ASKS = re.compile(r"\b(?:how\s+many|(?:are|is)\s+there|list)\b|(?<![那这])几个|多少|有没有|哪|谁", re.IGNORECASE)
_PASSED_ON = re.compile(r"[:：]\s*\D|[\"“「『`]")
_IS = re.compile(r"(?:\b(?:is|are|was|were|be)(?:n['’]?t|\s+not)?\s+|['’]s\s+|[是叫])$", re.IGNORECASE)
_NARROWED = re.compile(
    rf"\b(?:all|every|each|any|both|everything|everyone|everybody)\b(?:\s+of)?(?:\s+(?:{_THE}|those|these))?"
    r"(?:\s+(?:bots?|ones?))?\s+(?:whose|with|without|having|(?:that|which|who)(?=['’]|\s+(?:is|are|was|were|has|have"
    r"|had|does|do|did|can|could|need|needs|still|\w+n['’]t|\w+ed)\b))"
    rf"|\ball(?:\s+of)?(?:\s+{_THE})?\s+(?!(?:of|the|my|our|your|their|these|those|wechat|chat|\d+"
    r"|two|three|four|five|six|seven|eight|nine|ten|damn|bloody)\b)[a-z-]+\s+bots\b"
    r"|(?:所有|全部|每一?个|全体)(?!的?(?:我们?|咱们?|你们?|这里|这边|线上|微信|机器人|bot|账号|号)的)[^,，。;；!！?？、\s]{1,12}的"
    rf"(?:{_CHINESE_BOT}|都|全部?|(?=重启|$))+"
    rf"|(?<![我咱你们有部个])的{_CHINESE_BOT}(?:都|全部|全都|全)"
)


@dataclass(frozen=True)
class _State:
    """How a bot can be, as it is said: what may stand before a noun and behind "is", what behind "that" alone, and the
    Chinese of both."""

    statuses: frozenset[BotStatus]
    word: str
    chinese: str
    verb: str = r"(?!)"


_STATES = (
    _State(
        frozenset(BotStatus) - {BotStatus.UNKNOWN, BotStatus.LOGGED_IN},
        r"(?:down|off-?\s?line|dead|out(?!\s+of\b)|disconnected|logged\s+(?:out|off)|gone"
        r"|not\s+(?:logged\s+in|on-?line|up))(?![\w-])",
        r"(?:(?<![没不未])(?:掉线|离线|下线|断线|断开|挂掉|挂|(?<![停关删清去丢换撤卸退跑忘扔])掉)|[不没]在线|没上线|[没未]登录|没登上)",
        r"(?:(?:dropped|fell|went)(?:\s+(?:off-?\s?line|off|over|down|out))?|died|logged\s+(?:out|off)"
        r"|(?:is|are|was|were)n['’]?t\s+(?:logged\s+in|on-?line|up))(?![\w-])",
    ),
    _State(
        frozenset({BotStatus.LOGGED_IN}),
        r"(?:up|on-?line|logged\s+in|alive|healthy)(?![\w-])",
        r"(?:(?<![不没])(?:在线|正常|活着)|没(?:掉线|掉|挂))",
    ),
    _State(
        frozenset({BotStatus.WAITING, BotStatus.TIMEOUT, BotStatus.CANCELLED}),
        r"(?:waiting(?:\s+(?:for|to\s+be)\s+(?:an?\s+|the\s+|its\s+)?(?:scan(?:ned)?|code|qr))?)(?![\w-])",
        r"(?:等着?扫码?|等待扫码|待扫码|[没未]扫码)",
    ),
)


@dataclass(frozen=True)
class _Described:
    """The bots that [start, end) of a text describes: by their statuses, one or several."""

    start: int
    end: int
    statuses: frozenset[BotStatus]
    several: bool


def with_names(text: str, catalogue: Catalogue, statuses: Mapping[str, BotStatus]) -> str:
    """The text with the names of the bots that it describes. As it is where none of them is like that or one is meant
    and several are, so that it is asked; where a tool has such a word for something of its own; and of a text that is
    only passed on."""
    names = [bot.name for bot in catalogue.bots]
    arguments = [argument for tool in catalogue.tools for argument in arguments_of(tool, catalogue)]
    if len(names) < 2 or not any(argument.is_bot for argument in arguments) or _ASKS.search(text):
        return text
    folded = fold(text)
    if any(passes_a_text_on(tool, catalogue) and is_named(tool, folded) for tool in catalogue.tools):
        return text
    taken = " ".join(str(one) for argument in arguments if not argument.is_bot for one in argument.choices)
    called = frozenset(fold(alias) for bot in catalogue.bots for alias in bot.all())
    forbidden = read_moods(folded, called).forbidden
    spared = {mention.name for part in forbidden for mention in find_names(part, catalogue.bots)}
    named = text
    passed_on = _PASSED_ON.search(text)
    ordered = text[: passed_on.start()] if passed_on else text
    for one in sorted(_descriptions(ordered, taken), key=lambda found: -found.start):
        fit = [name for name in names if statuses.get(name) in one.statuses and name not in spared]
        if not fit or (len(fit) > 1 and not one.several):
            return text
        rest = re.sub(r"^['’](?!s)", "'s", named[one.end :])  # "the offline bots' logs"
        named = named[: one.start] + _joined(fit, text) + rest
    return named


def without_narrowed(folded: str) -> str:
    """A folded text without what narrows "all" down."""
    for one in sorted(_descriptions(folded), key=lambda found: -found.start):
        folded = f"{folded[: one.start]} {folded[one.end :]}"
    return _NARROWED.sub(" ", folded)


def _joined(names: list[str], text: str) -> str:
    if language_of(text) == "zh":
        return "、".join(names)
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _descriptions(text: str, taken: str = "") -> Iterator[_Described]:
    """Every description, no two overlapping; none by a word that is `taken`, nor behind "if" or "is"."""
    end = 0
    found = []
    for state in _STATES:
        if re.search(rf"\b{state.word}|{state.chinese}", taken, re.IGNORECASE):
            continue
        for several, pattern in _patterns(state):
            found += [_Described(*m.span(), state.statuses, several) for m in pattern.finditer(text)]
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if one.start >= end and not _CONDITION.search(text[: one.start]) and not _IS.search(text[: one.start]):
            yield one
            end = one.end


@cache
def _patterns(state: _State) -> tuple[tuple[bool, re.Pattern[str]], ...]:
    """The forms of a description, and whether each is of several bots."""
    is_so = rf"(?:{_BE}\s+{state.word}|\s+{state.verb})"
    relative = rf"\s+(?:that|which|who){is_so}"
    chinese = rf"(?:现在|目前|当前|已经|还|正|又)?{state.chinese}[了着]?的"
    goes_on = r"(?=$|[,，。.;；!！?？\s]|重启|重新|发|看|拉|给|也|一下|先|马上|赶紧|立刻|以外|之外|的)"
    forms = (
        (True, rf"\b(?:{_THESE}\s+)?{state.word}\s+(?:bots|ones)\b|\b{_EACH}\s+{state.word}\s+(?:bot|one)\b"),
        (True, rf"\b(?:(?:{_THESE}\s+)?(?:bots|ones)|{_EACH}\s+(?:bot|one)){relative}"),
        (True, rf"\b(?:everything|everyone|everybody|anything|anyone|those|all|whatever){relative}"),
        (True, rf"\b(?:whoever|whatever|whichever(?:\s+(?:bots?|ones?))?){is_so}"),
        (False, rf"\b{_THE}\s+{state.word}\s+(?:bot|one)\b|\b{_THE}\s+(?:bot|one){relative}"),
        (False, rf"\b(?:(?:some|an?|one|the)\s+bot|one\s+of\s+(?:them|{_THE}\s+bots))(?={_BE}\s+{state.word})"),
        (False, rf"{_CHINESE_ONE}{chinese}{_CHINESE_BOT}?|{chinese}{_CHINESE_ONE}{_CHINESE_BOT}?"),
        (
            True,
            rf"{_CHINESE_SEVERAL}的?{chinese}{_CHINESE_BOT}?(?:都|全部|全都|全)?"
            rf"|{chinese}(?:{_CHINESE_SEVERAL}{_CHINESE_BOT}?|{_CHINESE_BOT})?(?:都|全部|全都|全)"
            rf"|{chinese}(?:{_CHINESE_SEVERAL}{_CHINESE_BOT}?|{_CHINESE_BOT}|{goes_on})",
        ),
        (
            False,
            rf"有(?:一?[个台])?{_CHINESE_BOT}(?=(?:好像|又|已经|刚)?{state.chinese}了)|有一?个(?={state.chinese}了)",
        ),
    )
    return tuple((several, re.compile(form, re.IGNORECASE)) for several, form in forms)
