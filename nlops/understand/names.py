"""Bots' names in a text: canonical names, aliases, and small slips of the hand, never a guess between two bots."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from nlops.domain.tools import BotName
from nlops.understand.fold import fold, has_cjk

# What stands in a bot's place for all of them, in the forms of a keyword.
EVERY_BOT = re.compile(r"(?:all(?: (?:the )?bots)?|every(?:one|thing|body)|全部|全体|所有(?:的?机器人)?|大家)(?![a-z])")
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]*")
# Below this length one changed letter makes another everyday word ("bob", "job"), so only swaps and doublings count.
_SHORT = 4
_LONG = 8


@dataclass(frozen=True)
class Mention:
    """A bot named at [start, end) of the folded text; `exact` is False where a slip was mended."""

    name: str
    start: int
    end: int
    exact: bool


def find_names(folded: str, bots: tuple[BotName, ...]) -> tuple[Mention, ...]:
    """Every bot named in a folded text, in order, no two overlapping; exact names win over mended ones."""
    found: list[Mention] = []
    for mention in (*_exact(folded, bots), *_mended(folded, bots)):
        if all(mention.end <= other.start or mention.start >= other.end for other in found):
            found.append(mention)
    return tuple(sorted(found, key=lambda mention: mention.start))


def name_at(folded: str, start: int, bots: tuple[BotName, ...]) -> Mention | None:
    """The longest exact name or alias that begins at `start`."""
    here = (mention for mention in _exact(folded, bots) if mention.start == start)
    return next(here, None)


def closest(word: str, bots: tuple[BotName, ...]) -> str | None:
    """The one bot whose name is near `word`, for a suggestion; None where none or several are."""
    near = {
        bot.name for bot in bots for alias in bot.all() if OSA.distance(fold(word), fold(alias)) <= _slack(alias) + 1
    }
    return near.pop() if len(near) == 1 else None


def _exact(folded: str, bots: tuple[BotName, ...]) -> Iterator[Mention]:
    aliases = sorted(((fold(alias), bot.name) for bot in bots for alias in bot.all()), key=lambda pair: -len(pair[0]))
    for alias, name in aliases:
        for match in re.finditer(_pattern(alias), folded):
            yield Mention(name, match.start(), match.end(), exact=True)


def _pattern(alias: str) -> str:
    """Latin names want a border on both sides (a plural or possessive s may follow), Chinese ones do not; a number
    behind one makes it another: 「爱丽丝2号」."""
    body = re.escape(alias)
    if alias[:1].isascii():
        body = r"(?<![a-z0-9_])" + body
    if alias[-1:].isascii():  # "alice-2" is another
        return body + r"(?=s?(?![a-z0-9_]|-\d))"
    return body + r"(?!\s?[\d二三四五六七八九]+号)"


def _mended(folded: str, bots: tuple[BotName, ...]) -> Iterator[Mention]:
    for start, end in (*_latin_spans(folded), *_han_spans(folded, bots)):
        near = {bot.name for bot in bots if any(_is_slip(folded[start:end], fold(alias)) for alias in bot.all())}
        if len(near) == 1:
            yield Mention(near.pop(), start, end, exact=False)


def _latin_spans(folded: str) -> Iterator[tuple[int, int]]:
    """Words, and pairs of words for names such as "study bot"."""
    words = [match.span() for match in _WORD.finditer(folded)]
    yield from ((first[0], second[1]) for first, second in pairwise(words))
    yield from words


def _han_spans(folded: str, bots: tuple[BotName, ...]) -> Iterator[tuple[int, int]]:
    lengths = {len(alias) for bot in bots for alias in map(fold, bot.all()) if has_cjk(alias)}
    for length in sorted(lengths, reverse=True):
        for start in range(len(folded) - length + 1):
            if all(has_cjk(char) for char in folded[start : start + length]):
                yield start, start + length


def _slack(alias: str) -> int:
    return 2 if len(alias) >= _LONG else 1


def _is_slip(word: str, alias: str) -> bool:
    """Whether `word` is `alias` with a slip of the hand (optimal string alignment: swaps count as one)."""
    if word == alias or has_cjk(word) != has_cjk(alias):
        return False
    if has_cjk(alias):  # a character of the same sound: only where two others still stand
        return len(alias) >= 3 and len(word) == len(alias) and OSA.distance(word, alias) == 1
    if len(alias) <= _SHORT - 1:
        return len(word) >= len(alias) and _letters(word) == _letters(alias) and OSA.distance(word, alias) == 1
    if len(alias) <= _SHORT and sorted(word) != sorted(alias):
        return False
    return word[0] == alias[0] and OSA.distance(word, alias) <= _slack(alias)


def _letters(word: str) -> frozenset[str]:
    return frozenset(word)
