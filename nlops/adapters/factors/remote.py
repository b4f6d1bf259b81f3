"""One HTTP request to a provider: a deadline over all of it, a bound on what is read, no redirects, nothing repeated.

A request that may have been taken is not sent again: a second SMS costs, and a second check uses up a try. What went
wrong is told without what was sent: that held a code, a phone number, a key.
"""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import httpx2

from nlops import __version__
from nlops.domain import run_phrases as phrases
from nlops.domain.errors import Failure

MAX_BYTES = 65_536  # an answer is some hundred bytes of JSON


class Away(Failure):
    """The provider could not be asked, or refused."""


@dataclass(frozen=True)
class Answer:
    """`date` is the provider's clock as it wrote it (RFC 9110 §6.6.1), empty where it did not; `retry_after` is what it
    says about when to come again."""

    status: int
    body: bytes
    date: str = ""
    retry_after: str = ""


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


async def ask(
    method: str,
    url: str,
    *,
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    json: bytes | None = None,
    auth: tuple[str, str] | None = None,
) -> Answer:
    """The answer, whatever its status. Raises Away where there is none."""
    lines = {"User-Agent": f"nlops/{__version__}", **({"Content-Type": "application/json"} if json else {})}
    try:
        async with (
            asyncio.timeout(timeout_s),
            httpx2.AsyncClient(follow_redirects=False, timeout=timeout_s, verify=_tls()) as client,
            client.stream(
                method, url, headers={**lines, **(headers or {})}, data=form, content=json, auth=auth
            ) as response,
        ):
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise Away(phrases.BIG_ANSWER.of(most=MAX_BYTES))
            known = response.headers
            return Answer(response.status_code, bytes(body), known.get("date", ""), known.get("retry-after", ""))
    except TimeoutError:
        raise Away(phrases.NO_ANSWER.of(seconds=f"{timeout_s:g}")) from None
    except httpx2.TimeoutException:
        raise Away(phrases.NO_ANSWER.of(seconds=f"{timeout_s:g}")) from None
    except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, ValueError) as error:
        # Not its text: it may hold the address, and that a key.
        raise Away(phrases.UNREACHABLE.of(error=type(error).__name__)) from None
