"""References to secrets, read when a tool runs: `env:NAME`, `file:/absolute/path`."""

import os
from collections.abc import Iterable
from pathlib import Path

from nlops.adapters.process import why
from nlops.domain import run_phrases as phrases
from nlops.domain.errors import Failure
from nlops.toolbox.template import reference_in

MAX_SECRET_BYTES = 16 * 1024


class NoSecret(Failure):
    """A reference leads nowhere; the reference is named, never a value."""


def resolve(pairs: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
    """The values of (name, value or reference), and which of them are secret. Raises NoSecret."""
    values, secrets = {}, []
    for name, value in pairs:
        found = reference_in(value)
        if found is None:
            values[name] = value
            continue
        before, reference = found
        secret = read_secret(reference)
        values[name] = before + secret
        secrets.append(secret)
    return values, secrets


def read_secret(reference: str) -> str:
    """What a reference stands for, without the white space around it. Raises NoSecret."""
    kind, _, where = reference.partition(":")
    if kind == "env":
        value = os.environ.get(where, "")
    else:
        try:
            with Path(where).open("rb") as file:
                value = file.read(MAX_SECRET_BYTES).decode("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            reason = why(error) if isinstance(error, OSError) else phrases.NOT_UTF8.of()
            raise NoSecret(phrases.NO_SECRET.of(reference=reference, error=reason)) from None
    if not value or "\n" in value or "\0" in value:
        raise NoSecret((phrases.LONG_SECRET if value else phrases.EMPTY_SECRET).of(reference=reference))
    return value
