"""What a number in a message can mean for an argument: in the argument's unit, as a share, with its sign."""

import re
from collections.abc import Iterable, Iterator

from nlops.understand.fold import fold
from nlops.understand.numbers import BETWEEN, Number
from nlops.understand.schema import Argument

_SECONDS: dict[str, float] = {}
for _names, _factor in (
    ("s sec secs second seconds 秒", 1),
    ("ms millisecond milliseconds 毫秒", 0.001),
    ("m min mins minute minutes 分 分钟", 60),
    ("刻 刻钟", 900),
    ("h hr hrs hour hours 小时 个小时 钟头 个钟头 钟 个钟", 3600),
    ("d day days 天 日 晚", 86_400),
    ("w week weeks wk wks 周 星期 个星期 礼拜 个礼拜", 604_800),
    ("fortnight fortnights", 1_209_600),
    ("month months 月 个月", 2_592_000),
    ("y year years yr yrs 年", 31_536_000),
):
    _SECONDS |= dict.fromkeys(_names.split(), float(_factor))


_SECONDS[BETWEEN] = 60.0


def seconds_of(unit: str) -> float | None:
    """How many seconds a folded unit of time has; None where it is none."""
    return _SECONDS.get(unit)


def written_price(pattern: str, numbers: Iterable[Number], description: str = "") -> str:
    """The one price of a message as a pattern of an amount and a currency wants it: "3.50 EUR" of "for 3.50"; of
    several currencies the one that the description has where none is said. Empty where the pattern is none such, or the
    message has none or several."""
    currencies = re.findall(r"(?<![A-Z\[-])[A-Z]{3}(?![A-Z\]-])|[€$£¥元]", pattern)
    found = {
        written
        for number in numbers
        if number.low == number.high and (number.unit in _MONEY or not number.unit.strip() or number.low % 1)
        for currency in currencies
        if _CURRENCY.get(number.unit) in (None, _CURRENCY.get(fold(currency), _SIGNS.get(currency)))
        for amount in (f"{number.low:.2f}", f"{number.low:g}")
        for written in (f"{amount} {currency}", f"{currency} {amount}", f"{amount}{currency}", f"{currency}{amount}")
        if re.search(pattern, written)
    }
    usual = _USUAL.search(description)
    if len(found) > 1 and usual is not None:
        found = {one for one in found if usual["code"] in one}
    return found.pop() if len(found) == 1 else ""


def is_a_unit(word: str) -> bool:
    """Whether a folded word is a unit of what is measured; shares and money are not."""
    return any(word in scale for scale in (_SECONDS, _BYTES, _RATES, _LENGTHS, _WEIGHTS, _VOLUMES, _POWERS))


def lasts_in(argument: Argument) -> bool:
    """Whether an argument is a duration, by its unit."""
    return unit_of(argument) in _SECONDS


# A year is twelve months, whatever their seconds.
_MONTHS = dict.fromkeys(("month", "months", "月", "个月"), 1.0)
_MONTHS |= dict.fromkeys(("y", "year", "years", "yr", "yrs", "年"), 12.0)
_BYTES: dict[str, float] = {}
for _names, _factor in (
    ("kb k kib 千字节", 1),
    ("mb m mib meg megs megabytes megabyte 兆", 1024),
    ("gb g gib gig gigs gigabytes gigabyte 个g", 1024**2),
    ("tb t tib terabytes", 1024**3),
):
    _BYTES |= dict.fromkeys(_names.split(), float(_factor))
_RATES: dict[str, float] = {}
for _names, _factor in (
    ("kbps kbit kbits kilobit kilobits", 1),
    ("mbps mbit mbits megabit megabits", 1000),
    ("gbps gbit gbits gigabit gigabits", 1_000_000),
):
    _RATES |= dict.fromkeys(_names.split(), float(_factor))
