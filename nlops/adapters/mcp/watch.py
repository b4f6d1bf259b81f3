"""Looks now and then whether the pinned tools that are enabled are still what they were, so that a person hears of a
change before a call is refused. A server that is away is logged, once an outage: it is not needed before a call."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from nlops.adapters.mcp.calls import find, load_link
from nlops.domain.config import McpConfig
from nlops.domain.events import Event, PinChanged
from nlops.domain.tools import Catalogue, McpRun, digest
from nlops.toolbox.pins import changes, shortened

if TYPE_CHECKING:
    from nlops.adapters.mcp.link import Connection

log = logging.getLogger("nlops")

FIRST_LOOK_S = 5.0  # after the start: who is being started by the same boot has a moment


class PinWatch:
    """Keeps nlops.ports.Source over the servers of a catalogue."""

    def __init__(self, servers: tuple[McpConfig, ...], catalogue: Callable[[], Catalogue]) -> None:
        """`catalogue` gives the one of now: definitions may change while this runs."""
        self._servers, self._catalogue = servers, catalogue
        self._told: dict[str, str] = {}  # tool of ours to the digest of the change that was told
        self._away: set[str] = set()

    async def run(self, put: Callable[[Event], Awaitable[None]]) -> None:
        async with asyncio.TaskGroup() as group:
            for server in self._servers:
                group.create_task(self._follow(server, put))

    async def _follow(self, server: McpConfig, put: Callable[[Event], Awaitable[None]]) -> None:
        await asyncio.sleep(FIRST_LOOK_S)
        while True:
            if self._pinned(server):
                for event in await self._look_safely(server):
                    await put(event)
            await asyncio.sleep(server.look_every_s)

    async def _look_safely(self, server: McpConfig) -> list[PinChanged]:
        """A fault of ours that a server has found costs one look, not the service."""
        try:
            return await self._look(server)
        except Exception:
            log.exception("whether what is pinned of %s still holds could not be seen", server.name)
            return []

    async def _look(self, server: McpConfig) -> list[PinChanged]:
        link = await load_link()

        async def ask(connection: "Connection") -> list[dict[str, Any]]:
            return await connection.definitions()

        try:
            definitions = await link.use(server, ask)
        except link.ServerFailed as error:
            if server.name not in self._away:
                log.warning("whether what is pinned still holds could not be seen: %s", error)
            self._away.add(server.name)
            return []
        self._away.discard(server.name)
        return self._compare(server, definitions)

    def _compare(self, server: McpConfig, definitions: list[dict[str, Any]]) -> list[PinChanged]:
        """What has changed since it was pinned, and was not told yet."""
        news = []
        for name, run in self._pinned(server).items():
            found = find(definitions, run.tool)
            change = changes(run.pinned, found)
            seen = digest(list(change)) if change else ""
            if change and self._told.get(name) != seen:
                news.append(PinChanged(name, server.name, run.tool, shortened(change)))
            self._told[name] = seen
        return news

    def _pinned(self, server: McpConfig) -> dict[str, McpRun]:
        """What of the server is enabled now, by our names."""
        tools = self._catalogue().tools
        return {one.name: one.run for one in tools if isinstance(one.run, McpRun) and one.run.server == server.name}
