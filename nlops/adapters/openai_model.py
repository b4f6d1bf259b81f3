"""Any OpenAI-compatible endpoint, through the `openai` client: a deadline, a byte cap, no redirects, bounded retries.

    away for a moment (429, 5xx, no connection)   asked again, after Retry-After where it says one, within the deadline
    knows no way it was asked in (400, 422)       asked in the next one: tools or a schema, then JSON, then plain
    anything else                                 a ModelFailure

What goes wrong is a ModelFailure, never an exception: the caller goes on with keywords. Nothing of an answer is
believed here; `nlops.understand.reply` reads it.
"""

import asyncio
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import httpx2
import openai
from openai.types.chat import ChatCompletion
from openai.types.chat.chat_completion_token_logprob import ChatCompletionTokenLogprob, TopLogprob

from nlops.adapters.budget import DailyTokens
from nlops.adapters.capped import CappedTransport, TooLargeError
from nlops.adapters.patience import retry_after_s
from nlops.adapters.presets import PRESETS, Mode
from nlops.domain.config import ModelConfig
from nlops.domain.model import ModelFailure, ModelReply, ModelRequest, WarmUp
from nlops.gate.redact import Redactor, secrets_in
from nlops.ports import Ledger

_ATTEMPTS = 3
_PAUSE_S = 0.3  # doubled for each further attempt
_AWAY = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
_NOT_UNDERSTOOD = frozenset({400, 422})
# The ways to ask, in the order in which they are tried where one is refused.
_NEXT: Mapping[Mode, tuple[Mode, ...]] = {
    "tools": ("tools", "json", "plain"),
    "schema": ("schema", "json", "plain"),
    "json": ("json", "plain"),
    "plain": ("plain",),
}
# A token is rarely more bytes of text than this: what a question costs at least, whatever its answer tells.
_BYTES_A_TOKEN = 5
_MOST_TOKENS = 10**9
_TOLD_ELSE = 5  # of each token, what else could have stood there


@dataclass(frozen=True)
class _Refusal:
    """An answer that is none. `status` is HTTP's, 0 without one; `wait_s` what the endpoint asks to wait; `parameter`
    what it does not know of how it was asked."""

    failure: ModelFailure
    status: int = 0
    wait_s: float = 0.0
    parameter: str = ""


