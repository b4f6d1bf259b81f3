"""What the admins have set until further notice: the kill switch, and bots that nobody wants to hear of."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Stop:
    """Everything that changes something is stopped, by this admin, since `at` (unix seconds)."""

    by: str
    at: float


@dataclass(frozen=True)
class Muting:
    """No news of a bot from `since` to `until` (unix seconds). `ends_at` is the same end on the monotonic clock, of
    this process only. `by` is the admin who wanted it; empty for a maintenance window. `held` counts what was not told,
    by kind of notice."""

    since: float
    until: float
    ends_at: float
    by: str = ""
    held: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Standing:
    """`stopped` None: nothing is. `mutes` are by bot."""

    stopped: Stop | None = None
    mutes: Mapping[str, Muting] = field(default_factory=dict)
