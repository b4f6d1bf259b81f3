"""`nlops tools`: the catalogue, and the linter of definitions."""

import argparse
import json
from pathlib import Path

from nlops.cli.load import load_catalogue, load_config, load_tool
from nlops.cli.resources import data_path
from nlops.domain.errors import ToolError, UsageError
from nlops.domain.tools import ToolSpec
from nlops.toolbox.schema import DEFINITION_SCHEMA


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops tools check my-tools/"
    parser.add_argument("what", choices=("list", "show", "check", "schema"))
    parser.add_argument("names", nargs="*", metavar="NAME|PATH", help="a tool for `show`, files or folders for `check`")


def run(args: argparse.Namespace) -> int:
    match args.what:
        case "schema":
            print(json.dumps(DEFINITION_SCHEMA, ensure_ascii=False, indent=2))
            return 0
        case "check":
            return _check([Path(name) for name in args.names] or [data_path("tools")])
        case "list":
            for tool in _tools(args.config):
                print(f"{tool.name:<16} {tool.policy.risk:<8} {tool.title}")
            return 0
        case _:
            return _show(args.names, args.config)


def _tools(config: str | None) -> list[ToolSpec]:
    """The allowlist of a configuration, or all that is shipped where there is none."""
    if config is None and not Path("nlops.toml").exists():
        return [load_tool(file) for file in sorted(data_path("tools").glob("*.json"))]
    return list(load_catalogue(load_config(config)).tools)


def _show(names: list[str], config: str | None) -> int:
    if len(names) != 1:
        raise UsageError("tools show wants one name")
    tool = next((tool for tool in _tools(config) if tool.name == names[0]), None)
    if tool is None:
        raise UsageError(f"no tool {names[0]!r}; there are: {', '.join(tool.name for tool in _tools(config))}")
    print(Path(tool.file).read_text("utf-8"), end="")
    return 0


def _check(paths: list[Path]) -> int:
    """Lint every file; the first fault of each is told. 1 where there was one."""
    faults = 0
    for file in [file for path in paths for file in (sorted(path.glob("*.json")) if path.is_dir() else [path])]:
        try:
            tool = load_tool(file)
            print(f"ok  {file}  {tool.name} ({tool.policy.risk})")
        except ToolError as error:
            print(f"bad {error}")
            faults += 1
    return 1 if faults else 0
