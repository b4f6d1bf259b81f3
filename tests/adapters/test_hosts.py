"""Another host: a tool or a bot of one is not tried here, and said to be there."""

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from nlops.adapters.hosts import is_here
from nlops.adapters.runner import ToolRunner
from nlops.domain.config import BotConfig
from nlops.domain.tools import ArgvRun, Catalogue, ToolCall
from nlops.following import _watches
from tests.support import make_config, shipped_catalogue

AWAY = "prod-1"


@pytest.mark.parametrize(
    ("host", "here"), [(None, True), ("localhost", True), (AWAY, False), (f"{socket.gethostname()}.example.com", True)]
)
def test_which_machine_this_is(host: str | None, here: bool) -> None:
    """None, localhost, its own name with or without a domain."""
    assert is_here(host) is here


async def test_bots_of_another_host(tmp_path: Path) -> None:
    """Neither restarted nor looked at here; its log, which would be another file here, is not followed."""
    bots = (BotConfig("bob", (tmp_path / "bob.log",), pm2="bob", host=AWAY), BotConfig("alice", (tmp_path / "a.log",)))
    config = make_config(tmp_path, bots=bots)
    runner = ToolRunner(config, shipped_catalogue(config), {})
    for call in (ToolCall("restart", {"bot": "bob"}), ToolCall("tail_logs", {"bot": "bob", "lines": 5})):
        result = await runner.run(call, {}, "en")
        assert not result.ok and AWAY in result.text and socket.gethostname() in result.text
    assert AWAY in (await runner.run(ToolCall("status", {}), {}, "zh")).text
    assert list(_watches(config, str)) == [tmp_path / "a.log"]


@pytest.mark.parametrize(("host", "ok"), [(AWAY, False), ("localhost", True), ("{bot}", False)])
async def test_tools_of_another_host(tmp_path: Path, host: str, ok: bool) -> None:
    """By its name, or by the bot that it is for."""
    config = make_config(tmp_path, bots=(BotConfig("bob", (), host=AWAY),))
    tool = replace(shipped_catalogue(config).tools[1], run=ArgvRun(("echo", "{bot}")), host=host, verify=None)
    catalogue = Catalogue((tool,), tuple(bot.called() for bot in config.bots))
    result = await ToolRunner(config, catalogue, {}).run(ToolCall("restart", {"bot": "bob"}), {}, "en")
    assert result.ok is ok and (ok or AWAY in result.text)
