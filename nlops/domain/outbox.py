"""What is to leave: a message in the outbox, and how it can end there."""

from dataclasses import dataclass
from typing import Literal

from nlops.domain.effects import Outgoing

# sent: the gateway took it. folded: it went as a part of another one. doubtful: nobody knows, or it was refused.
# Dropped: stale (an outdated login code, or nobody's to hear any more), old (yesterday's news), overflow (too much).
Outcome = Literal["sent", "folded", "doubtful", "stale", "old", "overflow"]


@dataclass(frozen=True)
class Waiting:
    """A message in the outbox since `at` (unix seconds). `id` is the store's; below zero where the store could not keep
    it: such a message lives in memory only."""

    id: int
    effect: Outgoing
    at: float
