"""`nlops mcp pin`: a definition of ours around a tool of a server as it is now, for a person to read and to decide.

A tool that is pinned already keeps what the operator wrote into its definition; what the server changed is shown and
accepted first.
"""

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

from nlops.adapters.mcp.calls import find
from nlops.cli.definitions import check_file
from nlops.cli.load import load_config
from nlops.cli.mcp.servers import Pin, ask, hint_of, pins_of, server_named
from nlops.cli.resources import data_path
from nlops.cli.tools.new import SCHEMA_FILE, write_definition
from nlops.domain.config import Config
from nlops.domain.errors import ConfigError, UsageError
from nlops.toolbox.definition import lint
from nlops.toolbox.faults import errors_of
from nlops.toolbox.pins import changes, draft, fault_of_pin, name_for, plain, renewed, visible
from nlops.toolbox.schema import DEFINITION_SCHEMA

_EDITORS = {"$schema": f"./{SCHEMA_FILE}"}


def run_pin(args: argparse.Namespace) -> int:
    """0 where all were written and can be enabled; 1 where one was not wanted, or has faults to mend first."""
    config = load_config(args.config)
    if len(args.words) < 2 or (args.name and len(args.words) > 2):
        raise UsageError("mcp pin wants a server and its tools (with --as one tool): nlops mcp pin files read_file")
    server, names = server_named(config, args.words[0]), list(dict.fromkeys(args.words[1:]))
    definitions, pins = ask(server), pins_of(config)
    found = {name: find(definitions, name) for name in names}
    _check_all(config, server.name, found, [str(one.get("name")) for one in definitions])
    folder = _folder(config)
    well = [_pin(config, folder, server.name, pin, pins, args) for pin in found.values() if pin is not None]
    return 0 if all(well) else 1


def _check_all(config: Config, server: str, found: dict[str, dict[str, Any] | None], known: list[str]) -> None:
    """Raises UsageError before anything is written."""
    for name, pin in found.items():
        if pin is None:
            names = ", ".join(map(plain, known)) or "none"
            raise UsageError(f"the MCP server {server} of {config.file} has no tool {name!r}; it has: {names}")
        if "twice" in pin:
            raise UsageError(f"the MCP server {server} has two tools named {name!r}: neither can be pinned")
        if fault := fault_of_pin(pin):
            raise UsageError(f"{name} of {server} cannot be pinned: {fault}")


def _folder(config: Config) -> Path:
    """Where the operator's definitions lie. Raises ConfigError."""
    if not config.tools.paths:
        mend = 'name a folder for definitions first: paths = ["tools"]'
        raise ConfigError(str(config.file), "tools.paths", f"there is none; {mend}")
    return config.tools.paths[0]


def _pin(
    config: Config, folder: Path, server: str, pin: dict[str, Any], pins: list[Pin], args: argparse.Namespace
) -> bool:
    old = next((one for one in pins if (one.run.server, one.run.tool) == (server, pin["name"])), None)
    if old is not None:
        return _renew(old, pin, yes=args.yes)
    name = args.name or name_for(server, pin["name"])
    file, text = folder / f"{name}.json", visible(write_definition({**_EDITORS, **draft(server, pin, name)}))
    _check_name(name, file, text)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o755)
        _write(folder / SCHEMA_FILE, json.dumps(DEFINITION_SCHEMA, ensure_ascii=False, indent=2) + "\n", is_new=False)
        _write(file, text)
    except FileExistsError:
        raise UsageError(f"{file} exists; give another name: --as NAME") from None
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
    print(f"wrote {file}{hint_of(pin)}")
    return _tell(config, file, name)


def _check_name(name: str, file: Path, text: str) -> None:
    """A name that is taken would keep the whole folder from loading. Raises UsageError."""
    faults = errors_of(lint(text, f"{name}.json").faults)
    found = next((fault.found for fault in faults if fault.path == ("name",)), None)
    if found is None and (data_path("tools") / f"{name}.json").exists():
        found = f"{name!r} is a tool that nlops brings along"
    if found is not None:
        raise UsageError(f"{file} is not written: {found}; give another name: --as NAME")


def _tell(config: Config, file: Path, name: str) -> bool:
    faults = check_file(file).faults
    for fault in faults:
        print(f"  {fault.level}: {fault.place}: {fault}")
    if errors_of(faults):
        print("  it can't be enabled before its errors are mended")
        return False
    print(f"  now a change that always asks; read it, and decide in it: policy, keywords, examples\n"
          f'  enable it:  [tools] enable = […, "{name}"] in {config.file}')  # fmt: skip
    return True


def _renew(old: Pin, pin: dict[str, Any], *, yes: bool) -> bool:
    change = changes(old.run.pinned, pin)
    if not change:
        print(f"{old.file} is as it was pinned")
        return old.is_sound
    print(f"{old.file} would change:")
    print("".join(f"  {line}\n" for line in change), end="")
    if not yes and not _agreed():
        print("not written; it stays off")
        return False
    raw = json.loads(old.file.read_text("utf-8"))
    temporary = old.file.with_name(f".{old.file.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        _write(temporary, visible(write_definition(renewed(raw, pin))))
        temporary.replace(old.file)
    except OSError as error:
        raise UsageError(f"{old.file} cannot be written: {error.strerror}") from error
    print(f"wrote {old.file}; what you decided in it stays")
    faults = errors_of(check_file(old.file).faults)
    for fault in faults:
        print(f"  error: {fault.place}: {fault}")
    return not faults


def _agreed() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("answer on a terminal, or give --yes")
    print("accept it? y/N ", end="", file=sys.stderr, flush=True)
    return input().strip().lower() in ("y", "yes")


def _write(file: Path, text: str, *, is_new: bool = True) -> None:
    """A file that others can read and only we can write, whatever the umask. Raises FileExistsError where it has to be
    new; one that may be there stays as it is."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError:
        if is_new:
            raise
        return
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        os.fchmod(out.fileno(), 0o644)
        out.write(text)
