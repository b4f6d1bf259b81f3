"""Tool definitions: JSON text in, a ToolSpec out, or one ToolError with file, JSON path, and what would do."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nlops.domain.errors import ToolError
from nlops.domain.tools import ArgvRun, BuiltinRun, Risk, Run, ToolExample, ToolPolicy, ToolSpec, digest
from nlops.toolbox.schema import DEFINITION_SCHEMA

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")
MAX_PATTERN = 200  # characters of a "pattern": beyond that nobody can review it


def parse_definition(text: str, file: str) -> ToolSpec:
    """Read one definition, strictly. `file` is for the error and must be named after the tool. Raises ToolError."""
    raw = _parse_json(text, file)
    _check_shape(raw, file)
    _check_name(raw, file)
    _check_input_schema(raw["inputSchema"], file)
    _check_placeholders(raw, file)
    _check_examples(raw, file)
    return _build(raw, file)


def _parse_json(text: str, file: str) -> Any:
    def no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
        keys = [key for key, _ in pairs]
        twin = next((key for key in keys if keys.count(key) > 1), None)
        if twin is not None:
            raise ToolError(file, "$", f"the key {twin!r} stands twice in one object")
        return dict(pairs)

    def no_constant(name: str) -> None:
        raise ToolError(file, "$", f"{name} is not JSON")

    try:
        return json.loads(text, object_pairs_hook=no_twins, parse_constant=no_constant)
    except json.JSONDecodeError as error:
        raise ToolError(file, f"line {error.lineno}, column {error.colno}", error.msg) from error
    except RecursionError:
        raise ToolError(file, "$", "nested too deeply") from None


def json_path(parts: Sequence[str | int]) -> str:
    """`$.run.argv[2]` of ("run", "argv", 2)."""
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)


def _check_shape(raw: object, file: str) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    error = best_match(Draft202012Validator(DEFINITION_SCHEMA).iter_errors(raw))
    if error is not None:
        raise ToolError(file, json_path(list(error.absolute_path)), error.message)


def _check_name(raw: Mapping[str, Any], file: str) -> None:
    stem = file.rsplit("/", 1)[-1].removesuffix(".json")
    if raw["name"] != stem:
        raise ToolError(file, "$.name", f"{raw['name']!r} should be {stem!r}, as the file is called")


def _walk(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], object]]:
    yield path, value
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _walk(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _walk(inner, (*path, at))


def _check_input_schema(schema: Mapping[str, Any], file: str) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        raise ToolError(file, json_path(["inputSchema", *error.absolute_path]), error.message) from error
    for path, value in _walk(schema):
        _check_reference(path, value, file)
    unknown = next((name for name in schema.get("required", ()) if name not in schema["properties"]), None)
    if unknown is not None:
        raise ToolError(file, "$.inputSchema.required", f"{unknown!r} is not among the properties")


def _check_reference(path: tuple[str | int, ...], value: object, file: str) -> None:
    where = json_path(["inputSchema", *path])
    if path[-1:] == ("$ref",) and isinstance(value, str) and not value.startswith("#"):
        raise ToolError(file, where, f"{value!r} points out of this file; write the schema here")
    if path[-1:] == ("pattern",) and isinstance(value, str):
        # Nested repetition is what makes a backtracking engine take exponential time.
        if len(value) > MAX_PATTERN or re.search(r"[*+}]\)*[*+{]", value):
            raise ToolError(file, where, f"a pattern of at most {MAX_PATTERN} characters, without nested repetition")
        try:
            re.compile(value)
        except re.error as error:
            raise ToolError(file, where, f"not a regular expression: {error}") from error


def _check_placeholders(raw: Mapping[str, Any], file: str) -> None:
    argv = raw["run"].get("argv", ())
    for at, item in enumerate(argv):
        where = f"$.run.argv[{at}]"
        for name in PLACEHOLDER.findall(item):
            if name not in raw["inputSchema"]["properties"]:
                known = ", ".join(raw["inputSchema"]["properties"]) or "none"
                raise ToolError(file, where, f"{{{name}}} is no property of inputSchema; there are: {known}")
        if at == 0 and PLACEHOLDER.search(item):
            raise ToolError(file, where, "the program itself cannot be an argument")
        if at == 0 and not item.startswith("/") and re.search(r"[\s;|&$<>`/]", item):
            raise ToolError(
                file, where, f"{item!r} is a shell line or a relative path; an absolute path or a bare name"
            )
    if argv and argv[0].rsplit("/", 1)[-1] in ("sh", "bash", "dash", "zsh", "fish", "busybox", "env", "eval"):
        raise ToolError(file, "$.run.argv[0]", f"{argv[0]!r} runs whatever it is given; name the program itself")


def _check_examples(raw: Mapping[str, Any], file: str) -> None:
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(raw["inputSchema"])
    for at, example in enumerate(raw.get("examples", ())):
        error = next(validator.iter_errors(example["arguments"]), None)
        if error is not None:
            place = json_path(["examples", at, "arguments", *error.absolute_path])
            raise ToolError(file, place, error.message)


def _policy(raw: Mapping[str, Any]) -> ToolPolicy:
    given, hints = raw.get("policy"), raw.get("annotations", {})
    if given is None:
        # The contract: risk follows the annotations, and what says nothing of itself is a change.
        destroys = hints.get("destructiveHint", False) and not hints.get("readOnlyHint", False)
        risk: Risk = "read" if hints.get("readOnlyHint", False) else "destroy" if destroys else "change"
        return ToolPolicy(risk, "always" if risk == "destroy" else None)
    return ToolPolicy(given["risk"], given.get("confirm", "always" if given["risk"] == "destroy" else None))


def _run(raw: Mapping[str, Any]) -> Run:
    return ArgvRun(tuple(raw["argv"])) if "argv" in raw else BuiltinRun(raw["builtin"])


def _build(raw: Mapping[str, Any], file: str) -> ToolSpec:
    return ToolSpec(
        name=raw["name"],
        title=raw.get("title", raw["name"]),
        description=raw["description"],
        input_schema=raw["inputSchema"],
        run=_run(raw["run"]),
        policy=_policy(raw),
        keywords=tuple(raw.get("keywords", ())),
        examples=tuple(ToolExample(one["text"], one["arguments"]) for one in raw.get("examples", ())),
        timeout_s=raw.get("timeout_s", 30.0),
        max_lines=raw.get("output", {}).get("max_lines", 500),
        output=raw.get("output", {}).get("as", "text"),
        file=file,
        digest=digest(raw),
    )
