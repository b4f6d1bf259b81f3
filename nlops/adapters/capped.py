"""HTTP to a model's endpoint that may lie: without compression, with a most of bytes, and no proxy for loopback."""

import contextlib
import urllib.request
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx2

# An answer is a few hundred bytes of JSON in an envelope of some thousand.
MAX_REPLY_BYTES = 262_144
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class TooLargeError(Exception):
    """The endpoint sent more than an answer can be."""


class CappedTransport(httpx2.AsyncBaseTransport):
    """HTTP without compression and with at most MAX_REPLY_BYTES of body, errors' bodies included.

    The environment's proxies are used for hosts elsewhere, never for loopback.
    """

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        proxy = urllib.request.getproxies().get(parts.scheme)
        host = parts.hostname or ""
        direct = host in _LOOPBACK or bool(urllib.request.proxy_bypass(host))
        self._inner = httpx2.AsyncHTTPTransport(proxy=None if direct else proxy)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise TooLargeError("a compressed answer, which was not asked for")
        assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 - httpx's own contract
        response.stream = _CappedStream(response.stream)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _CappedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_REPLY_BYTES
        async for chunk in self._inner:
            left -= len(chunk)
            if left < 0:
                raise TooLargeError(f"more than {MAX_REPLY_BYTES} bytes")
            yield chunk

    async def aclose(self) -> None:
        with contextlib.suppress(httpx2.HTTPError):
            await self._inner.aclose()
