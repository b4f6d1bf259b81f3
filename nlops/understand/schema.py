"""A tool's arguments as understanding sees them: read once from the JSON Schema, for any tool."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jsonschema import Draft202012Validator

from nlops.domain.tools import Catalogue, ToolSpec
from nlops.domain.words import Language, in_both
from nlops.understand.fold import words_of

Kind = Literal["bot", "choice", "integer", "number", "boolean", "text", "list", "other"]


@dataclass(frozen=True)
class Argument:
    """One property of a tool's schema.

    `choices` are the values of an enum (of the items' enum for a list), for a bot its canonical name. `nullable` says
    whether null is a value. `schema` is the property's own schema.
    """

    name: str
    title: str
    description: str
    kind: Kind
    required: bool
    schema: Mapping[str, object] = field(repr=False)
    choices: tuple[object, ...] = ()
    nullable: bool = False
    default: object = None
    title_zh: str = ""

    def called(self, language: Language) -> str:
        """What the bot calls it."""
        return self.title_zh if language == "zh" and self.title_zh else self.title

    @property
    def is_free_text(self) -> bool:
        """Whether any text will do, which the tool only passes on."""
        return self.kind == "text" and not {"pattern", "format"} & self.schema.keys()

    @property
    def told(self) -> str:
        """What is said of it, of a list's items too."""
        items = self.schema.get("items")
        of_items = items.get("description") if self.kind == "list" and isinstance(items, Mapping) else None
        return f"{self.description} {of_items}".strip() if isinstance(of_items, str) else self.description

    @property
    def words(self) -> str:
        """Its name as words, folded."""
        return words_of(self.name)

    @property
    def is_bot(self) -> bool:
        return self.kind == "bot"

    def why_not(self, value: object) -> str | None:
        """Why the schema refuses `value`, in a few words; None where it is fine."""
        error = next(iter(Draft202012Validator(self.schema).iter_errors(value)), None)
        if error is None:
            return None
        return f"{error.validator} {error.validator_value}"


def arguments_of(tool: ToolSpec, catalogue: Catalogue) -> tuple[Argument, ...]:
    """The tool's arguments in the order of its schema. Bot arguments get the names of the watched bots as choices."""
    properties = tool.input_schema.get("properties")
    required = tool.input_schema.get("required")
    names = tuple(bot.name for bot in catalogue.bots)
    if not isinstance(properties, Mapping):
        return ()
    wanted = frozenset(required) if isinstance(required, list | tuple) else frozenset()
    return tuple(_argument(name, schema, name in wanted, names) for name, schema in properties.items())


def _argument(name: str, schema: object, required: bool, bots: tuple[str, ...]) -> Argument:
    own: Mapping[str, object] = schema if isinstance(schema, Mapping) else {}
    types = _types(own)
    kind = _kind(own, types)
    title, title_zh = in_both(str(own.get("title") or words_of(name)))
    return Argument(
        name=name,
        title=title,
        title_zh=title_zh,
        description=str(own.get("description") or ""),
        kind=kind,
        required=required,
        schema=own,
        choices=bots if kind == "bot" else choices_of(own),
        nullable="null" in types or None in _enum(own),
        default=own.get("default"),
    )


def _types(schema: Mapping[str, object]) -> tuple[str, ...]:
    types = schema.get("type", ())
    if isinstance(types, list | tuple):
        return tuple(name for name in types if isinstance(name, str))
    return (types,) if isinstance(types, str) else ()


def _enum(schema: Mapping[str, object]) -> tuple[object, ...]:
    values = schema.get("enum", ())
    return tuple(values) if isinstance(values, list | tuple) else ()


def choices_of(schema: Mapping[str, object]) -> tuple[object, ...]:
    """The values of a schema's enum, or of its items'; null is none of them."""
    items = schema.get("items")
    source = items if isinstance(items, Mapping) else schema
    return tuple(value for value in _enum(source) if value is not None)


_KINDS: dict[str, Kind] = {
    "integer": "integer",
    "number": "number",
    "boolean": "boolean",
    "array": "list",
    "string": "text",
}


def _kind(schema: Mapping[str, object], types: tuple[str, ...]) -> Kind:
    if schema.get("format") == "bot":
        return "bot"
    if _enum(schema):
        return "choice"
    return next((_KINDS[name] for name in types if name in _KINDS), "other")


def in_case(pattern: str, value: str) -> str:
    """The value in the case that the pattern wants."""
    return next((form for form in (value, value.upper(), value.lower()) if re.search(pattern, form)), value)


def passes_a_text_on(tool: ToolSpec, catalogue: Catalogue) -> bool:
    """Whether a tool wants a text of any content."""
    return any(argument.required and argument.is_free_text for argument in arguments_of(tool, catalogue))


def is_of_ids(pattern: str) -> bool:
    """Whether a pattern describes ids: what any plain word fits does not."""
    return re.search(pattern, "word", re.IGNORECASE) is None


def fitting(pattern: str, whole: str) -> list[str]:
    """The words of the message that the pattern describes and that are no plain words."""
    words = re.findall(r"[a-z0-9_./*:@#-]+", whole)
    forms = [in_case(pattern, word.rstrip(".:")) for word in words if not word.isalpha()]
    return list(dict.fromkeys(form for form in forms if re.search(pattern, form)))
