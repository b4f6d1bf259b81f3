"""Rotation: the oldest records become a closed, compressed segment in a file, and the chain goes on.

    copied into a file ─▶ read back and walked ─▶ a record of it ─▶ the rows are taken out, some at a time

Whoever reads takes from a file only what is before the store's first record, so a process may end anywhere: before the
record the next rotation writes the file again, after it the next one goes on taking out. nlops never removes a segment:
`previous` of the first record that is left points to the last one in it.
"""

import asyncio
import logging
import time
from collections.abc import Iterator
from pathlib import Path

from nlops.adapters import audit_files
from nlops.adapters.sqlite import SqliteStore, audit
from nlops.adapters.sqlite.reader import AuditReader
from nlops.domain.effects import Record
from nlops.domain.errors import StoreError
from nlops.gate.audit import GENESIS, Break, Chain, Head, StoredRecord

log = logging.getLogger("nlops")

SEGMENT = 100_000  # records: about 50 MB in the store, 8 MB as a file
AT_ONCE = 2_000  # rows taken out in one transaction: about as long as a few appends
KEEP = 10_000  # the newest ones, which people ask for in chat, stay in the store
EVERY_S = 3600.0


async def keep_rotated(store: SqliteStore) -> None:
    """Now and every hour, until cancelled."""
    while True:
        try:
            await asyncio.to_thread(rotate, store)
        except StoreError as error:
            log.error("the audit is not rotated: %s", error)
        await asyncio.sleep(EVERY_S)


def rotate(store: SqliteStore, size: int = SEGMENT, keep: int = KEEP) -> list[str]:
    """Close as many segments of `size` records as there are beyond the newest `keep`; the names of their files. Raises
    StoreError: nothing is taken out of the store that does not lie in a file, whole."""
    _go_on(store)
    made: list[str] = []
    while (name := _rotate_once(store, size, max(1, keep))) is not None:
        made.append(name)
    return made


def _rotate_once(store: SqliteStore, size: int, keep: int) -> str | None:
    reader = AuditReader(store.state_dir)
    try:
        first, last = reader.first, reader.first + size - 1
        if not first or last > reader.head[0] - keep:
            return None
        file = store.state_dir / audit_files.FOLDER / audit_files.segment_name(first, last)
        for stale in audit_files.segments(store.state_dir):
            if stale.name >= audit_files.segment_name(first, 0):
                stale.unlink()
        audit_files.write_records(file, _checked(reader.stored("seq BETWEEN ? AND ?", (first, last))))
        end = _walk(file, first, last)
    finally:
        reader.close()
    record = Record("rotated", "", "", {"file": file.name, "first": first, "last": last, "hash": end})
    store.write(lambda db: audit.append(db, record, time.time()))
    _take_out(store, last)
    log.info("records %d to %d of the audit are in %s", first, last, file)
    return file.name


def _go_on(store: SqliteStore) -> None:
    """Take out what an earlier rotation recorded, and left."""
    made = audit_files.segments(store.state_dir)
    if made:
        _, first, last = made[-1].name.removesuffix(".jsonl.gz").split("-")
        if int(first) < store.first_record() <= int(last):
            _take_out(store, int(last))


def _take_out(store: SqliteStore, last: int) -> None:
    while (first := store.first_record()) <= last:
        with store.database.writing(synced=False) as db:
            audit.take_out(db, min(last, first + AT_ONCE - 1))
        time.sleep(0.001)  # who waits to write comes first


def _checked(records: Iterator[StoredRecord | Break]) -> Iterator[StoredRecord]:
    for record in records:
        if isinstance(record, Break):
            raise StoreError(str(record))
        yield record


def _walk(file: Path, first: int, last: int) -> str:
    """Whether the file holds the chain from first to last; its last hash. Raises StoreError."""
    chain: Chain | None = None
    for record in audit_files.read_records(file):
        if chain is None:
            start: Head = (first - 1, record.previous if isinstance(record, StoredRecord) and first > 1 else GENESIS)
            chain = Chain(start)
        broken = record if isinstance(record, Break) else chain.add(record, str(file))
        if broken is not None:
            raise StoreError(f"not rotated: {broken}")
    if chain is None or chain.seq != last:
        raise StoreError(f"not rotated: {file} does not hold record {last}")
    return chain.hash
