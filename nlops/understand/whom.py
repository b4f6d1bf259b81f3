"""Whom a call is about: bots by their names and rows of names, all, all but some, both, the others; and without a name
those that were spoken of before. Where the message does not tell, it is asked.
"""

import re
from collections.abc import Sequence

from nlops.domain.tools import ToolSpec
from nlops.understand.answer import ALL_BOTS
from nlops.understand.described import without_narrowed
from nlops.understand.facts import BEYOND, Facts
from nlops.understand.names import find_names
from nlops.understand.order import are_only_placed
from nlops.understand.quantities import COUNTERS
from nlops.understand.schema import Argument

_OTHER = re.compile(
    r"(?<!and )(?<!& )\bthe\s+other(?:\s+(?:one|bot))?\b(?=\s*(?:$|[,.;:!?]|please|too|instead|as\s+well|now))"
    r"|(?<![和跟与及])另外?一?[个台](?=\s*(?:也|呢|吧|的[码日二]|机器人|重启|重新|$|[,，。;；!！?？]))"
)
# The bots that were not spoken of, and not what "the others are fine" tells of them.
_OTHERS = re.compile(
    r"(?:\b(?:everyone|everybody|everything|all)\s+else|\b(?:all|every|any)\s+(?:the\s+)?others?(?:\s+(?:bots?|ones?))?"
    r"|\bthe\s+(?:rest|others|other\s+(?:bots|ones|two|three|four|\d))(?:\s+of\s+(?:them|the\s+bots))?)"
    r"(?=['’]?s?\s*(?:$|[,.;:!?]|please|too|instead|as\s+well|now|logs?|codes?|qrs?|status))"
    r"|(?:其他|其它|其余|剩下|剩余|另外[两几三])的?(?:那?[个位]|那?[两几三]个)?(?:机器人|bot)?的?"
    r"(?=(?:都|也|全)?(?:$|[,，。!！\s]|重启|重新|发|看|拉|一下|日志|码|二维码|状态))"
)
_WITH_OTHERS = re.compile(r"(?:\b(?:and|plus)|&|[和跟与及])\s*$")
_BOTH = re.compile(r"\bboth\b|\bthe\s+two\b|俩|两个的?.{0,3}都|两个一起")
_IS_FINE = re.compile(
    r"(?:\b(?:is|are|was|were|looks?|seems?)|(?<=\w)['’]?s)\s+(?:all\s+|both\s+)?(?:ok|okay|fine|good|up|on-?line|alright|back|healthy)\b"
    r"|没事|正常|好好的|好着|在线|没问题|还?好的?(?=[,，])"
)
_ALL = re.compile(
    r"\b(?:all|every|everyone|everybody|each|the\s+lot|whole\s+(?:lot|fleet|gang|crew)|everything|fleet)\b"
    r"|所有|全部|全都|全体|每个|大家|各个|统统|一起都?|通通|都|几个"
)
_EXCEPT = re.compile(r"except|apart|other\s+than|除|不包?[括含]")
_THE_BOTS = re.compile(r"\b(?:the|our|my)\s+bots\b|机器人")


def bots_meant(said: object, bot: Argument, tool: ToolSpec, facts: Facts, *, alone: bool) -> tuple[str, ...] | None:
    """The bots that a call is about, by the message; () for no bot in particular, None where one must be asked for."""
    everyone = tuple(one.name for one in facts.bots)
    if facts.is_choice() and bot.required:
        return None
    spoken = _spoken_of(facts, everyone)
    if _names_to_mean_more(said, facts, alone=alone):
        return tuple(name for name in everyone if name not in facts.spared)
    if alone and (said is None or said in everyone) and _OTHER.search(facts.reading.live):
        return _the_other(said, spoken, everyone)
    others = _OTHERS.search(facts.reading.live)
    is_fine = others is not None and _IS_FINE.search(facts.reading.live[: others.start()]) is not None
    if others and bot.required and (alone or is_fine or said not in facts.names):
        with_them = _WITH_OTHERS.search(facts.reading.live[: others.start()])
        rest = tuple(name for name in everyone if name not in (*spoken, *facts.spared))
        return (*facts.names, *rest) if with_them else rest if spoken or facts.spared else None
    if said == ALL_BOTS and not facts.names and len(spoken) == 2 and _BOTH.search(facts.reading.live):
        return spoken
    if said == ALL_BOTS or (said is None and not facts.names) or (said is None and says_all(facts)):
        return _everyone(said, bot, facts, everyone)
    if isinstance(said, str) and said in facts.names:
        return facts.row_of(said) if alone else (said,)
    if isinstance(said, str) and said in everyone and said not in facts.spared and says_all(facts):
        if facts.names or facts.was_said(said):
            return (said,)
        # some of them one by one, where all are said; one alone is the model's own
        return None if alone else tuple(name for name in everyone if name not in facts.spared)
    if len(facts.names) == 1 and (said is None or alone):
        return facts.names if said is not None or bot.required or alone else ()
    if isinstance(said, str) and said in everyone and not facts.names:
        return _unnamed(said, tool, facts, everyone)
    if not facts.names and len(everyone) == 1 and said is None:
        return everyone if bot.required else ()
    return None if bot.required or said is not None else facts.names


