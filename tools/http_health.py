"""The function of the tool `http_health`: whether a site answers, with which status, and how fast."""

import time
import urllib.error
import urllib.request
from http import HTTPStatus
from urllib.parse import urlsplit

TIMEOUT_S = 10.0
MOST_BYTES = 1 << 20  # of the answer: enough to see that it comes


class SameHost(urllib.request.HTTPRedirectHandler):
    """Follows redirects on the site itself (http to https too), and to nowhere else."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # type: ignore[no-untyped-def]
        if urlsplit(newurl).hostname != urlsplit(req.full_url).hostname:
            return None
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def look(site: str) -> str:
    """One line: `✓ 200 OK, 41 ms, 5.2 kB`, or `✗` and why not. A site that is not well is no failure of the look."""
    if urlsplit(site).scheme not in ("http", "https"):
        raise ValueError("a site is an address that begins with https:// or http://")
    opener = urllib.request.build_opener(SameHost, urllib.request.ProxyHandler({}))
    request = urllib.request.Request(site, headers={"User-Agent": "nlops"})  # noqa: S310  looked at above
    start = time.monotonic()
    try:
        with opener.open(request, timeout=TIMEOUT_S) as answer:
            size, status = len(answer.read(MOST_BYTES)), answer.status
    except urllib.error.HTTPError as error:
        return f"✗ {_status(error.code)}, {_ms(start)}"
    except (urllib.error.URLError, OSError) as error:
        return f"✗ {getattr(error, 'reason', error)}, {_ms(start)}"
    return f"✓ {_status(status)}, {_ms(start)}, {size / 1000:.1f} kB"


def _status(code: int) -> str:
    try:
        return f"{code} {HTTPStatus(code).phrase}"
    except ValueError:
        return str(code)


def _ms(start: float) -> str:
    return f"{(time.monotonic() - start) * 1000:.0f} ms"
