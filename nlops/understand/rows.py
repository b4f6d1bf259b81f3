"""A list of ids or texts: each in the form that its pattern wants, from one id to another, without those left out."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from nlops.understand.amounts import stands_in
from nlops.understand.codes import composed
from nlops.understand.fold import fold
from nlops.understand.ids import in_digits, is_padded, is_too_short, spelt
from nlops.understand.moments import listed
from nlops.understand.ordinals import find_ordinals
from nlops.understand.outcomes import ABSENT, Said
from nlops.understand.rest import spares
from nlops.understand.schema import Argument, fitting, in_case, is_of_ids

_A_WORD = re.compile(r"[a-z0-9_./*:@#-]+")
_IN_ROW = re.compile(r"\s*(?:,|，|、|&|\+|\band\b|和|跟|以及|还有|\s)\s*(?:and\s+)?")
_MOST = 30  # ids from one to another
_FROM_TO = re.compile(
    r"(?<!\d)(?P<first>\d{1,5})\s*(?:号|台)?\s*(?:to|thru|through|-|–|—|~|～|到|至)\s*(?:[a-z]{1,4}-?)?\s?(?P<last>\d{1,5})(?![\d:.%])"
)
_FIRST = re.compile(r"(?:\bfirst\s+|(?<![提以之])前)$")
_WRITTEN = 3  # digits
_FEWEST = 2  # items of a row
_PLACES = {"first": 0, "second": 1, "third": 2, "last": -1, "middle": None}
_PLACES |= {"第一": 0, "第二": 1, "第三": 2, "最后": -1, "中间": None}
_OUT_BY_PLACE = re.compile(
    r"\b(?:all\s+but|except(?:\s+for)?|but\s+not|not|skip|without)\s+the\s+(?P<en>first|second|third|middle|last)\b(?!\s+(?:two|three|\d))"
    r"|(?P<zh>第一|第二|第三|中间|最后)(?:那|一|那一)?[个台条张份只单位]?(?:就|先)?(?:别|不要|不用|除外|不动(?!了)|不改|跳过|算了)"
)
_OUT_BEFORE = r"\b(?:not|except(?:\s+for)?|skip|without|minus)\s+(?:no\.?\s*|number\s+|#|[a-z]{1,4}[-\s]?)?0*"
_OUT_BEHIND = (
    r"(?:号|台)?(?:那?[台个条])?(?:就|先)?(?:不用|不要|算了|除外|别(?![^,，]{1,6}[,，\s]+改)|跳过|留着"
    r"|不[开发改加]|不动(?!了))"
)


def ground_items(argument: Argument, items: list[object], facts: Said, beside: Sequence[object] = ()) -> object:
    """The list as the message has it, or ABSENT. `beside` are the values of the call's other arguments."""
    whole = facts.reading.whole
    if (moments := listed(argument, items, facts)) is not None:
        return moments
    schema = argument.schema.get("items")
    pattern = schema.get("pattern") if isinstance(schema, Mapping) else None
    if made := composed(argument, whole):
        items = [item for item in items if item in made or fold(str(item)) in whole]
        items += [one for one in made if one not in items]
        return items
    if isinstance(pattern, str):
        items = list(dict.fromkeys(map(str, (_written(pattern, item, whole) for item in items))))
        fit = [item for item in items if isinstance(item, str) and re.search(pattern, item)]
        items = [item for item in items if item in fit or not any(str(item) in one for one in fit)]
        if fit and all(_is_of_another(item, fit) for item in items if item not in fit):
            items = list(fit)
        items = _from_to(pattern, items, whole, beside) or _in_full(pattern, items, whole)
    padded = isinstance(pattern, str) and is_padded(pattern, argument.description)
    said = [item for item in items if _is_said(item, facts, padded=padded) or facts.was_said(item)]
    out = _by_place(said, whole)
    own = [item for item in said if item not in out and not spares(item, whole) and not is_left_out(item, whole)]
    return own or ABSENT


def overheard_ids(argument: Argument, facts: Said) -> object:
    """The ids of a message for what must be said, although the model found none there: all of them for a list, else the
    one that is the message's only word with a digit."""
    items = argument.schema.get("items") if argument.kind == "list" else argument.schema
    pattern = items.get("pattern") if isinstance(items, Mapping) else None
    if not isinstance(pattern, str) or not is_of_ids(pattern) or not argument.required or argument.nullable:
        return ABSENT
    if argument.kind == "list" and (moments := listed(argument, (), facts)) is not None:
        return moments
    live = facts.reading.live
    ids = fitting(pattern, live)
    if argument.kind == "list":
        return ground_items(argument, list(ids), facts) if ids else ABSENT
    return ids[0] if len(ids) == len(re.findall(r"[a-z0-9_./:#-]*\d[a-z0-9_./:#-]*", live)) == 1 else ABSENT


def _written(pattern: str, item: object, whole: str) -> object:
    """An id as its pattern wants it: PC03 of "pc 3"."""
    if not isinstance(item, str):
        return item
    plain = in_case(pattern, item)
    if re.search(pattern, plain) or not plain:
        return plain
    found = spelt(pattern, fold(item))
    found = found or tuple(one for one in spelt(pattern, whole) if one.startswith(plain))  # KU299 of "ku 299 s"
    return found[0] if len(found) == 1 else plain


