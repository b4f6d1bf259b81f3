"""All but some: the values of a choice that a text excepts from all there are, and those that are left."""

import re

from nlops.understand.labels import key
from nlops.understand.sayings import mentioned
from nlops.understand.schema import Argument

_MOST = 8  # calls that one "all but" may come to
_ALL = r"\b(?:all|every\w*|each|any(?:thing|body|one)?)\b|所有|全部|全都|统统|通通|每个|大家|[都全]"
_ALL_BUT = re.compile(
    r"\b(?:all|every\w*|each|any(?:thing|body|one)?)\b[^,.;:!?]{0,30}?\b(?:but|bar|barring|except(?:ing)?|excluding|save|minus"
    r"|other\s+than|apart\s+from|aside\s+from)\s+(?:for\s+|not\s+)?(?P<en>[^,.;:!?]+?)(?=\s+(?:and\s+)?then\b|[,.;:!?]|$)"
    r"|除[了开去]?(?P<zh>[^,，。;；]{1,12}?)(?:(?:以外|之外|外)的?|(?=[,，]?(?:都|全|其[他它余]|别的|剩下|另外)))"
    r"|(?P<before>[^,，。;；]{1,12}?)(?:以外|之外|除外)"
)
# "back them all up, not the audit one", 「所有库都备一遍，审计库就算了」
_NOT = re.compile(
    r"[,;]\s*(?:but\s+|just\s+)?not\s+(?P<en>[^,.;:!?]+)|[,，;；]\s*(?P<zh>[^,，。;；]{1,12}?)(?:就?算了|就?不用了?|就?不要了?|就?免了|先?别动)"
)


def excepted(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values that a folded text excepts from all; () where it excepts none, or all."""
    if argument.kind not in ("choice", "list"):
        return ()
    match = _ALL_BUT.search(folded) or (_NOT.search(folded) if re.search(_ALL, folded) else None)
    values = mentioned(argument, next(filter(None, match.groups()), "")) if match else ()
    return values if len(values) < len(argument.choices) else ()


def all_but(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values that are left where a folded text excepts some from all; () where it does not, or too many are left. A
    value that stands for all is none of them."""
    without = excepted(argument, folded)
    left = tuple(one for one in argument.choices if one not in without and key(one) not in ("all", "every", "any"))
    return left if without and len(left) <= _MOST else ()
