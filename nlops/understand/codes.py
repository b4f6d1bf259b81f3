"""Codes that a pattern has beside its ids, and what they are called: "ward (A1 to E8) or ED 急诊, OR 手术室".

They are told in the description as the values of an enum are, so their names are found as those of an enum.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from nlops.understand.labels import key, names_of
from nlops.understand.numerals import han_value
from nlops.understand.schema import Argument

_CODE = re.compile(r"(?<![A-Za-z0-9_-])[A-Z]{2,8}(?![A-Za-z0-9_-])")
_COUNT = r"\d{1,4}|[一二两三四五六七八九十]{1,3}"
_COMPOSED = re.compile(
    r"\^(?:\((?:\?:)?(?P<codes>[A-Z]{1,6}(?:\|[A-Z]{1,6})+)\)|(?P<first>[A-Z]{0,3})\[(?P<letters>[A-Z]{2,8})\])"
    r"(?P<mark>[-_/]?)(?:\[0-9\]|\\d)\{(?P<digits>[1-4])\}\$"
)
_NOUN = "room|hall|gallery|row|door|gate|zone|unit|bay|show|performance|batch|tank|house"
_AND_MORE = re.compile(r"\s*(?:,|、|&|\band\b|和)\s*(?P<n>\d{1,4})(?![\w:.%])")
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
    pattern (of a list that of its items) is `^(TMP|NUT)-[0-9]{2}$` and the description tells what the codes stand
    for."""
    items = argument.schema.get("items") if argument.kind == "list" else argument.schema
    pattern = items.get("pattern") if isinstance(items, Mapping) else None
    shape = _COMPOSED.fullmatch(pattern) if isinstance(pattern, str) else None
    if shape is None or not isinstance(pattern, str):
        return ()
    letters = [f"{shape['first']}{letter}" for letter in shape["letters"] or ""]
    codes = tuple(shape["codes"].split("|")) if shape["codes"] else tuple(letters)
    told = re.sub(rf"\b({'|'.join(codes)}){shape['mark'] or '(?!)'}(?=\s)", r"\1", argument.told)  # "WB- web"
    names = names_of(replace(argument, kind="choice", choices=codes, description=told))
    found = [
        (at, f"{code}{shape['mark']}{number.zfill(int(shape['digits']))}")
        for code in codes
        for name in names[key(code)]
        if name != key(code)
        for at, number in _numbers_of(name.removeprefix("the "), folded)
    ]
    return tuple(dict.fromkeys(one for _, one in sorted(found) if re.search(pattern, one)))


def _numbers_of(name: str, folded: str) -> list[tuple[int, str]]:
    """The numbers that stand with a name, behind it, several in a row, or as a place before it; each with where it
    stands."""
    plain = re.escape(name)
    start = r"(?<![a-z0-9])" if name[:1].isascii() else ""
    behind = (
        rf"{start}{plain}(?:'s|s)?[\s,的-]*(?:(?:{_NOUN})\s*)?(?:no\.?|number|nr\.?|#|第)?\s*(?P<n>{_COUNT})(?![\d:%])"
    )
    place = rf"(?:(?P<place>\d{{1,3}})(?:st|nd|rd|th)|第(?P<han>{_COUNT})[场期回集号届])"
    before = rf"{place}\s*(?:of\s+)?(?:the\s+)?的?{plain}"
    said = [(match.start(), match["place"] or match["han"]) for match in re.finditer(before, folded)]
    for match in re.finditer(behind, folded):
        said.append((match.start("n"), match["n"]))
        more = _AND_MORE.match(folded, match.end())
        while more:
            said.append((more.start("n"), more["n"]))
            more = _AND_MORE.match(folded, more.end())
    return [(at, one if one.isdigit() else f"{han_value(one):g}") for at, one in said]


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
