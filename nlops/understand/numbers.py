"""Numbers that a text says, in digits and in words, English and Chinese, each with the unit that follows it.

A number may be a range ("ten to fifteen", 「三五十行」); then `low` and `high` differ. Clock times ("3am", 「三点」,
15:30) and dates are no quantities and are left out. What is vague (「几十」, "some") is left out too.
"""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlops.understand.dates import dates_with_spans
from nlops.understand.fold import is_cjk
from nlops.understand.numerals import HAN, ONES, PARTS, SCALES, TENS, WORDS, english_value, han_or_digits, han_value

_DIGITS = r"(?<![a-z0-9_.\-])[-−]?\d{1,3}(?:,\d{3})+(?![\d])|(?<![a-z0-9_.])(?!(?<=[a-z]-)0\d)[-−]?\d+(?:\.\d+)?"
_DIGIT_NUMBER = re.compile(
    rf"(?P<n>{_DIGITS})(?:\s?(?P<scale>k(?![a-z])|[百千万](?!万))(?P<more>(?<=[百千万])[1-9](?![\d.]))?)?"
)
# "5min" has a unit; what has more letters than a unit is part of a name.
_PART_OF_A_WORD = re.compile(r"(?=[a-z])(?![a-z]{1,8}(?![a-z0-9_]))")
_ENGLISH_WORD = "|".join(sorted((*WORDS, *SCALES, *PARTS), key=len, reverse=True))
# "two hundred and six", "two and a half"; "two and three" are two numbers.
_AND = r"(?:(?<=hundred )|(?<=thousand )|(?<=million )|(?<=dozen ))and\s+|and\s+(?=(?:a\s+)?(?:half|quarter)\b)"
_ENGLISH = re.compile(
    rf"(?<![a-z])(?:{_ENGLISH_WORD})(?:(?:[\s-]+(?:{_AND}|of\s+|a\s+)*)(?:{_ENGLISH_WORD})(?![a-z]))*(?![a-z])"
)
_ARTICLE_BEHIND = re.compile(r"(?<=[a-z])(?<!half)(?<!\bof)(?<!\band)\s+an?$")
_ONES_OF, _TENS_OF = "|".join(ONES.split()[1:10]), "|".join(TENS.split())
_PRICE = re.compile(
    rf"({'|'.join(ONES.split()[1:])}|(?:{_TENS_OF})-(?:{_ONES_OF})) ((?:{_TENS_OF})(?:[ -](?:{_ONES_OF}))?)"
)
# 「六十八一条」: so much is one of them
_EACH = re.compile("(?<=[十百千万])([一二两三四五六七八九])一(?=[^零〇一二两三四五六七八九十百千万亿点\\s])")
_LIANG = re.compile("(?<=斤)([一二三四五六七八九])两")  # a tenth of it
_HAN_NUMBER = re.compile("[零〇一二两俩仨三四五六七八九十百千万亿半]+")
# A unit is the Latin word or the Chinese measure that stands right after the number; a few fillers may lie between.
_UNIT = re.compile(
    r"[-\s]*(?:(?:来|多|几|整(?=[天个年月周])|左右|ish|odd|more|whole|full|entire|solid|last|latest|or so|of(?=\s)|°"
    r"|degrees?\s(?=[fc]\b|fahr|cels))\s*)?"
    r"(?P<unit>%|m3(?![a-z0-9])|cubic\s+met(?:re|er)s?|[a-z]+|华氏|摄氏|个g|个?立方米?|个?(?:小时|钟头|钟(?![头点表声])|星期|礼拜|月|百分点)|分钟|刻钟|毫秒|兆瓦|千瓦|千米|公里|厘米|毫米|公分|公斤|千克|毫克|毫升|百分|(?!到|至|或|和|的|方[面式案向便法])[\u4e00-\u9fff])?"
)
# "the metro one", "that one too" count nothing.
_PRONOUN = re.compile(r"\b(?:the|this|that|which|other|another|last|first)\s+(?:[a-z]+\s+){0,2}one$")
_NO_UNIT = re.compile(
    r"\s*(?:[^\s\w]|$|(?:too|also|as|please|again|instead|for|to|is|was|and|now|i|we"
    r"|before|after|above|below|with|that|which|in|on|at|from|who)\b)"
)
_AND_A_PART = re.compile(r"\s+[a-z]+\s+and\s+(?:a\s+|(?P<three>three\s+))(?P<part>half|(?(three)quarters|quarter))\b")
# "tonne and a half of toms"
_UNIT_AND_A_PART = re.compile(
    r"(?:(?<![a-z] )|(?<=next )|(?<=past )|(?<=last ))(?<![\d] )"
    r"\b(?P<unit>hour|day|week|month|ton|tonne|kilo|gram|lit(?:re|er)|met(?:re|er))"
    r"\s+and\s+a\s+(?P<part>half|quarter)\b"
)
# "in the past hour", "since this time yesterday"
_THE_LAST = re.compile(
    r"\b(?:(?:the|this)\s+(?:past|last|previous|next|coming)\s+(?P<unit>hour)|(?:over|in|for|during|within)\s+the\s+(?:past|last)\s+(?P<unit2>day|week))\b(?!\s+and\b)"
)
_A_DAY_AGO = re.compile(
    r"\bthis\s+time\s+yesterday\b|\byesterday\s+(?:at\s+)?(?:this|the\s+same)\s+time\b|昨天这个?时[候间]|昨天这会|一昼夜"
)
# "3 and a half hours", "three quarters of an hour"
_MIXED = re.compile(r"(?<![\w.])(?P<n>\d+)\s+and\s+a\s+half\b")
_FRACTION = re.compile(
    r"\b(?:(?P<n>\d|one|two|three)[\s-]+)?(?P<part>quarter|third)s?\s+of\s+(?:an?\s+|the\s+)?(?P<unit>[a-z]+)"
)
_MEASURE_AND_HALF = re.compile(
    r"(?:个|度|天|块|年|周|公?里|米|方|倍|升|碗|瓶|分钟?|秒钟?|公?斤|吨|小时|钟头)半"
)  # 「六度半」,「三天半」
_HALF_OF_ANOTHER = re.compile(r"[夜价年月天个]|小时|钟头|星期|礼拜")  # 「3天半夜」, 「2个半小时」
_HALF_AND_UNIT = re.compile(
    r"(?P<n>\d+|[一二两三四五六七八九十])个半(?P<unit>小时|钟头|月|星期|礼拜)"
)  # 「一个半小时」
_EVERY = re.compile(
    r"每(?P<unit>分钟|小时)(?=[^\d一二两三四五六七八九十,，]{0,3}(?:一次|$|[,，。]))"
)  # 「每分钟抓一次」
_HAN_FRACTION = re.compile(r"(?P<of>[二三四五六七八九十]|[2-9]|10)分之(?P<n>[一二两三四五六七八九]|[1-9])")
# 「四成五」, 「一米八」, 「零点一」, 「一点五倍」: a digit behind the unit, or behind the point
_TENTHS = re.compile(
    r"(?P<n>[一二两三四五六七八九]|[1-9])(?P<unit>成|米)(?P<part>[一二两三四五六七八九]|[1-9](?![\d.]))(?![十百千万]|[个位只台张把条次]|点)"
)
_POINT = re.compile(
    r"(?P<n>零|[一二两三四五六七八九十百]+)点(?P<part>[零一二三四五六七八九]+)(?![零一二三四五六七八九十分])"
    r"(?P<unit>倍|方|[公千毫]?[升克米]|公?斤|吨|度|折|%|个百分点)?"
)
# 「一百二十块五毛」, 「20块5」
_MONEY = re.compile(
    r"(?P<yuan>\d+|[一二两三四五六七八九十百千万]+)(?P<unit>[块元欧镑刀])(?P<jiao>[1-9一二两三四五六七八九])(?:[毛角]|(?=钱|$|[\s,，。;；!！?？]|一[^\d\W]))"
)
# "nineteen yuan ninety", "312 yuan 50"
_SPOKEN = rf"(?:{'|'.join((*ONES.split()[1:], *TENS.split(), 'hundred', 'thousand'))})"
_YUAN_AND_FEN = re.compile(
    rf"(?<![\w.-])(?P<whole>\d+|{_SPOKEN}(?:[\s-]+(?:and\s+)?{_SPOKEN})*)\s+(?P<unit>yuan|euros?|dollars?|pounds?|bucks|quid)"
    rf"\s+(?:and\s+)?(?P<rest>\d\d(?![\w.])|(?:{_TENS_OF})(?:[\s-](?:{_ONES_OF}))?(?![a-z]))"
)
_PERCENT = "百分之"
# What stands before a number and says its unit.
_BEFORE = {_PERCENT: "%", "华氏": "华氏", "摄氏": "摄氏", "€": "euro", "$": "dollar", "£": "pound", "¥": "元"}
_SOME = re.compile(
    r"(?P<tens>[二三四五六七八九]?十)几|(?P<round>[一二两三四五六七八九]?[十百千]+|[二三四五六七八九]十)[多来余]"
)
_RANGE = re.compile(r"\s*(?:-|–|—|~|～|to|thru|through|or|and|到|至|或)\s*")
# Chinese numerals that are part of an everyday word unless a measure follows.
_HAN_ALONE = frozenset("一两百千万十半")
# What is at 40 of these is at no clock time.
_NO_HOURS = (
    r"(?:percent|per\s+cent|lines?|degrees?|celsius|fahrenheit|[cf]|points?|yuan|rmb|euros?|dollars?|bucks|cents?|pounds?|kg|kilos?"
    r"|lit(?:re|er)s?|met(?:re|er)s?|km|kmh|mph|[cm]m|[kmg]bp?s?|[km]?w|(?:kilo|mega)watts?|rpm|hz)\b"
)
_CLOCK = re.compile(
    r"\d{1,2}:\d{2}|\d{1,2}\s?(?:[:.]\d\d\s?)?(?:am|pm|o'clock)\b"
    rf"|\b(?:half\s+past|quarter\s+(?:past|to))\s+(?:\d{{1,2}}|{'|'.join(ONES.split()[1:13])})\b"
    r"|(?<![\w.])\d{1,2}\.[0-5]\d(?=\s+(?:this|in\s+the|tonight|tomorrow|sharp)\b)"
    rf"|(?<=\bat )\d{{1,2}}\b(?!\.\d|\s*(?:%|°|[a-z]+/[a-z]+|{_NO_HOURS}))"
    r"|[\d零一二两三四五六七八九十]+点(?![\d零一二三四五六七八九]*%)(?:半|[\d零一二三四五六七八九十]+分?|钟)?"
)
_A_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d\s?年(?![前后内以的]?[前后内期])")  # 「2027年」 is no duration
_A_WEEKDAY = re.compile(r"(?:周|星期|礼拜)[一二三四五六](?![天个次至到百千万])")
# "one more time", "another one of those", 「再放一轮」: once more the same, and no number of its own
_ONCE_MORE = re.compile(
    r"\bone\s+more\s+(?:time|like|of\s+th(?:at|ose|em|ese))\b|\banother\s+one\s+of\s+th(?:ose|em|ese)\b"
    r"|(?<=[再又][a-z\u4e00-\u9fff])一(?=[轮次遍回])|(?<=[再又])一(?=[轮次遍回])"
)
# 「同一天」, 「一块儿」, 「零下16度」, "two below zero"
_NO_NUMBER = re.compile(r"(?<=同)一|一(?=块儿)|零(?=[上下])|(?<=above |below |under )zero\b")
_MEASURE_WORDS = """
行 条 天 日 周 秒 分 小时 个小时 钟头 个钟头 个钟 刻钟 个月 个星期 个礼拜 礼拜
分钟 毫秒 个g m3 页 度 倍 元 块 成 折 兆 米 公里 晚 年 个百分点
星 层 级 档 轮 箱 瓶 盒 袋 本 册 盘 批 套 打 斤 公斤 千克 克 吨 升 毫升 厘米 毫米 人 位 名 兆瓦 千瓦
"""
_MEASURES = frozenset(_MEASURE_WORDS.split())
# Behind 「两」 and 「十」 what counts things makes a number, too; 「一个」 is mostly an article.
_COUNTED = {
    **dict.fromkeys(
        "两十",
        frozenset(
            "个份张台次件只辆遍杯支把根间架艘封笔单项组批家座包板碟节粒片颗桶筐双对束盆段朵床寸手回道棵株匹头场具扇堵卷期集章罐串枚支桌"
        ),
    ),
    "一": frozenset("号"),
    "半": frozenset("方"),
}
_DOZENS = re.compile(r"\s*打(?![开折印包扫发卡电球快])")  # 「两打」, and not 「两打印机」


