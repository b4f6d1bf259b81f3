"""Runs: the builtin tools over true files, commands over true processes."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.adapters.runner import ToolRunner
from nlops.adapters.runners.builtin import describe_duration, read_last_lines
from nlops.domain.bots import BotState, BotStatus
from nlops.domain.tools import ArgvRun, Catalogue, ToolCall, ToolResult
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
    config = make_config(tmp_path)
    tool = replace(shipped_catalogue(config).tools[1], run=ArgvRun(argv))
    result = await ToolRunner(config, Catalogue((tool,)), {}).run(ToolCall("restart", {"bot": "bob"}), {}, "en")
    assert result.ok is ok and text in result.text


@pytest.mark.parametrize(("seconds", "en", "zh"), [(-5, "0 s", "0 秒"), (59, "59 s", "59 秒"), (7300, "2 h", "2 小时")])
def test_durations(seconds: float, en: str, zh: str) -> None:
    """The largest whole unit."""
    assert (describe_duration(seconds, "en"), describe_duration(seconds, "zh")) == (en, zh)
