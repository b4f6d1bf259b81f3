"""The store's contacts: a pairing code works once, for a while, for few tries, and across processes."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nlops.adapters.sqlite import SqliteStore
from nlops.adapters.sqlite.contacts import MOST_WRONG
from nlops.adapters.sqlite.database import FILE
from nlops.domain.chat import KnownContact


async def test_a_code_binds_once(tmp_path: Path) -> None:
    """The first who says it; the binding is there after a restart, the code is not."""
    store = SqliteStore(tmp_path)
    store.open_pairing("wei", "ABCD2345", 100.0)
    assert await store.claim_pairing("ABCD2345", "wxid_wei", 99.0) == "wei"
    assert await store.claim_pairing("ABCD2345", "wxid_mallory", 99.0) is None
    store.close()
    store = SqliteStore(tmp_path)
    assert store.contacts() == {"wei": KnownContact("wxid_wei")}
    assert await store.claim_pairing("ABCD2345", "wxid_mallory", 99.0) is None
    store.close()


async def test_a_code_ends_with_its_time(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.open_pairing("wei", "ABCD2345", 100.0)
    assert await store.claim_pairing("ABCD2345", "wxid_wei", 100.0) is None
    assert await store.claim_pairing("ABCD2345", "wxid_wei", 50.0) is None  # the clock went back: over is over
    store.close()


async def test_a_newer_code_replaces_the_older_one(tmp_path: Path) -> None:
    """Of the same admin, with fresh tries; another admin's stays."""
    store = SqliteStore(tmp_path)
    store.open_pairing("wei", "ABCD2345", 100.0)
    store.open_pairing("lan", "LANLAN22", 100.0)
    store.open_pairing("wei", "WXYZ6789", 100.0)
    assert await store.claim_pairing("ABCD2345", "wxid_wei", 1.0) is None
    assert await store.claim_pairing("WXYZ6789", "wxid_wei", 1.0) == "wei"
    assert await store.claim_pairing("LANLAN22", "wxid_lan", 1.0) == "lan"
    store.close()


async def test_the_twentieth_wrong_code_ends_it(tmp_path: Path) -> None:
    """The nineteenth does not."""
    store = SqliteStore(tmp_path)
    for wrong, outcome in ((MOST_WRONG - 1, "wei"), (MOST_WRONG, None)):
        store.open_pairing("wei", "ABCD2345", 100.0)
        for _ in range(wrong):
            assert await store.claim_pairing("WRONG234", "wxid_mallory", 1.0) is None
        assert await store.claim_pairing("ABCD2345", "wxid_wei", 1.0) == outcome
    store.close()


async def test_a_contact_is_one_admins_and_an_admin_has_one(tmp_path: Path) -> None:
    """The newest binding holds; a name is kept with it."""
    store = SqliteStore(tmp_path)
    await store.keep_contact("wei", KnownContact("wxid_1", "Wei 魏"))
    await store.keep_contact("wei", KnownContact("wxid_2", "Wei"))
    await store.keep_contact("lan", KnownContact("wxid_2", "Lan"))
    assert store.contacts() == {"lan": KnownContact("wxid_2", "Lan")}
    store.close()


def test_the_code_itself_is_not_kept(tmp_path: Path) -> None:
    """Nowhere in the files."""
    store = SqliteStore(tmp_path)
    store.open_pairing("wei", "ABCD2345", 100.0)
    files = list(tmp_path.iterdir())
    assert tmp_path / FILE in files
    assert not any(b"ABCD2345" in file.read_bytes() for file in files)
    store.close()


def test_two_processes(tmp_path: Path) -> None:
    """A command opens a pairing beside the service, and of eight processes that claim it at once, one gets it."""
    store = SqliteStore(tmp_path)
    head = "import asyncio, sys; from pathlib import Path; from nlops.adapters.sqlite import SqliteStore\n"
    opening = head + "SqliteStore(Path(sys.argv[1])).open_pairing('wei', 'ABCD2345', 100.0)"
    subprocess.run([sys.executable, "-c", opening, str(tmp_path)], check=True)
    claiming = head + (
        "store = SqliteStore(Path(sys.argv[1]))\n"
        "print(asyncio.run(store.claim_pairing('ABCD2345', sys.argv[2], 1.0)), end='')"
    )

    def claim(number: int) -> str:
        words = [sys.executable, "-c", claiming, str(tmp_path), f"wxid_{number}"]
        return subprocess.run(words, check=True, capture_output=True, text=True).stdout

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(claim, range(8)))
    assert sorted(outcomes) == ["None"] * 7 + ["wei"]
    assert store.contacts() == {"wei": KnownContact(f"wxid_{outcomes.index('wei')}")}
    store.close()
