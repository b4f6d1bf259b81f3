"""`nlops tools new`: a few questions, and a first definition that passes the linter. Nothing that exists is touched."""

import argparse
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from nlops.cli.definitions import check_file
from nlops.cli.resources import data_path
from nlops.cli.tools.show import config_if_any
from nlops.domain.errors import UsageError
from nlops.domain.tools import JsonObject
from nlops.toolbox.definition import lint
from nlops.toolbox.faults import errors_of
from nlops.toolbox.schema import DEFINITION_SCHEMA
from nlops.toolbox.template import names_in

SCHEMA_FILE = "tool.schema.json"
_FUNCTION = '''"""The function of the tool {name}: it gets the arguments by name, and what it returns is shown."""


def {name}({parameters}) -> str:
    return "{name} is not written yet"
'''


def run_new(args: argparse.Namespace) -> int:
    folder = _folder(args)
    try:
        definition = _ask_all(folder)
    except (EOFError, KeyboardInterrupt):
        raise UsageError("the questions were not answered to the end; nothing was written") from None
    file = folder / f"{definition['name']}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        _write(file, write_definition(definition))
        _write_if_new(folder / SCHEMA_FILE, json.dumps(DEFINITION_SCHEMA, ensure_ascii=False, indent=2) + "\n")
        if "python" in definition["run"]:
            parameters = ", ".join(definition["inputSchema"]["properties"])
            source = _FUNCTION.format(name=definition["name"], parameters=parameters)
            _write_if_new(folder / f"{definition['name']}.py", source)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
    _tell(file, definition)
    return 0


def _folder(args: argparse.Namespace) -> Path:
    if len(args.words) > 1:
        raise UsageError("tools new wants at most one folder")
    if args.words:
        return Path(args.words[0]).expanduser().absolute()
    config = config_if_any(args.config)
    paths = config.tools.paths if config is not None else ()
    return (paths[0] if paths else Path("tools")).absolute()


def _tell(file: Path, definition: JsonObject) -> None:
    print(f"\nwrote {file}")
    for fault in check_file(file).faults:
        print(f"  {fault.level}: {fault.place}: {fault}")
    arguments = definition["examples"][0]["arguments"].items()
    words = " ".join(shlex.quote(f"{key}={value}") for key, value in arguments)
    print(f"try it:     nlops tools try {os.path.relpath(file)} {words}".rstrip())
    print(f'enable it:  [tools] paths = ["{os.path.relpath(file.parent)}"], and "{file.stem}" in enable (nlops.toml)')


def _write(file: Path, text: str) -> None:
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        os.fchmod(out.fileno(), 0o644)  # whatever the umask: a file that the group can write is not loaded
        out.write(text)


def _write_if_new(file: Path, text: str) -> None:
    if not file.exists():
        _write(file, text)


def write_definition(definition: JsonObject) -> str:
    """The definition as JSON, one line for what is short."""
    lines = [f"  {json.dumps(key)}: {_lay_out(value)}" for key, value in definition.items()]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _lay_out(value: object) -> str:
    line = json.dumps(value, ensure_ascii=False)
    if len(line) <= 90:
        return line
    return json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n  ")


# The questions


def _ask(question: str, default: str = "", check: Callable[[str], str | None] = lambda _: None) -> str:
    """One answer that passes `check`, which says why not; an empty one means the default."""
    while True:
        print(f"{question}{f' [{default}]' if default else ''}: ", end="", file=sys.stderr, flush=True)
        answer = input().strip() or default
        if not sys.stdin.isatty():
            print(answer, file=sys.stderr)  # so that it reads as if it were typed
        why = check(answer) if answer else "an answer is needed"
        if why is None:
            return answer
        print(f"  {why}", file=sys.stderr)
        if not sys.stdin.isatty():
            raise UsageError(f"{question}: {why}; nothing was written")


def _choose(question: str, choices: Iterable[str], default: str) -> str:
    known = list(choices)
    wrong = f"one of: {', '.join(known)}"
    return _ask(f"{question} ({'/'.join(known)})", default, lambda text: None if text in known else wrong)


_MOST_OF_TITLE, _HALF_TITLE = 100, 48


def _ask_all(folder: Path) -> dict[str, Any]:
    raw: dict[str, Any] = {"$schema": f"./{SCHEMA_FILE}"}
    raw["name"] = _ask("name of the tool, as in disk_free", check=lambda text: _check_name(text, folder))
    english = _ask("what it does, in English")
    chinese = _ask("the same in Chinese (- for none)", "-")
    words = english.rstrip(".")
    raw["title"] = words[:_MOST_OF_TITLE] if chinese == "-" else f"{words[:_HALF_TITLE]} / {chinese[:_HALF_TITLE]}"
    raw["description"] = english if chinese == "-" else f"{english.rstrip('.')}. {chinese}"
    raw["inputSchema"] = _input_schema({}, [])
    risk = _choose("is it a look only, a change, or does it destroy", ("read", "change", "destroy"), "read")
    raw["annotations"] = {"readOnlyHint": risk == "read", "destructiveHint": risk == "destroy"}
    kind = _choose("what runs", ("command", "http", "python"), "command")
    raw["run"], names = _ask_run(kind, raw)
    properties = {name: _ask_property(name) for name in names}
    raw["inputSchema"] = _input_schema(properties, names)
    faults = _faults(raw, "run", "inputSchema")
    if faults:
        raise UsageError(f"{faults}; nothing was written")
    question = "words that run it without a model, as in disk,磁盘 (- for none)"
    raw["keywords"] = _words(_ask(question, "-", lambda text: _check_keywords(text, raw)))
    raw["examples"] = _ask_examples(properties, chinese != "-")
    raw["timeout_s"] = 30
    raw["policy"] = {"risk": risk}
    return raw


