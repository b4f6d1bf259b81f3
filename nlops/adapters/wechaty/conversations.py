"""One queue per conversation: each keeps its order, and a slow one doesn't hold up the others.

A conversation holds `most_waiting` messages, all together hold `most_in_all`. For a message past that:

    held up   `put` waits for room, so that the source waits, and nothing is lost; for `patience_s` in all, counted from
              the first such message until no more than half of either bound is left
    dropped   after that, a message of the conversation that has most waiting, its newest one, counted and logged: what
              was said first is handled first, and who floods loses the own messages, not those of others

So strangers, however many, hold up an admin for `patience_s` at a time. A worker lives only while its conversation has
something to do.
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
        self,
        deliver: Callable[[ChatMessage], Awaitable[None]],
        most_waiting: int = 1_000,
        most_in_all: int = 4_000,
        patience_s: float = 10.0,
    ) -> None:
        self._deliver = deliver
        self._most_waiting, self._most_in_all, self._patience_s = most_waiting, most_in_all, patience_s
        self._waiting: dict[str, deque[ChatMessage]] = {}
        self._total = 0
        self._workers: set[asyncio.Task[None]] = set()
        self._moved = asyncio.Event()
        self._held_s = 0.0
        self.dropped = 0

    async def put(self, message: ChatMessage) -> None:
        """Queue a message, after waiting for room where there is none. One caller at a time."""
        key = message.conversation_id
        await self._wait_for_room(key)
        if not self._has_room(key) and not self._make_room(key):
            self._drop(message)
            return
        self._total += 1
        if key in self._waiting:
            self._waiting[key].append(message)
            return
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
        self._total = 0

    def _has_room(self, key: str) -> bool:
        return self._total < self._most_in_all and len(self._waiting.get(key, ())) < self._most_waiting

    async def _wait_for_room(self, key: str) -> None:
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(self._patience_s - self._held_s):
                while not self._has_room(key):
                    self._moved.clear()
                    await self._moved.wait()
        except TimeoutError:
            pass
        self._held_s += clock() - began

    def _make_room(self, key: str) -> bool:
        """Drop the newest message of the conversation that has most waiting; False where that is `key` itself."""
        longest = max(self._waiting, key=lambda other: len(self._waiting[other]))
        if len(self._waiting[longest]) <= max(1, len(self._waiting.get(key, ()))):
            return False
        self._drop(self._waiting[longest].pop())
        self._total -= 1
        return True

    def _drop(self, message: ChatMessage) -> None:
        self.dropped += 1
        if self.dropped == 1 or self.dropped % 100 == 0:
            log.warning(
                "too much waits in conversation %s: message %s dropped (%d so far)",
                message.conversation_id,
                message.id,
                self.dropped,
            )

    async def _work(self, key: str) -> None:
        queue = self._waiting[key]
        while queue:
            message = queue[0]  # kept in its place while it is handled, so that it counts as waiting
            try:
                await self._deliver(message)
            except Exception:
                log.exception("message %s could not be handled", message.id)
            queue.popleft()
            self._total -= 1
            self._moved.set()
            if self._held_s and self._is_calm():
                self._held_s = 0.0
        del self._waiting[key]

    def _is_calm(self) -> bool:
        fullest = max(map(len, self._waiting.values()), default=0)
        return fullest <= self._most_waiting // 2 and self._total <= self._most_in_all // 2
