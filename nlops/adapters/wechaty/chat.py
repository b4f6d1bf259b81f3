"""The chat over a Wechaty gateway: connects for ever, hands messages on in order, sends without ever sending twice.

A connection goes through these states; the link is told to be up or down only where that changes:

    away        no gateway: the next attempt follows after 0.5 s, doubling up to 30 s          down
    connected   the event stream is open, nothing is known of the account yet (3 s at most)    as before
    in          the gateway said that the account is logged in, or a message came              up
    out         the account logged out, or no login was told of in time                        down

Leaving only closes the channel. The gateway keeps nothing for a client that is away: what is said meanwhile is lost.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from nlops.adapters.wechaty.backoff import Backoff
from nlops.adapters.wechaty.bot import LinkBot
from nlops.adapters.wechaty.conversations import Conversations
from nlops.adapters.wechaty.endpoint import open_endpoint
from nlops.adapters.wechaty.faults import apart, is_token_refused, link_errors, reason
from nlops.adapters.wechaty.inbox import Inbox
from nlops.adapters.wechaty.link import LinkState
from nlops.adapters.wechaty.puppet import LinkPuppet, LinkTimes
from nlops.adapters.wechaty.wire import Account, read_message
from nlops.domain.chat import ChatMessage
from nlops.domain.config import ChatConfig
from nlops.domain.errors import LinkDown, LinkError
from nlops.ports import ChatEvent

log = logging.getLogger("nlops.link")

Deliver = Callable[[ChatEvent], Awaitable[None]]


class WechatyChat:
    """nlops.ports.Chat over a Wechaty puppet service. Raises LinkError for a `[chat]` that can't or mustn't be used."""

    def __init__(self, config: ChatConfig, times: LinkTimes | None = None) -> None:
        self._endpoint = open_endpoint(config)
        self._token = config.token
        self._times = times or LinkTimes()
        self._puppet: LinkPuppet | None = None

    async def run(self, deliver: Deliver) -> None:
        """Connect and stay connected until cancelled. Raises LinkError where the gateway refuses the token."""
        conversations = Conversations(deliver)
        self._puppet = LinkPuppet(self._endpoint, self._token, self._times)
        bot = _ChatBot(self._puppet, LinkState(deliver), conversations.put, self._times.login_grace_s)
        handing_on = asyncio.create_task(bot.inbox.run())
        try:
            await self._stay_connected(bot)
        finally:
            handing_on.cancel()
            with suppress(asyncio.CancelledError):
                await handing_on
            await bot.inbox.close()
            await conversations.close()

    async def send_text(self, contact_id: str, text: str) -> None:
        """Raises LinkError where the gateway is away, refuses, or does not answer. Never sends twice."""
        with link_errors(f"a text to {contact_id} could not be sent", self._token):
            await apart(self._connected().message_send_text(contact_id, text))

    async def send_file(self, contact_id: str, name: str, data: bytes) -> None:
        """A picture where `name` ends in .png or .jpg, else a file; over 3 MB it is streamed. Raises as `send_text`."""
        with link_errors(f"{name} could not be sent to {contact_id}", self._token):
            await apart(self._connected().send_picture_or_file(contact_id, name, data))

    async def known_contacts(self) -> frozenset[str]:
        """Raises LinkError where the gateway is away, refuses, or does not answer."""
        with link_errors("the contacts could not be listed", self._token, sends=False):
            return await apart(self._connected().known_contacts())

    async def name_of(self, contact_id: str) -> str:
        """Raises as `known_contacts`, also for a contact that the gateway does not know."""
        with link_errors(f"the name of {contact_id} could not be read", self._token, sends=False):
            return await apart(self._connected().contact_name(contact_id))

    def _connected(self) -> LinkPuppet:
        if self._puppet is None or not self._puppet.is_connected:
            raise LinkDown(f"nothing was sent: there is no connection to the gateway at {self._endpoint}")
        return self._puppet

    async def _stay_connected(self, bot: "_ChatBot") -> None:
        backoff = Backoff(self._times.first_retry_s, self._times.longest_retry_s, random.random)
        while True:
            why = await self._one_connection(bot)
            if bot.held_s() >= self._times.stable_s:
                backoff.reset()
            await bot.link.down(f"the gateway at {self._endpoint} is away: {why}")
            await asyncio.sleep(backoff.next_s())

    async def _one_connection(self, bot: "_ChatBot") -> str:
        """Connect and listen until it ends; returns why. Raises LinkError for a refused token."""
        try:
            await apart(bot.start())
        except Exception as error:
            why = reason(error, self._token)
            if is_token_refused(error):
                await bot.link.down(f"the gateway at {self._endpoint}: {why}")
                raise LinkError(f"the gateway at {self._endpoint} refuses the token: look at [chat] token") from None
            return why
        finally:
            await bot.stop()
        return "it ended the event stream"


class _ChatBot(LinkBot):
    """What the gateway's events mean for the link. Messages go to `inbox`, fetched by `fetch`."""

    def __init__(
        self, puppet: LinkPuppet, link: LinkState, take: Callable[[ChatMessage], None], grace_s: float
    ) -> None:
        super().__init__(puppet)
        self.link = link
        self.inbox = Inbox(self.fetch, take)
        self._grace_s = grace_s
        self._grace: asyncio.Task[None] | None = None
        self._own = Account()
        self._naming: asyncio.Task[None] | None = None
        self._connected_at: float | None = None
        self._told_of_account = False

    async def stop(self) -> None:
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
            await self.link.down("the gateway is there, but its chat account is not logged in")
