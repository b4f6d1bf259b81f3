"""From a template and checked arguments to the argument list of an operating-system command. There is no shell."""

from collections.abc import Mapping

from nlops.toolbox.definition import PLACEHOLDER


class FlagLikeArgument(ValueError):
    """A value would stand where the program reads a flag (CWE-88)."""


def render(value: object) -> str:
    """A JSON value as one argument: strings as they are, whole numbers without a point, lists joined by commas."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | tuple):
        return ",".join(render(item) for item in value)
    return str(value)


def build_argv(template: tuple[str, ...], arguments: Mapping[str, object]) -> list[str]:
    """Fill the placeholders. An item whose optional argument is absent (or null) is left out. Raises
    FlagLikeArgument."""
    argv = []
    for item in template:
        names = PLACEHOLDER.findall(item)
        if any(arguments.get(name) is None for name in names):
            continue
        # One pass over the template: what a value holds is never read as a placeholder.
        text = PLACEHOLDER.sub(lambda match: render(arguments[match[1]]), item)
        if "\0" in text:
            raise FlagLikeArgument(f"an argument of {item!r} holds a NUL character")
        if text.startswith("-") and not item.startswith("-"):
            raise FlagLikeArgument(f"{text!r} would be read as a flag")
        argv.append(text)
    return argv