def _is_of_another(item: object, ids: list[str]) -> bool:
    """Whether an item begins with other letters than the ids: R-905 beside TK-4410."""
    begins = {re.match("[^0-9]*", one) for one in ids}
    own = re.match("[^0-9]*", str(item))
    return own is not None and own[0] not in {match[0] for match in begins if match}


def _in_full(pattern: str, items: list[object], whole: str) -> list[object]:
    """The ids with those that stand in one row with them: "lw2041 lw2042 and vk7720"."""
    places = [(match.span(), id_) for match in _A_WORD.finditer(whole) for id_ in fitting(pattern, match[0])]
    row = list(items)
    for ((_, end), one), ((start, _), other) in pairwise(places):
        if one in row and other not in row and not other.isdigit() and _IN_ROW.fullmatch(whole[end:start]):
            row.append(other)
    return row


def _from_to(pattern: str, items: list[object], whole: str, beside: Sequence[object]) -> list[object]:
    """The ids from one to another, where a message says such a row and the items are some of it; of "EW-05 to 20" with
    a 20 `beside` it there is none."""
    for match in _FROM_TO.finditer(whole):
        first, last = int(match["first"]), int(match["last"])
        if last in beside:
            continue
        numbers = range(first, min(last, first + _MOST) + 1)
        row = _like(pattern, items, numbers) or [spelt(pattern, str(number)) for number in numbers]
        ids = [one[0] for one in row if len(one) == 1]
        is_row = len(items) > 1 or _is_of_ids(match)
        if len(ids) == len(row) > 1 and is_row and set(items) <= set(ids):
            return list(ids)
    return []


def _like(pattern: str, items: list[object], numbers: range) -> list[tuple[str, ...]]:
    """The ids with these numbers, written as those items are that have the first or the last: G061 to G063."""
    ends = [item for item in items if isinstance(item, str) and _is_end(item, numbers)]
    forms = {re.sub(r"\d+", lambda run: f"{{:0{len(run[0])}}}", item) for item in ends}
    ids = [form.format(number) for form in forms for number in numbers]
    return [(one,) for one in ids] if len(forms) == 1 and all(re.search(pattern, one) for one in ids) else []


def _is_end(item: str, numbers: range) -> bool:
    runs = list(_runs(item))
    return len(runs) == 1 and len(numbers) > 1 and int(runs[0]) in (numbers[0], numbers[-1])


def _is_of_ids(match: re.Match[str]) -> bool:
    """Whether two numbers are as ids are written: of as many digits, with zeros before them or three at least, or
    numbered (号)."""
    first, last = match["first"], match["last"]
    is_written = len(first) == len(last) and (first.startswith("0") or len(first) >= _WRITTEN)
    return is_written or match.string.startswith(("号", "台"), match.end())


def _runs(item: object) -> Iterator[str]:
    yield from re.findall(r"\d+", str(item))


def is_left_out(item: object, whole: str) -> bool:
    """Whether a message names an item only to leave it out: "1 to 5 but not 3", 「34就不用了」."""
    runs = [run.lstrip("0") or "0" for run in _runs(item)]
    if not isinstance(item, str) or len(runs) != 1:
        return False
    return re.search(rf"{_OUT_BEFORE}{runs[0]}(?!\d)|(?<!\d)0*{runs[0]}{_OUT_BEHIND}", whole) is not None


def _by_place(items: list[object], whole: str) -> list[object]:
    """The items that a message leaves out by their place in the row: "all but the last one", 「中间那个别动」."""
    match = _OUT_BY_PLACE.search(whole)
    if match is None or len(items) < _FEWEST:
        return []
    at = _PLACES[match["en"] or match["zh"]]
    is_there = at is None or at < len(items)
    return [items[len(items) // 2 if at is None else at]] if is_there else []


def _is_said(item: object, facts: Said, *, padded: bool) -> bool:
    """Whether a message says one of a list's values that are no choice; of "seven through nine" the 8, too. `padded`:
    numbers of any length may lack their zeros."""
    whole = facts.reading.whole
    if isinstance(item, int | float) and not isinstance(item, bool):
        return _is_spanned(item, facts) or stands_in(item, whole) or item in find_ordinals(whole)
    if fold(str(item)) in whole:
        return True
    runs = list(_runs(item))
    digits = in_digits(whole)
    if not padded and any(is_too_short(run, digits) for run in runs):
        return False
    return bool(runs) and all(stands_in(int(run), digits) or _is_within(int(run), whole) for run in runs)


def _is_spanned(item: float, facts: Said) -> bool:
    """Whether a number lies between two of a message, or is one of "the first five"."""
    before = facts.reading.whole
    return any(
        number.low <= item <= number.high or (_FIRST.search(before[: number.start]) and 1 <= item <= number.low)
        for number in facts.numbers
    )


def _is_within(number: int, whole: str) -> bool:
    return any(int(match["first"]) <= number <= int(match["last"]) for match in _FROM_TO.finditer(whole))
