"""Several requests in one message, one part each, in the order in which they are to be done.

A small model answers a single request much better than two at once. A message is parted where a word of sequence or
addition stands ("then", 「然后」), and at a comma or "and" where both sides speak of what some tool does.
"""

import re

from nlops.domain.tools import Catalogue, ToolSpec
from nlops.understand.fold import fold, has_cjk
from nlops.understand.lists import COMMON

MAX_PARTS = 4
_MARKED = re.compile(
    r"""[,，;；.。]?\s*\b(?:and\s+)?(?:then|after\s+that|afterwards|after\s+which|followed\s+by|next|also|plus|besides)\b[,]?
    |[,，;；。]?\s*(?:然后|接着|随后|之后再|完了再|再(?!次|见|说|也)|另外|顺便|顺带|顺手|还有|同时|并且|外加)""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[,，;；]\s*(?:and\b)?|(?<=[^\d])[.。]\s+|[。!！]|\band\b|(?<=[^\d])、|和|并")
# "look at the log before you restart him": the second is done first.
_BEFORE_ZH = re.compile(r"^(?P<last>.{2,30}?)(?:之前|以前|前)\s*[,，]?\s*(?:请|麻烦|记得)?先(?P<first>.+)$")
_BEFORE_EN = re.compile(r"^before\s+(?:you\s+)?(?P<last>[^,]{3,40}),\s*(?P<first>.+)$")
_AT_LEAST = 2  # characters or more make a request


def cues(tool: ToolSpec) -> frozenset[str]:
    """The words that point at a tool: its keywords, and those of its name and title."""
    return strong_cues(tool) | _words(tool.title)


def strong_cues(tool: ToolSpec) -> frozenset[str]:
    """The words that name a tool: its keywords, and those of its name."""
    return frozenset(fold(word) for word in tool.keywords) | _words(tool.name.replace("_", " "))


def _words(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"[a-z]{2,}|[\u4e00-\u9fff]{2,}", fold(text))) - COMMON


def says_cue(text: str, words: frozenset[str]) -> bool:
    """Whether a folded text holds one of the words; Latin ones as whole words, with their usual endings."""
    return any(
        word in text if has_cjk(word) else re.search(rf"(?<![a-z]){re.escape(word)}(?:s|es|ed|ing)?(?![a-z])", text)
        for word in words
    )


def part(live: str, catalogue: Catalogue) -> tuple[str, ...]:
    """The requests of a message's live part, at most MAX_PARTS; the whole as one where it cannot be parted."""
    before = _BEFORE_ZH.match(live) or _BEFORE_EN.match(live)
    if before is not None:
        return (before["first"].strip(), before["last"].strip())
    every = frozenset(word for tool in catalogue.tools for word in strong_cues(tool))
    pieces = [piece for marked in _cut(live, _MARKED) for piece in _cut_plainly(marked, every)]
    pieces = [piece for piece in pieces if sum(char.isalnum() for char in piece) >= _AT_LEAST]
    return tuple(pieces) if 1 < len(pieces) <= MAX_PARTS else (live,)


def _cut(text: str, where: re.Pattern[str]) -> list[str]:
    return [piece.strip(" ,，;；.。") for piece in where.split(text) if piece and piece.strip(" ,，;；.。")]


def _cut_plainly(text: str, every: frozenset[str]) -> list[str]:
    """Cut at commas and "and" only where each side has a cue of its own."""
    done: list[str] = []
    start = 0
    for match in _PLAIN.finditer(text):
        left, right = text[start : match.start()], text[match.end() :]
        if says_cue(left, every) and says_cue(right, every):
            done.append(left.strip())
            start = match.end()
    return [*done, text[start:].strip()]