_LENGTHS: dict[str, float] = {}
_WEIGHTS: dict[str, float] = {}
_VOLUMES: dict[str, float] = {}
_POWERS: dict[str, float] = {}
_SHARES: dict[str, float] = {}
_SPEEDS: dict[str, float] = {}
_MONEY: dict[str, float] = {}  # of any currency: what it is in is not converted
for _scale, _names, _factor in (
    (_LENGTHS, "mm millimetre millimetres millimeters 毫米", 0.001),
    (_LENGTHS, "cm centimetre centimetres centimeters 厘米 公分", 0.01),
    (_LENGTHS, "m metre metres meters 米", 1),
    (_LENGTHS, "km kilometre kilometres kilometers 公里 千米", 1000),
    (_WEIGHTS, "mg 毫克", 0.001),
    (_WEIGHTS, "g gram grams 克", 1),
    (_WEIGHTS, "两", 50),
    (_WEIGHTS, "斤", 500),
    (_WEIGHTS, "kg kilo kilos kilogram kilograms 公斤 千克", 1000),
    (_WEIGHTS, "t ton tons tonne tonnes 吨", 1_000_000),
    (_VOLUMES, "ml millilitre millilitres milliliters 毫升", 1),
    (_VOLUMES, "l litre litres liter liters 升", 1000),
    (_VOLUMES, "hl hectolitre hectolitres hectoliter hectoliters", 100_000),
    (_VOLUMES, "m3 cbm", 1_000_000),
    (_POWERS, "watt watts 瓦", 1),
    (_POWERS, "kw kilowatt kilowatts 千瓦", 1000),
    (_POWERS, "mw megawatt megawatts 兆瓦", 1_000_000),
    (_SPEEDS, "kmh kph km 公里", 1),
    (_SPEEDS, "mph", 1.609344),
    (_SHARES, "bps bp 基点", 1),
    (_SHARES, "% percent 个百分点", 100),
    (_MONEY, "cent cents pence fen 分", 1),
    (_MONEY, "jiao 毛 角", 10),
    (_MONEY, "euro euros eur 欧 欧元 dollar dollars usd buck bucks 美 美元 刀", 100),
    (_MONEY, "yuan rmb cny 元 块 pound pounds gbp quid 镑 英镑", 100),
):
    _scale |= dict.fromkeys(_names.split(), float(_factor))
_SCALES = (_MONTHS, _SECONDS, _BYTES, _RATES, _LENGTHS, _WEIGHTS, _VOLUMES, _POWERS, _SHARES, _SPEEDS, _MONEY)
# What counts things, not the quantity that an argument measures.
COUNTERS = frozenset({"个", "台", "次", "张", "份", "件", "人", "位", "bots", "bot", "times", "people"})
# Words by which a number is said without one.
VAGUE = re.compile(
    r"\b(?:all|every(?:thing|body|one)?|full(?:y)?|max(?:imum)?|min(?:imum)?|half|halve|double|twice|triple|\w+fold|quarter|(?:third|fifth|eighth|tenth|twentieth)s?|zero|off|none|nothing"
    r"|completely|entirely|today|(?:week|month|quarter|year)s?|fortnight|dozen|couple|pair|once|single|a|an|last|first)\b|全|满|一[张个份次台件只条位名]|一半|半|翻倍|翻一?番|清零|归零|到顶|最大|最小|最高|最低"
    r"|都|零|单|双|俩|仨|倍|成|折|停|关|免|今天|今日|周|星期|礼拜|月|年"
)


