"""The service's side of the line to `nlops mcp`: a socket in the state folder, one request a connection.

    in   {"program": {"name", "version", "via"}, "tool", "arguments"}        one line of JSON
    out  {"waits": "…"}                                                      while an admin is asked
         {"ok": true, "text": "…", "files": [{"name", "data": base64}]}      and the end

Only the service's own user and root may connect: the folder is theirs, and the kernel says who a process is. Whoever
hangs up no longer waits.
"""

import asyncio
import base64
import itertools
import json
import logging
import os
import pwd
import socket
import struct
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from nlops.domain.effects import AnswerCall
from nlops.domain.events import CallAsked, CallDropped, Event
from nlops.domain.programs import Program
from nlops.domain.tools import ToolCall
from nlops.toolbox.pins import plain
from nlops.toolbox.text import decode, read_text

log = logging.getLogger("nlops")

FILE = "mcp.sock"
MAX_REQUEST = 64 * 1024  # bytes of one request
MAX_PATH = 100  # bytes of a socket's path: the kernel's limit is 108 (unix(7))
MAX_OPEN = 16  # connections
PER_MINUTE = 60  # requests: each leaves a record
MAX_NAME = 40  # characters of what a program calls itself

Put = Callable[[Event], Awaitable[None]]


class Desk:
    """Takes requests, and hands out what the engine answers."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / FILE
        self._ids = itertools.count(1)
        self._waiting: dict[str, asyncio.Queue[AnswerCall]] = {}
        self._recent: deque[float] = deque(maxlen=PER_MINUTE)
        self._put: Put | None = None

    async def run(self, put: Put) -> None:
        self._put = put
        try:
            server = await self._open()
        except OSError as error:
            log.error("nlops mcp will reach nobody: %s: %s", self._path, error)
            return
        try:
            await server.serve_forever()
        finally:
            server.close()
            self._path.unlink(missing_ok=True)

    async def _open(self) -> asyncio.Server:
        """Raises OSError: the path is too long, or another service listens there."""
        if len(os.fsencode(self._path)) > MAX_PATH:
            raise OSError(f"the path of the socket is longer than {MAX_PATH} bytes; choose a shorter state_dir")
        if await _is_heard(self._path):
            raise OSError("another nlops listens there")
        self._path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._serve, self._path, limit=MAX_REQUEST)
        self._path.chmod(0o600)
        return server

    def answer(self, effect: AnswerCall) -> None:
        """What a program is told; nothing where it hung up."""
        if effect.request_id in self._waiting:
            self._waiting[effect.request_id].put_nowait(effect)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request_id = f"{os.getpid()}-{next(self._ids)}"
        try:
            refusal = self._refusal(writer)
            event = refusal or await _read(reader, request_id, _user_of(writer))
            if isinstance(event, str):
                await _send(writer, {"ok": False, "text": event, "files": []})
                return
            self._waiting[request_id] = asyncio.Queue()
            await self._talk(event, reader, writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self._waiting.pop(request_id, None)
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _refusal(self, writer: asyncio.StreamWriter) -> str:
        now = time.monotonic()
        if _uid_of(writer) not in (0, os.geteuid()):
            return "only the user of the nlops service may ask"
        if len(self._waiting) >= MAX_OPEN:
            return f"{MAX_OPEN} requests are under way; ask again after that"
        if len(self._recent) == PER_MINUTE and now - self._recent[0] < 60.0:
            return f"more than {PER_MINUTE} requests in a minute; ask again after that"
        self._recent.append(now)
        return ""

    async def _talk(self, event: CallAsked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Bring the request before the engine; pass its answers on, until the last one or until nobody listens."""
        assert self._put is not None  # noqa: S101  the server began after it was set
        answers = self._waiting[event.request_id]
        await self._put(event)
        hung_up = asyncio.ensure_future(reader.read(1))
        try:
            while True:
                next_one = asyncio.ensure_future(answers.get())
                done, _ = await asyncio.wait({hung_up, next_one}, return_when=asyncio.FIRST_COMPLETED)
                if next_one not in done:
                    next_one.cancel()
                    await self._put(CallDropped(event.request_id))
                    return
                answer = next_one.result()
                await _send(writer, _as_json(answer))
                if answer.ok is not None:
                    return
        finally:
            hung_up.cancel()


async def _is_heard(path: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(path)
    except OSError:
        return False
    writer.close()
    return True


async def _read(reader: asyncio.StreamReader, request_id: str, user: str) -> CallAsked | str:
    """The request; or why it is none."""
    try:
        async with asyncio.timeout(10):
            raw: Any = read_text(decode(await reader.readline()))
        told = raw["program"]
        via: Literal["stdio", "http"] = "http" if told["via"] == "http" else "stdio"
        program = Program(_name(told["name"], "unknown"), _name(told["version"], ""), via, user)
        if not isinstance(raw["tool"], str) or not isinstance(raw["arguments"], dict):
            return "the request is not understood: tool or arguments"
        return CallAsked(request_id, program, ToolCall(raw["tool"][:100], raw["arguments"]))
    except TimeoutError:
        return "no request came"
    except (ValueError, KeyError, TypeError, RecursionError):
        return f"the request is not understood, or has more than {MAX_REQUEST} bytes"


def _name(value: object, otherwise: str) -> str:
    return plain(str(value))[:MAX_NAME] or otherwise


def _as_json(answer: AnswerCall) -> dict[str, object]:
    if answer.ok is None:
        return {"waits": answer.text}
    files = [{"name": name, "data": base64.b64encode(data).decode("ascii")} for name, data in answer.files]
    return {"ok": answer.ok, "text": answer.text, "files": files}


async def _send(writer: asyncio.StreamWriter, message: dict[str, object]) -> None:
    writer.write(json.dumps(message, ensure_ascii=False).encode("utf-8", "replace") + b"\n")
    await writer.drain()


def _uid_of(writer: asyncio.StreamWriter) -> int:
    """The user of the process at the other end, as the kernel noted it when it connected (unix(7), SO_PEERCRED)."""
    connection = writer.get_extra_info("socket")
    if not hasattr(socket, "SO_PEERCRED"):  # not Linux: the folder's mode alone
        return os.geteuid()
    _, uid, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(uid)


def _user_of(writer: asyncio.StreamWriter) -> str:
    uid = _uid_of(writer)
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
