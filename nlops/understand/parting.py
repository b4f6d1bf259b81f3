"""A message of several requests in its parts, each with a thing of its own: "1106 to 20 degrees, 1107 turndown by 6".

A small model reads one request well and three at once badly. What it made of the whole stands, unless it left out an id
that the message names, or came to a question; then the parts are read one after the other, each after what the one
before came to.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from nlops.domain.tools import Catalogue, Interpretation, ToolCall
from nlops.understand.alike import contradict
from nlops.understand.fold import fold
from nlops.understand.ids import spelt
from nlops.understand.moods import QUOTES, Reading, hangs_on, read_moods
from nlops.understand.names import find_names
from nlops.understand.schema import fitting, is_of_ids
from nlops.understand.second_thoughts import turns

_MOST = 5  # parts; each costs as long as a message
_SHORTEST = 5  # characters of a part that names nothing itself
_JOINT = re.compile(
    r"(?P<strong>[;；。!！?？]+\s*|\.(?:\s+|\.+\s*)|[,，]?\s*(?:\bbut\b|但是?|不过))"
    r"|[,，]\s*|\s*\n\s*|\s+(?=(?:and|also|plus|n)\s)|(?<!\band)\s+(?=then\s)|(?<=[^\x00-\xff])\s+(?=\w)"
    r"|(?=然后|顺便|另外|接着|同时|并且|最后)",
    re.IGNORECASE,
)
_BUT = re.compile(r"[\s,，]*(?:\bbut|但是?|不过)[\s,，]*$", re.IGNORECASE)
# What begins a part that comes after the one before it; then what that one is needs no condition.
_THEN = re.compile(
    r"(?:(?:and|n|also|plus|then|next|finally|after\s+that|afterwards|but)\b[\s,]*"
    r"|(?:when|once|after)\s+(?:that|it|this)(?:['’]?s|\s+is)?\s+(?:done|through|finished|over|complete)\b[\s,]*"
    r"|(?:然后|接着|最后|之后|完了|弄完|弄好|完事|好了|但是?|不过)(?:再|就)?[\s,，]*|(?:顺便|另外|同时|并且|还有)[\s,，]*)+",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"(?:and\s+)?(?:then|after\s+that|afterwards|finally|also)\b|然后|接着|最后|顺便|另外|同时|并且", re.IGNORECASE
)
_CONDITION = re.compile(
    r"[\s,，]*(?:(?:but|and|only|just|但是?|不过)\s*)*"
    r"(?:if|when|once|as\s+soon\s+as|unless|after|until|要是|如果|等|万一|一旦)",
    re.IGNORECASE,
)
_SPARES = re.compile(r"\b(?:not|no|keep|leave|stays?)\b|n['’]t\b|[留不别没]")
_COMMA = re.compile(r"[,，\n]\s*$")
_A_DATE = re.compile(r"\d{4}-\d\d(?:-\d\d)?|\d{1,2}:\d\d")
# what is negative, broken, or has a unit is no id
_A_MEASURE = re.compile(
    r"(?<![\w-])-\d+(?:\.\d+)?|\d+\.\d+"
    r"|\d+\s?(?:%|[度分秒天块元成折℃]|小时|(?:min|h|hrs?|hours?|days?|mw|kw|yuan)\b)"
)
_DATES = ("12:30", "2026-10-10", "2026-10")


@dataclass(frozen=True)
class Part:
    """A part of a message, as it is asked about; `is_apart` where nothing of the part before it holds for it too."""

    text: str
    is_apart: bool


@dataclass(frozen=True)
class _Growing:
    """A part as it grows by clauses. `is_strong`: a sentence begins with it, or a contrast; `is_first`: it begins with
    its id; `is_full`: it says more than that."""

    text: str
    is_strong: bool
    is_first: bool
    is_full: bool


def parts_in(text: str, catalogue: Catalogue) -> tuple[Part, ...]:
    """The requests of a message; one part where it cannot be told apart safely: what is quoted or thought better of is
    read as a whole, and what stands under one condition."""
    whole = (Part(text, is_apart=True),)
    if QUOTES.search(text) or next(turns(fold(text)), None) is not None:
        return whole
    grown = _grown(text, catalogue)
    if not 1 < len(grown) <= _MOST:
        return whole
    if _is_headed(text, catalogue) and not all(one.is_strong for one in grown[1:]):
        return whole
    return tuple(
        Part(_plain(one.text, is_first=not nth), one.is_strong or one.is_first) for nth, one in enumerate(grown)
    )


def _grown(text: str, catalogue: Catalogue) -> list[_Growing]:
    """The clauses joined to parts: one without an id goes with the one before it; none where a condition or a time may
    hold for several."""
    grown: list[_Growing] = []
    hangs = hangs_on(_THEN.sub(" ", fold(text)))[0]
    for clause, is_strong in _clauses(text):
        is_joined = bool(grown) and not is_strong
        if is_joined and (_CONDITION.match(clause) or (hangs and not _COMMA.search(grown[-1].text))):
            return []
        ids = ids_in(clause, catalogue)
        leads = bool(grown) and not hangs and _LEADS.match(clause.strip()) and len(clause.strip()) > _SHORTEST
        is_own = bool(ids) or bool(leads)
        is_full = is_own and not _is_bare(clause, ids)
        last = grown[-1] if grown else None
        if last is None or (is_own and last.is_full):
            grown.append(_Growing(clause, is_strong, _begins_with(ids, clause), is_full))
        elif last.is_full and not (is_strong or last.is_strong) and any(hangs_on(fold(clause))):
            return []
        else:
            grown[-1] = _Growing(f"{last.text}{clause}", last.is_strong, last.is_first, last.is_full or is_full)
    return grown


def _clauses(text: str) -> Iterator[tuple[str, bool]]:
    """The clauses of a text with what ends each, and whether a sentence or a contrast begins with it."""
    start, is_strong = 0, True
    for match in _JOINT.finditer(text):
        if text[start : match.end()].strip():
            yield text[start : match.end()], is_strong
            start, is_strong = match.end(), match["strong"] is not None
    if text[start:].strip():
        yield text[start:], is_strong


def _plain(text: str, *, is_first: bool) -> str:
    """A part without what joins it to the others."""
    bare = _BUT.sub("", text).strip(" ,，;；\n")
    return bare if is_first or not _THEN.match(bare) else _THEN.sub("", bare, count=1)


def _begins_with(ids: Iterable[str], clause: str) -> bool:
    return any(fold(clause).lstrip(" ,，").startswith(fold(one)) for one in ids)


def _is_bare(clause: str, ids: Iterable[str]) -> bool:
    """Whether a clause is an id and nothing else."""
    rest = fold(clause)
    for one in ids:
        rest = rest.replace(fold(one), " ")
    return not re.sub(r"[\s,，、.。;；和]|\band\b|\bn\b", "", rest)


def _is_headed(text: str, catalogue: Catalogue) -> bool:
    """Whether a condition or a time stands above all: before the first id."""
    folded = fold(text)
    places = [at for one in ids_in(text, catalogue) if (at := folded.find(fold(one))) >= 0]
    return any(hangs_on(folded[: min(places)])) if places else _CONDITION.match(text) is not None


def ids_in(text: str, catalogue: Catalogue, *, as_written: bool = False) -> tuple[str, ...]:
    """Ids of the catalogue's patterns, and bots, in a text; `as_written`: no ids that are said otherwise."""
    folded = _A_DATE.sub(" ", fold(text))
    patterns = _patterns(catalogue)
    ids = [one for pattern in patterns for one in fitting(pattern, folded)]
    if not as_written:
        measured = _A_MEASURE.sub(" ", folded)
        said = (one for pattern in patterns for one in spelt(pattern, measured))
        ids += [one for one in said if not one.isdigit()]  # of what is only digits any number could be a part
    return tuple(dict.fromkeys((*ids, *(one.name for one in find_names(folded, catalogue.bots)))))


