"""From a template and checked arguments to the argument list of an operating-system command. There is no shell."""

from collections.abc import Mapping

from nlops.domain import run_phrases as phrases
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
        raise RefusedArgument(phrases.HOLDS_NUL.of(item=repr(item)))
    if text.startswith("-") and not item.startswith("-"):
        raise RefusedArgument(phrases.A_FLAG.of(text=repr(text)))
    if PLACEHOLDER.sub("", item).strip("-") == "" and item.startswith("-") and not text.lstrip("-")[:1].isalnum():
        raise RefusedArgument(phrases.ANOTHER_FLAG.of(text=repr(text)))
    if ".." in text.replace("=", "/").split("/") and ".." not in item.split("/"):
        raise RefusedArgument(phrases.LEADS_OUT.of(text=repr(text)))
