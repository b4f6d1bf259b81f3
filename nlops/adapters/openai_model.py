"""Any OpenAI-compatible endpoint, through the `openai` client: a deadline, a byte cap, no redirects, bounded retries.

What goes wrong is a ModelFailure, never an exception: the caller goes on with keywords. Nothing of an answer is
believed here; `nlops.understand.reply` reads it.
"""

import asyncio
import contextlib
import math
import time
import urllib.request
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx2
import openai
from openai.types.chat import ChatCompletion

from nlops.domain.config import ModelConfig, Provider
from nlops.domain.model import ModelFailure, ModelReply, ModelRequest
from nlops.gate.redact import Redactor, secrets_in

# An answer is a few hundred bytes of JSON in an envelope of some thousand.
MAX_REPLY_BYTES = 262_144
_ATTEMPTS = 2
_PAUSE_S = 0.3
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@dataclass(frozen=True)
class Preset:
    """Where a provider answers, and how it is asked: for JSON under a schema, or with native tool definitions."""

    base_url: str
    name: str
    mode: Literal["schema", "tools"]


# The providers' own documentation of their OpenAI-compatible endpoints, read 2026-11. A strict schema of OpenAI's
# wants every property required, which an optional argument is not, so hosted models get native tools.
PRESETS: dict[Provider, Preset] = {
    "openai": Preset("https://api.openai.com/v1", "gpt-4.1-mini", "tools"),
    "deepseek": Preset("https://api.deepseek.com/v1", "deepseek-chat", "tools"),
    "qwen": Preset("https://dashscope.aliyuncs.com/compatible-mode/v1", "qwen-plus", "tools"),
    "moonshot": Preset("https://api.moonshot.cn/v1", "moonshot-v1-8k", "tools"),
    "zhipu": Preset("https://open.bigmodel.cn/api/paas/v4", "glm-4-flash", "tools"),
    "ollama": Preset("http://127.0.0.1:11434/v1", "qwen2.5:3b", "schema"),
    "custom": Preset("http://127.0.0.1:8000/v1", "default", "schema"),
}


