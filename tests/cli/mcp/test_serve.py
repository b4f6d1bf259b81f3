"""`nlops mcp` as a process, with the official client, before a true service: what other programs get, and don't."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import mcp_types as types
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from nlops.adapters.sqlite import SqliteStore
from nlops.gate.audit import AuditRecord, verify
from tests.serving import QR, SCAN, World, until
from tests.support import LAN, WEI

HTTP_TOKEN = "a-token-for-programs-0123456789"
CONFIG = """
state_dir = "state"
[chat]
endpoint = "127.0.0.1:{port}"
token = "a-token-of-tests"
[model]
provider = "none"
[[admin]]
name = "wei"
contact = "wxid_wei"
language = "en"
[[admin]]
name = "lan"
contact = "wxid_lan"
language = "zh"
[[bot]]
name = "bob"
log = "bob.log"
command = ["sleep", "600"]
[policy]
confirm = "never"
ttl_s = {ttl}
[mcp_server]
enable = ["status", "tail_logs", "restart"]
admin = "wei"
token = "{token}"
"""


class Host:
    """A gateway with people, and nlops as processes: the service, and what it offers to programs."""

    def __init__(self, folder: Path) -> None:
        self.world, self.file = World(folder), folder / "nlops.toml"

    async def open(self, ttl: float = 60) -> None:
        await self.world.open()
        self.file.write_text(CONFIG.format(port=self.world.port, ttl=ttl, token=HTTP_TOKEN))

    @asynccontextmanager
    async def service(self) -> AsyncIterator[asyncio.subprocess.Process]:
        process = await self.start("run")
        try:
            yield process
        finally:
            if process.returncode is None:
                process.terminate()
            await asyncio.wait_for(process.wait(), 20)

    async def start(self, *words: str) -> asyncio.subprocess.Process:
        """An nlops that has said that it is ready, or where it listens."""
        argv = (sys.executable, "-m", "nlops", words[0], "-c", str(self.file), *words[1:])
        process = await asyncio.create_subprocess_exec(*argv, stdout=asyncio.subprocess.PIPE)
        assert process.stdout is not None
        async with asyncio.timeout(30):
            while line := (await process.stdout.readline()).decode():
                if "ready" in line or "http://" in line:
                    self.said = line
                    return process
        raise AssertionError("it never got ready")

    def client(self) -> Client:
        """A program that starts `nlops mcp`."""
        argv = ["-m", "nlops", "mcp", "-c", str(self.file)]
        return Client(
            StdioServerParameters(command=sys.executable, args=argv),
            client_info=types.Implementation(name="inspector\u202e", version="9"),
        )

    async def code(self, nth: int = 1) -> str:
        """The code of the nth proposal that wei was sent."""
        await until(lambda: len(self._proposed()) >= nth)
        return self._proposed()[nth - 1].split("yes ")[1][:4]

    def _proposed(self) -> list[str]:
        return [text for text in self.world.texts() if text.startswith("Another program asks")]

    def records(self) -> list[AuditRecord]:
        store = SqliteStore(self.world.folder / "state")
        records = list(store.records())
        assert verify(records, store.head()) is None
        store.close()
        return records


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    host = Host(tmp_path)
    await host.open()
    yield host
    await host.world.gateway.stop()


def text_of(result: types.CallToolResult) -> str:
    return "\n".join(one.text for one in result.content if isinstance(one, types.TextContent))


async def test_a_program_looks_asks_and_is_confirmed(host: Host) -> None:
    """A look runs at once. A change is shown to the admin of [mcp_server] with who asks for it, a bare yes is not
    enough, its code is; then it runs once, and both hear how it went. All of it is in the record."""
    heard: list[str | None] = []

    async def on_progress(progress: float, total: float | None, message: str | None) -> None:
        heard.append(message)

    async with host.service(), host.client() as client:
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert set(tools) == {"status", "tail_logs", "restart"}
        assert tools["status"].annotations and tools["status"].annotations.read_only_hint
        assert tools["restart"].annotations and not tools["restart"].annotations.read_only_hint
        assert tools["restart"].input_schema["properties"]["bot"]["enum"] == ["bob"]
        looked = await client.call_tool("status", {})
        assert not looked.is_error and text_of(looked).startswith("bob: ")
        asking = asyncio.create_task(client.call_tool("restart", {"bot": "bob"}, progress_callback=on_progress))
        code, proposed = await host.code(), host.world.texts()[0]
        assert "Another program asks for this, nobody in this chat: inspector 9 (stdio, user " in proposed
        assert "1. restart  bot = bob" in proposed and host.world.texts(LAN) == []
        host.world.gateway.receive(WEI, "yes")
        await until(lambda: len(host.world.texts()) == 2)
        assert code in host.world.texts()[1] and not asking.done()
        host.world.gateway.receive(WEI, f"yes {code}")
        done = await asyncio.wait_for(asking, 20)
        assert not done.is_error and "bob has a new process: pid" in text_of(done)
        await until(lambda: len(host.world.texts()) == 3)
        assert "bob has a new process: pid" in host.world.texts()[2]
        assert heard and heard[0] and heard[0].startswith("wei is asked in chat")
    kinds = [(record.kind, record.admin) for record in host.records()]
    assert kinds == [
        ("allowed", "mcp:inspector"), ("ran", "mcp:inspector"), ("proposed", "wei"), ("refused", "wei"),
        ("confirmed", "wei"), ("ran", "wei"),
    ]  # fmt: skip
    proposed_record = host.records()[2]
    assert str(proposed_record.details["words"]).startswith("inspector 9 (stdio, user ")
    assert proposed_record.details["source"] == "mcp"


async def test_a_program_that_is_refused_hears_it(host: Host) -> None:
    """A no, a proposal that another request waits behind, one that runs out of time, and one whose program leaves."""
    async with host.service(), host.client() as client:
        asking = asyncio.create_task(client.call_tool("restart", {"bot": "bob"}))
        await host.code()
        second = await client.call_tool("restart", {"bot": "bob"})
        assert second.is_error and "Another request waits for wei's word" in text_of(second)
        host.world.gateway.receive(WEI, "no")
        refused = await asyncio.wait_for(asking, 20)
        assert refused.is_error and text_of(refused).startswith("Not run: it was refused in chat")
        leaving = asyncio.create_task(client.call_tool("restart", {"bot": "bob"}))
        code = await host.code(2)
        leaving.cancel()
        await until(lambda: any("withdrawn" in text for text in host.world.texts()))
        host.world.gateway.receive(WEI, f"yes {code}")
        await until(lambda: any("used up" in text for text in host.world.texts()))
    assert [record.kind for record in host.records()].count("ran") == 0


async def test_what_is_not_offered_does_not_exist(host: Host) -> None:
    """The login code, a tool that is enabled for chat only, arguments that the schema does not know: one line each,
    recorded, and nothing runs. The code's payload reaches no program, not even through a log."""
    async with host.service(), host.client() as client:
        host.world.write(SCAN.format("AbCdEf0123456789"))
        await until(lambda: len(host.world.pictures()) == 1)
        for name, arguments in (("qr", {"bot": "bob"}), ("rm", {}), ("restart", {"bot": "bob", "force": True})):
            result = await client.call_tool(name, arguments)
            assert result.is_error and QR not in text_of(result), name
        assert "There is no tool rm here" in text_of(await client.call_tool("rm", {}))
    assert {record.kind for record in host.records()} == {"refused"}


