"""The watch over pins, and the service's side of the line, with true servers and sockets."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from nlops.adapters.mcp import watch
from nlops.adapters.mcp.desk import FILE, MAX_OPEN, MAX_REQUEST, PER_MINUTE, Desk
from nlops.adapters.mcp.watch import PinWatch
from nlops.domain.effects import AnswerCall
from nlops.domain.events import CallAsked, CallDropped, Event, PinChanged
from nlops.domain.tools import Catalogue, ToolCall, ToolSpec
from tests.adapters.mcp.test_calls import server, tools
from tests.serving import until

__all__ = ["tools"]  # a fixture


async def test_a_change_is_told_once(
    tools: dict[str, ToolSpec], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """While the server stays changed, one event; a server that is away is none; unchanged tools are none."""
    monkeypatch.setattr(watch, "FIRST_LOOK_S", 0.0)
    catalogue, events = Catalogue((tools["echo"], tools["fails"])), list[Event]()

    async def put(event: Event) -> None:
        events.append(event)

    looks = PinWatch((server("--changed", look_every_s=0.1),), lambda: catalogue)
    task = asyncio.create_task(looks.run(put))
    await until(lambda: bool(events))
    await asyncio.sleep(1.5)
    task.cancel()
    assert len(events) == 1 and isinstance(events[0], PinChanged)
    assert (events[0].name, events[0].tool) == ("files_echo", "echo") and "id_rsa" in events[0].change
    away = PinWatch((server("--die", look_every_s=0.05),), lambda: catalogue)
    caplog.set_level("WARNING", "nlops")
    task = asyncio.create_task(away.run(put))
    await asyncio.sleep(2)
    task.cancel()
    assert len(events) == 1 and sum("no licence found" in record.message for record in caplog.records) <= 1


async def test_nothing_is_started_that_nobody_enabled(
    tools: dict[str, ToolSpec], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server without an enabled tool is not looked at: until one is."""
    monkeypatch.setattr(watch, "FIRST_LOOK_S", 0.0)
    now, events = [Catalogue(())], list[Event]()

    async def put(event: Event) -> None:
        events.append(event)

    started = tmp_path / "started"
    command = ("sh", "-c", f"touch {started}")
    task = asyncio.create_task(PinWatch((server(command=command, look_every_s=0.05),), lambda: now[0]).run(put))
    await asyncio.sleep(0.3)
    assert not started.exists()
    now[0] = Catalogue((tools["echo"],))
    await until(started.exists)
    task.cancel()
    assert events == []


# The line to `nlops mcp`

REQUEST: dict[str, Any] = {
    "program": {"name": "x" * 100 + "\u202e", "version": "1\n2", "via": "stdio"},
    "tool": "status",
    "arguments": {"bot": "bob"},
}


