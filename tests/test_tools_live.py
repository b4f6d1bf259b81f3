"""Tools of a running service, over a real gateway: a new one without a restart, a faulty one, a stop, pages."""

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from nlops.domain.config import BotConfig, ToolsConfig
from nlops.domain.model import WarmUp
from tests.adapters.test_process import is_gone
from tests.serving import LOGIN, SCAN, StuckModel, World, until
from tests.support import LAN, WEI

CONFIG = """
[chat]
endpoint = "127.0.0.1:1"
token = "env:NOT_READ_AGAIN"
[[admin]]
name = "wei"
contact = "wxid_wei"
[[bot]]
name = "bob"
log = "bob.log"
[tools]
paths = ["tools"]
enable = ["status", "restart", {enable}]
"""


def write(folder: Path, name: str, argv: list[str], **changes: object) -> Path:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    raw = {
        "name": name,
        "description": "d",
        "inputSchema": schema,
        "keywords": [name],
        "run": {"argv": argv},
        **changes,
    }
    folder.mkdir(mode=0o755, exist_ok=True)
    file = folder / f"{name}.json"
    file.write_text(json.dumps(raw))
    file.chmod(0o644)
    return file


class Live(World):
    """A world with tools of its own."""

    @property
    def tools(self) -> Path:
        return self.folder / "tools"

    def enable(self, *names: str) -> ToolsConfig:
        """Write nlops.toml; what it says of tools."""
        enable = ", ".join(json.dumps(name) for name in names)
        self.config.file.write_text(CONFIG.format(enable=enable))
        return ToolsConfig((self.tools,), ("status", "restart", *names))

    def says(self, text: str) -> None:
        self.gateway.receive(WEI, text)

    async def hears(self, part: str, who: str = WEI) -> str:
        await until(lambda: any(part in text for text in self.texts(who)))
        return next(text for text in self.texts(who) if part in text)


@pytest.fixture
async def live(tmp_path: Path) -> AsyncIterator[Live]:
    live = Live(tmp_path)
    live.tools.mkdir(mode=0o755)
    await live.open()
    yield live
    await live.gateway.stop()


async def test_a_new_tool_needs_no_restart(live: Live) -> None:
    """A file and its name in `enable`: told to both admins within seconds, and its keyword runs it. A change that is
    faulty is told, and the old definition goes on; mended, the new one is used."""
    write(live.tools, "one", ["echo", "old"])
    async with live.service(tools=live.enable("one")):
        live.says("one")
        await live.hears("old")
        write(live.tools, "two", ["echo", "brand new"])
        live.enable("one", "two")
        assert "two is new" in await live.hears("loaded anew")
        await live.hears("two 新增", LAN)
        live.says("two")
        await live.hears("brand new")
        write(live.tools, "one", ["echo", "newer"], nmae=1)
        fault = await live.hears("NOT loaded")
        assert "one.json: $.nmae" in fault and "did you mean 'name'?" in fault
        live.says("one")
        await until(lambda: live.texts().count("old") == 2)
        write(live.tools, "one", ["echo", "newer"])
        await live.hears("one is another")
        live.says("one")
        await live.hears("newer")
    with live.store() as store:
        kinds = [record.kind for record in store.records()]
    assert kinds.count("reloaded") == 2 and kinds.count("ran") == 4


class Reader(StuckModel):
    """Remembers what it was given to read ahead."""

    def __init__(self) -> None:
        self.read: list[str] = []

    async def renew(self, warm_up: WarmUp) -> None:
        self.read += [str(one) for one in warm_up.first]


async def test_the_model_reads_what_is_new(live: Live) -> None:
    """The new definitions are read before somebody asks in their words, in both orders, with those that were there
    before."""
    model = Reader()
    write(live.tools, "one", ["echo", "old"])
    async with live.service(tools=live.enable("one"), model=model):
        live.says("one")
        await live.hears("old")
        assert not model.read
        write(live.tools, "two", ["echo"], description="Says what is brand new.")
        live.enable("one", "two")
        await live.hears("loaded anew")
        await until(lambda: len(model.read) == 2)
    assert all("brand new" in text and "one" in text for text in model.read) and model.read[0] != model.read[1]


