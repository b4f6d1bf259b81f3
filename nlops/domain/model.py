"""A question to a language model, and what came back, as plain values."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ModelRequest:
    """One question.

    `messages` are (role, content) pairs; their beginning is the same for every question over a catalogue, so that a
    prefix cache serves. `schema` is the JSON Schema the answer must follow. `tools` are the same choices in the shape
    of native function definitions, for endpoints that have them. `wants_sure`: the probability of each token is asked
    for.
    """

    messages: tuple[tuple[str, str], ...]
    schema: Mapping[str, object]
    max_tokens: int = 400
    tools: tuple[Mapping[str, object], ...] = ()
    wants_sure: bool = False


@dataclass(frozen=True)
class WarmUp:
    """Questions whose beginnings a model may read ahead: `first` before any message, `later` while nothing is asked."""

    first: tuple[ModelRequest, ...] = ()
    later: tuple[ModelRequest, ...] = ()


NOTHING_AHEAD = WarmUp()


@dataclass(frozen=True)
class ModelReply:
    """What a model answered, not yet believed: text, native tool calls as (name, arguments as JSON text), tokens
    used. `tokens_sure` is the text token by token, each with its probability, where the model tells it; `tokens_else`
    what else could have stood there, as (text, probability), for each token."""

    content: str
    tool_calls: tuple[tuple[str, str], ...] = ()
    tokens: int = 0
    tokens_sure: tuple[tuple[str, float], ...] = ()
    tokens_else: tuple[tuple[tuple[str, float], ...], ...] = ()


@dataclass(frozen=True)
class ModelFailure:
    """Why there is no answer. `detail` is for the log and for `nlops check`, never for a stranger. `unread`: the
    question is one of those that are read ahead later, and was not yet."""

    reason: Literal["off", "starting", "unread", "timeout", "unreachable", "refused", "too_large", "budget"]
    detail: str = ""


@dataclass(frozen=True)
class ModelState:
    """How the model is, as the service last knew it: `starting`, `ready`, `stopped`, or the reason of a failure. `at`
    is since when, in unix seconds; `detail` says more of a failure."""

    at: float
    state: str
    detail: str = ""
