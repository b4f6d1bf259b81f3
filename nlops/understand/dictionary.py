"""A dictionary of the two languages: 豆腐 is tofu.

The table is CC-CEDICT's (`training/dictionary.py`), sorted lines of a word and its translations, looked up by bisection
in the bytes as they are.
"""

import gzip
import re
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources

from nlops.understand.fold import has_cjk

_ENDINGS = ("", "s", "es", "ed", "d", "ing")


@lru_cache(maxsize=4096)
def translations(phrase: str) -> frozenset[str]:
    """What a folded phrase is called in the other language; an English one is tried in its plain forms as well."""
    forms = [phrase] if has_cjk(phrase) else _forms(phrase)
    return frozenset(word for form in forms for word in _look_up(form))


def _forms(phrase: str) -> Iterator[str]:
    yield phrase
    yield f"{phrase}s"
    for ending in _ENDINGS[1:]:
        if phrase.endswith(ending) and len(phrase) - len(ending) > 2:
            yield phrase.removesuffix(ending)
    if phrase.endswith("ing"):
        yield f"{phrase.removesuffix('ing')}e"


def _look_up(word: str) -> list[str]:
    table, starts = _table()
    key = f"{word}\t".encode()
    place = bisect_left(starts, key, key=lambda start: table[start : start + len(key)])
    start = starts[place] if place < len(starts) else len(table)
    if not table.startswith(key, start):
        return []
    return table[start + len(key) : table.index(b"\n", start)].decode().split("/")


@cache
def _table() -> tuple[bytes, "array[int]"]:
    """The lines after the table's head, and where each of them begins; read on first use."""
    packed = resources.files("nlops.understand").joinpath("dictionary.txt.gz").read_bytes()
    lines = re.sub(rb"^#.*\n", b"", gzip.decompress(packed), flags=re.MULTILINE)
    return lines, array("L", (0, *(match.end() for match in re.finditer(rb"\n", lines[:-1]))))
