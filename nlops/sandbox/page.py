"""The chat page's server: on loopback only, for one browser that knows the key, live over Server-Sent Events.

Three walls keep other web sites out: the key (in the printed address once, then in a SameSite=Strict cookie), the Host
header (a name that isn't loopback is a rebound one), and the Origin of everything that changes something.
"""

import asyncio
import json
import re
import secrets
import shlex
import socket
from collections.abc import AsyncIterator
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config
from quart import Quart, Response, abort, request

from nlops.domain.errors import UsageError
from nlops.sandbox.terminal import program
from nlops.sandbox.world import BOTS, PEOPLE, Bubble, World

STATIC = Path(__file__).parent / "static"
STATIC_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
HOSTS = ("127.0.0.1", "localhost")
POLL_S = 0.5
PING_S = 15.0
PANEL_LINES = 40
MAX_TEXT = 2000
MAX_WAITING = 500
PNG_MAGIC = b"\x89PNG\r\n\x1a\n"
# A code that a bot drew into its log; the panel shows words.
DRAWN_LINE = re.compile("[ █▀▄]+")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def listening_socket(port: int | None, default: int) -> socket.socket:
    """A socket on loopback: `port`, or where None the default one, or a free one. UsageError where `port` is taken."""
    for wanted in (default, 0) if port is None else (port,):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(("127.0.0.1", wanted))
            sock.listen()  # from here on a browser waits for the server rather than being refused
        except OSError as error:
            sock.close()
            reason = error.strerror
            continue
        return sock
    raise UsageError(f"--port {port}: {reason}; without --port a free one is taken")


