"""How calls compare: whether some hold all that others say, set the same thing otherwise, or come to one."""

from collections.abc import Iterable, Mapping, Sequence

from nlops.domain.tools import ToolCall


def holds_all_of(calls: Sequence[ToolCall], others: Sequence[ToolCall]) -> bool:
    """Whether calls are the others and say more: the same tools, with options that those leave open."""
    return len(calls) == len(others) and all(
        one.tool == other.tool and _holds(one.arguments, other.arguments)
        for one, other in zip(calls, others, strict=True)
    )


def _holds(values: Mapping[str, object], others: Mapping[str, object]) -> bool:
    return all(name in values and _plain(values[name]) == _plain(value) for name, value in others.items())


def _plain(value: object) -> object:
    """A text without the mark at its end."""
    return value.rstrip(" .。!！") if isinstance(value, str) else value


def contradict(calls: Sequence[ToolCall]) -> bool:
    """Whether two calls set the same thing to different values."""
    pairs = ((one, other) for nth, one in enumerate(calls) for other in calls[nth + 1 :] if one.tool == other.tool)
    return any(_differ_in_one_value(one, other) for one, other in pairs)


def _differ_in_one_value(one: ToolCall, other: ToolCall) -> bool:
    """Whether two calls of a tool have the same first argument, and another value of one that comes behind it."""
    first = next(iter(one.arguments), None)
    names = one.arguments.keys() | other.arguments.keys()
    differ = [name for name in names if one.arguments.get(name) != other.arguments.get(name)]
    return first is not None and len(differ) == 1 and first not in differ and len(names) > 1


def joined(calls: Iterable[ToolCall]) -> tuple[ToolCall, ...]:
    """Calls without doubles; those that follow one another and differ in one list only, as one."""
    made: list[ToolCall] = []
    for call in calls:
        both = _as_one(made[-1], call) if made else None
        if both is not None:
            made[-1] = both
        elif call not in made:
            made.append(call)
    return tuple(made)


def _as_one(one: ToolCall, other: ToolCall) -> ToolCall | None:
    if one.tool != other.tool or one.arguments.keys() != other.arguments.keys():
        return None
    differ = [name for name in one.arguments if one.arguments[name] != other.arguments[name]]
    lists = [call.arguments[differ[0]] for call in (one, other)] if len(differ) == 1 else []
    values = [value for each in lists if isinstance(each, list) for value in each]
    is_of_lists = bool(lists) and all(isinstance(each, list) for each in lists)
    return ToolCall(one.tool, {**one.arguments, differ[0]: list(dict.fromkeys(values))}) if is_of_lists else None