class OpenAIModel:
    """A model behind `config.base_url`; keeps the promises of `nlops.ports.Model`."""

    def __init__(self, config: ModelConfig, ledger: Ledger | None = None) -> None:
        preset = PRESETS[config.provider]
        # The service has cleaned what it was told; `ask` and `eval` come here as well.
        self._redactor = Redactor(secrets_in(config))
        self._name = config.name or preset.name
        self._mode: Mode = preset.mode
        self._unknown: frozenset[str] = frozenset()  # parameters that this model refused
        self._timeout_s = config.timeout_s
        self._budget = DailyTokens(config.daily_tokens, ledger)
        base_url = config.base_url or preset.base_url
        self._client = openai.AsyncOpenAI(
            base_url=base_url,
            # Local servers want no key, but the client refuses to go without one.
            api_key=config.api_key.reveal() if config.api_key else "none",
            max_retries=0,
            timeout=config.timeout_s,
            default_headers={"Accept-Encoding": "identity"},
            http_client=httpx2.AsyncClient(transport=CappedTransport(base_url), follow_redirects=False),
        )

    async def start(self) -> None:
        """Nothing to make ready."""

    async def stop(self) -> None:
        await self._client.close()

    async def renew(self, warm_up: WarmUp) -> None:
        """Nothing to read ahead."""

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:
        used = await self._budget.used()
        if used >= self._budget.most:
            return ModelFailure("budget", f"{used} / {self._budget.most}")
        ends = asyncio.get_running_loop().time() + self._timeout_s
        try:
            async with asyncio.timeout_at(ends):
                reply = await self._ask_again(request, ends)
        except TimeoutError:
            await self._budget.spend(_least_tokens(request))  # it was sent, and is billed
            return ModelFailure("timeout", f"no answer within {self._timeout_s:g} s")
        if isinstance(reply, ModelReply):
            await self._budget.spend(min(max(reply.tokens, _least_tokens(request, reply)), _MOST_TOKENS))
        return reply

    async def _ask_again(self, request: ModelRequest, ends: float) -> ModelReply | ModelFailure:
        """Ask; again where the endpoint is away for a moment that ends before the deadline does."""
        for attempt in range(_ATTEMPTS):
            answer = await self._ask_somehow(request)
            if isinstance(answer, ModelReply):
                return answer
            failure, wait_s = answer.failure, max(answer.wait_s, _PAUSE_S * 2**attempt)
            if failure.reason != "unreachable" or attempt == _ATTEMPTS - 1:
                return failure
            if asyncio.get_running_loop().time() + wait_s >= ends:
                return ModelFailure("unreachable", f"{failure.detail}; asks to wait {wait_s:.0f} s")
            await asyncio.sleep(wait_s)
        raise AssertionError("the last attempt returns")

    async def _ask_somehow(self, request: ModelRequest) -> ModelReply | _Refusal:
        """Ask in the first way that the endpoint knows; the one that it answered stays. (It may refuse for reasons of
        its own, so a refused way alone proves nothing.)"""
        answer: ModelReply | _Refusal | None = None
        for mode in _NEXT[self._mode]:
            answer = await self._ask_once(request, mode)
            while isinstance(answer, _Refusal) and answer.parameter in ("max_tokens", "temperature", "logprobs"):
                if answer.parameter in self._unknown:
                    break
                self._unknown |= {answer.parameter}
                answer = await self._ask_once(request, mode)
            if isinstance(answer, ModelReply):
                self._mode = mode
            if isinstance(answer, ModelReply) or answer.status not in _NOT_UNDERSTOOD:
                break
        assert answer is not None  # noqa: S101 - there is always a way
        return answer

    async def _ask_once(self, request: ModelRequest, mode: Mode) -> ModelReply | _Refusal:
        try:
            return _read(await self._client.chat.completions.create(**self._parameters(request, mode)))
        except openai.APITimeoutError:
            raise TimeoutError from None
        except openai.APIStatusError as error:
            away = error.status_code in _AWAY
            failure = ModelFailure("unreachable" if away else "refused", f"HTTP {error.status_code}")
            return _Refusal(failure, error.status_code, retry_after_s(error.response.headers), str(error.param or ""))
        except openai.APIConnectionError as error:
            too_large = isinstance(error.__cause__, TooLargeError)
            return _failed("too_large" if too_large else "unreachable", error.__cause__ or error)
        except (openai.OpenAIError, httpx2.HTTPError, TooLargeError, ValueError, TypeError, AttributeError) as error:
            return _failed("too_large" if isinstance(error, TooLargeError) else "refused", error)

    def _parameters(self, request: ModelRequest, mode: Mode) -> dict[str, Any]:
        parameters: dict[str, Any] = {
            "model": self._name,
            "messages": [
                {"role": role, "content": self._redactor.clean_words(content)} for role, content in request.messages
            ],
            "temperature": 0,
            "max_tokens": request.max_tokens,
        }
        if request.wants_sure:
            parameters |= {"logprobs": True, "top_logprobs": _TOLD_ELSE}
        if mode == "schema":
            schema = {"name": "answer", "strict": True, "schema": dict(request.schema)}
            parameters["response_format"] = {"type": "json_schema", "json_schema": schema}
        elif mode == "json":
            parameters["response_format"] = {"type": "json_object"}
        elif mode == "tools" and request.tools:
            parameters["tools"] = [dict(tool) for tool in request.tools]
        if "max_tokens" in self._unknown:  # newer models of OpenAI's know it by another name
            parameters["max_completion_tokens"] = request.max_tokens
        if "logprobs" in self._unknown:
            parameters.pop("top_logprobs", None)
        return {key: value for key, value in parameters.items() if key not in self._unknown}


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
    told = completion.choices[0].logprobs
    sure = (told.content if told is not None else None) or []
    return ModelReply(
        content,
        tuple(calls),
        tokens if isinstance(tokens, int) else 0,
        tuple(map(_probability, sure)),
        tuple(
            tuple(_probability(other) for other in getattr(one, "top_logprobs", None) or () if other.token != one.token)
            for one in sure
        ),
    )


def _probability(one: ChatCompletionTokenLogprob | TopLogprob) -> tuple[str, float]:
    """A token and its probability."""
    if not isinstance(one.token, str):
        raise ValueError("the endpoint's answer is no chat completion")
    return one.token, math.exp(min(0.0, float(one.logprob)))


def _failed(reason: Literal["unreachable", "refused", "too_large"], error: BaseException) -> _Refusal:
    return _Refusal(ModelFailure(reason, f"{type(error).__name__}: {error}"[:200]))


def _least_tokens(request: ModelRequest, reply: ModelReply | None = None) -> int:
    """What a question costs at least: some endpoints do not tell, and one may lie."""
    texts = [content for _, content in request.messages] + ([reply.content] if reply is not None else [])
    return sum(len(text.encode()) for text in texts) // _BYTES_A_TOKEN
