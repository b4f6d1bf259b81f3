"""`nlops formats`: the log formats that a bot can be pinned to."""

import argparse
import json

_EPILOG = """example:
  nlops formats
  nlops formats --json"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.add_argument("--json", action="store_true", help='a list of {"name", "description"}')


def run(args: argparse.Namespace) -> int:
    from nlops.cli.load import load_formats

    formats = load_formats(args.config)
    if args.json:
        listed = [{"name": one.name, "description": one.description} for one in formats.values()]
        print(json.dumps(listed, ensure_ascii=False))
        return 0
    width = max(map(len, formats))
    for log_format in formats.values():
        print(f"{log_format.name:{width}}  {log_format.description}")
    return 0
