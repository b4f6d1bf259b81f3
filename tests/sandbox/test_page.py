"""The chat page over real HTTP: what it shows and does, and what it refuses."""

import asyncio
import http.client
import io
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import segno

from nlops.domain.errors import UsageError
from nlops.sandbox.page import STATIC, Page, listening_socket
from nlops.sandbox.place import claimed
from nlops.sandbox.service import Service
from nlops.sandbox.world import MALLORY, WEI, World, bot_commands, linked, new_gateway

Answer = tuple[int, dict[str, str], bytes]


class Browser:
    """A browser that opened the printed address: it has the cookie, and sends Host and Origin as browsers do."""

    def __init__(self, page: Page) -> None:
        self.page, self.host = page, f"127.0.0.1:{page.port}"
        self.cookie = ""

    async def open(self) -> Answer:
        status, headers, _ = await self.get(self.page.address.split(self.host, 1)[1])
        assert (status, headers["location"]) == (303, "/")
        self.cookie = headers["set-cookie"].split(";")[0]
        return await self.get("/")

    async def get(self, path: str, **headers: str) -> Answer:
        return await asyncio.to_thread(self._ask, "GET", path, None, headers)

    async def post(self, path: str, body: object, **headers: str) -> Answer:
        headers = {"Content-Type": "application/json", "Origin": f"http://{self.host}", **headers}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return await asyncio.to_thread(self._ask, "POST", path, data, headers)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.page.port, timeout=10)
        try:
            connection.request(method, path, body, {"Cookie": self.cookie, **headers})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    @asynccontextmanager
    async def events(self) -> AsyncIterator["Events"]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.page.port)
        writer.write(f"GET /events HTTP/1.1\r\nHost: {self.host}\r\nCookie: {self.cookie}\r\n\r\n".encode())
        yield Events(reader)
        writer.close()
        await writer.wait_closed()


