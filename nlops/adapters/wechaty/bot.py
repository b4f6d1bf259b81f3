"""The Wechaty bot, on a short leash: python-wechaty 0.10.7's class with its start, its stop and its dispatch replaced.

Upstream's `start` prints an exception and returns, its event bridge runs a task per event (so messages overtake each
other) and fires login once only, its login starts a plugin manager with a web server. None of that runs here: `start`
lives as long as one connection, and awaits one `on_…` method per event. A message is given as it is loaded, by its id;
its payload is not fetched yet. Never look a person up by `Contact.find`: it takes any nickname that contains the text.
"""

from typing import assert_never

from wechaty import Wechaty, WechatyOptions
from wechaty.plugin import AsyncIOScheduler
from wechaty_puppet import EventErrorPayload, PuppetOptions, ScanStatus

from nlops.adapters.wechaty.puppet import LinkPuppet
from nlops.adapters.wechaty.wire import LinkEvent, LoggedIn, LoggedOut, MessageCame, Other, PuppetTrouble, ScanWanted


# The base comes from an untyped library.
class LinkBot(Wechaty):  # type: ignore[misc]
    """Subclass it and override `on_login`, `on_logout`, `on_scan`, `on_error`, `on_message`, `on_connected`."""

    def __init__(self, puppet: LinkPuppet) -> None:
        # A scheduler is given, and never started: upstream would open a database in the working directory.
        options = PuppetOptions(token="", end_point=puppet.options.end_point)
        super().__init__(WechatyOptions(puppet=puppet, puppet_options=options, scheduler=AsyncIOScheduler()))

    async def start(self) -> None:
        """Connect, and take events until the connection ends. Raises what the connection raises."""
        await self.init_puppet()  # binds wechaty's Contact, Message and so on to this bot
        await self.puppet.start()
        await self.on_connected()
        async for event in self.puppet.events():
            await self._take(event)

    async def stop(self) -> None:
        """Close the connection. The account on the gateway stays logged in."""
        await self.puppet.stop()

    async def on_connected(self) -> None:
        """The gateway let us in; its events come from now on."""

    async def _take(self, event: LinkEvent) -> None:
        match event:
            case LoggedIn(contact_id):
                self.contact_id = contact_id
                self.Contact._pool.clear()  # web puppets give out new ids with every login
                await self.on_login(self.ContactSelf.load(contact_id))
            case LoggedOut(contact_id):
                await self.on_logout(self.ContactSelf.load(contact_id))
            case ScanWanted(status):
                await self.on_scan("", ScanStatus(status) if 0 <= status < len(ScanStatus) else ScanStatus.Unknown)
            case MessageCame(message_id):
                await self.on_message(self.Message.load(message_id))
            case PuppetTrouble(text):
                await self.on_error(EventErrorPayload(data=text))
            case Other():
                pass  # a heartbeat and the like: the gateway is alive, which the connection shows by itself
            case _:
                assert_never(event)
