"""What a message says of a value: the value, nothing (`ABSENT`), or one that the schema refuses (`Impossible`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from nlops.understand.moods import Reading
from nlops.understand.numbers import Number
from nlops.understand.schema import Argument


class Said(Protocol):
    """What of a message is needed here."""

    @property
    def reading(self) -> Reading: ...
    @property
    def numbers(self) -> tuple[Number, ...]: ...
    @property
    def earlier(self) -> tuple[Mapping[str, object], ...]: ...
    @property
    def texts(self) -> tuple[str, ...]: ...
    def was_said(self, value: object) -> bool: ...


class Absent:
    """Not said at all; None would be JSON's null, which can be a value."""


ABSENT = Absent()


@dataclass(frozen=True)
class Impossible:
    """What was said for an argument, and why the schema refuses it."""

    got: object
    why: str


def describe(argument: Argument) -> str:
    """What would do for an argument, in a few words, for a question back."""
    if argument.choices:
        return ", ".join(map(str, argument.choices))
    low, high = argument.schema.get("minimum"), argument.schema.get("maximum")
    if low is not None and high is not None:
        return f"{low}–{high}"
    if low is not None or high is not None:
        return f"≥ {low}" if low is not None else f"≤ {high}"
    return str(argument.schema.get("pattern", ""))
