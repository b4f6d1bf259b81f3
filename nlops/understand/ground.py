"""Grounding: a call that a model proposes is believed only as far as the message says it, in both directions.

What is not said is taken out or asked for; what is said otherwise is put right. All of it follows from the JSON Schema
of the tool at hand: bots by their names, numbers by the numbers in the text and their units, values of an enum by their
names, aliases and sound, patterns by what matches them, free text by being a part of the message. Where a text cannot
tell, the model's own certainty decides, and a change wants more of it than a look.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from nlops.domain.tools import BotName, Catalogue, ToolCall, ToolSpec
from nlops.understand.answer import ALL_BOTS
from nlops.understand.described import without_narrowed
from nlops.understand.fold import fold
from nlops.understand.labels import key, names_of
from nlops.understand.moods import Reading
from nlops.understand.names import Mention, closest, find_names
from nlops.understand.numbers import Number, find_numbers
from nlops.understand.outcomes import ABSENT, Impossible
from nlops.understand.quantities import COUNTERS, readings
from nlops.understand.relative import is_relative
from nlops.understand.reply import Proposed
from nlops.understand.sayings import resolve
from nlops.understand.schema import Argument, arguments_of
from nlops.understand.values import Offer, ground_value, overheard


@dataclass(frozen=True)
class Lack:
    """An argument that cannot be taken from the message. `got` is what was said and the schema refuses, `why` says in a
    few words what would do; `known` are the other arguments of the call."""

    tool: ToolSpec
    argument: Argument
    got: object = None
    why: str = ""
    known: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What the message says, read once: names and numbers in the live part, names in what is forbidden.

    `earlier` are the arguments of the calls before it in the conversation, the latest first: what a "him" can mean.
    `latest` are the bots that the last exchange about any was about.
    `beside` are those of the wishes before it in the same message, where it was parted.
    """

    reading: Reading
    named: tuple[Mention, ...]
    spared: frozenset[str]
    numbers: tuple[Number, ...]
    bots: tuple[BotName, ...]
    earlier: tuple[Mapping[str, object], ...] = ()
    beside: tuple[Mapping[str, object], ...] = ()
    latest: frozenset[str] = frozenset()

    @property
    def names(self) -> tuple[str, ...]:
        """The bots that are named, in order."""
        return tuple(dict.fromkeys(mention.name for mention in self.named))

    def is_choice(self) -> bool:
        """Whether two bots stand as "alice or bob"."""
        return any(_OR.fullmatch(between) for between in _between(self))

    def was_said(self, value: object) -> bool:
        """Whether a call before had this value."""
        return any(
            value == one or (isinstance(one, list) and value in one) for args in self.earlier for one in args.values()
        )


_A_WORD = "word"
_HARDLY = 0.2  # how sure a model is of an option that it invents
_OR = re.compile(r"\s*(?:'s\s*)?[,，]?\s*(?:or|还是|或者?)\s*", re.IGNORECASE)
_AND = re.compile(r"\s*(?:['’]s\b|的)?\s*(?:,|，|、|&|\+|and|和|跟|与|以及|还有|\s)?\s*(?:and)?\s*")
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
# 「学习助手和花园以外的」, "garden excepted"
_BEYOND = re.compile(r"\s*(?:以外|之外|除外)|\s+(?:excepted|excluded|aside)\b")


def gather(
    reading: Reading,
    catalogue: Catalogue,
    earlier: Sequence[ToolCall] = (),
    beside: Sequence[ToolCall] = (),
    latest: frozenset[str] = frozenset(),
) -> Facts:
    """Read the names and numbers of a text, after the calls before it, and beside those of its own message."""
    named, beyond = _without_beyond(reading.live, find_names(reading.live, catalogue.bots))
    spared = beyond.union(m.name for part in reading.forbidden for m in find_names(part, catalogue.bots))
    blanked = reading.whole
    for mention in find_names(reading.whole, catalogue.bots):
        blanked = blanked[: mention.start] + " " * (mention.end - mention.start) + blanked[mention.end :]
    said = tuple(call.arguments for call in reversed(earlier))
    same = tuple(call.arguments for call in beside)
    return Facts(reading, named, spared, find_numbers(blanked), catalogue.bots, said, same, latest)


