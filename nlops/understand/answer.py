"""The answer that a model is asked for: its shape as a JSON Schema, and how one is written.

    {"now": [{"TOOL": {...}}]}      calls that are meant now, in the order of the message
    {"if": [...]}, {"at": [...]}    calls that hang on a condition, or on a time
    {"none": WORD}                  nothing is called, and why

Which key comes first is the model's first decision, so that its probability can be read (`nlops.understand.doubt`).
Required arguments are always written, as UNSAID where the message does not say them: what is missing is a value, not a
mood. A value that the message says and the schema lacks is written as the message says it, and is asked back later.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Literal

from nlops.domain.tools import Catalogue, JsonObject, ToolSpec
from nlops.understand.schema import Argument, arguments_of

Mood = Literal["now", "if", "at"]
MOODS: tuple[Mood, ...] = ("now", "if", "at")
# Why nothing is called: small talk, about the assistant or the past, forbidden, no tool does it, not clear what.
NO_CALL = ("chat", "about", "not", "impossible", "unclear")
UNSAID = "?"
ALL_BOTS = "all"
MAX_CALLS = 6
MAX_ITEMS = 20


def write_answer(calls: Mapping[Mood, Sequence[JsonObject]], none: str = "") -> str:
    """An answer as text. `calls` are {tool: arguments} each; `none` is a word of NO_CALL, or empty."""
    answer: dict[str, object] = {mood: list(calls[mood]) for mood in MOODS if calls.get(mood)}
    if none:
        answer["none"] = none
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def write_call(tool: ToolSpec, values: JsonObject, catalogue: Catalogue) -> JsonObject:
    """One call as it stands in an answer: required arguments first and all of them, then the others that are said."""
    arguments = arguments_of(tool, catalogue)
    written = {a.name: values.get(a.name, UNSAID) for a in arguments if a.required}
    written |= {a.name: values[a.name] for a in arguments if not a.required and a.name in values}
    return {tool.name: written}


def answer_schema(catalogue: Catalogue, *, must_call: bool = False) -> dict[str, object]:
    """The JSON Schema of an answer over a catalogue; with `must_call`, of one that calls something now."""
    items = {"anyOf": [_call_schema(tool, catalogue) for tool in catalogue.tools]}
    calls: dict[str, object] = {"type": "array", "minItems": 1, "maxItems": MAX_CALLS, "items": items}
    if must_call:
        return _object({"now": calls}, required=["now"])
    none = {"type": "string", "enum": list(NO_CALL)}
    return {**_object({**dict.fromkeys(MOODS, calls), "none": none}, required=[]), "minProperties": 1}


def _call_schema(tool: ToolSpec, catalogue: Catalogue) -> dict[str, object]:
    arguments = sorted(arguments_of(tool, catalogue), key=lambda argument: not argument.required)
    required = [argument.name for argument in arguments if argument.required]
    return _object({tool.name: _object({a.name: _loose(a) for a in arguments}, required)}, required=[tool.name])


def _object(properties: Mapping[str, object], required: Sequence[str]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _loose(argument: Argument) -> dict[str, object]:
    """What a model may write for an argument: bounds, patterns and enums are checked later, and asked back."""
    value = _loose_value(argument)
    if argument.kind == "list":
        return {"anyOf": [value, {"type": "string"}]}  # one alone, or that it was not said
    if argument.required and value.get("type") != "string":
        return {"anyOf": [value, {"const": UNSAID}]}
    return value


def _loose_value(argument: Argument) -> dict[str, object]:
    if argument.kind == "list":
        most = len(argument.choices) or MAX_ITEMS  # a small model may go round in circles
        return {"type": "array", "maxItems": min(most, MAX_ITEMS), "items": _item_schema(argument)}
    names = {"integer": "integer", "number": "number", "boolean": "boolean"}
    name = names.get(argument.kind, "string")
    if argument.kind == "choice" and not all(isinstance(choice, str) for choice in argument.choices):
        return {"anyOf": [{"enum": list(argument.choices)}, {"type": "string"}]}
    return {"type": [name, "null"]} if argument.nullable else {"type": name}


def _item_schema(argument: Argument) -> dict[str, object]:
    items = argument.schema.get("items")
    kind = items.get("type") if isinstance(items, Mapping) else None
    return {"type": kind if kind in ("integer", "number") else "string"}
