"""The chat over a Wechaty gateway: connects for ever, hands messages on in order, sends without ever sending twice.

A connection goes through these states; the link is told to be up or down only where that changes:

    away        no gateway: the next attempt follows after 0.5 s, doubling up to 30 s          down
    connected   the event stream is open, nothing is known of the account yet (3 s at most)    as before
    in          the gateway said that the account is logged in, or a message came              up
    out         the account logged out, or no login was told of in time                        down

Leaving only closes the channel. The gateway keeps nothing for a client that is away: what is said meanwhile is lost. A
message that was told of before is not: `inbox` fetches it over the next connection.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress

from nlops.adapters.pictures import fit_picture
from nlops.adapters.wechaty.backoff import Backoff
from nlops.adapters.wechaty.conversations import Conversations
from nlops.adapters.wechaty.endpoint import open_endpoint
from nlops.adapters.wechaty.faults import (
    MEND_REFUSED,
    apart,
    is_token_refused,
    link_errors,
    reason,
    reason_at_start,
)
from nlops.adapters.wechaty.link import LinkState
from nlops.adapters.wechaty.listener import Listener
from nlops.adapters.wechaty.puppet import LinkPuppet, LinkTimes
from nlops.adapters.wechaty.wire import ReceivedFile
from nlops.domain.config import ChatConfig
from nlops.domain.errors import LinkDown, LinkError
from nlops.ports import ChatEvent

Deliver = Callable[[ChatEvent], Awaitable[None]]


class WechatyChat:
    """nlops.ports.Chat over a Wechaty puppet service. Raises LinkError for a `[chat]` that can't or mustn't be used."""

    def __init__(
        self,
        config: ChatConfig,
        times: LinkTimes | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        """`sleep` waits between two attempts to connect."""
        self._endpoint = open_endpoint(config)
        self._token = config.token
        self._times = times or LinkTimes()
        self._sleep = sleep
        self._puppet: LinkPuppet | None = None

    async def run(self, deliver: Deliver) -> None:
        """Connect and stay connected until cancelled. Raises LinkError where the gateway refuses the token."""
        conversations = Conversations(deliver)
        self._puppet = LinkPuppet(self._endpoint, self._token, self._times)
        bot = Listener(self._puppet, LinkState(deliver), conversations.put, self._times)
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
        """A picture where `name` ends in .png or .jpg, made smaller where it is too large for a chat, else a file; over
        3 MB it is streamed. Raises as `send_text`."""
        name, data = await asyncio.to_thread(fit_picture, name, data)
        with link_errors(f"{name} could not be sent to {contact_id}", self._token):
            await apart(self._connected().send_picture_or_file(contact_id, name, data))

    async def receive_file(self, message_id: str, most_bytes: int) -> ReceivedFile:
        """The picture or file of a message. Raises LinkError, also where it is larger than `most_bytes`."""
        with link_errors(f"the file of message {message_id} could not be read", self._token, sends=False):
            return await apart(self._connected().receive_file(message_id, most_bytes))

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

    async def _stay_connected(self, bot: Listener) -> None:
        backoff = Backoff(self._times.first_retry_s, self._times.longest_retry_s, random.random)
        while True:
            why = await self._one_connection(bot)
            if bot.held_s() >= self._times.stable_s:
                backoff.reset()
            await bot.link.down(f"the gateway at {self._endpoint} is away: {why}")
            await self._sleep(backoff.next_s())

    async def _one_connection(self, bot: Listener) -> str:
        """Connect and listen until it ends; returns why. Raises LinkError for a refused token."""
        try:
            await apart(bot.start())
        except Exception as error:
            if is_token_refused(error):
                why = f"the gateway at {self._endpoint} refuses the token: {MEND_REFUSED}"
                await bot.link.down(why)
                raise LinkError(why) from None
            if bot.is_connected:
                return reason(error, self._token)
            return reason_at_start(error, self._token, is_tls=self._endpoint.tls is not None)
        finally:
            await bot.stop()
        return "it ended the event stream"
