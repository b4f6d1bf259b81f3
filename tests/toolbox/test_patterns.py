"""Patterns: what is refused, and what is known of what they admit."""

# ruff: noqa: E501  tables

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.toolbox.patterns import fault_of, longest, matcher, may_begin_with_dash


@pytest.mark.parametrize(
    ("pattern", "dash", "most"),
    [
        ("^[a-z]+$", False, None), ("^[A-Z]{2}-[0-9]{2}$", False, 5), ("^-?[0-9]{1,3}$", True, 4), ("[0-9]{1,3}", True, None),
        ("^(?:a|-b)$", True, 2), ("^a$|b", True, None), ("(^a$)", False, 1), ("^[^-].{0,9}$", False, 10), ("^.{1,40}$", True, 40),
        ("^\\S+$", True, None), ("^\\w{1,9}$", False, 9), ("^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", False, None),
        ("^(?:[0-9]{1,3}\\.){3}[0-9]{1,3}$", False, 15), ("^[+-9]$", True, 1), ("^a?-", True, None), ("^\\W", True, None),
        ("^$", False, 0), ("^(a|b){0,3}-x$", True, 5),
    ],
)  # fmt: skip
def test_what_a_pattern_admits(pattern: str, dash: bool, most: int | None) -> None:
    """Whether a text may begin with a dash, and how long it can be."""
    assert fault_of(pattern) is None
    assert (may_begin_with_dash(pattern), longest(pattern)) == (dash, most)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(a|b|ab)*$", "^(ab?b?)*$", "^(\\w+\\s?)*$", "^(a*)*$", "^(x+x+)+y$", "^(a?){40}$", "^(.*a){20}$"],
)  # fmt: skip
def test_bombs_are_refused(pattern: str) -> None:
    """What makes a backtracking engine take exponential time."""
    assert "exponential" in (fault_of(pattern) or "")


@pytest.mark.parametrize(
    "pattern",
    ["^([a-z]+\\.)*[a-z]+$", "^[a-z]+(?:[ ,][a-z]+)*$", "^(ab|ac)+$", "^([0-9]+(-[0-9]+)?,)*$", "^(([a-z]+)(,[a-z]+)*;)+$"],
)  # fmt: skip
def test_honest_repetitions_are_taken(pattern: str) -> None:
    """Lists with separators."""
    assert fault_of(pattern) is None


@settings(max_examples=300)
@given(
    pattern=st.from_regex(r"\A\^(\[[a-c-]{1,2}\]|[abc]|\(\?:a\|[b-]\)|-|b\?|[ac]{1,2}\*){1,4}\$?\Z"),
    text=st.text("abc-", max_size=5),
)
def test_what_is_known_holds(pattern: str, text: str) -> None:
    """No text that a pattern admits begins with a dash, or is longer, where it was said that none does."""
    if fault_of(pattern) is not None or not re.search(pattern, text):
        return
    assert matcher(pattern)(text)
    assert not text.startswith("-") or may_begin_with_dash(pattern)
    most = longest(pattern)
    assert most is None or len(text) <= most
