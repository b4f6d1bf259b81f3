"""A model that is away, slow, lying or flooding, behind the true service: keywords are answered meanwhile, what it says
is never believed, and no secret and no log text ever reaches it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from nlops.adapters.openai_model import OpenAIModel
from nlops.domain.config import ModelConfig, Secret
from tests.adapters.test_openai_model import completion, serving
from tests.serving import TOKEN, World, until
from tests.support import WEI

ATTACKS = [json.loads(line) for line in (Path(__file__).parent / "attacks" / "llm.jsonl").read_text().splitlines()]
WISH = "please be so kind and give bob a fresh start"
KEY = "sk-a-key-of-tests"
# As the attacks, in the shape that is asked for: half a call, foreign tools, extra and wrong arguments, twins, many.
LIES = [
    '{"now":[{"restart":{"bot":"bob"}',
    '{"now":[{"shell":{"cmd":"id"}}]}',
    '{"now":[{"restart":{"bot":"bob","force":true,"confirmed":true}}]}',
    '{"now":[{"status":{"bot":"bob"}}],"now":[{"restart":{"bot":"bob"}}]}',
    '{"now":[' + ",".join(['{"restart":{"bot":"bob"}}'] * 200) + "]}",
    '{"none":"I have restarted bob for you."}',
    "[" * 100_000,
    "NaN",
    "",
]


class Liar(BaseHTTPRequestHandler):
    """Answers as the path says; `/say/…` gives `reply` as the model's content."""

    reply = ""
    asked: list[str]
    over: Event

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
        getattr(self, f"do_{self.path.split('/')[1]}")()

    def do_hang(self) -> None:
        self.over.wait(30)

    def do_drip(self) -> None:
        self._begin(10**6)
        while not self.over.wait(0.05):
            self._write(b" ")

    def do_flood(self) -> None:
        self._begin(10**9)
        while not self.over.is_set() and self._write(b"b" * 65_536):
            pass

    def do_busy(self) -> None:
        self.send_response(503)
        self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_say(self) -> None:
        body = completion({"content": self.reply})
        self._begin(len(body))
        self._write(body)

    def _begin(self, length: int) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def _write(self, data: bytes) -> bool:
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:  # the client has gone, as it should
            return False
        return True

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def endpoint() -> Iterator[str]:
    Liar.asked, Liar.over = [], Event()
    with serving(Liar) as url:
        yield url
        Liar.over.set()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path)
    await world.open()
    yield world
    await world.gateway.stop()


def model_at(url: str, **changes: Any) -> OpenAIModel:
    return OpenAIModel(ModelConfig("custom", f"{url}/v1", api_key=Secret(KEY), **{"timeout_s": 3.0, **changes}))


def ran(world: World) -> set[str]:
    """The tools that were run, or allowed to be."""
    with world.store() as store:
        records = [record for record in store.records() if record.kind in ("allowed", "ran")]
    return {tool for tool in ("restart", "qr", "tail_logs", "status") for one in records if tool in str(one.details)}


@pytest.mark.parametrize("kind", ["hang", "drip", "flood", "busy"])
async def test_keywords_are_answered_while_a_question_hangs(world: World, endpoint: str, kind: str) -> None:
    """Within a second, whatever the model does; the question is answered too, with the words that work."""
    async with world.service(model=model_at(f"{endpoint}/{kind}")):
        world.gateway.receive(WEI, WISH)
        await until(lambda: bool(Liar.asked))
        begun = time.monotonic()
        world.gateway.receive(WEI, "status bob")
        await until(lambda: any(text.startswith("bob: ") for text in world.texts()))
        assert time.monotonic() - begun < 1.0
        await until(lambda: len(world.texts()) == 2)
        assert any("can't read free text right now" in text for text in world.texts())
        assert time.monotonic() - begun < 5.0
    assert ran(world) == {"status"}


async def test_nobody_there_is_told_and_keywords_work(world: World) -> None:
    """No connection at all: a refused port of this machine."""
    with serving(Liar) as url:
        pass
    async with world.service(model=model_at(f"{url}/say")):
        world.gateway.receive(WEI, WISH)
        world.gateway.receive(WEI, "status bob")
        await until(lambda: len(world.texts()) == 2)
        assert any("the model is away" in text for text in world.texts())