def _without_beyond(live: str, named: Sequence[Mention]) -> tuple[tuple[Mention, ...], frozenset[str]]:
    """The bots that a text names, and those of a row beyond which the others are meant."""
    kept: list[Mention] = []
    beyond: set[str] = set()
    following: Mention | None = None  # of a row that is excepted
    for mention in reversed(named):
        is_in_row = following is not None and _AND.fullmatch(live[mention.end : following.start])
        if is_in_row or _BEYOND.match(live, mention.end):
            beyond.add(mention.name)
            following = mention
        else:
            kept.insert(0, mention)
            following = None
    return tuple(kept), frozenset(beyond)


def means_beyond(facts: Facts) -> bool:
    """Whether the text names bots only to mean the others."""
    return bool(facts.spared) and not facts.names and _BEYOND.search(facts.reading.live) is not None


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


def ground_calls(
    proposed: Iterable[Proposed], facts: Facts, catalogue: Catalogue
) -> tuple[tuple[ToolCall, ...], tuple[Lack, ...]]:
    """Each call with what the message supports, in order and without repeats; and what is lacking."""
    done: list[ToolCall] = []
    lacks: list[Lack] = []
    calls = list(proposed)
    for one in calls:
        tool = catalogue.get(one.call.tool)
        if tool is None:  # the reply's reader lets no such call through
            continue
        others = [other.call.arguments for other in calls if other is not one]
        values, missing = _ground(one, tool, facts, catalogue, others)
        bot = next((a for a in arguments_of(tool, catalogue) if a.is_bot), None)
        rows = [values] if bot is None else _rows(one, bot, tool, facts, values, missing, alone=len(calls) == 1)
        lacks += [replace(lack, known=rows[0]) for lack in missing] if len(rows) == 1 else missing
        for call in (ToolCall(tool.name, row) for row in rows if not missing):
            same = next((at for at, other in enumerate(done) if _are_one(call, other, tool)), None)
            if same is None:
                done.append(call)
            else:
                done[same] = ToolCall(tool.name, _joined(done[same].arguments, call.arguments))
    return tuple(done), tuple(lacks)


def _are_one(one: ToolCall, other: ToolCall, tool: ToolSpec) -> bool:
    """Whether two calls come to one: they are the same, or differ in one list alone, or each has options that the other
    leaves open, or look at the same thing and differ in flags that may be left out."""
    keys = one.arguments.keys() | other.arguments.keys()
    both = one.arguments.keys() & other.arguments.keys()
    differ = [key for key in keys if one.arguments.get(key) != other.arguments.get(key)]
    if one.tool == other.tool and both and all(one.arguments[key] == other.arguments[key] for key in both):
        return True
    lists = [isinstance(call.arguments.get(key), list) for key in differ for call in (one, other)]
    if one.tool == other.tool and len(differ) == 1 and all(lists):
        return True
    if one.tool != other.tool or tool.policy.risk != "read":
        return one == other
    required = frozenset(tool.input_schema.get("required") or ())
    values = [call.arguments[key] for key in differ for call in (one, other) if key in call.arguments]
    return not set(differ) & required and all(isinstance(value, bool) for value in values)


def _joined(one: Mapping[str, object], other: Mapping[str, object]) -> dict[str, object]:
    flags = {key: one.get(key, value) or value for key, value in other.items() if isinstance(value, bool)}
    lists = {
        key: list(dict.fromkeys([*own, *value]))
        for key, value in other.items()
        if isinstance(value, list) and isinstance(own := one.get(key, []), list)
    }
    return {**one, **other, **flags, **lists}


