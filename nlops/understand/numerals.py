"""Numerals as values, English and Chinese: "two and a half thousand", 「二百五」."""

ONES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen"
)
TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
WORDS: dict[str, float] = {word: value for value, word in enumerate(ONES.split())}
WORDS |= {word: (index + 2) * 10 for index, word in enumerate(TENS.split())} | {"fourty": 40, "a": 1, "an": 1}
SCALES: dict[str, float] = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1000, "million": 1_000_000}
PARTS = {"half": 0.5, "quarter": 0.25, "couple": 2}
HAN = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1000}
_HAN_BIG = {"万": 10_000, "亿": 100_000_000}


def english_value(words: list[str]) -> float:
    """The value of an English numeral, by its words without "and" and "of"."""
    total = current = more = 0.0
    part = 1.0
    for at, word in enumerate(words):
        if word in ("half", "quarter") and current:
            scales = (SCALES[one] for one in (*words[at + 1 : at + 2], *reversed(words[:at])) if one in SCALES)
            more += PARTS[word] * next(scales, 1.0)  # "two and a half", "four and a half thousand"
        elif word in ("half", "quarter"):
            part *= PARTS[word]
        elif word == "couple":
            current = 2
        elif word in SCALES:
            current = (current or 1) * SCALES[word]
            if SCALES[word] >= 1000:
                total, current = total + current, 0.0
        elif word not in ("a", "an") or not (current or words[at + 1 : at + 2]):
            current += WORDS[word]
    return (total + current or 1.0 if part != 1.0 else total + current) * part + more


def han_or_digits(text: str) -> float:
    """The value of a numeral in figures or in Chinese."""
    return float(text) if text.isdigit() else han_value(text)


def han_value(text: str) -> float:
    """The value of a Chinese numeral: 「二百五」 is 250."""
    if all(char in HAN for char in text):  # digits read out: 「一二〇」
        return float("".join(str(HAN[char]) for char in text))
    total = section = digit = 0.0
    last_unit = 1.0
    for char in text:
        if char in HAN:
            digit, last_unit = HAN[char], 1.0 if char in "零〇" else last_unit
        elif char in _HAN_UNITS:
            section, digit, last_unit = section + (digit or 1) * _HAN_UNITS[char], 0.0, _HAN_UNITS[char]
        else:
            total, section, digit, last_unit = (total + section + digit or 1) * _HAN_BIG[char], 0.0, 0.0, _HAN_BIG[char]
    # 「一百五」 is 150 and 「两千三」 2300: a last digit stands for the next lower unit.
    return total + section + digit * (last_unit / 10 if last_unit >= 100 else 1)
