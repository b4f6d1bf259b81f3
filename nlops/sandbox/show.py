"""`nlops demo` without --play: the world with its chat page, until somebody ends it."""

import asyncio
import shlex
import sys
from contextlib import suppress

from nlops.sandbox.page import Page, listening_socket
from nlops.sandbox.place import Place
from nlops.sandbox.terminal import Teller, program
from nlops.sandbox.world import World, keeper_line, linked, opened

# The page is looked at first; then something happens on it.
DROP_AFTER_S = 6.0
LINK_TIMEOUT_S = 60.0


async def show(place: Place, port: int | None, default_port: int) -> int:
    """Serve the page until nlops ends (1) or this task is cancelled."""
    sock = listening_socket(port, default_port)
    told = Told()
    async with opened(place, told.tell) as world:
        page = Page(world, sock)
        told.page = page
        place.page_file.write_text(page.address, "utf-8")
        await page.start()
        try:
            _say_where(world, page)
            return await _live(world)
        finally:
            await page.stop()


class Told:
    """What nlops prints goes to the terminal and to the page."""

    def __init__(self) -> None:
        self.page: Page | None = None
        self._teller = Teller()

    def tell(self, text: str) -> None:
        self._teller.tell(text)
        if self.page is not None:
            self.page.tell(text)


def _say_where(world: World, page: Page) -> None:
    print(f"\n  nlops demo: {page.address}\n", flush=True)
    print(f"  {keeper_line(world)}")
    print(f"  look behind it: {program()} audit tail -c {shlex.quote(str(world.place.config))}")
    print("  Ctrl-C ends it.\n", flush=True)


async def _live(world: World) -> int:
    if await linked(world, LINK_TIMEOUT_S):
        with suppress(TimeoutError):
            async with asyncio.timeout(DROP_AFTER_S):
                await world.service.ended.wait()
        world.phone.log_out("bob")
    await world.service.ended.wait()
    print(f"nlops has ended, exit code {world.service.exit_code}.", file=sys.stderr)
    return 1
