"""One operation at work: its own follower, its own queues, one callback at a time; its faults stay its own."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from pathlib import Path

from wechaty import Wechaty

from nlops.adapters.follower import LogFollower
from nlops.domain.errors import NlopsError
from nlops.monitor.scan import without_ansi
from nlops.plugin.operation import Operation

log = logging.getLogger("nlops.plugin")

CALLBACK_S = 120.0
END_S = 5.0  # for a callback that is cut off
TICK_S = 1.0
# What of a log's past is shown to an operation, and what is given to it at once.
MOST_BYTES = 1 << 20
# Blocks (64 KiB) that wait for the operation; beyond them the lines wait on the disk.
BLOCKS = 16
COMMANDS = 200


class Worker:
    """Runs one operation over one bot. `is_up` is set while the bot is logged in."""

    def __init__(self, operation: Operation, bot: Wechaty, is_up: asyncio.Event) -> None:
        self.operation = operation
        self._name = operation.config.called().name
        self._bot, self._is_up = bot, is_up
        self._blocks: asyncio.Queue[bytes] = asyncio.Queue(BLOCKS)
        self._commands: asyncio.Queue[str] = asyncio.Queue(COMMANDS)
        self._turn = asyncio.Lock()
        self._closing = False
        self._opened = asyncio.Event()

    def command(self, text: str) -> None:
        """Queue what the admin said; never waits."""
        try:
            self._commands.put_nowait(text)
        except asyncio.QueueFull:
            log.warning("operation %s: too many commands wait, one is dropped", self._name)

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._follow())
            tasks.create_task(self._take_commands())
            tasks.create_task(self._take_blocks())
            if self.operation.on_tick is not None:
                tasks.create_task(self._tick())

    # The log

    async def _follow(self) -> None:
        path = self.operation.config.path
        if path is None or not (self.operation.on_log_file_changed or self.operation.on_log_file_opened):
            self._opened.set()
            return
        follower, past = LogFollower(None), deque[bytes]()
        loop = asyncio.get_running_loop()

        def deliver(_path: Path, block: bytes, _key: str) -> None:
            self._post(loop, block)

        def keep(_path: Path, block: bytes, _key: str) -> None:
            _keep_end(past, block)

        starting = asyncio.ensure_future(asyncio.to_thread(follower.start, [path], deliver, keep))
        try:
            await asyncio.shield(starting)
            await self._is_up.wait()
            await self._call("on_log_file_opened", self.operation.on_log_file_opened, lines_of(past))
            self._opened.set()
            await asyncio.Event().wait()
        except NlopsError as error:
            log.error("operation %s: %s cannot be followed: %s", self._name, path, error)
            self._opened.set()
        finally:
            self._closing = True
            await asyncio.wait([starting])  # a thread cannot be cancelled
            await asyncio.to_thread(follower.stop)

    def _post(self, loop: asyncio.AbstractEventLoop, block: bytes) -> None:
        """On the follower's thread; a full queue holds it up."""
        future = asyncio.run_coroutine_threadsafe(self._blocks.put(block), loop)
        while not self._closing and not future.done():
            with suppress(FutureTimeout):
                future.result(timeout=0.5)
        future.cancel()

    async def _take_blocks(self) -> None:
        await self._opened.wait()
        while True:
            blocks = [await self._blocks.get()]
            await self._is_up.wait()
            while not self._blocks.empty() and sum(map(len, blocks)) < MOST_BYTES:
                blocks.append(self._blocks.get_nowait())
            await self._call("on_log_file_changed", self.operation.on_log_file_changed, lines_of(blocks))

    # What the admin says, and the clock

    async def _take_commands(self) -> None:
        await self._opened.wait()
        while True:
            await self._call("on_command_received", self.operation.on_command_received, await self._commands.get())

    async def _tick(self) -> None:
        await self._opened.wait()
        while True:
            await asyncio.sleep(TICK_S)
            await self._is_up.wait()
            await self._call("on_tick", self.operation.on_tick)

    async def _call(self, what: str, callback: Callable[..., Awaitable[None]] | None, *given: object) -> None:
        """Await a callback in its turn, in a task of its own: grpclib cancels tasks, and that must end there."""
        if callback is None:
            return
        async with self._turn:
            task = asyncio.create_task(_awaited(callback, self._bot, *given))
            try:
                done, _ = await asyncio.wait([task], timeout=CALLBACK_S)
                if done and not task.cancelled() and (error := task.exception()) is not None:
                    log.error("operation %s: %s failed: %s", self._name, what, error, exc_info=error)
                elif not done or task.cancelled():
                    log.error("operation %s: %s was cut off; it has %g s", self._name, what, CALLBACK_S)
            finally:
                task.cancel()
                await asyncio.wait([task], timeout=END_S)


async def _awaited(callback: Callable[..., Awaitable[None]], *given: object) -> None:
    """What a callback raises before it is awaited is its fault too."""
    await callback(*given)


def lines_of(blocks: Sequence[bytes] | deque[bytes]) -> list[str]:
    """Whole lines without ends, colours and carriage returns."""
    text = without_ansi(b"".join(blocks)).decode("utf-8", "replace")
    return [line.removesuffix("\r") for line in text.split("\n")[:-1]]


def _keep_end(past: deque[bytes], block: bytes) -> None:
    past.append(block)
    while len(past) > 1 and sum(map(len, past)) > MOST_BYTES:
        past.popleft()
