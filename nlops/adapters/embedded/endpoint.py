"""The model as an OpenAI-compatible endpoint: `POST /v1/chat/completions` with a JSON Schema, for one parent.

    200    a chat completion, with the probability of each token where it was asked for
    400    a request that is none, or a schema under which nothing can be decoded
    401    not the parent's key
    500    the model's server failed

One answer at a time; one that its asker no longer waits for is given up.
"""

import hmac
import json
import math
import select
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

from nlops.adapters.embedded.decoding import Answer, Decoder, Step, Token
from nlops.adapters.embedded.engine import LlamaEngine

_PATH = "/v1/chat/completions"
_MOST_BYTES = 4_000_000


def serve(engine: LlamaEngine, key: str) -> ThreadingHTTPServer:
    """An endpoint on a free port of loopback, not yet answering: `serve_forever` is the caller's."""
    decoder, one_at_a_time = Decoder(engine), Lock()

    def complete(body: Mapping[str, Any], is_wanted: Callable[[], bool]) -> dict[str, object]:
        prompt = engine.prompt([(one["role"], one["content"]) for one in body["messages"]])
        schema, others = body["response_format"]["json_schema"]["schema"], int(body.get("top_logprobs", 0))
        answer = decoder.answer(prompt, schema, int(body["max_tokens"]), others, is_wanted)
        return completion(str(body["model"]), answer, len(prompt), has_logprobs=bool(body.get("logprobs")))

    class Endpoint(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(min(int(self.headers.get("Content-Length", 0)), _MOST_BYTES))
            if not hmac.compare_digest(self.headers.get("Authorization", "").encode(), f"Bearer {key}".encode()):
                self._tell(401, {"error": {"message": "not the key"}})
            elif self.path != _PATH:
                self._tell(404, {"error": {"message": f"only {_PATH}"}})
            else:
                self._tell(*self._complete(body))

        def _complete(self, body: bytes) -> tuple[int, dict[str, object]]:
            try:
                with one_at_a_time:
                    return 200, complete(json.loads(body), self._is_wanted)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                return 400, {"error": {"message": f"{type(error).__name__}: {error}"}}
            except OSError as error:
                return 500, {"error": {"message": str(error)}}

        def _is_wanted(self) -> bool:
            """A client that waits says nothing more; one that went away has closed its end."""
            readable, _, _ = select.select([self.connection], [], [], 0)
            return not readable or bool(self.connection.recv(1, socket.MSG_PEEK))

        def _tell(self, status: int, body: Mapping[str, object]) -> None:
            told = json.dumps(body).encode()
            with suppress(ConnectionError):  # it no longer waits
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

        def log_message(self, *_: object) -> None:
            """Nothing of a message goes anywhere."""

    return ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)


def completion(model: str, answer: Answer, prompt_tokens: int, *, has_logprobs: bool) -> dict[str, object]:
    """An answer as OpenAI's chat completion."""
    content = b"".join(step.token.text for step in answer.steps).decode("utf-8", "replace")
    logprobs = {"content": [_logprob(step) for step in _characters(answer.steps)]} if has_logprobs else None
    used = len(answer.steps)
    return {
        "id": "chatcmpl-nlops",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [
            {
                "index": 0,
                "finish_reason": "stop" if answer.is_whole else "length",
                "message": {"role": "assistant", "content": content},
                "logprobs": logprobs,
            }
        ],
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": used,
            "total_tokens": prompt_tokens + used,
        },
    }


def _characters(steps: Sequence[Step]) -> Iterator[Step]:
    """The steps with those joined that make up a character together, so that each is text."""
    begun: list[Step] = []
    for step in steps:
        begun.append(step)
        text = b"".join(one.token.text for one in begun)
        with suppress(UnicodeDecodeError):
            text.decode()
            logprob = math.fsum(one.token.logprob for one in begun)
            yield Step(Token(step.token.id, text, logprob), begun[0].others)
            begun = []
    if begun:
        text = b"".join(one.token.text for one in begun)
        yield Step(Token(begun[-1].token.id, text, math.fsum(one.token.logprob for one in begun)), begun[0].others)


def _logprob(step: Step) -> dict[str, object]:
    return {**_told(step.token), "top_logprobs": [_told(other) for other in (step.token, *step.others)]}


def _told(token: Token) -> dict[str, object]:
    return {
        "token": token.text.decode("utf-8", "replace"),
        "logprob": token.logprob,
        "bytes": list(token.text),
    }
