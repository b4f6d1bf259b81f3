"""The way from an operation to its admin: who that is at this login, and what is sent there."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from wechaty import Wechaty

from nlops.adapters.wechaty.attached import AttachedChat, token_of
from nlops.domain.errors import LinkDown, LinkError
from nlops.gate.redact import Redactor

log = logging.getLogger("nlops.plugin")

ASKED_AT_ONCE = 16
# An admin who is not found is not looked for at every message of a stranger.
UNKNOWN_S = 60.0
# For how long a message waits for the bot's connection.
WAIT_S, TRY_S = 60.0, 0.5

_LINE = "_nlops_line"


async def say(bot: Wechaty, admin: str, text: str) -> None:
    """Text to an admin, without what looks like a secret. Raises LinkError, also where no contact is that admin."""
    line = line_of(bot)
    await line.send(admin, lambda contact_id: line.chat.send_text(contact_id, line.redactor.clean(text)))


async def send_file(bot: Wechaty, admin: str, name: str, data: bytes) -> None:
    """A picture (.png, .jpg) or a file to an admin, a text without what looks like a secret. Raises as `say`."""
    line = line_of(bot)
    clean = line.redactor.clean_file(data)
    await line.send(admin, lambda contact_id: line.chat.send_file(contact_id, line.redactor.clean(name), clean))


def line_of(bot: Wechaty) -> "AdminLine":
    """The bot's one line; all its operations use it."""
    line: AdminLine = vars(bot).get(_LINE) or vars(bot).setdefault(_LINE, AdminLine(bot))
    return line


class AdminLine:
    """Knows which contact an admin is. That is forgotten at every login: web puppets give out new ids then."""

    def __init__(self, bot: Wechaty) -> None:
        self.chat = AttachedChat(bot)
        self._bot = bot
        self._found: dict[str, tuple[str | None, float]] = {}
        self._finding = asyncio.Lock()

    @property
    def redactor(self) -> Redactor:
        """Knows the token that the bot has now."""
        return Redactor([token_of(self._bot).reveal()])

    def clean(self, text: str) -> str:
        return self.redactor.clean(text)

    def forget(self) -> None:
        self._found.clear()

    async def find(self, admin: str) -> str | None:
        """The contact id of an admin; None where no contact, or more than one, is it. Raises LinkError."""
        async with self._finding:
            contact_id, at = self._found.get(admin, (None, 0.0))
            if contact_id is None and (not at or time.monotonic() - at > UNKNOWN_S):
                contact_id = await self._look_up(admin)
                self._found[admin] = (contact_id, time.monotonic())
            return contact_id

    async def send(self, admin: str, send: Callable[[str], Awaitable[None]]) -> None:
        """Send, once there is a connection. Where something may have arrived, it is not sent again."""
        deadline = time.monotonic() + WAIT_S
        while True:
            try:
                contact_id = await self.find(admin)
                if contact_id is None:
                    raise LinkError(f"nothing was sent: no contact has the id or the WeChat number {admin!r}")
                return await send(contact_id)
            except LinkDown:
                if time.monotonic() > deadline:
                    raise
                await asyncio.sleep(TRY_S)

    async def _look_up(self, admin: str) -> str | None:
        contacts = sorted(await self.chat.known_contacts())
        if admin in contacts:
            return admin
        same: list[str] = []
        for start in range(0, len(contacts), ASKED_AT_ONCE):
            some = contacts[start : start + ASKED_AT_ONCE]
            numbers = await asyncio.gather(*(self._number(contact_id) for contact_id in some))
            same += [contact_id for contact_id, number in zip(some, numbers, strict=True) if number == admin]
        if len(same) != 1:
            log.warning("admin %r is nobody here: %d contacts have that WeChat number", admin, len(same))
        return same[0] if len(same) == 1 else None

    async def _number(self, contact_id: str) -> str:
        try:
            return await self.chat.weixin_of(contact_id)
        except LinkDown:
            raise
        except LinkError as error:
            log.warning("%s", error)
            return ""
