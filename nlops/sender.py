"""The sender: one loop that hands the outbox's messages to the chat, in the order and at the pace of `nlops.outgoing`.

    nothing may go    wait for news: another message, the link, or the time at which something may
    one may go        note it as being sent, send it, note how it ended
    no connection     surely nothing was sent: it waits again
    any other error   it may have arrived: it is never repeated, the engine hears of it and tells

A store that can't write keeps nobody silent: what it holds is sent all the same, and how it ended is noted later.
"""

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from nlops.domain.config import ChatConfig
from nlops.domain.effects import GiveFile, Outgoing, Say, ShowQr
from nlops.domain.errors import LinkDown, LinkError, StoreError
from nlops.domain.events import SendDoubtful
from nlops.domain.outbox import Outcome, Waiting
from nlops.outgoing.box import Due, Now, conversation_of, next_due, sift, urgency_of, without
from nlops.outgoing.pace import DAY_S, Pace, after_sending
from nlops.ports import Chat, Store
from nlops.replies import MAX_SAY

log = logging.getLogger("nlops")

PAUSE_S = 0.2  # after LinkDown: the link's own news of it may be a moment behind
SOON_S = 1.0  # what may leave within this is worth waiting for before a stop; the rest waits in the store


class Sender:
    """Sends until cancelled. `tell` takes what came of a message that may not have arrived."""

    def __init__(
        self,
        config: ChatConfig,
        chat: Chat,
        store: Store,
        draw_qr: Callable[[str], bytes],
        world: Now,
        tell: Callable[[SendDoubtful], Awaitable[None]],
    ) -> None:
        self.link_up = asyncio.Event()
        self.is_busy = False
        self._chat, self._store, self._world, self._tell = chat, store, world, tell
        self._draw = lru_cache(maxsize=16)(draw_qr)  # one code goes to every admin
        self._waiting: tuple[Waiting, ...] = ()
        self._pace = Pace(config.per_minute, config.per_day)
        self._news = asyncio.Event()
        self._ended: dict[int, Outcome] = {}  # not noted yet
        self._store_fails = False

    def put(self, items: Sequence[Waiting]) -> None:
        """These want to leave."""
        if items:
            self._waiting += tuple(items)
            self.is_busy = True
            self._news.set()

    def link(self, up: bool) -> None:
        """The link came up, or went down."""
        (self.link_up.set if up else self.link_up.clear)()
        self._news.set()

    def take_over(self) -> list[SendDoubtful]:
        """Go on where an earlier process ended: with what waits, and with what it sent counted against the budget.
        Returns what it left in doubt, to be told. Raises StoreError."""
        wall, monotonic = time.time(), time.monotonic()
        ended = self._store.ended(wall - DAY_S)
        sent = [monotonic - max(0.0, wall - at) for at, outcome in ended if outcome in ("sent", "doubtful")]
        self._pace = replace(self._pace, sent=tuple(sent))
        waiting, doubts = self._store.waiting(), self._store.doubtful()
        self.put([one for one in waiting if self._world.is_heard(conversation_of(one.effect))])
        # An earlier configuration may have known people whom this one does not.
        self._ended = {one.id: "stale" for one in without(waiting, self._waiting)}
        self._ended |= {one.id: "doubtful" for one in doubts if _is_note_of_doubt(one.effect)}
        return [SendDoubtful(one.effect, (one.id,)) for one in doubts if not _is_note_of_doubt(one.effect)]

    async def run(self) -> None:
        while True:
            self._news.clear()
            await self._drop()
            due = next_due(self._waiting, self._pace, time.monotonic(), MAX_SAY) if self.link_up.is_set() else None
            if isinstance(due, Due):
                self.is_busy = True
                await self._send(due)
                continue
            self.is_busy = due is not None and due <= SOON_S
            with suppress(TimeoutError):
                async with asyncio.timeout(due):
                    await self._news.wait()

    async def _drop(self) -> None:
        """Let go of what went stale, or is too much."""
        self._waiting, dropped = sift(self._waiting, self._world, time.time())
        if dropped:
            counts = Counter(why for _, why in dropped)
            log.warning("messages were dropped: %s", ", ".join(f"{count} {why}" for why, count in counts.items()))
            await self._end({one.id: why for one, why in dropped})

    async def _send(self, due: Due) -> None:
        ids = [one.id for one in due.items]
        picture = await self._begin(due.effect, ids)
        try:
            await self._hand_over(due.effect, picture)
        except LinkDown:
            await self._note(self._store.put_back(ids))
            await asyncio.sleep(PAUSE_S)
            return
        except LinkError as error:
            log.error("a message may not have arrived: %s", error)
            await self._doubt(due.effect, ids)
        else:
            await self._end({one: "sent" if one == ids[0] else "folded" for one in ids})
        self._waiting = without(self._waiting, due.items)
        self._pace = after_sending(self._pace, urgency_of(due.effect), time.monotonic(), random.random())  # noqa: S311 - a gap, no secret

    async def _begin(self, effect: Outgoing, ids: Sequence[int]) -> bytes:
        """Note it on the disk; the code is drawn meanwhile, for that takes longer."""
        noting = self._note(self._store.begin_sending(ids))
        if not isinstance(effect, ShowQr):
            await noting
            return b""
        picture, _ = await asyncio.gather(asyncio.to_thread(self._draw, effect.payload), noting)
        return picture

    async def _hand_over(self, effect: Outgoing, picture: bytes) -> None:
        match effect:
            case Say(conversation_id, text):
                await self._chat.send_text(conversation_id, text)
            case ShowQr(contact_id, bot):
                await self._chat.send_file(contact_id, f"{bot}.png", picture)
            case GiveFile(conversation_id, name, data):
                await self._chat.send_file(conversation_id, name, data)

    async def _doubt(self, effect: Outgoing, ids: Sequence[int]) -> None:
        """Have it told. A note of doubt that is in doubt itself is only logged: there would be no end to them."""
        if _is_note_of_doubt(effect):
            await self._end(dict.fromkeys(ids, "doubtful"))
        else:
            await self._tell(SendDoubtful(effect, tuple(ids)))

    async def _end(self, ended: dict[int, Outcome]) -> None:
        self._ended.update(ended)
        if await self._note(self._store.end_sending(self._ended, time.time())):
            self._ended = {}
        else:  # what was never in the store needs no note
            self._ended = {number: outcome for number, outcome in self._ended.items() if number > 0}

    async def _note(self, writing: Coroutine[object, object, None]) -> bool:
        """Whether the store took it."""
        try:
            await writing
        except StoreError as error:
            if not self._store_fails:
                log.error("the outbox is not kept on the disk: %s", error)
            self._store_fails = True
            return False
        self._store_fails = False
        return True


def _is_note_of_doubt(effect: Outgoing) -> bool:
    return isinstance(effect, Say) and effect.is_doubt
