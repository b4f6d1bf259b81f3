"""A value that a model wrote under an argument that cannot have it goes to the one that can."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlops.domain.tools import ToolCall
from nlops.understand.clocks import find_clocks
from nlops.understand.fold import fold
from nlops.understand.moments import is_a_clock
from nlops.understand.reply import Proposed
from nlops.understand.sayings import resolve
from nlops.understand.schema import Argument

# A negative number, which no names are.
_BELOW_ZERO = re.compile(r"-\d{1,9}")


def in_place(one: Proposed, arguments: Sequence[Argument]) -> Proposed:
    """The call with each stray value where it belongs, if only one argument can have it: `{"species": "bleached"}`,
    where that is a state of health; "the full backup of merchants" backs up no "full"."""
    said, sure = dict(one.call.arguments), dict(one.sure)
    for argument in (a for a in arguments if a.choices and a.name in said):
        for stray in _strays(argument, said[argument.name]):
            value = int(stray) if _BELOW_ZERO.fullmatch(stray) else stray
            homes = [other for other in arguments if other is not argument and _takes(other, value, said)]
            is_option = argument.kind == "choice" and not argument.required
            if not homes and is_option and _is_the_time_of_another(stray, argument, arguments, said):
                del said[argument.name]
            if len(homes) != 1:
                continue
            rest = said.pop(argument.name)
            if isinstance(rest, list):
                said[argument.name] = [item for item in rest if item != stray]
            said[homes[0].name] = value
            sure[homes[0].name] = sure.get(argument.name, 1.0)
    for argument in (a for a in arguments if a.kind == "list" and isinstance(said.get(a.name), list)):
        said = _without_others(argument, said)
    return replace(one, call=ToolCall(one.call.tool, said), sure=sure)


def _is_the_time_of_another(
    stray: str, argument: Argument, arguments: Sequence[Argument], said: Mapping[str, object]
) -> bool:
    """Whether a word that chooses nothing is a time of the day, which another argument takes: "until 17:30"."""
    takes = any(is_a_clock(other) and other.name not in said for other in arguments)
    times = [value for value in (stray, *argument.choices) if find_clocks(fold(str(value)))]
    return takes and times == [stray]


def _without_others(argument: Argument, said: dict[str, object]) -> dict[str, object]:
    """What a model said, without those of a list's items that are another argument's value and of another pattern: of
    "then send it to ZTS08" the rider is no job."""
    items, schema = said[argument.name], argument.schema.get("items")
    pattern = schema.get("pattern") if isinstance(schema, Mapping) else None
    if not isinstance(pattern, str) or not isinstance(items, list):
        return said
    others = [value for name, value in said.items() if name != argument.name]
    own = [item for item in items if item not in others or re.search(pattern, str(item))]
    rest = {name: value for name, value in said.items() if name != argument.name}
    return {**rest, argument.name: own} if own else rest


def _strays(argument: Argument, said: object) -> list[str]:
    """The words among a model's values that an argument with choices has no value for."""
    if argument.kind == "list":
        items = said if isinstance(said, list) else []
        return [item for item in items if isinstance(item, str) and item not in argument.choices]
    return [said] if isinstance(said, str) and resolve(argument, said) is None else []


def _takes(argument: Argument, value: object, said: Mapping[str, object]) -> bool:
    """Whether an argument may have a value: it is open, or has the same."""
    if argument.kind in ("integer", "number"):
        is_number = isinstance(value, int) and not argument.why_not(value)
        return is_number and argument.name not in said
    return argument.kind == "choice" and said.get(argument.name, value) == value and value in argument.choices