async def test_a_run_ends_under_the_definition_it_began_with(live: Live) -> None:
    """A definition that changes while a run of it goes on, or before the second call of a run: the old one is run."""
    write(live.tools, "slow", ["sleep", "3"], verify={"argv": ["echo", "checked by the old one"]})
    async with live.service(tools=live.enable("slow")):
        live.says("slow")
        write(live.tools, "slow", ["echo", "the new one"])
        await live.hears("slow is another")
        await live.hears("checked by the old one")
        live.says("slow")
        await live.hears("the new one")


async def test_stop_ends_the_process_group(live: Live) -> None:
    """A long command and what it started are gone when `stop` was said; that is told, and the record holds both."""
    pid_file = live.folder / "pid"
    script = live.folder / "long"
    script.write_text(f"#!/bin/sh\nsleep 600 &\necho $! > {pid_file}\nwait\n")
    script.chmod(0o755)
    write(live.tools, "long", [str(script)], timeout_s=600)
    async with live.service(tools=live.enable("long")):
        live.says("long")
        await until(lambda: pid_file.exists() and pid_file.read_text().endswith("\n"))
        live.says("stop")
        told = await live.hears("ended by a “stop”")
        assert told.startswith("long failed")
        assert is_gone(int(pid_file.read_text()))
        live.says("stop")
        await live.hears("“stop all”")
    with live.store() as store:
        assert [record.kind for record in store.records()] == ["allowed", "cancelled", "unknown"]


async def test_pages(live: Live) -> None:
    """Forty lines in pages of twenty, without the token that one of them holds."""
    write(live.tools, "many", ["seq", "-f", "line %g a-token-of-tests", "40"], output={"max_lines": 20})
    async with live.service(tools=live.enable("many")):
        live.says("many")
        first = await live.hears("line 1 ")
        assert first.splitlines()[-1].startswith("line 20 ")
        await live.hears("1 more page")
        live.says("更多")
        second = await live.hears("line 40 ")
        assert second.splitlines()[0] == "line 21 ‹redacted›"
        live.says("more")
        await live.hears("nothing more")


async def test_a_restart_that_wants_a_scan(live: Live) -> None:
    """The bot was logged in, and after its restart it asks for a scan, with no word of a start in its log: that is
    told, and the code comes to both admins by itself."""
    log = live.folder / "bob.log"
    script = live.folder / "bot"
    line = SCAN.format("AbCdEf0123456789").strip()
    script.write_text(f"#!/bin/sh\n[ -s {log} ] && sleep 1 && echo '{line}' >> {log}\nexec sleep 600\n")
    script.chmod(0o755)
    bots: Any = (BotConfig("bob", (log,), command=(str(script),)),)
    async with live.service(tools=live.enable(), bots=bots):
        live.write(LOGIN)
        live.says("status bob")
        await live.hears("bob: logged in")
        live.says("restart bob")
        await live.hears("asks for a scan: its code comes by itself")
        await until(lambda: len(live.pictures()) == 1 and len(live.pictures(LAN)) == 1)
        assert not any("Suspicious" in text for text in live.texts())


async def test_restart_is_done_with_the_login(live: Live) -> None:
    """The bot is a real process that logs in a second after its start, as its log shows: the word of it comes with the
    login, and not before."""
    log = live.folder / "bob.log"
    script = live.folder / "bot"
    script.write_text(
        f"#!/bin/sh\nsleep 1\necho '10:01:00 INFO StarterBot Contact<Bob> login' >> {log}\nexec sleep 600\n"
    )
    script.chmod(0o755)
    bots: Any = (BotConfig("bob", (log,), command=(str(script),)),)
    async with live.service(tools=live.enable(), bots=bots):
        await until(lambda: "login" in log.read_text())
        live.says("restart bob")
        asked = time.monotonic()
        await live.hears("bob has a new process")
        assert not any("restarted and" in text for text in live.texts())
        await live.hears("bob is restarted and logged in")
        assert time.monotonic() - asked > 1