class Line:
    """A desk that runs, and what it told."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.folder, self.events = Desk(folder), folder, list[Event]()

    async def put(self, event: Event) -> None:
        self.events.append(event)

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_unix_connection(self.folder / FILE)

    async def ask(self, data: bytes) -> Any:
        reader, writer = await self.connect()
        writer.write(data)
        writer.write_eof()
        answer = json.loads(await asyncio.wait_for(reader.readline(), 5))
        writer.close()
        return answer


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Line]:
    line = Line(folder)
    task = asyncio.create_task(line.desk.run(line.put))
    await until((folder / FILE).exists)
    try:
        yield line
    finally:
        task.cancel()
        await asyncio.wait([task])


async def test_a_request_and_its_answers(tmp_path: Path) -> None:
    """One request, what it waits for, its end; what the program calls itself is cut and cleaned; the socket is ours."""
    async with opened(tmp_path) as line:
        assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
        reader, writer = await line.connect()
        writer.write(json.dumps(REQUEST).encode() + b"\n")
        await until(lambda: bool(line.events))
        asked = line.events[0]
        assert isinstance(asked, CallAsked) and asked.call == ToolCall("status", {"bot": "bob"})
        assert (asked.program.name, asked.program.version, asked.program.via) == ("x" * 40, "1 2", "stdio")
        line.desk.answer(AnswerCall(asked.request_id, None, "wei is asked"))
        line.desk.answer(AnswerCall(asked.request_id, True, "fine", (("a.png", b"\0\1"),)))
        assert json.loads(await reader.readline()) == {"waits": "wei is asked"}
        files = [{"name": "a.png", "data": "AAE="}]
        assert json.loads(await reader.readline()) == {"ok": True, "text": "fine", "files": files}
        assert await reader.read() == b""
        writer.close()
        line.desk.answer(AnswerCall(asked.request_id, True, "late"))
    assert not (tmp_path / FILE).exists()


async def test_who_hangs_up_no_longer_waits(tmp_path: Path) -> None:
    async with opened(tmp_path) as line:
        _, writer = await line.connect()
        writer.write(json.dumps(REQUEST).encode() + b"\n")
        await until(lambda: bool(line.events))
        writer.close()
        await until(lambda: len(line.events) == 2)
        asked, dropped = line.events
        assert isinstance(asked, CallAsked) and dropped == CallDropped(asked.request_id)


@pytest.mark.parametrize(
    "data",
    [
        b"\n",
        b"{",
        b"[]\n",
        b"\xff\n",
        json.dumps({**REQUEST, "arguments": []}).encode() + b"\n",
        json.dumps({**REQUEST, "tool": 1}).encode() + b"\n",
        json.dumps({**REQUEST, "program": None}).encode() + b"\n",
        b"[" * 10_000 + b"\n",
        json.dumps(REQUEST).replace('"bob"', "NaN").encode() + b"\n",
        json.dumps(REQUEST).replace('"bob"', "1e999").encode() + b"\n",
        json.dumps(REQUEST).replace('"bob"', '"\\ud800"').encode() + b"\n",
        json.dumps(REQUEST).replace('"bob"', '"bob", "bot": "alice"').encode() + b"\n",
        b"x" * (MAX_REQUEST + 10) + b"\n",
    ],
)
async def test_what_is_no_request(tmp_path: Path, data: bytes) -> None:
    """Nothing of it comes before the engine."""
    async with opened(tmp_path) as line:
        answer = await line.ask(data)
        assert answer["ok"] is False and "the request is not understood" in answer["text"]
        assert line.events == []


async def test_a_flood_of_requests(tmp_path: Path) -> None:
    """So many at a time, so many a minute; the rest hears so, and leaves no record."""
    async with opened(tmp_path) as line:
        open_ones = [await line.connect() for _ in range(MAX_OPEN)]
        for _, writer in open_ones:
            writer.write(json.dumps(REQUEST).encode() + b"\n")
        await until(lambda: len(line.events) == MAX_OPEN)
        answer = await line.ask(json.dumps(REQUEST).encode() + b"\n")
        assert "requests are under way" in answer["text"] and len(line.events) == MAX_OPEN
        for _, writer in open_ones:
            writer.close()
        await until(lambda: len(line.events) == 2 * MAX_OPEN)
        for _ in range(PER_MINUTE - MAX_OPEN):
            await line.ask(b"{\n")
        answer = await line.ask(json.dumps(REQUEST).encode() + b"\n")
        assert "in a minute" in answer["text"]


async def test_a_second_service_and_a_long_path(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever comes second says so and leaves the first alone; what was left by a killed one is taken over."""
    caplog.set_level("ERROR", "nlops")
    async with opened(tmp_path) as first:
        await asyncio.wait_for(Desk(tmp_path).run(first.put), 5)
        assert "another nlops listens there" in caplog.text
        assert "not understood" in (await first.ask(b"{\n"))["text"]
    (tmp_path / FILE).touch()
    async with opened(tmp_path) as line:
        await until((tmp_path / FILE).is_socket)
        assert "not understood" in (await line.ask(b"{\n"))["text"]
    long = tmp_path / ("x" * 100)
    long.mkdir()
    await asyncio.wait_for(Desk(long).run(line.put), 5)
    assert "choose a shorter state_dir" in caplog.text
