"""A service over its true parts, for tests: a gateway with people, logs on the disk, SQLite. `World` can stop it, start
it again, and run it as a process of its own that is killed."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlops.adapters.children import Children
from nlops.adapters.factors import SecondFactors
from nlops.adapters.follower import LogFollower
from nlops.adapters.models import NoModel
from nlops.adapters.qrcode import draw_qr
from nlops.adapters.runner import ToolRunner
from nlops.adapters.sqlite import SqliteStore
from nlops.adapters.wechaty.chat import WechatyChat
from nlops.adapters.wechaty.puppet import LinkTimes
from nlops.cli.watching import watch_definitions
from nlops.domain.config import ChatConfig, Config, Secret
from nlops.domain.model import ModelFailure, ModelReply, ModelRequest, WarmUp
from nlops.gate.redact import Redactor
from nlops.ports import Model
from nlops.runtime import Parts, Service
from nlops.sandbox.gateway import LocalGateway
from tests.support import LAN, MALLORY, WEI, make_config, make_setup

TOKEN = "a-token-of-tests"
QR = "http://weixin.qq.com/x/AbCdEf0123456789"
SCAN = (
    "10:00:00 INFO StarterBot onScan: Waiting(2) - https://wechaty.js.org/qrcode/http%3A%2F%2Fweixin.qq.com%2Fx%2F{}\n"
)
LOGIN = "10:01:00 INFO StarterBot Contact<Bob> login\n"


class World:
    """A gateway with people, a folder with logs, and a service that can be started, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, 0
        self.gateway = LocalGateway(TOKEN)
        self.config = make_config(folder)
        for bot in self.config.bots:
            bot.log[0].touch()

    async def open(self) -> None:
        self.port = await self.gateway.start(port=self.port)
        for contact in (WEI, LAN, MALLORY):
            self.gateway.add_contact(contact, contact)
        self.gateway.login()

    async def open_later(self) -> None:
        """As `open`, once somebody has had time to find the gateway away."""
        await asyncio.sleep(0.3)
        await self.open()

    def write(self, line: str, bot: str = "bob") -> None:
        with (self.folder / f"{bot}.log").open("a", encoding="utf-8") as log:
            log.write(line)

    def texts(self, contact: str = WEI) -> list[str]:
        return [one.text for one in self.gateway.sent if one.kind == "text" and one.conversation_id == contact]

    def pictures(self, contact: str = WEI) -> list[bytes]:
        return [one.data for one in self.gateway.sent if one.kind == "file" and one.conversation_id == contact]

    def configured(self, port: int = 0, token: str = TOKEN, per_minute: int = 20, **changes: object) -> Config:
        """`port` is another way to the gateway; `changes` replace fields of the configuration."""
        chat = ChatConfig(f"127.0.0.1:{port or self.port}", Secret(token), per_minute=per_minute)
        return replace(self.config, chat=chat, **changes)  # type: ignore[arg-type]  # a test that errs here fails at once

    @asynccontextmanager
    async def service(
        self, *, model: Model | None = None, times: LinkTimes | None = None, drains: bool = True, **changes: Any
    ) -> AsyncIterator[Service]:
        """The service, ready; stopped at the end. `changes` are those of `configured`."""
        config = self.configured(**changes)
        store, ready = SqliteStore(config.state_dir), asyncio.Event()
        service = make_service(config, store, model or NoModel(), ready.set, times)
        task = asyncio.create_task(service.run())
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait([task, waiting], return_when=asyncio.FIRST_COMPLETED, timeout=30)
        try:
            if task.done():
                await task
            yield service
        finally:
            waiting.cancel()
            if drains:
                await service.drain()
            task.cancel()
            await asyncio.wait([task], timeout=20)
            store.close()
            assert task.done(), "the service did not stop"

    @asynccontextmanager
    async def killed(self, port: int = 0) -> AsyncIterator[None]:
        """The service as a process of its own, with a model that never answers; killed at the end (SIGKILL)."""
        words = (sys.executable, "-m", "tests.serving", str(self.folder), str(port or self.port))
        process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
        try:
            assert process.stdout is not None
            assert await asyncio.wait_for(process.stdout.readline(), 60) == b"ready\n"
            yield
        finally:
            process.kill()
            await process.wait()

    @contextmanager
    def store(self) -> Iterator[SqliteStore]:
        """The store, beside the service or after it."""
        store = SqliteStore(self.config.state_dir)
        try:
            yield store
        finally:
            store.close()


class StuckModel:
    """Never answers."""

    async def start(self) -> None:
        """Nothing to make ready."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def renew(self, warm_up: WarmUp) -> None:
        """Nothing to read."""

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:
        await asyncio.Event().wait()
        raise AssertionError("never")


def make_service(
    config: Config, store: SqliteStore, model: Model, on_ready: Callable[[], None], times: LinkTimes | None = None
) -> Service:
    setup, children = make_setup(config), Children(config.bots)
    parts = Parts(
        chat=WechatyChat(config.chat, times),
        model=model,
        follower=LogFollower(config.state_dir / "cursors"),
        runner=ToolRunner(config, setup.catalogue, {"command": children}),
        store=store,
        draw_qr=draw_qr,
        redactor=Redactor([config.chat.token.reveal()]),
        background=(children.run,),
        factors=SecondFactors(config, store),
        look_at_tools=watch_definitions(config, setup.catalogue).look,
    )
    return Service(setup, parts, on_ready)


async def until(what: Callable[[], bool], seconds: float = 20) -> None:
    """Wait until `what` holds; fail where it never does."""
    for _ in range(int(seconds / 0.02)):
        if what():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"it never came true in {seconds} s")


if __name__ == "__main__":  # what `World.killed` starts
    configured = World(Path(sys.argv[1])).configured(port=int(sys.argv[2]))
    asyncio.run(
        make_service(
            configured, SqliteStore(configured.state_dir), StuckModel(), lambda: print("ready", flush=True)
        ).run()
    )
