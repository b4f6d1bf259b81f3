"""A process as its manager tells of it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Seen:
    """`life` is what every start makes anew (a process id, an invocation); `started_at_s` is in unix seconds, 0 where
    it is not known."""

    is_up: bool
    status: str
    pid: int
    life: str
    started_at_s: float = 0.0
    restarts: int | None = None

    def describe(self, now_s: float) -> str:
        """`online, pid 4242, up 3 h, 2 restarts`."""
        parts = [self.status]
        if self.is_up:
            parts.append(f"pid {self.pid}")
            if self.started_at_s:
                parts.append(f"up {duration(now_s - self.started_at_s)}")
        if self.restarts is not None:
            parts.append(f"{self.restarts} restarts")
        return ", ".join(parts)


def duration(seconds: float) -> str:
    """The largest whole unit."""
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"
