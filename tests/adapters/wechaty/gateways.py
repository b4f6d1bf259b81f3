"""The two gateways that the chat link is tested against, behind one face, and a recorder of what the link tells."""

import asyncio
import base64
import json
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar, Protocol

from grpclib.client import Channel
from wechaty_grpc.wechaty import PuppetStub
from wechaty_grpc.wechaty.puppet import EventType

from nlops.adapters.wechaty.chat import WechatyChat
from nlops.adapters.wechaty.puppet import LinkTimes
from nlops.domain.chat import ChatMessage
from nlops.domain.config import ChatConfig, Secret
from nlops.domain.events import LinkChanged
from nlops.ports import ChatEvent
from nlops.sandbox.gateway import LocalGateway
from tests.node import installed, node_environment

TOKEN = "insecure_a-token-of-tests"
BOT, WEI, MALLORY, ROOM = "wxid_nlops", "wxid_wei", "wxid_mallory", "12345@chatroom"
# Mallory took a nickname that contains Wei's id: Contact.find would take one for the other.
NAMES = {WEI: "Wei", MALLORY: f"boss {WEI}"}
QUICK = LinkTimes(first_retry_s=0.05, longest_retry_s=0.2)

SentItem = tuple[str, str, str, bytes]


class Gateway(Protocol):
    """A gateway on a fixed port of loopback. It starts with the account logged out."""

    port: int

    async def start(self, tls: Path | None = None) -> None:
        """`tls`: a PEM file with a certificate and its key."""

    async def kill(self) -> None:
        """End it at once; what it knew is gone where it is a process."""

    async def release(self) -> None:
        """The test is over."""

    async def login(self) -> None: ...

    async def logout(self) -> None: ...

    async def scan(self, payload: str) -> None: ...

    async def receive(self, from_id: str, *texts: str, room: bool = False, mentions: Sequence[str] = ()) -> None:
        """Someone writes to the account, or into the room."""

    async def receive_other(self, from_id: str, text: str, kind: int) -> None:
        """A message of the type `kind` on the wire."""

    async def receive_file(self, from_id: str, name: str, data: bytes) -> None: ...

    async def phone(self, to_id: str, text: str) -> None:
        """The account's owner writes to someone on the phone."""

    async def tell(self, message_id: str) -> None:
        """Tell of a message by its id, once more or although there is none."""

    async def trouble(self, text: str) -> None:
        """An error event of the 1.x line."""

    async def hang_up(self) -> None:
        """End the event stream in good order."""

    async def hold(self, held: bool) -> None:
        """Leave requests for messages unanswered, or answer them again."""

    async def sent(self) -> list[SentItem]:
        """What the client sent: conversation, text, file name, content."""

    async def stops(self) -> int:
        """How often the client asked for what logs the account out."""


class PythonGateway:
    """nlops' own."""

    def __init__(self, lacks: frozenset[str] = frozenset()) -> None:
        self.local = LocalGateway(TOKEN, user_id=BOT, lacks=lacks)
        for contact_id, name in NAMES.items():
            self.local.add_contact(contact_id, name)
        self.local.add_room(ROOM, "ops", [BOT, WEI, MALLORY])
        self.port = free_port()

    async def start(self, tls: Path | None = None) -> None:
        await self.local.start(port=self.port, tls=_server_context(tls) if tls else None)

    async def kill(self) -> None:
        await self.local.stop()

    async def release(self) -> None:
        self.local.hold_messages(held=False)
        await self.local.stop()

    async def login(self) -> None:
        self.local.login()

    async def logout(self) -> None:
        self.local.logout("asked by the test")

    async def scan(self, payload: str) -> None:
        self.local.scan(payload)

    async def receive(self, from_id: str, *texts: str, room: bool = False, mentions: Sequence[str] = ()) -> None:
        for text in texts:
            self.local.receive(from_id, text, room_id=ROOM if room else "", mentions=mentions)

    async def receive_other(self, from_id: str, text: str, kind: int) -> None:
        self.local.receive(from_id, text, kind=kind)

    async def receive_file(self, from_id: str, name: str, data: bytes) -> None:
        self.local.receive_file(from_id, name, data)

    async def phone(self, to_id: str, text: str) -> None:
        self.local.receive(BOT, text)

    async def tell(self, message_id: str) -> None:
        self.local.emit(EventType.EVENT_TYPE_MESSAGE, {"messageId": message_id})

    async def trouble(self, text: str) -> None:
        self.local.emit(EventType.EVENT_TYPE_ERROR, {"gerror": text})

    async def hang_up(self) -> None:
        self.local.hang_up()

    async def hold(self, held: bool) -> None:
        self.local.hold_messages(held=held)

    async def sent(self) -> list[SentItem]:
        return [(sent.conversation_id, sent.text, sent.name, sent.data) for sent in self.local.sent]

    async def stops(self) -> int:
        return self.local.calls["Stop"] + self.local.calls["Logout"]


