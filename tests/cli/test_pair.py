"""nlops pair, by a real process: the code it prints is the one that the store takes, once; who is bound is told."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nlops.adapters.sqlite import FILE, SqliteStore
from nlops.domain.chat import KnownContact
from nlops.gate.codes import PAIRING_TTL_S, read_pairing_code

CONFIG = """
state_dir = "state"
[chat]
endpoint = "127.0.0.1:1"
token = "a-token-of-tests"
[model]
provider = "none"
[[admin]]
name = "wei"
pairing = true
[[admin]]
name = "lan"
contact = "wxid_lan"
[[bot]]
name = "bob"
log = "bob.log"
"""


@pytest.fixture
def config(tmp_path: Path) -> str:
    (tmp_path / "nlops.toml").write_text(CONFIG)
    (tmp_path / "bob.log").touch()
    return str(tmp_path / "nlops.toml")


def nlops(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nlops", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def code_of(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 0 and not done.stderr, done.stderr
    code = read_pairing_code(done.stdout.splitlines()[0].lower())
    assert code, done.stdout
    return code


async def bind(store: SqliteStore, contact: KnownContact) -> None:
    """wei is paired, and the contact's name was seen since."""
    store.open_pairing("wei", "K7QM2XWD", 2.0)
    assert await store.claim_pairing("K7QM2XWD", contact.contact_id, 1.0) == "wei"
    await store.keep_contact("wei", contact)


async def test_the_code_binds_who_says_it_once(config: str, tmp_path: Path) -> None:
    """Ten minutes long; printed in two groups, kept as a hash only, for its owner's eyes; a wrong one binds nobody."""
    done = nlops("pair", "wei", "-c", config)
    code, now = code_of(done), time.time()
    assert re.match(r"[2-9A-Z]{4}-[2-9A-Z]{4}\n", done.stdout) and "Nobody is bound yet." in done.stdout
    assert (tmp_path / "state" / FILE).stat().st_mode & 0o077 == 0
    store = SqliteStore(tmp_path / "state")
    kept = b"".join(file.read_bytes() for file in (tmp_path / "state").iterdir())
    assert code.encode() not in kept and f"{code[:4]}-{code[4:]}".encode() not in kept
    try:
        assert await store.claim_pairing("K7QM2XWD", "wxid_new", now) is None
        assert await store.claim_pairing(code, "wxid_new", now + PAIRING_TTL_S - 60) == "wei"
        assert await store.claim_pairing(code, "wxid_mallory", now) is None
        assert store.contacts() == {"wei": KnownContact("wxid_new")}
    finally:
        store.close()


async def test_a_newer_code_ends_the_older_and_the_bound_contact_is_told(config: str, tmp_path: Path) -> None:
    """With its name, where that is known; a code that is over binds nobody."""
    store = SqliteStore(tmp_path / "state")
    try:
        await bind(store, KnownContact("wxid_wei", "薇"))
        older = code_of(nlops("pair", "wei", "-c", config))
        done = nlops("pair", "wei", "-c", config)
        assert "wei until then: paired with wxid_wei (薇)" in done.stdout
        assert await store.claim_pairing(older, "wxid_new", time.time()) is None
        assert await store.claim_pairing(code_of(done), "wxid_new", time.time() + PAIRING_TTL_S) is None
        assert store.contacts() == {"wei": KnownContact("wxid_wei", "薇")}
    finally:
        store.close()


@pytest.mark.parametrize(
    ("words", "said"),
    [(["eve"], "there are: wei"), (["WEI"], "there are: wei"), (["lan"], "pairing = true"), ([], "NAME")],
)
def test_who_cannot_be_paired_is_said(config: str, tmp_path: Path, words: list[str], said: str) -> None:
    """Nobody of that name, a configured contact, no name: exit 2, one line, and no store is made."""
    done = nlops("pair", *words, "-c", config)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr and not done.stdout
    assert not (tmp_path / "state").exists()


async def test_status_and_check_say_who_is_bound(config: str, tmp_path: Path) -> None:
    """Configured, not paired yet with the mend, paired with the name; a paired id of somebody else's counts for
    nothing."""
    SqliteStore(tmp_path / "state").close()
    not_yet = "admin wei: not paired yet; on this host: nlops pair wei"
    assert not_yet in nlops("status", "-c", config).stdout
    assert f"ok  {not_yet}" in nlops("check", "-c", config).stdout
    store = SqliteStore(tmp_path / "state")
    await bind(store, KnownContact("wxid_wei", "薇"))
    store.close()
    lines = [line for line in nlops("status", "-c", config).stdout.splitlines() if line.startswith("admin ")]
    assert lines == ["admin wei: paired with wxid_wei (薇)", "admin lan: configured as wxid_lan"]


def test_check_says_that_nobody_can_give_orders(config: str, tmp_path: Path) -> None:
    """An installation in which nobody is bound is not well."""
    Path(config).write_text(CONFIG.replace('contact = "wxid_lan"', "pairing = true"))
    done = nlops("check", "-c", config)
    assert done.returncode == 1 and done.stdout.count("BAD admin ") == 2
