"""Numbers to choose from, by what a message says in their unit: of 30, 60 and 90 minutes "an hour and a half"."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from nlops.understand.amounts import shares_in
from nlops.understand.clocks import find_hours
from nlops.understand.numerals import TENS, WORDS
from nlops.understand.outcomes import ABSENT, Impossible, Said, describe
from nlops.understand.quantities import (
    COUNTERS,
    is_a_unit,
    is_an_hour,
    is_measured,
    is_per_cent,
    lasts_in,
    readings,
    unit_of,
)
from nlops.understand.schema import Argument

_OF_A_HUNDRED = ("%", "percent", "折", "成", "off")
# Of numbers to choose from no schema says how far they go.
_DAY, _WHOLE = {"maximum": 24}, {"maximum": 100}


def is_numeric(argument: Argument) -> bool:
    """Whether an argument has numbers to choose from."""
    numbers = [one for one in argument.choices if isinstance(one, int | float) and not isinstance(one, bool)]
    return bool(numbers) and len(numbers) == len(argument.choices)


_TENS = "|".join(word.removesuffix("y") for word in TENS.split() if word.endswith("y"))
_MOST = 99  # what is more is an id
_UNIT_WORDS = {"s": "seconds", "h": "hours", "m": "minutes", "min": "minutes", "d": "days"}


def in_unit_of(argument: Argument, said: Mapping[str, object], arguments: Sequence[Argument]) -> Argument:
    """A number without a unit in that with which another argument's value ends: `value` of the parameter timeout_ms."""
    if argument.kind not in ("integer", "number") or unit_of(argument) is not None:
        return argument
    chosen = (said.get(other.name) for other in arguments if other.kind == "choice")
    ends = (one.rpartition("_")[2] for one in chosen if isinstance(one, str) and "_" in one)
    unit = next((end for end in ends if is_a_unit(end)), "")
    return replace(argument, description=f"{argument.description} {_UNIT_WORDS.get(unit, unit)}") if unit else argument


def measured_in(argument: Argument, facts: Said) -> frozenset[float]:
    """What a message says in the unit of such an argument, or as an hour of the day or a share, where it is one."""
    measured = [one for one in facts.numbers if is_measured(one, argument) or one.unit in _OF_A_HUNDRED]
    said = {value for one in measured for value in readings(one, argument)}
    said |= find_hours(facts.reading.whole) if is_an_hour(replace(argument, schema=_DAY)) else set()
    said |= shares_in(facts.reading.whole) if is_per_cent(replace(argument, schema=_WHOLE)) else set()
    sizes = set() if lasts_in(argument) else _plurals_in(facts.reading.whole)  # "30s" are seconds
    return frozenset(said) | (sizes & {*argument.choices})


def _plurals_in(folded: str) -> set[float]:
    """The numbers by which a folded text calls things of a size: 50 of "big fifties" and "the 50s"."""
    words = (match[0].removesuffix("ies") + "y" for match in re.finditer(rf"\b(?:{_TENS})ies\b", folded))
    digits = re.findall(r"\b(?:the|those|these|our|big|small)\s+(\d+)['’]?s\b", folded)  # "for 30s" is how long
    return {int(WORDS[word]) for word in words} | {int(one) for one in digits}


def numbered_in(argument: Argument, facts: Said) -> tuple[object, ...]:
    """Of numbers to choose from those that a message has, in words or digits, of whatever unit that is no other's."""
    said = {one.low for one in facts.numbers if one.low == one.high and not is_a_unit(one.unit)}
    return tuple(one for one in argument.choices if one in said and is_numeric(argument))


def is_only_measured(argument: Argument, facts: Said) -> bool:
    """Whether a message says such a number in its unit, and none without one: "four weeks, no, two"."""
    numbers = [one for one in facts.numbers if one.unit not in COUNTERS and one.high <= _MOST]
    bare = [one for one in numbers if not is_a_unit(one.unit)]
    return not bare and is_said_in_unit(argument, facts)


def is_said_in_unit(argument: Argument, facts: Said) -> bool:
    """Whether a message says a number in a unit of what the argument measures."""
    return any(is_measured(one, argument) for one in facts.numbers)


def overheard_measure(argument: Argument, facts: Said) -> object:
    """The one that a message says plainly although the model found it unsaid; Impossible where it is none of these."""
    if is_an_hour(replace(argument, schema=_DAY)):
        return ABSENT
    said = measured_in(argument, facts)
    meant = [one for one in argument.choices if one in said]
    if len(meant) == 1:
        return meant[0]
    return is_beside(argument, said) or ABSENT


def is_beside(argument: Argument, said: Collection[float]) -> Impossible | None:
    """The one measure that is said and none of the argument's, where it is of their size: 45 minutes, of 30 and 60."""
    steps = [float(one) for one in argument.choices if isinstance(one, int | float)]
    value = min(said, default=0.0)
    is_alike = len(said) == 1 and value not in steps and min(steps) <= 2 * value and value <= 2 * max(steps)
    return Impossible(int(value) if value % 1 == 0 else value, describe(argument)) if is_alike else None