class OpenAIModel:
    """A model behind `config.base_url`; keeps the promises of `nlops.ports.Model`."""

    def __init__(self, config: ModelConfig) -> None:
        preset = PRESETS[config.provider]
        # The service has cleaned what it was told; `ask` and `eval` come here as well.
        self._redactor = Redactor(secrets_in(config))
        self._name = config.name or preset.name
        self._mode: Literal["schema", "tools", "plain"] = preset.mode
        self._timeout_s = config.timeout_s
        self._budget = _DailyTokens(config.daily_tokens)
        base_url = config.base_url or preset.base_url
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            # Local servers want no key, but the client refuses to go without one.
            api_key=config.api_key.reveal() if config.api_key else "none",
            max_retries=0,
            timeout=config.timeout_s,
            default_headers={"Accept-Encoding": "identity"},
            http_client=httpx2.AsyncClient(transport=_CappedTransport(base_url), follow_redirects=False),
        )

    async def start(self) -> None:
        """Nothing to make ready."""

    async def stop(self) -> None:
        await self._client.close()

    async def renew(self, warm_up: tuple[ModelRequest, ...]) -> None:
        """Nothing to read ahead."""

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:
        if self._budget.is_spent():
            return ModelFailure("budget", "the day's tokens are spent")
        try:
            async with asyncio.timeout(self._timeout_s):
                reply = await self._ask_again(request)
        except TimeoutError:
            return ModelFailure("timeout", f"no answer within {self._timeout_s:g} s")
        if isinstance(reply, ModelReply):
            self._budget.spend(reply.tokens)
        return reply

    async def _ask_again(self, request: ModelRequest) -> ModelReply | ModelFailure:
        """Ask; once more where the endpoint was away for a moment, or does not know how it was asked."""
        answer: ModelReply | ModelFailure = ModelFailure("unreachable")
        for attempt in range(_ATTEMPTS):
            if attempt:
                await asyncio.sleep(_PAUSE_S)
            mode = self._mode
            answer = await self._ask_once(request)
            if isinstance(answer, ModelReply) or (answer.reason != "unreachable" and mode == self._mode):
                break
        return answer

    async def _ask_once(self, request: ModelRequest) -> ModelReply | ModelFailure:
        try:
            return _read(await self._client.chat.completions.create(**self._parameters(request)))
        except openai.APITimeoutError:
            raise TimeoutError from None
        except openai.APIStatusError as error:
            return self._refused(error)
        except openai.APIConnectionError as error:
            too_large = isinstance(error.__cause__, _TooLargeError)
            return ModelFailure("too_large" if too_large else "unreachable", _short(error.__cause__ or error))
        except (openai.OpenAIError, httpx2.HTTPError, _TooLargeError, ValueError, TypeError, AttributeError) as error:
            return ModelFailure("too_large" if isinstance(error, _TooLargeError) else "refused", _short(error))

    def _refused(self, error: openai.APIStatusError) -> ModelFailure:
        if error.status_code == 400 and self._mode == "schema":
            self._mode = "plain"  # a server without JSON schemas: its answer is read as strictly all the same
        away = error.status_code in (429, 500, 502, 503, 504)
        return ModelFailure("unreachable" if away else "refused", f"HTTP {error.status_code}")

    def _parameters(self, request: ModelRequest) -> dict[str, Any]:
        parameters: dict[str, Any] = {
            "model": self._name,
            "messages": [
                {"role": role, "content": self._redactor.clean_words(content)} for role, content in request.messages
            ],
            "temperature": 0,
            "max_tokens": request.max_tokens,
        }
        if request.wants_sure:
            parameters["logprobs"] = True
        if self._mode == "schema":
            schema = {"name": "answer", "strict": True, "schema": dict(request.schema)}
            parameters["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif self._mode == "tools" and request.tools:
            parameters["tools"] = [dict(tool) for tool in request.tools]
        return parameters


def _read(completion: ChatCompletion) -> ModelReply:
    """The answer's parts. The client does not check what it parsed, so a lying server shows here, as ValueError."""
    if not isinstance(completion, ChatCompletion) or not completion.choices:
        raise ValueError("the endpoint's answer is no chat completion")
    message = completion.choices[0].message
    calls = [
        (call.function.name, call.function.arguments) for call in message.tool_calls or () if call.type == "function"
    ]
    content = message.content or ""
    if not all(isinstance(part, str) for call in calls for part in call) or not isinstance(content, str):
        raise ValueError("the endpoint's answer is no chat completion")
    tokens = completion.usage.total_tokens if completion.usage else 0
    return ModelReply(content, tuple(calls), tokens if isinstance(tokens, int) else 0, _sure(completion))


def _sure(completion: ChatCompletion) -> tuple[tuple[str, float], ...]:
    """Each token with its probability, where they were asked for and told."""
    told = completion.choices[0].logprobs
    tokens = (told.content if told is not None else None) or ()
    if not all(isinstance(one.token, str) for one in tokens):
        raise ValueError("the endpoint's answer is no chat completion")
    return tuple((one.token, math.exp(min(0.0, float(one.logprob)))) for one in tokens)


def _short(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:200]


class _DailyTokens:
    """Tokens used since midnight UTC. Kept in memory: a restart forgets them."""

    def __init__(self, most: int) -> None:
        self._most, self._day, self._used = most, 0, 0

    def is_spent(self) -> bool:
        today = int(time.time() // 86_400)
        if today != self._day:
            self._day, self._used = today, 0
        return self._used >= self._most

    def spend(self, tokens: int) -> None:
        self._used += tokens


class _TooLargeError(Exception):
    """The endpoint sent more than an answer can be."""


class _CappedTransport(httpx2.AsyncBaseTransport):
    """HTTP without compression and with at most MAX_REPLY_BYTES of body, errors' bodies included.

    The environment's proxies are used for hosts elsewhere, never for loopback.
    """

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        proxy = urllib.request.getproxies().get(parts.scheme)
        host = parts.hostname or ""
        direct = host in _LOOPBACK or bool(urllib.request.proxy_bypass(host))
        self._inner = httpx2.AsyncHTTPTransport(proxy=None if direct else proxy)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await self._inner.handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise _TooLargeError("a compressed answer, which was not asked for")
        assert isinstance(response.stream, httpx2.AsyncByteStream)  # noqa: S101 - httpx's own contract
        response.stream = _CappedStream(response.stream)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


class _CappedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_REPLY_BYTES
        async for chunk in self._inner:
            left -= len(chunk)
            if left < 0:
                raise _TooLargeError(f"more than {MAX_REPLY_BYTES} bytes")
            yield chunk

    async def aclose(self) -> None:
        with contextlib.suppress(httpx2.HTTPError):
            await self._inner.aclose()