def _names_to_mean_more(said: object, facts: Facts, *, alone: bool) -> bool:
    """Whether the bot that a model has is named only to except it from all, 「除了爱丽丝，都重启」, or to say when its
    turn comes, "restart all, bob last"."""
    if said in facts.spared:
        is_excepted = any(_EXCEPT.match(part) for part in facts.reading.forbidden)
        return means_beyond(facts) or (is_excepted and not facts.names and says_all(facts))
    is_placed = alone and said in facts.names and are_only_placed(facts)
    return is_placed and says_all(facts) and not _IS_FINE.search(facts.reading.live)


def _spoken_of(facts: Facts, everyone: Sequence[str]) -> tuple[str, ...]:
    """The bots that the message names, or those that were spoken of last: who "the other one" is not."""
    return facts.names or tuple(name for name in everyone if name in facts.latest)


def _the_other(said: object, spoken: Sequence[str], everyone: Sequence[str]) -> tuple[str, ...] | None:
    others = tuple(name for name in everyone if name not in spoken)
    if said in others:
        return (str(said),)
    return others if len(others) == 1 else None


def _everyone(said: object, bot: Argument, facts: Facts, everyone: tuple[str, ...]) -> tuple[str, ...] | None:
    if len(everyone) == 1:
        return everyone if bot.required else ()
    in_one_row = bool(facts.names) and len(facts.row_of(facts.names[0])) == len(everyone)
    if not says_all(facts) and not in_one_row:
        return None if bot.required else ()
    kept = tuple(name for name in everyone if name not in facts.spared)
    if said is None and bot.required:
        return None
    return kept if bot.required or facts.spared else ()


def _unnamed(said: str, tool: ToolSpec, facts: Facts, everyone: tuple[str, ...]) -> tuple[str, ...] | None:
    """A bot that the live part does not name: one of the conversation, one that stands in what is forbidden and is only
    looked at ("don't restart bob, just show his log"), or the only one there is."""
    is_spared = said in facts.spared and tool.policy.risk != "read"
    if (facts.was_said(said) and not is_spared) or len(everyone) == 1:
        return (said,)
    quoted = any(mention.name == said for mention in find_names(facts.reading.whole, facts.bots))
    if tool.policy.risk == "read" and (said in facts.spared or quoted):
        return (said,)
    return None


def says_all(facts: Facts) -> bool:
    """Whether the live part speaks of all bots, by a word or by their number, and excepts none that nobody knows."""
    excepted = [find_names(part, facts.bots) for part in facts.reading.forbidden if _EXCEPT.match(part)]
    if not all(excepted):
        return False
    live = without_narrowed(facts.reading.live)
    if len(facts.bots) > 2 and not facts.names and _BOTH.search(live):
        return False
    if _ALL.search(live) or (len(facts.bots) == 2 and _BOTH.search(live)) or (excepted and _THE_BOTS.search(live)):
        return True
    if means_beyond(facts):
        return True
    counts = {number.low for number in facts.numbers if number.unit in COUNTERS}
    return len(facts.bots) in counts


def means_beyond(facts: Facts) -> bool:
    """Whether the text names bots only to mean the others."""
    return bool(facts.spared) and not facts.names and BEYOND.search(facts.reading.live) is not None
