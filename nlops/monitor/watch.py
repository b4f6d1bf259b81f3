"""One log of a bot, block by block: its signs, and the lines that its alerts wait for, found in one pass."""

import re
from collections import Counter, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from nlops.domain.bots import LogHit, LogSign
from nlops.domain.config import AlertConfig
from nlops.domain.events import AlertSeen
from nlops.monitor.formats import LogFormat
from nlops.monitor.linear import LineFinder, line_test
from nlops.monitor.scan import Scanner, keyed, without_ansi

# Shapes of lines told apart in one block and in one message; what is over is counted.
MAX_SHAPES = 10
# A line in a message to a phone. It is cut after it was cleaned, so that no half of a secret gets past the cleaning.
MAX_LINE_CHARS = 200
_SHAPE_BYTES = 500
# What differs between two lines that say the same: times, counts, ids.
_NUMBERS = re.compile(rb"[0-9A-Fa-f]{8,}|\d+")


@dataclass
class _Found:
    """What one alert found in the block at hand: the first hit of each shape, and how many there are."""

    hits: dict[bytes, LogHit] = field(default_factory=dict)
    counts: Counter[bytes] = field(default_factory=Counter)
    more: int = 0


class _Alert:
    def __init__(self, config: AlertConfig) -> None:
        self.config, self.matches = config, line_test(config.pattern)
        self.wanted = 0  # lines after the last hit that were not written yet


class LogWatch:
    """Remembers the last lines, for what stands before a hit in the next block. `clean` takes secrets out of a line."""

    def __init__(
        self,
        bot: str,
        source: str,
        log_format: LogFormat,
        alerts: Sequence[AlertConfig] = (),
        clean: Callable[[str], str] = lambda line: line,
    ) -> None:
        self._bot, self._source, self._clean = bot, source, clean
        self._scanner = Scanner(bot, log_format)
        self._alerts = tuple(_Alert(alert) for alert in alerts)
        self._finder = LineFinder((*self._scanner.finds, *(alert.pattern for alert in alerts)))
        self._last: deque[bytes] = deque(maxlen=max((alert.around for alert in alerts), default=0))

    def signs(self, block: bytes, key: str) -> list[LogSign]:
        """The signs of a block of the past, whose alerts nobody waits for any more."""
        self._remember(without_ansi(block))
        return self._scanner.scan(block, key)

    def read(self, block: bytes, key: str) -> tuple[list[LogSign], list[AlertSeen]]:
        """The signs of a block of whole lines, in order, and at most one event for each alert."""
        clean = without_ansi(block)
        signs: list[LogSign] = []
        found: dict[str, _Found] = {}
        for start, end in self._finder.find(clean):
            sign = self._scanner.read(clean[start:end])
            if sign is not None:
                signs.append(keyed(sign, key, block, clean, start))
            if self._alerts:
                self._match(clean, start, end, found)
        events = [event for alert in self._alerts if (event := self._event(alert, clean, found)) is not None]
        self._remember(clean)
        return signs, events

    def _match(self, block: bytes, start: int, end: int, found: dict[str, _Found]) -> None:
        line = block[start:end]
        for alert in self._alerts:
            if not alert.matches(line):
                continue
            mine = found.setdefault(alert.config.name, _Found())
            shape = _NUMBERS.sub(b"#", line[:_SHAPE_BYTES])
            if shape not in mine.hits:
                if len(mine.hits) == MAX_SHAPES:
                    mine.more += 1
                    continue
                mine.hits[shape] = self._hit(alert.config.around, shape, block, start, end)
            mine.counts[shape] += 1

    def _hit(self, around: int, shape: bytes, block: bytes, start: int, end: int) -> LogHit:
        before = [*self._last, *_lines_before(block, start, around)][-around:] if around else []
        after = _lines_after(block, end + 1, around)
        wants, line = around - len(after), self._cut(block[start:end])
        return LogHit(_text(shape), line, 1, self._cut_all(before), self._cut_all(after), wants)

    def _event(self, alert: _Alert, block: bytes, found: dict[str, _Found]) -> AlertSeen | None:
        following = _lines_after(block, 0, alert.wanted)
        mine = found.get(alert.config.name, _Found())
        wanted = (hit.wants for hit in mine.hits.values())
        alert.wanted = max(alert.wanted - len(following), *wanted, 0)
        if not (mine.hits or following):
            return None
        hits = tuple(replace(hit, count=mine.counts[shape]) for shape, hit in mine.hits.items())
        return AlertSeen(self._bot, alert.config.name, self._source, hits, mine.more, self._cut_all(following))

    def _remember(self, block: bytes) -> None:
        if self._last.maxlen:
            self._last.extend(_lines_before(block, block.rfind(b"\n") + 1, self._last.maxlen))

    def _cut_all(self, lines: Sequence[bytes]) -> tuple[str, ...]:
        return tuple(map(self._cut, lines))

    def _cut(self, raw: bytes) -> str:
        line = self._clean(_text(raw))
        return line if len(line) <= MAX_LINE_CHARS else line[: MAX_LINE_CHARS - 1] + "…"


def _text(raw: bytes) -> str:
    return raw.removesuffix(b"\r").decode(errors="replace")


def _lines_before(block: bytes, start: int, count: int) -> list[bytes]:
    """The last `count` whole lines before `start`, where a line begins."""
    at, lines = start, list[bytes]()
    while at > 0 and len(lines) < count:
        begin = block.rfind(b"\n", 0, at - 1) + 1
        lines.append(block[begin : at - 1])
        at = begin
    return lines[::-1]


def _lines_after(block: bytes, start: int, count: int) -> list[bytes]:
    """The first `count` whole lines from `start`, where a line begins."""
    at, lines = start, list[bytes]()
    while len(lines) < count and (end := block.find(b"\n", at)) >= 0:
        lines.append(block[at:end])
        at = end + 1
    return lines
