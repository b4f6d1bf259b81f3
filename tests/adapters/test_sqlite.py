"""The store: chained, durable, private, and found again after a kill."""

import asyncio
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from nlops.adapters.sqlite import FILE, SqliteStore
from nlops.adapters.sqlite.reader import AuditReader
from nlops.domain.bots import BotState, BotStatus
from nlops.domain.chat import ChatMessage
from nlops.domain.effects import Record, Say
from nlops.domain.errors import StoreError
from nlops.domain.tools import canonical_json
from nlops.gate.audit import link, verify
from nlops.ports import Commit

RAN = Commit((Record("ran", "wei", "x", {}),))
FIRST_VERSION = """
CREATE TABLE audit (
  seq INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, admin TEXT NOT NULL, contact_id TEXT NOT NULL,
  details TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL
) STRICT;
CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL) STRICT;
CREATE TABLE seen (id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE bot (name TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
"""


async def test_records_chain_over_restarts(tmp_path: Path) -> None:
    """Written by two lives of the store, read as one chain that holds."""
    for life in range(2):
        store = SqliteStore(tmp_path)
        for number in range(3):
            record = Record("ran", "wei", "wxid_wei", {"life": life, "n": number, "词": "重启"})
            await store.commit(Commit((record,)), 1.25 + number)
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
        await store.commit(Commit((Record("ran", "wei", "wxid_wei", {"n": number}),)), 1.0)
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as db:
        db.execute("DROP TRIGGER audit_no_update")
        db.execute("UPDATE audit SET details = '{\"n\":9}' WHERE seq = 3")
    broken = verify(store.records(), store.head())
    assert broken and broken.seq == 3
    store.close()


def test_a_record_survives_a_kill(tmp_path: Path) -> None:
    """Once commit returned, SIGKILL cannot take the record away."""
    code = (
        "import asyncio, os, signal, sys; from pathlib import Path\n"
        "from nlops.adapters.sqlite import SqliteStore; from nlops.domain.effects import Record\n"
        "from nlops.ports import Commit; commit = Commit((Record('ran', 'w', 'x', {}),))\n"
        "store = SqliteStore(Path(sys.argv[1])); asyncio.run(store.commit(commit, 1.0))\n"
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
    store.database.connection.execute("PRAGMA busy_timeout = 50")
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreError):
        await store.commit(RAN, 1.0)
    other.execute("ROLLBACK")
    other.close()
    await store.commit(RAN, 1.0)
    assert len(list(store.records())) == 1
    store.close()


async def test_concurrent_appends_stay_one_chain(tmp_path: Path) -> None:
    """Fifty at once."""
    store = SqliteStore(tmp_path)
    await asyncio.gather(*(store.commit(Commit((Record("ran", "wei", "x", {"n": n}),)), 1.0) for n in range(50)))
    assert verify(store.records(), store.head()) is None and len(list(store.records())) == 50
    store.close()


async def test_bot_states_come_back(tmp_path: Path) -> None:
    """What was kept is found as it was."""
    states = {
        "bob": BotState(BotStatus.WAITING, "http://weixin.qq.com/x/1", 5.0, 4.0, 2),
        "alice": BotState(rescue=False),
    }
    store = SqliteStore(tmp_path)
    await store.commit(Commit(bots=states), 1.0)
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


async def test_a_step_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    """The last table that a commit writes refuses: nothing of it is there, and the next commit is."""
    store = SqliteStore(tmp_path)
    message = ChatMessage("m1", "wxid_wei", None, "status", 1.0)
    assert await store.receive(message)
    commit = Commit(RAN.records, {"bob": BotState()}, (Say("wxid_wei", "hi"),), ("m1",))
    refuse = "CREATE TRIGGER full BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'disk full'); END"
    store.database.connection.execute(refuse)
    with pytest.raises(StoreError, match="disk full"):
        await store.commit(commit, 1.0)
    assert (list(store.records()), store.bots(), store.waiting(), store.unsettled()) == ([], {}, [], [message])
    store.database.connection.execute("DROP TRIGGER full")
    await store.commit(commit, 1.0)
    assert (len(list(store.records())), len(store.bots()), len(store.waiting()), store.unsettled()) == (1, 1, 1, [])
    store.close()


async def test_a_full_disk_is_a_store_error(tmp_path: Path) -> None:
    """The file may not grow: each writing method says so, and what was kept can still be read; with room it goes on."""
    store = SqliteStore(tmp_path)
    await store.commit(RAN, 1.0)
    connection = store.database.connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    large = "x" * 20_000
    with pytest.raises(StoreError, match="full"):
        await store.commit(Commit(RAN.records, outgoing=(Say("wxid_wei", large),)), 1.0)
    with pytest.raises(StoreError, match="full"):
        await store.receive(ChatMessage("m1", "wxid_wei", None, large, 1.0))
    assert len(list(store.records())) == 1 and verify(store.records(), store.head()) is None
    connection.execute("PRAGMA max_page_count = 1000000")
    await store.commit(RAN, 1.0)
    assert len(list(store.records())) == 2 and verify(store.records(), store.head()) is None
    store.close()


async def test_a_store_of_the_first_version_opens(tmp_path: Path) -> None:
    """Its audit holds, its bots and the ids that it has seen are known, and what is new works."""
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as db:
        db.executescript(FIRST_VERSION)
        one = link(None, 1.0, "ran", "wei", "wxid_wei", {})
        row = (one.seq, one.at, one.kind, one.admin, one.contact_id, "{}", one.previous, one.hash)
        db.execute("INSERT INTO audit VALUES (?,?,?,?,?,?,?,?)", row)
        db.execute("INSERT INTO head VALUES (1, ?, ?)", (one.seq, one.hash))
        db.execute("INSERT INTO bot VALUES ('bob', ?)", (canonical_json({"status": "waiting", "payload": "x"}),))
        db.execute("INSERT INTO seen (key) VALUES ('message m1')")
    for _ in range(2):
        store = SqliteStore(tmp_path)
        await store.commit(Commit(RAN.records, outgoing=(Say("wxid_wei", "hi"),)), 1.0)
        assert verify(store.records(), store.head()) is None
        assert store.bots() == {"bob": BotState(BotStatus.WAITING, "x")}
        assert not await store.receive(ChatMessage("m1", "wxid_wei", None, "status", 1.0))
        store.close()


def test_a_store_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    """Rather than to misread it."""
    SqliteStore(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreError, match="newer nlops"):
        SqliteStore(tmp_path)


@pytest.mark.parametrize("opened", [SqliteStore, AuditReader])
def test_a_file_that_is_no_store_is_refused_and_not_held_open(opened: Callable[[Path], object], tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database" * 400)
    with pytest.raises(StoreError, match="not a database") as refused:
        opened(tmp_path)
    assert refused.value.__traceback__ is not None  # which holds what was being made, and its connection
    held = [file.readlink() for file in Path("/proc/self/fd").iterdir() if file.is_symlink()]
    assert tmp_path / FILE not in held
