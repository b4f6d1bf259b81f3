"""From message ids to messages: each fetched once, several at a time, and handed on in the order they came.

Gateways tell of a message by its id only, some of them twice or thrice. Fetching one after the other would take a round
trip each; handing on as they arrive would mix them up.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from nlops.domain.chat import ChatMessage

log = logging.getLogger("nlops.link")

FETCHED_AT_ONCE = 32
REMEMBERED_IDS = 10_000


class Inbox:
    """`fetch` reads a message by its id, `take` gets it. A message that can't be fetched is logged and left out."""

    def __init__(self, fetch: Callable[[str], Awaitable[ChatMessage]], take: Callable[[ChatMessage], None]) -> None:
        self._fetch, self._take = fetch, take
        self._fetches: asyncio.Queue[asyncio.Task[ChatMessage | None]] = asyncio.Queue(FETCHED_AT_ONCE)
        self._running: set[asyncio.Task[ChatMessage | None]] = set()
        self._seen: dict[str, None] = {}

    async def put(self, message_id: str) -> None:
        """Fetch a message unless it was seen before. Waits while many are being fetched: the gateway holds the rest."""
        if message_id in self._seen:
            return
        self._seen[message_id] = None
        if len(self._seen) > REMEMBERED_IDS:
            del self._seen[next(iter(self._seen))]
        task = asyncio.create_task(self._try_fetch(message_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await self._fetches.put(task)

    async def run(self) -> None:
        """Hand messages on, until cancelled."""
        while True:
            task = await self._fetches.get()
            # Not `await task`: grpclib turns a cancellation that meets a closed channel into an error, and this loop
            # would go on for ever.
            await asyncio.wait([task])
            message = None if task.cancelled() else task.result()
            if message is not None:
                self._take(message)

    async def close(self) -> None:
        """Stop fetching."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _try_fetch(self, message_id: str) -> ChatMessage | None:
        try:
            return await self._fetch(message_id)
        except Exception as error:
            log.warning("message %s could not be read: %s", message_id, error)
            return None
