"""`nlops audit`: the record of who asked what, what was decided, and what came of it."""

import argparse
import json
import time
from collections import deque

from nlops.adapters.sqlite import SqliteStore, open_existing
from nlops.cli.load import load_config
from nlops.gate.audit import AuditRecord, verify


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops audit verify -c /etc/nlops.toml"
    parser.add_argument(
        "what", choices=("tail", "verify", "export"), help="show the last, check the chain, print JSON Lines"
    )
    parser.add_argument("-n", "--count", type=int, default=20, help="how many records `tail` shows (default: 20)")


def run(args: argparse.Namespace) -> int:
    store = open_existing(load_config(args.config).state_dir)
    try:
        return {"tail": _tail, "verify": _verify, "export": _export}[args.what](store, args.count)
    finally:
        store.close()


def _tail(store: SqliteStore, count: int) -> int:
    for record in deque(store.records(), maxlen=max(0, count)):
        print(describe(record))
    return 0


def describe(record: AuditRecord) -> str:
    """A record in one line for a person: number, time, who, what became of which calls."""
    details = record.details
    calls = details.get("calls", [])
    shown = "; ".join(
        f"{call['tool']} {json.dumps(call['arguments'], ensure_ascii=False)}"
        for call in (calls if isinstance(calls, list) else [])
    )
    words = f" “{details['words']}”" if details.get("words") else ""
    code = f" [{details['code']}]" if details.get("code") else ""
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(record.at))
    return f"{record.seq} {when} {record.admin} {record.kind}{code}{words} {shown}".rstrip()


def _verify(store: SqliteStore, _count: int) -> int:
    head = store.head()
    broken = verify(store.records(), head)
    if broken is not None:
        print(f"the chain breaks at record {broken.seq}: {broken.reason}")
        return 1
    print(f"{head[0] if head else 0} records, the chain holds")
    return 0


def _export(store: SqliteStore, _count: int) -> int:
    for record in store.records():
        print(json.dumps({**record.body(), "hash": record.hash}, ensure_ascii=False))
    return 0