# How many of which units a unit has.
_OF_MINUTES = frozenset({"m", "min", "mins", "minute", "minutes", "分", "分钟"})
_OF_SECONDS = frozenset({"s", "sec", "secs", "second", "seconds", "秒", "秒钟"})
_OF_HOURS = frozenset({"h", "hr", "hrs", "hour", "hours", "小时", "个小时", "钟头", "个钟头"})
_PARTS_OF = {
    **dict.fromkeys(_OF_MINUTES, (60, _OF_SECONDS)),
    **dict.fromkeys(_OF_HOURS, (60, _OF_MINUTES)),
    **dict.fromkeys(("d", "day", "days", "天"), (24, _OF_HOURS)),
    "斤": (10, frozenset({"两"})),
    **dict.fromkeys(("week", "weeks", "周", "星期", "个星期", "礼拜", "个礼拜"), (7, frozenset({"day", "days", "天"}))),
    **dict.fromkeys(("year", "years", "年"), (12, frozenset({"month", "months", "个月"}))),
}


BETWEEN = "minutes between"  # the unit of what lies between two times of the day


@dataclass(frozen=True)
class Number:
    """A quantity at [start, end) of the folded text. `unit` is the word after it, empty where there is none."""

    low: float
    high: float
    unit: str
    start: int
    end: int


