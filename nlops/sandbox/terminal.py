"""What the demo prints: lines as they come, a progress bar in place on a terminal and now and then elsewhere."""

import re
import shlex
import shutil
import sys
import time
from typing import TextIO

# A progress bar's line holds a share such as `43%|███`; it comes many times a second.
PROGRESS = re.compile(r"\d ?%")
PROGRESS_EVERY_S = 5.0
# Colours, and the cursor moves of a progress bar: ECMA-48 control sequences.
CONTROL = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")


def plain(text: str) -> str:
    """`text` without control sequences and the space around it."""
    return CONTROL.sub("", text).strip()


def program() -> str:
    """How this nlops is called from a shell here: by its name where that is on PATH."""
    return "nlops" if shutil.which("nlops") else f"{shlex.quote(sys.executable)} -m nlops"


class Teller:
    """Prints what nlops says while it starts."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = sys.stderr if out is None else out
        self._in_place = self._out.isatty()
        self._bar_open = False
        self._last_bar = -PROGRESS_EVERY_S

    def tell(self, text: str) -> None:
        if PROGRESS.search(text):
            self._tell_progress(text)
            return
        self._out.write(("\n" if self._bar_open else "") + text + "\n")
        self._out.flush()
        self._bar_open = False

    def _tell_progress(self, text: str) -> None:
        now = time.monotonic()
        if self._in_place:
            self._out.write(f"\r\x1b[K{text}")
            self._bar_open = True
        elif now - self._last_bar >= PROGRESS_EVERY_S:
            self._out.write(text + "\n")
            self._last_bar = now
        self._out.flush()
