"""Runs: the builtin tools over true files, commands over true processes."""

import asyncio
import io
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from nlops.adapters.lines import read_last_lines
from nlops.adapters.runner import ToolRunner
from nlops.domain.bots import BotState, BotStatus
from nlops.domain.tools import ArgvRun, Catalogue, ToolCall, ToolResult
from tests.adapters.test_process import is_gone
from tests.support import make_config, shipped_catalogue


def runner(folder: Path) -> ToolRunner:
    config = make_config(folder)
    return ToolRunner(config, shipped_catalogue(config), {})


async def run(folder: Path, tool: str, **arguments: object) -> ToolResult:
    bots = {"bob": BotState(BotStatus.WAITING, "http://weixin.qq.com/x/1"), "alice": BotState(BotStatus.LOGGED_IN)}
    return await runner(folder).run(ToolCall(tool, arguments), bots, "en")


async def test_tail_gives_exactly_the_last_lines(tmp_path: Path) -> None:
    """The last twenty complete lines, colours and the half line at the end left out."""
    lines = [f"\x1b[32m{n:03}\x1b[0m 行" for n in range(300)]
    (tmp_path / "alice.log").write_text("\n".join(lines) + "\nhalf")
    result = await run(tmp_path, "tail_logs", bot="alice", lines=20)
    assert result.ok and result.text.splitlines()[1:] == [f"{n:03} 行" for n in range(280, 300)]


def drawing(before: str = "", compact: bool = True) -> list[str]:
    """The rows of a code as a bot draws it into its log."""
    out = io.StringIO()
    segno.make("http://weixin.qq.com/x/AbCdEf0123456789").terminal(out, compact=compact)
    return [f"{before}{row}" for row in out.getvalue().splitlines()]


@pytest.mark.parametrize(("before", "compact"), [("", True), ("", False), ("0|bob  | 2026-11-28 10:00:00: ", True)])
async def test_a_drawn_code_is_one_line_of_the_tail(tmp_path: Path, before: str, compact: bool) -> None:
    """It cannot be scanned in a chat, and what happened before it is wanted. A bar is none."""
    rows = drawing(before, compact)
    lines = [*(f"{n:03} line" for n in range(9)), *rows, "scan me", "█" * 30, "waiting", *rows]
    (tmp_path / "bob.log").write_text("\n".join(lines) + "\n")
    code = f"[a QR code, {len(rows)} lines]"
    for count in (1, 4, 5, 8):
        result = await run(tmp_path, "tail_logs", bot="bob", lines=count)
        due = [*(f"{n:03} line" for n in range(9)), code, "scan me", "█" * 30, "waiting", code]
        assert result.text.splitlines()[1:] == due[-count:]


@given(
    count=st.integers(1, 12),
    lines=st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\x1b")), max_size=10),
)
def test_tail_of_any_lines(tmp_path_factory: pytest.TempPathFactory, count: int, lines: list[str]) -> None:
    """Any lines, fewer or more than asked for."""
    file = tmp_path_factory.mktemp("t") / "x.log"
    file.write_bytes("".join(f"{line}\n" for line in lines).encode())
    assert read_last_lines(file, count) == lines[-count:]


def test_tail_of_long_lines_crosses_blocks(tmp_path: Path) -> None:
    """Lines longer than a block of reading."""
    file = tmp_path / "x.log"
    lines = ["a" * 100_000, "b" * 70_000, "c"]
    file.write_text("\n".join(lines) + "\n")
    assert read_last_lines(file, 2) == lines[1:] and read_last_lines(file, 9) == lines


async def test_missing_and_empty_logs_are_said(tmp_path: Path) -> None:
    """No file: failed, with the reason. An empty one: said to be empty."""
    assert not (await run(tmp_path, "tail_logs", bot="bob", lines=5)).ok
    (tmp_path / "bob.log").touch()
    assert "empty" in (await run(tmp_path, "tail_logs", bot="bob", lines=5)).text


async def test_qr(tmp_path: Path) -> None:
    """The payload that may be offered now; where there is none, that is said."""
    assert (await run(tmp_path, "qr", bot="bob")).qr == "http://weixin.qq.com/x/1"
    none = await run(tmp_path, "qr", bot="alice")
    assert none.ok and none.qr is None and "logged in" in none.text


async def test_status_of_one_and_all(tmp_path: Path) -> None:
    """One line a bot."""
    assert (await run(tmp_path, "status")).text.splitlines() == ["alice: logged in", "bob: waiting for a scan"]
    assert (await run(tmp_path, "status", bot="bob")).text == "bob: waiting for a scan"


async def test_restart_without_a_manager_is_said(tmp_path: Path) -> None:
    """Nobody to restart it: failed, with the mend."""
    result = await run(tmp_path, "restart", bot="bob")
    assert not result.ok and "pm2" in result.text


