"""A run by hand is held by the same gate: stopped in chat, read-only, over the hour's limit, or against a rule."""

import asyncio
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest

from nlops.adapters.sqlite import SqliteStore
from nlops.cli.main import main
from nlops.domain.standing import Standing, Stop
from nlops.domain.tools import Proposal, ProposalState, ToolCall
from nlops.ports import Commit

CONFIG = """
state_dir = "state"
[chat]
endpoint = "127.0.0.1:1"
token = "a-token-of-tests"
[[admin]]
name = "wei"
contact = "wxid_wei"
[[bot]]
name = "bob"
log = "bob.log"
[tools]
paths = ["own"]
enable = ["touch_it", "look"]
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir(mode=0o755)
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    for name, argv, risk in (
        ("touch_it", ["/bin/touch", str(tmp_path / "touched")], "change"),
        ("look", ["/bin/echo", "seen"], "read"),
    ):
        raw = {"name": name, "description": "d", "inputSchema": schema, "run": {"argv": argv}, "policy": {"risk": risk}}
        (tmp_path / "own" / f"{name}.json").write_text(json.dumps(raw))
    return tmp_path


def attempt(place: Path, policy: str = "") -> tuple[int, int]:
    """The exit codes of a change and of a look."""
    (place / "nlops.toml").write_text(CONFIG + policy)
    codes = [main(["tools", "try", "-c", str(place / "nlops.toml"), "--yes", name]) for name in ("touch_it", "look")]
    return codes[0], codes[1]


def keep(place: Path, commit: Commit) -> None:
    store = SqliteStore(place / "state")
    asyncio.run(store.commit(commit, 1.0))
    store.close()


def test_it_runs_where_nothing_holds_it(place: Path) -> None:
    """Both."""
    assert attempt(place) == (0, 0) and (place / "touched").exists()


@pytest.mark.parametrize(
    "policy",
    [
        "[policy]\nread_only = true",
        "[policy]\nchanges_per_hour = 0",
        '[[policy.rule]]\nthen = "deny"\nrisk = ["change"]',
    ],
)
def test_the_policy_holds_it(place: Path, policy: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Looking goes on."""
    assert attempt(place, policy) == (1, 0) and not (place / "touched").exists()
    assert "not run: " in capsys.readouterr().err


def test_the_kill_switch_and_the_hour_hold_it(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As the service left them in the store."""
    run = Proposal("", "wei", "w", "w", (ToolCall("touch_it"),), ("d",), "change", "x", "keyword", 0.0)
    run = replace(run, id=1, state=ProposalState.RUNNING, decided_at=time.time())
    keep(place, Commit(proposals=(run,)))
    assert attempt(place, "[policy]\nchanges_per_hour = 1") == (1, 0)
    assert attempt(place) == (0, 0)
    keep(place, Commit(standing=Standing(Stop("wei", 1.0))))
    assert attempt(place) == (1, 0) and "wei stopped everything" in capsys.readouterr().err
