"""What a property's schema lets through, taken apart: references followed, alternatives listed, bounds found."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nlops.domain.tools import JsonObject
from nlops.toolbox import patterns

MAX_DEPTH = 16  # of references and alternatives inside each other


class Unresolved(ValueError):
    """A reference that leads nowhere or round in a circle."""


def leaves(schema: JsonObject, root: JsonObject) -> list[JsonObject]:
    """The alternatives of a schema, each without references, `anyOf`, `oneOf` and `allOf`. Raises Unresolved."""
    return list(_leaves(schema, root, 0))


def _leaves(schema: JsonObject, root: JsonObject, depth: int) -> Iterator[JsonObject]:
    if depth > MAX_DEPTH:
        raise Unresolved("it refers to itself, or is nested too deeply")
    own = {key: value for key, value in schema.items() if key not in ("$ref", "anyOf", "oneOf", "allOf")}
    if "$ref" in schema:
        own = {**_resolve(str(schema["$ref"]), root), **own}
    for part in schema.get("allOf", ()):
        own = {**part, **own}
    if "$ref" in own or "allOf" in own:
        yield from _leaves(own, root, depth + 1)
        return
    branches = [*schema.get("anyOf", ()), *schema.get("oneOf", ()), *own.pop("anyOf", ()), *own.pop("oneOf", ())]
    if not branches:
        yield own
    for branch in branches:
        yield from _leaves({**own, **branch}, root, depth + 1)


def _resolve(reference: str, root: JsonObject) -> JsonObject:
    at: Any = root
    for step in reference.removeprefix("#").split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(at, Mapping) or key not in at:
            raise Unresolved(f"{reference!r} leads nowhere")
        at = at[key]
    if not isinstance(at, Mapping):
        raise Unresolved(f"{reference!r} leads nowhere")
    return at


def types_of(leaf: JsonObject) -> frozenset[str]:
    given = leaf.get("type", ())
    return frozenset((given,) if isinstance(given, str) else given)


def values_of(leaf: JsonObject) -> tuple[object, ...] | None:
    """The values of an enum or const; None where any value of the type goes."""
    if "const" in leaf:
        return (leaf["const"],)
    given = leaf.get("enum")
    return tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else None


def is_bot(leaf: JsonObject) -> bool:
    return leaf.get("format") == "bot"


def is_free(leaf: JsonObject) -> bool:
    """Whether this lets strings through that nobody has listed."""
    if values_of(leaf) is not None or is_bot(leaf) or leaf.get("format") == "target":
        return False
    types = types_of(leaf)
    if "array" in types and isinstance(leaf.get("items"), Mapping) and is_free(leaf["items"]):
        return True
    return not types or "string" in types


def length_bound(leaf: JsonObject) -> int | None:
    """The most characters of a free string; None where there is no bound."""
    bounds = [leaf["maxLength"]] if isinstance(leaf.get("maxLength"), int) else []
    if isinstance(leaf.get("pattern"), str) and patterns.fault_of(leaf["pattern"]) is None:
        most = patterns.longest(leaf["pattern"])
        bounds += [] if most is None else [most]
    return min(bounds) if bounds else None


def dashed(leaf: JsonObject) -> object | None:
    """A value that is let through though it begins with `-`, or the pattern that lets one through; else None.

    A free string without a pattern is looked at when it comes (`toolbox.command`), and so is a number below nought.
    """
    items = leaf.get("items")
    if "array" in types_of(leaf) and isinstance(items, Mapping) and (found := dashed(items)) is not None:
        return found
    for value in (*(values_of(leaf) or ()), leaf.get("default")):
        for one in value if isinstance(value, list) else (value,):
            if isinstance(one, str) and one.startswith("-"):
                return one
    pattern = leaf.get("pattern")
    if values_of(leaf) is None and isinstance(pattern, str) and patterns.fault_of(pattern) is None:
        return f"pattern {pattern}" if patterns.may_begin_with_dash(pattern) else None
    return None
