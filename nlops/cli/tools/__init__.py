"""`nlops tools`: the catalogue, the linter of definitions, a first definition, and one run by hand."""

import argparse
import importlib
import json

_EXAMPLES = """examples:
  nlops tools new                        a few questions, and a definition to start with
  nlops tools check tools/               what is wrong with them, and what would do
  nlops tools try tools/disk_free.json path=/    one run by hand, recorded as the service does
  nlops tools schema > tools/tool.schema.json    for editors: "$schema": "./tool.schema.json"
"""
# what -> (module under nlops.cli.tools, what it does)
_COMMANDS = {
    "list": ("show", "all there are: their risk, and whether they are enabled"),
    "show": ("show", "the definition of NAME"),
    "check": ("check", "lint files and folders (default: what nlops ships)"),
    "schema": ("", "the JSON Schema of definitions"),
    "new": ("new", "a few questions on the terminal, and a first definition in FOLDER (default: tools)"),
    "try": ("attempt", "run NAME, or the definition in a file, by hand: key=value … or a JSON object"),
}


def configure(parser: argparse.ArgumentParser) -> None:
    lines = "\n".join(f"  {name:<8} {text}" for name, (_, text) in _COMMANDS.items())
    parser.epilog = f"{lines}\n\n{_EXAMPLES}"
    parser.add_argument("what", choices=tuple(_COMMANDS))
    parser.add_argument("words", nargs="*", metavar="NAME|PATH|key=value")
    parser.add_argument("--json", action="store_true", help="for programs (list, check)")
    parser.add_argument("--yes", action="store_true", help="try: do not ask before a change")


def run(args: argparse.Namespace) -> int:
    if args.what == "schema":
        from nlops.toolbox.schema import DEFINITION_SCHEMA

        print(json.dumps(DEFINITION_SCHEMA, ensure_ascii=False, indent=2))
        return 0
    module = importlib.import_module(f"nlops.cli.tools.{_COMMANDS[args.what][0]}")
    return int(getattr(module, f"run_{args.what}")(args))
