"""HTTP runs against a true server on loopback: encoding by position, hosts, redirects, bounds, secrets."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.adapters.runners.http import is_allowed, is_public, run_http
from nlops.domain.tools import HttpRun, ToolPolicy, ToolResult, ToolSpec
from nlops.toolbox.request import build_request
from nlops.toolbox.template import RefusedArgument

Answer = Callable[[str, dict[str, str], bytes], bytes]


class Server:
    """Says what `answer(line, headers, body)` gives, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: Answer = lambda line, headers, body: ok(b"hello\n")
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = (await reader.readline()).decode().strip()
        headers = {}
        while (header := (await reader.readline()).decode().strip()) != "":
            name, _, value = header.partition(": ")
            headers[name.lower()] = value
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append((line, headers, body))
        writer.write(self.answer(line, headers, body))
        await writer.drain()
        writer.close()


def ok(body: bytes, kind: str = "text/plain", status: str = "200 OK", more: str = "") -> bytes:
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}Connection: close\r\n\r\n"
    )
    return head.encode() + body


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    here = Server()
    listening = await asyncio.start_server(here.serve, "127.0.0.1", 0)
    here.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield here


def tool(run: HttpRun, **changes: Any) -> ToolSpec:
    return replace(ToolSpec("t", "T", "d", {"properties": {}}, run, ToolPolicy("read"), timeout_s=10), **changes)


async def get(
    server: Server, path: str = "/", arguments: dict[str, object] | None = None, **changes: Any
) -> ToolResult:
    run = replace(HttpRun("GET", f"http://127.0.0.1:{server.port}{path}", private=True), **changes)
    return await run_http(tool(run), run, arguments or {}, "en")


async def test_an_answer_is_shown(server: Server) -> None:
    """The text of an answer, and its status; an error status fails with what it said."""
    assert await get(server) == ToolResult(True, "hello", 200)
    server.answer = lambda *_: ok(b"no such job", status="404 Not Found")
    assert await get(server) == ToolResult(False, "HTTP 404\nno such job", 404)


async def test_values_are_encoded_where_they_stand(server: Server) -> None:
    """A path segment stays one, a query value stays one, a body keeps its types; what is absent is left out."""
    body = {"who": "{who}", "note": "for {who}", "n": "{n}", "none": "{none}", "list": ["{n}", "{none}"]}
    arguments: dict[str, object] = {"who": 'a/b?c="d"&é', "n": 3, "none": None}
    run = {"method": "POST", "body": body, "headers": (("X-N", "n{n}"), ("X-None", "{gone}"))}
    assert (await get(server, "/jobs/{who}/x?q={who}&gone={gone}&n={n}", arguments, **run)).ok
    line, headers, sent = server.asked[0]
    encoded = "a%2Fb%3Fc%3D%22d%22%26%C3%A9"
    assert line == f"POST /jobs/{encoded}/x?q={encoded}&n=3 HTTP/1.1"
    assert headers["x-n"] == "n3" and "x-none" not in headers and headers["content-type"] == "application/json"
    who = arguments["who"]
    assert json.loads(sent) == {"who": who, "note": f"for {who}", "n": 3, "none": None, "list": [3, None]}


@pytest.mark.parametrize("value", ["", ".", "..", None])
async def test_a_segment_cannot_lead_away(server: Server, value: object) -> None:
    """Neither up nor nowhere; the request is not made."""
    assert not (await get(server, "/jobs/{who}", {"who": value})).ok and not server.asked


@pytest.mark.parametrize("value", ["a\r\nX: y", "a\nb", "é", "\0"])
async def test_a_header_is_one_line(server: Server, value: str) -> None:
    """What would begin another header line is refused."""
    assert not (await get(server, "/", {"a": value}, headers=(("A", "{a}"),))).ok and not server.asked


@settings(max_examples=200)
@given(value=st.text(max_size=40))
def test_no_value_reaches_another_target(value: str) -> None:
    """Whatever a value holds: scheme, host, port and the other segments and fields are the definition's."""
    run = HttpRun("GET", "https://api.example.com:8443/v1/{a}/end?q={a}&z=1")
    try:
        request = build_request(run, {"a": value})
    except RefusedArgument:
        assert value in ("", ".", "..")
        return
    assert (request.scheme, request.host, request.port) == ("https", "api.example.com", 8443)
    path, _, query = request.target.partition("?")
    assert [len(path.split("/")), len(query.split("&"))] == [4, 2]
    assert path.startswith("/v1/") and path.endswith("/end") and query.endswith("&z=1")
    assert request.target.isascii() and request.target.isprintable() and " " not in request.target


async def test_show_points_into_the_answer(server: Server) -> None:
    """A JSON pointer; what is not there is said."""
    server.answer = lambda *_: ok(b'{"data": {"items": [{"n/a": "x"}, 7]}}', "application/json")
    assert (await get(server, show="/data/items/0/n~1a")).text == "x"
    assert (await get(server, show="/data/items/1")).text == "7"
    assert '"items"' in (await get(server)).text
    missing = await get(server, show="/data/none")
    assert not missing.ok and "/data/none" in missing.text
    server.answer = lambda *_: ok(b"<html>", "text/html")
    assert not (await get(server, show="/data")).ok


