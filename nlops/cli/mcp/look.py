"""`nlops mcp tools` and `nlops mcp diff`: what servers have, and what of it is not as it was pinned."""

import argparse
import json
import sys

from nlops.adapters.mcp.calls import find
from nlops.cli.load import load_config
from nlops.cli.mcp.servers import Pin, ask, describe, hint_of, pins_of, servers_meant
from nlops.domain.errors import ServerError
from nlops.toolbox.pins import changes, plain

LINE = 100  # characters of a description in a list


def run_tools(args: argparse.Namespace) -> int:
    """1 where a server could not be asked."""
    config = load_config(args.config)
    servers, pins = servers_meant(config, args.words), pins_of(config)
    failed, rows = False, []
    for server in servers:
        try:
            definitions = ask(server)
        except ServerError as error:
            print(f"nlops: {error}", file=sys.stderr)
            failed = True
            continue
        if not args.json:
            print(f"{server.name}: {describe(server)}")
        for one in definitions:
            pin = next((pin for pin in pins if (pin.run.server, pin.run.tool) == (server.name, one["name"])), None)
            state = _state(pin, changes(pin.run.pinned, find(definitions, one["name"])) if pin else ())
            rows.append({"server": server.name, "state": state, "definition": one})
            if not args.json:
                text = plain(str(one.get("description", "")))
                print(f"  {plain(one['name']):<28} {state:<26} {text[:LINE]}{'…' if text[LINE:] else ''}{hint_of(one)}")
    if args.json:
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    return 1 if failed else 0


def _state(pin: Pin | None, change: tuple[str, ...]) -> str:
    if pin is None:
        return "-"
    return f"CHANGED since {pin.name}" if change else f"pinned as {pin.name}"


def run_diff(args: argparse.Namespace) -> int:
    """0 where everything is as it was pinned, 1 where anything is not, or could not be looked at."""
    config = load_config(args.config)
    differs = False
    for server in servers_meant(config, args.words):
        pins = [pin for pin in pins_of(config) if pin.run.server == server.name]
        if not pins:
            print(f"{server.name}: nothing is pinned")
            continue
        try:
            definitions = ask(server)
        except ServerError as error:
            print(f"nlops: {error}", file=sys.stderr)
            differs = True
            continue
        for pin in pins:
            change = changes(pin.run.pinned, find(definitions, pin.run.tool))
            differs = differs or bool(change)
            state = f"changed, so it is off; accept it: {_accept(pin)}" if change else "as it was pinned"
            print(f"{pin.name}: {state}")
            print("".join(f"  {line}\n" for line in change), end="")
    return 1 if differs else 0


def _accept(pin: Pin) -> str:
    return f"nlops mcp pin {pin.run.server} {pin.run.tool}"
