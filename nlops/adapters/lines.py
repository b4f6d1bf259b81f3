"""The end of a log, as text for people."""

import re
from collections import deque
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

_BLOCK = 64 * 1024
# CSI and OSC sequences (ECMA-48 5.4, 8.3.89): a log's colours are noise in a chat.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")


# A row of a QR code that a bot drew for a terminal, behind whatever pm2 writes before a line; in colours it is blanks.
_DRAWN = re.compile(r".{0,60}?[ █▀▄]{15,}")
_FEWEST_ROWS = 8  # the smallest code has 21, two in a line; fewer are a bar or a rule
_MOST_READ = 40  # a code has fewer rows


def last_lines(read: Callable[[int], list[str]], count: int, drawn: Callable[[int], str]) -> list[str]:
    """The last `count` lines of what `read` gives the last lines of. A QR code that a bot drew counts as one, and
    `drawn` says what stands for so many rows: in a chat it can't be scanned, and what happened before it is wanted.
    Raises what `read` does."""
    most = (count + _FEWEST_ROWS) * _MOST_READ
    wanted = count + _MOST_READ
    while True:
        lines = read(wanted)
        told = fold_drawn(lines, drawn)
        # A code whose beginning is not read yet may have too few rows to be seen as one.
        if len(told) >= count + _FEWEST_ROWS or len(lines) < wanted or wanted == most:
            return told[-count:]
        wanted = min(wanted * 4, most)


def fold_drawn(lines: list[str], drawn: Callable[[int], str]) -> list[str]:
    """The lines, with one in place of the rows of each code that was drawn."""
    told: list[str] = []
    for is_drawn, group in groupby(lines, lambda line: _DRAWN.fullmatch(line) is not None):
        rows = list(group)
        told += [drawn(len(rows))] if is_drawn and len(rows) >= _FEWEST_ROWS else rows
    return told


def clean(data: bytes) -> str:
    """Text without colours and carriage returns."""
    return _ANSI.sub("", data.decode("utf-8", "replace")).replace("\r", "")


def read_last_lines(path: Path, count: int) -> list[str]:
    """The last `count` complete lines, read from the end of the file, without colours. Raises OSError."""
    blocks: deque[bytes] = deque()
    with path.open("rb") as file:
        at = file.seek(0, 2)
        newlines = 0
        # One more newline than lines: the one before the first of them.
        while at > 0 and newlines <= count + 1:
            size = min(_BLOCK, at)
            at = file.seek(at - size)
            blocks.appendleft(file.read(size))
            newlines += blocks[0].count(b"\n")
    data = b"".join(blocks)
    complete = data[: data.rfind(b"\n") + 1]
    return [clean(line) for line in complete.split(b"\n")[:-1][-count:]]
