"""A process as its manager tells of it."""

from dataclasses import dataclass

from nlops.domain import run_phrases as phrases
from nlops.domain.words import Sentence, duration


@dataclass(frozen=True)
class Seen:
    """`status` is the manager's own word for it. `life` is what every start makes anew (a process id, an invocation);
    `started_at_s` is in unix seconds, 0 where it is not known."""

    is_up: bool
    status: str | Sentence
    pid: int
    life: str
    started_at_s: float = 0.0
    restarts: int | None = None

    def describe(self, now_s: float) -> Sentence:
        """`online, pid 4242, up 3 h, 2 restarts`."""
        parts = [self.status]
        if self.is_up:
            parts.append(f"pid {self.pid}")
            if self.started_at_s:
                parts.append(phrases.UP.of(duration=duration(now_s - self.started_at_s)))
        if self.restarts is not None:
            parts.append(phrases.RESTARTS.of(count=self.restarts))
        return phrases.SEEN.of(parts=tuple(parts))


@dataclass(frozen=True)
class Restarted:
    """A process in another life than before: its ids then (0: there was none) and now. From `since` on (unix seconds) a
    log shows the new one. `exit` is the manager's exit code."""

    before: int
    after: int
    since: float
    exit: int | None = None

    def describe(self) -> str:
        """`pid 4242 → 4250`."""
        return f"pid {self.before or '—'} → {self.after}"


@dataclass(frozen=True)
class NotRestarted:
    """`exit` is the manager's exit code, where it came to one."""

    why: Sentence
    exit: int | None = None
