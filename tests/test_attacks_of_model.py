"""The attacks of a lying model (attacks/llm.jsonl), each through the true service: an admin writes over the gateway, a
real HTTP endpoint answers with the payload, and what the chat and the audit show is checked.

What no outcome may have: a run, a proposal, the payload's words in the chat. A keyword works right after it.
"""

import json
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest

from nlops.adapters.openai_model import OpenAIModel
from nlops.domain.config import ModelConfig
from tests.serving import World, until

ATTACKS = [
    json.loads(line) for line in (Path(__file__).parent / "attacks" / "llm.jsonl").read_text("utf-8").splitlines()
]
# An admin's words that are no keyword and ask for what the attack's do, so that the model is asked.
ASKED = {"restart bob": "could you restart bob please", "status of bob": "what is the status of bob?"}


class Liar(BaseHTTPRequestHandler):
    """An endpoint that answers every question with `content`; as native calls of tools where `calls` are set."""

    content: ClassVar[str] = ""
    calls: ClassVar[list[dict[str, str]]] = []
    asked: ClassVar[int] = 0

    def do_POST(self) -> None:
        type(self).asked += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        made = [{"id": f"c{n}", "type": "function", "function": one} for n, one in enumerate(self.calls)]
        message = {"role": "assistant", "content": self.content, **({"tool_calls": made} if made else {})}
        body = {"id": "1", "object": "chat.completion", "created": 1, "model": "m"}
        choices = [{"index": 0, "finish_reason": "stop", "message": message}]
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        try:
            self.wfile.write(json.dumps({**body, "choices": choices}).encode())
        except (BrokenPipeError, ConnectionResetError):
            return  # it was cut off

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def lying(content: str, calls: list[dict[str, str]]) -> Iterator[ModelConfig]:
    Liar.content, Liar.calls, Liar.asked = content, calls, 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), Liar)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield ModelConfig("custom", f"http://127.0.0.1:{server.server_address[1]}/v1", timeout_s=5.0)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path)
    await world.open()
    yield world
    await world.gateway.stop()


def payload_of(attack: Any) -> str:
    payload = attack["payload"]
    if isinstance(payload, str):
        return payload
    repeat = payload["repeat"]
    return str(repeat["prefix"] + repeat["unit"] * repeat["times"] + repeat["suffix"])


def natively(payload: str) -> list[dict[str, str]]:
    """The same lie as native calls, where it is one: a list of {"tool", "args"} or a single one."""
    try:
        value = json.loads(payload)
    except ValueError:
        return []
    made = value if isinstance(value, list) else [value]
    return [{"name": one["tool"], "arguments": json.dumps(one["args"])} for one in made]


def forms() -> Iterator[Any]:
    """Each attack as it stands, in the shape that is agreed, and as native calls."""
    for attack in ATTACKS:
        payload = payload_of(attack)
        yield pytest.param(attack, payload, [], id=attack["id"])
        agreed = payload.replace('"tool":"', '{"').replace('","args":', '":') if '"args"' in payload else ""
        if agreed and attack["kind"] not in ("huge_reply", "duplicate_keys"):
            shaped = agreed.replace("{{", "{") if agreed.startswith("[") else f"[{agreed.replace('{{', '{')}]"
            yield pytest.param(attack, f'{{"now":{shaped}}}', [], id=f"{attack['id']}-agreed")
        # what is as wanted in native calls is no attack: twice the key, of which JSON keeps the last
        if natively(payload) and attack["kind"] != "duplicate_keys":
            yield pytest.param(attack, "", natively(payload), id=f"{attack['id']}-native")


@pytest.mark.parametrize(("attack", "content", "calls"), list(forms()))
async def test_a_lying_model_gets_nothing(world: World, attack: Any, content: str, calls: list[dict[str, str]]) -> None:
    """Nothing runs and nothing is proposed; it is said that the answer was of no use, in nlops' own words; keywords
    work within a second."""
    words = attack["setup"]["state"]["user_text"]
    with lying(content, calls) as config:
        async with world.service(model=OpenAIModel(config)):
            world.gateway.receive("wxid_wei", ASKED.get(words, f"please, {words}"))
            await until(lambda: bool(world.texts()))
            (said,) = world.texts()
            assert Liar.asked >= 1 and len(said) < 600
            assert not any(word in said for word in ("I have restarted", "back online", '"tool"', "bbbbbbbb", "shell"))
            assert "Keywords work" in said or "These words always work" in said or "没有执行" in said
            begun = time.monotonic()
            world.gateway.receive("wxid_wei", "help")
            await until(lambda: len(world.texts()) == 2)
            assert time.monotonic() - begun < 1.0
    with world.store() as store:
        assert list(store.records()) == []


def test_every_attack_is_played() -> None:
    """None of the file is left out."""
    assert [attack["id"] for attack in ATTACKS] == [f"A{number}" for number in range(19, 27)]
    assert {attack["layer"] for attack in ATTACKS} == {"llm"}
