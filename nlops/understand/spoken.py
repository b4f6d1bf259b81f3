"""What was spoken of a moment ago, for whatever a tool requires that is no bot: "it", "the other one", "both", "same
again". Where the conversation has more than the message tells apart, it is asked.
"""

import re

from nlops.understand.fold import fold
from nlops.understand.offer import Offer
from nlops.understand.outcomes import ABSENT, Impossible, Said, describe
from nlops.understand.schema import Argument

_POINTS = re.compile(
    r"\b(?:it|its|her|hers|him|his|she|he|them|they|their|that|this|those|these)\b|[他她它]|那[个条台位张份只间辆]?|这|刚才|刚刚|上面|上一"
)
_SAME = re.compile(
    r"\b(?:same|again|once\s+more|ditto|repeat|as\s+before)\b|一样|照旧|同样|再来一|再[送发做跑加充]一|重复|跟刚才|和刚才"
)
_OTHER = re.compile(
    r"\bother\s+(?:one|guy|girl|lot|band|bot)?\b(?!\s+(?:than|people|day))|另外?一?[个条台位张份只间辆]"
)
_FIRST = re.compile(
    r"\bfirst\s+(?:one|lot|guy|girl|two|couple|band)\b|第一[个条台位张份只间辆]|前一[个条台位张份只间辆]|最早那"
)
_BOTH = re.compile(r"\b(?:both|each)\b|俩|[这那]两[个条台位张份只间辆]|两[个条台位张份只间辆]都")


def spoken(argument: Argument, facts: Said) -> tuple[object, ...]:
    """The values that the calls before had for an argument of this name, the latest first."""
    said = [row[argument.name] for row in facts.earlier if argument.name in row]
    return tuple(one for nth, one in enumerate(said) if one not in said[:nth] and not argument.why_not(one))


def recalled(argument: Argument, facts: Said) -> object:
    """The one value that the conversation has for what the message points at, or wants again; ABSENT where it has none
    or several. A number is only ever the same again."""
    values, live = spoken(argument, facts), facts.reading.live
    is_same = _SAME.search(live) is not None
    points = is_same or (_tells_things_apart(argument) and _POINTS.search(live) is not None)
    return values[0] if len(values) == 1 and points else ABSENT


def pointed_at(value: object, offer: Offer, facts: Said) -> object:
    """The value as it is, or where it is the latest one and "the other" or "the first" is spoken of, that one. With
    more that was taken from the conversation it is asked, as where there are several."""
    argument, live = offer.argument, facts.reading.live
    values = spoken(argument, facts)
    if len(values) < 2 or value != values[0] or not _tells_things_apart(argument) or _is_said(value, facts):
        return value
    if not (_OTHER.search(live) or _FIRST.search(live)):
        return value
    is_more_taken = any(
        isinstance(one, str) and facts.was_said(one) and not _is_said(one, facts) for one in offer.beside
    )
    return Impossible(None, describe(argument)) if len(values) > 2 or is_more_taken else values[1]


def both(argument: Argument, facts: Said) -> tuple[object, ...]:
    """The two values that were spoken of, in that order, where a text means both and says neither."""
    values = spoken(argument, facts)
    if len(values) != 2 or not _tells_things_apart(argument) or not _BOTH.search(facts.reading.live):
        return ()
    return () if any(_is_said(value, facts) for value in values) else values[::-1]


def _tells_things_apart(argument: Argument) -> bool:
    """Whether an argument names one of many things: by a pattern, or as one of the schema's values."""
    return argument.kind == "choice" or (argument.kind == "text" and not argument.is_free_text)


def _is_said(value: object, facts: Said) -> bool:
    return fold(str(value)) in facts.reading.whole
