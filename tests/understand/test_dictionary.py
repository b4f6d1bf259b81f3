"""The dictionary: both ways, plain forms, words as long as it has them; and its table as it is made."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.understand.dictionary import meanings, synonyms, translations, words_in
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


def test_a_synonym_is_what_a_translation_is_called_as_well() -> None:
    assert "bean curd" in synonyms("tofu")
    assert "tofu" not in synonyms("tofu")


def test_chinese_words_are_as_long_as_the_dictionary_has_them() -> None:
    assert "黄金周" in words_in("黄金周前我得催")
    assert "黄金" not in words_in("黄金周前我得催")


def test_what_chinese_words_mean_is_told_in_single_words() -> None:
    assert {"freezer", "room"} <= meanings("冷冻库里鱼片还有多少")
    assert "fillet" in meanings("冷冻库里鱼片还有多少")


@given(st.text(max_size=40))
def test_no_text_is_too_odd(text: str) -> None:
    folded = fold(text)
    assert all(word in folded for word in words_in(folded))
    meanings(folded)
    synonyms(folded)
