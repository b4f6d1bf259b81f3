"""`log_monitor`: what `bot.use` takes. It hands the bot's messages and the logs' lines to its operations.

    bot ─▶ AttachedChat ─▶ direct messages of an operation's admin ─┐
                                                                    ├─▶ one Worker each ─▶ the operation
    log ─▶ LogFollower (one for each operation) ────────────────────┘

It begins when the bot starts (at once, where the bot runs already), and ends with the loop, or by `stop()`. A logout, a
second login, a restart of the bot change nothing in it: there is always one watcher for each operation.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

from wechaty import Wechaty

from nlops.adapters.wechaty.attached import BotEvent, Started, channel_of, listen
from nlops.domain.chat import ChatMessage
from nlops.domain.errors import LinkError
from nlops.plugin import own_log
from nlops.plugin.line import line_of
from nlops.plugin.operation import Operation
from nlops.plugin.upstream import BotPlugin
from nlops.plugin.worker import Worker
from nlops.ports import ChatEvent

log = logging.getLogger("nlops.plugin")

STALE_AFTER_S = 300.0  # a message older than this is history that a reconnect brought, not a command


def log_monitor(operations: Iterable[Operation], *, enable_self_to_be_qr_rescued: bool = True) -> "LogMonitor":
    """A plugin for `bot.use(…)` that runs `operations`. With `enable_self_to_be_qr_rescued` the bot also prints its own
    scans and logins, so that another bot can do for it what it does for others."""
    return LogMonitor(tuple(operations), own_lines=enable_self_to_be_qr_rescued)


class LogMonitor(BotPlugin):
    """Made by `log_monitor`. For one bot."""

    def __init__(self, operations: tuple[Operation, ...], *, own_lines: bool) -> None:
        self._operations, self._own_lines = operations, own_lines
        self._bot: Wechaty | None = None
        self._unlisten: Callable[[], None] = lambda: None
        self._workers: list[Worker] = []
        self._is_up = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def used_by(self, bot: Wechaty) -> None:
        if self._bot is bot:
            return
        if self._bot is not None:
            raise ValueError("a log_monitor is for one bot: make another one")
        self._bot = bot
        self._unlisten = listen(bot, self._heard)
        if channel_of(bot) is not None:
            self._start()

    async def stop(self) -> None:
        """End all its watching and listening. It is not to be used again."""
        self._unlisten()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def _heard(self, event: BotEvent) -> None:
        if isinstance(event, Started):
            self._start()
        if self._own_lines:
            own_log.write(event)

    def _start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="nlops log monitor")

    async def _run(self) -> None:
        self._workers = [Worker(operation, self._bot, self._is_up) for operation in self._operations]
        async with asyncio.TaskGroup() as tasks:
            for worker in self._workers:
                tasks.create_task(worker.run())
            tasks.create_task(line_of(self._bot).chat.run(self._deliver))

    async def _deliver(self, event: ChatEvent) -> None:
        if isinstance(event, ChatMessage):
            await self._obey(event)
            return
        line_of(self._bot).forget()
        (self._is_up.set if event.up else self._is_up.clear)()

    async def _obey(self, message: ChatMessage) -> None:
        """A text in a direct chat goes to the operations whose admin wrote it."""
        if message.is_own or message.room_id is not None or message.kind != "text":
            return
        if time.time() - message.sent_at > STALE_AFTER_S:
            log.warning("a message of %s is too old to be a command", message.contact_id)
            return
        for worker in self._workers:
            try:
                admin = await line_of(self._bot).find(worker.operation.config.admin)
            except LinkError as error:
                log.error("a message was not taken, for the admin could not be looked up: %s", error)
                continue
            if admin == message.contact_id:
                worker.command(message.text.strip())
