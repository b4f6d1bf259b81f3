"""Whole blocks of log lines to signs.

A block is searched once for all that a format looks for, at the speed of memory (`linear.LineFinder`); a line is built,
and a pattern tried on the whole of it, only where something was found. A busy log so costs next to nothing.
"""

import re
from dataclasses import dataclass, replace

from nlops.domain.bots import LogSign
from nlops.monitor.formats import LogFormat, SignPattern
from nlops.monitor.linear import Groups, LineFinder, LineReader, line_reader, literally, whole_line
from nlops.monitor.payload import login_payload, pictured_payload

# ECMA-48 control sequences (colours, cursor) and operating-system commands (titles); never across a line's end.
ANSI = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\^_])")
# The longest sign (a WeCom code as a percent-encoded picture address, dated by pm2) has under 400 bytes.
MAX_SIGN_BYTES = 4096

_READERS = {"plain": login_payload, "picture": pictured_payload}


def without_ansi(block: bytes) -> bytes:
    """The block without control sequences; the same object where it has none."""
    return ANSI.sub(b"", block) if b"\x1b" in block else block


@dataclass(frozen=True)
class _Reader:
    """A pattern made ready, with the format's outer part before it. `finds` is what a block is searched for."""

    pattern: SignPattern
    literal: bytes
    finds: str
    read: LineReader


def _reader(log_format: LogFormat, pattern: SignPattern) -> _Reader:
    text = f"(?:{log_format.outer})(?:{pattern.text})"
    if not pattern.literal:
        return _Reader(pattern, b"", whole_line(text), line_reader(text))
    return _Reader(pattern, pattern.literal.encode(), literally(pattern.literal), _shipped_reader(text))


def _shipped_reader(text: str) -> LineReader:
    # Shipped patterns are known to be linear; the standard library is quicker on a single line.
    shape = re.compile(text, re.ASCII)

    def read(line: str) -> Groups | None:
        match = shape.fullmatch(line)
        return match.groupdict() if match is not None else None

    return read


class Scanner:
    """Reads one bot's log. It remembers nothing but the word that a line may set for the next ones.

    `finds` is what a `LineFinder` looks for on its behalf: the lines it finds are to be given to `read`.
    """

    def __init__(self, bot: str, log_format: LogFormat) -> None:
        self._bot = bot
        self._readers = tuple(_reader(log_format, pattern) for pattern in log_format.patterns)
        self.finds = tuple(dict.fromkeys(reader.finds for reader in self._readers))
        self._finder = LineFinder(self.finds)
        self._word = ""

    def scan(self, block: bytes, key: str = "") -> list[LogSign]:
        """The signs in `block`, in order.

        `block` is whole lines, each ending in `\\n`; what follows the last of them is left alone. `key` is the place of
        the block's first byte, `generation:offset`; each sign's key is the place of its line's first byte.
        """
        clean = without_ansi(block)
        signs = []
        for start, end in self._finder.find(clean):
            sign = self.read(clean[start:end])
            if sign is not None:
                signs.append(keyed(sign, key, block, clean, start))
        return signs

    def read(self, raw: bytes) -> LogSign | None:
        """What one line says, without its key."""
        if len(raw) > MAX_SIGN_BYTES:
            return None
        line = raw.removesuffix(b"\r").decode(errors="replace")
        for reader in self._readers:
            groups = reader.read(line) if reader.literal in raw else None
            if groups is not None:
                return self._said(reader.pattern, groups, line)
        return None

    def _said(self, pattern: SignPattern, groups: Groups, line: str) -> LogSign | None:
        """What a matching line says; None where it only sets a word, or needs one, or holds a payload of nobody's."""
        word, self._word = self._word, pattern.sets
        if pattern.kind is None or (pattern.needs and pattern.needs != word):
            return None
        payload = _READERS[pattern.payload_as](groups["payload"] or "") if pattern.payload_as else None
        if payload is None and pattern.payload_as:
            return None
        return LogSign(self._bot, pattern.kind, line, payload, groups.get("account") or None)


def keyed(sign: LogSign, key: str, block: bytes, clean: bytes, start: int) -> LogSign:
    """The sign of the line at `start` in `clean`, with its place: `key` is that of `block`, whose clean form it is."""
    generation, _, offset = key.rpartition(":")
    if not generation:
        return sign
    at = start if clean is block else _same_line(block, clean, start)
    return replace(sign, key=f"{generation}:{int(offset) + at}")


def _same_line(block: bytes, clean: bytes, start: int) -> int:
    """Where in `block` the line begins that begins at `start` in `clean`, its form without control sequences."""
    at = 0
    for _ in range(clean.count(b"\n", 0, start)):
        at = block.index(b"\n", at) + 1
    return at
