"""Messages as they are said into a phone: what is only a sound, dates and ids in figures, orders put as questions."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.understand.dictated import tidied, without_sounds
from nlops.understand.second_thoughts import put_right


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("um restart bob uh please", "restart bob please"),
        ("那个 嗯 帮我看一下鲍勃", "帮我看一下鲍勃"),
        ("呃重启鲍勃", "重启鲍勃"),
        ("tell them: um, we open at nine", "tell them: um, we open at nine"),
        ("发通知：呃，明天休息", "发通知：呃，明天休息"),
        ("umbrella stock please", "umbrella stock please"),
    ],
)
def test_a_sound_is_no_word(text: str, due: str) -> None:
    """Neither is it taken out of a word, nor out of a text that is passed on."""
    assert " ".join(without_sounds(text).split()) == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("where is p l t dash oh oh four seven one nine", "where is plt-004719"),
        ("truck rf three oh two is warm", "truck rf302 is warm"),
        ("把r f幺零七调低", "把rf107调低"),
        ("plt杠二二零一四七扣住", "plt-220147扣住"),
        ("K seventy seven oh one", "K7701"),
        ("alarms one two four oh seven please", "alarms 12407 please"),
        ("on the fifth of may twenty twenty six, twenty cubes", "on the fifth of may 2026, twenty cubes"),
        ("二零二六年六月十八号浇筑", "2026年6月18号浇筑"),
        ("C三十，三十方", "C30，三十方"),
        ("zone c twenty five minutes", "zone c twenty five minutes"),
        ("restart bob in two or three minutes", "restart bob in two or three minutes"),
        ("log bob 二三十行", "log bob 二三十行"),
    ],
)
def test_dates_and_ids_are_in_figures(text: str, due: str) -> None:
    """What is a number of its own stays a number."""
    assert tidied(text) == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("可以把鲍勃重启一下吗", "把鲍勃重启一下"),
        ("就不能把大厅的灯关一下吗 开了一夜了", "把大厅的灯关一下 开了一夜了"),
        ("能不能重启", "能不能重启"),
    ],
)
def test_an_order_may_be_put_as_a_question(text: str, due: str) -> None:
    assert tidied(text) == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("open gate two no wait gate three please", "open gate three please"),
        ("restart alice no wait restart bob", "restart bob"),
        ("send the masonry lads no not masonry the scaffold lads", "send the scaffold lads"),
        ("20 lines, no sorry 30 lines", "30 lines"),
        ("nineteen yuan ninety i mean seventeen yuan ninety", "seventeen yuan ninety"),
        ("五号门打开 不对 六号门", "六号门打开"),
        ("开到晚上八点 不是 八点半", "开到晚上八点半"),
        ("五点四十啊不五点五十", "五点五十"),
        ("调到零下二十二度 不对 零下二十五度", "调到零下二十五度"),
        ("发三百张不对发五百张", "发五百张"),
        ("这两单给小马吧不是不是给大彬", "这两单给大彬"),
        ("don't shut twelve, I mean shut eleven", "don't shut twelve, I mean shut eleven"),
        ("口感不对，隔离B7", "口感不对，隔离B7"),
        ("人数不对，八位", "人数不对，八位"),
        ("tell them: gate two no wait gate three", "tell them: gate two no wait gate three"),
        ('post "gate two no wait gate three"', 'post "gate two no wait gate three"'),
    ],
)
def test_a_second_thought_stands_for_the_first(text: str, due: str) -> None:
    """Where it plainly says the same thing again; else both stay."""
    assert " ".join(put_right(text).split()) == due


@given(st.text(max_size=80))
def test_no_text_is_too_odd(text: str) -> None:
    """Something is left of every text that says anything."""
    plain = without_sounds(put_right(tidied(text)))
    assert bool(plain.strip()) or not text.strip() or not any(map(str.isalnum, text))


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("set 1006 to 24.. no wait 1009", "set 1009 to 24"),
        ("1405空调24度 不对 是1406", "1406空调24度"),
        ("BK118840取消 哦打错了是BK118804", "BK118804取消"),
        ("give them 500 no wait 600 units", "give them 600 units"),
        ("on 2026-03-05 no wait 2026-03-06", "on 2026-03-06"),
        ("open D14 no wait R2203", "open D14 no wait R2203"),
    ],
)
def test_an_id_takes_the_place_of_one_of_its_shape(text: str, due: str) -> None:
    assert put_right(text).strip(" ,，") == due


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("奔驰送修，大众改备用，啊说反了，大众送修，奔驰备用", "大众送修，奔驰备用"),
        ("bob off, alice on, no wait other way round: alice off, bob on", "alice off, bob on"),
        # nothing is said once more
        ("bob off, alice on, wait, other way round", "bob off, alice on, wait, other way round"),
        ("turn the sign the other way round", "turn the sign the other way round"),
    ],
)
def test_what_was_said_the_wrong_way_round_is_said_once_more(text: str, due: str) -> None:
    assert put_right(text).strip(" ,，") == due
