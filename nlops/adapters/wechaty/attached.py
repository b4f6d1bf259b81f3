"""A bot of the user's own as a line to the chat: its events are overheard, its channel is borrowed, nothing is taken.

Upstream's own events will not do: its `login` fires once only, and not at all where the plugin manager fails (a busy
port 5000); its `message` runs a task each, out of order. So the puppet's events are listened to, below the bot: by
plain functions, which pyee calls in order. `bot.stop()` takes all listeners off a puppet, `bot.start()` makes it ready
again: `init_puppet` is where they are put back.

Calls go over the bot's own channel with a stub of nlops's own, which has deadlines. Nothing is ever connected, started
or closed here. Only bots on wechaty_puppet_service have such a channel, which are all that python-wechaty 0.10.7 knows.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from grpclib.client import Channel
from wechaty import Wechaty
from wechaty_grpc.wechaty import PuppetStub
from wechaty_puppet import ScanStatus

from nlops.adapters.pictures import fit_picture
from nlops.adapters.wechaty.bot import LinkBot
from nlops.adapters.wechaty.conversations import Conversations
from nlops.adapters.wechaty.endpoint import Endpoint
from nlops.adapters.wechaty.faults import apart, link_errors
from nlops.adapters.wechaty.inbox import Inbox
from nlops.adapters.wechaty.link import LinkState
from nlops.adapters.wechaty.puppet import LinkPuppet, LinkTimes
from nlops.adapters.wechaty.wire import Account, LinkEvent, LoggedIn, LoggedOut, MessageCame, ScanWanted, read_message
from nlops.domain.chat import ChatMessage
from nlops.domain.config import Secret
from nlops.domain.errors import LinkDown
from nlops.ports import ChatEvent

log = logging.getLogger("nlops.link")

LOOK_S = 1.0  # how often the bot's connection is looked at: its end is no event


@dataclass(frozen=True)
class Started:
    """The bot is about to connect, for the first time or once more."""


@dataclass(frozen=True)
class ScanShown:
    """The bot's account waits for a scan, or one goes on. `status` is a name of ScanStatus; `payload` may be empty."""

    status: str
    payload: str


BotEvent = LinkEvent | Started | ScanShown
Take = Callable[[BotEvent], None]

_EARS = "_nlops_ears"
_STATUS_NAMES = {status.value: str(status.name) for status in ScanStatus}


def listen(bot: Wechaty, take: Take) -> Callable[[], None]:
    """Give `take` the bot's events from now on, in order, over all its starts; returns what ends it. `take` is called
    on the bot's loop and must not wait. The bot may run already."""
    ears: _Ears = vars(bot).get(_EARS) or vars(bot).setdefault(_EARS, _Ears(bot))
    ears.takers.append(take)

    def end() -> None:
        with suppress(ValueError):
            ears.takers.remove(take)

    return end


class _Ears:
    """Hung onto a bot once, for whoever listens."""

    def __init__(self, bot: Wechaty) -> None:
        self.takers: list[Take] = []
        self._init_puppet = bot.init_puppet
        self._bot = bot
        setattr(bot, "init_puppet", self._on_start)  # noqa: B010 - a method in the place of a method
        if isinstance(bot, LinkBot):
            self._take = bot._take
            setattr(bot, "_take", self._on_link_event)  # noqa: B010
        elif bot._puppet is not None:
            self._hear(bot._puppet)

    async def _on_start(self) -> None:
        await self._init_puppet()
        if not isinstance(self._bot, LinkBot):
            self._hear(self._bot.puppet)
        self._tell(Started())

    async def _on_link_event(self, event: LinkEvent) -> None:
        """LinkBot keeps codes to itself: of its scans only the status is told."""
        self._tell(
            ScanShown(_STATUS_NAMES.get(event.status, "Unknown"), "") if isinstance(event, ScanWanted) else event
        )
        await self._take(event)

    def _hear(self, puppet: Any) -> None:
        heard = {"login": self._on_login, "logout": self._on_logout, "scan": self._on_scan, "message": self._on_message}
        for name, listener in heard.items():
            if listener not in puppet._event_stream.listeners(name):
                puppet.on(name, listener)

    def _on_login(self, payload: Any) -> None:
        self._tell(LoggedIn(payload.contact_id))

    def _on_logout(self, payload: Any) -> None:
        self._tell(LoggedOut(payload.contact_id, str(payload.data or "")))

    def _on_scan(self, payload: Any) -> None:
        self._tell(ScanShown(payload.status.name, payload.qrcode or ""))

    def _on_message(self, payload: Any) -> None:
        self._tell(MessageCame(payload.message_id))

    def _tell(self, event: BotEvent) -> None:
        for take in tuple(self.takers):
            try:
                take(event)
            except Exception:
                log.exception("%s could not be taken", event)


def channel_of(bot: Wechaty) -> Channel | None:
    """The bot's channel to its gateway, None while it has no connection."""
    channel = getattr(bot._puppet, "channel", None)
    return channel if channel is not None and channel._connected else None


def token_of(bot: Wechaty) -> Secret:
    """The token of the bot's gateway; while it is connected, what travels as the authority."""
    channel, own = channel_of(bot), getattr(bot._puppet, "_token", None)
    if channel is None:
        return own if isinstance(own, Secret) else Secret(bot._options.puppet_options.token or "")
    return Secret(channel._authority)