class Events:
    """The page's stream, read as a browser does."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def next(self, name: str, timeout_s: float = 5.0) -> Any:
        """The data of the next event with that name; others are passed over."""
        async with asyncio.timeout(timeout_s):
            found = ""
            while True:
                line = (await self._reader.readline()).decode().rstrip("\n")
                assert line or not self._reader.at_eof(), "the stream ended"
                if line.startswith("event: "):
                    found = line.removeprefix("event: ")
                elif line.startswith("data: ") and found == name:
                    return json.loads(line.removeprefix("data: "))

    async def ended(self) -> bool:
        async with asyncio.timeout(5):
            await self._reader.read()
        return self._reader.at_eof()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    with claimed(tmp_path / "demo") as place:
        world = World(place, new_gateway(place.token), Service(place.config, place.pid_file, print), None)
        await world.gateway.start()
        yield world
        await world.gateway.stop()


@pytest.fixture
async def browser(world: World) -> AsyncIterator[Browser]:
    page = Page(world, listening_socket(0, 0))
    await page.start()
    browser = Browser(page)
    await browser.open()
    yield browser
    await page.stop()


@pytest.fixture
async def nlops_on_the_line(world: World) -> AsyncIterator[None]:
    """An open event stream at the gateway, as nlops keeps one."""

    async def drink() -> None:
        async for _ in world.gateway.events():
            pass

    task = asyncio.create_task(drink())
    assert await linked(world, 5)
    yield
    task.cancel()


def code_of(payload: str) -> bytes:
    out = io.BytesIO()
    segno.make(payload).save(out, kind="png", scale=6)
    return out.getvalue()


# -- what it shows and does


async def test_everything_it_needs_comes_from_itself(browser: Browser) -> None:
    """Each file that the page names is served with its own type, and no page, style or script names another place."""
    status, headers, html = await browser.get("/")
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    paths = set(re.findall(r'(?:src|href)="(/[^"]+)"', html.decode()))
    assert paths == {"/static/app.js", "/static/style.css", "/static/icon.svg"}
    types = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    for path in [*paths, "/static/words.js"]:
        status, headers, data = await browser.get(path)
        assert (status, headers["content-type"].split(";")[0]) == (200, types[Path(path).suffix])
        assert data == (STATIC / Path(path).name).read_bytes()
    for file in STATIC.iterdir():
        links = set(
            re.findall(r"(?:https?:)?//[\w.-]+\.\w+", re.sub(r"^\s*//.*", "", file.read_text("utf-8"), flags=re.M))
        )
        assert links <= {"http://www.w3.org"}, file.name  # the name of SVG's namespace, which nobody fetches


def test_the_script_makes_no_html_of_text() -> None:
    """What was said enters the page as text only: none of the ways that parse HTML is used."""
    script = (STATIC / "app.js").read_text("utf-8")
    assert "textContent" in script
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|eval\(|Function\(", script)


def test_both_languages_say_the_same() -> None:
    """Every phrase of the page has both languages with the same fields, and the script asks for no other."""
    words = (STATIC / "words.js").read_text("utf-8")
    tables = [dict(re.findall(r'\b(\w+): "((?:[^"\\]|\\.)*)"', part)) for part in words.split("const ZH")]
    english, chinese = tables
    fields = [{name: set(re.findall(r"\{(\w+)\}", text)) for name, text in table.items()} for table in tables]
    assert fields[0] == fields[1]
    assert len(english) > 30
    assert all(re.search("[\u4e00-\u9fff]", text) for text in chinese.values())
    asked = set(re.findall(r'\bsay\("(\w+)"', (STATIC / "app.js").read_text("utf-8")))
    assert asked <= set(english)


@pytest.mark.usefixtures("nlops_on_the_line")
async def test_what_is_written_reaches_the_gateway_and_the_page(browser: Browser, world: World) -> None:
    """A text goes out as the chosen person, and comes back as a bubble; markup stays text."""
    async with browser.events() as events:
        assert (await events.next("snapshot"))["bubbles"] == []
        status, _, _ = await browser.post("/say", {"as": MALLORY.id, "text": "  <b>restart</b> bob\n"})
        assert status == 200
        bubble = await events.next("bubble")
    assert (bubble["chat"], bubble["nlops"], bubble["kind"], bubble["text"]) == (
        MALLORY.id,
        False,
        "text",
        "<b>restart</b> bob",
    )
    message = await world.gateway.message(world.bubbles[0].id)
    # The message is wechaty-grpc's own class, which has no types.
    assert (message.from_id, message.text) == (MALLORY.id, "<b>restart</b> bob")  # type: ignore[attr-defined]


async def test_what_nlops_sends_is_shown(browser: Browser, world: World) -> None:
    """A text, a picture that can be fetched, a file that can only be downloaded; a page opened later shows them too."""
    png, html = code_of("http://weixin.qq.com/x/abc"), b"<script>alert(1)</script>"
    async with browser.events() as events:
        await events.next("snapshot")
        world.gateway.send_text(WEI.id, "你好\r\n\r\ndata: {}")
        world.gateway.send_file(WEI.id, "bob.png", png)
        world.gateway.send_file(WEI.id, "日志 1.html", html)
        text, picture, file = [await events.next("bubble") for _ in range(3)]
    assert (text["kind"], text["text"], text["nlops"]) == ("text", "你好\r\n\r\ndata: {}", True)
    assert (picture["kind"], picture["name"], picture["size"]) == ("picture", "bob.png", len(png))
    status, headers, data = await browser.get(f"/file/{picture['id']}")
    assert (status, headers["content-type"], data) == (200, "image/png", png)
    status, headers, data = await browser.get(f"/file/{file['id']}")
    assert (file["kind"], status, headers["content-type"], data) == ("file", 200, "application/octet-stream", html)
    assert headers["content-disposition"].startswith("attachment")
    async with browser.events() as events:
        assert (await events.next("snapshot"))["bubbles"] == [text, picture, file]
    assert (await browser.get(f"/file/{text['id']}"))[0] == 404


async def test_bots_are_shown_and_the_phone_works(browser: Browser, world: World) -> None:
    """A bot that waits → the button scans its picture → online → the other one logs it out; all of it live."""
    process = await asyncio.create_subprocess_exec(*bot_commands(world.place)["bob"])
    try:
        async with browser.events() as events:
            await events.next("snapshot")
            bob = await _bot(events, "bob", "waiting")
            assert bob["pid"] == process.pid
            now = world.bot("bob")
            assert now is not None and now.payload is not None
            world.gateway.send_file(WEI.id, "old.png", code_of("http://weixin.qq.com/x/old"))
            world.gateway.send_file(WEI.id, "bob.png", code_of(now.payload))
            old, new = (bubble.id for bubble in world.bubbles)
            assert json.loads((await browser.post("/scan", {"id": old}))[2]) == {"bot": None}
            assert json.loads((await browser.post("/scan", {"id": new}))[2]) == {"bot": "bob"}
            bob = await _bot(events, "bob", "online")
            assert bob["lines"][-1].endswith(" INFO StarterBot Contact<Bob> login")
            assert not any("█" in line for line in bob["lines"])
            assert (await browser.post("/logout", {"bot": "bob"}))[0] == 200
            await _bot(events, "bob", "waiting")
    finally:
        process.terminate()
        await process.wait()


async def _bot(events: Events, name: str, status: str) -> Any:
    while True:
        bot = next(bot for bot in await events.next("bots") if bot["name"] == name)
        if bot["status"] == status and bot["lines"]:
            return bot


async def test_the_stage_is_told(browser: Browser, world: World) -> None:
    """What nlops prints while it starts, then that it is ready."""
    async with browser.events() as events:
        assert (await events.next("snapshot"))["stage"] == {"name": "starting", "linked": False, "told": ""}
        browser.page.tell("model 43 %")
        assert (await events.next("stage"))["told"] == "model 43 %"
        world.service.ready.set()
        assert (await events.next("stage"))["name"] == "ready"


async def test_the_end_ends_the_streams(world: World) -> None:
    """The server stops at once although a browser listens."""
    page = Page(world, listening_socket(0, 0))
    await page.start()
    browser = Browser(page)
    await browser.open()
    async with browser.events() as events:
        await events.next("snapshot")
        async with asyncio.timeout(3):
            await page.stop()
        assert await events.ended()
    with pytest.raises(ConnectionRefusedError):
        await browser.get("/")


# -- what it refuses


@pytest.mark.usefixtures("nlops_on_the_line")
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/say", {"as": "wxid_nobody", "text": "status"}),
        ("/say", {"as": WEI.id, "text": " \n"}),
        ("/say", {"as": WEI.id, "text": "x" * 2001}),
        ("/say", {"as": WEI.id}),
        ("/say", {"as": WEI.id, "text": ["status"]}),
        ("/say", ["status"]),
        ("/say", b"as=wei&text=status"),
        ("/logout", {"bot": "../bob"}),
        ("/logout", {}),
    ],
)
async def test_nonsense_is_a_400_and_changes_nothing(browser: Browser, world: World, path: str, body: object) -> None:
    assert (await browser.post(path, body))[0] == 400
    assert world.bubbles == []
    assert list(world.place.wechat.iterdir()) == []


async def test_unknown_things_are_404(browser: Browser) -> None:
    for path in ("/file/none", "/nothing", "/static/../page.py", "/static/%2e%2e/page.py"):
        assert (await browser.get(path))[0] == 404, path
    assert (await browser.post("/scan", {"id": "none"}))[0] == 404


async def test_a_large_body_is_refused(browser: Browser, world: World) -> None:
    assert (await browser.post("/say", {"as": WEI.id, "text": "x" * 100_000}))[0] in (400, 413)
    assert world.bubbles == []


async def test_before_nlops_is_on_the_line_nothing_is_lost_silently(browser: Browser, world: World) -> None:
    """A gateway keeps nothing for a client that is away, so the page says no."""
    assert (await browser.post("/say", {"as": WEI.id, "text": "status"}))[0] == 503
    assert world.bubbles == []


@pytest.mark.usefixtures("nlops_on_the_line")
@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "null", "http://127.0.0.1:1", "https://127.0.0.1:{port}", "http://localhost:{port}", ""],
)
async def test_another_sites_post_is_refused(browser: Browser, world: World, origin: str) -> None:
    """Even with the cookie: only the page's own origin may change something."""
    origin = origin.format(port=browser.page.port)
    status, _, _ = await browser.post("/say", {"as": WEI.id, "text": "restart bob"}, Origin=origin)
    assert status == 403
    assert world.bubbles == []


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1.evil.example:{port}", "10.0.0.1:{port}", ""]
)
async def test_a_rebound_name_is_refused(browser: Browser, host: str) -> None:
    """DNS rebinding: the browser is on our port, but under another name."""
    host = host.format(port=browser.page.port)
    for path in ("/", "/events", "/static/app.js"):
        assert (await browser.get(path, Host=host))[0] in (400, 403), path