def find_numbers(folded: str) -> tuple[Number, ...]:
    """Every quantity in a folded text, in order; a range counts as one."""
    points = [match.span() for match in _points(folded)]
    clocks = [match.span() for match in _CLOCK.finditer(folded) if not _overlaps(match.span(), points)]
    clocks += [span for span, _ in dates_with_spans(folded)]
    no_numbers = (_A_YEAR, _A_WEEKDAY, _ONCE_MORE, _NO_NUMBER)
    clocks += [match.span() for form in no_numbers for match in form.finditer(folded)]
    found: list[Number] = []
    every = (_in_full(one, folded) for one in (*_money(folded), *_digits(folded), *_english(folded), *_han(folded)))
    for number in sorted(every, key=lambda n: (n.start, -n.end)):
        if _overlaps((number.start, number.end), clocks) or (found and number.start < found[-1].end):
            continue
        joined = _joined(found[-1], number, folded) if found else None
        if joined is not None:
            found[-1] = joined
        else:
            found.append(number)
    return tuple(found)


def _in_full(number: Number, folded: str) -> Number:
    """The number with the word behind it that makes it greater: 「两打」, "five grand"."""
    is_dozen = number.unit == "打" and _DOZENS.match(folded, number.end) is not None
    times = 12 if is_dozen else 1000 if number.unit == "grand" else 0
    return Number(times * number.low, times * number.high, "", number.start, number.end) if times else number


