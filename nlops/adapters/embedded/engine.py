"""llama.cpp's server (xllamacpp) as what the decoder asks, token by token."""

import functools
import http.client
import json
from collections.abc import Mapping, Sequence
from typing import Any

from nlops.adapters.embedded.decoding import Token

# llama.cpp's flash attention reads fewer than 64 tokens one by one: behind a page of sixteen tools a message's token
# takes 14 ms with it and 9 without, an answer's 27 and 22. Without it scores are held for so many tokens at a time.
_TOGETHER = 64
_KEPT_PREFIXES = 8  # of a page some 2,500 tokens, which take 10 ms to make
_TIMEOUT_S = 10.0
_MUCH = 1_000.0  # more than what any other token has


class LlamaEngine:
    """One model, loaded. `port` is where the server listens on loopback, for the states of its slot."""

    def __init__(self, order: Mapping[str, Any]) -> None:
        self._key = order["api_key"]
        self._server = _load(order)
        self.port = int(str(self._server.listening_address).rsplit(":", 1)[1])
        self._turn_begins, self._turn_ends = (
            self._ids(mark, is_control=True) for mark in ("<|im_start|>", "<|im_end|>")
        )
        (self._quote,) = self._ids('"')
        self._prefix = functools.lru_cache(_KEPT_PREFIXES)(self._turn)

    def prompt(self, messages: Sequence[tuple[str, str]]) -> list[int]:
        """The tokens of a conversation (role, content), up to where the answer begins, as the model was trained on them
        (ChatML). What looks like a control token in a message is text."""
        (role, content), *rest = messages
        turns = [self._prefix(role, content), *(self._turn(*message) for message in rest)]
        return [*(token for turn in turns for token in turn), *self._turn_begins, *self._ids("assistant\n")]

    def tokenize(self, text: str) -> list[Token]:
        told = self._post("/tokenize", {"content": text, "parse_special": False, "with_pieces": True})
        return [Token(one["id"], _bytes(one["piece"])) for one in told["tokens"]]

    def next_tokens(self, prompt: Sequence[int], count: int) -> list[Token]:
        # What the server itself would choose is not looked at, so that it needs no sampler (1.5 ms a token).
        asked = {"prompt": prompt, "max_tokens": 1, "samplers": [], "logprobs": count, "cache_prompt": True}
        # Of a choice that is a part of a character the server tells no probabilities; then it has to choose a quote.
        told = self._complete(asked) or self._complete({**asked, "logit_bias": [[self._quote, _MUCH]]})
        (first,) = told
        return [Token(one["id"], bytes(one["bytes"]), one["logprob"]) for one in first["top_logprobs"]]

    def _complete(self, asked: Mapping[str, object]) -> Sequence[Mapping[str, Any]]:
        """For each token that was chosen what could stand there, or nothing."""
        told = self._server.handle_completions(asked)
        if "choices" not in told:
            raise OSError(f"the model's server: {told}")
        probabilities = told["choices"][0]["logprobs"]
        content: Sequence[Mapping[str, Any]] = probabilities["content"] if probabilities else ()
        return content

    def _turn(self, role: str, content: str) -> list[int]:
        return [*self._turn_begins, *self._ids(f"{role}\n{content}"), *self._turn_ends, *self._ids("\n")]

    def _ids(self, text: str, *, is_control: bool = False) -> list[int]:
        told: list[int] = self._post("/tokenize", {"content": text, "parse_special": is_control})["tokens"]
        return told

    def _post(self, path: str, body: Mapping[str, object]) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_TIMEOUT_S)
        try:
            connection.request("POST", path, json.dumps(body), {"Authorization": f"Bearer {self._key}"})
            return json.load(connection.getresponse())
        finally:
            connection.close()


def _bytes(piece: str | Sequence[int]) -> bytes:
    """A token's bytes, which the server tells as numbers where they are no text."""
    return piece.encode() if isinstance(piece, str) else bytes(piece)


def _load(order: Mapping[str, Any]) -> Any:
    import xllamacpp  # heavy, and only the child may load it

    params = xllamacpp.CommonParams()
    params.model.path = order["model"]
    params.api_keys = [order["api_key"]]
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_ctx = order["context"]
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = order["threads"]
    # Keys and values stay in 16 bits, as llama.cpp has them: keys in 8 save 5 % of a message's time, and cost right
    # answers (6 of 1,320). What is read otherwise needs another name in `prefixes`.
    params.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    params.n_ubatch = _TOGETHER
    params.cache_prompt = True
    params.cache_ram_mib = 0  # prefixes are kept on disk; a second cache in memory would grow by 12 KiB a token
    params.slot_save_path = order["prefixes"]
    params.ui = False
    params.offline = True
    params.verbosity = 0
    return xllamacpp.Server(params)
