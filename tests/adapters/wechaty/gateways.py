"""The two gateways that the chat link is tested against, behind one face, and a recorder of what the link tells."""

import asyncio
import base64
import json
import shutil
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Protocol

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

    async def start(self) -> None: ...

    async def kill(self) -> None: ...

    async def login(self) -> None: ...

    async def logout(self) -> None: ...

    async def receive(self, from_id: str, *texts: str, room: bool = False, mentions: Sequence[str] = ()) -> None:
        """Someone writes to the account, or into the room."""

    async def phone(self, to_id: str, text: str) -> None:
        """The account's owner writes to someone on the phone."""

    async def sent(self) -> list[SentItem]:
        """What the client sent: conversation, text, file name, content."""

    async def stops(self) -> int:
        """How often the client asked for what logs the account out."""


class PythonGateway:
    """nlops' own."""

    def __init__(self) -> None:
        self.local = LocalGateway(TOKEN, user_id=BOT)
        for contact_id, name in NAMES.items():
            self.local.add_contact(contact_id, name)
        self.local.add_room(ROOM, "ops", [BOT, WEI, MALLORY])
        self.port = free_port()

    async def start(self) -> None:
        await self.local.start(port=self.port)

    async def kill(self) -> None:
        await self.local.stop()

    async def login(self) -> None:
        self.local.login()

    async def logout(self) -> None:
        self.local.logout("asked by the test")

    async def receive(self, from_id: str, *texts: str, room: bool = False, mentions: Sequence[str] = ()) -> None:
        for text in texts:
            self.local.receive(from_id, text, room_id=ROOM if room else "", mentions=mentions)

    async def phone(self, to_id: str, text: str) -> None:
        self.local.receive(BOT, text)

    async def sent(self) -> list[SentItem]:
        return [(sent.conversation_id, sent.text, sent.name, sent.data) for sent in self.local.sent]

    async def stops(self) -> int:
        return self.local.calls["Stop"] + self.local.calls["Logout"]


class NodeGateway:
    """The one for Node, with the mock puppet, as a process (tests/node_gateway)."""

    SOURCE = Path(__file__).resolve().parents[2] / "node_gateway"

    def __init__(self) -> None:
        self.port, self._control_port = free_port(), free_port()
        self._process: subprocess.Popen[str] | None = None

    async def start(self) -> None:
        await asyncio.to_thread(self._start)
        await self._ask("add_contact", id=BOT, name="nlops", alias="")
        for contact_id, name in NAMES.items():
            await self._ask("add_contact", id=contact_id, name=name, alias="")
        await self._ask("add_room", id=ROOM, topic="ops", members=[BOT, WEI, MALLORY])

    async def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(self._process.communicate)
            self._process = None

    async def login(self) -> None:
        await self._ask("login", id=BOT)

    async def logout(self) -> None:
        await self._ask("logout")

    async def receive(self, from_id: str, *texts: str, room: bool = False, mentions: Sequence[str] = ()) -> None:
        to = ROOM if room else BOT
        await self._ask("receive", **{"from": from_id, "to": to, "texts": texts, "mentions": list(mentions)})

    async def phone(self, to_id: str, text: str) -> None:
        await self._ask("receive", **{"from": BOT, "to": to_id, "texts": [text], "mentions": []})

    async def sent(self) -> list[SentItem]:
        items = await self._ask("sent")
        return [(item["conversation"], item["text"], item["name"], base64.b64decode(item["data"])) for item in items]

    async def stops(self) -> int:
        calls = await self._ask("calls")
        return int(calls["stop"] + calls["logout"])

    def _start(self) -> None:
        folder = installed(self.SOURCE)
        program = shutil.copy(self.SOURCE / "gateway.mjs", folder)  # node looks for packages beside the program
        self._process = subprocess.Popen(
            ["node", program, str(self.port), str(self._control_port), TOKEN],
            env=node_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert self._process.stdout is not None
        said = []
        for line in self._process.stdout:
            if line == "ready\n":
                return
            said.append(line)
        raise RuntimeError("the gateway for Node did not start:\n" + "".join(said))

    async def _ask(self, control: str, /, **fields: object) -> Any:
        url = f"http://127.0.0.1:{self._control_port}/{control}"

        def post() -> Any:
            with urllib.request.urlopen(url, json.dumps(fields).encode(), timeout=30) as answer:
                return json.load(answer)

        return await asyncio.to_thread(post)


class Proxy:
    """A connection to a gateway that can hang: it stays open, and nothing passes any more."""

    def __init__(self, port: int) -> None:
        self.hangs = False
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

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
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


def make_chat(port: int, *, token: str = TOKEN, times: LinkTimes = QUICK) -> WechatyChat:
    return WechatyChat(ChatConfig(f"127.0.0.1:{port}", Secret(token)), times)


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