def _joined(first: Number, second: Number, folded: str) -> Number | None:
    """Two numbers as one range, where a range's word is all that lies between and the second is the greater."""
    between = folded[first.end : second.start]
    if (parts := _in_parts(first, second, between)) is not None:
        return parts
    if first.unit not in ("", "to", "thru", "through", "or", "and", second.unit) or first.low >= second.high:
        return None
    if not _RANGE.fullmatch(between) or between.strip() in ("and",):
        return None
    return Number(first.low, second.high, second.unit, first.start, second.end)


def _in_parts(first: Number, second: Number, between: str) -> Number | None:
    """A duration in two units as one: "two hours and ten minutes", 「两小时四十五分」."""
    least = next((parts for unit, parts in _PARTS_OF.items() if first.unit == unit), None)
    gap = between.removeprefix(" ").removeprefix(first.unit).replace("and", "").strip(" ,零又")
    if first.unit in _OF_HOURS and not gap and not second.unit and between.strip() != first.unit:
        second = Number(second.low, second.high, "minutes", second.start, second.end)  # "an hour and twenty"
    if least is None or gap or second.low != second.high or first.low != first.high or first.low % 1:
        return None
    if second.unit not in least[1] or second.low >= least[0]:
        return None
    value = first.low * least[0] + second.low
    return Number(value, value, second.unit, first.start, second.end)


