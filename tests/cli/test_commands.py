"""The commands as a person runs them: what they print, and their exit codes."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from nlops.adapters.follower import mounts
from nlops.adapters.sqlite import FILE, SqliteStore
from nlops.cli import load
from nlops.cli.check import _log
from nlops.cli.load import load_config
from nlops.cli.main import COMMANDS, main
from nlops.cli.resources import data_path
from nlops.cli.status import model_line
from nlops.domain.bots import BotState, BotStatus
from nlops.domain.config import BotConfig
from nlops.domain.effects import Record
from nlops.domain.model import ModelState
from nlops.domain.standing import Muting, Standing, Stop
from nlops.domain.tools import Proposal, ProposalState, ToolCall
from nlops.monitor.formats import FORMATS
from nlops.ports import Commit

CONFIG = """
state_dir = "state"
[chat]
endpoint = "127.0.0.1:1"
token = "a-token-of-tests"
[model]
provider = "none"
[[admin]]
name = "wei"
contact = "wxid_wei"
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
    return subprocess.run(
        [sys.executable, "-m", "nlops", *words], capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--help shows what it does and an example."""
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    assert f"example: nlops {command}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "words", [[], ["nonsense"], ["run", "-c", "/no/such/file"], ["audit", "sing"], ["tools", "show"]]
)
def test_wrong_usage_is_exit_2(words: list[str]) -> None:
    """One clear error on standard error, nothing on standard output."""
    done = nlops(*words)
    assert done.returncode == 2 and done.stderr and not done.stdout and "Traceback" not in done.stderr


async def test_audit(config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """tail in words, export as JSON Lines, verify with its exit code, also after a hand in the file."""
    assert main(["audit", "verify", "-c", config]) == 1 and "has not run" in capsys.readouterr().err
    store = SqliteStore(tmp_path / "state")
    calls = [{"tool": "restart", "arguments": {"bot": "bob"}}]
    confirmed = Record("confirmed", "wei", "wxid_wei", {"words": "7K3F", "code": "7K3F", "calls": calls})
    await store.commit(Commit((confirmed, Record("ran", "wei", "wxid_wei", {"code": "7K3F", "calls": calls}))), 1.8e9)
    store.close()
    assert main(["audit", "verify", "-c", config]) == 0 and "2 records" in capsys.readouterr().out
    assert main(["audit", "tail", "-n", "1", "-c", config]) == 0
    assert "wei ran [7K3F] restart" in " ".join(capsys.readouterr().out.split())
    assert main(["audit", "export", "-c", config]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["seq"] for line in lines] == [1, 2] and lines[1]["previous"] == lines[0]["hash"]
    with closing(sqlite3.connect(tmp_path / "state" / FILE, isolation_level=None)) as db:
        db.execute("DROP TRIGGER audit_no_update")
        db.execute("UPDATE audit SET admin = 'eve' WHERE seq = 1")
    assert main(["audit", "verify", "-c", config]) == 1 and "record 1" in capsys.readouterr().out


async def test_status(config: str, tmp_path: Path) -> None:
    """What the service last kept, a line a bot; before its first run that is said."""
    assert "has not run" in nlops("status", "-c", config).stderr
    store = SqliteStore(tmp_path / "state")
    await store.commit(Commit(bots={"bob": BotState(BotStatus.WAITING)}), 1.8e9)
    store.close()
    done = nlops("status", "-c", config)
    assert (done.returncode, done.stdout) == (
        0,
        "bob: waiting for a scan\nadmin wei: configured as wxid_wei\nmodel: none; keywords only\n",
    )


async def test_status_tells_how_the_model_is(tmp_path: Path) -> None:
    """Its name, whether it answers, what it used of the day's tokens; nothing of the key."""
    model = 'provider = "deepseek"\napi_key = "sk-of-tests"\ndaily_tokens = 5000'
    (tmp_path / "nlops.toml").write_text(CONFIG.replace('provider = "none"', model))
    config = load_config(str(tmp_path / "nlops.toml")).model
    now = time.time()
    store = SqliteStore(tmp_path / "state")
    seen = [model_line(config, store, now)]
    for state in ("starting", "ready", "stopped"):
        await store.keep_model(ModelState(now, state))
        seen.append(model_line(config, store, now))
    await store.keep_model(ModelState(now, "refused", "HTTP 401"))
    await store.spend_tokens(int(now // 86_400), 4000)
    await store.spend_tokens(int(now // 86_400), 1234)
    store.close()
    since = time.strftime("%Y-%m-%d %H:%M", time.localtime(now))
    for line, state in zip(seen[1:], ("is starting", "answers, since", "nlops is down"), strict=True):
        assert line.startswith("model deepseek deepseek-chat: ") and state in line and "; 0 of 5,000 tokens" in line
    assert "never started" in seen[0]
    out = nlops("status", "-c", str(tmp_path / "nlops.toml")).stdout
    due = f"model deepseek deepseek-chat: no answer (refused: HTTP 401); keywords work, since {since}; "
    assert f"{due}5,234 of 5,000 tokens today; spent" in out and "sk-of-tests" not in out


async def test_status_tells_what_the_gate_holds_back(tmp_path: Path) -> None:
    """The kill switch, read-only mode, mutes and windows, the hour's changes, what waits and what nobody knows the end
    of; no codes."""
    policy = "[policy]\nread_only = true\nchanges_per_hour = 5\n[[maintenance]]\nhours = '00:00-24:00'\nbots = ['al']\n"
    bot = '[[bot]]\nname = "al"\nlog = "al.log"\n'
    (tmp_path / "nlops.toml").write_text(CONFIG + bot + policy)
    now = time.time()
    call = ToolCall("restart", {"bot": "bob"})
    one = Proposal("7K3F", "wei", "wxid_wei", "wxid_wei", (call,), ("d",), "change", "words", "model", 0.0)
    one = replace(one, until=now + 90)
    unknown = replace(one, id=2, state=ProposalState.UNKNOWN, decided_at=now - 60)
    standing = Standing(Stop("wei", now), {"bob": Muting(now, now + 600, 0.0, "wei", {"OfferQr": 2})})
    store = SqliteStore(tmp_path / "state")
    await store.commit(Commit(proposals=(replace(one, id=1), unknown), standing=standing), now)
    store.close()
    out = nlops("status", "-c", str(tmp_path / "nlops.toml")).stdout
    for line in (
        "stopped: everything that changes something, by wei since",
        "read-only: policy.read_only",
        "bob: muted by wei until",
        "2 message(s) held back",
        "al: in a maintenance window until",
        "changes in the last hour: 1 of 5",
        "waits for a confirmation: restart  bot = bob (wei, ",
        "not known how it ended: restart  bot = bob (wei, ",
    ):
        assert line in out, out
    assert "7K3F" not in out


def test_tools(config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """list names the allowlist, show prints a definition, schema a JSON Schema, check lints with its exit code."""
    assert main(["tools", "list", "-c", config]) == 0 and "restart" in capsys.readouterr().out
    assert main(["tools", "show", "qr", "-c", config]) == 0 and json.loads(capsys.readouterr().out)["name"] == "qr"
    assert main(["tools", "schema"]) == 0 and json.loads(capsys.readouterr().out)["type"] == "object"
    assert main(["tools", "check"]) == 0 and capsys.readouterr().out.count("ok ") >= 4
    (tmp_path / "bad.json").write_text('{"name": "bad"}')
    assert main(["tools", "check", str(tmp_path / "bad.json")]) == 1
    assert "bad.json: $: " in capsys.readouterr().out


def test_a_file_that_cannot_be_looked_at_is_one_error(tmp_path: Path) -> None:
    """Whatever a command trips over: the file and the reason, no traceback."""
    long = tmp_path / ("x" * 300)
    done = nlops("tools", "check", str(long))
    assert (done.returncode, done.stderr) == (1, f"nlops: {long}: File name too long\n")


def test_an_output_that_nobody_reads_any_more_is_an_end() -> None:
    """`nlops tools schema | head -1`: no traceback."""
    ears, mouth = os.pipe()
    os.close(ears)
    command = [sys.executable, "-m", "nlops", "tools", "schema"]
    done = subprocess.run(command, stdout=mouth, stderr=subprocess.PIPE, text=True, timeout=60, check=False)
    os.close(mouth)
    assert (done.returncode, done.stderr) == (1, "")


def test_check_names_what_is_wrong_and_goes_on(config: str, tmp_path: Path) -> None:
    """A gateway that is away and a log that is missing: each said in its line, exit 1; the rest is looked at too."""
    (tmp_path / "bob.log").unlink()
    done = nlops("check", "-c", config)
    lines = done.stdout.splitlines()
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert {line.split(":")[0] for line in lines if line.startswith("BAD")} == {"BAD log of bob", "BAD gateway"}
    assert any(line.startswith("ok  tools") for line in lines) and any("keywords only" in line for line in lines)


def test_check_tells_which_definitions_are_not_enabled(config: str, tmp_path: Path) -> None:
    """A tool that was written and not allowed: nothing of it exists, and somebody looks for why."""
    (tmp_path / "mine").mkdir()
    shutil.copy(data_path("examples") / "tools" / "disk_free.json", tmp_path / "mine" / "disk_free.json")
    text = Path(config).read_text()
    Path(config).write_text(text + '\n[tools]\npaths = ["mine"]\nenable = ["status"]\n')
    lines = nlops("check", "--no-model", "-c", config).stdout.splitlines()
    assert "ok  tools: status; defined and not in [tools] enable: disk_free" in lines


@pytest.mark.parametrize(
    ("written", "well", "said"),
    [
        (
            "09:00:30 INFO StarterBot Contact<Bob> login\n" * 3,
            True,
            "signs read by starterbot: 3 (others: starterbot-pm2 3)",
        ),
        ("0|bob  | 09:00:30 INFO StarterBot Contact<Bob> login", False, 'set format = "starterbot-pm2"'),
        ("nothing of ours\n", True, "no format reads a sign in it yet (starterbot is set)"),
        ("", True, "no format reads a sign in it yet"),
    ],
)
def test_check_says_which_formats_read_a_log(tmp_path: Path, written: str, well: bool, said: str) -> None:
    """The pinned format and the others, with a mend where another one is meant; a last line needs no end."""
    log = tmp_path / "bob.log"
    log.write_text(written, encoding="utf-8")
    finding = _log(BotConfig("bob", (log,)), log, FORMATS)
    assert finding[0] is well and said in finding[2], finding


def test_check_looks_at_the_end_of_a_long_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first whole line in it."""
    log = tmp_path / "bob.log"
    log.write_text("09:00:30 INFO StarterBot Contact<Bob> login\n" * 10, encoding="utf-8")
    monkeypatch.setattr(load, "LOG_BYTES", 44 * 3 - 1)
    assert "signs read by starterbot: 2 " in _log(BotConfig("bob", (log,)), log, FORMATS)[2]


def test_check_says_why_a_folder_is_polled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only where it is."""
    log = tmp_path / "bob.log"
    log.touch()
    for kind, said in (("nfs4", "its folder is polled: a file system of type nfs4"), ("ext4", "")):
        monkeypatch.setattr(mounts, "file_system_of", lambda *_, kind=kind: kind)
        seen = _log(BotConfig("bob", (log,)), log, FORMATS)[2]
        assert said in seen and ("polled" in seen) is bool(said)


def test_run_without_a_place_for_its_state_is_one_error(config: str, tmp_path: Path) -> None:
    """A state folder that cannot be is said in one line, exit 1."""
    (tmp_path / "state").write_text("in the way")
    done = nlops("run", "-c", config)
    assert done.returncode == 1 and "Traceback" not in done.stderr and "state" in done.stderr
