"""Definitions beside those of the configuration, for measuring how they are understood. Nothing of them can be run."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from nlops.adapters.definitions import definitions_in
from nlops.domain.errors import ConfigError, ToolError
from nlops.domain.tools import BuiltinRun, Catalogue, ToolSpec
from nlops.toolbox.definition import error_of, lint

# What a definition does is nothing for understanding; one that was written for a measurement alone may leave it out.
_NO_RUN = {"argv": ["true"]}


def with_more(catalogue: Catalogue, path: Path) -> Catalogue:
    """The catalogue and the definitions of a folder of JSON files, or of a JSON list. Raises ConfigError, ToolError."""
    tools = list(catalogue.tools)
    for tool in _read(path):
        if any(one.name == tool.name for one in tools):
            raise ConfigError(str(path), tool.name, "a tool of this name is in the catalogue already")
        tools.append(tool)
    return replace(catalogue, tools=tuple(tools))


def _read(path: Path) -> Iterator[ToolSpec]:
    files = definitions_in(path) if path.is_dir() else [path]
    if not files:
        raise ConfigError(str(path), "", "there is no definition (*.json) in it")
    for file in files:
        raw = _json(file)
        if isinstance(raw, list):
            for at, one in enumerate(raw):
                yield _tool(one, str(file), f"[{at}]")
        else:
            yield _tool(raw, str(file), "")


def _json(file: Path) -> object:
    try:
        return json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise ConfigError(str(file), "", f"cannot be read as JSON: {error}") from error


def _tool(raw: object, file: str, place: str) -> ToolSpec:
    if not isinstance(raw, Mapping) or not isinstance(raw.get("name"), str):
        raise ConfigError(file, place, 'not a definition: an object with "name", "description", "inputSchema"')
    linted = lint(json.dumps({"run": _NO_RUN, **raw}), f"{raw['name']}.json")
    if linted.tool is None:
        error = error_of(linted.faults, file)
        raise ToolError(file, f"{place} {raw['name']} {error.place}".strip(), error.message)
    return replace(linted.tool, run=BuiltinRun("none"), file=file)
