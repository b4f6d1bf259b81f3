"""The story of `nlops demo --play` as it is told in the terminal."""

import sys
import time

from nlops.sandbox.world import PEOPLE, Bubble, World

NAMES = {person.id: person.name for person in PEOPLE}
# `1234.5 s  ` stands before everything.
INDENT = 10
WIDTH = 110
MAX_LINES = 6


class Transcript:
    """Prints with the seconds since the start. Colours only on a terminal."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._colour = sys.stdout.isatty()
        self._count = 0

    def line(self, text: str) -> None:
        print(f"{time.monotonic() - self._start:6.1f} s  {text}", flush=True)

    def chapter(self, text: str) -> None:
        print(f"\n{'':{INDENT}}{self._painted(text, '1')}", flush=True)

    def bubble(self, bubble: Bubble) -> None:
        """Something was said: a text, or a picture with its size."""
        name = NAMES.get(bubble.chat, bubble.chat)
        who = f"nlops → {name}:" if bubble.by_nlops else f"{name}:"
        if bubble.kind == "file":
            self.line(f"{who} [picture {bubble.name} {len(bubble.data) / 1024:.1f} kB]")
            return
        first, *rest = shortened(bubble.text.split("\n"))
        self.line(f"{who} {first}")
        for text in rest:
            print(f"{'':{INDENT}}    {text}", flush=True)

    def true(self, text: str) -> None:
        self._count += 1
        self.line(self._painted(f"✓ {text}", "32"))

    def ended(self) -> None:
        print(f"\n{'':{INDENT}}{self._painted(f'All of it came true: {self._count} checks.', '1;32')}", flush=True)

    def failed(self, why: str, world: World) -> None:
        self.line(self._painted("✗ " + why.replace("\n", f"\n{'':{INDENT}}  "), "31"))
        if world.service.last_words:
            print("nlops printed last:")
            for text in world.service.last_words:
                print(f"    {text}")
        print(f"Its log: {world.place.service_log}", flush=True)

    def _painted(self, text: str, colour: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self._colour else text


def shortened(lines: list[str]) -> list[str]:
    """For the eye: long lines cut, and of many lines the first and the last ones. What is checked is the whole."""
    cut = [line if len(line) <= WIDTH else line[: WIDTH - 1] + "…" for line in lines]
    hidden = len(cut) - MAX_LINES
    return cut if hidden < 2 else [*cut[:4], f"… {hidden} more lines …", *cut[-2:]]
