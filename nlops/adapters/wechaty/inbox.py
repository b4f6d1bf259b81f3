"""From message ids to messages: each fetched once, several at a time, and handed on in the order they came.

Gateways tell of a message by its id only, some of them twice or thrice. Fetching one after the other would take a round
trip each; handing on as they arrive would mix them up. An id outlives the connection that told of it:

    told     waits for one of 32 places
    asked    being fetched; an answer ends it, and so does an error about this message, which is logged
    broken   the connection ended meanwhile, or nothing answered: asked again over the next one, and what was told later
             waits behind it; after 5 minutes it is given up, with a line in the log

At most 1,000 ids are held. `put` of a further one waits for room, and the gateway holds the rest meanwhile; only where
the connection is broken, waiting is in vain, for whoever waits here can't see its end: then the id is given up.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from nlops.adapters.wechaty.faults import is_connection_lost
from nlops.domain.chat import ChatMessage

log = logging.getLogger("nlops.link")

FETCHED_AT_ONCE = 32
MOST_HELD = 1_000
REMEMBERED_IDS = 10_000
# How long a fetch that broke off looks whether its connection ends: both ends of it tell within moments.
LOOK_S = 2.0


class Inbox:
    """`fetch` reads a message by its id, `take` gets it, and may hold up what follows.

    `shut` and `opened` tell of the end of a connection and of the next; ids are kept for `kept_s` seconds in between.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[ChatMessage]],
        take: Callable[[ChatMessage], Awaitable[None]],
        kept_s: float = 300.0,
        most_held: int = MOST_HELD,
    ) -> None:
        self._fetch, self._take, self._kept_s, self._most_held = fetch, take, kept_s, most_held
        self._fetches: asyncio.Queue[asyncio.Task[ChatMessage | None]] = asyncio.Queue()
        self._running: set[asyncio.Task[ChatMessage | None]] = set()
        self._places = asyncio.Semaphore(FETCHED_AT_ONCE)
        self._seen: dict[str, None] = {}
        self._open = asyncio.Event()
        self._ended = asyncio.Event()  # of the newest connection
        self._moved = asyncio.Event()
        self._is_broken = False
        self._open.set()

    def opened(self) -> None:
        """There is a connection."""
        self._ended = asyncio.Event()
        self._is_broken = False
        self._open.set()

    def shut(self) -> None:
        """It ended."""
        self._open.clear()
        self._ended.set()

    async def put(self, message_id: str) -> None:
        """Fetch a message unless it was seen before. Waits for room."""
        if message_id in self._seen:
            return
        while self._fetches.qsize() >= self._most_held and not self._is_broken:
            self._moved.clear()
            await self._moved.wait()
        if self._fetches.qsize() >= self._most_held:
            log.warning("message %s is lost: too many wait for the connection to come back", message_id)
            return
        self._seen[message_id] = None
        if len(self._seen) > REMEMBERED_IDS:
            del self._seen[next(iter(self._seen))]
        task = asyncio.create_task(self._try_fetch(message_id))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        self._fetches.put_nowait(task)

    async def run(self) -> None:
        """Hand messages on, until cancelled."""
        while True:
            task = await self._fetches.get()
            self._moved.set()
            # Not `await task`: grpclib turns a cancellation that meets a closed channel into an error, and this loop
            # would go on for ever.
            await asyncio.wait([task])
            message = None if task.cancelled() else task.result()
            if message is not None:
                await self._take(message)

    async def close(self) -> None:
        """Stop fetching."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _try_fetch(self, message_id: str) -> ChatMessage | None:
        give_up_at = asyncio.get_running_loop().time() + self._kept_s
        async with self._places:
            try:
                return await self._fetch_until(message_id, give_up_at)
            except Exception as error:
                log.warning("message %s could not be read: %s", message_id, error)
                self._seen.pop(message_id, None)  # told again, it is asked for again
                return None

    async def _fetch_until(self, message_id: str, give_up_at: float) -> ChatMessage:
        """Raises what `fetch` raises, where the connection is not to blame; TimeoutError at `give_up_at`."""
        was_alive = False
        while True:
            async with asyncio.timeout_at(give_up_at):
                await self._open.wait()
            ended = self._ended
            try:
                return await self._fetch(message_id)
            except Exception as error:
                if not await self._is_to_blame(ended, error):
                    # Nothing answered though the connection lives: a gateway that hangs is noticed by the second time.
                    if was_alive or not is_connection_lost(error):
                        raise
                    was_alive = True

    async def _is_to_blame(self, ended: asyncio.Event, error: Exception) -> bool:
        """Whether the connection that `ended` tells of ended, now or (where the error looks like it) soon."""
        if not ended.is_set() and is_connection_lost(error):
            if ended is self._ended:
                self._is_broken = True
                self._moved.set()
            await asyncio.wait([waiting := asyncio.ensure_future(ended.wait())], timeout=LOOK_S)
            waiting.cancel()
        return ended.is_set()