async def test_private_addresses_want_a_word(server: Server) -> None:
    """Without "private": true, loopback is refused, by number and by name; nothing is sent."""
    for host in ("127.0.0.1", "localhost"):
        run = HttpRun("GET", f"http://{host}:{server.port}/")
        result = await run_http(tool(run), run, {}, "en")
        assert not result.ok and "not public" in result.text
    assert not server.asked


async def test_the_address_that_was_looked_at_is_connected_to(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """DNS rebinding: a name that is public when it is looked at and loopback a moment later reaches no loopback."""
    answers = iter(["192.0.32.7", "127.0.0.1", "127.0.0.1"])

    async def look_up(host: str, port: int, **_: object) -> list[tuple[object, ...]]:
        return [(2, 1, 6, "", (next(answers), port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look_up)
    run = HttpRun("GET", f"http://rebind.example:{server.port}/")
    result = await run_http(tool(run, timeout_s=1), run, {}, "en")
    assert not result.ok and not server.asked
    assert next(answers) == "127.0.0.1"  # asked once


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True), ("2606:2800:220:1::1", True), ("127.0.0.1", False), ("10.1.2.3", False),
        ("172.16.0.1", False), ("192.168.1.1", False), ("169.254.169.254", False), ("100.64.0.1", False),
        ("0.0.0.0", False), ("224.0.0.1", False), ("::1", False), ("::", False), ("fe80::1%eth0", False),
        ("fd00::1", False), ("::ffff:127.0.0.1", False), ("::ffff:93.184.216.34", True), ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    """The ranges that are not of the open internet, also inside IPv6 addresses."""
    assert is_public(address) is public


def test_link_local_is_never_allowed() -> None:
    """Clouds hand out keys there."""
    assert is_allowed("127.0.0.1", private=True) and is_allowed("10.0.0.1", private=True)
    assert not any(is_allowed(one, private=True) for one in ("169.254.169.254", "fe80::1", "0.0.0.0", "224.0.0.1"))


@pytest.mark.parametrize(
    "place", ["http://example.com/", "https://127.0.0.1:{port}/", "http://127.0.0.1:1/", "//example.com/", "file:///etc/passwd",
              "http://a@127.0.0.1:{port}/", "http://127.0.0.1:99999/"],
)  # fmt: skip
async def test_redirects_stay_on_the_host(server: Server, place: str) -> None:
    """Another host, port or scheme is not followed."""
    server.answer = lambda *_: ok(b"", status="302 Found", more=f"Location: {place.format(port=server.port)}\r\n")
    result = await get(server)
    assert not result.ok and "redirects" in result.text and len(server.asked) == 1


async def test_redirects_of_the_host_are_followed(server: Server) -> None:
    """On the same host they are, five times at most."""
    there = ok(b"", status="302 Found", more="Location: /there\r\n")
    server.answer = lambda line, *_: ok(b"here") if "/there" in line else there
    assert (await get(server)).text == "here"
    server.answer = lambda *_: there
    result = await get(server)
    assert not result.ok and "more than" in result.text


async def test_bounds(server: Server) -> None:
    """A flood and a silence both end."""
    server.answer = lambda *_: ok(b"x" * 300_000)
    assert "more than" in (await get(server)).text

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the other side gives up
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    async with silent:
        run = HttpRun("GET", f"http://127.0.0.1:{silent.sockets[0].getsockname()[1]}/", private=True)
        assert "no answer within" in (await run_http(tool(run, timeout_s=0.3), run, {}, "en")).text
        await asyncio.sleep(0)


async def test_secrets_are_sent_and_never_shown(
    server: Server, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A reference in a header is read at the run, an echo of it is cleaned, and one that leads nowhere is said."""
    monkeypatch.setenv("TOKEN_OF_TESTS", "hunter2hunter2")
    server.answer = lambda line, headers, body: ok(headers.get("authorization", "").encode())
    result = await get(server, headers=(("Authorization", "Bearer env:TOKEN_OF_TESTS"),))
    assert server.asked[0][1]["authorization"] == "Bearer hunter2hunter2"
    assert result.ok and "hunter2" not in result.text
    (tmp_path / "key").write_text("from-a-file\n")
    await get(server, headers=(("X-Key", f"file:{tmp_path}/key"),))
    assert server.asked[1][1]["x-key"] == "from-a-file"
    nowhere = await get(server, headers=(("X-Key", "env:NO_SUCH_TOKEN"),))
    assert not nowhere.ok and "NO_SUCH_TOKEN" in nowhere.text and len(server.asked) == 2


async def test_a_server_that_is_away(server: Server) -> None:
    """Said with the host's name."""
    run = HttpRun("GET", "http://127.0.0.1:1/", private=True)
    result = await run_http(tool(run), run, {}, "en")
    assert not result.ok and result.text == "127.0.0.1: nobody answers there"


async def test_a_server_whose_tls_is_wrong() -> None:
    """Somebody answers: what is wrong is told."""

    async def without_tls(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(without_tls, "127.0.0.1", 0) as wrong:
        run = HttpRun("GET", f"https://127.0.0.1:{wrong.sockets[0].getsockname()[1]}/", private=True)
        result = await run_http(tool(run), run, {}, "en")
    assert not result.ok and result.text.startswith("127.0.0.1: the connection failed: ") and "SSL" in result.text
