"""What a message says plainly of an argument that a model found unsaid."""

import re

from nlops.understand.amounts import NO_AMOUNT, overheard_number
from nlops.understand.flags import overheard_flag, says_no_end, says_null
from nlops.understand.fold import fold
from nlops.understand.measures import is_numeric, overheard_measure
from nlops.understand.outcomes import ABSENT, Said
from nlops.understand.rest import excepted, instead
from nlops.understand.rows import overheard_ids
from nlops.understand.sayings import mentioned, named
from nlops.understand.schema import Argument
from nlops.understand.texts import overheard_text

_ELSEWHERE = re.compile(
    r"\b(?:some|any)(?:where|one|thing)\s+else\b|\belsewhere\b|\banother\s+(?:one|place)\b|换个(?:别的|地方)|换到别"
)
_FOR_GOOD = re.compile(r"\b(?:for\s+good|for\s?ever|permanent(?:ly)?|indefinitely)\b|永久|永远|无限期")
_ENDLESS = re.compile(r"\bnull\b.*(?:for\s+good|for\s?ever|permanent|indefinite|no\s+(?:end|limit)|永久|永远|无限期)")


def overheard(argument: Argument, facts: Said) -> object:
    """What the text says plainly although the model found it unsaid: the one value of a choice, those of a list by
    their names, a number behind the argument's very name ("dock five", of `dock`), an id that must be said, a flag or
    null by what its description has for it, or that there is no end ("for good"). Else ABSENT."""
    if argument.nullable and _ENDLESS.search(fold(argument.description)) and _FOR_GOOD.search(facts.reading.live):
        return None
    if argument.nullable and argument.required and says_null(argument, facts.reading.live):
        return None
    if argument.nullable and says_no_end(argument, facts.reading.live):
        return None
    if argument.kind == "text":
        heard = overheard_text(argument, facts)
        return overheard_ids(argument, facts) if heard is ABSENT else heard
    if argument.kind == "list" and not argument.choices:
        return overheard_ids(argument, facts)
    if argument.kind == "boolean":
        flag = overheard_flag(argument, facts.reading.live)
        return ABSENT if flag is None else flag
    if argument.kind == "choice" and not argument.required and is_numeric(argument):
        return overheard_measure(argument, facts)  # any digit would be one
    if argument.choices and (argument.required or argument.kind == "choice"):
        if argument.required and _ELSEWHERE.search(facts.reading.live):
            return ABSENT  # "she's slammed on 2, move her somewhere else"
        out = (*excepted(argument, facts.reading.whole), *instead(argument, facts.reading.whole))
        spoken = [one for one in mentioned(argument, NO_AMOUNT.sub(" ", facts.reading.live)) if one not in out]
        return spoken[0] if len(spoken) == 1 else ABSENT
    if argument.choices:
        return list(named(argument, facts.reading.live)) or ABSENT
    return overheard_number(argument, facts) if argument.kind in ("integer", "number") else ABSENT
