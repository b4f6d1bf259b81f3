"""Codes that a pattern has beside its ids, and what they are called: "ward (A1 to E8) or ED 急诊, OR 手术室".

They are told in the description as the values of an enum are, so their names are found as those of an enum.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from nlops.understand.labels import key, names_of
from nlops.understand.schema import Argument

_CODE = re.compile(r"(?<![A-Za-z0-9_-])[A-Z]{2,8}(?![A-Za-z0-9_-])")
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
