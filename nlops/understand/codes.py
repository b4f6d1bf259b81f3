"""Codes that a pattern has beside its ids, and what they are called: "ward (A1 to E8) or ED 急诊, OR 手术室".

They are told in the description as the values of an enum are, so their names are found as those of an enum.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from nlops.understand.labels import key, names_of
from nlops.understand.numerals import han_value
from nlops.understand.schema import Argument

_CODE = re.compile(r"(?<![A-Za-z0-9_-])[A-Z]{2,8}(?![A-Za-z0-9_-])")
_COUNT = r"\d{1,3}|[一二两三四五六七八九十]{1,3}"
_COMPOSED = re.compile(
    r"\^\((?:\?:)?(?P<codes>[A-Z]{1,6}(?:\|[A-Z]{1,6})+)\)(?P<mark>[-_/]?)(?:\[0-9\]|\\d)\{(?P<digits>[1-4])\}\$"
)
_HAN = re.compile(r"[\u3400-\u9fff]")


def called(argument: Argument, folded: str) -> tuple[str, ...]:
    """The codes whose Chinese names a folded text has."""
    pattern = argument.schema.get("pattern")
    if not isinstance(pattern, str):
        return ()
    codes = _codes_in(pattern, argument.description)
    if len(codes) < 2:
        return ()
    names = names_of(replace(argument, kind="choice", choices=codes))
    han = {code: [name for name in names[key(code)] if _HAN.search(name)] for code in codes}
    return tuple(code for code in codes if any(name in folded for name in han[code]))


def composed(argument: Argument, folded: str) -> tuple[str, ...]:
    """The ids of a code and a number that a folded text says by the code's name: TMP-07 of "the 7th tempest", where the
    pattern is `^(TMP|NUT)-[0-9]{2}$` and the description tells what the codes stand for."""
    pattern = argument.schema.get("pattern")
    shape = _COMPOSED.fullmatch(pattern) if isinstance(pattern, str) else None
    if shape is None:
        return ()
    codes = tuple(shape["codes"].split("|"))
    names = names_of(replace(argument, kind="choice", choices=codes))
    found = [
        f"{code}{shape['mark']}{number.zfill(int(shape['digits']))}"
        for code in codes
        for name in names[key(code)]
        for number in _numbers_of(name.removeprefix("the "), folded)
    ]
    return tuple(one for one in dict.fromkeys(found) if isinstance(pattern, str) and re.search(pattern, one))


def _numbers_of(name: str, folded: str) -> list[str]:
    """The numbers that stand with a name: behind it, or as a place before it."""
    plain = re.escape(name)
    start = r"(?<![a-z0-9])" if name[:1].isascii() else ""
    behind = rf"{start}{plain}(?:'s|s)?[\s,的-]*(?:no\.?|number|nr\.?|#|第)?\s*(?P<n>{_COUNT})(?![\d:%])"
    before = (
        rf"(?:(?P<place>\d{{1,3}})(?:st|nd|rd|th)|第(?P<han>{_COUNT})[场期回集号届])\s*(?:of\s+)?(?:the\s+)?的?{plain}"
    )
    said = [match["n"] for match in re.finditer(behind, folded)]
    said += [match["place"] or match["han"] for match in re.finditer(before, folded)]
    return [one if one.isdigit() else f"{han_value(one):g}" for one in said]


def told_alike(arguments: Sequence[Argument]) -> list[Argument]:
    """The arguments, each with what another one of its pattern tells of its codes: "destination, same codes"."""
    return [replace(one, description=f"{one.description} {_more(one, arguments)}".rstrip()) for one in arguments]


def _more(argument: Argument, arguments: Sequence[Argument]) -> str:
    pattern = argument.schema.get("pattern")
    if not isinstance(pattern, str) or len(_codes_in(pattern, argument.description)) > 1:
        return ""
    alike = (one.description for one in arguments if one.schema.get("pattern") == pattern)
    return next((told for told in alike if len(_codes_in(pattern, told)) > 1), "")


@lru_cache(maxsize=256)
def _codes_in(pattern: str, description: str) -> tuple[str, ...]:
    found = dict.fromkeys(_CODE.findall(description))
    return tuple(code for code in found if re.search(pattern, code) and not re.search(pattern, f"{code}X"))
