"""A gateway with people, a folder with bob's log, and a bot that somebody else wrote."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from wechaty import Contact, Room, Wechaty, WechatyOptions
from wechaty.plugin import AsyncIOScheduler
from wechaty_puppet import PuppetOptions

from nlops.adapters.wechaty.bot import LinkBot
from nlops.adapters.wechaty.endpoint import Endpoint
from nlops.adapters.wechaty.puppet import LinkPuppet, LinkTimes
from nlops.domain.config import Secret
from nlops.plugin import LogMonitor, Operation, log_monitor
from nlops.sandbox.gateway import LocalGateway
from tests.support import MALLORY, WEI

TOKEN = "a-token-of-tests"
ROOM = "ops@chatroom"
LOGIN = "10:01:00 INFO StarterBot Contact<Bob> login\n"
LOGOUT = "10:02:00 INFO StarterBot Contact<Bob> logout\n"


def scan_line(code: str) -> str:
    page = f"https://wechaty.js.org/qrcode/http%3A%2F%2Fweixin.qq.com%2Fx%2F{code}"
    return f"10:00:00 INFO StarterBot onScan: Waiting(2) - {page}\n"


def payload(code: str) -> str:
    return f"http://weixin.qq.com/x/{code}"


class _Listening:
    """What the author of a bot does with messages."""

    def __init__(self) -> None:
        self.heard: list[str] = []


# The bases come from an untyped library.
class UpstreamBot(Wechaty):  # type: ignore[misc]
    """Python-wechaty's own bot, with a handler of its author's."""

    def __init__(self, port: int) -> None:
        # Its default options are shared by all bots of a process, and its scheduler's database is a file in the
        # working directory.
        options = PuppetOptions(token=TOKEN, end_point=f"127.0.0.1:{port}")
        super().__init__(WechatyOptions(puppet_options=options, scheduler=AsyncIOScheduler()))
        self.mine = _Listening()

    async def on_message(self, msg: Any) -> None:
        self.mine.heard.append(msg.text())


class LeashedBot(LinkBot):
    """nlops's bot, with the same."""

    def __init__(self, port: int) -> None:
        super().__init__(LinkPuppet(Endpoint("127.0.0.1", port, None), Secret(TOKEN), LinkTimes()))
        self.mine = _Listening()

    async def on_message(self, msg: Any) -> None:
        self.mine.heard.append((await self.puppet.message_payload(msg.message_id)).text)


class World:
    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, *, leashed: bool = False) -> None:
        patch.chdir(folder)
        self.folder, self.leashed, self.port = folder, leashed, 0
        self.gateway = LocalGateway(TOKEN)
        self.log = folder / "bob.log"
        self.monitors: list[LogMonitor] = []
        self._running: asyncio.Task[None] | None = None
        for contact in (WEI, MALLORY):
            self.gateway.add_contact(contact, contact)
        self.gateway.add_room(ROOM, "ops", [WEI, MALLORY])

    async def __aenter__(self) -> "World":
        self.port = await self.gateway.start()
        Contact._pool.clear()  # all bots of a process share it, with the connections of those that are gone
        Room._pool.clear()
        self.bot: Any = LeashedBot(self.port) if self.leashed else UpstreamBot(self.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        for monitor in self.monitors:
            await monitor.stop()
        await self.stop_bot()
        if not self.leashed and self.bot._plugin_manager.scheduler.running:
            self.bot._plugin_manager.scheduler.shutdown(wait=False)
        await self.gateway.stop()
        await asyncio.sleep(0)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not left, left
        assert not followers()

    def use(self, *operations: Operation, own_lines: bool = False) -> LogMonitor:
        monitor = log_monitor(operations, enable_self_to_be_qr_rescued=own_lines)
        self.bot.use(monitor)
        self.monitors.append(monitor)
        return monitor

    async def start_bot(self) -> None:
        """Start the bot, and log its account in: upstream's `start` logs it out first."""
        self._running = asyncio.create_task(self.bot.start())
        await until(lambda: self.gateway.clients == 1)
        self.gateway.login()

    async def stop_bot(self) -> None:
        """End the bot. Upstream's `stop` would start it again after a minute."""
        if self._running is not None:
            self._running.cancel()
            with suppress(asyncio.CancelledError):
                await self._running
            self._running = None
        puppet = self.bot._puppet
        if puppet is not None and puppet.channel is not None:
            puppet.channel.close()
            puppet.channel = None

    def write(self, text: str) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(text)

    def say(self, text: str, contact: str = WEI, **more: Any) -> None:
        self.gateway.receive(contact, text, **more)

    async def hears(self, text: str, contact: str = WEI) -> None:
        """Say `text`, and wait until the bot's author's own handler has it."""
        self.say(text, contact)
        await until(lambda: text in self.bot.mine.heard)

    async def is_quiet(self) -> None:
        """Every operation's past is read: what is written from now on is new."""
        await until(lambda: all(one._opened.is_set() for monitor in self.monitors for one in monitor._workers))

    def texts(self, contact: str = WEI) -> list[str]:
        return [one.text for one in self.gateway.sent if one.kind == "text" and one.conversation_id == contact]

    def codes(self, contact: str = WEI) -> list[str]:
        """What a phone reads in the pictures that were sent."""
        return [
            self._read(one.data)
            for one in self.gateway.sent
            if one.name.endswith(".png") and one.conversation_id == contact
        ]

    def _read(self, data: bytes) -> str:
        (self.folder / "seen.png").write_bytes(data)
        with Image.open(self.folder / "seen.png") as image:
            return str(zxingcpp.read_barcodes(image)[0].text)


def followers() -> list[str]:
    """The threads that follow logs."""
    return [thread.name for thread in threading.enumerate() if thread.name == "nlops-follower"]


async def until(what: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until `what` holds; fail where it never does."""
    for _ in range(int(seconds / 0.02)):
        if what():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"it never came true in {seconds} s")
