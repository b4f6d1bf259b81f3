"""How long an endpoint asks to be left alone: the header Retry-After (RFC 9110, 10.2.3), seconds or a date."""

import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

_MOST_S = 86_400.0


def retry_after_s(headers: Mapping[str, str], now: float | None = None) -> float:
    """Seconds to wait, from 0 to a day; 0 where nothing readable is asked. `now` is unix time."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return min(float(value[:9]), _MOST_S)
    try:
        at = parsedate_to_datetime(value).timestamp()
    except (ValueError, TypeError, OverflowError):
        return 0.0
    return min(max(0.0, at - (time.time() if now is None else now)), _MOST_S)
