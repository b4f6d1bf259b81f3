"""All but some: what a text excepts from all there are, and what is left; what it keeps; and what it leaves out
although no tool can.
"""

import re
from collections.abc import Sequence

from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.facts import Facts
from nlops.understand.fold import fold
from nlops.understand.labels import key
from nlops.understand.names import find_names
from nlops.understand.sayings import mentioned
from nlops.understand.schema import Argument, arguments_of

_MOST = 8  # calls that one "all but" may come to
_ALL = r"\b(?:all|every\w*|each|any(?:thing|body|one)?)\b|所有|全部|全都|统统|通通|每个|大家|[都全]"
_ALL_BUT = re.compile(
    r"\b(?:all|every\w*|each|any(?:thing|body|one)?)\b[^,.;:!?]{0,30}?\b(?:but|bar|barring|except(?:ing)?|excluding|save|minus"
    r"|other\s+than|apart\s+from|aside\s+from)\s+(?:for\s+|not\s+)?(?P<en>[^,.;:!?]+?)(?=\s+(?:and\s+)?then\b|[,.;:!?]|$)"
    r"|(?<![解删清移扣免消排拆])除[了开去]?(?P<zh>[^,，。;；]{1,12}?)(?:(?:以外|之外|外)的?|(?=[,，]?(?:都|全|其[他它余]|别的|剩下|另外)))"
    r"|(?:\b(?:all|every\w*)\b|所有|全部|[都全])[^。;；]{0,20}?[,，\s]除了?\s?(?P<behind>[^,，。;；]{1,24})"
    r"|(?P<before>[^,，。;；]{1,12}?)(?:以外|之外|除外)"
    r"|(?:别|不要|不用)(?:发给|通知|发|给|动|碰)\s*(?P<not>[^,，。;；]{1,16}?)[,，]\s*(?:其他|其它|其余|别的|剩下)[^,，。;；]{0,10}[都全]"
)
# "back them all up, not the audit one", 「所有库都备一遍，审计库就算了」
_NOT = re.compile(
    r"[,;]\s*(?:but\s+|just\s+)?not\s+(?P<en>[^,.;:!?]+)|[,，;；]\s*(?P<zh>[^,，。;；]{1,12}?)(?:就?算了|就?不用了?|就?不要了?|就?免了|先?别动)"
)


