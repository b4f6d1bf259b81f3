"""The OpenAI-compatible adapter against a small real server that is slow, lies, floods, redirects, or behaves."""

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from nlops.adapters.models import make_model
from nlops.adapters.openai_model import MAX_REPLY_BYTES, PRESETS, OpenAIModel
from nlops.domain.config import ModelConfig, Secret
from nlops.domain.model import ModelFailure, ModelReply, ModelRequest

REQUEST = ModelRequest(
    (("system", "s"), ("user", "restart bob")),
    {"type": "object"},
    tools=({"type": "function", "function": {"name": "restart", "parameters": {"type": "object"}}},),
)


def completion(message: dict[str, Any]) -> bytes:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
    return json.dumps(
        {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}
    ).encode()


GOOD = completion({"content": '{"calls":[]}'})


class Endpoint(BaseHTTPRequestHandler):
    """Answers as the first part of the path says; remembers what it was asked."""

    asked: list[tuple[str, dict[str, Any], dict[str, str]]]

    server: ThreadingHTTPServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kind = self.path.split("/")[1]
        self.asked.append((kind, body, {name.lower(): value for name, value in self.headers.items()}))
        getattr(self, f"say_{kind}")(sum(1 for seen, _, _ in self.asked if seen == kind))

    def give(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def say_good(self, _: int) -> None:
        self.give(GOOD)

    def say_tools(self, _: int) -> None:
        call = {"id": "c", "type": "function", "function": {"name": "restart", "arguments": '{"bot":"bob"}'}}
        self.give(completion({"content": None, "tool_calls": [call]}))

    def say_sure(self, _: int) -> None:
        """Tokens with logarithms of probabilities, as llama.cpp gives them; one is above zero by a rounding."""
        body = json.loads(completion({"content": '{"now"'}))
        told = [{"token": text, "logprob": value, "top_logprobs": []} for text, value in (('{"', 1e-9), ('now"', -0.5))]
        body["choices"][0]["logprobs"] = {"content": told}
        self.give(json.dumps(body).encode())

    def say_high(self, _: int) -> None:
        """A probability that is none."""
        self.give_token({"token": "{}", "logprob": "high"})

    def say_token7(self, _: int) -> None:
        """A token that is no text."""
        self.give_token({"token": 7, "logprob": -0.1})

    def give_token(self, token: dict[str, object]) -> None:
        body = json.loads(completion({"content": "{}"}))
        body["choices"][0]["logprobs"] = {"content": [token]}
        self.give(json.dumps(body).encode())

    def say_slow(self, _: int) -> None:
        time.sleep(1.5)

    def say_drip(self, _: int) -> None:
        """A byte now and then: every single read is quick, the whole never ends."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        for _ in range(20):
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.1)

    def say_flood(self, _: int) -> None:
        self.give(b'{"choices": "' + b"b" * (4 * MAX_REPLY_BYTES) + b'"}')

    def say_floodederror(self, _: int) -> None:
        self.give(b"b" * (4 * MAX_REPLY_BYTES), 401)

    def say_zip(self, _: int) -> None:
        self.give(gzip.compress(b" " * (4 * MAX_REPLY_BYTES)), Content_Encoding="gzip")

    def say_redirect(self, _: int) -> None:
        self.give(b"", 307, Location=f"http://127.0.0.1:{self.server.server_port}/good/v1/chat/completions")

    def say_html(self, _: int) -> None:
        self.give(b"<html>hello</html>", Content_Type="text/html")

    def say_nothing(self, _: int) -> None:
        self.give(b'{"choices": []}')

    def say_list(self, _: int) -> None:
        self.give(b"[1, 2]")

    def say_numbers(self, _: int) -> None:
        self.give(completion({"content": 7}))

    def say_denied(self, _: int) -> None:
        self.give(b'{"error": {"message": "no"}}', 401)

    def say_once(self, nth: int) -> None:
        self.give(GOOD, 503 if nth == 1 else 200)

    def say_busy(self, _: int) -> None:
        self.give(b"{}", 503)

    def say_plainonly(self, nth: int) -> None:
        self.give(GOOD, 400 if "response_format" in self.asked[-1][1] else 200)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    Endpoint.asked = []
    with serving(Endpoint) as url:
        yield url


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.socket.close()


async def ask(url: str, kind: str, **changes: Any) -> ModelReply | ModelFailure:
    config = ModelConfig(**{"provider": "custom", "base_url": f"{url}/{kind}/v1", "timeout_s": 5.0, **changes})
    model = OpenAIModel(config)
    try:
        return await model.ask(REQUEST)
    finally:
        await model.stop()


def asked(kind: str) -> list[dict[str, Any]]:
    return [body for seen, body, _ in Endpoint.asked if seen == kind]


async def test_an_answer_comes_through(endpoint: str) -> None:
    """Content and tokens; the schema is asked for, at temperature 0, with the key and nothing compressed."""
    assert await ask(endpoint, "good", api_key=Secret("k1")) == ModelReply('{"calls":[]}', (), 7)
    _, body, headers = Endpoint.asked[-1]
    assert body["response_format"]["json_schema"]["schema"] == {"type": "object"} and body["temperature"] == 0
    assert headers["authorization"] == "Bearer k1" and headers["accept-encoding"] == "identity"


async def test_native_tool_calls_come_through(endpoint: str) -> None:
    assert await ask(endpoint, "tools") == ModelReply("", (("restart", '{"bot":"bob"}'),), 7)


async def test_a_hosted_provider_is_given_native_tools(endpoint: str) -> None:
    await ask(endpoint, "good", provider="deepseek", api_key=Secret("k"))
    body = asked("good")[-1]
    assert body["tools"][0]["function"]["name"] == "restart" and "response_format" not in body
    assert body["model"] == PRESETS["deepseek"].name


async def test_the_probability_of_each_token_comes_through_where_it_is_asked_for(endpoint: str) -> None:
    """And is not asked for otherwise: not every endpoint has it."""
    model = OpenAIModel(ModelConfig("custom", f"{endpoint}/sure/v1"))
    answer = await model.ask(replace(REQUEST, wants_sure=True))
    await model.ask(REQUEST)
    await model.stop()
    assert isinstance(answer, ModelReply)
    assert [(text, round(probability, 4)) for text, probability in answer.tokens_sure] == [
        ('{"', 1.0),
        ('now"', 0.6065),
    ]
    assert [body.get("logprobs") for body in asked("sure")] == [True, None]
    assert await ask(endpoint, "good") == ModelReply('{"calls":[]}', (), 7)


@pytest.mark.parametrize("kind", ["slow", "drip"])
async def test_the_deadline_is_for_the_whole(endpoint: str, kind: str) -> None:
    """Late, or byte by byte without an end: the deadline holds, and nothing is asked twice."""
    begun = time.monotonic()
    answer = await ask(endpoint, kind, timeout_s=0.4)
    assert isinstance(answer, ModelFailure) and answer.reason == "timeout"
    assert time.monotonic() - begun < 1.0 and len(asked(kind)) == 1


@pytest.mark.parametrize("kind", ["flood", "floodederror", "zip"])
async def test_a_flood_is_cut_off(endpoint: str, kind: str) -> None:
    answer = await ask(endpoint, kind)
    assert isinstance(answer, ModelFailure) and answer.reason == "too_large"
    assert len(asked(kind)) == 1 and len(answer.detail) <= 200


async def test_a_redirect_is_not_followed(endpoint: str) -> None:
    """Not even to the same host: a key would travel with it."""
    before = len(asked("good"))
    answer = await ask(endpoint, "redirect")
    assert isinstance(answer, ModelFailure) and answer.reason == "refused"
    assert len(asked("good")) == before


@pytest.mark.parametrize("kind", ["html", "nothing", "list", "numbers", "denied", "high", "token7"])
async def test_lies_and_refusals_are_failures(endpoint: str, kind: str) -> None:
    answer = await ask(endpoint, kind)
    assert isinstance(answer, ModelFailure) and answer.reason == "refused"


async def test_a_moment_of_absence_is_tried_once_more(endpoint: str) -> None:
    assert isinstance(await ask(endpoint, "once"), ModelReply)
    answer = await ask(endpoint, "busy")
    assert isinstance(answer, ModelFailure) and answer.reason == "unreachable" and len(asked("busy")) == 2


async def test_a_server_without_schemas_is_asked_without_one(endpoint: str) -> None:
    assert isinstance(await ask(endpoint, "plainonly"), ModelReply)
    assert ["response_format" in body for body in asked("plainonly")] == [True, False]


async def test_nobody_there_is_unreachable() -> None:
    with serving(Endpoint) as url:
        pass
    answer = await ask(url, "good")
    assert isinstance(answer, ModelFailure) and answer.reason == "unreachable"


async def test_a_proxy_of_the_environment_is_not_used_for_loopback(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert isinstance(await ask(endpoint, "good"), ModelReply)


async def test_the_days_tokens_end(endpoint: str) -> None:
    """Past the budget nothing is sent."""
    model = OpenAIModel(ModelConfig("custom", f"{endpoint}/good/v1", daily_tokens=10))
    answers = [await model.ask(REQUEST) for _ in range(3)]
    await model.stop()
    assert [getattr(answer, "reason", "") for answer in answers] == ["", "", "budget"]


async def test_no_model_says_that_it_is_off(tmp_path: Any) -> None:
    model = make_model(ModelConfig("none"), tmp_path)
    await model.start()
    answer = await model.ask(REQUEST)
    assert isinstance(answer, ModelFailure) and answer.reason == "off"
