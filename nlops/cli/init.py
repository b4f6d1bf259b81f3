"""`nlops init`: a few questions, and an nlops.toml that can be started with. Nothing that exists is touched."""

import argparse
import json
import os
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nlops.cli.load import check_shape, read_end
from nlops.domain.errors import ConfigError, UsageError
from nlops.monitor.formats import FORMATS
from nlops.monitor.which import count_signs

Section = dict[str, Any]


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops init -c nlops.toml"


def run(args: argparse.Namespace) -> int:
    file = Path(args.config or "nlops.toml").expanduser().absolute()
    if file.exists():
        raise UsageError(f"{file} exists; name another one with -c FILE, or edit it")
    try:
        raw = _ask_all(file)
    except (EOFError, KeyboardInterrupt):
        raise UsageError("the questions were not answered to the end; nothing was written") from None
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(write_toml(raw))
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
    print(f"\nwrote {file}; now: nlops check -c {file}")
    if "pairing" in raw["admin"][0]:
        print(f"and, once nlops run is up: nlops pair {shlex.quote(raw['admin'][0]['name'])} -c {file}")
    return 0


def _ask(question: str, default: str = "") -> str:
    """One answer; an empty one means the default."""
    print(f"{question}{f' [{default}]' if default else ''}: ", end="", file=sys.stderr, flush=True)
    return input().strip() or default


def _ask_needed(question: str, default: str = "") -> str:
    while not (answer := _ask(question, default)):
        print("  this has no default", file=sys.stderr)
    return answer


def _ask_all(file: Path) -> Section:
    # A whole, well-formed configuration from the start: each part is checked as soon as it is answered.
    raw: Section = {
        "chat": {"endpoint": "127.0.0.1:8788", "token": "env:NLOPS_GATEWAY_TOKEN"},
        "admin": [{"name": "x", "contact": "x"}],
        "bot": [{"name": "x", "log": "x"}],
    }
    _fill(raw, file, "chat", _ask_chat)
    _fill(raw, file, "admin", lambda: [_ask_admin()])
    _fill(raw, file, "bot", lambda: [_ask_bot()])
    while _ask("another bot? y/n", "n").lower().startswith("y"):
        _fill(raw, file, "bot", lambda: [*raw["bot"], _ask_bot()])
    return raw


def _fill(raw: Section, file: Path, part: str, ask: Callable[[], object]) -> None:
    """Ask for one part until it is well-formed."""
    while True:
        answered = {**raw, part: ask()}
        try:
            check_shape(answered, file)
        except ConfigError as error:
            print(f"  {error.place}: {error.message}; once more", file=sys.stderr)
        else:
            raw.update(answered)
            return


def _ask_chat() -> Section:
    endpoint = _ask("Wechaty gateway, host:port", "127.0.0.1:8788")
    variable = _ask("environment variable that holds its token", "NLOPS_GATEWAY_TOKEN")
    here = endpoint.rsplit(":", 1)[0] in ("127.0.0.1", "localhost")
    return {"endpoint": endpoint, "token": f"env:{variable}", **({} if here else {"tls": True})}


def _ask_admin() -> Section:
    name = _ask("your name", "admin")
    contact = _ask("your exact contact id (none: nlops pair gives you a code to send from your WeChat)")
    return {"name": name, **({"contact": contact} if contact else {"pairing": True})}


def _ask_bot() -> Section:
    name = _ask_needed("name of the bot to watch")
    log = _ask_needed("its log file", _log_in_pm2(name))
    bot: Section = {"name": name, "log": log, "format": _ask("its log's format", _propose(Path(log).expanduser()))}
    aliases = [alias.strip() for alias in _ask("other names it goes by, separated by commas").split(",")]
    pm2 = _ask("its name in pm2, - for none", name)
    return bot | ({"aliases": aliases} if aliases != [""] else {}) | ({} if pm2 == "-" else {"pm2": pm2})


def _log_in_pm2(name: str) -> str:
    """The log that pm2 keeps for a process of that name, where it has one; of two the one with more signs in it."""
    folder = Path(os.environ.get("PM2_HOME") or Path("~/.pm2").expanduser(), "logs")
    found = [file for kind in ("out", "error") if (file := folder / f"{name}-{kind}.log").is_file()]
    return str(max(found, key=lambda file: next(iter(_count(file).values()), 0), default=""))


def _count(log: Path) -> Mapping[str, int]:
    """The signs that each format reads in the log's end, the most first."""
    try:
        return count_signs(read_end(log), FORMATS)
    except OSError as error:
        print(f"  {log} cannot be read yet: {error.strerror}", file=sys.stderr)
        return {}


def _propose(log: Path) -> str:
    """The format that reads the most signs in the log, where one does."""
    counts = _count(log)
    if not counts:
        print(f"  formats: {', '.join(FORMATS)}", file=sys.stderr)
        return "starterbot"
    best = next(iter(counts))
    print(f"  {best} reads {counts[best]} sign(s) in it", file=sys.stderr)
    return best


def write_toml(raw: Mapping[str, Any]) -> str:
    """The few tables that the questions make, as TOML 1.0; a JSON string is a TOML basic string."""
    parts = []
    for table, value in raw.items():
        for row in value if isinstance(value, list) else [value]:
            head = f"[[{table}]]" if isinstance(value, list) else f"[{table}]"
            lines = [f"{key} = {json.dumps(item, ensure_ascii=False)}" for key, item in row.items()]
            parts.append("\n".join([head, *lines]))
    return "\n\n".join(parts) + "\n"
