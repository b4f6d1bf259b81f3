"""Lessons to arrays: one prefix, many messages behind it that do not see each other, as when each is asked alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from nlops.understand.prompt import Prompts, system_text
from training.corpus import Lesson, taught_parts

_START, _END = "<|im_start|>", "<|im_end|>"


@dataclass(frozen=True)
class Packed:
    """One lesson. `ids`, `positions`, `segments` and `taught` are [length]: segment 0 is the prefix, each message has
    one of its own; `taught` is 1 where the token itself is learnt."""

    ids: NDArray[np.int32]
    positions: NDArray[np.int32]
    segments: NDArray[np.int32]
    taught: NDArray[np.int8]


def pack(lesson: Lesson, prompts: Prompts, tokenizer: Tokenizer, max_tokens: int) -> Packed:
    """The lesson's arrays, messages beyond `max_tokens` left out."""
    prefix = _ids(tokenizer, f"{_START}system\n{system_text(lesson.catalogue, prompts)}{_END}\n")
    ids, positions = list(prefix), list(range(len(prefix)))
    segments, taught = [0] * len(prefix), [0] * len(prefix)
    for number, turn in enumerate(lesson.turns, 1):
        own, learnt = _turn(tokenizer, turn)
        if len(ids) + len(own) > max_tokens:
            break
        ids += own
        taught += learnt
        positions += range(len(prefix), len(prefix) + len(own))
        segments += [number] * len(own)
    return Packed(
        np.array(ids, np.int32), np.array(positions, np.int32), np.array(segments, np.int32), np.array(taught, np.int8)
    )


def _turn(tokenizer: Tokenizer, turn: Sequence[str]) -> tuple[list[int], list[int]]:
    """Messages and answers in turn, the last answer to be learnt."""
    *before, answer = turn
    text = ""
    for at, said in enumerate(before):
        role = "assistant" if at % 2 else "user"
        text += f"{_START}{role}\n{said}{_END}\n"
    ids = _ids(tokenizer, f"{text}{_START}assistant\n")
    taught = [0] * len(ids)
    pieces = list(taught_parts(answer))
    whole = "".join(piece for piece, _ in pieces) + _END
    encoded = tokenizer.encode(whole, add_special_tokens=False)
    untaught: list[tuple[int, int]] = []
    at = 0
    for piece, learnt in pieces:
        if not learnt:
            untaught.append((at, at + len(piece)))
        at += len(piece)
    for token, (start, end) in zip(encoded.ids, encoded.offsets, strict=True):
        ids.append(token)
        taught.append(0 if any(start < high and low < end for low, high in untaught) else 1)
    return ids, taught


def _ids(tokenizer: Tokenizer, text: str) -> list[int]:
    ids: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
    return ids