class _BorrowedPuppet(LinkPuppet):
    """nlops's own calls over somebody else's channel. Not to be connected or disconnected."""

    def __init__(self, channel: Channel, times: LinkTimes) -> None:
        super().__init__(Endpoint(channel._host, channel._port, None), Secret(channel._authority), times)
        self.channel = channel
        self._puppet_stub = PuppetStub(channel, timeout=times.rpc_s)


class AttachedChat:
    """nlops.ports.Chat over a bot that is somebody else's. What it sends needs no `run`, only the bot's connection."""

    def __init__(self, bot: Wechaty, times: LinkTimes | None = None) -> None:
        self._bot, self._times = bot, times or LinkTimes()
        self._own = Account()
        self._told_of_account = self._is_connected = False

    async def run(self, deliver: Callable[[ChatEvent], Awaitable[None]]) -> None:
        """Overhear the bot until cancelled. The bot's own handlers see every message too."""
        events: asyncio.Queue[BotEvent] = asyncio.Queue()
        conversations = Conversations(deliver)
        inbox, link = Inbox(self._fetch, conversations.put), LinkState(deliver)
        end = listen(self._bot, events.put_nowait)
        handing_on = asyncio.create_task(inbox.run())
        try:
            await self._begin(link)
            while True:
                event = await _next(events)
                if event is not None:
                    await self._take(event, inbox, link)
                await self._look(inbox, link)
        finally:
            end()
            handing_on.cancel()
            with suppress(asyncio.CancelledError):
                await handing_on
            await inbox.close()
            await conversations.close()

    async def send_text(self, contact_id: str, text: str) -> None:
        """Raises LinkError where the bot is away, or its gateway refuses, or does not answer. Never sends twice."""
        puppet = self._puppet()
        with link_errors(f"a text to {contact_id} could not be sent", puppet._token):
            await apart(puppet.message_send_text(contact_id, text))

    async def send_file(self, contact_id: str, name: str, data: bytes) -> None:
        """A picture where `name` ends in .png or .jpg, made smaller where it is too large for a chat, else a file; over
        3 MB it is streamed. Raises as `send_text`."""
        puppet = self._puppet()
        name, data = await asyncio.to_thread(fit_picture, name, data)
        with link_errors(f"{name} could not be sent to {contact_id}", puppet._token):
            await apart(puppet.send_picture_or_file(contact_id, name, data))

    async def known_contacts(self) -> frozenset[str]:
        """The ids of all contacts. Raises LinkError."""
        puppet = self._puppet()
        with link_errors("the contacts could not be listed", puppet._token, sends=False):
            return await apart(puppet.known_contacts())

    async def name_of(self, contact_id: str) -> str:
        """The display name of a contact, which anybody may choose as they like. Raises LinkError."""
        puppet = self._puppet()
        with link_errors(f"the name of {contact_id} could not be read", puppet._token, sends=False):
            return await apart(puppet.contact_name(contact_id))

    async def weixin_of(self, contact_id: str) -> str:
        """The WeChat number of a contact, unique where there is one; many puppets leave it empty. Raises LinkError."""
        puppet = self._puppet()
        with link_errors(f"{contact_id} could not be read", puppet._token, sends=False):
            return str((await apart(puppet.puppet_stub.contact_payload(id=contact_id))).weixin)

    def _puppet(self) -> _BorrowedPuppet:
        channel = channel_of(self._bot)
        if channel is None:
            raise LinkDown("nothing was sent: the bot has no connection to its gateway")
        return _BorrowedPuppet(channel, self._times)

    async def _begin(self, link: LinkState) -> None:
        """A bot that ran before nlops came told of its login when nobody listened."""
        contact_id = self._bot._puppet and (self._bot.puppet.login_user_id or vars(self._bot).get("contact_id"))
        if contact_id and channel_of(self._bot) is not None:
            await self._log_in(contact_id, link)

    async def _take(self, event: BotEvent, inbox: Inbox, link: LinkState) -> None:
        match event:
            case LoggedIn(contact_id):
                await self._log_in(contact_id, link)
            case LoggedOut(contact_id):
                self._told_of_account = True
                await link.down(f"the bot's account {contact_id} logged out")
            case MessageCame(message_id):
                if not self._told_of_account:  # old gateways tell of no login to a client that comes later
                    self._told_of_account = True
                    await link.up(self._own.contact_id)
                await inbox.put(message_id)
            case _:
                pass

    async def _log_in(self, contact_id: str, link: LinkState) -> None:
        self._own, self._told_of_account = Account(contact_id), True
        await link.up(contact_id)

    async def _look(self, inbox: Inbox, link: LinkState) -> None:
        """The end of a connection is told of by nobody."""
        was_connected, self._is_connected = self._is_connected, channel_of(self._bot) is not None
        if self._is_connected and not was_connected:
            inbox.opened()
        elif not self._is_connected:
            inbox.shut()
            self._told_of_account = False
            await link.down("the bot has no connection to its gateway")

    async def _fetch(self, message_id: str) -> ChatMessage:
        try:
            puppet = self._puppet()
        except LinkDown as error:
            raise ConnectionError(str(error)) from None  # what the inbox takes for a connection that ended
        payload = await apart(puppet.message_payload(message_id))
        own = self._own
        if payload.room_id and own.contact_id and not own.name:  # some puppets tell of a mention by the name only
            with suppress(Exception):
                own = Account(own.contact_id, await apart(puppet.contact_name(own.contact_id)))
                self._own = own
        return read_message(message_id, payload, own)


async def _next(events: "asyncio.Queue[BotEvent]") -> BotEvent | None:
    """The next event; None where none came in LOOK_S."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_S):
            return await events.get()
    return None
