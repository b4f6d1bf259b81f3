"""Grounding: a call that a model proposes is believed only as far as the message says it, in both directions.

What is not said is taken out or asked for; what is said but was left out is put in. All of it follows from the JSON
Schema of the tool at hand: bots by their names, numbers by the numbers in the text and their units, values of an enum
and booleans by their words, patterns by what matches them, free text by being a part of the message.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from nlops.domain.tools import BotName, Catalogue, ToolCall, ToolSpec
from nlops.understand.moods import Reading
from nlops.understand.names import Mention, find_names
from nlops.understand.numbers import Number, find_numbers
from nlops.understand.parts import part
from nlops.understand.prompt import ALL_BOTS
from nlops.understand.schema import Argument, arguments_of
from nlops.understand.values import ground_number, ground_value


@dataclass(frozen=True)
class Lack:
    """An argument that cannot be taken from the message. `got` is a value that the schema refuses, `why` its words."""

    tool: ToolSpec
    argument: Argument
    got: object = None
    why: str = ""


@dataclass(frozen=True)
class Facts:
    """What the message says, read once: names and numbers in the live part, names in what is forbidden.

    `implied` are the bots of another part of the message, for a part that names none.
    """

    reading: Reading
    named: tuple[Mention, ...]
    spared: frozenset[str]
    numbers: tuple[Number, ...]
    bots: tuple[BotName, ...]
    implied: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The bots that are named, or the implied ones where none is."""
        return tuple(dict.fromkeys(mention.name for mention in self.named)) or self.implied

    def is_choice(self) -> bool:
        """Whether two bots stand as "alice or bob"."""
        return any(_OR.fullmatch(between) for between in _between(self))


_OR = re.compile(r"\s*(?:'s\s*)?[,，]?\s*(?:or|还是|或者?)\s*", re.IGNORECASE)
_AND = re.compile(r"\s*(?:['’]s\b|的)?\s*(?:,|，|、|&|\+|and|和|跟|与|以及|还有|\s)?\s*(?:and)?\s*")
_ALL = re.compile(
    r"\b(?:all|every|everyone|everybody|each|both|the\s+lot|whole\s+(?:lot|fleet))\b|所有|全部|全都|每个|大家|各个|统统|一起都?|通通"
)
_BOTS = re.compile(r"\bbots?\b|机器人")


def gather_parts(reading: Reading, catalogue: Catalogue) -> tuple[Facts, ...]:
    """The facts of each request in a message. A part that names no bot means the one named nearest, before it first."""
    facts = [gather(replace(reading, live=live), catalogue) for live in part(reading.live, catalogue)]
    for at, one in enumerate(facts):
        others = (*reversed(facts[:at]), *facts[at + 1 :])
        known = next((other.names for other in others if other.named), ())
        if not one.named and not says_all(one):
            facts[at] = replace(one, implied=known)
    return tuple(facts)


def gather(reading: Reading, catalogue: Catalogue) -> Facts:
    """Read the names and numbers of a text."""
    named = find_names(reading.live, catalogue.bots)
    spared = frozenset(m.name for part in reading.forbidden for m in find_names(part, catalogue.bots))
    blanked = reading.live
    for mention in named:
        blanked = blanked[: mention.start] + " " * (mention.end - mention.start) + blanked[mention.end :]
    return Facts(reading, named, spared, find_numbers(blanked), catalogue.bots)


def says_all(facts: Facts) -> bool:
    """Whether the live part speaks of all bots, by a word or by their number."""
    if _ALL.search(facts.reading.live):
        return True
    counts = {number.low for number in facts.numbers if number.unit in ("个", "bots")}
    return len(facts.bots) in counts


def says_bots(text: str) -> bool:
    """Whether a folded text speaks of bots at all."""
    return _BOTS.search(text) is not None


def ground_calls(
    calls: Iterable[ToolCall], facts: Facts, catalogue: Catalogue
) -> tuple[tuple[ToolCall, ...], tuple[Lack, ...]]:
    """Each call with what the message supports, in order and without repeats; and what is lacking."""
    done: list[ToolCall] = []
    lacks: list[Lack] = []
    for call in calls:
        tool = catalogue.get(call.tool)
        if tool is None:  # the reply's reader lets no such call through
            continue
        for one in _spread(call, tool, facts, catalogue):
            values, missing = _ground(one, tool, facts, catalogue)
            lacks += missing
            made = ToolCall(tool.name, values)
            if not missing and made not in done:
                done.append(made)
    return tuple(done), tuple(lacks)


# ---- bots


def _spread(call: ToolCall, tool: ToolSpec, facts: Facts, catalogue: Catalogue) -> list[ToolCall]:
    """A call over one bot, as many calls as bots are meant ("all", "alice and bob", everyone but bob)."""
    argument = next((a for a in arguments_of(tool, catalogue) if a.is_bot), None)
    if argument is None:
        return [call]
    meant = _meant(call.arguments.get(argument.name), argument, tool, facts)
    if not meant:
        return [ToolCall(call.tool, {k: v for k, v in call.arguments.items() if k != argument.name})]
    return [ToolCall(call.tool, {**call.arguments, argument.name: name}) for name in meant]


def _meant(said: object, argument: Argument, tool: ToolSpec, facts: Facts) -> tuple[str, ...]:
    """The bots that a call is about, by the message; none where it names none, or leaves the choice open."""
    if facts.is_choice() and argument.required:
        return ()
    if not facts.names:
        return _unnamed(argument, tool, facts)
    if isinstance(said, str) and said in facts.names:
        return _joined_with(said, facts)
    if said == ALL_BOTS or len(facts.names) == 1:
        return facts.names
    return () if argument.required else facts.names


def _unnamed(argument: Argument, tool: ToolSpec, facts: Facts) -> tuple[str, ...]:
    everyone = tuple(bot.name for bot in facts.bots)
    if len(everyone) == 1:
        return everyone if argument.required else ()
    if says_all(facts):
        meant = tuple(name for name in everyone if name not in facts.spared)
        return meant if argument.required or facts.spared else ()
    # "don't restart bob, just look at his log": the name stands in what is forbidden; enough for looking only.
    return tuple(facts.spared) if tool.policy.risk == "read" and len(facts.spared) == 1 else ()


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


# ---- the other arguments


def _ground(call: ToolCall, tool: ToolSpec, facts: Facts, catalogue: Catalogue) -> tuple[dict[str, object], list[Lack]]:
    values: dict[str, object] = {}
    lacks: list[Lack] = []
    arguments = arguments_of(tool, catalogue)
    numeric = [a for a in arguments if a.kind in ("integer", "number")]
    for argument in arguments:
        said = call.arguments.get(argument.name, _ABSENT)
        if argument.is_bot:
            value = said
        elif argument in numeric:
            value = ground_number(argument, None if said is _ABSENT else said, facts.numbers, alone=len(numeric) == 1)
            value = _ABSENT if value is None else value
        else:
            value = ground_value(argument, said, facts.reading, _ABSENT, strict=tool.policy.risk != "read")
        lack = _check(tool, argument, value)
        if lack is not None:
            lacks.append(lack)
        elif value is not _ABSENT:
            values[argument.name] = value
    return values, lacks


class _Absent:
    """Not said at all; None would be JSON's null, which can be a value."""


_ABSENT = _Absent()


def _check(tool: ToolSpec, argument: Argument, value: object) -> Lack | None:
    if value is _ABSENT:
        return Lack(tool, argument) if argument.required else None
    if argument.is_bot:
        return None if value in argument.choices else Lack(tool, argument)
    why = argument.why_not(value)
    return Lack(tool, argument, value, why) if why else None
