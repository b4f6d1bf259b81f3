"""How fast messages may leave, so that the chat account is not taken for a machine and banned.

Counted over the last minute and the last day, by the second: no minute and no day, wherever it begins, sees more.

    urgency   in a minute      in a day     before the next one
    rescue    as many as come  4 budgets    nothing; past the day's, one a minute
    answer    3 budgets        4 budgets    nothing; past the day's, one a minute
    notice    1 budget         1 budget     a random gap

All count, whatever their urgency. A code lives for about a minute and outdated ones are dropped, so codes never wait
for the minute: 200 bots can fall at once. A bot that crashes and shows a fresh code for ever meets the day's bound.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace
from math import inf

from nlops.domain.effects import Urgency

MINUTE_S, DAY_S = 60.0, 86_400.0
LIMITS: dict[Urgency, tuple[float, int]] = {"rescue": (inf, 4), "answer": (3, 4), "notice": (1, 1)}
GAP_S = (0.2, 0.8)  # between two notices: nobody types faster, and no two alike


@dataclass(frozen=True)
class Pace:
    """What was sent, in monotonic seconds, ascending, a day back; and until when notices keep quiet."""

    per_minute: int
    per_day: int
    sent: tuple[float, ...] = ()
    quiet_until: float = -inf


def room(pace: Pace, now: float) -> int:
    """How many messages the budget has left now; below zero where urgent ones overdrew it."""
    return min(pace.per_minute - _count(pace, MINUTE_S, now), pace.per_day - _count(pace, DAY_S, now))


def wait_s(pace: Pace, urgency: Urgency, now: float) -> float:
    """Seconds until a message of this urgency may leave; 0.0 for now."""
    minutes, days = LIMITS[urgency]
    minute = _until_below(pace, MINUTE_S, minutes * pace.per_minute, now)
    day = _until_below(pace, DAY_S, days * pace.per_day, now)
    if urgency == "notice":
        return max(minute, day, pace.quiet_until - now, 0.0)
    if day > 0:
        day = min(day, pace.sent[-1] + MINUTE_S - now)
    return max(minute, day, 0.0)


def after_sending(pace: Pace, urgency: Urgency, now: float, chance: float) -> Pace:
    """One message left. `chance` in [0, 1) makes the gap."""
    sent = (*pace.sent[_past(pace, DAY_S, now) :], now)
    quiet_until = now + GAP_S[0] + (GAP_S[1] - GAP_S[0]) * chance if urgency == "notice" else pace.quiet_until
    return replace(pace, sent=sent, quiet_until=quiet_until)


def _past(pace: Pace, window_s: float, now: float) -> int:
    """How many are out of the window. By the same sum as the waits are made of, or rounding would keep one in."""
    return bisect_right(pace.sent, now, key=lambda at: at + window_s)


def _count(pace: Pace, window_s: float, now: float) -> int:
    return len(pace.sent) - _past(pace, window_s, now)


def _until_below(pace: Pace, window_s: float, most: float, now: float) -> float:
    """Seconds until fewer than `most` are in the window."""
    if _count(pace, window_s, now) < most:
        return 0.0
    return pace.sent[-int(most)] + window_s - now