def _input_schema(properties: JsonObject, required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _faults(raw: JsonObject, *keys: str) -> str | None:
    """What the linter says of these parts of a definition that is being made."""
    draft = {"description": "x", "run": {"argv": ["true"]}, **raw}
    found = errors_of(lint(json.dumps(draft), f"{draft['name']}.json").faults)
    return next((f"{fault.place}: {fault}" for fault in found if fault.path[:1] in [(key,) for key in keys]), None)


def _check_name(name: str, folder: Path) -> str | None:
    for file in (folder / f"{name}.json", data_path("tools") / f"{name}.json"):
        if file.exists():
            return f"{file} exists"
    return _faults({"name": name, "inputSchema": _input_schema({}, [])}, "name")


def _words(text: str) -> list[str]:
    parts = [] if text == "-" else re.split("[,，、]", text)
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))


def _check_keywords(text: str, raw: JsonObject) -> str | None:
    return _faults({**raw, "keywords": _words(text)}, "keywords")


def _ask_run(kind: str, raw: JsonObject) -> tuple[dict[str, Any], list[str]]:
    """How it runs, and the names of its arguments."""
    if kind == "python":
        answer = _ask("its arguments, as in path,days (- for none)", "-", _check_names)
        names = [] if answer == "-" else [name.strip() for name in answer.split(",")]
        return {"python": f"{raw['name']}:{raw['name']}"}, names

    def make(text: str) -> dict[str, Any]:
        return {"argv": shlex.split(text)} if kind == "command" else {"http": {"url": text}}

    def check(text: str) -> str | None:
        try:
            run = make(text)
        except ValueError as error:
            return f"it cannot be split into words: {error}"
        # Any bound will do here; the true ones are asked for next.
        anything = {name: {"enum": ["x"]} for name in dict.fromkeys(names_in(text))}
        return _faults({**raw, "run": run, "inputSchema": _input_schema(anything, [])}, "run")

    what = "the command, as in df -h {path}" if kind == "command" else "the URL, as in https://example.com/jobs/{job}"
    text = _ask(f"{what}; {{name}} is an argument", check=check)
    return make(text), list(dict.fromkeys(names_in(text)))


def _check_names(text: str) -> str | None:
    names = [] if text == "-" else text.split(",")
    bad = next((name for name in names if not re.fullmatch(r"[a-z_][a-z0-9_]*", name.strip())), None)
    return None if bad is None else f"{bad!r} is no name: small letters, digits and _"


def _ask_property(name: str) -> dict[str, Any]:
    kind = _choose(f"{name}: what may it be", ("choice", "number", "text", "bot"), "choice")
    if kind == "bot":
        return {"type": "string", "format": "bot", "description": "Which bot"}
    text = _ask(f"{name}: a word of description", name.replace("_", " "))
    if kind == "choice":
        values = _ask(f"{name}: the values, as in a,b,c", check=_check_values)
        return {"type": "string", "description": text, "enum": _values(values)}
    if kind == "number":
        least, most = (int(_ask(f"{name}: {what}", default, _check_number)) for what, default in _BOUNDS)
        return {"type": "integer", "description": text, "minimum": least, "maximum": most}
    return {"type": "string", "description": text, "pattern": "^[A-Za-z0-9_][A-Za-z0-9_. -]*$", "maxLength": 64}


_BOUNDS = (("the least", "1"), ("the most", "100"))


def _values(text: str) -> list[str]:
    return list(dict.fromkeys(value.strip() for value in text.split(",") if value.strip()))


def _check_values(text: str) -> str | None:
    dashed = next((value for value in _values(text) if value.startswith("-")), None)
    if dashed is not None:
        return f"{dashed!r} would be read as a flag"
    return None if _values(text) else "at least one"


def _check_number(text: str) -> str | None:
    return None if re.fullmatch(r"-?[0-9]{1,9}", text) else "a whole number"


def _ask_examples(properties: JsonObject, chinese: bool) -> list[dict[str, Any]]:
    examples = []
    for language in ("English", "Chinese") if chinese else ("English",):
        text = _ask(f"what somebody would write who wants it, in {language}")
        arguments = {name: _ask_value(name, schema, text) for name, schema in properties.items()}
        examples.append({"text": text, "arguments": arguments})
    return examples


def _ask_value(name: str, schema: JsonObject, text: str) -> object:
    """The value of an argument in an example: the one of an enum that stands in the text need not be asked for."""
    found = [value for value in schema.get("enum", ()) if value in text]
    said = [value for value in found if not any(value in other and value != other for other in found)]
    if len(said) == 1:
        return said[0]
    otherwise = "bob" if schema.get("format") == "bot" else "x"
    default = str(schema["enum"][0] if "enum" in schema else schema.get("minimum", otherwise))
    answer = _ask(f"  {name} in it", default, lambda value: _check_value(value, schema))
    return int(answer) if schema.get("type") == "integer" else answer


def _check_value(text: str, schema: JsonObject) -> str | None:
    from nlops.toolbox.arguments import validator_of

    if schema.get("type") == "integer" and _check_number(text) is not None:
        return "a whole number"
    value: object = int(text) if schema.get("type") == "integer" else text
    error = next(validator_of(schema).iter_errors(value), None)
    return None if error is None else str(error.message)