class _NodeProcess:
    """The program of tests/node_gateway, and its control port. One serves many tests, one after the other."""

    SOURCE = Path(__file__).resolve().parents[2] / "node_gateway"
    idle: ClassVar[list["_NodeProcess"]] = []

    def __init__(self) -> None:
        self._control_port = free_port()
        folder = installed(self.SOURCE)
        program = shutil.copy(self.SOURCE / "gateway.mjs", folder)  # node looks for packages beside the program
        self.output = Path(tempfile.mkstemp(prefix="node-gateway-")[1])
        with self.output.open("wb") as output:
            self._process = subprocess.Popen(
                ["node", program, str(self._control_port)],
                env=node_environment(),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + 60
        while not self.output.read_text().endswith("ready\n"):
            assert self._process.poll() is None and time.monotonic() < end, self.output.read_text()
            time.sleep(0.02)

    @classmethod
    def one(cls) -> "_NodeProcess":
        return cls.idle.pop() if cls.idle else cls()

    @classmethod
    def end_all(cls) -> None:
        while cls.idle:
            cls.idle.pop().kill()

    def signal(self, number: int) -> None:
        self._process.send_signal(number)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        self._process.stdin.close()
        self.output.unlink()

    async def ask(self, control: str, /, **fields: object) -> Any:
        url = f"http://127.0.0.1:{self._control_port}/{control}"

        def post() -> Any:
            try:
                with urllib.request.urlopen(url, json.dumps(fields).encode(), timeout=30) as answer:
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                raise RuntimeError(f"{control}: {error.read().decode()}") from None

        return await asyncio.to_thread(post)


class NodeGateway:
    """The one for Node, with the mock puppet, as a process (tests/node_gateway)."""

    def __init__(self) -> None:
        self.port = free_port()
        self._process: _NodeProcess | None = None

    @property
    def process(self) -> _NodeProcess:
        assert self._process is not None
        return self._process

    async def start(self, tls: Path | None = None) -> None:
        self._process = await asyncio.to_thread(_NodeProcess.one)
        await self._ask("open", port=self.port, token=TOKEN, pem=str(tls) if tls else None)
        await self._ask("add_contact", id=BOT, name="nlops", alias="")
        for contact_id, name in NAMES.items():
            await self._ask("add_contact", id=contact_id, name=name, alias="")
        await self._ask("add_room", id=ROOM, topic="ops", members=[BOT, WEI, MALLORY])

    async def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await asyncio.to_thread(process.kill)

    async def release(self) -> None:
        if self._process is not None:
            await self._ask("close")
            _NodeProcess.idle.append(self._process)

    async def login(self) -> None:
        await self._ask("login", id=BOT)

    async def logout(self) -> None:
        await self._ask("logout")

    async def scan(self, payload: str) -> None:
        await self._ask("scan", payload=payload, status=2)

    async def receive(self, from_id: str, *texts: str, room: bool = False, mentions: Sequence[str] = ()) -> None:
        to = ROOM if room else BOT
        await self._ask("receive", **{"from": from_id, "to": to, "texts": texts, "mentions": list(mentions)})

    async def receive_other(self, from_id: str, text: str, kind: int) -> None:
        message_id = f"other-{time.monotonic_ns()}"
        await self._ask("receive_other", **{"from": from_id, "to": BOT, "text": text, "type": kind, "id": message_id})

    async def receive_file(self, from_id: str, name: str, data: bytes) -> None:
        content = base64.b64encode(data).decode()
        await self._ask("receive_file", **{"from": from_id, "to": BOT, "name": name, "data": content})

    async def phone(self, to_id: str, text: str) -> None:
        await self._ask("receive", **{"from": BOT, "to": to_id, "texts": [text], "mentions": []})

    async def tell(self, message_id: str) -> None:
        await self._ask("emit", event="message", payload={"messageId": message_id})

    async def trouble(self, text: str) -> None:
        await self._ask("emit", event="error", payload={"gerror": text})

    async def hang_up(self) -> None:
        """Only Stop makes it do so: another client calls that."""
        channel = Channel("127.0.0.1", self.port)
        channel._authority = TOKEN
        await PuppetStub(channel, timeout=20).stop()
        channel.close()

    async def hold(self, held: bool) -> None:
        await self._ask("hold", held=held)

    async def sent(self) -> list[SentItem]:
        items = await self._ask("sent")
        return [(item["conversation"], item["text"], item["name"], base64.b64decode(item["data"])) for item in items]

    async def stops(self) -> int:
        calls = await self._ask("calls")
        return int(calls["stop"] + calls["logout"])

    async def _ask(self, control: str, /, **fields: object) -> Any:
        return await self.process.ask(control, **fields)


def end_node_processes() -> None:
    """Those that wait for a next test."""
    _NodeProcess.end_all()


def _server_context(pem: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    context.set_alpn_protocols(["h2"])
    return context


class Proxy:
    """A way to a gateway that can hang (it stays open, and nothing passes any more), break, and be closed."""

    def __init__(self, port: int) -> None:
        self.hangs = self.is_closed = False
        self.port = 0
        self._target = port
        self._writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> "Proxy":
        self._server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for writer in self._writers:
            writer.close()

    def resume(self) -> None:
        """Hang no longer; both ends learn that what hung is gone, as they do when a network is back."""
        self.hangs = False
        self.cut()

    def cut(self) -> None:
        """Break every connection."""
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.is_closed:
            writer.transport.abort()
            return
        there = await asyncio.open_connection("127.0.0.1", self._target)
        self._writers += [writer, there[1]]
        await asyncio.gather(self._copy(reader, there[1]), self._copy(there[0], writer), return_exceptions=True)

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while block := await reader.read(65536):
            if not self.hangs:
                writer.write(block)


class Heard:
    """What the link delivered."""

    def __init__(self) -> None:
        self.events: list[ChatEvent] = []

    async def deliver(self, event: ChatEvent) -> None:
        self.events.append(event)

    @property
    def links(self) -> list[bool]:
        return [event.up for event in self.events if isinstance(event, LinkChanged)]

    @property
    def accounts(self) -> list[str]:
        """Who was logged in, each time the link came up."""
        return [event.account for event in self.events if isinstance(event, LinkChanged) and event.up]

    @property
    def why(self) -> list[str]:
        return [event.why for event in self.events if isinstance(event, LinkChanged) and not event.up]

    @property
    def messages(self) -> list[ChatMessage]:
        return [event for event in self.events if isinstance(event, ChatMessage)]

    @property
    def texts(self) -> list[str]:
        """Of what others said."""
        return [message.text for message in self.messages if not message.is_own]

    async def up(self, times: int = 1) -> None:
        await until(lambda: self.links.count(True) >= times)


class FastSleep:
    """The waits between attempts, on a clock of their own: each passes at once. `then` is called as soon as `at_s`
    seconds have passed on it."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._at_s = float("inf")
        self._then: Callable[[], Awaitable[None]] | None = None

    def at(self, at_s: float, then: Callable[[], Awaitable[None]]) -> None:
        self._at_s, self._then = at_s, then

    async def __call__(self, seconds: float) -> None:
        self.now_s += seconds
        if self._then is not None and self.now_s >= self._at_s:
            then, self._then = self._then, None
            await then()
        await asyncio.sleep(0)


def make_chat(
    port: int, *, token: str = TOKEN, times: LinkTimes = QUICK, tls: bool = False, sleep: FastSleep | None = None
) -> WechatyChat:
    return WechatyChat(ChatConfig(f"127.0.0.1:{port}", Secret(token), tls=tls), times, sleep or asyncio.sleep)


@asynccontextmanager
async def running(chat: WechatyChat, heard: Heard | None = None) -> AsyncIterator[Heard]:
    """The chat runs meanwhile. What ends it early is raised here; leaving takes a second at most."""
    heard = heard or Heard()
    task = asyncio.create_task(chat.run(heard.deliver))
    try:
        yield heard
        assert not task.done(), f"run() ended: {task}"
    finally:
        task.cancel()
        done, _ = await asyncio.wait([task], timeout=1)
    assert done, "run() goes on after it was cancelled"


async def until(is_so: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something to come true; AssertionError where it doesn't."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        await asyncio.sleep(0.01)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
