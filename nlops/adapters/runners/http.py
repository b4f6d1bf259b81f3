"""HTTP requests: to the definition's own host only, at an address that was looked at, and read up to a bound."""

import asyncio
import ipaddress
import json
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore2

from nlops import __version__
from nlops.adapters.process import MAX_OUTPUT_BYTES
from nlops.adapters.runners.outputs import MAX_FILE_BYTES, failed, present
from nlops.adapters.runners.secrets import NoSecret, resolve
from nlops.domain import run_phrases as phrases
from nlops.domain.errors import Failure
from nlops.domain.tools import HttpRun, ToolResult, ToolSpec
from nlops.domain.words import Language, Sentence
from nlops.gate.redact import Redactor
from nlops.toolbox.request import Request, build_request, point
from nlops.toolbox.template import RefusedArgument

MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_FAILURES = (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException)
Response = tuple[int, bytes, str]


class Refused(Failure):
    """The request is not made."""


class _Backend(httpcore2.AsyncNetworkBackend):
    """Connects to an address that it has looked up and looked at itself: a name that changes its answer in between
    (DNS rebinding) changes nothing."""

    def __init__(self, *, private: bool) -> None:
        self._private, self._inner = private, httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise Refused(phrases.NOT_FOUND.of(host=host, error=error.strerror)) from None
        addresses = [str(entry[4][0]) for entry in found]
        barred = next((one for one in addresses if not is_allowed(one, private=self._private)), None)
        if barred is not None:
            phrase = phrases.NOT_PUBLIC if self._private else phrases.NOT_PRIVATE
            raise Refused(phrase.of(host=host, address=barred))
        last: Exception | None = None
        for address in dict.fromkeys(addresses):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise last or Refused(phrases.NO_ADDRESS.of(host=host))

    async def connect_unix_socket(self, *_: Any, **__: Any) -> httpcore2.AsyncNetworkStream:
        raise Refused(phrases.NO_SOCKET_FILES.of())

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def is_public(address: str) -> bool:
    """Whether this is an address of the open internet, also when it is written inside an IPv6 one."""
    one = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(one, ipaddress.IPv6Address):
        inner = one.ipv4_mapped or one.sixtofour or (one.teredo[1] if one.teredo else None)
        if one in ipaddress.ip_network("64:ff9b::/96"):  # NAT64, RFC 6052
            inner = ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return one.is_global and not one.is_multicast


def is_allowed(address: str, *, private: bool) -> bool:
    """Public, or loopback or private where that is allowed. Link-local never: clouds keep their keys there."""
    if is_public(address):
        return True
    one = ipaddress.ip_address(address.partition("%")[0])
    return private and not (one.is_link_local or one.is_multicast or one.is_unspecified)


async def run_http(
    tool: ToolSpec, run: HttpRun, arguments: Mapping[str, object], language: Language, known: Sequence[str] = ()
) -> ToolResult:
    """Make the request, follow it on its own host, and show what came. `known` as for a command."""
    try:
        request = build_request(run, arguments)
        headers, secrets = resolve(request.headers)
    except (RefusedArgument, NoSecret) as error:
        return ToolResult(False, error.sentence.say(language))
    redactor = Redactor((*secrets, *known))
    most = MAX_OUTPUT_BYTES if tool.output == "text" else MAX_FILE_BYTES
    try:
        async with asyncio.timeout(tool.timeout_s):
            status, data, kind = await _fetch(request, headers, private=run.private, most=most)
    except TimeoutError:
        return ToolResult(False, phrases.NO_ANSWER.say(language, seconds=f"{tool.timeout_s:g}"))
    except (Refused, OSError, ValueError, *_FAILURES) as error:
        return ToolResult(False, redactor.clean(phrases.OF_HOST.say(language, host=request.host, error=_why(error))))
    if not 200 <= status < 300:
        return failed(tool, f"HTTP {status}", data, status, redactor)
    return _shown(tool, run, (status, data, kind), language, redactor)


def _why(error: Exception) -> Sentence:
    if isinstance(error, Refused):
        return error.sentence
    # Where TLS fails, with a wrong certificate or none, somebody answers: what is wrong is told.
    is_refused = isinstance(error.__context__, OSError) and not isinstance(error.__context__, ssl.SSLError)
    if isinstance(error, httpcore2.ConnectTimeout) or (isinstance(error, httpcore2.ConnectError) and is_refused):
        return phrases.NOBODY.of()
    return phrases.NO_CONNECTION.of(error=str(error) or type(error).__name__)


def _shown(tool: ToolSpec, run: HttpRun, response: Response, language: Language, redactor: Redactor) -> ToolResult:
    status, data, kind = response
    if run.show is None and not (tool.output == "text" and "json" in kind):
        return present(tool, data or f"HTTP {status}".encode(), language, status, redactor)
    try:
        value = point(json.loads(data), run.show or "")
    except ValueError:
        return failed(tool, phrases.NOT_JSON.say(language), data, status, redactor)
    except LookupError:
        return failed(tool, phrases.NOTHING_AT.say(language, pointer=run.show), data, status, redactor)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
    return present(tool, text.encode("utf-8", "replace"), language, status, redactor)


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


async def _fetch(request: Request, headers: Mapping[str, str], *, private: bool, most: int) -> Response:
    """Status, body and content type. Raises Refused, and what httpcore does."""
    method, url, body = request.method, f"{_origin(request)}{request.target}", request.body
    lines = {"User-Agent": f"nlops/{__version__}", "Accept-Encoding": "identity", **headers}
    async with httpcore2.AsyncConnectionPool(ssl_context=_tls(), network_backend=_Backend(private=private)) as pool:
        for _ in range(MAX_REDIRECTS):
            async with pool.stream(method, url, headers=list(lines.items()), content=body) as response:
                place = _header(response, b"location")
                if response.status not in _REDIRECTS or not place:
                    return response.status, await _read(response, most), _header(response, b"content-type")
                url = _same_host(url, place)
                if response.status == 303 or (method == "POST" and response.status in (301, 302)):
                    method, body = "GET", None
    raise Refused(phrases.MANY_REDIRECTS.of(most=MAX_REDIRECTS))


def _origin(request: Request) -> str:
    host = f"[{request.host}]" if ":" in request.host else request.host
    return f"{request.scheme}://{host}:{request.port}"


def _same_host(url: str, place: str) -> str:
    old, new = urlsplit(url), urlsplit(urljoin(url, place))
    try:
        ports = [part.port or (443 if part.scheme == "https" else 80) for part in (old, new)]
    except ValueError:
        raise Refused(phrases.TO_NOWHERE.of()) from None
    if (old.scheme, old.hostname, ports[0]) != (new.scheme, new.hostname, ports[1]) or new.username is not None:
        raise Refused(phrases.TO_ANOTHER.of(host=new.hostname))
    return new._replace(fragment="").geturl()


def _header(response: httpcore2.Response, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in response.headers if key.lower() == name), "")


async def _read(response: httpcore2.Response, most: int) -> bytes:
    data = bytearray()
    async for chunk in response.aiter_stream():
        data += chunk
        if len(data) > most:
            raise Refused(phrases.BIG_ANSWER.of(most=most))
    return bytes(data)