def told(payload: Any) -> str:
    """The reply of an attack."""
    if isinstance(payload, str):
        return payload
    repeat = payload["repeat"]
    return str(repeat["prefix"] + repeat["unit"] * repeat["times"] + repeat["suffix"])


@pytest.mark.parametrize("reply", [*(told(one["payload"]) for one in ATTACKS), *LIES], ids=lambda text: text[:24])
async def test_a_lie_runs_nothing_and_is_not_repeated(world: World, endpoint: str, reply: str) -> None:
    """Not even a proposal: what is unreadable, or about somebody whom nobody named, is said to be not understood."""
    Liar.reply = reply
    async with world.service(model=model_at(f"{endpoint}/say")):
        world.gateway.receive(WEI, "请帮忙看看 bob 好不好" if "status" in reply else WISH)
        await until(lambda: bool(world.texts()))
        said = world.texts()[0]
        assert "shell" not in said and "I have restarted" not in said and len(said) < 2000
        world.gateway.receive(WEI, "yes")
        await until(lambda: len(world.texts()) == 2)
    assert not ran(world) & {"restart", "qr", "tail_logs"}
    with world.store() as store:
        assert not store.proposals()


@pytest.mark.parametrize("bot", ['["bob"]', '"alice"', '"all"', "true", '"bob; rm -rf /"'])
async def test_a_wrong_target_is_the_one_that_was_named_or_none(world: World, endpoint: str, bot: str) -> None:
    """The message says bob: so does what is shown, if anything is; and nothing runs without a yes."""
    Liar.reply = f'{{"now":[{{"restart":{{"bot":{bot}}}}}]}}'
    async with world.service(model=model_at(f"{endpoint}/say")):
        world.gateway.receive(WEI, WISH)
        await until(lambda: bool(world.texts()))
    assert not ran(world)
    with world.store() as store:
        calls = [dict(call.arguments) for one in store.proposals() for call in one.calls]
    assert calls in ([], [{"bot": "bob"}])


async def test_no_secret_and_no_log_text_reaches_the_model(world: World, endpoint: str) -> None:
    """After logs were shown, an alert and a code were told, what is asked holds the words of the admin only."""
    Liar.reply = '{"none":"chat"}'
    world.write("".join(f"10:00:0{n} ERROR payment of Mrs Moreau failed for {TOKEN}\n" for n in range(5)))
    async with world.service(model=model_at(f"{endpoint}/say")):
        world.gateway.receive(WEI, "log bob 5")
        await until(lambda: any("Moreau" in text for text in world.texts()))
        before = len(world.texts())
        for text in ("and what do you make of that?", "how nice of you"):
            world.gateway.receive(WEI, text)
        await until(lambda: len(world.texts()) == before + 2)
    assert len(Liar.asked) == 2 and all("bob" in body for body in Liar.asked)
    for secret in ("Moreau", "ERROR", TOKEN, KEY, WEI):
        assert not any(secret in body for body in Liar.asked), secret


async def test_spent_tokens_are_explained_once_and_keywords_go_on(world: World, endpoint: str) -> None:
    Liar.reply = '{"none":"chat"}'
    async with world.service(model=model_at(f"{endpoint}/say", daily_tokens=1)):
        for count, text in enumerate(("good morning", WISH, WISH, "status bob"), 1):
            world.gateway.receive(WEI, text)
            await until(lambda count=count: len(world.texts()) == count)  # type: ignore[misc]
        first, second, keyword = world.texts()[1:]
    assert "tokens for the model are used up (" in first and "/ 1)" in first and "restart [bot]" in first
    assert "restart [bot]" not in second and "00:00 UTC" in second
    assert keyword.startswith("bob: ") and len(Liar.asked) == 1


async def test_questions_come_one_at_a_time(world: World, endpoint: str) -> None:
    """A flood of wishes is no flood of questions."""
    async with world.service(model=model_at(f"{endpoint}/hang", timeout_s=0.5)):
        for number in range(4):
            world.gateway.receive(WEI, f"{WISH}, number {number}")
        await until(lambda: bool(Liar.asked))
        await asyncio.sleep(0.2)
        assert len(Liar.asked) == 1
        await until(lambda: len(world.texts()) == 4)
