"""`nlops replay`: what the monitor reads in log files, and the state it ends in."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from nlops.domain.errors import UsageError

if TYPE_CHECKING:
    from nlops.domain.bots import BotState, LogSign

_EPILOG = """example:
  nlops replay --format starterbot /var/log/bob.log
  nlops replay --format python-wechaty --bot bob --json bob.log.1 bob.log"""
_BLOCK_BYTES = 1 << 20


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.add_argument("--format", metavar="F", required=True, help="one of `nlops formats`")
    parser.add_argument(
        "--bot", metavar="NAME", help="the bot these files belong to, in this order (default: a file, a bot)"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)


def run(args: argparse.Namespace) -> int:
    from nlops.cli.load import load_formats
    from nlops.domain.bots import BotState
    from nlops.monitor.machine import step
    from nlops.monitor.scan import Scanner

    formats = load_formats(args.config)
    if args.format not in formats:
        raise UsageError(f"--format {args.format}: no such format; there are {', '.join(formats)}")
    files = [(args.bot or file.stem, file) for file in args.files]
    for _, file in files:
        _readable(file)
    states = {bot: BotState() for bot, _ in files}
    scanners = {bot: Scanner(bot, formats[args.format]) for bot in states}
    for bot, file in files:
        for block in _blocks(file):
            for sign in scanners[bot].scan(block):
                # Old lines carry no date that every format has: time plays no part here.
                states[bot], _ = step(bot, states[bot], sign, 0.0)
                _show_event(sign, states[bot], args.json)
    _show_final(states, args.json)
    return 0


def _readable(file: Path) -> None:
    try:
        with file.open("rb"):
            pass
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error


def _blocks(file: Path) -> Iterator[bytes]:
    """Whole lines, about a MiB at a time; a last line without an end counts as one."""
    with file.open("rb") as stream:
        while lines := stream.readlines(_BLOCK_BYTES):
            block = b"".join(lines)
            yield block if block.endswith(b"\n") else block + b"\n"


def _show_event(sign: "LogSign", state: "BotState", as_json: bool) -> None:
    if as_json:
        qr = state.payload if sign.payload else None
        event = {"bot": sign.bot, "state": state.status, "qr": qr, "line": sign.line}
        print(json.dumps({"event": event}, ensure_ascii=False))
    else:
        print(f"{sign.bot}  {state.status:<10}  {sign.line}")


def _show_final(states: "dict[str, BotState]", as_json: bool) -> None:
    if as_json:
        final = {
            "state": {bot: state.status for bot, state in states.items()},
            "offer_qr": {bot: state.payload for bot, state in states.items()},
        }
        print(json.dumps({"final": final}, ensure_ascii=False))
        return
    for bot, state in states.items():
        print(f"{bot} is {state.status}" + (f", and this code waits: {state.payload}" if state.payload else ""))
