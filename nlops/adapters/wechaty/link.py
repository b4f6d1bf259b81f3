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
        self._is_up: bool | None = None
        self._why = ""
        self._telling = asyncio.Lock()

    async def up(self) -> None:
        self._why = ""
        await self._set(True, "")

    async def down(self, why: str) -> None:
        if why != self._why:
            log.warning("the chat link is down: %s", why)
        self._why = why
        await self._set(False, why)

    async def _set(self, is_up: bool, why: str) -> None:
        async with self._telling:
            if is_up == self._is_up:
                return
            self._is_up = is_up
            if is_up:
                log.info("the chat link is up")
            try:
                await self._deliver(LinkChanged(is_up, why))
            except Exception:
                log.exception("LinkChanged(%s) could not be handled", is_up)
