"""What the gateway's events mean for the link: who is logged in, what is said, and whether the chat can be used."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from nlops.adapters.wechaty.bot import LinkBot
from nlops.adapters.wechaty.faults import apart
from nlops.adapters.wechaty.inbox import Inbox
from nlops.adapters.wechaty.link import LinkState
from nlops.adapters.wechaty.puppet import LinkPuppet, LinkTimes
from nlops.adapters.wechaty.wire import Account, read_message
from nlops.domain.chat import ChatMessage

log = logging.getLogger("nlops.link")

NO_LOGIN = (
    "the gateway is there, but its chat account is not logged in: scan the code that the gateway shows in its own "
    "output with that account's phone"
)


class Listener(LinkBot):
    """What the gateway's events mean for the link. Messages go to `inbox`, fetched by `fetch`."""

    def __init__(
        self,
        puppet: LinkPuppet,
        link: LinkState,
        take: Callable[[ChatMessage], Awaitable[None]],
        times: LinkTimes,
    ) -> None:
        super().__init__(puppet)
        self.link = link
        self.inbox = Inbox(self.fetch, take, times.kept_s)
        self._grace_s = times.login_grace_s
        self._grace: asyncio.Task[None] | None = None
        self._own = Account()
        self._naming: asyncio.Task[None] | None = None
        self._connected_at: float | None = None
        self._told_of_account = False

    @property
    def is_connected(self) -> bool:
        """Whether the gateway let us in, in the connection that is open or was the last."""
        return self._connected_at is not None

    async def stop(self) -> None:
        self.inbox.shut()
        await super().stop()
        for task in (self._grace, self._naming):
            if task is not None:
                task.cancel()

    def held_s(self) -> float:
        """How long the connection lasted, in seconds; 0 where there was none. Counts once."""
        since, self._connected_at = self._connected_at, None
        return 0.0 if since is None else time.monotonic() - since

    async def fetch(self, message_id: str) -> ChatMessage:
        payload = await self.puppet.message_payload(message_id)
        if payload.room_id and self._naming is not None:
            await asyncio.wait([self._naming])  # whether it is addressed to nlops is told by the name, for some puppets
        return read_message(message_id, payload, self._own)

    async def on_connected(self) -> None:
        self._connected_at, self._told_of_account = time.monotonic(), False
        self.inbox.opened()
        self._grace = asyncio.create_task(self._expect_account())

    async def on_login(self, contact: Any) -> None:
        if contact.contact_id != self._own.contact_id:
            self._own = Account(contact.contact_id)
        self._told_of_account = True
        if self._naming is not None:
            self._naming.cancel()
        self._naming = asyncio.create_task(self._learn_name(contact.contact_id))
        await self.link.up(contact.contact_id)

    async def on_logout(self, contact: Any) -> None:
        self._told_of_account = True
        await self.link.down(f"the chat account {contact.contact_id} logged out")

    async def on_scan(self, qr_code: str, status: Any, data: str | None = None) -> None:  # noqa: ARG002 - upstream's
        log.warning("the chat account of nlops itself waits for a scan (%s): see the gateway's output", status.name)

    async def on_error(self, payload: Any) -> None:
        log.warning("the gateway tells of an error: %s", payload.data)

    async def on_message(self, msg: Any) -> None:
        if not self._told_of_account:  # old gateways tell of no login to a client that comes later
            self._told_of_account = True
            await self.link.up(self._own.contact_id)
        await self.inbox.put(msg.message_id)

    async def _learn_name(self, contact_id: str) -> None:
        """Without it a mention is known by its id only."""
        try:
            self._own = Account(contact_id, await apart(self.puppet.contact_name(contact_id)))
        except Exception as error:
            log.info("the name of the chat account could not be read: %s", type(error).__name__)

    async def _expect_account(self) -> None:
        await asyncio.sleep(self._grace_s)
        if not self._told_of_account:
            await self.link.down(NO_LOGIN)
