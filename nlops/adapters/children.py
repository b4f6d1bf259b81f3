"""nlops as a process manager: a bot with `command = […]` is its child, started with it, started again when it dies."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress

from nlops.adapters.process import gone_within, small_environment, start_process
from nlops.domain import run_phrases as phrases
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted, Restarted, Seen
from nlops.domain.words import Sentence

GRACE_S = 3.0  # between SIGTERM and SIGKILL
AGAIN_AFTER_S = 1.0  # before a child that died is started again; doubled at each death, up to AT_MOST_S
AT_MOST_S = 30.0
HEALTHY_S = 10.0  # a child that lived so long was well


class Children:
    """Keeps nlops.ports.ProcessManager. `run` starts every child and keeps it until cancelled."""

    def __init__(self, bots: Sequence[BotConfig]) -> None:
        self._bots = {bot.name: bot for bot in bots if bot.command}
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._started_at: dict[str, float] = {}
        self._again = {name: asyncio.Event() for name in self._bots}

    async def run(self) -> None:
        """Keep every child running; on cancellation end them all."""
        try:
            async with asyncio.TaskGroup() as group:
                for bot in self._bots.values():
                    group.create_task(self._keep(bot))
        finally:
            await asyncio.gather(*(self._end(name) for name in self._bots))

    async def _keep(self, bot: BotConfig) -> None:
        pause = AGAIN_AFTER_S
        while True:
            self._again[bot.name].clear()
            await self._start(bot)
            process = self._processes.get(bot.name)
            if process is not None:
                await process.wait()
            lived = time.monotonic() - self._started_at.get(bot.name, time.monotonic())
            pause = AGAIN_AFTER_S if lived > HEALTHY_S else min(AT_MOST_S, pause * 2)
            with suppress(TimeoutError):  # a restart that was asked for does not wait
                async with asyncio.timeout(pause):
                    await self._again[bot.name].wait()

    async def _start(self, bot: BotConfig) -> None:
        self._processes.pop(bot.name, None)
        with suppress(OSError):  # `restart` and `status` say that it is not running
            self._processes[bot.name] = await start_process(
                *bot.command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env=small_environment(),
                start_new_session=True,
            )
            self._started_at[bot.name] = time.monotonic()

    async def _end(self, name: str) -> None:
        process = self._processes.get(name)
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        await gone_within(process, GRACE_S)

    def _pid(self, name: str) -> int | None:
        process = self._processes.get(name)
        return process.pid if process and process.returncode is None else None

    async def restart(self, bot: BotConfig) -> Restarted | NotRestarted:
        """End the child and wait until a new one is up."""
        before, asked_at = self._pid(bot.name), time.time()
        self._again[bot.name].set()
        await self._end(bot.name)
        for _ in range(50):
            await asyncio.sleep(0.1)
            after = self._pid(bot.name)
            if after is not None and after != before:
                return Restarted(before or 0, after, asked_at)
        return NotRestarted(phrases.DOES_NOT_START.of(program=bot.command[0]))

    async def look(self, bot: BotConfig) -> Seen | Sentence:
        pid = self._pid(bot.name)
        return Seen(True, phrases.KEPT.of(), pid, str(pid)) if pid else phrases.NOT_RUNNING.of()

    async def logs(self, bot: BotConfig, count: int) -> list[str] | Sentence:  # noqa: ARG002 - the port gives it
        """Its `log` is what there is."""
        return phrases.KEEPS_NO_LOG.of(program=bot.command[0])
