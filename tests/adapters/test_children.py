"""nlops as a process manager: children run, come back when they die, restart with another id, and end with it."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from nlops.adapters.children import Children
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted, Restarted, Seen

SLEEP = (sys.executable, "-c", "import time; time.sleep(600)")


async def _pid_other_than(old: int, children: Children, bot: BotConfig) -> int:
    for _ in range(200):
        seen = await children.look(bot)
        if isinstance(seen, Seen) and seen.pid != old:
            return seen.pid
        await asyncio.sleep(0.05)
    raise AssertionError("the child never came up")


async def _pid(children: Children, bot: BotConfig) -> int:
    return await _pid_other_than(0, children, bot)


async def test_a_child_lives_dies_and_ends() -> None:
    """Restart gives another id; a killed child comes back by itself; at the end none is left."""
    bot = BotConfig("bob", (Path("/dev/null"),), command=SLEEP)
    children = Children([bot, BotConfig("alice", (Path("/dev/null"),))])
    keeper = asyncio.create_task(children.run())
    first = await _pid(children, bot)
    result = await children.restart(bot)
    second = await _pid(children, bot)
    assert isinstance(result, Restarted) and first != second
    os.kill(second, signal.SIGKILL)
    third = await _pid_other_than(second, children, bot)
    keeper.cancel()
    await asyncio.gather(keeper, return_exceptions=True)
    with pytest.raises(ProcessLookupError):
        os.kill(third, 0)
    assert str(await children.look(bot)) == "not running"


async def test_what_cannot_start_is_said() -> None:
    """A program that is not there: restart says so, nothing is raised."""
    bot = BotConfig("bob", (Path("/dev/null"),), command=("/no/such/program",))
    children = Children([bot])
    keeper = asyncio.create_task(children.run())
    await asyncio.sleep(0.1)
    result = await children.restart(bot)
    assert isinstance(result, NotRestarted) and "/no/such/program" in str(result.why)
    keeper.cancel()
    await asyncio.gather(keeper, return_exceptions=True)
