"""Ids as people say them, and as a pattern wants them: 「HRB 5号梯」 is HRB-E05, "room 8" is R08.

A pattern of plain parts (letters, digits, classes of them, counts) is read as what may be left out or said otherwise:
the marks between its parts, the letters that every such id has, the zeros before a short number. What tells one id from
another must be said.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from nlops.understand.fold import fold
from nlops.understand.numerals import ONES, WORDS, han_value

# A short number is said without its zeros; of a long one that is too short something is missing.
_PADDED = 3
_PADDING = re.compile(r"\bpad(?:ded|ding)?\b|\bleading\s+zero|\bzeros?\s+in\s+front\b|补零|补足|补到|前导零")
_PARTS = re.compile(r"(?P<class>\[[^\]^]+\]|\\d)|\\?(?P<mark>[^\[\]\\(){}*+?|.^$])")
_COUNT = re.compile(r"\{(?P<low>\d+)(?:,(?P<high>\d+))?\}")
_UNITS = r"(?:more|of|times?|min|hour|hr|day|week|month|year|sec|line|percent|degree|kg|kilo|lit(?:re|er)|met(?:re|er))"
_BETWEEN = r"[\s_.\-/#]*+(?:(?:no\.?|number)[\s_.\-/#]*+)?"
_HAN_BEFORE_COUNTER = re.compile(r"[零一二两三四五六七八九十]+(?=[号区栋楼层室仓库桌柜道井桩棚站])")
# "zone six", but no "the one" and no "in two"
_BEHIND_NOUN = r"(?:(?<=[a-z]{3} )|(?<=\b[b-hj-z] ))(?<!the )(?<!for )(?<!and )"
_WORD_BEHIND_NOUN = re.compile(rf"{_BEHIND_NOUN}(?:{'|'.join(ONES.split()[1:])}|twenty)(?![a-z]|-|\s+(?:{_UNITS}))")
# `(0[1-9]|1[0-2])`: numbers of one length, written in parts
_GROUP = re.compile(r"\((?:\?:)?([\d\[\]|\-]+)\)(?![?*+{])")
# `(CT|MR)`: one of several kinds
_KINDS = re.compile(r"\((?:\?:)?([A-Za-z]+(?:\|[A-Za-z]+)+)\)(?![?*+{])")
_A_DIGIT = re.compile(r"\d|\[[\d-]+\]")


@dataclass(frozen=True)
class _Part:
    """Marks that every id has, or characters of a class; of digits there are at most `high`, at least `low`."""

    text: str
    low: int = 1
    high: int = 1
    is_class: bool = False

    @property
    def is_digits(self) -> bool:
        return self.is_class and self.text in ("[0-9]", r"\d")


def spelt(pattern: str, folded: str, *, padded: bool = False) -> tuple[str, ...]:
    """The ids of a pattern that a folded text says in whatever form, in order; none where the pattern is not plain.
    `padded`: numbers of any length may lack their zeros."""
    parts = _parts(pattern)
    if not parts:
        return ()
    text = in_digits(folded)
    found = (_filled(parts, match) for match in re.finditer(_loose(parts, padded=padded), text, re.IGNORECASE))
    return tuple(dict.fromkeys(one for one in found if re.search(pattern, one)))


def is_too_short(run: str, digits: str) -> bool:
    """Whether the digits of an id are more than a text has: of F00002 it says no more than 2, and four are missing."""
    return len(run) > _PADDED and run.startswith("0") and run not in digits


def in_digits(folded: str) -> str:
    """A folded text with the numbers of what is numbered in digits: 3区 of 「三区」, "zone 6" of "zone six"."""
    text = _HAN_BEFORE_COUNTER.sub(lambda match: f"{han_value(match[0]):g}", folded)
    return _WORD_BEHIND_NOUN.sub(lambda match: f"{WORDS[match[0]]:g}", text)


def is_padded(pattern: str, description: str) -> bool:
    """Whether a description says that short numbers get zeros: by the word, or by an id beside its number ("episode 96
    is EP-0096")."""
    folded = fold(description)
    if _PADDING.search(folded):
        return True
    numbers = frozenset(re.findall(r"(?<![\w-])[1-9]\d*(?![\w-])", folded))
    shown = {one for one in re.findall(r"[\w.#/-]*\d", description) if re.search(pattern, one)}
    return any(run.lstrip("0") in numbers for one in shown for run in re.findall(r"(?<!\d)0\d+", one))


@lru_cache(maxsize=256)
def _parts(pattern: str) -> tuple[_Part, ...]:
    return tuple(_read(pattern.removeprefix("^").removesuffix("$")) or ())


def _read(text: str) -> list[_Part] | None:
    parts: list[_Part] = []
    whole = text
    while text:
        group = _GROUP.match(text)
        length = _length(group[1]) if group else 0
        if group and length:
            text = text[group.end() :]
            parts.append(_Part("[0-9]", length, length, is_class=True))
            continue
        kinds = _KINDS.match(text)
        if kinds is not None:
            text = text[kinds.end() :]
            parts.append(_Part(f"(?:{kinds[1]})", is_class=True))
            continue
        match = _PARTS.match(text)
        if match is None:
            return None
        text = text[match.end() :]
        count = _COUNT.match(text)
        if count is not None:
            text = text[count.end() :]
        low = int(count["low"]) if count else 1
        high = int(count["high"] or low) if count else 1
        parts.append(_Part(match["class"] or match["mark"] * low, low, high, is_class=match["class"] is not None))
    is_numbered = any(part.is_class for part in parts)
    return parts if is_numbered and (len(parts) > 1 or "(" not in whole) else None


def _length(alternatives: str) -> int:
    """How many digits each of some alternatives has; 0 where they differ, or have anything else."""
    lengths = {len(_A_DIGIT.findall(one)) for one in alternatives.split("|") if not _A_DIGIT.sub("", one)}
    is_plain = all(not _A_DIGIT.sub("", one) for one in alternatives.split("|"))
    return lengths.pop() if is_plain and len(lengths) == 1 else 0


def _loose(parts: tuple[_Part, ...], *, padded: bool) -> str:
    """What finds an id in a folded text: marks may be missing, parts may stand apart."""
    return rf"(?<![a-z0-9]){_BETWEEN.join(_loosened(parts, padded=padded))}(?![a-z0-9])"


def _loosened(parts: tuple[_Part, ...], *, padded: bool) -> Iterator[str]:
    for part in parts:
        if part.is_digits:
            low = 1 if padded or part.high <= _PADDED else part.low
            yield rf"(\d{{{low},{part.high}}})"
        elif part.is_class:
            yield rf"({part.text}{{{part.low},{part.high}}})"
        elif part.text.isalnum():
            yield rf"(?:{re.escape(part.text)})?"


def _filled(parts: tuple[_Part, ...], match: re.Match[str]) -> str:
    groups = iter(match.groups())
    return "".join(_written(part, next(groups)) if part.is_class else part.text for part in parts)


def _written(part: _Part, said: str) -> str:
    if part.is_digits:
        return said.zfill(part.low)
    return said.upper() if re.search("[A-Z]", part.text) and not re.search("[a-z]", part.text) else said
