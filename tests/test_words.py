"""Durations, as the bot says them in both languages."""

import pytest

from nlops.domain.words import duration


@pytest.mark.parametrize(
    ("seconds", "en", "zh"),
    [
        (-5, "0 s", "0 秒"),
        (90.4, "90 s", "90 秒"),
        (150, "2 min", "2 分钟"),
        (7000, "117 min", "117 分钟"),
        (7300, "2 h", "2 小时"),
        (200_000, "2 d", "2 天"),
    ],
)
def test_a_duration_is_in_the_largest_unit_that_says_enough(seconds: float, en: str, zh: str) -> None:
    assert (duration(seconds).say("en"), duration(seconds).say("zh")) == (en, zh)
