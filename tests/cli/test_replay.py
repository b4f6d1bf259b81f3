"""`nlops replay` and `nlops formats`: what they print, and what they say to a wrong call."""

import json
from pathlib import Path

import pytest

from nlops.cli.main import main
from nlops.monitor.formats import FORMATS

CODE = "https://login.weixin.qq.com/l/4aJ78Mkc5g=="
PICTURE = "https://wechaty.js.org/qrcode/https%3A%2F%2Flogin.weixin.qq.com%2Fl%2F4aJ78Mkc5g%3D%3D"
STARTED = "09:00:00 INFO StarterBot Starter Bot Started."
WAITING = f"09:00:01 INFO StarterBot onScan: Waiting(2) - {PICTURE}"
SCANNED = "09:00:02 INFO StarterBot onScan: Scanned(3)"
EXPIRED = f"09:00:03 INFO StarterBot onScan: Timeout(5) - {PICTURE}"
LOGIN = "09:00:04 INFO StarterBot Contact<Bob> login"
NOISE = '09:00:05 INFO StarterBot Message#Text[🗣Contact<Eve>]\t"hi'

CONFIG = """
[chat]
endpoint = "127.0.0.1:1"
token = "env:NOT_LOOKED_AT_HERE"
[[admin]]
name = "wei"
contact = "wxid_wei"
[[bot]]
name = "bob"
log = "bob.log"
[[format]]
name = "mine"
description = "my own bot"
[[format.pattern]]
sign = "logged_in"
line = "I am (?P<account>[a-z]+)"
samples = ["I am bob"]
near_misses = ["I am BOB"]
"""


def replay(capsys: pytest.CaptureFixture[str], *args: str) -> list[dict[str, object]]:
    assert main(["replay", "--format", "starterbot", "--json", *args]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_events_and_the_final_state(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An object for each sign, with the state after it and the code where it may be offered; then where it all ends."""
    log = tmp_path / "bob.log"
    log.write_text("\n".join([STARTED, WAITING, NOISE, SCANNED, EXPIRED, LOGIN, WAITING]), encoding="utf-8")
    told = [
        ("unknown", None, STARTED),
        ("waiting", CODE, WAITING),
        ("scanned", None, SCANNED),
        ("timeout", None, EXPIRED),
        ("logged_in", None, LOGIN),
        ("logged_in", None, WAITING),  # suspicious: not offered
    ]
    assert replay(capsys, str(log)) == [
        *({"event": {"bot": "bob", "state": state, "qr": qr, "line": line}} for state, qr, line in told),
        {"final": {"state": {"bob": "logged_in"}, "offer_qr": {"bob": None}}},
    ]


def test_a_code_that_waits_at_the_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "bob.log"
    log.write_text(WAITING, encoding="utf-8")
    assert replay(capsys, str(log))[-1] == {"final": {"state": {"bob": "waiting"}, "offer_qr": {"bob": CODE}}}


def test_several_files_of_one_bot_are_one_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With --bot the files follow one another; without, each is a bot of its own."""
    old, new = tmp_path / "bob.log.1", tmp_path / "bob.log"
    old.write_text(LOGIN + "\n", encoding="utf-8")
    new.write_text(WAITING + "\n", encoding="utf-8")
    (*_, together) = replay(capsys, "--bot", "bob", str(old), str(new))
    (*_, apart) = replay(capsys, str(old), str(new))
    assert together == {"final": {"state": {"bob": "logged_in"}, "offer_qr": {"bob": None}}}
    assert apart == {
        "final": {
            "state": {"bob.log": "logged_in", "bob": "waiting"},
            "offer_qr": {"bob.log": None, "bob": CODE},
        }
    }


def test_for_people(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "bob.log"
    log.write_text(f"{LOGIN}\n", encoding="utf-8")
    assert main(["replay", "--format", "starterbot", str(log)]) == 0
    assert capsys.readouterr().out.splitlines() == [f"bob  logged_in   {LOGIN}", "bob is logged_in"]


def test_a_wrong_format_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replay", "--format", "starter", str(tmp_path)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "--format starter: no such format" in said.err and "starterbot" in said.err


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Before anything is printed, whichever file it is."""
    log = tmp_path / "bob.log"
    log.write_text(f"{LOGIN}\n", encoding="utf-8")
    assert main(["replay", "--format", "starterbot", str(log), str(tmp_path / "none.log")]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "none.log: No such file" in said.err
    assert main(["replay", "--format", "starterbot", str(tmp_path)]) == 2
    assert "Is a directory" in capsys.readouterr().err


def test_formats(capsys: pytest.CaptureFixture[str]) -> None:
    """The same list for people and as JSON."""
    assert main(["formats", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed == [{"name": f.name, "description": f.description} for f in FORMATS.values()]
    assert {"starterbot", "starterbot-pm2", "python-wechaty", "python-starter"} <= {f["name"] for f in listed}
    assert main(["formats"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(FORMATS)


def test_own_formats_count(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With -c, a format of the configuration is listed and read."""
    config, log = tmp_path / "nlops.toml", tmp_path / "bob.log"
    config.write_text(CONFIG, encoding="utf-8")
    log.write_text("I am bob\n", encoding="utf-8")
    assert main(["formats", "-c", str(config), "--json"]) == 0
    assert {"name": "mine", "description": "my own bot"} in json.loads(capsys.readouterr().out)
    assert main(["replay", "-c", str(config), "--format", "mine", "--json", str(log)]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["final"]["state"] == {"bob": "logged_in"}


@pytest.mark.parametrize("command", ["formats", "replay", "follow"])
def test_help_shows_an_example(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command, "--help"])
    assert f"nlops {command}" in capsys.readouterr().out.split("example:")[1]
