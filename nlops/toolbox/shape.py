"""The shape of a definition against its schema: every departure as a fault that says what would do."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from nlops.toolbox.faults import Fault, Path, nearest
from nlops.toolbox.schema import CHECKS, DEFINITION_SCHEMA, RUNS

# Keys that other formats have, and what stands for them here.
_FOREIGN = {
    "command": 'write it as "run": {"argv": ["program", "argument", …]}; there is no shell',
    "shell": 'there is no shell; write "run": {"argv": ["program", "argument", …]}',
    "argv": 'it stands in "run": {"argv": […]}',
    "exec": 'write it as "run": {"argv": ["program", "argument", …]}',
    "script": 'put it into a file of its own and name that in "run": {"argv": […]}',
    "schema": 'it is called "inputSchema"',
    "parameters": 'it is called "inputSchema"',
    "input_schema": 'it is called "inputSchema"',
    "risk": 'it stands in "policy": {"risk": …}',
    "url": 'it stands in "run": {"http": {"url": …}}',
}


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(DEFINITION_SCHEMA)


def check_shape(raw: object) -> Iterator[Fault]:
    """Every place where the definition is not what its schema says."""
    for error in sorted(_validator().iter_errors(raw), key=lambda error: list(map(str, error.absolute_path))):
        yield from faults_of(error)
    if isinstance(raw, Mapping) and isinstance(raw.get("run"), Mapping):
        yield from _check_one_kind(raw["run"], "run", RUNS)
    if isinstance(raw, Mapping) and isinstance(raw.get("verify"), Mapping):
        yield from _check_one_kind(raw["verify"], "verify", CHECKS)


def faults_of(error: Any, base: Path = ()) -> Iterator[Fault]:
    """The faults that an error of jsonschema's stands for; `base` is where the value that it is about stands."""
    path: Path = (*base, *error.absolute_path)
    if error.validator == "additionalProperties" and error.validator_value is False:
        known = error.schema.get("properties", {})
        for key in error.instance:
            if key not in known:
                yield Fault((*path, key), "no such key here", _FOREIGN.get(key) or nearest(key, known))
        return
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        # One error comes for each key that is missing: this one's is named in its message.
        key = next((key for key in missing if repr(key) in error.message), missing[0])
        yield Fault(path, f"{key!r} is missing", _MISSING.get(key, ""))
        return
    yield Fault(path, _found(error), _wanted(error))


_MISSING = {
    "additionalProperties": 'write "additionalProperties": false, so that no other argument is taken',
    "properties": 'write "properties": {} where there are no arguments',
    "run": 'write "run": {"argv": ["program", "argument", …]}',
    "inputSchema": 'write "inputSchema": {"type": "object", "properties": {…}, "additionalProperties": false}',
    "risk": 'write "risk": "read", "change" or "destroy"',
}


def _found(error: Any) -> str:
    shown = repr(error.instance)
    return f"found {shown if len(shown) <= 80 else shown[:79] + '…'}"


def _wanted(error: Any) -> str:
    value = error.validator_value
    match error.validator:
        case "enum":
            return f"one of: {', '.join(map(str, value))}"
        case "anyOf":
            return next((_wanted(inner) for inner in error.context), "")
        case "const":
            return f"it has to be {'false' if value is False else repr(value)}"
        case "type":
            if error.instance is not None and list(error.absolute_path)[-2:] == ["run", "argv"]:
                return "a list, one item an argument; there is no shell that would take a line apart"
            return f"it has to be: {value if isinstance(value, str) else ' or '.join(value)}"
        case "pattern":
            return f"it has to match {value}"
        case "maxLength" | "minLength" | "maximum" | "minimum" | "exclusiveMinimum" | "minItems" | "maxItems":
            return f"{_LIMITS[error.validator]} {value}"
        case "uniqueItems":
            return "each only once"
        case _:
            return str(error.message)


_LIMITS = {
    "maxLength": "the most characters are",
    "minLength": "the least characters are",
    "maximum": "at most",
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "minItems": "the least items are",
    "maxItems": "the most items are",
}


def _check_one_kind(run: Mapping[str, object], where: str, choices: tuple[str, ...]) -> Iterator[Fault]:
    kinds = [kind for kind in choices if kind in run]
    if len(kinds) != 1:
        yield Fault((where,), f"found {' and '.join(kinds) or 'none'} of {', '.join(choices)}", "exactly one of them")
        return
    allowed = {"argv": ("cwd", "user", "env"), "python": ("cwd", "user", "env")}.get(kinds[0], ())
    for key in ("cwd", "user", "env", *(("expect",) if kinds[0] == "bot" else ())):
        if key in run and key not in allowed:
            yield Fault((where, key), f"it means nothing beside {kinds[0]!r}", "leave it out")
