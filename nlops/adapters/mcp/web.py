"""HTTP to an MCP server: its own origin only (the SDK follows no other redirect), uncompressed, up to a budget."""

import contextlib
import urllib.request
from collections.abc import AsyncIterator, Mapping
from urllib.parse import urlsplit

import httpx2

from nlops.adapters.mcp.budget import Budget
from nlops.domain import mcp_phrases as phrases

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


class TooMuchError(httpx2.TransportError):
    """The budget is spent. One of the library's own errors, so that the SDK ends the request with it."""


def make_client(url: str, headers: Mapping[str, str], timeout_s: float, budget: Budget) -> httpx2.AsyncClient:
    """A client for `url`. The environment's proxies serve for hosts elsewhere, never for loopback."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    direct = host in _LOOPBACK or bool(urllib.request.proxy_bypass(host))
    proxy = None if direct else urllib.request.getproxies().get(parts.scheme)
    return httpx2.AsyncClient(
        transport=_Capped(httpx2.AsyncHTTPTransport(proxy=proxy), budget),
        headers={"Accept-Encoding": "identity", **headers},
        timeout=timeout_s,
        follow_redirects=False,
        trust_env=False,
    )


class _Capped(httpx2.AsyncBaseTransport):
    def __init__(self, inner: httpx2.AsyncHTTPTransport, budget: Budget) -> None:
        self._inner, self._budget = inner, budget

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            self._budget.over = phrases.COMPRESSED.of()
            raise TooMuchError(str(self._budget.over))
        assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 - httpx's own contract
        response.stream = _Counted(response.stream, self._budget)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _Counted(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream, budget: Budget) -> None:
        self._inner, self._budget = inner, budget

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._inner:
            if not self._budget.spend(len(chunk)):
                raise TooMuchError(str(self._budget.over))
            yield chunk

    async def aclose(self) -> None:
        with contextlib.suppress(httpx2.HTTPError):
            await self._inner.aclose()
