"""Arguments against their schema: the strict check every call passes, whoever made it."""

from collections.abc import Iterator
from functools import cache
from typing import Any

from nlops.domain.tools import BotName, Catalogue, JsonObject, ToolCall, ToolSpec
from nlops.toolbox.patterns import matcher


@cache
def _validator_class() -> Any:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend

    def pattern(_: object, wanted: str, instance: object, __: object) -> Iterator[ValidationError]:
        # By RE2: in linear time, and without Python's `$`, which lets a newline through at the end.
        if isinstance(instance, str) and not matcher(wanted)(instance):
            yield ValidationError(f"{instance!r} does not match {wanted!r}")

    return extend(Draft202012Validator, {"pattern": pattern})  # type: ignore[no-untyped-call]


def validator_of(schema: JsonObject) -> Any:
    """A validator of 2020-12 (`iter_errors`, `is_valid`) whose patterns run in linear time."""
    return _validator_class()(schema)


def argument_schema(tool: ToolSpec, bots: tuple[BotName, ...]) -> JsonObject:
    """The tool's input schema with every `"format": "bot"` property limited to the names of the watched bots."""
    names = [bot.name for bot in bots]
    limited = {
        name: {**schema, "enum": names} if schema.get("format") == "bot" else schema
        for name, schema in tool.properties.items()
    }
    return {**tool.input_schema, "properties": limited}


def check_call(call: ToolCall, catalogue: Catalogue) -> str | None:
    """Why this call cannot be: one sentence, or None where it can."""
    tool = catalogue.get(call.tool)
    if tool is None:
        return f"there is no tool {call.tool!r}"
    error = next(validator_of(argument_schema(tool, catalogue.bots)).iter_errors(dict(call.arguments)), None)
    if error is None:
        return None
    place = ".".join(str(part) for part in error.absolute_path)
    return f"{call.tool}: {place + ': ' if place else ''}{error.message}"


def with_defaults(call: ToolCall, tool: ToolSpec) -> dict[str, object]:
    """The arguments in the schema's order, its defaults where none was given: what is shown, and what runs."""
    values = {name: schema["default"] for name, schema in tool.properties.items() if "default" in schema}
    values |= call.arguments
    return {name: values[name] for name in tool.properties if name in values}