def _patterns(catalogue: Catalogue) -> tuple[str, ...]:
    schemas = (schema for tool in catalogue.tools for schema in tool.properties.values())
    every = (one for schema in schemas for one in (schema, schema.get("items")) if isinstance(one, Mapping))
    patterns = (one.get("pattern") for one in every)
    ids = (one for one in patterns if isinstance(one, str) and is_of_ids(one))
    return tuple(dict.fromkeys(one for one in ids if not any(re.search(one, date) for date in _DATES)))


def is_left_open(text: str, parts: Sequence[Part], meant: Interpretation, catalogue: Catalogue) -> bool:
    """Whether an interpretation asks for a value or whether it is meant, sets one thing twice, leaves out an id of the
    message, or does at once what a part of it leaves to later."""
    if meant.asked is not None or meant.offered or contradict(meant.calls):
        return True
    names = frozenset(fold(alias) for bot in catalogue.bots for alias in bot.all())
    reading = read_moods(fold(text), names)
    if not meant.calls and not any(ids_in(part, catalogue, as_written=True) for part in reading.forbidden):
        return False
    if any(_has_one_of(meant.calls, part, catalogue) for part in _waiting(parts)):
        return True
    clauses = (clause for clause, _ in _clauses(reading.live))
    live = " ".join(clause for clause in clauses if not _SPARES.search(clause))
    return not all(_is_in(one, meant.calls) for one in ids_in(live, catalogue, as_written=True))


def is_settled(reading: Reading, meant: Interpretation) -> bool:
    """Whether a part from which no call came forbids something, or leaves it to later."""
    return bool(reading.forbidden) or reading.condition or (reading.time and bool(meant.offered))


def left_out(text: str, calls: Sequence[ToolCall], catalogue: Catalogue) -> tuple[str, ...]:
    """The parts of a message that hang on something, and of whose ids no call has any."""
    return tuple(one for one in _waiting(parts_in(text, catalogue)) if not _has_one_of(calls, one, catalogue))


def _waiting(parts: Sequence[Part]) -> list[str]:
    """Of several parts those that hang on a condition."""
    return [one.text for one in parts if len(parts) > 1 and hangs_on(fold(one.text))[0]]


def _has_one_of(calls: Sequence[ToolCall], text: str, catalogue: Catalogue) -> bool:
    return any(_is_in(one, calls) for one in ids_in(text, catalogue))


def _is_in(id_: str, calls: Sequence[ToolCall]) -> bool:
    return any(fold(id_) in fold(str(value)) for call in calls for value in call.arguments.values())
