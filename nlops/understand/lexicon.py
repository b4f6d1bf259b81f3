"""What words are about, in both languages: a vector for each word, so that a wish meets the tools that could serve it.

A text's vector is the sum of its words' vectors, and two texts are as alike as their angle is small. The vectors come
from the embedded model's own table of tokens, projected and moved until the messages of many catalogues lay next to the
tools they mean (`training/lexicon.py`); a static table of this kind is what fastText (Joulin et al. 2016) and Model2Vec
use. Word order, negation and values are not seen: it tells what to read, never what was meant.
"""

import json
import math
import operator
import re
from array import array
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from nlops.understand.fold import fold, is_cjk

Vector = Sequence[float]

# Words, Han characters in a row, and what ids are made of: single digits, hyphens, the signs of patterns.
PIECE = re.compile(r"[a-z]+|[\u3400-\u9fff]+|[0-9]|[-:%\"#/.\[\]{}^$?!+,。，？！「」“”：_@]")
LONGEST_LATIN, LONGEST_HAN = 16, 4


@dataclass(frozen=True)
class Lexicon:
    """`places` tells the row of each word; a row is `width` signed bytes of `rows`, to be multiplied by its scale.
    `parts` is how much the words of each part of a definition weigh: names, description, examples, arguments."""

    width: int
    parts: tuple[float, ...]
    places: Mapping[str, int]
    scales: Sequence[float]
    rows: memoryview

    @classmethod
    def from_bytes(cls, data: bytes) -> "Lexicon":
        """A line of JSON, a line of words, then each word's scale (32-bit floats), then the rows (bytes)."""
        head, words, _ = data.split(b"\n", 2)
        told = json.loads(head)
        places = {word: place for place, word in enumerate(words.decode().split(" "))}
        start = len(head) + len(words) + 2
        end = start + 4 * len(places)
        scales = array("f", data[start:end])
        return cls(told["width"], tuple(told["parts"]), places, scales, memoryview(data)[end:].cast("b"))

    def vector(self, parts: Sequence[str], weights: Sequence[float] = (1.0,)) -> Vector:
        """The vector of a text in parts, of length 1; all zero where no word of it is known."""
        counts: dict[int, float] = {}
        for text, weight in zip(parts, weights, strict=True):
            for place in self._places(text):
                counts[place] = counts.get(place, 0.0) + weight
        summed = [0.0] * self.width
        for place, count in counts.items():
            factor = count * self.scales[place]
            row = self.rows[place * self.width : (place + 1) * self.width]
            summed = [one + factor * other for one, other in zip(summed, row, strict=True)]
        length = math.sqrt(sum(map(operator.mul, summed, summed)))
        return [one / length for one in summed] if length else summed

    def _places(self, text: str) -> Iterator[int]:
        return (self.places[word] for word in split(text, self.places))


def split(text: str, known: Container[str]) -> Iterator[str]:
    """The known words of a text; what is none gives the longest ones that it begins with, one after the other."""
    for piece in PIECE.findall(fold(text)):
        if piece in known:
            yield piece
        else:
            yield from _beginnings(piece, known)


def _beginnings(piece: str, known: Container[str]) -> Iterator[str]:
    longest = LONGEST_HAN if is_cjk(piece[0]) else LONGEST_LATIN
    at = 0
    while at < len(piece):
        ends = range(min(at + longest, len(piece)), at, -1)
        end = next((end for end in ends if piece[at:end] in known), None)
        if end is not None:
            yield piece[at:end]
        at = end or at + 1


def likeness(one: Vector, other: Vector) -> float:
    """The cosine of two vectors of length 1."""
    return float(sum(map(operator.mul, one, other)))


@cache
def shipped() -> Lexicon:
    """The shipped table, read on first use: who has few tools never pays for it."""
    return Lexicon.from_bytes(resources.files("nlops.understand").joinpath("lexicon.bin").read_bytes())