def _overlaps(span: tuple[int, int], others: list[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _unit_after(folded: str, end: int, start: int = 0) -> str:
    """The unit of a number at [start, end): what stands behind it, or 「百分之」 and 「华氏」 before it."""
    for before, unit in _BEFORE.items():
        if folded[:start].endswith(before):
            return unit
    match = _UNIT.match(folded, end)
    unit = (match["unit"] or "") if match else ""
    return "m3" if unit.startswith(("cubic", "立方", "个立方")) or unit == "方" else unit


def _digits(folded: str) -> Iterator[Number]:
    scales = {"k": 1000.0, "百": 100.0, "千": 1000.0, "万": 10_000.0}
    for match in _DIGIT_NUMBER.finditer(folded):
        if _PART_OF_A_WORD.match(folded, match.end()):
            continue
        scale = scales.get(match["scale"] or "", 1.0)
        value = float(match["n"].replace(",", "").replace("−", "-")) * scale + int(match["more"] or 0) * scale / 10
        half = _MEASURE_AND_HALF.match(folded, match.end())
        if half and not _HALF_OF_ANOTHER.match(folded, half.end()):
            value += 0.5
        yield Number(value, value, _unit_after(folded, match.end(), match.start()), match.start(), match.end())


def _english(folded: str) -> Iterator[Number]:
    for match in _MIXED.finditer(folded):
        value = int(match["n"]) + 0.5
        yield Number(value, value, _unit_after(folded, match.end()), match.start(), match.end())
    for match in (*_THE_LAST.finditer(folded), *_A_DAY_AGO.finditer(folded)):
        units = match.groupdict()
        yield Number(1, 1, units.get("unit") or units.get("unit2") or "day", match.start(), match.end())
    for match in _FRACTION.finditer(folded):
        if match["n"] is None and match["unit"].removesuffix("s") not in ("hour", "hr"):
            continue
        said = match["n"] or "one"  # "every quarter of an hour"
        count = float(said) if said.isdigit() else WORDS[said]
        value = count / (4 if match["part"] == "quarter" else 3)
        yield Number(value, value, match["unit"], match.start(), match.end())
    for match in _UNIT_AND_A_PART.finditer(folded):
        value = 1 + PARTS[match["part"]]
        yield Number(value, value, match["unit"], match.start(), match.end())
    for match in _ENGLISH.finditer(folded):
        said = _ARTICLE_BEHIND.sub("", match[0])  # "thirty a day" is a rate
        words, end = (
            [word for word in re.split(r"[\s-]+", said) if word not in ("and", "of")],
            match.start() + len(said),
        )
        if words == ["one"] and _PRONOUN.search(folded[:end]) and _NO_UNIT.match(folded, end):
            continue
        unit = _unit_after(folded, end)
        if all(word in ("a", "an", "half", "quarter", "couple") for word in words) and not _is_measured(words, unit):
            continue
        if price := _PRICE.fullmatch(said):  # "twelve fifty" is 12.50, or 1250
            whole, rest = english_value(price[1].split("-")), english_value(re.split("[ -]", price[2]))
            yield Number(whole + rest / 100, 100 * whole + rest, unit, match.start(), end)
            continue
        value = english_value(words)
        if more := _AND_A_PART.match(folded, end):  # "a day and a half"
            value += 3 * PARTS["quarter"] if more["three"] else PARTS[more["part"]]
        yield Number(value, value, unit, match.start(), end)


def _money(folded: str) -> Iterator[Number]:
    for match in _YUAN_AND_FEN.finditer(folded):
        whole, rest = (
            float(part) if part.isdigit() else english_value(re.split(r"[\s-]+(?:and\s+)?", part))
            for part in (match["whole"], match["rest"])
        )
        value = whole + rest / 100
        yield Number(value, value, match["unit"], match.start(), match.end())


def _is_measured(words: list[str], unit: str) -> bool:
    """ "an hour", "half an hour", "a couple of days" are quantities; "a restart" is not one."""
    times = ("second", "minute", "min", "hour", "hr", "day", "week", "month", "year", "fortnight")
    measures = (*times, "percent", "point", "degree")
    weights = ("gram", "kilo", "kilogram", "ton", "tonne", "litre", "liter", "metre", "meter", "gig", "gigabyte", "m3")
    is_part = not PARTS.keys().isdisjoint(words)  # "a ton of it" is much, and no quantity
    is_weighed = is_part and unit.removesuffix("s") in weights
    return unit.removesuffix("s") in measures or is_weighed or unit == "%" or "couple" in words


def _han(folded: str) -> Iterator[Number]:
    for match in _HALF_AND_UNIT.finditer(folded):
        whole = han_or_digits(match["n"])
        yield Number(whole + 0.5, whole + 0.5, match["unit"], match.start(), match.end())
    for match in (*_TENTHS.finditer(folded), *_points(folded)):
        value = han_or_digits(match["n"]) + float("0." + "".join(str(HAN.get(char, char)) for char in match["part"]))
        yield Number(value, value, match["unit"] or "", match.start(), match.end())
    for match in _MONEY.finditer(folded):
        value = han_or_digits(match["yuan"]) + han_or_digits(match["jiao"]) / 10
        yield Number(value, value, match["unit"], match.start(), match.end())
    for match in _EVERY.finditer(folded):
        yield Number(1, 1, match["unit"], match.start(), match.end())
    for match in _HAN_FRACTION.finditer(folded):
        unit, share = _unit_after(folded, match.end()), han_or_digits(match["n"]) / han_or_digits(match["of"])
        if unit in _MEASURES:
            yield Number(share, share, unit, match.start(), match.end())
        else:  # of a whole: per cent, rounded either way
            yield Number(math.floor(100 * share), math.ceil(100 * share), "%", match.start(), match.end())
    for match in _SOME.finditer(folded):
        low = han_value(match["tens"] or match["round"])
        high = low + 9 if match["tens"] else low * 1.3
        yield Number(
            low + 1 if match["tens"] else low * 0.9, high, _unit_after(folded, match.end()), match.start(), match.end()
        )
    for match in _HAN_NUMBER.finditer(_LIANG.sub(r"\1 ", _EACH.sub(r"\1 ", folded))):
        if folded.startswith((_PERCENT, "百分点"), match.start()):
            continue
        unit = _unit_after(folded, match.end(), match.start())
        text = match[0]
        if (
            (len(text) == 1 and text in _HAN_ALONE and unit not in _MEASURES | _COUNTED.get(text, frozenset()))
            or text
            in (
                "千万",
                "万一",
                "万千",
                "百千",
            )
            or (text == "一" and unit == "批")
        ):  # 「再来一批」
            continue
        bounds = _han_range(text)
        if bounds is not None:
            half = 0.5 if _MEASURE_AND_HALF.match(folded, match.end()) else 0.0
            yield Number(bounds[0] + half, bounds[1] + half, unit, match.start(), match.end())


def _points(folded: str) -> Iterator[re.Match[str]]:
    """Decimals in Chinese, where they are no times: 「零点一」, 「一点五倍」."""
    return (match for match in _POINT.finditer(folded) if match["unit"] or (match["n"] == "零" and _ends(match)))


def _ends(match: re.Match[str]) -> bool:
    return not is_cjk(match.string[match.end() : match.end() + 1] or " ")


def _han_range(text: str) -> tuple[float, float] | None:
    """A numeral's bounds: 「二十」 20-20, 「三五十」 30-50, 「两三」 2-3, 「半百」 50-50."""
    pair = re.fullmatch(
        r"(十|[一二两三四五六七八九]?百)?([一二两三四五六七八九])([一二两三四五六七八九])([十百千万]*)", text
    )
    if pair is not None and HAN[pair[2]] < HAN[pair[3]]:
        base = han_value(pair[1]) if pair[1] else 0.0
        scale = han_value(f"一{pair[4]}") if pair[4] else 1.0
        return base + HAN[pair[2]] * scale, base + HAN[pair[3]] * scale
    if re.fullmatch("半[十百千万亿]*", text):
        value = 0.5 * han_value("一" + text[1:]) if len(text) > 1 else 0.5
        return value, value
    if "半" in text:
        return None
    value = han_value(text)
    return value, value
