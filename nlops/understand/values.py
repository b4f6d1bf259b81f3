"""One argument's value from a message: numbers with units, enums and booleans by their words, patterns, free text."""

import re
from collections.abc import Mapping
from typing import TypeVar

from rapidfuzz import fuzz

from nlops.understand.fold import fold, has_cjk
from nlops.understand.moods import Reading
from nlops.understand.numbers import Number
from nlops.understand.schema import Argument

Absent = TypeVar("Absent")

_SECONDS: dict[str, float] = {}
for _names, _factor in (
    ("s sec secs second seconds 秒", 1),
    ("m min mins minute minutes 分 分钟", 60),
    ("h hr hrs hour hours 小时 个小时 钟头 个钟头", 3600),
    ("d day days 天 日", 86_400),
    ("w week weeks 周 星期 个星期", 604_800),
):
    _SECONDS |= dict.fromkeys(_names.split(), float(_factor))
# What counts things, not the quantity that an argument measures.
_COUNTERS = frozenset({"个", "台", "次", "张", "份", "件", "人", "位", "bots", "bot", "times", "people"})

_ON = re.compile(r"\b(?:on|enable[ds]?|activate|open|start|resume|true|yes|up|launch|allow)\b|开|启|恢复|上线|允许")
_OFF = re.compile(
    r"\b(?:off|disable[ds]?|deactivate|close|stop|pause|false|no|down|end|forbid|without)\b|关|停|禁|下线|撤|不"
)
_GONE = re.compile(
    r"\b(?:remove|clear|down|off|away|empty|unset|reset|drop|delete|none|nothing)\b|撤|清|删|去掉|取消|拿掉|下掉|关"
)
_EVERY = re.compile(r"\b(?:all|every|everywhere|each|both)\b|所有|全部|都|各|每")


# ---- numbers


def ground_number(argument: Argument, said: object, numbers: tuple[Number, ...], *, alone: bool) -> float | int | None:
    """The number that the message says for `argument`, in its unit; None where it says none, or leaves it open.

    `said` is what the model wrote, and only chooses between the numbers that are there. `alone` tells that the tool
    has no other number, so that one that fits can only be this.
    """
    fitting = [value for number in numbers if (value := _in_unit(number, argument)) is not None]
    chosen = next((value for low, value in fitting if isinstance(said, int | float) and low <= said <= value), None)
    if chosen is None and len(fitting) == 1 and (alone or said is not None):
        chosen = fitting[0][1]
    if chosen is None:
        return None
    return int(chosen) if chosen == int(chosen) else chosen


def _in_unit(number: Number, argument: Argument) -> tuple[float, float] | None:
    """The number's bounds in the argument's unit; None where its unit cannot be the argument's."""
    own = _unit_of(argument)
    words = fold(f"{argument.name} {argument.title} {argument.description}".replace("_", " "))
    if number.unit in _SECONDS and (own is not None or len(number.unit) > 1):
        if own is None:
            return None
        factor = _SECONDS[number.unit] / own
        return number.low * factor, number.high * factor
    if number.unit == "%" and not re.search(r"percent|%|share|ratio|rate|比例|百分", words):
        return None
    if number.unit in _COUNTERS and number.unit.removesuffix("s") not in words:
        return None
    return number.low, number.high


def _unit_of(argument: Argument) -> float | None:
    """Seconds in one unit of a time argument, by its name first, then by its description; None for what is no time."""
    for text in (argument.name, argument.title, argument.description):
        for word in re.findall(r"[a-z]+|秒|分钟|小时|天", fold(text).replace("_", " ")):
            if word in _SECONDS and (len(word) > 1 or text == argument.name):
                return _SECONDS[word]
    return None


# ---- words


def ground_value(
    argument: Argument, said: object, reading: Reading, absent: Absent, *, strict: bool
) -> object | Absent:
    """The value that the message supports for an argument that is neither a bot nor a number; `absent` for none.

    With `strict`, as for a change, a value of an enum must be said in words that the schema has; else a message in
    Chinese may mean a Latin value that cannot be compared, and the model's choice stands.
    """
    if said is None:
        return None if argument.nullable and _GONE.search(reading.live) else absent
    if argument.kind == "boolean":
        return _ground_boolean(argument, said, reading, absent)
    if argument.kind == "list":
        return _ground_list(argument, said, reading, absent, strict=strict)
    if argument.choices:
        return _ground_choice(argument, said, reading, absent, strict=strict)
    return _ground_text(argument, said, reading, absent)


