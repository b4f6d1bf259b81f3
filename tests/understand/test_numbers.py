"""Numbers in words and digits: the value, the range and the unit, and what is no quantity."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nlops.understand.numbers import find_numbers
from nlops.understand.ordinals import find_ordinals


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("last 100 lines", 100, 100, "lines"),
        ("十九斤四两", 194, 194, "两"),
        ("every quarter of an hour", 0.25, 0.25, "hour"),
        ("needs an hr", 1, 1, "hr"),
        ("两欧八", 2.8, 2.8, "欧"),
        ("两小时四十五分", 165, 165, "分"),
        ("一年零三个月", 15, 15, "个月"),
        ("a year and three months", 15, 15, "months"),
        ("2 weeks 3 days", 17, 17, "days"),
        ("two hours and ten minutes", 130, 130, "minutes"),
        ("for the next hour", 1, 1, "hour"),
        ("每分钟跑一次", 1, 1, "分钟"),
        ("1,000 lines", 1000, 1000, "lines"),
        ("2k lines", 2000, 2000, "lines"),
        ("40%", 40, 40, "%"),
        ("1.5 hours", 1.5, 1.5, "hours"),
        ("-5", -5, -5, ""),
        ("12 passengers", 12, 12, "passengers"),
        ("丙酮60kg加到罐里", 60, 60, "kg"),
        ("cap it at 12 km/h", 12, 12, "km"),
        ("the spa at 42 degrees", 42, 42, "degrees"),
        ("four and a half thousand", 4500, 4500, ""),
        ("a dozen and a half", 18, 18, ""),
        ("twelve fifty from now on", 12.5, 1250, "from"),
        ("thirty-five fifty", 35.5, 3550, ""),
        ("five grand", 5000, 5000, ""),
        ("thirty a day", 30, 30, "a"),
        ("half a cubic metre", 0.5, 0.5, "m3"),
        ("降到四成五吧", 4.5, 4.5, "成"),
        ("宽一米八", 1.8, 1.8, "米"),
        ("调到零点一", 0.1, 0.1, ""),
        ("一点五公斤", 1.5, 1.5, "公斤"),
        ("一升半", 1.5, 1.5, "升"),
        ("一公里半", 1.5, 1.5, "公里"),
        ("三块五一碗", 3.5, 3.5, "块"),
        ("六十八一条", 68, 68, "一"),
        ("货值3万5", 35_000, 35_000, ""),
        ("来仨", 3, 3, ""),
        ("卖两板", 2, 2, "板"),
        ("扩到两个g", 2, 2, "个g"),
        ("77 fahrenheit", 77, 77, "fahrenheit"),
        ("0.3 cubic metres", 0.3, 0.3, "m3"),
        ("2 m3", 2, 2, "m3"),
        ("三立方米", 3, 3, "m3"),
        ("twenty-five", 25, 25, ""),
        ("a hundred and fifty", 150, 150, ""),
        ("five hundred and one", 501, 501, ""),
        ("half a hundred lines", 50, 50, "lines"),
        ("a couple of hundred", 200, 200, ""),
        ("a dozen lines", 12, 12, "lines"),
        ("half an hour", 0.5, 0.5, "hour"),
        *(
            ("a whole day", 1, 1, "day"),
            ("two full days", 2, 2, "days"),
            ("锁一整天", 1, 1, "天"),
            ("两整天", 2, 2, "天"),
        ),
        ("ten to fifteen lines", 10, 15, "lines"),
        ("10-15 lines", 10, 15, "lines"),
        ("二十行", 20, 20, "行"),
        ("三十来行", 27, 39, "行"),
        ("十几行", 11, 19, "行"),
        ("二十几个小时", 21, 29, "个小时"),
        ("三五十行", 30, 50, "行"),
        ("两三行", 2, 3, "行"),
        ("一两百", 100, 200, ""),
        ("两百行", 200, 200, "行"),
        ("订两打", 24, 24, ""),
        ("3 打啤酒", 36, 36, ""),
        ("一打", 12, 12, ""),
        ("一星的", 1, 1, "星"),
        ("一百五", 150, 150, ""),
        ("两千三", 2300, 2300, ""),
        ("五百零一行", 501, 501, "行"),
        ("一万行", 10000, 10000, "行"),
        ("半百行", 50, 50, "行"),
        ("半小时", 0.5, 0.5, "小时"),
        ("二〇二", 202, 202, ""),
        ("一百二", 120, 120, ""),
        ("一百二十行", 120, 120, "行"),
        ("一千零五十", 1050, 1050, ""),
        ("两万五", 25000, 25000, ""),
        ("三刻钟", 3, 3, "刻钟"),
        ("一刻钟", 1, 1, "刻钟"),
        ("提前一秒半", 1.5, 1.5, "秒"),
        ("一个半小时", 1.5, 1.5, "小时"),
        ("2个半小时", 2.5, 2.5, "小时"),
        ("一天半", 1.5, 1.5, "天"),
        ("打八折", 8, 8, "折"),
        ("七成", 7, 7, "成"),
        ("百分之四十五", 45, 45, "%"),
        ("百分之20", 20, 20, "%"),
        ("退四分之一", 25, 25, "%"),
        ("退3分之2", 66, 67, "%"),
        ("四分之三小时", 0.75, 0.75, "小时"),
        ("€1.10", 1.1, 1.1, "euro"),
        ("打两份", 2, 2, "份"),
        ("再调十台过去", 10, 10, "台"),
        ("付了一百二十块五毛", 120.5, 120.5, "块"),
        ("20块5", 20.5, 20.5, "块"),
        ("两块八钱", 2.8, 2.8, "块"),
        ("a day and a half", 1.5, 1.5, "day"),
        ("two and a half hours", 2.5, 2.5, "hours"),
        ("three quarters of an hour", 0.75, 0.75, "hour"),
        ("a quarter of an hour", 0.25, 0.25, "hour"),
        ("a couple of hours", 2, 2, "hours"),
        ("two hundred and six", 206, 206, ""),
        ("seven through nine", 7, 9, ""),
        ("来两朵花", 2, 2, "朵"),
        ("十床", 10, 10, "床"),
    ],
)
def test_a_quantity_is_read(text: str, low: float, high: float, unit: str) -> None:
    (number,) = find_numbers(text)
    assert (number.low, number.high, number.unit) == (low, high, unit)


@pytest.mark.parametrize(
    "text",
    [
        "at 3am",
        "三点重启",
        "15:30",
        "今晚十二点",
        "千万别",
        "半半",
        "每天半夜",
        "看一下",
        "a restart",
        "ts1001",
        "万一",
        "at 10 tomorrow",
        "半夜零点一直响",
        "零点三十分",
        "下午一点五十",
        "the grand hall",
    ],
)
def test_clock_times_and_everyday_words_are_no_quantities(text: str) -> None:
    assert find_numbers(text) == ()


def test_two_quantities_stay_two() -> None:
    numbers = find_numbers("3 lines of bob and 5 of alice")
    assert [number.low for number in numbers] == [3, 5]
    assert [number.low for number in find_numbers("boxes five, six and eleven")] == [5, 6, 11]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("over to the sixth", {6}),
        ("第一稿跟第四稿差在哪儿", {1, 4}),
        ("第十 frame", {10}),
        ("the 3rd and the 12th", {3, 12}),
        ("a third of it", set()),
        ("two thirds", set()),
        ("第一时间重启", set()),
        ("in a second", set()),
    ],
)
def test_a_place_in_a_row_is_told_from_a_share(text: str, places: set[int]) -> None:
    assert find_ordinals(text) == places


@example("半半")
@example("半二")
@settings(deadline=None)
@given(st.text(alphabet="0123456789 ,.-kk百千万零一二两三四五六七八九十半来几行点ahundretwyfi%", max_size=30))
def test_any_text_gives_numbers_in_order_and_in_bounds(text: str) -> None:
    """No text raises; what is found lies in the text, in order, without overlaps, its bounds in order."""
    end = 0
    for number in find_numbers(text):
        assert end <= number.start < number.end <= len(text)
        assert number.low <= number.high
        end = number.end


@settings(deadline=None)
@given(st.integers(min_value=0, max_value=99_999))
def test_digits_are_read_as_they_stand(value: int) -> None:
    (number,) = find_numbers(f"show {value} lines")
    assert (number.low, number.high) == (value, value)


@pytest.mark.parametrize("text", ["what about the metro one?", "the south one too", "that one", "照刚才那样再打一批"])
def test_one_that_stands_for_a_thing_is_no_number(text: str) -> None:
    assert find_numbers(text) == ()


@pytest.mark.parametrize("text", ["make it one", "one hour", "just the one hour", "one line of the log"])
def test_one_that_counts_is(text: str) -> None:
    assert [one.low for one in find_numbers(text)] == [1.0]


@pytest.mark.parametrize("text", ["back to the one before", "the one in the hall", "a quarter of the beds"])
def test_which_one_and_a_part_of_things_are_no_quantity(text: str) -> None:
    assert find_numbers(text) == ()