_UNIT = re.compile(
    r"m3(?![a-z0-9])|[a-z]+(?![a-z0-9])|毫秒|秒|分钟|小时|天|周|月|年|公里|厘米|毫米|米|兆|公斤|千克|吨|毫升|欧元|美元|英镑"
)
_PER = re.compile(r"\bper\b\s*[a-z]*|/\s*[a-z]+")  # of "kbit per s", the kbit
_PER_CENT = frozenset({"%", "percent", "个百分点"})
_OF_A_WHOLE = {**dict.fromkeys(_PER_CENT, 100), "成": 10}
_NAMED_UNITS = (
    (re.compile(r"\bbps\b|\bbasis points?\b|基点"), "bps"),
    (re.compile(r"\bkm ?/? ?h\b|\bkmh\b|\bkph\b|\bkm per hour\b|公里每小时|时速"), "kmh"),
)
_AN_END = re.compile(r"\b(?:from|to|start|end|at|until|since|begin)\b")
_DEGREES = frozenset({"度", "c", "f", "celsius", "fahrenheit", "degrees", "摄氏", "华氏"})
_FAHRENHEIT = frozenset({"f", "fahrenheit", "华氏"})
_IN_CELSIUS = re.compile(r"\b(?:c|celsius|centigrade)\b|℃|摄氏")
_AHEAD = re.compile(
    r"\bdays? (?:ahead|offset|from (?:now|today))\b|\b0\s*(?:=|:|is|means)?\s*today\b|0\s*(?:=|：|:|是|为|表示)?\s*今天"
)
_DAYS = {"大后天": 3, "day after tomorrow": 2, "后天": 2}  # a longer one before what is a part of it
_DAYS |= dict.fromkeys(("tomorrow", "明天", "明早", "明晚", "明日"), 1)
_DAYS |= dict.fromkeys(("today", "tonight", "今天", "今晚", "今日", "今早"), 0)
_A_DAY = frozenset({"d", "day", "days", "天", "日"})
_HALF = 0.5
# Units that say plainly in what somebody pays; "$" and 「块」 are said of any money.
_CURRENCY = {
    **dict.fromkeys(("yuan", "rmb", "cny", "元", "fen"), "yuan"),
    **dict.fromkeys(("euro", "euros", "eur", "欧", "欧元"), "euro"),
    **dict.fromkeys(("dollars", "usd", "bucks", "美元", "刀"), "dollar"),
    **dict.fromkeys(("pounds", "gbp", "quid", "英镑", "pence"), "pound"),
}
_USUAL = re.compile(r"(?i:\bno\s+currency|\bdefault|\bunless|默认)[^.;。；]{0,12}?(?P<code>[A-Z]{3})\b")
_SIGNS = {"€": "euro", "$": "dollar", "£": "pound", "¥": "yuan"}
_MONTHS_A_YEAR, _FIRST_YEAR = 12, 1900
_OF_THE_CLOCK = re.compile(r"hour of (?:the )?day|clock|几点|点钟|整点")


def readings(number: Number, argument: Argument) -> tuple[float, ...]:
    """All values that a number of a message can stand for, the likeliest first; none where its unit does not fit."""
    return tuple(dict.fromkeys(round(value, 6) for value in _readings(number, argument)))


def is_a_month(argument: Argument) -> bool:
    """Whether an argument is a month of the year, and not how many months."""
    return argument.words.endswith("month") and argument.schema.get("maximum") == _MONTHS_A_YEAR


def is_a_year(argument: Argument) -> bool:
    """Whether an argument is a calendar year."""
    lowest = argument.schema.get("minimum")
    is_late = isinstance(lowest, int | float) and lowest >= _FIRST_YEAR
    return argument.words.endswith("year") and is_late


def is_an_hour(argument: Argument) -> bool:
    """Whether an argument is an hour of the day, and not how many hours."""
    highest = argument.schema.get("maximum")
    is_named = re.search(r"\bhour\b", argument.words) or _OF_THE_CLOCK.search(fold(argument.description))
    return isinstance(highest, int | float) and highest <= 24 and is_named is not None


def days_ahead(argument: Argument, folded: str) -> int | None:
    """The day that a folded text says, for an argument that counts days from today: 2 of 「后天」."""
    if not _AHEAD.search(_words(argument)):
        return None
    found = {_DAYS[match[0]] for match in re.finditer("|".join(_DAYS), folded)}
    return found.pop() if len(found) == 1 else None


def is_measured(number: Number, argument: Argument) -> bool:
    """Whether a number has a unit of what the argument measures: seconds where minutes are due."""
    own = unit_of(argument)
    is_share = _is_a_share(argument) and number.unit in _OF_A_WHOLE
    return is_share or any(number.unit in scale and own in scale for scale in _SCALES)


def is_per_cent(argument: Argument) -> bool:
    """Whether an argument is in per cent of something."""
    told = f"{argument.words} {fold(argument.description)}"
    return argument.schema.get("maximum") == 100 and re.search(r"\bpct\b|percent|per cent|%", told) is not None


def is_of_another(said: float, argument: Argument, numbers: Iterable[Number]) -> bool:
    """Whether a number is only said in a unit of power or weight, and the argument is in per cent: "ten megawatts"."""
    own = [number for number in numbers if number.low == number.high == said]
    return is_per_cent(argument) and bool(own) and all(_is_heavy(number) for number in own)


