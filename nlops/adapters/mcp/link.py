"""A connection to one MCP server, for one use: made, greeted, asked, closed. What goes wrong is one line for a person.

Each use has a connection of its own: nothing idles, nothing has to be kept alive over the night, and what a server says
of its tools is heard in the same breath in which it is called. Servers may ask nothing back: no sampling, no roots, no
elicitation is offered.

This module imports the SDK.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2
import mcp_types
from mcp.client.client import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from pydantic import ValidationError

from nlops import __version__
from nlops.adapters.mcp.budget import Budget
from nlops.adapters.mcp.stdio import Child, open_child
from nlops.adapters.mcp.web import make_client
from nlops.adapters.runners.secrets import NoSecret, resolve
from nlops.domain import mcp_phrases as phrases
from nlops.domain.config import McpConfig
from nlops.domain.errors import Failure
from nlops.domain.words import Language, Phrase, Sentence
from nlops.gate.redact import Redactor
from nlops.toolbox.pins import plain

log = logging.getLogger("nlops")

T = TypeVar("T")
MAX_TOOLS = 500  # of one server: beyond that somebody is flooding
MAX_REASON = 300  # characters of what a server or a library says about an error

# What a server sends would come out of the SDK's loggers as it is: on the terminal, colours and all.
for _name in ("mcp", "client", "httpx2", "httpcore2"):
    logging.getLogger(_name).addHandler(logging.NullHandler())
    logging.getLogger(_name).propagate = False


class ServerFailed(Exception):
    """The server could not be used. `say` tells it in a language; `str` in English. `called`: the call had been sent,
    so that nobody knows what became of it; None where calling was not meant."""

    def __init__(self, phrase: Phrase, called: bool | None, **fields: object) -> None:
        self._phrase, self._called, self._fields = phrase, called, fields
        super().__init__(self.say("en"))

    def say(self, language: Language) -> str:
        line = str(self._fields.get("words", ""))
        words = phrases.WORDS.say(language, line=line) if line else ""
        failure = self._phrase.say(language, **{**self._fields, "words": words})
        if self._called is None:
            return failure
        return (phrases.UNKNOWN if self._called else phrases.NOT_CALLED).say(language, failure=failure)


@dataclass
class _Use:
    """One use of a server, as far as it has come."""

    server: McpConfig
    meant: bool
    limit: asyncio.Timeout
    seconds: float
    called: bool = False
    budget: Budget = field(default_factory=Budget)
    child: Child = field(default_factory=Child)
    secrets: list[str] = field(default_factory=list)

    def failed(self, phrase: Phrase, reason: object = "", **fields: object) -> ServerFailed:
        told = {key: self._told(value) for key, value in {"reason": reason, **fields}.items()}
        return ServerFailed(phrase, self.called if self.meant else None, server=self.server.name, **told)

    def _told(self, value: object) -> object:
        """Our own sentence as it is. What a server or a library says on one line, without secrets, not too long, its
        full stop left to us."""
        if isinstance(value, Sentence | Failure):
            return value.sentence if isinstance(value, Failure) else value
        return Redactor(self.secrets).clean(plain(str(value)))[:MAX_REASON].rstrip(".。")


class Connection:
    """What is asked of a server."""

    def __init__(self, client: Client, use: _Use) -> None:
        self._client, self._use = client, use

    def redactor(self, known: Sequence[str] = ()) -> Redactor:
        """What takes the secrets that the server was given, and `known`, out of what it says."""
        return Redactor((*self._use.secrets, *known))

    async def definitions(self) -> list[dict[str, Any]]:
        """Its tools, as it defines them."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            page = await self._client.list_tools(cursor=cursor)
            found += [tool.model_dump(by_alias=True, mode="json", exclude_unset=True) for tool in page.tools]
            if len(found) > MAX_TOOLS:
                raise _Flood(phrases.MANY_TOOLS.of(most=MAX_TOOLS))
            if not page.next_cursor or page.next_cursor == cursor:
                return found
            cursor = page.next_cursor

    async def call(self, name: str, arguments: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """The answer to a call, from now on within `timeout_s`. Not by the client's own `call_tool`: that checks it
        against the server's schema, whose patterns may take for ever."""
        self._use.limit.reschedule(asyncio.get_running_loop().time() + timeout_s)
        self._use.called, self._use.seconds = True, timeout_s
        params = mcp_types.CallToolRequestParams(name=name, arguments=arguments)
        request = mcp_types.CallToolRequest(params=params)
        answer = await self._client.session.send_request(request, mcp_types.CallToolResult)
        return answer.model_dump(by_alias=True, mode="json", exclude_none=True)


class _Flood(Failure):
    """It has too many tools."""


async def use(server: McpConfig, ask: Callable[[Connection], Awaitable[T]], *, to_call: bool = False) -> T:
    """What `ask` makes of a connection. `to_call`: a tool is to be called, and a failure says whether it was. Raises
    ServerFailed, whatever went wrong; cancelled, it is CancelledError and nothing else."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101  a coroutine runs in a task
    cancelled_before = task.cancelling()
    limit = asyncio.timeout(server.timeout_s)
    one = _Use(server, to_call, limit, server.timeout_s)
    try:
        async with (
            limit,
            _open(one) as transport,
            Client(transport, cache=None, client_info=_me()) as client,
        ):
            return await ask(Connection(client, one))
    except Exception as error:  # whatever a server can bring about: one sentence, and the service goes on
        # What goes wrong while a use is cancelled, such as the end of the server, takes the cancellation's place.
        if task.cancelling() > cancelled_before:
            raise asyncio.CancelledError from None
        raise _why(one, error) from None


def _me() -> mcp_types.Implementation:
    return mcp_types.Implementation(name="nlops", version=__version__)


@asynccontextmanager
async def _open(one: _Use) -> AsyncIterator[Any]:
    """A transport for the SDK's client. Raises NoSecret."""
    server = one.server
    values, found = resolve(server.env if server.command else server.headers)
    one.secrets += found
    if server.command:
        yield open_child(server.command, server.cwd, values, one.budget, one.child)
        return
    async with make_client(server.url, values, server.timeout_s, one.budget) as client:
        yield streamable_http_client(server.url, http_client=client, max_sse_event_size=one.budget.most)


def _why(one: _Use, error: BaseException) -> ServerFailed:
    """The failure in words."""
    leaf, child = _leaf(error), one.child
    if one.budget.over is not None or isinstance(leaf, _Flood):
        return one.failed(phrases.CUT_OFF, one.budget.over or leaf)
    if isinstance(leaf, TimeoutError) or one.limit.expired():
        return one.failed(phrases.SLOW, seconds=f"{one.seconds:g}")
    if isinstance(leaf, NoSecret):
        return one.failed(phrases.NO_START, leaf)
    if isinstance(leaf, MCPError) and leaf.code != mcp_types.CONNECTION_CLOSED:
        return one.failed(phrases.REFUSED, leaf)
    if child.exit is not None:
        return one.failed(phrases.DIED, code=child.exit, words=child.said())
    if isinstance(leaf, OSError) and one.server.command:
        return one.failed(phrases.NO_START, f"{one.server.command[0]}: {leaf.strerror or leaf}")
    if isinstance(leaf, MCPError | httpx2.HTTPError | OSError):
        return one.failed(phrases.AWAY, str(leaf) or type(leaf).__name__)
    if not isinstance(leaf, ValidationError | ValueError | RuntimeError):
        log.error("the MCP server %s: %r", one.server.name, leaf)
    return one.failed(phrases.NONSENSE, _first_line(leaf) or type(leaf).__name__)


def _first_line(error: BaseException) -> str:
    """Of pydantic's many lines the one that says where: its values are the server's."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error).partition("\n")[0]


def _leaf(error: BaseException) -> BaseException:
    """The error that a group of one, or of several alike, is about."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error
