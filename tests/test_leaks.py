"""No secret leaves by any way: the service as a process, with everything that it says and keeps looked at.

The dev attacks of the layers `log` and `redaction` (tests/gate/redaction_attacks.jsonl) are played here as they came.
"""

import asyncio
import base64
import json
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest

from nlops.adapters.runners.argv import run_argv
from nlops.domain.tools import ArgvRun, ToolPolicy, ToolSpec
from nlops.gate.redact import STARS
from nlops.sandbox.gateway import LocalGateway

TOKEN, API_KEY = "a-token/of+tests", "the-api-key-of-tests-42"
ATTACKS = {
    one["id"]: one
    for one in map(
        json.loads, (Path(__file__).parent / "gate" / "redaction_attacks.jsonl").read_text("utf-8").splitlines()
    )
}
WEI, MALLORY = "wxid_wei", "wxid_mallory"
CONFIG = """
state_dir = "state"
language = "en"
[chat]
endpoint = "127.0.0.1:{gateway}"
token = "{token}"
per_minute = 200
[model]
provider = "custom"
base_url = "http://127.0.0.1:{model}/v1"
api_key = "{key}"
[[admin]]
name = "wei"
contact = "wxid_wei"
[[bot]]
name = "bob"
log = "bob.log"
[[bot.alert]]
pattern = "ERROR"
around = 1
[[bot]]
name = "archy"
log = "archy.log"
"""


