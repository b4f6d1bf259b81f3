"""What a message says, without what other arguments of a call have of it: nothing of it is said twice."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlops.understand.amounts import SURE_OF_NUMBER
from nlops.understand.facts import Facts
from nlops.understand.fold import fold
from nlops.understand.labels import key, names_of
from nlops.understand.measures import is_numeric
from nlops.understand.numbers import Number
from nlops.understand.quantities import is_measured, readings
from nlops.understand.reply import Proposed
from nlops.understand.schema import Argument


def without_claimed(
    argument: Argument,
    one: Proposed,
    arguments: Sequence[Argument],
    facts: Facts,
    others: Sequence[Mapping[str, object]],
) -> Facts:
    """The facts without the numbers that other arguments have, and the ids of `others`, the message's further calls: of
    「17号房」 the id R17 has it, and no percentage is 17. One that this argument has itself leaves all as it is."""
    said = one.call.arguments
    facts = _outside_ids(facts, [value for name, value in said.items() if name != argument.name])
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
    if one.sure.get(argument.name, 1.0) < SURE_OF_NUMBER:  # what another call has is not this one's
        taken = [value for other in others for value in other.values() if _is_number(value)]
        left = [number for number in left if number.low not in taken or number.low == said.get(argument.name)]
    whole = facts.reading.whole
    for number in facts.numbers:
        if number not in left:
            whole = whole[: number.start] + " " * (number.end - number.start) + whole[number.end :]
    return replace(facts, numbers=tuple(left), reading=replace(facts.reading, whole=whole))


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _outside_ids(facts: Facts, values: Sequence[object]) -> Facts:
    """The facts without the numbers inside such values: "vid-3306" has none."""
    whole = facts.reading.whole
    ids = [fold(one) for one in values if isinstance(one, str) and re.fullmatch(r"[a-z]+-?\d+", fold(one))]
    spans = [match.span() for one in ids for match in re.finditer(rf"(?<![a-z0-9]){re.escape(one)}(?![a-z0-9])", whole)]
    inside = [any(start <= number.start < end for start, end in spans) for number in facts.numbers]
    # "FR-14 to twenty" was read as a range
    left = (
        replace(number, low=number.high) if is_inside else number
        for number, is_inside in zip(facts.numbers, inside, strict=True)
        if not is_inside or number.low != number.high
    )
    return replace(facts, numbers=tuple(left))


def without_rivals(
    argument: Argument, arguments: Sequence[Argument], facts: Facts, others: Sequence[Mapping[str, object]]
) -> Facts:
    """The facts without the numbers that another argument could have as well, by its unit, or one of `others`, the
    message's further calls."""
    if others:
        return replace(facts, numbers=())
    numeric = [a for a in arguments if a is not argument and (a.kind in ("integer", "number") or is_numeric(a))]
    left = tuple(one for one in facts.numbers if not any(is_measured(one, other) for other in numeric))
    return replace(facts, numbers=left)


def without_names(argument: Argument, one: Proposed, arguments: Sequence[Argument], facts: Facts) -> Facts:
    """The facts without the names of what other arguments are: of "the goods yard" the goods are none of their own."""
    live = facts.reading.live
    for other in arguments:
        value = one.call.arguments.get(other.name)
        if other is not argument and isinstance(value, str) and value in other.choices:
            for name in sorted(names_of(other)[key(value)], key=len, reverse=True):
                live = live.replace(name, " ") if len(name) > 1 else live
        elif other is not argument and argument.kind == "text" and re.search(r"\d\d", str(value)):
            live = re.sub(rf"(?<![a-z0-9]){re.escape(fold(str(value)))}(?![a-z0-9])", " ", live)
    return without_texts(argument, one, arguments, replace(facts, reading=replace(facts.reading, live=live)))


def without_texts(argument: Argument, one: Proposed, arguments: Sequence[Argument], facts: Facts) -> Facts:
    """The facts without the texts that the call passes on, which choose nothing for it: "in kids: the wave pool opens"
    is for no other zone."""
    live = facts.reading.live
    texts = [one.call.arguments.get(other.name) for other in arguments if other is not argument and other.is_free_text]
    for text in texts:
        if isinstance(text, str) and text and fold(text) in live:
            before, _, behind = live.partition(fold(text))
            is_led = before.rstrip().endswith((":", "“", '"', "「"))
            live = before if is_led else f"{before} {behind}"
    return replace(facts, reading=replace(facts.reading, live=live))


def _is_of(number: Number, argument: Argument, value: object) -> bool:
    """Whether an argument's value is this number, or an id with its digits."""
    if isinstance(value, str):
        is_id = isinstance(argument.schema.get("pattern"), str) or (value.isdigit() and bool(argument.choices))
        return is_id and number.low in {int(run) for run in re.findall(r"\d+", value)}
    return argument.kind in ("integer", "number") and value in readings(number, argument)
