"""The servers of [[mcp]], and the definitions that have a tool of theirs pinned."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlops.adapters.definitions import Folders, lint_file
from nlops.cli.resources import data_path
from nlops.domain.config import Config, McpConfig
from nlops.domain.errors import ServerError, UsageError
from nlops.domain.tools import McpRun


@dataclass(frozen=True)
class Pin:
    """A definition of ours with a pin in it. `is_sound`: the linter lets it load."""

    name: str
    file: Path
    run: McpRun
    is_sound: bool


def server_named(config: Config, name: str) -> McpConfig:
    """Raises UsageError."""
    found = next((server for server in config.mcp if server.name == name), None)
    if found is None:
        names = ", ".join(server.name for server in config.mcp) or "none"
        raise UsageError(f"{config.file} has no [[mcp]] named {name!r}; there are: {names}")
    return found


def servers_meant(config: Config, words: list[str]) -> list[McpConfig]:
    """The one that is named, or all. Raises UsageError."""
    if len(words) > 1:
        raise UsageError("one server at most")
    if not config.mcp:
        raise UsageError(f'{config.file} has no [[mcp]]; write: [[mcp]] name = "…", command = ["…"] (docs/mcp.md)')
    return [server_named(config, words[0])] if words else list(config.mcp)


def pins_of(config: Config) -> list[Pin]:
    """Every definition with a pin, enabled or not. One that is faulty counts, as far as its pin can be read."""
    pins = []
    folders = Folders(data_path("tools"), tuple(folder for folder in config.tools.paths if folder.is_dir()))
    for name, file in folders.files().items():
        if folders.is_shipped(file):
            continue
        tool = lint_file(file).tool
        run = tool.run if tool is not None else _run_in(file)
        if isinstance(run, McpRun):
            pins.append(Pin(name, file, run, tool is not None))
    return pins


def _run_in(file: Path) -> McpRun | None:
    try:
        mcp = json.loads(file.read_text("utf-8"))["run"]["mcp"]
        return McpRun(str(mcp["server"]), str(mcp["tool"]), dict(mcp["pinned"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def ask(server: McpConfig) -> list[dict[str, Any]]:
    """The definitions that a server has now. Raises ServerError."""
    from nlops.adapters.mcp import link

    try:
        return asyncio.run(link.use(server, lambda connection: connection.definitions()))
    except link.ServerFailed as error:
        raise ServerError(str(error)) from None


def describe(server: McpConfig) -> str:
    return server.url or " ".join(server.command)


def hint_of(definition: Mapping[str, Any]) -> str:
    """What a server says of its own tool's harmlessness. Nothing follows from it."""
    hints = definition.get("annotations") or {}
    said = [word for key, word in (("readOnlyHint", "read-only"), ("destructiveHint", "destructive")) if hints.get(key)]
    return f" (it calls itself {' and '.join(said)})" if said else ""
