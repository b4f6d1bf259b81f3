"""The question to the model, built from the catalogue's definitions alone.

Everything before the message itself is the same for every message over a catalogue, so that a prefix cache serves. The
embedded model was trained on exactly this text (`training/`), so that it needs no examples of whole conversations;
hosted models get some.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from nlops.domain.errors import ConfigError
from nlops.domain.model import ModelRequest
from nlops.domain.tools import Catalogue, JsonObject, ToolSpec
from nlops.domain.words import language_of
from nlops.understand.answer import NO_CALL, answer_schema, write_answer, write_call
from nlops.understand.fold import fold
from nlops.understand.schema import Argument, arguments_of

# Six calls with their arguments; a small model that goes round in circles is cut off here.
MAX_TOKENS = 200
_SHAPE = f"one of {', '.join(NO_CALL)}, a colon, a message"
# Examples of one definition that stand as whole turns before a hosted model: each costs about 40 tokens.
MAX_EXAMPLES = 8
# Examples of one definition that stand behind it, for every model: about 12 tokens each.
SHOWN_EXAMPLES = 2
# What a definition may say of itself in the prompt; the rest is for people.
MAX_DESCRIPTION_CHARS = 400


@dataclass(frozen=True)
class Prompts:
    """The prompts folder's files: the system text, and general examples that belong to no tool.

    `system` holds the fields {tools} and {bots}; `examples` are (message, what the model should answer) pairs. A model
    that was trained for this gets no turns of examples (`with_turns`), and tells how sure it is of what it says.
    """

    system: str
    examples: tuple[tuple[str, str], ...] = field(default=())
    with_turns: bool = True

    @classmethod
    def from_texts(cls, files: Mapping[str, str], *, with_turns: bool = True) -> "Prompts":
        """Read the files by name (`system.txt`, `examples.txt`). Raises ConfigError."""
        system = next((text for name, text in files.items() if name.startswith("system")), None)
        if system is None or "{tools}" not in system:
            raise ConfigError("prompts/system.txt", "", "missing, or without the field {tools}")
        examples = next((text for name, text in files.items() if name.startswith("examples")), "")
        return cls(system, tuple(_read_examples(examples)), with_turns)


def _read_examples(text: str) -> Iterator[tuple[str, str]]:
    """Lines `kind: message`; empty lines and those that begin with # are skipped."""
    for number, line in enumerate(text.splitlines(), 1):
        kind, colon, message = line.partition(":")
        if not line.strip() or line.startswith("#"):
            continue
        if not colon or kind.strip() not in NO_CALL or not message.strip():
            raise ConfigError("prompts/examples.txt", f"line {number}", f"got {line!r}; allowed is {_SHAPE}")
        yield message.strip(), write_answer({}, kind.strip())


def make_request(
    message: str,
    catalogue: Catalogue,
    prompts: Prompts,
    before: Sequence[tuple[str, str]] = (),
    *,
    must_call: bool = False,
    among: Catalogue | None = None,
) -> ModelRequest:
    """The question about one message; `before` are messages of the conversation and how they were understood;
    `must_call`: the answer may not be that there is nothing to do; `among`: it may call no other tools than these."""
    shots = _shots(catalogue, prompts) if prompts.with_turns else []
    turns = [part for shot in (*shots, *before) for part in (("user", shot[0]), ("assistant", shot[1]))]
    return ModelRequest(
        messages=(("system", system_text(catalogue, prompts)), *turns, ("user", message)),
        schema=answer_schema(among or catalogue, must_call=must_call),
        max_tokens=MAX_TOKENS,
        tools=tuple(_function(tool, catalogue) for tool in (among or catalogue).tools) if prompts.with_turns else (),
        wants_sure=not prompts.with_turns,
    )


def system_text(catalogue: Catalogue, prompts: Prompts) -> str:
    """What stands before every message: the task, the tools, the bots."""
    tools = "\n".join(_tool_line(tool, catalogue) for tool in catalogue.tools)
    bots = ", ".join(" = ".join(bot.all()) for bot in catalogue.bots) or "-"
    return prompts.system.replace("{tools}", tools).replace("{bots}", bots).strip()


