"""Whole blocks of log lines to signs.

A block is searched for each pattern's literal with `bytes.find`, at the speed of memory; a line is built, and a regular
expression run, only where a literal was found. A busy log so costs next to nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from nlops.domain.bots import LogSign
from nlops.monitor.formats import LogFormat, SignPattern
from nlops.monitor.payload import login_payload, pictured_payload

# ECMA-48 control sequences (colours, cursor) and operating-system commands (titles); never across a line's end.
ANSI = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\^_])")
# The longest sign (a WeCom code as a percent-encoded picture address, dated by pm2) has under 400 bytes.
MAX_SIGN_BYTES = 4096

_READERS = {"plain": login_payload, "picture": pictured_payload}


@dataclass(frozen=True)
class _Reader:
    """A pattern made ready: its literal as bytes, its expression compiled with the format's outer part before it."""

    pattern: SignPattern
    literal: bytes
    shape: re.Pattern[str]


def _reader(log_format: LogFormat, pattern: SignPattern) -> _Reader:
    shape = re.compile(f"(?:{log_format.outer})(?:{pattern.text})", re.ASCII)
    return _Reader(pattern, pattern.literal.encode(), shape)


class Scanner:
    """Reads one bot's log. It remembers nothing but the word that a line may set for the next ones."""

    def __init__(self, bot: str, log_format: LogFormat) -> None:
        self._bot = bot
        self._readers = tuple(_reader(log_format, pattern) for pattern in log_format.patterns)
        self._literals = tuple(dict.fromkeys(reader.literal for reader in self._readers))
        self._word = ""

    def scan(self, block: bytes, key: str = "") -> list[LogSign]:
        """The signs in `block`, in order.

        `block` is whole lines, each ending in `\\n`; what follows the last of them is left alone. `key` is the place of
        the block's first byte, `generation:offset`; each sign's key is the place of its line's first byte.
        """
        clean = ANSI.sub(b"", block) if b"\x1b" in block else block
        signs = []
        for start, end in self._hits(clean):
            sign = self._read(clean[start:end])
            if sign is not None:
                signs.append(self._keyed(sign, key, start if clean is block else _same_line(block, clean, start)))
        return signs

    def _hits(self, block: bytes) -> Iterator[tuple[int, int]]:
        """Start and end (without `\\n`) of each line that holds a literal, in order."""
        lines: dict[int, int] = {}
        for literal in self._literals:
            at = block.find(literal)
            while at >= 0:
                end = block.find(b"\n", at)
                if end < 0:
                    break
                lines[block.rfind(b"\n", 0, at) + 1] = end
                at = block.find(literal, end)
        return iter(sorted(lines.items()))

    def _read(self, raw: bytes) -> LogSign | None:
        if len(raw) > MAX_SIGN_BYTES:
            return None
        line = raw.removesuffix(b"\r").decode(errors="replace")
        for reader in self._readers:
            match = reader.shape.fullmatch(line) if reader.literal in raw else None
            if match is not None:
                return self._said(reader.pattern, match, line)
        return None

    def _said(self, pattern: SignPattern, match: re.Match[str], line: str) -> LogSign | None:
        """What a matching line says; None where it only sets a word, or needs one, or holds a payload of nobody's."""
        word, self._word = self._word, pattern.sets
        if pattern.kind is None or (pattern.needs and pattern.needs != word):
            return None
        groups = match.groupdict()
        payload = _READERS[pattern.payload_as](groups["payload"]) if pattern.payload_as else None
        if payload is None and pattern.payload_as:
            return None
        return LogSign(self._bot, pattern.kind, line, payload, groups.get("account") or None)

    @staticmethod
    def _keyed(sign: LogSign, key: str, start: int) -> LogSign:
        generation, _, offset = key.rpartition(":")
        if not generation:
            return sign
        return replace(sign, key=f"{generation}:{int(offset) + start}")


def _same_line(block: bytes, clean: bytes, start: int) -> int:
    """Where in `block` the line begins that begins at `start` in `clean`, its form without control sequences."""
    at = 0
    for _ in range(clean.count(b"\n", 0, start)):
        at = block.index(b"\n", at) + 1
    return at
