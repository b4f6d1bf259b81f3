"""How sure a model was of each part of its answer, read off the probabilities of the tokens that make it up.

A model that was not asked for probabilities, or a service that gives none, counts as sure of everything: the guards
that stand on the text alone hold for it all the same.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

Where = tuple[str | int, ...]
_WHITE = " \t\r\n"


def certainties(content: str, tokens: Sequence[tuple[str, float]]) -> Mapping[Where, float]:
    """The probability of each value in a JSON text, by its path; `()` is that of the first key, the first decision.

    `tokens` are (text, probability) in order and make up `content`; where they do not, the result is empty.
    """
    if not tokens or "".join(text for text, _ in tokens) != content:
        return {}
    spans = dict(_spans(content, 0, ()))
    found = {where: _product(span, tokens) for where, span in spans.items() if where}
    start = content.find('"') + 1
    end = content.find('"', start)
    return {**found, (): _product((start, end), tokens)} if 0 < start < end else found


def _product(span: tuple[int, int], tokens: Sequence[tuple[str, float]]) -> float:
    """The joint probability of the tokens that touch a span."""
    at, product = 0, 1.0
    for text, probability in tokens:
        if at < span[1] and span[0] < at + len(text):
            product *= probability
        at += len(text)
    return product


def _spans(text: str, at: int, where: Where) -> Iterator[tuple[Where, tuple[int, int]]]:
    """Every value below the one that starts at `at`, and that one itself, each with its place in the text."""
    at = _skip(text, at)
    _, end = json.JSONDecoder().raw_decode(text, at)
    yield where, (at, end)
    if text[at] not in "{[":
        return
    is_object, number = text[at] == "{", 0
    at = _skip(text, at + 1)
    while text[at] not in "}]":
        key: str | int = number
        if is_object:
            key, at = json.JSONDecoder().raw_decode(text, at)
            at = _skip(text, _skip(text, at) + 1)  # the colon
        _, after = json.JSONDecoder().raw_decode(text, at)
        yield from _spans(text, at, (*where, key))
        at = _skip(text, after)
        if text[at] == ",":
            at = _skip(text, at + 1)
        number += 1


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _WHITE:
        at += 1
    return at
