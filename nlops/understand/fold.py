"""One form of a text for comparing: width, case and spaces do not count; look-alike characters stay different."""

import re
import unicodedata

_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_LOWER = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}


def fold(text: str) -> str:
    """NFKC, case-folded, runs of white space as one space, stripped. For words whose meaning grants nothing."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def fold_strictly(text: str) -> str:
    """Full-width forms narrowed, ASCII letters lower, ends stripped, and nothing else.

    For words that confirm: NFKC would turn mathematical, circled and superscript letters into plain ones, and
    `casefold` the Kelvin sign into a k (UTS #39 calls these confusables), so neither is used.
    """
    return " ".join(text.translate(_NARROW).translate(_LOWER).split())


def bare(text: str) -> str:
    """Folded, without the marks of a sentence: what a whole message is compared with a list of words by."""
    return re.sub(r"[\s,，.。!！?？~…]+", " ", fold(text)).strip()


def words_of(name: str) -> str:
    """A name of code as words: "amountCents", "amount_cents" and "amount-cents" are "amount cents"."""
    return fold(re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_-]+", " ", name))


def is_cjk(char: str) -> bool:
    """Whether this is a Han character, which no space sets apart from its neighbours."""
    return "\u3400" <= char <= "\u9fff"


def has_cjk(text: str) -> bool:
    return any(is_cjk(char) for char in text)