class Page:
    """The page over one world. `tell` takes what nlops prints while it starts."""

    def __init__(self, world: World, sock: socket.socket) -> None:
        self._world, self._sock = world, sock
        self.port = int(sock.getsockname()[1])
        self.key = secrets.token_urlsafe(16)
        self.address = f"http://127.0.0.1:{self.port}/?key={self.key}"
        self._cookie = f"nlops_demo_{self.port}"  # cookies don't know ports: two demos must not share one
        self._told = ""
        self._queues: set[asyncio.Queue[str | None]] = set()
        self._stop = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._app = self._make_app()
        world.listen(lambda bubble: self._publish("bubble", _show(bubble)))

    async def start(self) -> None:
        config = Config()
        config.bind = [f"fd://{self._sock.detach()}"]
        config.graceful_timeout = 1.0
        config.errorlog = None  # its greeting; what fails shows in the browser
        server = serve(self._app, config, shutdown_trigger=self._stop.wait)
        self._tasks = [asyncio.create_task(server), asyncio.create_task(self._watch())]

    async def stop(self) -> None:
        """End the streams, then the server."""
        self._stop.set()
        for queue in self._queues:
            queue.put_nowait(None)
        server, watch = self._tasks
        watch.cancel()
        await asyncio.gather(server, watch, return_exceptions=True)

    def tell(self, text: str) -> None:
        self._told = text
        self._publish("stage", self._stage())

    # -- what the page is told

    def _publish(self, event: str, data: object) -> None:
        text = _event(event, data)
        for queue in list(self._queues):
            if queue.qsize() < MAX_WAITING:
                queue.put_nowait(text)

    async def _watch(self) -> None:
        """Bots and nlops are other processes: look at them twice a second, and tell what changed."""
        before: object = None
        while True:
            now = (self._bots(), self._stage())
            if now != before:
                self._publish("bots", now[0])
                self._publish("stage", now[1])
                before = now
            await asyncio.sleep(POLL_S)

    def _stage(self) -> dict[str, object]:
        service = self._world.service
        name = "ended" if service.ended.is_set() else "ready" if service.ready.is_set() else "starting"
        return {"name": name, "linked": self._world.is_linked, "told": self._told}

    def _bots(self) -> list[dict[str, object]]:
        shown = []
        for plan in BOTS:
            now = self._world.bot(plan.name)
            lines = [line for line in self._world.log_lines(plan.name) if not DRAWN_LINE.fullmatch(line)]
            state = {"status": now.status, "pid": now.pid, "since": now.since} if now else {"status": "off"}
            # python-wechaty logs a process's first login only: after a loss nobody could tell that the bot is back.
            fixed = {"name": plan.name, "aliases": plan.aliases, "can_log_out": plan.format == "starterbot"}
            shown.append({**fixed, "lines": lines[-PANEL_LINES:], **state})
        return shown

    def _snapshot(self) -> dict[str, object]:
        people = [{"id": person.id, "name": person.name, "admin": person.is_admin} for person in PEOPLE]
        bubbles = [_show(bubble) for bubble in self._world.bubbles]
        keeper = "pm2" if self._world.pm2 else "nlops"
        fixed = {
            "people": people,
            "keeper": keeper,
            "program": program(),
            "config": shlex.quote(str(self._world.place.config)),
        }
        return {**fixed, "bubbles": bubbles, "bots": self._bots(), "stage": self._stage()}

    async def _stream(self) -> AsyncIterator[str]:
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield _event("snapshot", self._snapshot())
            while not self._stop.is_set():
                try:
                    async with asyncio.timeout(PING_S):
                        text = await queue.get()
                except TimeoutError:
                    text = ": still here\n\n"  # a comment line; it shows a browser that left
                if text is None:
                    return
                yield text
        finally:
            self._queues.discard(queue)

    # -- the app

    def _make_app(self) -> Quart:
        app = Quart("nlops.sandbox.page", static_folder=None)
        app.config.update(MAX_CONTENT_LENGTH=64 * 1024)
        app.before_request(self._guard)
        app.after_request(_harden)
        app.add_url_rule("/", view_func=self._index)
        app.add_url_rule("/static/<name>", view_func=self._static)
        app.add_url_rule("/events", view_func=self._events)
        app.add_url_rule("/file/<bubble_id>", view_func=self._file)
        app.add_url_rule("/say", view_func=self._say, methods=["POST"])
        app.add_url_rule("/scan", view_func=self._scan, methods=["POST"])
        app.add_url_rule("/logout", view_func=self._logout, methods=["POST"])
        return app

    async def _guard(self) -> Response | None:
        """None lets the request in."""
        if request.host.rsplit(":", 1)[0] not in HOSTS:
            return _refuse("This page answers on 127.0.0.1 only.")
        if request.method == "POST" and request.headers.get("Origin") != f"http://{request.host}":
            return _refuse("Only the page itself may do that.")
        if request.path.startswith("/static/"):
            return None
        given = request.args.get("key") if request.path == "/" and "key" in request.args else None
        given = given or request.cookies.get(self._cookie, "")
        if not secrets.compare_digest(given.encode(), self.key.encode()):
            return _refuse("Please open the address that `nlops demo` printed. 请打开 nlops demo 打印的完整地址。")
        return None

    async def _index(self) -> Response:
        if "key" in request.args:
            # The key leaves the address bar and the history.
            response = Response(status=303, headers={"Location": "/"})
            response.set_cookie(self._cookie, self.key, httponly=True, samesite="Strict")
            return response
        return _answer_file("index.html")

    async def _static(self, name: str) -> Response:
        if name not in {file.name for file in STATIC.iterdir()}:
            abort(404)
        return _answer_file(name)

    async def _events(self) -> Response:
        response = Response(self._stream(), content_type="text/event-stream; charset=utf-8")
        response.timeout = None
        return response

    async def _file(self, bubble_id: str) -> Response:
        bubble = next((b for b in self._world.bubbles if b.id == bubble_id and b.kind == "file"), None)
        if bubble is None:
            abort(404)
        if bubble.data.startswith(PNG_MAGIC):
            return Response(bubble.data, content_type="image/png")
        response = Response(bubble.data, content_type="application/octet-stream")
        response.headers.set("Content-Disposition", "attachment", filename=bubble.name)
        return response

    async def _say(self) -> Response:
        body = await _body()
        person = next((person for person in PEOPLE if person.id == body.get("as")), None)
        text = body.get("text", "").strip()
        if person is None or not 0 < len(text) <= MAX_TEXT:
            abort(400)
        if not self._world.is_linked:
            return _answer({"error": "not linked"}, 503)
        self._world.say(person, text)
        return _answer({"ok": True})

    async def _scan(self) -> Response:
        """The phone looks at a picture in the chat."""
        body = await _body()
        bubble = next((b for b in self._world.bubbles if b.id == body.get("id") and b.kind == "file"), None)
        if bubble is None:
            abort(404)
        return _answer({"bot": self._world.phone.scan(bubble.data)})

    async def _logout(self) -> Response:
        """The phone logs a bot's device out."""
        bot = (await _body()).get("bot", "")
        if bot not in {plan.name for plan in BOTS}:
            abort(400)
        self._world.phone.log_out(bot)
        return _answer({"ok": True})


def _show(bubble: Bubble) -> dict[str, object]:
    kind = "picture" if bubble.data.startswith(PNG_MAGIC) else bubble.kind
    who: dict[str, object] = {"id": bubble.id, "chat": bubble.chat, "nlops": bubble.by_nlops, "at": bubble.at}
    return {**who, "kind": kind, "text": bubble.text, "name": bubble.name, "size": len(bubble.data)}


def _event(name: str, data: object) -> str:
    # JSON holds no bare line feed, which would end the event.
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


async def _body() -> dict[str, str]:
    """A flat JSON object of strings; anything else is a 400."""
    body = await request.get_json(silent=True)
    if not isinstance(body, dict) or not all(isinstance(value, str) for value in body.values()):
        abort(400)
    return body


def _answer_file(name: str) -> Response:
    file = STATIC / name
    return Response(file.read_bytes(), content_type=f"{STATIC_TYPES[file.suffix]}; charset=utf-8")


def _answer(value: object, status: int = 200) -> Response:
    return Response(json.dumps(value), status=status, content_type="application/json")


def _refuse(text: str) -> Response:
    return Response(text + "\n", status=403, content_type="text/plain; charset=utf-8")


async def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    return response
