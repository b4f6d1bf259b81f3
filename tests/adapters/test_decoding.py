"""Answers decoded in jumps: what is forced is not asked, and of what is allowed the most probable is taken."""

import json
import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.adapters.embedded.decoding import Answer, Decoder, Step, Token, UnusableSchemaError
from nlops.adapters.embedded.endpoint import completion
from nlops.domain.tools import Catalogue
from nlops.understand.answer import answer_schema, write_answer, write_call
from tests.support import make_config, shipped_catalogue
from tests.understand.shop import BOTS

CATALOGUE = Catalogue(shipped_catalogue(make_config()).tools, BOTS)
SCHEMA = answer_schema(CATALOGUE)
CONTROL = Token(1, b"", -0.1)
QUOTED = {"type": "string"}


class Writer:
    """An engine that wants to write one text, in pieces of letters, digits and marks; `before` are tokens that it finds
    more probable each time. `asked` is how many tokens it chose."""

    def __init__(self, text: str, before: Sequence[Token] = ()) -> None:
        self.text, self.before, self.asked = text.encode(), tuple(before), 0
        self._known: list[bytes] = [b"", b""]

    def tokenize(self, text: str) -> list[Token]:
        return [self._token(piece.encode(), 0.0) for piece in re.findall(r"_?[A-Za-z]+|\d|[^A-Za-z\d]+", text)]

    def next_tokens(self, prompt: Sequence[int], count: int) -> list[Token]:
        written = b"".join(self._known[one] for one in prompt)
        assert self.text.startswith(written)
        rest = self.text[len(written) :]
        found = re.match(rb'[A-Za-z]+|\d|"?[^A-Za-z\d"]+"?|"', rest)
        assert found is not None
        self.asked += 1
        return [*self.before, self._token(found[0], -0.5)][:count]

    def _token(self, text: bytes, logprob: float) -> Token:
        if text not in self._known:
            self._known.append(text)
        return Token(self._known.index(text), text, logprob)


def decode(writer: Writer, schema: Mapping[str, object], most: int = 400) -> Answer:
    return Decoder(writer).answer((), schema, most, 5, lambda: True)


def text_of(answer: Answer) -> str:
    return b"".join(step.token.text for step in answer.steps).decode()


def test_only_choices_are_asked() -> None:
    """Of a whole answer: the mood, the tool's first letters, each value, and what comes after a value."""
    tail_logs = CATALOGUE.get("tail_logs")
    assert tail_logs is not None
    written = write_answer({"now": [write_call(tail_logs, {"bot": "bob", "lines": 20}, CATALOGUE)]})
    writer = Writer(written)
    answer = decode(writer, SCHEMA)
    assert answer.is_whole and text_of(answer) == written
    forced = [step.token.text.decode() for step in answer.steps if step.token.logprob == 0.0]
    assert "".join(forced) == '{"":[{"_logs":{"bot":"lines'
    assert writer.asked == len(answer.steps) - len(forced)


CHARACTERS = st.characters(exclude_categories=("Cc", "Cs"))  # control characters are escaped in one way of several
TEXTS = st.text(CHARACTERS, max_size=8).filter(lambda text: not re.match(r"\?[\]}]", text))
NAMES = st.from_regex(r"[a-z]{1,4}(_[a-z]{1,4}){0,2}", fullmatch=True)


@given(st.dictionaries(NAMES, TEXTS, min_size=1, max_size=4))
def test_whatever_the_schema_allows_comes_out_as_the_engine_wants_it(values: dict[str, str]) -> None:
    """Names that begin alike, and any characters."""
    written = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    schema = {"type": "object", "properties": dict.fromkeys(values, QUOTED), "required": list(values)}
    writer = Bytewise(written)
    answer = decode(writer, {**schema, "additionalProperties": False})
    assert answer.is_whole and text_of(answer) == written


class Bytewise(Writer):
    """One that chooses bytes."""

    def next_tokens(self, prompt: Sequence[int], count: int) -> list[Token]:
        written = b"".join(self._known[one] for one in prompt)
        assert self.text.startswith(written)
        return [self._token(self.text[len(written) :][:1], -0.5)]


def test_what_is_not_allowed_is_passed_over_however_probable() -> None:
    """A control token, a word that no key begins with, blanks; also where more than were asked for come before it."""
    nonsense = [CONTROL, Token(902, b"sorry", -0.2), Token(903, b" ", -0.3)]
    answer = decode(Writer('{"none":"chat"}', nonsense), SCHEMA)
    assert text_of(answer) == '{"none":"chat"}'
    chosen = next(step for step in answer.steps if step.others)
    assert chosen.token.text == b"none" and [other.text for other in chosen.others] == [b"", b"sorry", b" "]
    assert text_of(decode(Writer('{"none":"chat"}', nonsense * 3), SCHEMA)) == '{"none":"chat"}'


def test_what_was_not_said_ends_with_its_quote() -> None:
    """However much the model would rather close the whole answer, and no other value is touched."""
    written = '{"now":[{"restart":{"bot":"?"}}]}'
    brackets = [Token(904, b"?}}", -0.1), Token(905, b"?]", -0.2)]
    assert text_of(decode(Writer(written, brackets), SCHEMA)) == written
    for value in ("? {x}", "{x}]", "what?]"):
        assert text_of(decode(Bytewise(json.dumps(value)), QUOTED)) == json.dumps(value)


def test_an_answer_is_cut_off_where_it_is_too_long_or_nobody_waits() -> None:
    endless = Writer('"' + "a1" * 50 + '"')
    cut = decode(endless, QUOTED, most=7)
    assert not cut.is_whole and len(cut.steps) == 7
    waits = iter([True, True, False])
    left = Decoder(Writer('"a1a1"')).answer((), QUOTED, 200, 5, lambda: next(waits))
    assert not left.is_whole and len(left.steps) < 5


def test_a_schema_that_allows_nothing_is_an_error() -> None:
    with pytest.raises(UnusableSchemaError):
        decode(Writer("1"), {"allOf": [{"type": "string"}, {"type": "integer"}]})
    with pytest.raises(UnusableSchemaError, match="no token"):
        decode(Writer('{"sorry"'), SCHEMA)


def test_characters_that_take_several_tokens_are_told_as_one() -> None:
    """As the client reads it: the tokens make up the content, and a joined one has the product of the probabilities."""
    parts = [Token(5, "龘".encode()[:2], -0.25), Token(6, "龘".encode()[2:], -0.5)]
    steps = [Step(Token(4, b'"')), *(Step(part, [CONTROL]) for part in parts), Step(Token(4, b'"'))]
    choice = choice_of(Answer(steps, is_whole=True))
    tokens = [(one["token"], one["logprob"]) for one in choice["logprobs"]["content"]]
    assert "".join(token for token, _ in tokens) == choice["message"]["content"] == '"龘"'
    assert math.isclose(tokens[1][1], -0.75) and choice["finish_reason"] == "stop"
    torn = choice_of(Answer(steps[:2], is_whole=False))
    assert torn["finish_reason"] == "length" and len(torn["logprobs"]["content"]) == 2


def choice_of(answer: Answer) -> Any:
    return json.loads(json.dumps(completion("m", answer, 10, has_logprobs=True)))["choices"][0]
