"""The question to the model, built from the catalogue's definitions alone.

Everything before the message itself is the same for every message over a catalogue, so that a prefix cache serves.
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nlops.domain.errors import ConfigError
from nlops.domain.model import ModelRequest
from nlops.domain.tools import Catalogue, JsonObject, ToolSpec
from nlops.domain.words import language_of
from nlops.understand.fold import fold
from nlops.understand.schema import Argument, arguments_of

MAX_CALLS = 6
# Six calls with their arguments; a small model that goes round in circles is cut off here.
MAX_TOKENS = 160
ALL_BOTS = "all"
# What the model may say where it calls nothing.
NO_CALL = ("chat", "about", "unclear", "impossible")
_SHAPE = f"one of {', '.join(NO_CALL)}, a colon, a message"
# Examples of one definition that go into the prompt: each costs about 40 tokens of prefix.
MAX_EXAMPLES = 8


@dataclass(frozen=True)
class Prompts:
    """The prompts folder's files: the system text, and general examples that belong to no tool.

    `system` holds the fields {tools} and {bots}; `examples` are (message, what the model should answer) pairs.
    """

    system: str
    examples: tuple[tuple[str, str], ...] = field(default=())

    @classmethod
    def from_texts(cls, files: Mapping[str, str]) -> "Prompts":
        """Read the files by name (`system.txt`, `examples.txt`). Raises ConfigError."""
        system = next((text for name, text in files.items() if name.startswith("system")), None)
        if system is None or "{tools}" not in system:
            raise ConfigError("prompts/system.txt", "", "missing, or without the field {tools}")
        examples = next((text for name, text in files.items() if name.startswith("examples")), "")
        return cls(system, tuple(_read_examples(examples)))


def _read_examples(text: str) -> Iterator[tuple[str, str]]:
    """Lines `kind: message`; empty lines and those that begin with # are skipped."""
    for number, line in enumerate(text.splitlines(), 1):
        kind, colon, message = line.partition(":")
        if not line.strip() or line.startswith("#"):
            continue
        if not colon or kind.strip() not in NO_CALL or not message.strip():
            raise ConfigError("prompts/examples.txt", f"line {number}", f"got {line!r}; allowed is {_SHAPE}")
        yield message.strip(), _answer([], kind.strip())


def make_request(message: str, catalogue: Catalogue, prompts: Prompts) -> ModelRequest:
    """The question about one message."""
    shots = [part for shot in _shots(catalogue, prompts) for part in (("user", shot[0]), ("assistant", shot[1]))]
    return ModelRequest(
        messages=(("system", _system(catalogue, prompts)), *shots, ("user", message)),
        schema=reply_schema(catalogue),
        max_tokens=MAX_TOKENS,
        tools=tuple(_function(tool, catalogue) for tool in catalogue.tools),
    )


def _system(catalogue: Catalogue, prompts: Prompts) -> str:
    tools = "\n".join(_tool_line(tool, catalogue) for tool in catalogue.tools)
    bots = ", ".join(" = ".join(bot.all()) for bot in catalogue.bots) or "-"
    return prompts.system.replace("{tools}", tools).replace("{bots}", bots).strip()


def _tool_line(tool: ToolSpec, catalogue: Catalogue) -> str:
    arguments = ", ".join(map(_argument_text, arguments_of(tool, catalogue)))
    return f"- {tool.name}({arguments}): {tool.description}"


def _argument_text(argument: Argument) -> str:
    shown = argument.name + ("" if argument.required else "?")
    if argument.is_bot:
        return shown
    shown += ": " + ("|".join(map(str, argument.choices)) or argument.kind)
    return f"{shown} ({argument.description})" if argument.description else shown


# ---- the shape of the answer


def reply_schema(catalogue: Catalogue) -> dict[str, object]:
    """The JSON Schema of an answer: a list of calls, or why there is none."""
    items = {"anyOf": [_call_schema(tool, catalogue) for tool in catalogue.tools]}
    calls: dict[str, object] = {"type": "array", "maxItems": MAX_CALLS, "items": items}
    none = {"type": "string", "enum": list(NO_CALL)}
    return _object({"calls": calls, "none": none}, required=["calls"])


