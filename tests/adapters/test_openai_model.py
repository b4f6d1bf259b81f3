"""The OpenAI-compatible adapter against a small real server that is slow, lies, floods, redirects, or behaves."""

import gzip
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from nlops.adapters.capped import MAX_REPLY_BYTES
from nlops.adapters.models import make_model
from nlops.adapters.openai_model import OpenAIModel
from nlops.adapters.patience import retry_after_s
from nlops.adapters.presets import PRESETS
from nlops.adapters.sqlite import SqliteStore, open_existing
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
        told: list[dict[str, object]] = [
            {"token": '{"', "logprob": 1e-9, "top_logprobs": []},
            {
                "token": 'now"',
                "logprob": -0.5,
                "top_logprobs": [{"token": 'now"', "logprob": -0.5}, {"token": "none", "logprob": -1.0}],
            },
        ]
        body["choices"][0]["logprobs"] = {"content": told}
        self.give(json.dumps(body).encode())

    def say_high(self, _: int) -> None:
        """A probability that is none."""
        self.give_token({"token": "{}", "logprob": "high"})

    def say_token7(self, _: int) -> None:
        """A token that is no text."""
        self.give_token({"token": 7, "logprob": -0.1})

    def say_else7(self, _: int) -> None:
        """Another token that is no token."""
        self.give_token({"token": "{}", "logprob": -0.1, "top_logprobs": [7]})

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

    def say_jsononly(self, _: int) -> None:
        """Knows JSON mode, and neither schemas nor tools."""
        body = self.asked[-1][1]
        self.give(GOOD, 422 if body.get("response_format") != {"type": "json_object"} else 200)

    def say_newer(self, _: int) -> None:
        """Refuses a parameter by its name, as newer models do."""
        old = next((key for key in ("max_tokens", "temperature") if key in self.asked[-1][1]), None)
        error = {"error": {"message": f"Unsupported parameter: '{old}'", "param": old, "code": "unsupported_parameter"}}
        self.give(json.dumps(error).encode() if old else GOOD, 400 if old else 200)

    def say_never(self, _: int) -> None:
        self.give(b'{"error": {"message": "the model does not exist"}}', 400)

    def say_later(self, nth: int) -> None:
        self.give(GOOD, 429 if nth == 1 else 200, Retry_After="1")

    def say_tomorrow(self, _: int) -> None:
        self.give(b"{}", 429, Retry_After="86400")

    def say_uncounted(self, _: int) -> None:
        self.give(json.dumps({**json.loads(GOOD), "usage": {"total_tokens": -(10**9)}}).encode())

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
    assert [[(text, round(share, 4)) for text, share in others] for others in answer.tokens_else] == [
        [],
        [("none", 0.3679)],
    ]
    assert [body.get("logprobs") for body in asked("sure")] == [True, None]
    assert ["top_logprobs" in body for body in asked("sure")] == [True, False]
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


@pytest.mark.parametrize("kind", ["html", "nothing", "list", "numbers", "denied", "high", "token7", "else7"])
async def test_lies_and_refusals_are_failures(endpoint: str, kind: str) -> None:
    answer = await ask(endpoint, kind)
    assert isinstance(answer, ModelFailure) and answer.reason == "refused"


async def test_a_moment_of_absence_is_tried_once_more(endpoint: str) -> None:
    assert isinstance(await ask(endpoint, "once"), ModelReply)
    answer = await ask(endpoint, "busy")
    assert isinstance(answer, ModelFailure) and answer.reason == "unreachable" and len(asked("busy")) == 3


async def test_what_the_endpoint_asks_to_wait_is_waited_within_the_deadline(endpoint: str) -> None:
    """A second is waited; a day ends the question at once."""
    begun = time.monotonic()
    assert isinstance(await ask(endpoint, "later"), ModelReply)
    assert 1.0 <= time.monotonic() - begun < 3.0 and len(asked("later")) == 2
    begun = time.monotonic()
    answer = await ask(endpoint, "tomorrow")
    assert isinstance(answer, ModelFailure) and answer.reason == "unreachable" and "wait 86400 s" in answer.detail
    assert time.monotonic() - begun < 1.0 and len(asked("tomorrow")) == 1