def _is_heavy(number: Number) -> bool:
    return len(number.unit) > 1 and (number.unit in _POWERS or number.unit in _WEIGHTS)


def _is_a_share(argument: Argument) -> bool:
    """Whether an argument is a part of a whole, from 0 to 1."""
    return argument.kind == "number" and (argument.schema.get("minimum"), argument.schema.get("maximum")) == (0, 1)


def _readings(number: Number, argument: Argument) -> Iterator[float]:
    own = unit_of(argument)
    if _is_of_another_kind(number, argument, own):
        return
    if number.unit in _FAHRENHEIT and _IN_CELSIUS.search(_words(argument)):
        yield round((number.high - 32) / 1.8)
        yield (number.high - 32) / 1.8
        return
    if _is_a_share(argument) and number.unit in _OF_A_WHOLE:
        yield number.high / _OF_A_WHOLE[number.unit]
        return
    scale = next((scale for scale in _SCALES if number.unit in scale and own in scale), None)
    if scale is not None and own is not None:
        for bound in (number.high, number.low):
            value = bound * scale[number.unit] / scale[own]
            yield round(value) if scale is _SPEEDS and argument.kind == "integer" else value
        if scale is _BYTES:
            yield number.high * scale[number.unit] / scale[own] / 1024 * 1000
        return
    is_other_quantity = number.unit in _SECONDS and len(number.unit) > 1 and own is None
    if is_other_quantity and not re.search(r"ttl|timeout|delay|interval|duration|时|期", _words(argument)):
        return
    if number.unit in ("成",):
        yield number.high * 10
    if number.unit == "折":
        tens = number.high * 10 if number.high < 10 else number.high
        yield 100 - tens
        yield tens
    for bound in (number.high, number.low):
        yield bound
        if 0 < bound < 1 and number.unit not in _PER_CENT:
            yield bound * 100
        minimum = argument.schema.get("minimum")
        if isinstance(minimum, int | float) and minimum < 0:
            yield -bound


def _is_of_another_kind(number: Number, argument: Argument, own: str | None) -> bool:
    """Whether a number is none for an argument in the unit `own`: degrees are no minutes, what lies between two times
    is neither of them, and how many hours half a day has everybody knows otherwise."""
    if number.unit == BETWEEN:
        return own not in _SECONDS or _AN_END.search(argument.words) is not None
    if _is_heavy(number) and is_per_cent(argument):
        return True
    paid_in = _CURRENCY.get(number.unit)
    if paid_in and _currency_of(argument, own) not in (None, paid_in):
        return True
    is_half_a_day = number.high == _HALF and number.unit in _A_DAY and own not in _A_DAY
    is_heat = number.unit in _DEGREES and not re.search(r"degree|temp|温|度", _words(argument))
    return own in _SECONDS and (is_half_a_day or is_heat)


def _currency_of(argument: Argument, own: str | None) -> str | None:
    """The currency that an argument is in, where it says that."""
    told = re.findall(r"[a-z]+|人民币|欧元|美元|英镑|元", _words(argument))
    known = {**_CURRENCY, "人民币": "yuan"}
    return _CURRENCY.get(own or "") or next((known[word] for word in told if word in known), None)


def unit_of(argument: Argument) -> str | None:
    """The unit that an argument is in, by the end of its name first, then by its title and description."""
    known = [unit for scale in _SCALES for unit in scale if unit not in _PER_CENT]
    for words, unit in _NAMED_UNITS:
        if words.search(_words(argument)):
            return unit
    own = _units_in(argument.words)
    last = next((at for at in reversed(range(len(own))) if own[at] in known), None)
    if last is not None:
        is_rate = last > 0 and own[last - 1] in known and own[last - 1] != "min"  # "speed_km_h", not "min_days"
        return own[last - 1] if is_rate else own[last]
    told = [*_units_in(argument.title), *_units_in(argument.description)]
    return next((word for word in told if word in known and len(word) > 1), None)


def _units_in(text: str) -> list[str]:
    return _UNIT.findall(_PER.sub("", fold(text).replace("_", " ")))


def _words(argument: Argument) -> str:
    return fold(f"{argument.words} {argument.title} {argument.description}".replace("_", " "))
