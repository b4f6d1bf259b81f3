"""One bounded queue per conversation: each keeps its order, and a slow one doesn't hold up the others.

Overflow: a conversation holds `most_waiting` messages, all together `most_in_all`. A message past that is dropped and
counted, the newest one: what was said first is handled first, and a sender who floods harms only the own conversation
until the total is reached. A worker lives only while its conversation has something to do.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from nlops.domain.chat import ChatMessage

log = logging.getLogger("nlops.link")


class Conversations:
    """Hands messages to `deliver`, one at a time per conversation. A `deliver` that raises is logged and gone past."""

    def __init__(
        self, deliver: Callable[[ChatMessage], Awaitable[None]], most_waiting: int = 200, most_in_all: int = 2000
    ) -> None:
        self._deliver = deliver
        self._most_waiting, self._most_in_all = most_waiting, most_in_all
        self._waiting: dict[str, deque[ChatMessage]] = {}
        self._workers: set[asyncio.Task[None]] = set()
        self.dropped = 0

    def put(self, message: ChatMessage) -> None:
        """Queue a message; never blocks."""
        key = message.room_id or message.contact_id
        queue = self._waiting.get(key)
        if len(queue or ()) >= self._most_waiting or self._total() >= self._most_in_all:
            self.dropped += 1
            log.warning(
                "conversation %s: too much waits, message %s dropped (%d so far)", key, message.id, self.dropped
            )
        elif queue is not None:
            queue.append(message)
        else:
            self._waiting[key] = deque([message])
            worker = asyncio.create_task(self._work(key))
            self._workers.add(worker)
            worker.add_done_callback(self._workers.discard)

    async def close(self) -> None:
        """Stop the workers; what waits is forgotten."""
        workers = list(self._workers)
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        self._waiting.clear()

    def _total(self) -> int:
        return sum(len(queue) for queue in self._waiting.values())

    async def _work(self, key: str) -> None:
        queue = self._waiting[key]
        while queue:
            message = queue[0]  # kept in its place while it is handled, so that it counts as waiting
            try:
                await self._deliver(message)
            except Exception:
                log.exception("message %s could not be handled", message.id)
            queue.popleft()
        del self._waiting[key]
