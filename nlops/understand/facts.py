"""What a message says, read once: its live part, the bots and numbers in it, and what was spoken of before."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from nlops.domain.tools import BotName, Catalogue, ToolCall
from nlops.understand.clocks import find_span
from nlops.understand.moods import Reading
from nlops.understand.names import Mention, find_names
from nlops.understand.numbers import BETWEEN, Number, find_numbers

_OR = re.compile(r"\s*(?:'s\s*)?[,，]?\s*(?:or|还是|或者?)\s*", re.IGNORECASE)
_AND = re.compile(r"\s*(?:['’]s\b|的)?\s*(?:,|，|、|&|\+|and|和|跟|与|以及|还有|\s)?\s*(?:and)?\s*")
# 「学习助手和花园以外的」, "garden excepted"
BEYOND = re.compile(r"\s*(?:以外|之外|除外)|\s+(?:excepted|excluded|aside)\b")


@dataclass(frozen=True)
class Facts:
    """What the message says, read once: names and numbers in the live part, names in what is forbidden.

    `before` are the calls before it in the conversation, the latest first: what a "him" can mean. `beside` are the
    arguments of the wishes before it in the same message, where it was parted. `latest` are the bots that the last
    exchange about any was about. `texts` are the folded messages before it, the latest first.
    """

    reading: Reading
    named: tuple[Mention, ...]
    spared: frozenset[str]
    numbers: tuple[Number, ...]
    bots: tuple[BotName, ...]
    before: tuple[ToolCall, ...] = ()
    beside: tuple[Mapping[str, object], ...] = ()
    latest: frozenset[str] = frozenset()
    texts: tuple[str, ...] = ()

    @property
    def earlier(self) -> tuple[Mapping[str, object], ...]:
        """The arguments of the calls before it."""
        return tuple(call.arguments for call in self.before)

    @property
    def names(self) -> tuple[str, ...]:
        """The bots that are named, in order."""
        return tuple(dict.fromkeys(mention.name for mention in self.named))

    def is_choice(self) -> bool:
        """Whether two bots stand as "alice or bob"."""
        return any(_OR.fullmatch(between) for between in self._between())

    def was_said(self, value: object) -> bool:
        """Whether a call before had this value."""
        return any(
            value == one or (isinstance(one, list) and value in one) for args in self.earlier for one in args.values()
        )

    def row_of(self, name: str) -> tuple[str, ...]:
        """The names that stand in one row with `name`: "alice, bob and archy"."""
        if not self.named:
            return (name,)
        rows: list[list[str]] = [[self.named[0].name]]
        for mention, between in zip(self.named[1:], self._between(), strict=True):
            if _AND.fullmatch(between):
                rows[-1].append(mention.name)
            else:
                rows.append([mention.name])
        row = next(row for row in rows if name in row)
        return tuple(dict.fromkeys(row))

    def _between(self) -> list[str]:
        return [self.reading.live[first.end : second.start] for first, second in pairwise(self.named)]


def gather(
    reading: Reading,
    catalogue: Catalogue,
    earlier: Sequence[ToolCall] = (),
    beside: Sequence[ToolCall] = (),
    latest: frozenset[str] = frozenset(),
) -> Facts:
    """Read the names and numbers of a text, after the calls before it, and beside those of its own message."""
    named, beyond = _without_beyond(reading.live, find_names(reading.live, catalogue.bots))
    spared = beyond.union(m.name for part in reading.forbidden for m in find_names(part, catalogue.bots))
    blanked = reading.whole
    for mention in find_names(reading.whole, catalogue.bots):
        blanked = blanked[: mention.start] + " " * (mention.end - mention.start) + blanked[mention.end :]
    same = tuple(call.arguments for call in beside)
    return Facts(reading, named, spared, _numbers(blanked), catalogue.bots, tuple(reversed(earlier)), same, latest)


def _numbers(folded: str) -> tuple[Number, ...]:
    """The numbers of a text; from one time of the day to another is so many minutes."""
    span = find_span(folded)
    if span is None:
        return find_numbers(folded)
    lasts = Number(span.minutes, span.minutes, BETWEEN, span.at, span.end)
    rest = find_numbers(f"{folded[: span.at]}{' ' * (span.end - span.at)}{folded[span.end :]}")
    return tuple(sorted((*rest, lasts), key=lambda number: number.start))


def _without_beyond(live: str, named: Sequence[Mention]) -> tuple[tuple[Mention, ...], frozenset[str]]:
    """The bots that a text names, and those of a row beyond which the others are meant."""
    kept: list[Mention] = []
    beyond: set[str] = set()
    following: Mention | None = None  # of a row that is excepted
    for mention in reversed(named):
        is_in_row = following is not None and _AND.fullmatch(live[mention.end : following.start])
        if is_in_row or BEYOND.match(live, mention.end):
            beyond.add(mention.name)
            following = mention
        else:
            kept.insert(0, mention)
            following = None
    return tuple(kept), frozenset(beyond)
