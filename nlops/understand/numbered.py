"""Values of an enum that a number, a letter or a size tells apart: "gate three", 「B区」, 「15公斤的气」; and places
that end as they do and are none of them.
"""

import re
from collections.abc import Mapping

from rapidfuzz.distance import OSA

from nlops.understand.fold import fold, has_cjk, words_of
from nlops.understand.ids import in_digits
from nlops.understand.labels import key, names_of
from nlops.understand.numbers import find_numbers
from nlops.understand.schema import Argument

_NUMBERED = re.compile(r"([a-z]{1,4})[-_]?(\d{1,2})")
_SIZED = re.compile(r"([a-z]{2,})[-_](\d+)")
_LONG = 6  # letters
_FEWEST = 2  # values that differ by their size
_NOUNS = "棚房库仓店馆区楼厅室站所园场院"
_A_PLACE = re.compile(rf"(?<![a-z0-9])[\u3400-\u9fff]{{2}}(?<![这那哪个一每全整的大小所有都把在给对和到去])[{_NOUNS}]")


def numbered(argument: Argument, folded: str) -> tuple[object, ...]:
    """The values of an argument whose values are numbered, or have one letter, that a folded text says by the noun and
    the number or letter: G3 of "gate three" and 「3号门」, B of "zone b" and 「B区」."""
    marks = _marks_of(argument)
    said = _marks_said(argument, folded) if marks else ()
    return tuple(marks[mark] for mark in dict.fromkeys(said) if mark in marks)


def other_numbers(argument: Argument, folded: str) -> tuple[str, ...]:
    """The numbers and letters that a folded text says so, and no value has."""
    marks = _marks_of(argument)
    return tuple(mark for mark in _marks_said(argument, folded) if mark not in marks) if marks else ()


def _marks_of(argument: Argument) -> dict[str, object]:
    """What tells the values apart where most are the same letters and a number, or one letter; else nothing."""
    values = [key(value) for value in argument.choices]
    codes = [_NUMBERED.fullmatch(value) for value in values]
    if 2 * sum(map(bool, codes)) > len(values) > 1 and len({match[1] for match in codes if match}) == 1:
        return {match[2].lstrip("0"): value for match, value in zip(codes, argument.choices, strict=True) if match}
    letters = {value: one for value, one in zip(values, argument.choices, strict=True) if re.fullmatch("[a-z]", value)}
    return letters if 2 * len(letters) > len(values) else {}


def _marks_said(argument: Argument, folded: str) -> tuple[str, ...]:
    noun = "|".join(map(re.escape, _spellings(argument.words.removesuffix("s"), folded)))
    nouns = "|".join(map(re.escape, _nouns_of(fold(argument.told))))
    han = rf"|(?<![a-z0-9])(?P<han>\d{{1,3}}|[a-z])号?(?:{nouns})" if nouns else ""
    said = re.compile(
        rf"\b(?:(?:{noun})s?\s+(?:no\.?\s*|number\s+|#)?|number\s+(?=\d))(?P<en>\d{{1,3}}|[a-z])(?![a-z0-9'’]){han}"
    )
    found = (match.groupdict() for match in said.finditer(in_digits(folded)))
    return tuple(str(one["en"] or one.get("han")) for one in found)


def _spellings(noun: str, folded: str) -> list[str]:
    """A noun, and how a text spells it with one slip: "compresor 2"."""
    slips = [word for word in re.findall(r"[a-z]{6,}", folded) if word[0] == noun[0] and OSA.distance(word, noun) == 1]
    return [noun, *(slips if len(noun) > _LONG else ())]


def _nouns_of(described: str) -> list[str]:
    """The Chinese nouns that a description has behind numbers or letters: 门 of 「1号门..6号门」, 区 of 「A-E 区」."""
    found = re.findall(
        r"(?:\d号|[a-z](?:-[a-z])?\s?)([\u3400-\u9fff])(?:/([\u3400-\u9fff])(?![\u3400-\u9fff]))?", described
    )
    return [noun for pair in found for noun in pair if noun]


def other_places(argument: Argument, folded: str) -> tuple[str, ...]:
    """Places of a folded text that end as the Chinese names of two values or more: 「茄子棚」 beside 番茄棚, 草莓棚."""
    names = names_of(argument)
    own = {name for value in argument.choices for name in names[key(value)] if has_cjk(name)}
    ends = [{name[-1] for name in names[key(value)] if len(name) > 1} for value in argument.choices]
    nouns = {noun for noun in _NOUNS if sum(noun in one for one in ends) > 1}
    said = dict.fromkeys(match[0] for match in _A_PLACE.finditer(folded) if match[0][-1] in nouns)
    return tuple(one for one in said if not any(_may_be_heard(one, name) for name in own))


def _may_be_heard(place: str, name: str) -> bool:
    """Whether a place is a name, or one with another character in it: 「敬老院」 and 养老院."""
    pairs = list(zip(reversed(place[:-1]), reversed(name[:-1]), strict=False))
    return place[-1] == name[-1] and any(one == other for one, other in pairs)


def lettered(argument: Argument, value: object, folded: str) -> object:
    """The value, or the one of its kind whose letter a folded text has: of rack_a and rack_b the second for 「B机柜」.
    An "a" of its own is an article."""
    stem, _, letter = words_of(str(value)).rpartition(" ")
    if not stem or len(letter) != 1 or not letter.isalpha():
        return value
    alike = {words_of(str(one)): one for one in argument.choices}
    letters = {name[-1]: one for name, one in alike.items() if name[:-1] == f"{stem} "}
    said = {one for one in letters if re.search(_letter(one, stem), folded)}
    return letters[said.pop()] if len(said) == 1 else value


def sized(argument: Argument, value: object, folded: str) -> object:
    """The value, or that of its kind whose number a folded text has: of gas_5 and gas_15 the second for 「15公斤」."""
    alike = _of_one_kind(argument, value)
    if _are_counted(alike):
        return value
    said = {f"{abs(number.low):g}" for number in find_numbers(folded) if number.low == number.high}
    fit = [one for number, one in alike.items() if number in said]
    return fit[0] if len(fit) == 1 else value


def is_size_open(argument: Argument, value: object, folded: str) -> bool:
    """Whether values differ by a number alone, and a folded text has none of these numbers."""
    alike = _of_one_kind(argument, value)
    if len(alike) < _FEWEST or _are_counted(alike):
        return False
    return not any(f"{abs(number.low):g}" in alike for number in find_numbers(folded)) and key(value) not in folded


def _are_counted(alike: Mapping[str, object]) -> bool:
    """Whether values are the first, the second and so on, and have no size."""
    return set(alike) == {str(number) for number in range(1, len(alike) + 1)}


def _of_one_kind(argument: Argument, value: object) -> dict[str, object]:
    match = _SIZED.fullmatch(key(value))
    others = ((one, _SIZED.fullmatch(key(one))) for one in argument.choices)
    return {other[2]: one for one, other in others if other and match and other[1] == match[1]}


def _letter(letter: str, stem: str) -> str:
    alone = rf"(?<![a-z0-9'’]){letter}(?![a-z0-9])"
    return alone if letter != "a" else rf"{alone}(?=\s?[\u3400-\u9fff])|\b{re.escape(stem)}s? a\b"
