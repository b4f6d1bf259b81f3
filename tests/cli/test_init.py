"""nlops init: what is answered becomes a configuration that loads; what exists is left alone."""

import subprocess
import sys
from pathlib import Path

import pytest

from nlops.cli.load import load_config
from nlops.domain.config import AdminConfig

SCAN = "09:00:00 INFO StarterBot onScan: Scanned(3)\n"


def init(folder: Path, *answers: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nlops", "init", "-c", str(folder / "nlops.toml")]
    text = "".join(f"{answer}\n" for answer in answers)
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, check=False)


def test_answers_become_a_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Defaults taken by an empty line, the format proposed from the log, two bots, private to its owner."""
    (tmp_path / "bob.log").write_text(f"0|bob | {SCAN}" * 3)
    (tmp_path / "alice.log").write_text(SCAN)
    done = init(
        tmp_path,
        *("", "", "wei", "wxid_wei"),
        *("bob", str(tmp_path / "bob.log"), "", "鲍勃, bobby", ""),
        *("y", "alice", str(tmp_path / "alice.log"), "", "", "-", "n"),
    )
    assert done.returncode == 0, done.stderr
    assert "nlops pair" not in done.stdout
    monkeypatch.setenv("NLOPS_GATEWAY_TOKEN", "a-token")
    config = load_config(str(tmp_path / "nlops.toml"))
    bob, alice = config.bots
    assert (config.admins[0].contact, bob.aliases, bob.pm2) == ("wxid_wei", ("鲍勃", "bobby"), "bob")
    assert (bob.format, alice.format, alice.pm2) == ("starterbot-pm2", "starterbot", None)
    assert (tmp_path / "nlops.toml").stat().st_mode & 0o777 == 0o600


def test_who_knows_no_contact_id_is_paired(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty answer: the file says so, and the command for it is shown."""
    log = str(tmp_path / "bob.log")
    done = init(tmp_path, *("", ""), *("wei da", ""), *("bob", log, "", "", "-", "n"))
    assert done.returncode == 0 and f"nlops pair 'wei da' -c {tmp_path}" in done.stdout
    monkeypatch.setenv("NLOPS_GATEWAY_TOKEN", "a-token")
    assert load_config(str(tmp_path / "nlops.toml")).admins == (AdminConfig("wei da", None),)


def test_a_wrong_answer_is_asked_again(tmp_path: Path) -> None:
    """What the schema refuses is told, and asked once more."""
    log = str(tmp_path / "bob.log")
    done = init(tmp_path, *("nowhere", ""), *("", ""), *("wei", "wxid_wei"), *("bob", log, "", "", "-", "n"))
    assert done.returncode == 0 and "chat.endpoint" in done.stderr
    assert 'endpoint = "127.0.0.1:8788"' in (tmp_path / "nlops.toml").read_text()


def test_the_log_that_pm2_keeps_is_proposed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of the two the one that has signs in it."""
    monkeypatch.setenv("PM2_HOME", str(tmp_path / "pm2"))
    logs = tmp_path / "pm2" / "logs"
    logs.mkdir(parents=True)
    (logs / "bob-out.log").write_text("hello\n")
    (logs / "bob-error.log").write_text(SCAN)
    done = init(tmp_path, *("", ""), *("wei", "wxid_wei"), *("bob", "", "", "", "", "n"))
    assert done.returncode == 0, done.stderr
    written = (tmp_path / "nlops.toml").read_text()
    assert f'log = "{logs / "bob-error.log"}"' in written and 'format = "starterbot"' in written


def test_what_has_no_default_is_asked_until_it_is_said(tmp_path: Path) -> None:
    log = str(tmp_path / "bob.log")
    done = init(tmp_path, *("", ""), *("wei", "wxid_wei"), *("", "bob", "", log, "", "", "-", "n"))
    assert done.returncode == 0 and done.stderr.count("this has no default") == 2
    assert 'name = "bob"' in (tmp_path / "nlops.toml").read_text()


def test_half_the_answers_write_nothing(tmp_path: Path) -> None:
    """An end in the middle: exit 2, no file."""
    done = init(tmp_path, "", "", "wei")
    assert done.returncode == 2 and "nothing was written" in done.stderr and not list(tmp_path.iterdir())


def test_an_existing_file_is_left_alone(tmp_path: Path) -> None:
    """Exit 2, and its content as before."""
    (tmp_path / "nlops.toml").write_text("mine")
    assert init(tmp_path).returncode == 2 and (tmp_path / "nlops.toml").read_text() == "mine"
