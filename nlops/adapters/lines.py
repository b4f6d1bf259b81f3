"""The end of a log, as text for people."""

import re
from collections import deque
from pathlib import Path

_BLOCK = 64 * 1024
# CSI and OSC sequences (ECMA-48 5.4, 8.3.89): a log's colours are noise in a chat.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\^_])")


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