def _ground(
    one: Proposed, tool: ToolSpec, facts: Facts, catalogue: Catalogue, others: Sequence[Mapping[str, object]]
) -> tuple[dict[str, object], list[Lack]]:
    """The values of every argument but a bot, and what is lacking of them."""
    values: dict[str, object] = {}
    lacks: list[Lack] = []
    # "market" of "the Brazil market" is that argument's name, and not what to group by
    taken = [*one.call.arguments.values(), *tool.properties]
    arguments = [a for a in arguments_of(tool, catalogue) if not a.is_bot]
    one = _in_place(one, arguments)
    numeric = [a for a in arguments if a.kind in ("integer", "number")]
    for argument in arguments:
        said = one.call.arguments.get(argument.name, ABSENT)
        sure = one.sure.get(argument.name, 1.0)
        alone = argument in numeric and len(numeric) == 1
        elsewhere = [other[argument.name] for other in others if argument.name in other]
        if argument.kind == "list":
            every = (value for other in others for value in other.values())
            elsewhere = [one for value in every for one in (value if isinstance(value, list) else [value])]
        changes = tool.policy.risk != "read"
        if said is ABSENT:
            heard = overheard(argument, _without_names(argument, one, arguments, facts))
            said = ABSENT if heard in (*elsewhere, *taken) else heard
        free = _without_claimed(argument, one, arguments, facts, others) if argument in numeric else facts
        beside = [value for name, value in one.call.arguments.items() if name != argument.name]
        offer = Offer(argument, said, sure=sure, changes=changes, alone=alone, elsewhere=elsewhere, beside=beside)
        value = ground_value(offer, free)
        if is_relative(value, tool, argument, facts, alone=alone):
            value = Impossible(None, "")
        if isinstance(value, Impossible) and _is_invented(offer, value, one.call.arguments):
            value = ABSENT
        if value is ABSENT and argument.required:
            value = _beside(argument, facts)
        if isinstance(value, Impossible):
            lacks.append(Lack(tool, argument, value.got, value.why))
        elif value is not ABSENT:
            values[argument.name] = value
        elif argument.required:
            lacks.append(Lack(tool, argument))
    return values, [Lack(lack.tool, lack.argument, lack.got, lack.why, values) for lack in lacks]


def _is_invented(offer: Offer, value: Impossible, said: Mapping[str, object]) -> bool:
    """Whether an option's number that the schema refuses is none of its own: the model hardly believed in another, or
    has the same for another argument, so that nobody is asked what humidity "four men" shall be."""
    argument = offer.argument
    if argument.required or argument.kind not in ("integer", "number"):
        return False
    elsewhere = [one for name, one in said.items() if name != argument.name]
    return (offer.sure < _HARDLY and value.got != offer.said) or value.got in elsewhere


def _in_place(one: Proposed, arguments: Sequence[Argument]) -> Proposed:
    """The call with an enum's value where it belongs: `{"species": "bleached"}`, where that is a state of health."""
    said = dict(one.call.arguments)
    for argument in (a for a in arguments if a.kind == "choice" and a.name in said):
        value = said[argument.name]
        others = [a for a in arguments if a.kind == "choice" and a.name not in said and value in a.choices]
        if len(others) == 1 and resolve(argument, value) is None:
            said[others[0].name] = said.pop(argument.name)
            sure = {**one.sure, others[0].name: one.sure.get(argument.name, 1.0)}
            one = replace(one, call=ToolCall(one.call.tool, said), sure=sure)
    return one


def _beside(argument: Argument, facts: Facts) -> object:
    """The one id of the wishes before it in the same message that the argument's pattern describes: of "R22 to the next
    phase, then the air to 22" the second one's room. A pattern that plain words fit describes no ids."""
    pattern = argument.schema.get("pattern")
    if not isinstance(pattern, str) or re.search(pattern, _A_WORD, re.IGNORECASE):
        return ABSENT
    ids = dict.fromkeys(
        value
        for row in facts.beside
        for value in row.values()
        if isinstance(value, str) and not argument.why_not(value)
    )
    return next(iter(ids)) if len(ids) == 1 else ABSENT


def _without_claimed(
    argument: Argument,
    one: Proposed,
    arguments: Sequence[Argument],
    facts: Facts,
    others: Sequence[Mapping[str, object]],
) -> Facts:
    """The facts without the numbers that other arguments have, and the ids of `others`, the message's further calls: of
    「17号房」 the id R17 has it, and no percentage is 17. One that this argument has itself leaves all as it is."""
    said = one.call.arguments
    if argument.name in said and any(_is_of(number, argument, said[argument.name]) for number in facts.numbers):
        return facts
    left = list(facts.numbers)
    for other in arguments:
        number = next(
            (number for number in left if other.name in said and _is_of(number, other, said[other.name])), None
        )
        if number is not None:
            left.remove(number)
    own = list(said.values())
    ids = [value for other in others for value in other.values() if isinstance(value, str) and value not in own]
    digits = {int(run) for value in ids if fold(value) in facts.reading.whole for run in re.findall(r"\d+", value)}
    left = [number for number in left if number.low not in digits or number.unit]
    whole = facts.reading.whole
    for number in facts.numbers:
        if number not in left:
            whole = whole[: number.start] + " " * (number.end - number.start) + whole[number.end :]
    return replace(facts, numbers=tuple(left), reading=replace(facts.reading, whole=whole))


