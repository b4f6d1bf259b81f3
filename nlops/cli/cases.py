"""Files of labelled phrases: a message, perhaps what was said before, and what is expected. Each fault by its line."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from nlops.domain.errors import ConfigError
from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.talk import Exchange

_SHAPE = '{"tool", "args"}, {"tools", "ordered"}, {"tool": null}, {"ask": true} or {"any_of": [...]}'


@dataclass(frozen=True)
class Case:
    """One line of a file of phrases; `expect` as the file has it. `before` is the conversation so far."""

    id: str
    lang: str
    category: str
    text: str
    expect: Mapping[str, object]
    before: tuple[Exchange, ...] = ()
    line: int = 0


def read_cases(file: Path) -> list[Case]:
    """The phrases of a file. Raises ConfigError."""
    cases: dict[str, Case] = {}
    for line, value in read_lines(file):
        case = read_case(value, str(file), line)
        if case.id in cases:
            raise ConfigError(str(file), f"line {line}", f"the id {case.id!r} stands in line {cases[case.id].line} too")
        cases[case.id] = case
    if not cases:
        raise ConfigError(str(file), "", "no phrases are in it")
    return list(cases.values())


def read_lines(file: Path) -> Iterator[tuple[int, object]]:
    """The values of a JSON Lines file with their lines' numbers, from 1. Raises ConfigError."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(file), "", str(error)) from error
    for number, line in enumerate(text.split("\n"), 1):  # JSON may hold the other line ends
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ConfigError(str(file), f"line {number}", f"no JSON: {error}") from error


def read_case(value: object, file: str, line: int) -> Case:
    """A line of a file of phrases. Raises ConfigError."""
    wanted = {"id": str, "lang": str, "category": str, "text": str, "expect": Mapping}
    if not isinstance(value, Mapping):
        raise ConfigError(file, f"line {line}", "not a JSON object")
    for key, kind in wanted.items():
        if not isinstance(value.get(key), kind):
            raise ConfigError(file, f"line {line}", f"{key!r} is missing or of another type")
    fault = _fault_of(value["expect"])
    if fault:
        raise ConfigError(file, f"line {line}, expect", f"{fault}; allowed is {_SHAPE}")
    try:
        before = _exchanges(value.get("history", []))
    except (TypeError, KeyError, ValueError) as error:
        wrong = f'"history" is not a list of {{"text", "calls": [{{"tool", "args"}}]}}: {error}'
        raise ConfigError(file, f"line {line}", wrong) from error
    return Case(value["id"], value["lang"], value["category"], value["text"], value["expect"], before, line)


def _exchanges(value: object) -> tuple[Exchange, ...]:
    """Raises TypeError, KeyError, ValueError."""
    if not isinstance(value, list):
        raise TypeError("no list")
    return tuple(Exchange(_text(one["text"]), tuple(map(_call, one["calls"]))) for one in value)


def _call(value: Mapping[str, object]) -> ToolCall:
    arguments = value.get("args", {})
    if not isinstance(arguments, Mapping):
        raise TypeError("args is no object")
    return ToolCall(_text(value["tool"]), dict(arguments))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _fault_of(expect: Mapping[str, object]) -> str:
    """What is wrong with an expectation, empty where nothing is."""
    several = expect.get("any_of")
    if several is not None:
        if not isinstance(several, list) or not several:
            return "any_of is no list, or empty"
        faults = [_fault_of(one) if isinstance(one, Mapping) else "any_of holds no object" for one in several]
        return next(filter(None, faults), "")
    if not (expect.get("ask") is True or "tool" in expect or "tools" in expect):
        return "nothing is expected"
    calls = expected_calls(expect)
    if calls is None:
        return "" if expect.get("ask") is True or expect.get("tool") is None else "tool is no name"
    return next(filter(None, map(_fault_of_call, calls)), "")


def _fault_of_call(call: Mapping[str, object]) -> str:
    if not isinstance(call.get("tool"), str):
        return "a call has no tool"
    if not isinstance(call.get("args", {}), Mapping):
        return "args is no object"
    ranges = call.get("args_range", {})
    is_well = isinstance(ranges, Mapping) and all(
        isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, int | float) for one in pair)
        for pair in ranges.values()
    )
    return "" if is_well else "args_range is not {argument: [least, most]}"


def outcomes_of(expect: Mapping[str, object]) -> list[Mapping[str, object]]:
    """The outcomes that are accepted."""
    several = expect.get("any_of")
    if isinstance(several, list):
        return [one for one in several if isinstance(one, Mapping)]
    return [expect]


def expected_calls(outcome: Mapping[str, object]) -> list[Mapping[str, object]] | None:
    """The calls of an outcome; None where it has none."""
    calls = outcome.get("tools")
    if outcome.get("ask"):  # it may name the tool that it is about
        return None
    if isinstance(calls, list):
        return [call if isinstance(call, Mapping) else {} for call in calls]
    return [outcome] if isinstance(outcome.get("tool"), str) else None


def check_names(cases: Sequence[Case], catalogue: Catalogue, file: str) -> None:
    """Whether every tool that is expected, or was called before, is in the catalogue: else the file is for another one,
    and its figures would mean nothing. Raises ConfigError."""
    for case in cases:
        calls = [call for outcome in outcomes_of(case.expect) for call in expected_calls(outcome) or ()]
        names = [str(call["tool"]) for call in calls] + [call.tool for one in case.before for call in one.calls]
        unknown = next((name for name in names if catalogue.get(name) is None), None)
        if unknown is not None:
            known = ", ".join(tool.name for tool in catalogue.tools[:20])
            why = f"no tool {unknown!r} in the catalogue ({known}); --tools FOLDER or -c FILE names another"
            raise ConfigError(file, f"line {case.line}", why)
