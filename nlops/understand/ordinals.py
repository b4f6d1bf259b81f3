"""Places in a row that a text says: "the sixth", 「第四稿」."""

import re

from nlops.understand.dates import PLACES
from nlops.understand.numerals import han_or_digits

_ORDINALS = {word: place for place, word in enumerate(PLACES, start=1)}
# "a third" is a share, 「第一时间」 at once.
_ORDINAL = re.compile(
    rf"(?<!\ba )(?<!\bone )(?<!\btwo )(?<!three )\b(?P<word>{'|'.join(reversed(PLACES))})\b"
    r"|\b(?P<n>\d+)(?:st|nd|rd|th)\b|第\s?(?P<han>[零一二两三四五六七八九十百]+|\d+)(?!时间|手|方)"
)


def find_ordinals(folded: str) -> frozenset[int]:
    """The places of a folded text, from 1."""
    places = (
        _ORDINALS[match["word"]] if match["word"] else int(han_or_digits(match["han"] or match["n"]))
        for match in _ORDINAL.finditer(folded)
    )
    return frozenset(places)
