"""What a definition says of each value of an enum, as words: of "water = reservoir low; power = grid limit" the first
is about a reservoir. A message with such a word is a reason to believe a model that takes it for that value.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from nlops.understand.dictionary import translations
from nlops.understand.fold import fold, has_cjk, words_of
from nlops.understand.schema import Argument

_SENTENCE = re.compile(r"[;；。\n]|[.!?](?=\s|$|[(（])")
_HAN_BRACKET = re.compile(r"[(（\[]\s*([\u3400-\u9fff][^()（）\[\]]{0,11})[)）\]]")
_IS = r"(?:=|:|：|→|->|[(（]|—|–|\s-\s|\b(?:is|are|means?|stands\s+for|for|when|if)\b|是|指|表示|(?=\s[\u3400-\u9fff]))"
_IN_ROW = re.compile(r"\s*(?:[,，、/]|\bor\b|\band\b|或|和)\s*(?:\b(?:or|and)\b\s*)?")
_WORD = re.compile(r"[a-z]{3,}|[\u3400-\u9fff]{2,6}")
_LONG_WORD_HAN, _THINGS = 2, "计器机仪表"  # what is measured or done with it is the word without
_LONGEST_HAN = 6  # characters
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}")
_LONG_WORD = re.compile(r"[a-z]{4,}")
_PLAINLY = 2  # words
_LONG_ROW = 3  # values that behind a colon are explained in a row even if no word is theirs
_SHORTEST_STEM = 3  # letters
# Words that explain nothing.
EMPTY = frozenset(
    re.findall(
        r"\S+",
        """
        about above after all also and any anybody anyone anything are around back been before being below between
        but came can come did does done during each else even ever every far for from get gets give given goes going
        has have her here him his how into its just keep kept kind least like made make more most much must need
        needs never nobody nor not nothing now off one only other our out over own per put same say says set she
        some somebody something somewhere still such take taken than that the their them then there they thing
        things this those through time too under until upon us use used via was way well were what when whenever
        where which while who whose why will with without yet you your
        """,
    )
)


def told_of(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values of which a definition says, with a word that it has for no other value, what a folded text says, in
    whichever language. Of the training data's messages that name no value, a translated word is right in 166 of 185,
    and what a Chinese word of the message means in English in 458 of 513."""
    translated = _translated(tuple(map(str, argument.choices)), argument.words, argument.told)
    means = means_of(folded)
    told = zip(argument.choices, _counts(argument, folded), translated, _words(argument), strict=True)
    return tuple(
        value
        for value, count, words, own in told
        if count or any(word in folded for word in words) or not means.isdisjoint(own)
    )


def told_plainly(argument: Argument, folded: str) -> tuple[object, ...]:
    """The one value that a folded text tells by several such words, if it has none of any other. Of the messages of the
    training data in which no value is named, so many words are right in 40 of 41, one in 326 of 385; so many that
    Chinese words mean in 18 of 18."""
    means = means_of(folded)
    counts = [count + len(means & own) for count, own in zip(_counts(argument, folded), _words(argument), strict=True)]
    told = [value for value, count in zip(argument.choices, counts, strict=True) if count]
    return tuple(told) if len(told) == 1 and max(counts) >= _PLAINLY else ()


