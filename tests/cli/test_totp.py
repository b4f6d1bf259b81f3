"""nlops totp add and nlops unlock, as processes with a person at the keyboard."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from nlops.adapters.sqlite import SqliteStore, factors
from nlops.cli.load import load_config
from nlops.gate.totp import code_at, step_at

CONFIG = """
state_dir = "state"
[chat]
endpoint = "127.0.0.1:1"
token = "env:NLOPS_NOT_SET_ANYWHERE"
[model]
provider = "none"
[[admin]]
name = "薇 wei"
contact = "wxid_wei"
[[bot]]
name = "bob"
log = "bob.log"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    (tmp_path / "nlops.toml").write_text(CONFIG, "utf-8")
    (tmp_path / "bob.log").touch()
    return tmp_path / "nlops.toml"


def nlops(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nlops", *words]
    return subprocess.run(command, input=stdin, capture_output=True, text=True, timeout=60, check=False)


class Person:
    """Runs `totp add`, reads the secret from the screen, and types codes."""

    def __init__(self, config: Path, *words: str) -> None:
        command = [sys.executable, "-m", "nlops", "totp", "add", "薇 wei", "-c", str(config), *words]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        self.screen = ""
        while not (found := re.search(r"six digits: ([A-Z2-7 ]+)\n", self.screen)):
            line = self.process.stdout.readline()
            assert line, self.process.communicate()[1]
            self.screen += line
        self.secret = found[1].replace(" ", "")

    def type(self, *lines: str) -> tuple[int, str, str]:
        out, errors = self.process.communicate("".join(f"{line}\n" for line in lines), timeout=60)
        return self.process.returncode, self.screen + out, errors

    def code(self, off: int = 0) -> str:
        return code_at(self.secret, step_at(time.time()) + off)


def test_an_authenticator_is_added(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The QR code, the secret in a file for its owner only, the line that nlops.toml then takes; the code that was
    typed is used. No other secret of the configuration is needed for it."""
    person = Person(config)
    code = person.code()
    status, out, errors = person.type(f"{code[:3]} {code[3:]}")
    assert status == 0 and not errors and "█" in out
    file = config.parent / "state" / "totp" / "薇_wei"
    assert file.read_text("ascii") == f"{person.secret}\n" and file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o077 == 0 and len(person.secret) == 32
    (line,) = re.findall(r"^totp = .*$", out, re.MULTILINE)
    config.write_text(CONFIG.replace('"wxid_wei"', f'"wxid_wei"\n{line}'), "utf-8")
    monkeypatch.setenv("NLOPS_NOT_SET_ANYWHERE", "a-token-of-tests")
    secret = load_config(str(config)).admins[0].totp
    assert secret is not None and secret.reveal() == person.secret
    store = SqliteStore(config.parent / "state")
    with store.database.writing() as db:
        assert factors.last_step(db, "薇 wei") in (step_at(time.time()), step_at(time.time()) - 1)
    store.close()
    assert not [one for one in file.parent.iterdir() if one != file]


@pytest.mark.parametrize("typed", [(), ("000000", "", "nonsense"), ("١٢٣٤٥٦",)])
def test_without_a_right_code_nothing_is_written(config: Path, typed: tuple[str, ...]) -> None:
    """The end of the input, three wrong ones."""
    status, _, errors = Person(config).type(*typed)
    assert status == 1 and "nothing was written" in errors and not (config.parent / "state" / "totp").exists()


def test_a_wrong_clock_is_told(config: Path) -> None:
    """By how much, and on which side; the code is not taken."""
    person = Person(config)
    status, _, errors = person.type(person.code(-11), person.code(12))
    assert status == 1 and re.search(r"3[0-9]0 s behind", errors) and re.search(r"3[0-9]0 s ahead of", errors)


def test_an_authenticator_is_replaced_only_when_meant(config: Path) -> None:
    """And stays as it was where the new one was not proved."""
    file = config.parent / "secret"
    file.write_text("old")
    done = nlops("totp", "add", "薇 wei", "-c", str(config), "--file", str(file))
    assert done.returncode == 2 and "--replace" in done.stderr
    assert Person(config, "--file", str(file), "--replace").type("000000")[0] == 1 and file.read_text() == "old"
    person = Person(config, "--file", str(file), "--replace")
    assert person.type(person.code())[0] == 0 and file.read_text() == f"{person.secret}\n"
    assert file.stat().st_mode & 0o777 == 0o600


def test_who_is_unknown_is_told(config: Path) -> None:
    """Exit 2, with who there is."""
    for words in (("totp", "add", "bob"), ("unlock", "bob")):
        done = nlops(*words, "-c", str(config))
        assert done.returncode == 2 and "no admin 'bob'; there are: 薇 wei" in done.stderr


def test_unlock_tells_and_unlocks(config: Path) -> None:
    """Who is locked; an admin who was, and who was not; before nlops ever ran."""
    done = nlops("unlock", "-c", str(config))
    assert done.returncode == 1 and "has not run there yet" in done.stderr
    store = SqliteStore(config.parent / "state")
    with store.database.writing() as db:
        for _ in range(5):
            assert factors.reserve(db, "薇 wei", "totp")
        assert factors.fail(db, "薇 wei", "wxid_wei", "totp", 1.0).locks_now
    assert nlops("unlock", "-c", str(config)).stdout == "locked: 薇 wei\n"
    assert "薇 wei is unlocked" in nlops("unlock", "薇 wei", "-c", str(config)).stdout
    assert "was not locked" in nlops("unlock", "薇 wei", "-c", str(config)).stdout
    assert nlops("unlock", "-c", str(config)).stdout == "nobody is locked\n"
    records = list(store.records())
    store.close()
    assert [record.kind for record in records] == ["locked", "unlocked"]
    assert records[1].admin.startswith("terminal:") and records[1].details["admin"] == "薇 wei"