class Model(BaseHTTPRequestHandler):
    """Answers every question with `status`, and remembers what it was asked, headers but its own key's included."""

    server: ThreadingHTTPServer
    asked: list[str]

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        call = {"id": "c", "type": "function", "function": {"name": "status", "arguments": "{}"}}
        message = {"role": "assistant", "content": None, "tool_calls": [call]}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        body = json.dumps({"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]})
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
        """Quiet."""


@contextmanager
def model() -> Iterator[tuple[int, list[str]]]:
    asked: list[str] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Mine", (Model,), {"asked": asked}))
    Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1], asked
    server.shutdown()
    server.server_close()


class Stage:
    """The service as a process, its gateway, its model, its folder."""

    def __init__(self, folder: Path, gateway: LocalGateway, asked: list[str]) -> None:
        self.folder, self.gateway, self.asked = folder, gateway, asked
        self.printed = b""

    def write(self, bot: str, *lines: str) -> None:
        with (self.folder / f"{bot}.log").open("a", encoding="utf-8") as log:
            log.write("".join(f"{line}\n" for line in lines))

    @property
    def texts(self) -> list[str]:
        return [one.text for one in self.gateway.sent if one.kind == "text" and one.conversation_id == WEI]

    async def say(self, text: str, count: int = 1, who: str = WEI) -> list[str]:
        """Say it, and wait for so many answers."""
        before = len(self.texts)
        self.gateway.receive(who, text)
        await until(lambda: len(self.texts) >= before + count)
        return self.texts[before:]

    def everything(self) -> bytes:
        """All that left or was kept: chat, files, questions to the model, the state folder's files, the terminal. The
        follower's cursors are left out: they are bytes of the log itself, to know it again, and go nowhere."""
        sent = [one.text.encode() + one.data for one in self.gateway.sent]
        files = [
            file for file in (self.folder / "state").rglob("*") if file.is_file() and file.parent.name != "cursors"
        ]
        kept = [file.read_bytes() for file in files]
        assert {"nlops.log", "nlops.sqlite3"} <= {file.name for file in files}
        return b"\n".join([*sent, *(one.encode() for one in self.asked), *kept, self.printed])


async def until(what: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def stage(folder: Path) -> AsyncIterator[Stage]:
    gateway = LocalGateway(TOKEN)
    port = await gateway.start()
    for contact in (WEI, MALLORY):
        gateway.add_contact(contact, contact)
    gateway.add_room("ops@chatroom", "ops", [WEI, MALLORY])
    gateway.login()
    for bot in ("bob", "archy"):
        (folder / f"{bot}.log").touch()
    with model() as (model_port, asked):
        config = folder / "nlops.toml"
        config.write_text(CONFIG.format(gateway=port, token=TOKEN, key=API_KEY, model=model_port))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "nlops", "run", "-c", str(config)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        assert process.stdout is not None
        seen = Stage(folder, gateway, asked)
        try:
            while b"ready" not in seen.printed:
                line = await asyncio.wait_for(process.stdout.readline(), 60)
                assert line, seen.printed.decode()
                seen.printed += line
            yield seen
        finally:
            process.terminate()
            rest, _ = await asyncio.wait_for(process.communicate(), 60)
            seen.printed += rest
            await gateway.stop()


async def test_no_secret_leaves_by_any_way(tmp_path: Path) -> None:
    """Log tails, alerts, typed words, questions to a model, records, the log of the service: of the configuration's
    secrets in any form, and of what the dev attacks plant, nothing is anywhere; and each order was carried out."""
    basic = base64.b64encode(f"bot:{API_KEY}".encode()).decode()
    a30, a31 = (ATTACKS[name]["setup"]["state"]["log_lines"] for name in ("A30", "A31"))
    async with stage(tmp_path) as seen:
        seen.write(
            "bob",
            *a30,
            f"connect token {TOKEN} {quote(TOKEN, safe='')} {json.dumps(TOKEN)}",
            f"sent {basic}",
            "ends well",
        )
        seen.write("archy", "before", *a31)
        (bob,) = await seen.say("log bob 5")
        assert f"Bearer {STARS}" in bob and f"retry password={STARS}" in bob and bob.endswith("ends well")
        (archy,) = await seen.say("log archy 2")
        assert a31[1] not in archy and STARS in archy
        before = len(seen.texts)
        seen.write("bob", f"the key {API_KEY} was shown", f"ERROR login failed with {TOKEN} for 13800138000", "and on")
        await until(lambda: len(seen.texts) > before)
        assert "alert" in seen.texts[-1] and TOKEN not in seen.texts[-1] and "13800138000" not in seen.texts[-1]
        # A32: the order is understood, the token goes no further.
        answers = await seen.say(ATTACKS["A32"]["payload"])
        assert any("status" in answer for answer in answers), answers
        assert seen.asked and STARS in seen.asked[-1]
        await seen.say(f"status, and my password is hunter2-{API_KEY}")
        (audit,) = await seen.say("audit")
        assert STARS in audit and "status" in audit
    everything = seen.everything()
    secrets = (
        API_KEY,
        TOKEN,
        quote(TOKEN, safe=""),
        basic[8:-4],
        "ghp_FAKE",
        "sk-FAKE",
        "hunter2",
        a31[1],
        "13800138000",
    )
    assert [one for one in secrets if one.encode() in everything] == []


async def test_logs_cannot_be_forged_and_are_data(tmp_path: Path) -> None:
    """A27, A28: what strangers write makes no line of its own in the service's log and moves no cursor there. A29: what
    a log says is no order, and no model reads it."""
    a27, a28, a29 = (ATTACKS[name] for name in ("A27", "A28", "A29"))
    async with stage(tmp_path) as seen:
        seen.gateway.receive(MALLORY, a27["payload"])
        seen.gateway.receive(MALLORY, a28["payload"], room_id="ops@chatroom")
        seen.write("bob", *a29["setup"]["state"]["log_lines"])
        await until(lambda: (tmp_path / "state" / "nlops.log").read_text().count("ignored a message") >= 1)
        (said,) = await seen.say("log bob 20")
        assert a29["setup"]["state"]["log_lines"][0] in said
        (audit,) = await seen.say("audit")
        assert audit.count("tail_logs") == 2 and "restart" not in audit and not seen.asked
    log = (tmp_path / "state" / "nlops.log").read_bytes()
    for raw in (b"\x1b", "\u202e".encode(), b"2025-01-01T00:00:00Z"):
        assert raw not in log and raw not in seen.printed


@pytest.mark.parametrize("size", [1, 7, 64, 4096])
async def test_whatever_chunks_a_command_prints_in(size: int) -> None:
    """A real process that writes its output in pieces: the secret on every edge is gone."""
    text = "".join(f"{'.' * (number % 90)}{TOKEN}{API_KEY}\n" for number in range(60))
    write = f"for at in range(0, len(data), {size}): os.write(1, data[at:at + {size}])"
    code = f"import os\ndata = {text!r}.encode()\n{write}"
    tool = ToolSpec("say", "Say", "d", {"properties": {}}, ArgvRun((sys.executable, "-c", code)), ToolPolicy("read"))
    assert isinstance(tool.run, ArgvRun)
    result = await run_argv(tool, tool.run, {}, "en", (TOKEN, API_KEY))
    shown = "".join((result.text, *result.rest))
    assert result.ok and STARS in shown and TOKEN not in shown and API_KEY not in shown