def supports(value: object, argument: Argument, text: str) -> bool:
    """Whether a folded text says a value of an enum: by its own words, or by those that explain it."""
    words = [word for word in fold(str(value)).replace("_", " ").replace("-", " ").split() if len(word) > 1]
    if words and all(_says(word, text) for word in words):
        return True
    explained = re.search(
        rf"\b{re.escape(fold(str(value)))}\b\s*[=:：(（]?\s*([^;；,，.。)）]+)", fold(argument.description)
    )
    return explained is not None and any(_says(word, text) for word in _content_words(explained[1]))


def _says(word: str, text: str) -> bool:
    if has_cjk(word):
        return word in text
    stem = re.escape(word.removesuffix("s").removesuffix("e"))
    return re.search(rf"(?<![a-z0-9]){stem}(?:e?s|e|ed|ing|d)?(?![a-z0-9])", text) is not None


def _content_words(text: str) -> list[str]:
    latin = [word for word in re.findall(r"[a-z0-9]+", text) if len(word) > 3 or word.isdigit()]
    return latin + re.findall(r"[\u4e00-\u9fff]{2,}", text)


def _ground_choice(
    argument: Argument, said: object, reading: Reading, absent: Absent, *, strict: bool
) -> object | Absent:
    said_ones = [value for value in argument.choices if supports(value, argument, reading.live)]
    if said in said_ones:
        return said
    if len(said_ones) == 1:
        return said_ones[0]
    foreign = not strict and has_cjk(reading.live) and not said_ones and said in argument.choices and argument.required
    return said if foreign else absent


def _ground_boolean(argument: Argument, said: object, reading: Reading, absent: Absent) -> object | Absent:
    if not isinstance(said, bool):
        return absent
    if argument.required:
        return said if (_ON if said else _OFF).search(reading.live) else absent
    words = _content_words(fold(f"{argument.name} {argument.title}".replace("_", " ")))
    return said if any(_says(word, reading.live) for word in words) else absent


def _ground_list(
    argument: Argument, said: object, reading: Reading, absent: Absent, *, strict: bool
) -> object | Absent:
    if not isinstance(said, list):
        return absent
    if not argument.choices:
        kept = [item for item in said if isinstance(item, str) and fold(item) in reading.whole]
        return kept or absent
    named = [value for value in argument.choices if supports(value, argument, reading.live)]
    if named:
        return named
    if _EVERY.search(reading.live):
        return list(argument.choices) if argument.required else absent
    foreign = not strict and has_cjk(reading.live) and argument.required
    return [item for item in said if item in argument.choices] or absent if foreign else absent


def _ground_text(argument: Argument, said: object, reading: Reading, absent: Absent) -> object | Absent:
    if not isinstance(said, str):
        return absent
    pattern = argument.schema.get("pattern")
    if isinstance(pattern, str):
        return _ground_pattern(pattern, said, reading.whole, absent)
    if "…" in said and reading.quotes:
        return reading.quotes[0]
    plain = fold(said)
    return said if plain and (plain in reading.whole or fuzz.partial_ratio(plain, reading.whole) >= 95) else absent


def _ground_pattern(pattern: str, said: str, whole: str, absent: Absent) -> object | Absent:
    """A value that a pattern describes: what the model wrote where it stands in the message, else the one that fits."""
    words = re.findall(r"[^\s,，。;；“”\"「」]+", whole)
    latin = re.findall(r"[a-z0-9_./*:@#-]+", whole)
    forms = [form for word in (*words, *latin) for form in (word, word.upper(), word.rstrip(".?!。？！"))]
    fitting = list(dict.fromkeys(form for form in forms if re.search(pattern, form) and has_digit_or_sign(form)))
    if fold(said) in whole and re.search(pattern, said):
        return said
    upper = said.upper()
    if fold(said) in whole and re.search(pattern, upper):
        return upper
    return fitting[0] if len(set(fitting)) == 1 else absent


def has_digit_or_sign(text: str) -> bool:
    return any(not char.isalpha() for char in text)


def describe(schema: Mapping[str, object]) -> str:
    """A schema's bounds in a few words, for a question back."""
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        return f"{low}–{high}"
    return f"≥ {low}" if low is not None else f"≤ {high}" if high is not None else str(schema.get("pattern", ""))
