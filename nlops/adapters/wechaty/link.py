"""Whether the chat can be used now, told to whoever runs it: each change once, and in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from nlops.domain.events import LinkChanged

log = logging.getLogger("nlops.link")


class LinkState:
    """Starts as unknown, so that the first thing told is always a change. Each new reason for being down is logged."""

    def __init__(self, deliver: Callable[[LinkChanged], Awaitable[None]]) -> None:
        self._deliver = deliver
        self._told: tuple[bool, str] | None = None
        self._why = ""
        self._telling = asyncio.Lock()

    async def up(self, account: str = "") -> None:
        """`account`: the contact id that is logged in, empty where it is not known. Another one is a change too."""
        self._why = ""
        await self._set(LinkChanged(True, account=account))

    async def down(self, why: str) -> None:
        if why != self._why:
            log.warning("the chat link is down: %s", why)
        self._why = why
        await self._set(LinkChanged(False, why))

    async def _set(self, change: LinkChanged) -> None:
        async with self._telling:
            if (change.up, change.account) == self._told:
                return
            self._told = (change.up, change.account)
            if change.up:
                log.info("the chat link is up")
            try:
                await self._deliver(change)
            except Exception:
                log.exception("%s could not be handled", change)
