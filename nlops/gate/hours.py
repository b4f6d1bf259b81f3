"""Daily spans of local time: whether now is in one, and when it ends."""

from nlops.domain.config import Hours

DAY_MIN = 1440


def ends_at(hours: Hours, wall: float, offset_s: int) -> float | None:
    """When the span that `wall` (unix seconds) is in ends; None where it is in none. `offset_s` is the local clock's
    lead over UTC: where it changes within the span, the end is wrong by that much until the next look."""
    days, seconds = divmod(wall + offset_s, DAY_MIN * 60)
    today, minute = int(days + 3) % 7, int(seconds // 60)  # 1970-01-01 was a Thursday
    length = (hours.end - hours.start) % DAY_MIN or DAY_MIN
    for day, since in ((today, minute - hours.start), ((today - 1) % 7, minute + DAY_MIN - hours.start)):
        if 0 <= since < length and (not hours.days or day in hours.days):
            return wall - seconds % 60 + (length - since) * 60
    return None
