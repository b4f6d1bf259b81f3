"""Regular expressions of definitions: which are refused, and what can be known of the texts that they admit.

A pattern is read twice. RE2 runs it (`matcher`), in linear time whatever is written; and the standard library's parser
takes it apart here, because other readers of a schema run patterns by backtracking, where `(a+)+$` takes for ever.
`re._parser` has no underscore-free name since `sre_parse` was given up; its trees have been the same since Python 3.11.
"""

from collections.abc import Callable, Iterable
from functools import cache
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import re2

MAX_PATTERN = 200  # characters: beyond that nobody can review it
MAX_PROGRAM = 2000  # RE2's steps, as for the patterns of logs
# What stands for all characters where sets of them are compared: Latin-1, and a few beyond.
_PROBES = frozenset(map(chr, range(256))) | frozenset("中文，。😀\u2028")
_WORD = frozenset(char for char in _PROBES if char == "_" or (char.isascii() and char.isalnum()))
_CATEGORIES = {"DIGIT": frozenset("0123456789"), "SPACE": frozenset(" \t\n\r\f\v"), "WORD": _WORD}

Chars = frozenset[str]
Tree = list[tuple[Any, Any]]


def _options() -> re2.Options:
    options = re2.Options()
    options.log_errors = False
    return options


@cache
def _compiled(pattern: str) -> Any:
    return re2.compile(pattern, _options())


def matcher(pattern: str) -> Callable[[str], bool]:
    """Whether a pattern without a fault is found in a text, as JSON Schema means it: anywhere, unless anchored."""
    shape = _compiled(pattern)
    return lambda text: shape.search(text) is not None


@cache
def fault_of(pattern: str) -> str | None:
    """Why the pattern is refused, for people; None where it is well."""
    if len(pattern) > MAX_PATTERN:
        return f"it has {len(pattern)} characters, at most {MAX_PATTERN} can be reviewed"
    try:
        tree = _parse(pattern)
        size = _compiled(pattern).programsize
    except (re2.error, _constants.error, RecursionError, OverflowError) as error:
        return f"not a regular expression that RE2 knows: {_reason(error)}"
    if size > MAX_PROGRAM:
        return f"too large: {size} steps, {MAX_PROGRAM} are allowed"
    return _explodes(tree)


def _reason(error: BaseException) -> str:
    first = error.args[0] if error.args else error
    return first.decode(errors="replace") if isinstance(first, bytes) else str(first)


@cache
def may_begin_with_dash(pattern: str) -> bool:
    """Whether some text that the pattern admits begins with `-`."""
    return any(_branch_may(branch) for branch in _branches(_parse(pattern)))


def _branch_may(branch: Tree) -> bool:
    if not _anchored(branch, "AT_BEGINNING") or "-" in _first(branch):
        return True
    # What can be empty and has no end lets anything follow.
    return all(_may_be_empty(*node) for node in branch) and not _anchored(branch[::-1], "AT_END")


@cache
def longest(pattern: str) -> int | None:
    """How many characters an admitted text has at most; None where there is no bound."""
    tree = _parse(pattern)
    closed = all(_anchored(one, "AT_BEGINNING") and _anchored(one[::-1], "AT_END") for one in _branches(tree))
    most = int(tree.getwidth()[1])
    return most if closed and most < int(_constants.MAXREPEAT) else None


def _parse(pattern: str) -> Any:
    return _parser.parse(pattern)


def _branches(tree: Any) -> list[Tree]:
    """The alternatives at the top of a tree: each has its own anchors."""
    nodes: Tree = list(tree)
    if len(nodes) == 1 and str(nodes[0][0]) == "BRANCH":
        return [list(one) for one in nodes[0][1][1]]
    return [nodes]


def _anchored(nodes: Tree, kind: str) -> bool:
    """Whether the first node is this anchor, also as the first of a group (`^(?:a|b)$`, `(^a$)`)."""
    if not nodes:
        return False
    op, value = nodes[0]
    if str(op) == "AT":
        return str(value) in (kind, f"{kind}_STRING")
    step = -1 if kind == "AT_END" else 1
    if str(op) == "SUBPATTERN":
        return _anchored(list(value[3])[::step], kind)
    if str(op) == "BRANCH":
        return all(_anchored(list(one)[::step], kind) for one in value[1])
    return False


