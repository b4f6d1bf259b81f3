"""The story of `nlops demo --play` as it is told in the terminal."""

import sys
import time

from nlops.sandbox.world import PEOPLE, Bubble, World

NAMES = {person.id: person.name for person in PEOPLE}
WIDTH = 8
SHOWN_LINES = 6


class Transcript:
    """Prints with the seconds since the start. Green and red only on a terminal."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._colour = sys.stdout.isatty()
        self._count = 0

    def line(self, text: str) -> None:
        print(f"{time.monotonic() - self._start:6.1f} s  {text}", flush=True)

    def happens(self, text: str) -> None:
        self.line(f"{'':{WIDTH}}  ~ {text}")

    def bubble(self, bubble: Bubble) -> None:
        """Something was said: a text, or a picture with its size."""
        who = f"nlops → {NAMES.get(bubble.chat, bubble.chat)}" if bubble.by_nlops else NAMES[bubble.chat]
        if bubble.kind == "file":
            self.line(f"{who}: [picture {bubble.name} {len(bubble.data) / 1024:.1f} kB]")
            return
        first, *rest = bubble.text.split("\n")
        self.line(f"{who}: {first}")
        hidden = len(rest) - SHOWN_LINES
        shown = (
            [*rest[: SHOWN_LINES // 2], f"… {hidden} more lines …", *rest[-SHOWN_LINES // 2 :]] if hidden > 1 else rest
        )
        for text in shown:
            print(f"{'':{WIDTH}}    {text}", flush=True)

    def true(self, text: str) -> None:
        self._count += 1
        self.line(self._painted("✓ " + text, 32))

    def ended(self) -> None:
        self.line(self._painted(f"All of it came true: {self._count} checks.", 32))

    def failed(self, why: str, world: World) -> None:
        self.line(self._painted("✗ " + why.replace("\n", f"\n{'':{WIDTH}}    "), 31))
        if world.service.last_words:
            print("nlops said last:")
            for text in world.service.last_words:
                print(f"    {text}")
        print(f"Its log: {world.place.service_log}", flush=True)

    def _painted(self, text: str, colour: int) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text
