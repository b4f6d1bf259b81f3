"""`nlops audit`: the record of who asked what, what was decided, and what came of it."""

import argparse
import json
import sys
import time
from collections import deque
from datetime import datetime, timedelta
from pathlib import Path

from nlops.adapters.sqlite import FILE, SqliteStore, open_existing
from nlops.adapters.sqlite.reader import AuditReader
from nlops.cli.audit_files import Choice, export, verify_files, verify_store
from nlops.cli.load import load_config
from nlops.domain.errors import UsageError
from nlops.gate.audit import AuditRecord, Break, StoredRecord, read_checkpoint
from nlops.gate.escape import escape

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: nlops audit tail -n 5 --admin wei\n"
        "         nlops audit verify --checkpoint 1204-9f86d081884c7d659a2f\n"
        "         nlops audit export --since 7d -o week.jsonl.gz\n         nlops audit verify week.jsonl.gz"
    )
    parser.add_argument(
        "what",
        choices=("tail", "verify", "export", "rotate"),
        help="show the last; check the chain (or exported files); print JSON Lines; close old records into a file",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="verify: exported files instead of the store")
    parser.add_argument("-n", "--count", type=int, default=20, help="tail: how many records (default: 20)")
    parser.add_argument(
        "--since", metavar="WHEN", help="tail, export: 2026-11-26, 2026-11-26T10:00, or 90m, 12h, 7d ago"
    )
    parser.add_argument("--until", metavar="WHEN", help="tail, export: records before then")
    parser.add_argument("--kind", action="append", metavar="KIND", help="tail, export: of this kind; may be repeated")
    parser.add_argument("--admin", metavar="NAME", help="tail, export: of this person")
    parser.add_argument("--bot", metavar="NAME", help="tail, export: that name this bot")
    parser.add_argument("-o", "--output", metavar="FILE", help="export: into a file with its seal; .gz compresses it")
    parser.add_argument(
        "--checkpoint", action="append", metavar="N-HASH", help="verify: record N has this hash; may be repeated"
    )
    parser.add_argument(
        "--from", dest="first", type=int, default=1, metavar="N", help="verify: what is before record N is believed"
    )
    parser.add_argument(
        "--keep", type=int, default=10_000, help="rotate: the newest records that stay (default: 10000)"
    )


def run(args: argparse.Namespace) -> int:
    checkpoints = [_checkpoint(text) for text in args.checkpoint or ()]
    choice = Choice(_moment(args.since), _moment(args.until), tuple(args.kind or ()), args.admin, args.bot)
    if args.files and args.what != "verify":
        raise UsageError(f"audit {args.what} takes no files; got {args.files[0]}")
    if args.files:
        return verify_files([Path(file) for file in args.files], _state_dir_if_any(args.config), checkpoints)
    state_dir = load_config(args.config).state_dir
    if args.what == "rotate":
        return _rotate(open_existing(state_dir), args.keep)
    reader = _reader(state_dir)
    try:
        if args.what == "verify":
            return verify_store(reader, checkpoints, args.first)
        if args.what == "export":
            return export(reader, choice, Path(args.output) if args.output else None)
        return _tail(reader, choice, max(0, args.count))
    finally:
        reader.close()


def _reader(state_dir: Path) -> AuditReader:
    """Raises StoreError where no service ran yet."""
    open_existing(state_dir).close()  # an older store becomes one of today
    return AuditReader(state_dir)


def _state_dir_if_any(config: str | None) -> Path | None:
    """Where the key of the seals may lie: exported files may be looked at anywhere."""
    if config is None and not Path("nlops.toml").exists():
        return None
    state_dir = load_config(config).state_dir
    return state_dir if (state_dir / FILE).exists() else None


def _checkpoint(text: str) -> tuple[int, str]:
    found = read_checkpoint(text)
    if found is None:
        raise UsageError(f"--checkpoint {text!r} is none; one looks like 1204-9f86d081884c7d659a2f")
    return found


def _moment(text: str | None) -> float | None:
    """A time as a person writes it, as unix seconds. Raises UsageError."""
    if text is None:
        return None
    number, unit = text[:-1], text[-1:]
    try:
        if unit in _UNITS and number.isdecimal():
            return (datetime.now().astimezone() - timedelta(**{_UNITS[unit]: int(number)})).timestamp()
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        raise UsageError(f"{text!r} is no time; allowed: 2026-11-26, 2026-11-26T10:00, 90m, 12h, 7d") from None


def _tail(reader: AuditReader, choice: Choice, count: int) -> int:
    # The newest are in the store; all there ever were are read only where somebody chooses among them.
    newest = reader.head[0] - count
    few = not choice.name() and newest + 1 >= reader.first
    records = reader.stored("seq > ?", (newest,)) if few else (record for record, _ in reader.walk())
    for line in deque((_show(one) for one in records if isinstance(one, Break) or choice.takes(one)), maxlen=count):
        print(line)
    return 0


def _show(record: StoredRecord | Break) -> str:
    if isinstance(record, Break):
        return str(record)
    try:
        return describe(record.read())
    except ValueError as error:
        return f"{record.seq} cannot be read: {error}"


def describe(record: AuditRecord) -> str:
    """A record in one line for a person: number, time, who, what became of which calls."""
    details = record.details
    calls = details.get("calls", [])
    shown = "; ".join(map(_show_call, calls if isinstance(calls, list) else []))
    words = f" “{details['words']}”" if details.get("words") else ""
    code = f" [{details['code']}]" if details.get("code") else ""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.at))
    outcome = _outcome(details.get("results")) or (f" ({details['reason']})" if details.get("reason") else "")
    return escape(f"{record.seq} {when} {record.admin} {record.kind}{code}{words} {shown}{outcome}").rstrip()


def _show_call(call: object) -> str:
    if not isinstance(call, dict):
        return str(call)
    return f"{call.get('tool', '?')} {json.dumps(call.get('arguments', {}), ensure_ascii=False)}"


def _outcome(results: object) -> str:
    """` → ok`, ` → ok, failed (exit 1)`."""
    if not isinstance(results, list) or not results:
        return ""
    return " → " + ", ".join(_one_outcome(one) for one in results)


def _one_outcome(one: object) -> str:
    if not isinstance(one, dict) or one.get("ok"):
        return "ok"
    return "failed" if one.get("exit") is None else f"failed (exit {one['exit']})"


def _rotate(store: SqliteStore, keep: int) -> int:
    from nlops.adapters.sqlite.rotation import SEGMENT, rotate

    try:
        head = store.head()
        rows = head[0] - store.first_record() + 1 if head else 0
        # By hand, everything older than what is kept goes, in segments of the usual size.
        made = rotate(store, SEGMENT, keep)
        rest = rows - len(made) * SEGMENT - keep
        if rest > 0:
            made += rotate(store, rest, keep)
    finally:
        store.close()
    for name in made:
        print(name)
    print(f"{len(made)} segment(s) closed", file=sys.stderr)
    return 0
