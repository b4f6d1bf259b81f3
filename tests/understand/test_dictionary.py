"""The dictionary: both ways, and plain forms."""

import pytest

from nlops.understand.dictionary import translations


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


@pytest.mark.parametrize("phrase", ["豆腐", "欧洲", "重启", "过期", "龟", "大豆", "一"])
def test_what_is_found_in_one_direction_is_found_in_the_other(phrase: str) -> None:
    assert translations(phrase)
    assert all(phrase in translations(word) for word in translations(phrase))
