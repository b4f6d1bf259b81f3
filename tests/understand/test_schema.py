"""A tool's arguments, read from any JSON Schema."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.tools import Catalogue, JsonObject
from nlops.understand.schema import Argument, Kind, arguments_of
from tests.understand.saying import FOUR
from tests.understand.shop import tool


def argument(schema: JsonObject) -> Argument:
    spec = tool("t", "T.", {"value": schema}, ())
    (one,) = arguments_of(spec, Catalogue((spec,)))
    return one


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"type": "integer"}, "integer"),
        ({"type": ["null", "number"]}, "number"),
        ({"type": "string"}, "text"),
        ({"type": "string", "enum": ["a"]}, "choice"),
        ({"enum": [1, 2]}, "choice"),
        ({"type": "array", "items": {"type": "string"}}, "list"),
        ({"type": "array", "items": {"enum": ["a"]}}, "list"),
        ({"type": "boolean"}, "boolean"),
        ({"type": "string", "format": "bot"}, "bot"),
        ({"type": "object"}, "other"),
        ({}, "other"),
    ],
)
def test_the_kind_is_that_of_the_type(schema: JsonObject, kind: Kind) -> None:
    assert argument(schema).kind == kind


def test_what_else_is_read() -> None:
    """Title, null, default, choices without null or of the items; bots' names as a bot's choices."""
    one = argument({"type": ["string", "null"], "enum": ["a", "b", None], "default": "a", "title": "Which"})
    assert (one.title, one.nullable, one.default, one.choices) == ("Which", True, "a", ("a", "b"))
    assert argument({"type": "array", "items": {"enum": ["x", "y"]}}).choices == ("x", "y")
    tail_logs = FOUR.get("tail_logs")
    assert tail_logs is not None
    bot, lines = arguments_of(tail_logs, FOUR)
    assert bot.choices == ("alice", "bob", "archy") and bot.required and not lines.required


@pytest.mark.parametrize("name", ["amountCents", "amount_cents", "amount-cents", "AmountCents"])
def test_a_name_of_code_is_words(name: str) -> None:
    """Whatever the style it is written in; people are shown the words."""
    spec = tool("t", "T.", {name: {"type": "integer"}}, ())
    (one,) = arguments_of(spec, Catalogue((spec,)))
    assert (one.name, one.words, one.title) == (name, "amount cents", "amount cents")


def test_why_a_value_is_refused_is_said() -> None:
    lines = argument({"type": "integer", "maximum": 5})
    assert lines.why_not(5) is None
    assert lines.why_not(6) == "maximum 5" and lines.why_not("6") == "type integer"


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(["type", "enum", "items", "title", "description", "format"]), ODD))
def test_no_schema_breaks_the_reading(schema: JsonObject) -> None:
    """A definition is checked when it is loaded; what is read here does not rely on it."""
    assert argument(schema).name == "value"
