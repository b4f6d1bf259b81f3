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
    from nlops.monitor.formats import FORMATS

    if args.json:
        print(
            json.dumps([{"name": f.name, "description": f.description} for f in FORMATS.values()], ensure_ascii=False)
        )
        return 0
    width = max(map(len, FORMATS))
    for log_format in FORMATS.values():
        print(f"{log_format.name:{width}}  {log_format.description}")
    return 0
