"""`nlops tools`: the catalogue, the linter of definitions, a first definition, and one run by hand."""

import argparse
import importlib
import json

# what -> (module under nlops.cli.tools, what it takes, what it does, an example)
_COMMANDS = {
    "list": ("show", "", "all there are: their risk, and whether they are enabled", "list"),
    "show": ("show", "NAME", "the definition of a tool", "show restart"),
    "check": ("check", "PATH", "lint files and folders (default: what nlops ships)", "check tools/"),
    "schema": ("", "", "the JSON Schema of definitions, for editors", "schema > tools/tool.schema.json"),
    "new": ("new", "FOLDER", "a few questions, and a first definition in FOLDER (default: tools)", "new"),
    "try": (
        "attempt",
        "NAME|FILE key=value",
        "one run by hand, recorded as the service does; arguments may be one JSON object too",
        "try tools/disk_free.json path=/",
    ),
}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops tools check tools/"
    subs = parser.add_subparsers(dest="what", metavar="WHAT", required=True)
    for name, (_, takes, text, example) in _COMMANDS.items():
        sub = subs.add_parser(name, help=text, description=text, epilog=f"example: nlops tools {example}")
        sub.add_argument("-c", "--config", metavar="FILE", default=argparse.SUPPRESS, help="nlops.toml")
        sub.set_defaults(words=[], json=False, yes=False, ask=False)
        if takes:
            sub.add_argument("words", nargs="*", metavar=takes)
        if name in ("list", "check"):
            sub.add_argument("--json", action="store_true", help="for programs")
        if name == "check":
            sub.add_argument("--ask", action="store_true", help="try each definition's examples with the model too")
        if name == "try":
            sub.add_argument("--yes", action="store_true", help="do not ask before a change")


def run(args: argparse.Namespace) -> int:
    if args.what == "schema":
        from nlops.toolbox.schema import DEFINITION_SCHEMA

        print(json.dumps(DEFINITION_SCHEMA, ensure_ascii=False, indent=2))
        return 0
    module = importlib.import_module(f"nlops.cli.tools.{_COMMANDS[args.what][0]}")
    return int(getattr(module, f"run_{args.what}")(args))
