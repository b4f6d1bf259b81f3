"""The arguments' schema: what it may say, what it must bound, and that nothing in it leads out of the file."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from nlops.domain.tools import JsonObject
from nlops.toolbox import patterns
from nlops.toolbox.faults import Fault, Path, nearest, warning
from nlops.toolbox.leaves import Unresolved, is_free, leaves, length_bound, types_of, values_of
from nlops.toolbox.shape import faults_of

MAX_DEPTH = 32
_COUNT: JsonObject = {"type": "integer", "minimum": 0}
_NUMBER: JsonObject = {"type": "number"}
_TEXT: JsonObject = {"type": "string"}
_YES_NO: JsonObject = {"type": "boolean"}
_ONE: JsonObject = {"type": ["object", "boolean"]}
_SEVERAL: JsonObject = {"type": "array", "minItems": 1, "items": _ONE}
_NAMED: JsonObject = {"type": "object", "additionalProperties": _ONE}
_WORDS: JsonObject = {"type": "array", "items": _TEXT, "uniqueItems": True}
_TYPE: JsonObject = {"enum": ["string", "integer", "number", "boolean", "array", "object", "null"]}
# Keywords of 2020-12 that say something here, and what they take. A misspelt one would be ignored, and with it the
# bound that was meant. (The metaschema says the same by way of dynamic references, and takes four times as long.)
_KEYWORDS: dict[str, JsonObject] = {
    "type": {"anyOf": [_TYPE, {"type": "array", "minItems": 1, "items": _TYPE, "uniqueItems": True}]},
    "enum": {"type": "array", "minItems": 1},
    "examples": {"type": "array"},
    "const": {},
    "default": {},
    **dict.fromkeys(("title", "description", "format", "$comment", "$ref", "pattern"), _TEXT),
    **dict.fromkeys(("deprecated", "readOnly", "writeOnly", "uniqueItems"), _YES_NO),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minContains", "maxContains"), _COUNT),
    **dict.fromkeys(("minProperties", "maxProperties"), _COUNT),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"), _NUMBER),
    "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    **dict.fromkeys(("items", "contains", "propertyNames", "not", "if", "then", "else"), _ONE),
    **dict.fromkeys(("additionalProperties", "unevaluatedItems", "unevaluatedProperties"), _ONE),
    **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), _SEVERAL),
    **dict.fromkeys(("properties", "patternProperties", "dependentSchemas", "$defs"), _NAMED),
    "required": _WORDS,
    "dependentRequired": {"type": "object", "additionalProperties": _WORDS},
}
_LEADS_OUT = {
    "$id": "it would change where references lead",
    "$dynamicRef": "it leads to whatever has the anchor",
    "$recursiveRef": "it leads to whatever has the anchor",
    "$anchor": "references go to `#/$defs/…` only",
    "$dynamicAnchor": "references go to `#/$defs/…` only",
    "$vocabulary": "the vocabulary is that of 2020-12",
    "$schema": "it belongs to the top of inputSchema",
}
_SCHEMAS = frozenset(("properties", "patternProperties", "$defs", "dependentSchemas"))  # names to schemas
_LISTS = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
_SINGLE = frozenset(("items", "contains", "propertyNames", "not", "if", "then", "else"))


def check_inputs(schema: JsonObject) -> Iterator[Fault]:
    """The faults of an `inputSchema` that has the shape of one."""
    base: Path = ("inputSchema",)
    faults = [fault for path, one in walk(schema, base) for fault in _check_keywords(path, one, top=path == base)]
    yield from faults
    for name in schema.get("required", ()):
        if name not in schema["properties"]:
            yield Fault((*base, "required"), f"{name!r} is no property", nearest(name, schema["properties"]))
    if not faults:
        for name, one in schema["properties"].items():
            yield from _check_property((*base, "properties", name), one, schema)


@cache
def _values() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator({"properties": _KEYWORDS})


def walk(schema: Any, path: Path, depth: int = 0) -> Iterator[tuple[Path, JsonObject]]:
    """Every schema inside a schema, with its path."""
    if not isinstance(schema, Mapping) or depth > MAX_DEPTH:
        return
    yield path, schema
    for key, value in schema.items():
        if key in _SINGLE or (key == "additionalProperties" and isinstance(value, Mapping)):
            yield from walk(value, (*path, key), depth + 1)
        elif key in _SCHEMAS and isinstance(value, Mapping):
            for name, one in value.items():
                yield from walk(one, (*path, key, name), depth + 1)
        elif key in _LISTS and isinstance(value, list):
            for at, one in enumerate(value):
                yield from walk(one, (*path, key, at), depth + 1)


def _check_keywords(path: Path, schema: JsonObject, *, top: bool) -> Iterator[Fault]:
    if len(path) > MAX_DEPTH:
        yield Fault(path, "nested too deeply", "no argument needs that")
    for error in _values().iter_errors(schema):
        yield from faults_of(error, path)
    for key, value in schema.items():
        if key in _LEADS_OUT and not (top and key == "$schema"):
            yield Fault((*path, key), f"found {value!r}", _LEADS_OUT[key])
        elif key == "$ref" and not str(value).startswith("#/$defs/"):
            yield Fault((*path, key), f"{value!r} points out of $defs", "write the schema here, or under #/$defs/")
        elif key == "pattern" and (fault := patterns.fault_of(str(value))) is not None:
            yield Fault((*path, key), fault, "write one that says at each place how to go on, without look-around")
        elif key == "patternProperties" and isinstance(value, Mapping):
            for one in value:
                if fault := patterns.fault_of(one):
                    yield Fault((*path, key, one), fault)
        elif key not in _KEYWORDS and key not in _LEADS_OUT and not key.startswith("x-"):
            yield Fault((*path, key), "no keyword of JSON Schema 2020-12", nearest(key, _KEYWORDS))


def _check_property(path: Path, schema: JsonObject, root: JsonObject) -> Iterator[Fault]:
    try:
        found = leaves(schema, root)
    except Unresolved as error:
        yield Fault(path, str(error), "write the schema here")
        return
    for leaf in found:
        if not types_of(leaf) and values_of(leaf) is None:
            yield Fault(path, "it has no type, so anything would do", 'give it a "type" or an "enum"')
        elif leaf.get("format") not in (None, "bot") and is_free(leaf):
            yield warning((*path, "format"), f"{leaf['format']!r} is not checked", "a pattern is")
    bad = next((v for leaf in found for v in (leaf.get("default"),) if v is not None and not _fits(v, schema, root)), 0)
    if bad:
        yield Fault((*path, "default"), f"{bad!r} is not what the schema lets through", "mend one of the two")


def _fits(value: object, schema: JsonObject, root: JsonObject) -> bool:
    from jsonschema import Draft202012Validator

    return bool(Draft202012Validator({**schema, "$defs": root.get("$defs", {})}).is_valid(value))


def unbounded(schema: JsonObject, root: JsonObject) -> bool:
    """Whether this property lets a string of any length through. Schemas with faults: see `check_inputs`."""
    return any(_is_unbounded(leaf) for leaf in leaves(schema, root))


def _is_unbounded(leaf: JsonObject) -> bool:
    if not is_free(leaf):
        return False
    if "array" in types_of(leaf):
        return _is_unbounded(leaf["items"]) if isinstance(leaf.get("items"), Mapping) else True
    return length_bound(leaf) is None and not isinstance(leaf.get("pattern"), str)


def endless(schema: JsonObject, root: JsonObject) -> bool:
    """Whether a pattern says what may stand there, and nothing says how much of it."""
    return any(
        is_free(leaf) and "pattern" in leaf and length_bound(leaf) is None and "array" not in types_of(leaf)
        for leaf in leaves(schema, root)
    )
