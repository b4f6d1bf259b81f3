"""How sure a model was of each part of its answer, read off the probabilities of the tokens that make it up.

A model that was not asked for probabilities, or a service that gives none, counts as sure of everything: the guards
that stand on the text alone hold for it all the same.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

Where = tuple[str | int, ...]
# What a value could have become instead, as far as it was written until then, and with what probability.
Others = Sequence[tuple[str, float]]
# Behind the path of a value in an object: that it was written at all, and not left out.
WRITTEN = -1
_WHITE = " \t\r\n"


def certainties(content: str, tokens: Sequence[tuple[str, float]]) -> Mapping[Where, float]:
    """The probability of each value in a JSON text, by its path; `()` is that of the first key, the first decision, and
    `WRITTEN` behind a path that of the key before it.

    `tokens` are (text, probability) in order and make up `content`; where they do not, the result is empty.
    """
    if not tokens or "".join(text for text, _ in tokens) != content:
        return {}
    spans = dict(_spans(content, 0, ()))
    found = {where: _product(span, tokens) for where, span in spans.items() if where}
    start = content.find('"') + 1
    end = content.find('"', start)
    return {**found, (): _product((start, end), tokens)} if 0 < start < end else found


def alternatives(
    content: str, tokens: Sequence[tuple[str, float]], others: Sequence[Sequence[tuple[str, float]]]
) -> Mapping[Where, Others]:
    """What else each value in a JSON text could have become, by its path; `()` is the first key.

    `others` are the (text, probability) that could have stood for each of the `tokens`.
    """
    if not tokens or len(tokens) != len(others) or "".join(text for text, _ in tokens) != content:
        return {}
    spans = {where: span for where, span in _spans(content, 0, ()) if where}
    spans[()] = (content.find('"'), content.find('"', content.find('"') + 1))
    return {where: list(_else(content, span, tokens, others)) for where, span in spans.items()}


def _else(
    content: str,
    span: tuple[int, int],
    tokens: Sequence[tuple[str, float]],
    others: Sequence[Sequence[tuple[str, float]]],
) -> Iterator[tuple[str, float]]:
    at = 0
    for (text, _), instead in zip(tokens, others, strict=True):
        if at < span[1] and span[0] < at + len(text):
            before = content[span[0] : at]
            yield from ((f"{before}{other}"[max(0, span[0] - at) :], share) for other, share in instead)
        at += len(text)


def against(value: str, choices: Sequence[object], others: Others, unsaid: str) -> float:
    """How probable it is that another of the choices is meant, or that none was said. What is only written otherwise,
    in the message's own words, speaks for no other."""

    def speaks(text: str) -> bool:
        begun = text.strip().removeprefix('"').lstrip().partition('"')[0]
        names = ["null" if one is None else str(one) for one in choices if one != value]
        is_other = any(name.startswith(begun) for name in names) and not value.startswith(begun)
        return bool(begun) and (begun == unsaid or is_other)

    return sum(share for text, share in others if speaks(text))


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
            before = at - 1
            key, at = json.JSONDecoder().raw_decode(text, at)
            yield (*where, key, WRITTEN), (before, at)
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
