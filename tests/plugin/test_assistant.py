"""The whole assistant in somebody's bot: rescue and orders from end to end, beside the bot's own handlers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from nlops.domain.errors import ConfigError
from nlops.plugin import attach
from tests.plugin.world import LOGIN, LOGOUT, World, payload, scan_line, until
from tests.support import WEI

TOML = f"""
language = "en"
state_dir = "state"
[chat]
endpoint = "127.0.0.1:1"
token = "not used"
[model]
provider = "none"
[[admin]]
name = "wei"
contact = "{WEI}"
[[bot]]
name = "bob"
log = "bob.log"
login_test = "#ping"
"""


@asynccontextmanager
async def attached(world: World) -> AsyncIterator[None]:
    (world.folder / "nlops.toml").write_text(TOML)
    task = attach(world.bot, "nlops.toml")
    try:
        yield
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def play(world: World) -> None:
    """Rescue, an order, a stranger's order, a second login of the bot's own account."""
    world.write(LOGOUT + scan_line("FirstFirstFirst1"))
    await until(lambda: world.codes() == [payload("FirstFirstFirst1")])
    world.write(LOGIN)
    await until(lambda: "#ping" in world.texts())
    world.say("status", "wxid_mallory")
    world.say("status bob")
    await until(lambda: any(text.startswith("bob: logged in") for text in world.texts()))
    world.gateway.logout()
    world.gateway.login()
    world.say("help")
    await until(lambda: any("These words work" in text for text in world.texts()))
    # Upstream's handlers run a task each, so its author hears them in any order.
    await until(lambda: sorted(text for text in world.bot.mine.heard if text in ORDERS) == sorted(ORDERS))
    assert not world.texts("wxid_mallory") and len(world.codes()) == 1


ORDERS = ("status", "status bob", "help")


async def test_before_the_bot_starts(any_world: World) -> None:
    """Two lines, then `bot.start()`; the bot's own handler sees what its author expects."""
    async with attached(any_world):
        await any_world.start_bot()
        await play(any_world)


async def test_on_a_bot_that_runs(any_world: World) -> None:
    """At any time; nothing of the bot's connection is made anew, and leaving leaves it as it is."""
    await any_world.start_bot()
    await any_world.hears("hello")
    before = any_world.gateway.calls["Start"], any_world.gateway.calls["Stop"]
    async with attached(any_world):
        await play(any_world)
    await any_world.hears("still here")
    assert (any_world.gateway.calls["Start"], any_world.gateway.calls["Stop"]) == before
    assert any_world.gateway.clients == 1


async def test_wrong_configuration_is_told_at_once(world: World) -> None:
    """Before anything runs, with its file."""
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        attach(world.bot, "nowhere.toml")


async def test_a_failure_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Who never awaits the task learns of its end from the log."""
    (world.folder / "nlops.toml").write_text(TOML)
    (world.folder / "state").write_text("a file where the folder would be")
    task = attach(world.bot)
    await asyncio.wait([task])
    assert task.exception() is not None and "nlops has stopped" in caplog.text
