"""The examples, as processes of their own: a program somebody starts, and nothing else."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from tests.plugin.test_assistant import TOML
from tests.plugin.world import TOKEN, World, payload, scan_line, until
from tests.support import WEI

EXAMPLES = Path(__file__).resolve().parent.parent.parent / "examples"


@asynccontextmanager
async def started(world: World, example: str) -> AsyncIterator[None]:
    """The example runs in a folder beside bob's log; its account is logged in."""
    folder = world.folder / "bot"
    folder.mkdir(exist_ok=True)
    (folder / "nlops.toml").write_text(TOML.replace('"bob.log"', '"../bob.log"'))
    names = {"TOKEN": TOKEN, "ENDPOINT": f"127.0.0.1:{world.port}"}
    environment = {f"WECHATY_PUPPET_SERVICE_{name}": value for name, value in names.items()}
    process = await asyncio.create_subprocess_exec(
        sys.executable, EXAMPLES / example, cwd=folder, env={**os.environ, **environment}, stdout=DEVNULL
    )
    try:
        await until(lambda: world.gateway.clients == 1, 60)
        world.gateway.login()
        yield
    finally:
        process.terminate()
        await process.wait()


async def test_plugin_bot(world: World) -> None:
    """The origin's way: a code, the standard words, an operation of one's own, all for the admin's WeChat number."""
    world.gateway.contact(WEI).weixin = "BobWeixin"  # type: ignore[attr-defined]  # a ContactPayloadResponse
    async with started(world, "plugin_bot.py"):
        world.say("hello")
        world.say("状态")
        await until(lambda: {"hello yourself", "bob：还不知道"} <= set(world.texts()), 60)
        world.write(scan_line("FirstFirstFirst1"))
        await until(lambda: world.codes() == [payload("FirstFirstFirst1")], 60)


async def test_attach_bot(world: World) -> None:
    """The two lines: a rescue and an answer."""
    async with started(world, "attach_bot.py"):
        world.write(scan_line("FirstFirstFirst1"))
        await until(lambda: world.codes() == [payload("FirstFirstFirst1")], 60)
        world.say("status bob")
        await until(lambda: any(text.startswith("bob: waiting for a scan") for text in world.texts()), 60)
