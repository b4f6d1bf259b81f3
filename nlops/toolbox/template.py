"""Templates of definitions: `{name}` placeholders, and references to secrets that are read when a tool runs."""

import re
from collections.abc import Callable, Mapping

from nlops.domain import run_phrases as phrases
from nlops.domain.errors import Failure

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
# What looks like a placeholder of another language: `{0}`, `{bot.name}`, `{bot!r}`, `{{bot}}`.
LOOKALIKE = re.compile(r"\{\{[A-Za-z0-9_]+\}\}|\{(?![A-Za-z_][A-Za-z0-9_]*\})[A-Za-z0-9_][^{}\s\"',;]*\}")
_REFERENCE = re.compile(r"(?:([A-Za-z]+) )?(env:[A-Za-z_][A-Za-z0-9_]*|file:/\S+)")
MAX_ARGUMENT = 4096  # characters of one value: a chat message has no more


class RefusedArgument(Failure):
    """A value cannot stand where it would go."""


def names_in(template: str) -> list[str]:
    return PLACEHOLDER.findall(template)


def render(value: object) -> str:
    """A JSON value as text: strings as they are, whole numbers without a point, lists joined by commas. Raises
    RefusedArgument."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        parts = [render(item) for item in value]
        if any("," in part for part in parts):
            raise RefusedArgument(phrases.TWO_OF_ONE.of())
        return ",".join(parts)
    text = str(value)
    if len(text) > MAX_ARGUMENT:
        raise RefusedArgument(phrases.TOO_LONG.of(count=len(text), most=MAX_ARGUMENT))
    return text


def fill(template: str, arguments: Mapping[str, object], encode: Callable[[str], str] = str) -> str | None:
    """The template with its placeholders filled; None where an optional argument is absent (or null). One pass: what a
    value holds is never read as a placeholder. Raises RefusedArgument."""
    if any(arguments.get(name) is None for name in names_in(template)):
        return None
    return PLACEHOLDER.sub(lambda match: encode(render(arguments[match[1]])), template)


def reference_in(value: str) -> tuple[str, str] | None:
    """(`Bearer `, `env:TOKEN`) of `Bearer env:TOKEN`; None where the value is no reference."""
    match = _REFERENCE.fullmatch(value)
    return (f"{match[1]} " if match[1] else "", match[2]) if match else None


def is_broken_reference(value: str) -> bool:
    """Whether this was meant as a reference, and is none."""
    return re.match(r"(?:[A-Za-z]+ )?(?:env|file):", value) is not None and reference_in(value) is None