async def test_without_the_key_nothing_is_told(browser: Browser) -> None:
    """Another user of this machine can reach the port, and gets neither chat nor page nor key."""
    stranger = Browser(browser.page)
    for cookie in ("", browser.cookie[:-1], browser.cookie.split("=")[0] + "=", "nlops_demo_1=" + browser.page.key):
        stranger.cookie = cookie
        for path in ("/", "/?key=", "/?key=guess", "/events", "/file/x"):
            status, _, data = await stranger.get(path)
            assert status == 403, path
            assert browser.page.key.encode() not in data
        assert (await stranger.post("/say", {"as": WEI.id, "text": "status"}))[0] == 403


async def test_every_answer_is_hardened(browser: Browser) -> None:
    """Scripts, styles and pictures from itself only, no framing, no guessing of types, nothing kept; refusals too."""
    for path in ("/", "/static/app.js", "/nothing"):
        _, headers, _ = await browser.get(path)
        policy = dict(part.split(maxsplit=1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["frame-ancestors"] == "'none'"
        assert {policy[name] for name in ("script-src", "style-src", "img-src", "connect-src")} == {"'self'"}
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"
    browser.cookie = ""
    assert "content-security-policy" in (await browser.get("/"))[1]


async def test_the_cookie_is_the_pages_only(browser: Browser) -> None:
    """No script can read it, no other site's request carries it, and its name holds the port."""
    _, headers, _ = await browser.get(f"/?key={browser.page.key}")
    assert "HttpOnly" in headers["set-cookie"]
    assert "SameSite=Strict" in headers["set-cookie"]
    assert headers["set-cookie"].startswith(f"nlops_demo_{browser.page.port}=")


def test_the_port() -> None:
    """Loopback only; a taken default gives way to a free one, a taken one that was asked for is an error."""
    with listening_socket(0, 0) as taken:
        host, port = taken.getsockname()
        assert host == "127.0.0.1"
        with listening_socket(None, port) as other:
            assert other.getsockname()[1] not in (0, port)
        with pytest.raises(UsageError, match=f"--port {port}"):
            listening_socket(port, 0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with listening_socket(port, 0) as asked:
        assert asked.getsockname()[1] == port