def _parts(op: Any, value: Any) -> list[Tree]:
    """The trees inside a node."""
    match str(op):
        case "SUBPATTERN":
            return [list(value[3])]
        case "BRANCH":
            return [list(one) for one in value[1]]
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            return [list(value[2])]
        case "ATOMIC_GROUP":
            return [list(value)]
        case _:
            return []


def _chars(op: Any, value: Any) -> Chars:
    """The characters that a node of one character admits."""
    match str(op):
        case "LITERAL":
            return frozenset(chr(value))
        case "NOT_LITERAL":
            return _PROBES - {chr(value)}
        case "ANY":
            return _PROBES - {"\n"}
        case "RANGE":
            return frozenset(char for char in _PROBES if value[0] <= ord(char) <= value[1])
        case "CATEGORY":
            name = str(value).removeprefix("CATEGORY_")
            plain = _CATEGORIES[name.removeprefix("NOT_")]
            return _PROBES - plain if name.startswith("NOT_") else plain
        case _:
            return _PROBES


def _set(items: Tree) -> Chars:
    chars = frozenset[str]().union(*(_chars(op, value) for op, value in items if str(op) != "NEGATE"))
    return _PROBES - chars if items and str(items[0][0]) == "NEGATE" else chars


def _first(nodes: Iterable[tuple[Any, Any]]) -> Chars:
    """The characters that a text of these nodes may begin with."""
    chars: Chars = frozenset()
    for op, value in nodes:
        if str(op) == "AT":
            continue
        chars |= _first_of(op, value)
        if not _may_be_empty(op, value):
            break
    return chars


def _first_of(op: Any, value: Any) -> Chars:
    if str(op) == "IN":
        return _set(value)
    parts = _parts(op, value)
    if parts:
        return frozenset[str]().union(*(_first(part) for part in parts))
    return _chars(op, value)


def _may_be_empty(op: Any, value: Any) -> bool:
    if str(op) == "AT":
        return True
    if str(op).endswith("REPEAT"):
        return value[0] == 0 or all(_may_be_empty(*node) for node in value[2])
    parts = _parts(op, value)
    return bool(parts) and any(all(_may_be_empty(*node) for node in part) for part in parts)


_MANY = 10  # a repetition of at most ten is no bomb


def _explodes(nodes: Iterable[tuple[Any, Any]]) -> str | None:
    """What would make a backtracking engine take exponential time, or None.

    Inside a repetition, one character must say how to go on: an optional or repeated part, and each alternative, begins
    with other characters than what may follow or stand in its place. That is stricter than need be, and sure.
    """
    for op, value in nodes:
        if _repeats(op) and value[1] > _MANY and (why := _ambiguous(list(value[2]), _first(value[2]))):
            return why
        for part in _parts(op, value):
            if why := _explodes(part):
                return why
    return None


def _repeats(op: Any) -> bool:
    return str(op).endswith("REPEAT")


def _ambiguous(body: Tree, again: Chars) -> str | None:
    """Where two ways go on alike in a repeated `body`; `again` is what may follow after it."""
    if all(_may_be_empty(*node) for node in body):
        return "a repetition of something that can be empty takes exponential time"
    for at, (op, value) in enumerate(body):
        rest = body[at + 1 :]
        follow = _first(rest) | (again if all(_may_be_empty(*node) for node in rest) else frozenset())
        if _repeats(op) and value[0] != value[1] and _first(value[2]) & follow:
            return "a repetition inside a repetition, and what follows it, begin alike: that takes exponential time"
        parts = _parts(op, value)
        firsts = [_first(part) | (follow if all(_may_be_empty(*n) for n in part) else frozenset()) for part in parts]
        if any(one & other for place, one in enumerate(firsts) for other in firsts[place + 1 :]):
            return "repeated alternatives begin alike: that takes exponential time"
        for part in parts:
            after = follow | (_first(part) if _repeats(op) else frozenset())
            if not all(_may_be_empty(*node) for node in part) and (why := _ambiguous(part, after)):
                return why
    return None