@pytest.mark.parametrize(
    ("value", "due"),
    [
        *[("", 0), ("7", 7), ("-1", 0), ("1e9", 0), ("9" * 400, 86400), ("٣", 0), ("soon", 0)],
        *[("Fri, 15 Jan 2027 08:00:30 GMT", 30), ("Fri, 15 Jan 2027 07:00:00 GMT", 0)],
        ("Fri, 99 Jan 2027 25:00:00", 0),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, due: float) -> None:
    """RFC 9110; whatever else stands there is nothing."""
    assert retry_after_s({"retry-after": value}, now=1_800_000_000.0) == due


async def test_a_server_without_schemas_is_asked_without_one(endpoint: str) -> None:
    assert isinstance(await ask(endpoint, "plainonly"), ModelReply)
    formats = [body.get("response_format", {}).get("type") for body in asked("plainonly")]
    assert formats == ["json_schema", "json_object", None]


@pytest.mark.parametrize("provider", ["custom", "qwen"])
async def test_json_mode_is_taken_where_schemas_and_tools_are_refused(endpoint: str, provider: str) -> None:
    """What was answered once is how it is asked from then on."""
    model = OpenAIModel(ModelConfig(provider, f"{endpoint}/jsononly/v1", timeout_s=5.0))  # type: ignore[arg-type]
    before = len(asked("jsononly"))
    for _ in range(2):
        assert isinstance(await model.ask(REQUEST), ModelReply)
    await model.stop()
    bodies = asked("jsononly")[before:]
    assert len(bodies) == 3 and bodies[2]["response_format"] == {"type": "json_object"} and "tools" not in bodies[2]


async def test_a_parameter_that_is_refused_by_name_is_left_out(endpoint: str) -> None:
    model = OpenAIModel(ModelConfig("openai", f"{endpoint}/newer/v1", timeout_s=5.0))
    for _ in range(2):
        assert isinstance(await model.ask(REQUEST), ModelReply)
    await model.stop()
    assert len(asked("newer")) == 4 and asked("newer")[-1]["max_completion_tokens"] == REQUEST.max_tokens


async def test_a_refusal_for_other_reasons_changes_no_way_of_asking(endpoint: str) -> None:
    """Every question begins in the way that the provider documents."""
    model = OpenAIModel(ModelConfig("custom", f"{endpoint}/never/v1", timeout_s=5.0))
    answers = [await model.ask(REQUEST) for _ in range(2)]
    await model.stop()
    assert [getattr(answer, "reason", "") for answer in answers] == ["refused", "refused"]
    formats = [body.get("response_format", {}).get("type") for body in asked("never")]
    assert formats == ["json_schema", "json_object", None] * 2


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


async def test_the_days_tokens_outlive_a_restart(endpoint: str, tmp_path: Path) -> None:
    """Counted in the store, by another process too; a lie about what it cost, or no answer, costs what was sent."""
    config = ModelConfig("custom", f"{endpoint}/uncounted/v1", daily_tokens=12)
    long = replace(REQUEST, messages=(("system", "x" * 60),))
    cost = (60 + len('{"calls":[]}')) // 5
    seen = []
    for _ in range(3):
        store = SqliteStore(tmp_path)
        model = OpenAIModel(config, store)
        seen.append(await model.ask(long))
        await model.stop()
        store.close()
    assert [getattr(answer, "reason", "") for answer in seen] == ["", "budget", "budget"]
    store = open_existing(tmp_path)
    assert store.tokens_of(int(time.time() // 86_400)) == cost
    assert store.tokens_of(int(time.time() // 86_400) - 1) == 0
    slow = OpenAIModel(ModelConfig("custom", f"{endpoint}/slow/v1", timeout_s=0.1), store)
    await slow.ask(long)
    await slow.stop()
    assert store.tokens_of(int(time.time() // 86_400)) == cost + 60 // 5
    store.close()


async def test_a_ledger_that_cannot_be_written_still_holds_the_budget(endpoint: str, tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    store.close()
    model = OpenAIModel(ModelConfig("custom", f"{endpoint}/good/v1", daily_tokens=10), store)
    answers = [await model.ask(REQUEST) for _ in range(3)]
    await model.stop()
    assert [getattr(answer, "reason", "") for answer in answers] == ["", "", "budget"]


async def test_the_state_of_the_model_is_noted(endpoint: str, tmp_path: Path) -> None:
    """As `nlops status` tells it: starting, ready, what failed, stopped."""
    store = SqliteStore(tmp_path)
    assert store.model_state() is None
    model = make_model(ModelConfig("custom", f"{endpoint}/once/v1"), tmp_path, ledger=store)
    states = []
    for act in (model.start(), model.ask(REQUEST), model.stop()):
        await act
        states.append(store.model_state())
    lost = make_model(ModelConfig("custom", f"{endpoint}/denied/v1"), tmp_path, ledger=store)
    await lost.ask(REQUEST)
    states.append(store.model_state())
    await lost.stop()
    store.close()
    assert [state.state if state else "" for state in states] == ["ready", "ready", "stopped", "refused"]
    assert states[-1] is not None and states[-1].detail == "HTTP 401"


async def test_no_model_says_that_it_is_off(tmp_path: Any) -> None:
    model = make_model(ModelConfig("none"), tmp_path)
    await model.start()
    answer = await model.ask(REQUEST)
    assert isinstance(answer, ModelFailure) and answer.reason == "off"