def told_by_several(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values that a folded text tells by several such words."""
    counts = zip(argument.choices, _counts(argument, folded), strict=True)
    return tuple(value for value, count in counts if count >= _PLAINLY)


def _counts(argument: Argument, folded: str) -> list[int]:
    said = frozenset(map(stem, re.findall(r"[a-z]{3,}", folded)))
    return [sum(word in folded if word >= "\u3400" else word in said for word in own) for own in _words(argument)]


def bracketed(values: Sequence[str], description: str) -> Mapping[int, str]:
    """The Chinese name that a folded description puts in brackets behind what it says of a value, by the value's place.
    One alone at the very end is the argument's own name."""
    told = {at: _HAN_BRACKET.search(gloss) for at, gloss in _glosses(values, description).items()}
    found = {at: match[1].strip() for at, match in told.items() if match is not None}
    is_own = len(found) == 1 and description.rstrip(" .。)）").endswith(tuple(found.values()))
    return {} if is_own else found


def _words(argument: Argument) -> Sequence[frozenset[str]]:
    return _own_words(tuple(map(str, argument.choices)), argument.words, argument.told)


@lru_cache(maxsize=4096)
def _own_words(values: tuple[str, ...], name: str, description: str) -> Sequence[frozenset[str]]:
    told = [frozenset(map(stem, own)) for own in _told(values, description)]
    return _unshared(told, frozenset(map(stem, name.split())))


@lru_cache(maxsize=4096)
def _translated(values: tuple[str, ...], name: str, description: str) -> Sequence[frozenset[str]]:
    """The Chinese words for what is said of each value in English, those that are said of no other."""
    told = [frozenset(han for word in own for han in _in_chinese(word)) for own in _told(values, description)]
    return _unshared(told, frozenset(han for word in name.split() for han in _in_chinese(word)))


def _in_chinese(word: str) -> Iterator[str]:
    """A word in Chinese, and the things it is said with: 风速 of 风速计."""
    for other in translations(word):
        if has_cjk(other) and len(other) > 1:
            yield other
            yield from (other[:-1],) if len(other) > _LONG_WORD_HAN and other[-1] in _THINGS else ()


@lru_cache(maxsize=64)
def means_of(folded: str) -> frozenset[str]:
    """The stems of what the Chinese words of a folded text mean in English; one inside a longer one means nothing."""
    meanings = (meaning for run in _HAN_RUN.findall(folded) for word in _longest(run) for meaning in translations(word))
    english = (one for meaning in meanings for one in _LONG_WORD.findall(meaning))
    return frozenset(root for one in english if one not in EMPTY and len(root := stem(one)) >= _SHORTEST_STEM)


def _longest(run: str) -> Iterator[str]:
    """The words of a dictionary in a run of Chinese characters, without those inside a longer one."""
    end = 0
    for at in range(len(run) - 1):
        longest = min(_LONGEST_HAN, len(run) - at)
        size = next((size for size in range(longest, 1, -1) if translations(run[at : at + size])), 0)
        if at + size > end:
            end = at + size
            yield run[at:end]


def _told(values: Sequence[str], description: str) -> Sequence[frozenset[str]]:
    """The words for each value: its own, and those of what is said of it."""
    glosses = _glosses(values, fold(description))
    texts = (f"{words_of(value)} {glosses.get(at, '')}" for at, value in enumerate(values))
    return [frozenset(_WORD.findall(text)) - EMPTY for text in texts]


def _unshared(told: Sequence[frozenset[str]], named: frozenset[str]) -> Sequence[frozenset[str]]:
    spread = Counter(word for own in told for word in own)
    return [frozenset(word for word in own if spread[word] == 1) - named for own in told]


def _glosses(values: Sequence[str], description: str) -> Mapping[int, str]:
    """What is said of each value, by its place: behind it, in a sentence that begins with it, or in a row of as many as
    there are values."""
    places = {fold(value): at for at, value in reversed(list(enumerate(values))) if fold(value)}
    if not places:
        return _in_row(values, description)
    names = "|".join(map(re.escape, sorted(places, key=len, reverse=True)))
    behind = _explained(_behind(names), places, description)
    opening = _explained(rf"(?:^|[.;。；]\s*)(?P<plain>{names})\s+(?=[a-z])", places, description)
    is_style = 2 * len(opening) > len(places)  # of one alone it is chance
    return max(behind, opening if is_style else {}, key=len) or _in_row(values, description)


def _behind(names: str) -> str:
    """Where a value is explained: in quotes, or with a word that explains behind it."""
    quoted = rf"[`'\"“‘](?P<quoted>{names})[`'\"”’](?:\s*{_IS})?"
    return rf"{quoted}|(?<![a-z0-9_])(?P<plain>{names})\s*{_IS}"


def _explained(pattern: str, places: Mapping[str, int], description: str) -> Mapping[int, str]:
    """What stands behind each place where a value is explained, as far as its sentence and the next such place."""
    found: dict[int, str] = {}
    matches = list(re.finditer(pattern, description))
    ends = [*(match.start() for match in matches[1:]), len(description)]
    for match, end in zip(matches, ends if matches else (), strict=True):
        at = places[match["plain"] or match["quoted"]]
        found.setdefault(at, _SENTENCE.split(description[match.end() : end], maxsplit=1)[0])
    return found


def _in_row(values: Sequence[str], description: str) -> Mapping[int, str]:
    for sentence in _SENTENCE.split(description):
        *heading, row = re.split("[:：]", sentence)
        pieces = [piece for piece in _IN_ROW.split(row) if piece]
        if len(pieces) != len(values):
            continue
        words = [frozenset(map(stem, _WORD.findall(piece))) for piece in pieces]
        names = [frozenset(map(stem, words_of(value).split())) for value in values]
        alike = [[bool(own & piece) for piece in words] for own in names]
        in_place = sum(row[at] for at, row in enumerate(alike))
        is_plain = bool(heading) and len(values) >= _LONG_ROW
        crossed = any(any(row) and not row[at] for at, row in enumerate(alike))
        if not crossed and (is_plain or 2 * in_place >= len(values)):
            return dict(enumerate(pieces))
    return {}


def stem(word: str) -> str:
    """A word without its ending; of "brake" and "brakes" the same."""
    for ending in ("ing", "ed", "ly", "al", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word.removesuffix(ending)
            break
    word = re.sub("our$", "or", re.sub("tre$", "ter", word))  # colour, centre
    return word.removesuffix("e") if len(word) > _SHORTEST_STEM else word
