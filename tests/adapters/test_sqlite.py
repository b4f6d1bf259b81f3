"""The store: chained, durable, private, and found again after a kill."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from nlops.adapters.sqlite import FILE, KEEP_SEEN, SqliteStore
from nlops.domain.bots import BotState, BotStatus
from nlops.domain.effects import Record
from nlops.domain.errors import StoreError
from nlops.gate.audit import verify


async def test_records_chain_over_restarts(tmp_path: Path) -> None:
    """Written by two lives of the store, read as one chain that holds."""
    for life in range(2):
        store = SqliteStore(tmp_path)
        for number in range(3):
            await store.append(
                Record("ran", "wei", "wxid_wei", {"life": life, "n": number, "词": "重启"}), 1.25 + number
            )
        store.close()
    store = SqliteStore(tmp_path)
    records = list(store.records())
    assert [record.seq for record in records] == [1, 2, 3, 4, 5, 6]
    assert verify(records, store.head()) is None
    store.close()


async def test_altered_database_is_found(tmp_path: Path) -> None:
    """A hand in the file shows, at its record."""
    store = SqliteStore(tmp_path)
    for number in range(5):
        await store.append(Record("ran", "wei", "wxid_wei", {"n": number}), 1.0)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as db:
        db.execute("UPDATE audit SET details = '{\"n\":9}' WHERE seq = 3")
    broken = verify(store.records(), store.head())
    assert broken and broken.seq == 3
    store.close()


def test_a_record_survives_a_kill(tmp_path: Path) -> None:
    """Once append returned, SIGKILL cannot take the record away."""
    code = (
        "import asyncio, os, signal, sys; from pathlib import Path\n"
        "from nlops.adapters.sqlite import SqliteStore; from nlops.domain.effects import Record\n"
        "store = SqliteStore(Path(sys.argv[1])); asyncio.run(store.append(Record('ran', 'w', 'x', {}), 1.0))\n"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    store = SqliteStore(tmp_path)
    assert len(list(store.records())) == 1 and verify(store.records(), store.head()) is None
    store.close()


async def test_a_store_that_cannot_write_says_so(tmp_path: Path) -> None:
    """A locked database is a StoreError, not a silent loss; afterwards it goes on."""
    store = SqliteStore(tmp_path)
    store._db.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError):
        await store.append(Record("ran", "wei", "x", {}), 1.0)
    other.execute("ROLLBACK")
    other.close()
    await store.append(Record("ran", "wei", "x", {}), 1.0)
    assert len(list(store.records())) == 1
    store.close()


async def test_concurrent_appends_stay_one_chain(tmp_path: Path) -> None:
    """Fifty at once."""
    store = SqliteStore(tmp_path)
    await asyncio.gather(*(store.append(Record("ran", "wei", "x", {"n": n}), 1.0) for n in range(50)))
    assert verify(store.records(), store.head()) is None and len(list(store.records())) == 50
    store.close()


def test_seen_keys(tmp_path: Path) -> None:
    """A key is new once, over restarts too; the memory is bounded."""
    store = SqliteStore(tmp_path)
    assert store.first_seen("a") and not store.first_seen("a")
    store.close()
    store = SqliteStore(tmp_path)
    assert not store.first_seen("a")
    store._db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'seen'", (KEEP_SEEN + 1,))
    assert store.first_seen("b") and store.first_seen("a")
    store.close()


async def test_bot_states_come_back(tmp_path: Path) -> None:
    """What was kept is found as it was."""
    states = {
        "bob": BotState(BotStatus.WAITING, "http://weixin.qq.com/x/1", 5.0, 4.0, 2),
        "alice": BotState(rescue=False),
    }
    store = SqliteStore(tmp_path)
    await store.keep_bots(states)
    store.close()
    store = SqliteStore(tmp_path)
    assert store.bots() == states
    store.close()


def test_private(tmp_path: Path) -> None:
    """Folder and file are the owner's alone."""
    SqliteStore(tmp_path / "state").close()
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "state" / FILE).stat().st_mode & 0o777 == 0o600


def test_a_folder_that_cannot_be_made_is_a_store_error(tmp_path: Path) -> None:
    """A file stands where the folder should."""
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(StoreError, match="state"):
        SqliteStore(tmp_path / "state")
