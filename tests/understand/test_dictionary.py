"""The dictionary: both ways, and plain forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.understand.dictionary import translations
from nlops.understand.fold import fold


@pytest.mark.parametrize(
    ("phrase", "word"),
    [
        ("tofu", "豆腐"),
        ("豆腐", "bean curd"),
        ("europe", "欧洲"),
        ("expired", "过期"),
        ("restarting", "重启"),
        ("butchers", "屠户"),
    ],
)
def test_a_word_is_found_in_either_language(phrase: str, word: str) -> None:
    assert word in translations(phrase)


def test_the_first_and_the_last_line_are_found_and_nothing_between_two() -> None:
    assert translations("zebra")
    assert translations("龟")
    assert not translations("")
    assert not translations("tofux")
    assert not translations("豆腐豆腐")


@given(st.text(max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    assert text not in translations(fold(text))
