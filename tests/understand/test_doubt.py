"""How sure a model was of each value, whatever the shape of its JSON and however its tokens fall."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.understand.doubt import WRITTEN, against, alternatives, certainties

ANSWER = '{"now":[{"restart":{"bot":"bob","lines":20}}]}'


def tokens_of(*pieces: tuple[str, float]) -> tuple[tuple[str, float], ...]:
    return pieces


def test_each_value_has_its_own() -> None:
    """The joint probability of the tokens that touch it; `()` is the first key's, before anything else is known."""
    tokens = tokens_of(
        ('{"', 1.0), ("now", 0.9), ('":[{"restart":{"bot":"', 1.0), ("bo", 0.5), ("b", 0.5), ('","lines":', 1.0),
        ("2", 0.8), ("0", 1.0), ("}}]}", 1.0),
    )  # fmt: skip
    found = certainties(ANSWER, tokens)
    assert found[()] == pytest.approx(0.9)
    assert found["now", 0, "restart", "bot"] == pytest.approx(0.25)
    assert found["now", 0, "restart", "lines"] == pytest.approx(0.8)
    assert found["now", 0] == pytest.approx(0.2)


@pytest.mark.parametrize("tokens", [(), (("{", 0.1),), ((ANSWER[:-1], 0.1),), ((ANSWER + " ", 0.1),)])
def test_tokens_that_are_not_the_text_say_nothing(tokens: tuple[tuple[str, float], ...]) -> None:
    """None told, or of another text, as after a stop word: the model counts as sure."""
    assert certainties(ANSWER, tokens) == {}


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=10,
)


def paths(value: object, where: tuple[str | int, ...] = ()) -> dict[tuple[str | int, ...], object]:
    """Every value below, by its path."""
    pairs: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {where: value} if where else {}
    for key, inner in pairs:
        found |= paths(inner, (*where, key))
    return found


@settings(deadline=None, max_examples=60)
@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans(), st.data())
def test_on_any_json_each_span_is_its_value(
    value: object, indent: int | str | None, ascii_only: bool, data: st.DataObject
) -> None:
    """Whatever the nesting, white space and escapes: a path for each value, and a doubt of one character of it is a
    doubt of that value and of all that hold it, and of no other."""
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    found = certainties(text, tuple((char, 1.0) for char in text))
    values = {where for where in found if where and where[-1] != WRITTEN}
    assert values == set(paths(value))
    keys = {where[:-1] for where in found if where and where[-1] == WRITTEN}
    assert keys == {where for where in values if isinstance(where[-1], str)}
    if not paths(value):
        return
    doubtful = data.draw(st.sampled_from(sorted(paths(value), key=repr)))
    probabilities = {}
    for at, _ in enumerate(text):
        tokens = tuple((char, 0.5 if here == at else 1.0) for here, char in enumerate(text))
        found = certainties(text, tokens)
        touched = {where for where in values if found[where] < 1}
        if doubtful in touched:
            probabilities[at] = touched
    start, end = min(probabilities), max(probabilities) + 1
    assert sorted(probabilities) == list(range(start, end))
    assert json.loads(text[start:end]) == paths(value)[doubtful]
    for touched in probabilities.values():
        assert all(doubtful[: len(where)] == where or where[: len(doubtful)] == doubtful for where in touched)


@settings(deadline=None)
@given(st.lists(st.integers(1, 7), min_size=1, max_size=40), st.floats(0.01, 1.0))
def test_where_tokens_are_cut_does_not_matter(cuts: list[int], probability: float) -> None:
    """However many characters a token has, every value's product is that of the tokens over it."""
    tokens: list[tuple[str, float]] = []
    at = 0
    while at < len(ANSWER):
        size = cuts[len(tokens) % len(cuts)]
        tokens.append((ANSWER[at : at + size], probability))
        at += size
    found = certainties(ANSWER, tuple(tokens))
    starts = [sum(len(text) for text, _ in tokens[:n]) for n in range(len(tokens))]
    start, end = ANSWER.index('"bob"'), ANSWER.index('"bob"') + 5
    count = sum(1 for n, (text, _) in zip(starts, tokens, strict=True) if n < end and start < n + len(text))
    assert found["now", 0, "restart", "bot"] == pytest.approx(math.pow(probability, count))


# ---- what else it could have been

TOKENS = (
    ('{"', 1.0), ("now", 0.9), ('":[{"restart":{"bot":"', 1.0), ("bo", 0.5), ("b", 0.5), ('","lines":', 1.0),
    ("20", 0.8), ("}}]}", 1.0),
)  # fmt: skip
ELSE = ((), (("none", 0.1),), (), (("al", 0.3), ("?", 0.1)), (("ris", 0.2),), (), (("2", 0.1),), ())


def test_what_else_a_value_could_have_become_is_told_as_far_as_it_was_written() -> None:
    """The other token behind what stood before it; for the first key, the other decisions."""
    found = alternatives(ANSWER, TOKENS, ELSE)
    assert found[()] == [('"none', 0.1)]
    assert found["now", 0, "restart", "bot"] == [('"al', 0.3), ('"?', 0.1), ('"boris', 0.2)]
    assert found["now", 0, "restart", "lines"] == [("2", 0.1)]


@pytest.mark.parametrize(("tokens", "others"), [((), ()), (TOKENS, ELSE[:-1]), (TOKENS[:-1], ELSE[:-1])])
def test_alternatives_of_another_text_say_nothing(tokens: Any, others: Any) -> None:
    assert alternatives(ANSWER, tokens, others) == {}


@pytest.mark.parametrize(
    ("other", "counts"),
    [('"al', True), ('"?', True), (' "ali', True), ('"nul', True), ('"bo', False), ('"robert', False), ('"', False),
     ('"bob"', False), ('"鲍', False)],
)  # fmt: skip
def test_only_another_choice_or_none_speaks_against_one(other: str, counts: bool) -> None:
    """The beginning of another, or that nothing was said; not the same, and not the message's own word for it."""
    assert against("bob", ["alice", "bob", None], [(other, 0.25)], "?") == (0.25 if counts else 0.0)


def test_how_sure_it_was_to_write_a_key() -> None:
    """All that stands between the value before it and its own."""
    text = '{"a":1,"b":[2]}'
    tokens = [('{"a"', 0.9), (":1", 1.0), (',"', 0.5), ("b", 0.8), ('":', 1.0), ("[2]}", 0.7)]
    found = certainties(text, tokens)
    assert found[("a", WRITTEN)] == pytest.approx(0.9)
    assert found[("b", WRITTEN)] == pytest.approx(0.4)
    assert found[("b",)] == pytest.approx(0.7)
