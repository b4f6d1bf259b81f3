"""The service's log: one record is one line, secrets are gone, and nothing in it is raw that a stranger wrote."""

import logging
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlops.cli.logs import SafeFormatter, safe_hook
from nlops.gate.escape import escape, escape_lines
from nlops.gate.redact import STARS, Redactor

# The machine may be busy: how long an example takes says nothing.
BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
SECRET = "the-api-key-of-tests-42"
FORMATTER = SafeFormatter(Redactor([SECRET]))


def line(text: str, *args: object, error: BaseException | None = None) -> str:
    where = (type(error), error, error.__traceback__) if error is not None else None
    return FORMATTER.format(logging.LogRecord("nlops", logging.INFO, __file__, 1, text, args, where))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hi\n2025-01-01T00:00:00Z INFO confirm ok by=admin", "hi\\n2025-01-01T00:00:00Z INFO confirm ok by=admin"),
        ("\u001b[2J\u001b[1;1H[audit] all clear \u202eyrtne", "[audit] all clear \\u202eyrtne"),
        ("a\rb\x00c\x07d\x85e\u2028f\u200bg", "a\\rb\\x00c\\x07d\\x85e\\u2028f\\u200bg"),
        ("魏 👨‍👩‍👧 é ok", "魏 👨‍👩‍👧 é ok"),
    ],
)
def test_a_record_is_one_line(text: str, shown: str) -> None:
    """A27, A28: line breaks, cursor movements and marks of direction are shown, not done; letters and emoji stay."""
    assert line(text).endswith(f" INFO nlops: {shown}")
    assert line("%s", text).endswith(f" INFO nlops: {shown}")


def test_a_traceback_is_marked_and_clean() -> None:
    """Its lines cannot be taken for records, whatever its message holds; a secret in it is gone."""
    try:
        raise ValueError(f"no\n2026-01-01 00:00:00 INFO nlops: ran restart: ok {SECRET}")
    except ValueError as error:
        shown = line("failed", error=error)
    first, *rest = shown.split("\n")
    assert first.endswith("failed") and rest and all(one.startswith("  | ") for one in rest)
    assert SECRET not in shown and STARS in shown


def test_an_error_that_ends_the_process(capsys: pytest.CaptureFixture[str]) -> None:
    """What Python itself prints then is cleaned too."""
    try:
        raise ExceptionGroup("many", [RuntimeError(f"token {SECRET}"), OSError("x\x1b[2J")])
    except ExceptionGroup as error:
        safe_hook(Redactor([SECRET]))(type(error), error, error.__traceback__)
    shown = capsys.readouterr().err
    assert "RuntimeError" in shown and SECRET not in shown and "\x1b" not in shown
    assert sys.excepthook is not None


@given(st.text(st.characters(codec=None), max_size=80))
@settings(BUSY)
def test_any_text_is_one_line(text: str) -> None:
    """Whatever was written: one line, that a terminal and a file can take."""
    for shown in (escape(text), line("%s", text)):
        shown.encode()
        assert len(shown.splitlines()) <= 1
        assert not set(shown) & set("\x1b\x9b\u202a\u202e\u2066\u2069\r\n\x00")
    assert len(escape_lines(text).split("\n")) == text.count("\n") + 1