async def test_without_a_service_nothing_runs(host: Host) -> None:
    """The tools are listed; a call is refused, with what to do, and leaves no record."""
    async with host.client() as client:
        assert len((await client.list_tools()).tools) == 3
        result = await client.call_tool("status", {})
        assert result.is_error and "the nlops service is not running" in text_of(result)
        assert "nlops run" in text_of(result)


async def test_a_service_that_is_killed(host: Host) -> None:
    """Killed while an admin is asked: the program is told so, and after the restart the proposal is withdrawn."""
    async with host.client() as client:
        async with host.service() as service:
            asking = asyncio.create_task(client.call_tool("restart", {"bot": "bob"}))
            code = await host.code()
            service.kill()
            result = await asyncio.wait_for(asking, 20)
            assert result.is_error and "stopped before it answered" in text_of(result)
        async with host.service():
            await until(lambda: any(f"{code} is withdrawn" in text for text in host.world.texts()))
            host.world.gateway.receive(WEI, f"yes {code}")
            await until(lambda: any("used up" in text for text in host.world.texts()))
            assert not (await client.call_tool("status", {})).is_error
    assert [record.details["calls"] for record in host.records() if record.kind == "ran"] == [
        [{"tool": "status", "arguments": {}}]
    ]


async def test_over_http_only_with_the_token(host: Host) -> None:
    """On loopback, for who knows the token; a wrong one, none, and a page of another site get nothing."""
    async with host.service():
        server = await host.start("mcp", "--http", "0")
        url = host.said.split()[-1]
        assert url.startswith("http://127.0.0.1:") and url.endswith("/mcp")
        try:
            good = {"Authorization": f"Bearer {HTTP_TOKEN}"}
            async with httpx2.AsyncClient(headers=good) as web:
                transport: Any = streamable_http_client(url, http_client=web)
                async with Client(transport) as client:
                    assert text_of(await client.call_tool("status", {})).startswith("bob: ")
            async with httpx2.AsyncClient() as web:
                body = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
                for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": HTTP_TOKEN}):
                    assert (await web.post(url, json=body, headers=headers)).status_code == 401
                for foreign in ({"Origin": "https://evil.example"}, {"Host": "evil.example"}):
                    answer = await web.post(url, json=body, headers={**good, **foreign})
                    assert answer.status_code in (403, 421), foreign
        finally:
            server.terminate()
            await asyncio.wait_for(server.wait(), 20)
    assert "(http, user " in str(host.records()[0].details["words"])
