"""Secrets do not leave."""

import pytest

from nlops.gate.redact import STARS, Redactor


def test_known_secrets_go_wherever_they_stand() -> None:
    """A secret of the configuration is found by its value, the longer one first."""
    clean = Redactor(["hunter2-hunter2", "hunter2", "x"]).clean("a hunter2-hunter2 b hunter2 c x")
    assert clean == f"a {STARS} b {STARS} c x"


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Authorization: Bearer abcdefghijklmnop.qrst", "abcdefghijklmnop"),
        ('{"api_key": "0123456789abcdef"}', "0123456789abcdef"),
        ("password=correct-horse", "correct-horse"),
        ("postgres at https://bot:s3cretpw@db/x", "s3cretpw"),
        ("key sk-abcdefghijklmnopqrstu", "sk-abcdefghijklmnopqrstu"),
    ],
)
def test_shapes_of_secrets_go(text: str, gone: str) -> None:
    """What looks like a secret goes, although nobody configured it."""
    assert gone not in Redactor([]).clean(text) and STARS in Redactor([]).clean(text)


def test_ordinary_lines_stay() -> None:
    """A log line about nothing secret is left as it is."""
    line = "10:00:01 INFO StarterBot Contact<Bob> login, token bucket refilled"
    assert Redactor(["hunter2"]).clean(line) == line
