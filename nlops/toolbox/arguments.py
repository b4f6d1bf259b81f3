"""Arguments against their schema: the strict check every call passes, whoever made it."""

from nlops.domain.tools import BotName, Catalogue, JsonObject, ToolCall, ToolSpec


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
    from jsonschema import Draft202012Validator

    tool = catalogue.get(call.tool)
    if tool is None:
        return f"there is no tool {call.tool!r}"
    error = next(Draft202012Validator(argument_schema(tool, catalogue.bots)).iter_errors(dict(call.arguments)), None)
    if error is None:
        return None
    place = ".".join(str(part) for part in error.absolute_path)
    return f"{call.tool}: {place + ': ' if place else ''}{error.message}"


def with_defaults(call: ToolCall, tool: ToolSpec) -> dict[str, object]:
    """The arguments in the schema's order, its defaults where none was given: what is shown, and what runs."""
    values = {name: schema["default"] for name, schema in tool.properties.items() if "default" in schema}
    values |= call.arguments
    return {name: values[name] for name in tool.properties if name in values}