def _without_names(argument: Argument, one: Proposed, arguments: Sequence[Argument], facts: Facts) -> Facts:
    """The facts without the names of what other arguments are: of "the goods yard" the goods are none of their own."""
    live = facts.reading.live
    for other in arguments:
        value = one.call.arguments.get(other.name)
        if other is not argument and isinstance(value, str) and value in other.choices:
            for name in sorted(names_of(other)[key(value)], key=len, reverse=True):
                live = live.replace(name, " ") if len(name) > 1 else live
    return replace(facts, reading=replace(facts.reading, live=live))


def _is_of(number: Number, argument: Argument, value: object) -> bool:
    """Whether an argument's value is this number, or an id with its digits."""
    if isinstance(value, str):
        is_id = isinstance(argument.schema.get("pattern"), str)
        return is_id and number.low in {int(run) for run in re.findall(r"\d+", value)}
    return argument.kind in ("integer", "number") and value in readings(number, argument)


# ---- bots


def _rows(
    one: Proposed,
    bot: Argument,
    tool: ToolSpec,
    facts: Facts,
    values: dict[str, object],
    missing: list[Lack],
    *,
    alone: bool,
) -> list[dict[str, object]]:
    """The call's values for each bot that is meant; where none is, and one must be, that is lacking."""
    said = one.call.arguments.get(bot.name)
    is_unknown = bot.name in one.unsaid and not facts.names and not says_all(facts) and len(facts.bots) > 1
    meant = None if is_unknown else _meant(said, bot, tool, facts, alone=alone)
    if meant is None:
        word = said if isinstance(said, str) and said not in bot.choices and said != ALL_BOTS else None
        missing.insert(0, Lack(tool, bot, word, closest(word, facts.bots) or "" if word else "", values))
        return []
    return [{bot.name: name, **values} for name in meant] or [values]


def _meant(said: object, bot: Argument, tool: ToolSpec, facts: Facts, *, alone: bool) -> tuple[str, ...] | None:
    """The bots that a call is about, by the message; () for no bot in particular, None where one must be asked for."""
    everyone = tuple(one.name for one in facts.bots)
    if facts.is_choice() and bot.required:
        return None
    spoken = _spoken_of(facts, everyone)
    if said in facts.spared and means_beyond(facts):
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
        return _joined_with(said, facts) if alone else (said,)
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
    in_one_row = bool(facts.names) and len(_joined_with(facts.names[0], facts)) == len(everyone)
    if not says_all(facts) and not in_one_row:
        return None if bot.required else ()
    kept = tuple(name for name in everyone if name not in facts.spared)
    if said is None and bot.required:
        return None
    return kept if bot.required or facts.spared else ()


def _unnamed(said: str, tool: ToolSpec, facts: Facts, everyone: tuple[str, ...]) -> tuple[str, ...] | None:
    """A bot that the live part does not name: one of the conversation, one that stands in what is forbidden and is only
    looked at ("don't restart bob, just show his log"), or the only one there is."""
    if facts.was_said(said) or len(everyone) == 1:
        return (said,)
    quoted = any(mention.name == said for mention in find_names(facts.reading.whole, facts.bots))
    if tool.policy.risk == "read" and (said in facts.spared or quoted):
        return (said,)
    return None


def _between(facts: Facts) -> list[str]:
    pairs = pairwise(facts.named)
    return [facts.reading.live[first.end : second.start] for first, second in pairs]


def _joined_with(name: str, facts: Facts) -> tuple[str, ...]:
    """The names that stand in one row with `name`: "alice, bob and archy"."""
    if not facts.named:
        return (name,)
    rows: list[list[str]] = [[facts.named[0].name]]
    for mention, between in zip(facts.named[1:], _between(facts), strict=True):
        if _AND.fullmatch(between):
            rows[-1].append(mention.name)
        else:
            rows.append([mention.name])
    row = next(row for row in rows if name in row)
    return tuple(dict.fromkeys(row))