def _tool_line(tool: ToolSpec, catalogue: Catalogue) -> str:
    arguments = "; ".join(map(_argument_text, arguments_of(tool, catalogue)))
    line = f"- {tool.name}({arguments}) {(tool.description or tool.title)[:MAX_DESCRIPTION_CHARS]}"
    shown = _shown_examples(tool, catalogue)
    return f"{line} e.g. {' / '.join(shown)}" if shown else line


def _shown_examples(tool: ToolSpec, catalogue: Catalogue) -> list[str]:
    """One message in each language, as far as the definition has them, with real bots' names."""
    texts = [_with_real_bots(e.text, e.arguments, tool, catalogue, 0)[0] for e in tool.examples]
    by_language = [[text for text in texts if language_of(text) == language] for language in ("en", "zh")]
    return [texts[0] for texts in by_language if texts][:SHOWN_EXAMPLES]


def _argument_text(argument: Argument) -> str:
    shown = f"{argument.name}{'' if argument.required else '?'}: {_type_text(argument)}"
    description = argument.description[:MAX_DESCRIPTION_CHARS]
    return f"{shown} ({description})" if description and not argument.is_bot else shown


def _type_text(argument: Argument) -> str:
    if argument.is_bot:
        return "bot"
    schema = argument.schema
    items = schema.get("items")
    shown = "|".join(map(str, argument.choices)) or (_bounded(items) if isinstance(items, Mapping) else "")
    if argument.kind == "list":
        shown = f"[{shown or 'text'}]"
    elif not argument.choices:
        shown = _bounded(schema)
    return f"{shown}|null" if argument.nullable else shown


def _bounded(schema: Mapping[str, object]) -> str:
    kind = schema.get("type")
    names = [kind] if isinstance(kind, str) else kind if isinstance(kind, list | tuple) else []
    name = next((str(one) for one in names if one != "null"), "text").replace("string", "text")
    low, high = (schema.get(key, "") for key in ("minimum", "maximum"))
    if low != "" or high != "":
        name += f" {low}..{high}"
    return f"{name} /{schema['pattern']}/" if "pattern" in schema else name


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


# ---- whole turns, for models that were not trained for this


def _shots(catalogue: Catalogue, prompts: Prompts) -> list[tuple[str, str]]:
    """Messages and answers: the definitions' own, two of them joined, and general ones without a call, interleaved."""
    own = [list(_own_examples(tool, catalogue)) for tool in catalogue.tools]
    single = [shot for row in itertools.zip_longest(*own) for shot in row if shot is not None]
    shots = [(text, write_answer({"now": [call]})) for text, call in single]
    shots += _joined(own)
    mixed = itertools.zip_longest(shots, prompts.examples)
    return [shot for pair in mixed for shot in pair if shot is not None]


def _own_examples(tool: ToolSpec, catalogue: Catalogue) -> Iterator[tuple[str, JsonObject]]:
    for index, example in enumerate(tool.examples[:MAX_EXAMPLES]):
        text, arguments = _with_real_bots(fold(example.text), example.arguments, tool, catalogue, index)
        yield text, write_call(tool, arguments, catalogue)


def _with_real_bots(
    text: str, arguments: JsonObject, tool: ToolSpec, catalogue: Catalogue, index: int
) -> tuple[str, dict[str, object]]:
    """A definition cannot know the bots' names: the names in its examples stand for those that there are."""
    values = dict(arguments)
    for argument in arguments_of(tool, catalogue):
        said = values.get(argument.name)
        if argument.is_bot and isinstance(said, str) and catalogue.bots and said not in argument.choices:
            bot = catalogue.bots[index % len(catalogue.bots)]
            text, values[argument.name] = text.replace(said, bot.name), bot.name
    return text, values


def _joined(own: Sequence[Sequence[tuple[str, JsonObject]]]) -> list[tuple[str, str]]:
    """Two requests in one message, made of two tools' examples, in each language."""
    shots = []
    for language, words in (("en", (", and then ", " and also ")), ("zh", ("，然后", "，顺便"))):
        rows = [[shot for shot in shots_ if language_of(shot[0]) == language] for shots_ in own]
        rows = [row for row in rows if row]
        for nth, (first, second) in enumerate(zip(rows[: len(words)], reversed(rows), strict=False)):
            one, two = first[0], second[-1]
            shots.append((f"{one[0]}{words[nth]}{two[0]}", write_answer({"now": [one[1], two[1]]})))
    return shots
