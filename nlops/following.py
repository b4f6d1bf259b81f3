"""From logs to events: the follower's thread reads blocks, the monitor finds signs and alerts, the queue gets them.

A full queue holds the follower up (the lines wait on the disk). Alerts are not worth that: while the queue is half full
they are only counted, and the count is told later.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from nlops.adapters.hosts import is_here
from nlops.domain.bots import LogSign
from nlops.domain.config import Config
from nlops.domain.events import AlertSeen, BacklogRead, Event, SignSeen
from nlops.monitor.own import known_formats
from nlops.monitor.watch import LogWatch
from nlops.ports import Follower


class Following:
    """Follows the logs of all bots."""

    def __init__(
        self, config: Config, follower: Follower, clean: Callable[[str], str], queue: asyncio.Queue[Event]
    ) -> None:
        self._follower, self._queue = follower, queue
        self._watches = _watches(config, clean)
        self._only_counted: dict[tuple[str, str], AlertSeen] = {}
        self._starting: asyncio.Future[None] | None = None
        self._closing = False

    async def start(self) -> BacklogRead:
        """Read what the logs already hold, then follow them on the follower's own thread."""
        loop = asyncio.get_running_loop()
        backlog: list[LogSign] = []

        def past(path: Path, block: bytes, key: str) -> None:
            for watch in self._watches.get(path, ()):
                backlog.extend(watch.signs(block, key))

        def deliver(path: Path, block: bytes, key: str) -> None:
            for watch in self._watches.get(path, ()):
                signs, alerts = watch.read(block, key)
                for sign in signs:
                    self._post_from_thread(loop, SignSeen(sign))
                for alert in alerts:
                    loop.call_soon_threadsafe(self.offer, alert)

        starting = asyncio.to_thread(self._follower.start, list(self._watches), deliver, past)
        self._starting = asyncio.ensure_future(starting)
        await asyncio.shield(self._starting)
        return BacklogRead(tuple(backlog))

    async def stop(self) -> None:
        """A thread cannot be cancelled: a follower that is still starting is stopped once it has started."""
        self._closing = True
        if self._starting is not None:
            await asyncio.wait([self._starting])
            await asyncio.to_thread(self._follower.stop)

    def offer(self, alert: AlertSeen) -> None:
        """Queue an alert, with those that were only counted; while the queue is half full, count this one too."""
        key = (alert.bot, alert.alert)
        missed = self._only_counted.pop(key, None)
        if missed is not None:
            alert = replace(alert, more=alert.more + missed.more)
        if self._queue.qsize() < self._queue.maxsize // 2:
            self._queue.put_nowait(alert)
            return
        more = alert.more + sum(hit.count for hit in alert.hits)
        if more:
            self._only_counted[key] = replace(alert, hits=(), more=more, following=())

    def offer_counted(self) -> None:
        """What was only counted, once more."""
        counted, self._only_counted = self._only_counted, {}
        for alert in counted.values():
            self.offer(alert)

    def _post_from_thread(self, loop: asyncio.AbstractEventLoop, event: Event) -> None:
        """Put an event into the queue from another thread; a full queue holds that thread up."""
        future = asyncio.run_coroutine_threadsafe(self._queue.put(event), loop)
        while not self._closing and not future.done():
            with suppress(FutureTimeout):
                future.result(timeout=0.5)


def _watches(config: Config, clean: Callable[[str], str]) -> dict[Path, list[LogWatch]]:
    formats = known_formats(config.formats)
    watches: dict[Path, list[LogWatch]] = {}
    for bot in config.bots:
        for path in bot.log if is_here(bot.host) else ():
            watch = LogWatch(bot.name, str(path), formats[bot.format], bot.alerts, clean)
            watches.setdefault(path, []).append(watch)
    return watches
