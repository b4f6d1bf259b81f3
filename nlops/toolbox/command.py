"""From a template and checked arguments to the argument list of an operating-system command. There is no shell."""

from collections.abc import Mapping

from nlops.toolbox.template import PLACEHOLDER, RefusedArgument, fill


def build_argv(template: tuple[str, ...], arguments: Mapping[str, object]) -> list[str]:
    """Fill the placeholders. An item whose optional argument is absent (or null) is left out. Raises RefusedArgument:
    no value becomes a flag (CWE-88), or leads out of a folder."""
    argv = []
    for item in template:
        text = fill(item, arguments)
        if text is None:
            continue
        if text != item:
            _check(item, text)
        argv.append(text)
    return argv


def _check(item: str, text: str) -> None:
    if "\0" in text:
        raise RefusedArgument(f"an argument of {item!r} holds a NUL character")
    if text.startswith("-") and not item.startswith("-"):
        raise RefusedArgument(f"{text!r} would be read as a flag")
    if PLACEHOLDER.sub("", item).strip("-") == "" and item.startswith("-") and not text.lstrip("-")[:1].isalnum():
        raise RefusedArgument(f"{text!r} would be read as another flag")
    if ".." in text.replace("=", "/").split("/") and ".." not in item.split("/"):
        raise RefusedArgument(f"{text!r} leads out of its folder")