def _call_schema(tool: ToolSpec, catalogue: Catalogue) -> dict[str, object]:
    properties = {a.name: _loose(a) for a in arguments_of(tool, catalogue)}
    return _object({tool.name: _object(properties, required=[])}, required=[tool.name])


def _object(properties: Mapping[str, object], required: Sequence[str]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }


def _loose(argument: Argument) -> dict[str, object]:
    """What the model may write for an argument: bounds and patterns are checked later, and asked back."""
    null = ["null"] if argument.nullable else []
    if argument.is_bot:
        return {"type": "string", "enum": [*argument.choices, *([ALL_BOTS] if len(argument.choices) > 1 else [])]}
    if argument.kind == "choice":
        return {"enum": [*argument.choices, *([None] if null else [])]}
    if argument.kind == "list":
        return {
            "type": "array",
            "maxItems": 20,
            "items": {"enum": list(argument.choices)} if argument.choices else {"type": "string"},
        }
    names = {"integer": "integer", "number": "number", "boolean": "boolean"}
    return {"type": [names.get(argument.kind, "string"), *null]}


def _function(tool: ToolSpec, catalogue: Catalogue) -> dict[str, object]:
    """The tool as a native function definition, with the bots' names as an enum."""
    properties = {
        a.name: {key: value for key, value in a.schema.items() if key != "format"}
        | ({"enum": list(a.choices)} if a.is_bot else {})
        for a in arguments_of(tool, catalogue)
    }
    parameters = {**tool.input_schema, "properties": properties}
    return {
        "type": "function",
        "function": {"name": tool.name, "description": tool.description, "parameters": parameters},
    }


# ---- examples


def _shots(catalogue: Catalogue, prompts: Prompts) -> list[tuple[str, str]]:
    """Messages and answers: the definitions' own, two of them joined, and general ones without a call, interleaved."""
    own = [list(_own_examples(tool, catalogue)) for tool in catalogue.tools]
    single = [shot for row in itertools.zip_longest(*own) for shot in row if shot is not None]
    shots = [(text, _answer([call])) for text, call in single]
    shots += _joined(own)
    mixed = itertools.zip_longest(shots, prompts.examples)
    return [shot for pair in mixed for shot in pair if shot is not None]


def _own_examples(tool: ToolSpec, catalogue: Catalogue) -> Iterator[tuple[str, JsonObject]]:
    for index, example in enumerate(tool.examples[:MAX_EXAMPLES]):
        text, arguments = _with_real_bots(fold(example.text), example.arguments, tool, catalogue, index)
        yield text, {tool.name: arguments}


def _with_real_bots(
    text: str, arguments: JsonObject, tool: ToolSpec, catalogue: Catalogue, index: int
) -> tuple[str, dict[str, object]]:
    """A definition cannot know the bots' names: the names in its examples stand for those that there are."""
    values = dict(arguments)
    for argument in arguments_of(tool, catalogue):
        said = values.get(argument.name)
        if argument.is_bot and isinstance(said, str) and catalogue.bots and said not in argument.choices:
            bot = catalogue.bots[index % len(catalogue.bots)]
            text, values[argument.name] = text.replace(fold(said), fold(bot.name)), bot.name
    return text, values


def _joined(own: Sequence[Sequence[tuple[str, JsonObject]]]) -> list[tuple[str, str]]:
    """Two requests in one message, made of two tools' examples, in each language."""
    shots = []
    for language, words in (("en", (", and then ", " and also ")), ("zh", ("，然后", "，顺便"))):
        rows = [[shot for shot in shots_ if language_of(shot[0]) == language] for shots_ in own]
        rows = [row for row in rows if row]
        for nth, (first, second) in enumerate(zip(rows[: len(words)], reversed(rows), strict=False)):
            one, two = first[0], second[-1]
            shots.append((f"{one[0]}{words[nth]}{two[0]}", _answer([one[1], two[1]])))
    return shots


def _answer(calls: Sequence[JsonObject], none: str | None = None) -> str:
    answer: dict[str, object] = {"calls": list(calls)}
    if none is not None:
        answer["none"] = none
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