def command(folder: Path, argv: tuple[str, ...], **changes: Any) -> ToolRunner:
    config = make_config(folder)
    run = ArgvRun(argv, **{key: changes.pop(key) for key in ("cwd", "user", "env") if key in changes})
    restart = replace(shipped_catalogue(config).tools[1], verify=None)
    tool = replace(restart, run=run, file=f"{folder}/restart.json", **changes)
    return ToolRunner(config, Catalogue((tool,), tuple(bot.called() for bot in config.bots)), {})


RESTART_BOB = ToolCall("restart", {"bot": "bob"})


@pytest.mark.parametrize(
    ("argv", "ok", "text"),
    [
        (("echo", "{bot}"), True, "bob"),
        ((sys.executable, "-c", "import sys; sys.exit('no')"), False, "no"),
        (("/no/such/program",), False, "no program"),
        (("echo", "{bot}{bot}"), True, "bobbob"),
    ],
)
async def test_commands(tmp_path: Path, argv: tuple[str, ...], ok: bool, text: str) -> None:
    """A definition's own command, run for real."""
    result = await command(tmp_path, argv).run(RESTART_BOB, {}, "en")
    assert result.ok is ok and text in result.text


async def test_calls_are_checked_where_they_run(tmp_path: Path) -> None:
    """Whoever calls: a bot that is none, an argument too many, a tool that is none."""
    here = command(tmp_path, ("echo", "{bot}"))
    for call in (ToolCall("restart", {"bot": "eve"}), ToolCall("restart", {"bot": "bob", "x": 1}), ToolCall("rm")):
        assert not (await here.run(call, {}, "en")).ok


async def test_where_a_command_runs(tmp_path: Path) -> None:
    """In the definition's folder, or in the one it names."""
    assert (await command(tmp_path, ("pwd",)).run(RESTART_BOB, {}, "en")).text == str(tmp_path)
    assert (await command(tmp_path, ("pwd",), cwd="/").run(RESTART_BOB, {}, "en")).text == "/"
    assert not (await command(tmp_path, ("pwd",), cwd="/no/such").run(RESTART_BOB, {}, "en")).ok


async def test_what_a_command_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own variables, references read; none of ours; and what it echoes of a secret is cleaned."""
    monkeypatch.setenv("KEY_OF_TESTS", "swordfish9")
    monkeypatch.setenv("OPENAI_API_KEY", "hunter2hunter2")
    here = command(tmp_path, ("printenv",), env=(("KEY", "env:KEY_OF_TESTS"), ("PLAIN", "word")))
    text = (await here.run(RESTART_BOB, {}, "en")).text
    assert "PLAIN=word" in text and "KEY=" in text and "swordfish9" not in text and "hunter2" not in text
    missing = await command(tmp_path, ("printenv",), env=(("KEY", "env:NO_SUCH_KEY"),)).run(RESTART_BOB, {}, "en")
    assert not missing.ok and "NO_SUCH_KEY" in missing.text


async def test_as_whom_a_command_runs(tmp_path: Path) -> None:
    """As another user where we are root, with nothing of root left; else it says why not, and does not run."""
    result = await command(tmp_path, ("id",), user="nobody", cwd="/").run(RESTART_BOB, {}, "en")
    assert "(nobody)" in result.text and "(root)" not in result.text if os.geteuid() == 0 else not result.ok
    none = await command(tmp_path, ("id",), user="no_such_user", cwd="/").run(RESTART_BOB, {}, "en")
    assert not none.ok and "no_such_user" in none.text


async def test_long_output_comes_in_pages(tmp_path: Path) -> None:
    """The first page is the text, the others wait in the result."""
    result = await command(tmp_path, ("seq", "1", "25"), max_lines=10).run(RESTART_BOB, {}, "en")
    assert result.text.splitlines() == [str(n) for n in range(1, 11)] and len(result.rest) == 2


async def test_cancelling_ends_the_group(tmp_path: Path) -> None:
    """Cancelling the run ends the command and what it started."""
    script = tmp_path / "start.py"
    script.write_text(
        "import subprocess, time; p = subprocess.Popen(['sleep', '600']);"
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(p.pid) + '.'); time.sleep(600)"
    )
    run = asyncio.create_task(command(tmp_path, (sys.executable, str(script))).run(RESTART_BOB, {}, "en"))
    pid = tmp_path / "pid"
    while not (pid.exists() and pid.read_text().endswith(".")):  # noqa: ASYNC110  another process writes it
        await asyncio.sleep(0.02)
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    assert is_gone(int(pid.read_text()[:-1]))


async def test_another_catalogue(tmp_path: Path) -> None:
    """Runs that begin later are of the new one; the runner of the old one stays what it was."""
    here, other = command(tmp_path, ("echo", "old")), command(tmp_path, ("echo", "new"))
    there = here.using(other._catalogue)
    assert (await there.run(RESTART_BOB, {}, "en")).text == "new"
    assert (await here.run(RESTART_BOB, {}, "en")).text == "old"
