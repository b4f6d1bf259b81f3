"""Answers under a JSON Schema, decoded in jumps.

Much of an answer is no choice: behind the first letters of a tool's name only one name goes on like that, and behind
the name stands its first required argument. What the schema forces is appended at once and read together with what
follows, up to the next choice ("jump-forward decoding" of SGLang, "fast-forwarded tokens" of guidance): a forced token
costs a third of a chosen one. llguidance tells what is allowed and what is forced, byte by byte, so that it needs no
vocabulary.
"""

import functools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from llguidance import LLMatcher, LLTokenizer, TokenizerWrapper

# How many of the most probable tokens are looked at for one that is allowed, if none of those that were asked for is.
_WIDER = (1_000, 200_000)
_KEPT_SCHEMAS = 16  # a page of the catalogue has one, its second questions some more
_KEPT_TEXTS = 4_096  # a page forces some hundred different ones
# How the model cuts a text into pieces, each of which becomes tokens for itself (Qwen2's pattern, in Python's classes).
_PIECES = re.compile(r"(?:[^\w\r\n]|_)?[^\W\d_]+|\d| ?(?:[^\w\s]|_)+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")
# A small model that answers "?" for what was not said forgets the quote behind it now and then, and would go on with
# the brackets that end an answer until it is cut off. Said here and not in the schema: few endpoints know a pattern.
_ENDS = r"^([^?][\s\S]*|\?([^\]}][\s\S]*)?)?$"
_OPENING_QUOTE = re.compile(r'[:\[{,]"$')


class UnusableSchemaError(ValueError):
    """Nothing can be decoded under this schema; the message says why."""


@dataclass(frozen=True)
class Token:
    """A token: its bytes (none, if it is a control token), and the natural logarithm of its probability among all."""

    id: int
    text: bytes
    logprob: float = 0.0


class Engine(Protocol):
    """What reads tokens and tells the next. Raises OSError where it does not answer."""

    def tokenize(self, text: str) -> Sequence[Token]:
        """The tokens of a text, none of them a control token."""

    def next_tokens(self, prompt: Sequence[int], count: int) -> Sequence[Token]:
        """The `count` most probable tokens behind a prompt, the most probable one first."""


@dataclass(frozen=True)
class Step:
    """A token of an answer, and the others that could have stood there. One that is forced is certain."""

    token: Token
    others: Sequence[Token] = ()


@dataclass(frozen=True)
class Answer:
    """Steps whose bytes make up the answer; `is_whole` says that it was not cut off."""

    steps: Sequence[Step]
    is_whole: bool


class Decoder:
    """Decodes greedily: of the tokens that the schema allows, the most probable one."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._bytes = LLTokenizer(TokenizerWrapper(_Bytes()), slices=[])
        self._compiled = functools.lru_cache(_KEPT_SCHEMAS)(self._compile)
        self._tokens = functools.lru_cache(_KEPT_TEXTS)(self._tokenize)

    def answer(
        self,
        prompt: Sequence[int],
        schema: Mapping[str, object],
        max_tokens: int,
        others: int,
        is_wanted: Callable[[], bool],
    ) -> Answer:
        """The answer behind a prompt, with `others` of each choice. It ends where the schema allows nothing more, as an
        object does, and is cut off behind `max_tokens`, and where nobody wants it any more. Raises UnusableSchemaError.
        """
        allowed = self._compiled(json.dumps(schema)).deep_copy()
        steps: list[Step] = []
        while len(steps) < max_tokens and is_wanted():
            steps += map(Step, self._jump(allowed))
            if not allowed.is_stopped():
                steps.append(self._choose(allowed, [*prompt, *(step.token.id for step in steps)], others))
            if allowed.is_stopped():
                return Answer(steps, is_whole=True)
        return Answer(steps, is_whole=False)

    def _compile(self, schema: str) -> LLMatcher:
        bounded = json.dumps(_with_ends(json.loads(schema)))
        grammar = LLMatcher.grammar_from_json_schema(bounded, overrides={"whitespace_flexible": False})
        compiled = LLMatcher(self._bytes, grammar, log_level=0)
        if compiled.is_error():
            raise UnusableSchemaError(compiled.get_error())
        return compiled

    def _tokenize(self, text: str) -> Sequence[Token]:
        return self._engine.tokenize(text)

    def _jump(self, allowed: LLMatcher) -> Sequence[Token]:
        """The tokens that are forced, consumed."""
        forced = allowed.compute_ff_bytes()
        if not forced:
            return ()
        ahead = allowed.deep_copy()
        ahead.consume_tokens(list(forced))
        # Of several choices the first bytes of a character may be the same, and are no text yet.
        text = forced.decode("utf-8", "ignore")
        tokens = self._tokens(text if ahead.is_stopped() else _settled(text))
        if not allowed.consume_tokens([byte for token in tokens for byte in token.text]):
            raise UnusableSchemaError(f"{text!r} is forced, and is no text of the model's tokens")
        return tokens

    def _choose(self, allowed: LLMatcher, prompt: Sequence[int], others: int) -> Step:
        """The most probable token that is allowed, consumed."""
        for count in (max(others, 1), *_WIDER):
            known = self._engine.next_tokens(prompt, count)
            for token in known:
                wanted = list(token.text)
                if wanted and allowed.validate_tokens(wanted) == len(wanted):
                    allowed.consume_tokens(wanted)
                    return Step(token, [other for other in known[:others] if other.id != token.id])
        raise UnusableSchemaError("no token of the model is allowed here")


def _with_ends(schema: object) -> object:
    """The schema with a pattern for each string that has none."""
    if isinstance(schema, list):
        return [_with_ends(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kinds = schema.get("type")
    is_string = kinds == "string" or (isinstance(kinds, list) and "string" in kinds)
    is_free = is_string and not {"enum", "const", "pattern", "format"} & schema.keys()
    return {**{key: _with_ends(one) for key, one in schema.items()}, **({"pattern": _ENDS} if is_free else {})}


def _settled(text: str) -> str:
    """What of a forced text becomes the same tokens whatever follows: all but the last piece, which may be longer. With
    a quote that opens a value it counts as whole: the few tokens that go on behind one are no words."""
    if _OPENING_QUOTE.search(text):
        return text
    return "".join(_PIECES.findall(text)[:-1])


class _Bytes:
    """The 256 bytes, and an end, as a tokenizer's vocabulary."""

    eos_token_id = 256
    bos_token_id = None
    tokens = (*(bytes([value]) for value in range(256)), b"<end>")
    special_token_ids = (256,)

    def __call__(self, text: bytes) -> list[int]:
        return list(text)
