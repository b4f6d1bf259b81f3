"""What the audit costs with a million records in the store: an append until it is on the disk, and verify over all.

    python benchmarks/audit.py [RECORDS] [FOLDER]

The floor beside an append is a bare SQLite transaction of one row of the same size on the same disk, and a bare fsync.
The floor beside verify is reading the rows and taking a SHA-256 of each.
"""

import asyncio
import hashlib
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from nlops.adapters.sqlite import FILE, SqliteStore, audit
from nlops.adapters.sqlite.reader import AuditReader
from nlops.adapters.sqlite.rotation import rotate
from nlops.cli.audit_files import verify_store
from nlops.domain.effects import Record
from nlops.domain.tools import canonical_json
from nlops.gate.audit import link
from nlops.ports import Commit

APPENDS = 1000
DETAILS = {
    "words": "bob 好像挂了，重启一下",
    "calls": [{"tool": "restart", "arguments": {"bot": "bob"}}],
    "source": "model",
    "code": "7K3F",
    "policy": {"risk": "change", "confirm": "natural-language", "auth": []},
    "fingerprint": "0" * 64,
    "run": 4711,
}


def fill(store: SqliteStore, count: int) -> None:
    """A store that has grown old, written in large transactions: how it grew is not what is measured."""
    db, head = store.database.connection, (0, "0" * 64)
    details = canonical_json(DETAILS)
    for start in range(0, count, 50_000):
        rows = []
        for number in range(start, min(count, start + 50_000)):
            one = link(head if number else None, 1.7e9 + number, "confirmed", "wei", "wxid_wei", DETAILS)
            rows.append((one.seq, one.at, one.kind, one.admin, one.contact_id, details, one.previous, one.hash))
            head = (one.seq, one.hash)
        with store.database.writing() as writing:
            writing.execute("DROP TRIGGER IF EXISTS audit_in_order")
            writing.executemany("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", rows)
            writing.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", head)
            for guard in audit.GUARDS:
                writing.execute(guard)
        print(f"\r{head[0]} records", end="", file=sys.stderr)
    print(file=sys.stderr)
    store.seal.write(head)
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def show(name: str, times: list[float], floor: list[float] | None = None) -> None:
    p50, p99 = statistics.median(times), sorted(times)[int(len(times) * 0.99)]
    ratio = f"   {p50 / statistics.median(floor):.2f} times the transaction" if floor else ""
    print(f"{name:44} p50 {p50 * 1e3:6.2f} ms   p99 {p99 * 1e3:6.2f} ms{ratio}")


def timed(count: int, act: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(count):
        start = time.perf_counter()
        act()
        times.append(time.perf_counter() - start)
    return times


class Floor:
    """The bare disk, and bare SQLite on it."""

    def __init__(self, folder: Path) -> None:
        self._file = (folder / "floor").open("wb")
        self._db = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, body TEXT)")

    def close(self) -> None:
        self._file.close()
        self._db.close()

    def sync(self) -> None:
        self._file.write(b"x" * 700)
        self._file.flush()
        os.fsync(self._file.fileno())

    def insert(self) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.execute("INSERT INTO one (body) VALUES (?)", ("x" * 700,))
        self._db.execute("COMMIT")


async def appends(store: SqliteStore, folder: Path, count: int) -> None:
    """By turns with the floors, for the disk is everybody's."""
    syncs: list[float] = []
    inserts: list[float] = []
    times: list[float] = []
    with closing(Floor(folder)) as floor:
        for number in range(APPENDS):
            commit = Commit((Record("confirmed", "wei", "wxid_wei", {**DETAILS, "run": number}),))
            start = time.perf_counter()
            await store.commit(commit, 1.8e9)
            times.append(time.perf_counter() - start)
            inserts += timed(1, floor.insert)
            syncs += timed(1, floor.sync)
    show("floor: write and fsync of 700 bytes", syncs)
    show("floor: a bare SQLite transaction", inserts)
    show(f"append, durable, after {count} records", times, inserts)


def walk(folder: Path) -> None:
    start = time.perf_counter()
    with closing(sqlite3.connect(folder / FILE)) as db:
        count = 0
        for row in db.execute("SELECT * FROM audit ORDER BY seq"):
            hashlib.sha256("".join(map(str, row)).encode()).hexdigest()
            count += 1
    floor = time.perf_counter() - start
    print(f"{'floor: rows read, a SHA-256 of each':44} {floor:6.2f} s for {count} records")
    reader = AuditReader(folder)
    start = time.perf_counter()
    code = verify_store(reader, ())
    took = time.perf_counter() - start
    reader.close()
    print(f"{'verify':44} {took:6.2f} s, exit {code}   {took / floor:.2f} times")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as name:
        folder = Path(name)
        store = SqliteStore(folder)
        fill(store, count)
        size = (folder / FILE).stat().st_size
        print(f"{count} records, {size / 1e6:.0f} MB")
        asyncio.run(appends(store, folder, count))
        walk(folder)
        start = time.perf_counter()
        made = rotate(store)
        took = time.perf_counter() - start
        packed = sum(file.stat().st_size for file in (folder / "audit").glob("*.gz")) if made else 0
        print(f"{'rotation':44} {took:6.2f} s, {len(made)} segments, {packed / 1e6:.0f} MB")
        if made:
            reader = AuditReader(folder)
            start = time.perf_counter()
            code = verify_store(reader, ())
            print(f"{'verify over the segments':44} {time.perf_counter() - start:6.2f} s, exit {code}")
            reader.close()
        store.close()


if __name__ == "__main__":
    main()
