"""Arguments into argument lists: whole items, no shell, no flags by the back door."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.tools import Catalogue, ToolCall
from nlops.toolbox.arguments import check_call, with_defaults
from nlops.toolbox.command import build_argv
from nlops.toolbox.template import RefusedArgument
from tests.support import make_config, shipped_catalogue


@given(st.text())
def test_any_text_is_one_argument_or_refused(value: str) -> None:
    """Whatever a value holds (spaces, quotes, semicolons), it stays one whole item, and never becomes a flag."""
    try:
        argv = build_argv(("echo", "--", "{x}", "pre-{x}"), {"x": value})
    except RefusedArgument:
        assert value.startswith("-") or "\0" in value
    else:
        assert argv == ["echo", "--", value, f"pre-{value}"] and not value.startswith("-")


def test_absent_optional_leaves_its_item_out() -> None:
    """An item whose argument is not there (or null) is not there either."""
    assert build_argv(("tail", "-n", "{n}", "{m}"), {"n": 20.0, "m": None}) == ["tail", "-n", "20"]


def test_values_render_as_people_write_them() -> None:
    """Booleans, whole floats and lists."""
    assert build_argv(("x", "{a}", "{b}", "{c}"), {"a": True, "b": 2.5, "c": ["p", 1]}) == ["x", "true", "2.5", "p,1"]


def test_a_value_is_not_a_template() -> None:
    """Braces in a value are letters."""
    assert build_argv(("x", "{a}", "{b}"), {"a": "{b}", "b": "{a}"}) == ["x", "{b}", "{a}"]


@pytest.fixture
def catalogue() -> Catalogue:
    return shipped_catalogue(make_config())


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("restart", {}),
        ("restart", {"bot": "carol"}),
        ("restart", {"bot": "鲍勃"}),
        ("restart", {"bot": "bob", "force": True}),
        ("tail_logs", {"bot": "bob", "lines": True}),
        ("tail_logs", {"bot": "bob", "lines": 501}),
        ("tail_logs", {"bot": "bob", "lines": "20"}),
        ("rm", {}),
    ],
)
def test_bad_calls_are_refused(catalogue: Catalogue, tool: str, arguments: dict[str, object]) -> None:
    """A missing, unknown, extra or mistyped argument, a bool for a number, a tool that does not exist."""
    assert check_call(ToolCall(tool, arguments), catalogue)


def test_good_call_and_its_defaults(catalogue: Catalogue) -> None:
    """A good call passes; what runs has the defaults filled in."""
    call = ToolCall("tail_logs", {"bot": "bob"})
    tool = catalogue.get("tail_logs")
    assert tool and check_call(call, catalogue) is None
    assert with_defaults(call, tool) == {"bot": "bob", "lines": 50}
    assert tool and list(with_defaults(ToolCall("tail_logs", {"lines": 5, "bot": "bob"}), tool)) == ["bot", "lines"]