def excepted(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values that a folded text excepts from all; () where it excepts none, or all."""
    if argument.kind not in ("choice", "list"):
        return ()
    match = _ALL_BUT.search(folded)
    if match is None and argument.kind == "list" and re.search(_ALL, folded):
        match = _NOT.search(folded)
    values = mentioned(argument, next(filter(None, match.groups()), "")) if match else ()
    return values if len(values) < len(argument.choices) else ()


# "rather than the refund queue hold the payout one"
_INSTEAD = re.compile(r"\b(?:rather\s+than|instead\s+of)\s+(?:the\s+)?(?P<en>[\w-]+)|而不是(?P<zh>[^,，。;；]{1,8})")


def instead(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values instead of which a folded text wants others."""
    parts = (next(filter(None, match.groups()), "") for match in _INSTEAD.finditer(folded))
    return tuple(value for part in parts for value in mentioned(argument, part))


# "all except the new ones", 「大家都开，就星辰那家先不给」; of what is destroyed also "but keep the sessions".
_EXCEPTS = re.compile(
    r"\b(?:all|every\w*|each)\b(?!\s+over)[^.;:!?]{0,40}?\b(?:except(?:ing)?|excluding|save\s+for|other\s+than|(?:apart|aside)\s+from"
    r"|but(?=\s+(?:the|those|these|our|my|any)\b))\s+(?:for\s+)?(?P<en>[^,.;:!?]+)"
    r"|(?:所有|全部|大家|[都全])[^。;；]{0,20}[,，](?:就|只有|但是?)(?P<zh>[^,，。;；]{2,12}?)先?(?:不给|不开|不动|别给|别开|别动|除外|不算)"
)
_KEPT = re.compile(
    r"\b(?:but|just)\s+(?:please\s+)?(?P<en>(?:keep|leave|spare|save|preserve)\s+[^,.;:!?]+)"
    r"|\b(?P<without>without\s+(?:losing|touching|deleting|dropping|wiping|removing)\s+[^,.;:!?]+)"
    r"|(?P<zh>[^,，。;；\s]{2,12}?(?:先?别[清删动丢]|不要[清删动丢]|保留|留着))(?=$|[,，。;；!！~～])"
)


def excepted_in_vain(calls: Sequence[ToolCall], facts: Facts, catalogue: Catalogue) -> str:
    """What a message leaves out of a change, in its words, where nothing of the call says it; empty where there is no
    such thing. What names a bot, an id or a value of the tool is spoken for, and so is all where some of a list are
    meant, or an option is set."""
    tools = [catalogue.get(call.tool) for call in calls]
    if len(calls) != 1 or tools[0] is None or tools[0].policy.risk == "read":
        return ""
    call, tool, whole = calls[0], tools[0], facts.reading.whole
    of_all = _EXCEPTS.search(whole)
    match = of_all or (_KEPT.search(whole) if tool.policy.risk == "destroy" else None)
    part = next(filter(None, match.groups()), "").strip() if match else ""
    if not part or find_names(part, facts.bots) or re.search(r"\d", part):
        return ""
    rest = whole.replace(part, " ") if of_all else ""
    told = (_tells_of(one, call, part, rest) for one in arguments_of(tool, catalogue))
    return "" if any(told) else part


def _tells_of(argument: Argument, call: ToolCall, part: str, rest: str) -> bool:
    """Whether an argument may be what a part of the message is about; `rest` are the words that speak of all."""
    value = call.arguments.get(argument.name)
    if isinstance(value, list) and argument.choices and rest:
        return len(value) < len(argument.choices) and not mentioned(argument, rest)
    if argument.is_free_text and value is not None:
        return part in fold(str(value))
    is_option = not rest and not argument.required and argument.name in call.arguments
    return is_option or (bool(argument.choices) and bool(mentioned(argument, part)))


# An argument that says what is *not* touched: what is spared is its value, and "only X" is all else.
_KEEPS = re.compile(r"\b(?:keep|exclude|excluded|except|skip|ignore|spare|preserve|bypass)\b")
_ONLY = re.compile(r"\b(?:only|just)\b|[只仅]|\b(?:rest|others?|everything\s+else)\s+(?:stays?|remains?|untouched)\b")
_ONLY_KEEP = re.compile(
    r"\b(?:only|just)\s+(?:keep|leave|spare)\b|\b(?:keep|leave|spare)\s+(?:only|just)\b|[只仅]保?留|(?:保留|留着|留下|别[清删动])"
)


def kept(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values of a list of what is not touched, by what a folded text spares, or by the only ones that it does not;
    () where the argument is none such, or nothing is said of it."""
    if argument.kind != "list" or not _KEEPS.search(argument.words):
        return ()
    said = mentioned(argument, folded)
    if said and _ONLY.search(folded) and not _ONLY_KEEP.search(folded):
        return tuple(one for one in argument.choices if one not in said)
    return said


def spares(item: object, folded: str) -> bool:
    """Whether a folded text that speaks of all keeps an item: "revoke them all, keep K9", 「全删，只留 K9」."""
    word = re.escape(fold(str(item)))
    before = (
        r"\b(?:keep|except|but|spare)\s+(?:only\s+|just\s+|for\s+)?|[只仅]保?留|保留|留下|(?<![解删清移扣免消排拆])除了"
    )
    ends = r"(?=\s*(?:$|[,.;:!?，。；]|and\b|please|though|[\u4e00-\u9fff]))"
    keeps = rf"(?:{before})\s*{word}{ends}|{word}\s*(?:留着|保留|除外|别动|以外|之外)"
    return re.search(_ALL, folded) is not None and re.search(keeps, folded) is not None


# One of them, and not all.
_ANY_BUT = re.compile(
    r"\bany(?:one|body|thing)?\b[^,.;:!?]{0,30}?\b(?:but|except|other\s+than)\b|除了?.{1,8}[以之]?外?[,，]?(?:谁|哪个|随便)"
)


def all_but(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values that are left where a folded text excepts some from all; () where it does not, or too many are left. A
    value that stands for all is none of them."""
    without = excepted(argument, folded)
    if _ANY_BUT.search(folded) or set(mentioned(argument, folded)) - set(without):
        return ()  # those that are meant are said one by one
    left = tuple(one for one in argument.choices if one not in without and key(one) not in ("all", "every", "any"))
    return left if without and len(left) <= _MOST else ()
