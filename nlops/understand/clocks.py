"""Times of the day that a text says: "half past six", 15:30, 「晚上八点四十五」, noon."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlops.understand.numerals import ONES, WORDS, han_or_digits, han_value

_HOUR = rf"\d{{1,2}}|(?:{'|'.join(ONES.split()[1:13])})|[零一二两三四五六七八九十]{{1,3}}"
# "from 4 june", and not "at 4 may I"
_A_MONTH = r"(?:(?:jan|feb|apr|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\b|(?:march|may)(?=\s+\d|\s*(?:$|[,.;:!?])))"
# "ten past nine", and "at ten to nine"; "ten to six" is a span
_MINUTES = r"(?:five|ten|twenty(?:[\s-]five)?|5|10|20|25)(?:\s+min(?:ute)?s?)?"
# "9.30 this morning", "at 9.30"
_DOTTED = (
    r"\.[0-5]\d\b(?=\s+(?:this|in\s+the|tonight|tomorrow|sharp)\b)|(?<=\bat \d)\.[0-5]\d\b|(?<=\bat \d\d)\.[0-5]\d\b"
)
_HOURS = re.compile(
    rf"(?<![a-z0-9_.])(?P<h>{_HOUR})(?:\s?(?:[:.]\d\d\s?)?(?:am|pm|o'clock)(?![a-z])|\s?:\d\d(?!\d)|{_DOTTED}"
    rf"|\s+in\s+the\s+(?:morning|afternoon|evening)\b|\s+at\s+night\b)"
    rf"|\b(?:(?:at|from|(?:un)?till?)\s+(?!(?:{_HOUR})(?:[:.]\d|\s?[ap]m\b|\s+(?:in\s+the|at\s+night)|\s+past\s))(?!{_MINUTES}\s+to\s)"
    rf"|(?:half(?:\s+past)?|quarter\s+(?:past|to)|{_MINUTES}\s+past|(?<=\bat ){_MINUTES}\s+to)\s+)"
    rf"(?P<at>{_HOUR})\b(?!\s*(?:%|percent|times)|\s+(?:of\s+)?{_A_MONTH})"
    r"|(?P<han>\d{1,2}|[零一二两三四五六七八九十]{1,3})点(?!\d*%)"
)
_MINUTE = re.compile(
    r"(?P<half>半)|(?P<quarter>[一三])刻|零?(?P<minute>\d{1,2}|[一二三四五]?十[一二三四五六七八九]?|[一二三四五六七八九])分?"
)
_DAY_PART = re.compile(r"\s+(?:in\s+the|this|tomorrow)\s+(?:morning|afternoon|evening)\b|\s+(?:tonight|at\s+night)\b")
_DAY_PART_BEFORE = re.compile(r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|今晚|明晚|今早|明早|夜里|晚|早)$")
_LATE = re.compile(r"(?<![a-z])pm\b|\bat\s+night\b|\bafternoon\b|\bevening\b|\btonight\b|下午|傍晚|晚")
_EARLY = re.compile(r"(?<![a-z])am\b|\bmorning\b|早|上午|凌晨")
# What is a time of the day and nothing else; an argument that wants one takes more for it.
_SURELY = re.compile(
    r"\bat\s+(?:half|quarter)\s+(?:past\s+|to\s+)?(?:\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"|\bat\s+\d{1,2}\s+(?:tomorrow|tmrw?|tmw|tonight)\b|\bat\s+\d{1,2}(?::\d\d|\s?(?:am|pm|o'clock)\b)|[零一二两三四五六七八九十\d]{1,3}点(?:半|钟|整|[一三]刻)"
    r"|(?:早上|上午|中午|下午|晚上|今晚|凌晨|傍晚|夜里)[零一二两三四五六七八九十\d]{1,3}点"
)
_A_DAY = 24 * 60  # minutes
_MORNING = 7 * 60
_SMALL_HOURS = 6
_FOUR_DIGITS = re.compile(r"(?<![\w.:-])([01]\d|2[0-3])([0-5]\d)(?=\s*(?:start|hrs|hours|h\b|sharp|onwards|on\b))")
_TIME = (
    rf"(?<![a-z0-9_.:])(?:(?:half(?:\s+past)?|quarter\s+(?:past|to))\s+)?(?:{_HOUR})(?:[:.][0-5]\d)?(?:\s?(?:am|pm|o'clock)(?![a-z]))?(?![a-z0-9_:点])"
    r"|\b(?:noon|midnight)\b"
    r"|(?:凌晨|早上|上午|中午|下午|傍晚|晚上|今晚|夜里|明早|今早|明晚|次日|第二天早上)?(?:\d{1,2}|[零一二两三四五六七八九十]{1,3})点(?:半|钟|[一三]刻|零?(?:\d{1,2}|[一二三四五]?十[一二三四五六七八九]?)分?)?"
)
_SPAN = re.compile(
    rf"(?P<from>{_TIME})(?:\s+(?:this|tomorrow)\s+(?:morning|afternoon|evening))?\s*(?:\b(?:to|(?:un)?till?|and)\b|[-–—~～]|[到至])\s*(?P<to>{_TIME})"
)
# Not "10 to 15".
_SURE_OF_SPAN = re.compile(r"\d:\d|\d\s?(?:am|pm)\b|o'clock|half|quarter|noon|midnight|点")
_NAMED_HOURS = {"noon": 12, "midday": 12, "中午": 12, "正午": 12, "midnight": 0, "午夜": 0, "零点": 0}


@dataclass(frozen=True)
class Span:
    """From one time of the day to another ("15:00", "16:30"), at [at, end) of a text."""

    start: str
    stop: str
    minutes: int
    at: int
    end: int


def find_clocks(folded: str) -> frozenset[str]:
    """The times of the day that a folded text can mean, as "19:30"; of the minutes no others than it says."""
    return frozenset[str]().union(*each_clock(folded))


def each_clock(folded: str) -> tuple[frozenset[str], ...]:
    """Of each time of the day that a folded text says, in order, those that it can mean."""
    found = [(at, {(hour, 0)}) for at, hour in _named_hours(folded)]
    found += [(match.start(), {(int(match[1]), int(match[2]))}) for match in _FOUR_DIGITS.finditer(folded)]
    for hours, match in _clock_hours(folded):
        minute = _minute_of(match)
        is_before = re.match(rf"(?:quarter|{_MINUTES})\s+to\b", match[0]) is not None
        found.append((match.start(), {((hour - is_before) % 24, minute) for hour in hours}))
    found.sort(key=lambda one: one[0])
    return tuple(frozenset(f"{hour:02}:{minute:02}" for hour, minute in times) for _, times in found)


def _minute_of(match: re.Match[str]) -> int:
    """The minute of a clock time: what stands in it, or behind its hour."""
    said = match[0]
    if said.startswith(("half", "quarter")):
        return 30 if said.startswith("half") else 45 if re.match(r"quarter\s+to", said) else 15
    if some := re.match(rf"(?P<some>{_MINUTES})\s+(?P<way>past|to)\b", said):
        words = re.findall(r"[a-z]+|\d+", some["some"].split(" min")[0])
        count = int(sum(int(word) if word.isdigit() else WORDS[word] for word in words))
        return count if some["way"] == "past" else 60 - count
    behind = _MINUTE.match(match.string, match.end())
    if match["han"] is None or behind is None:
        digits = re.search(r"[:.](\d\d)", said)
        return int(digits[1]) if digits else 0
    quarter = behind["quarter"] and 15 * int(han_value(behind["quarter"]))
    minute = 30 if behind["half"] else quarter or int(han_or_digits(behind["minute"]))
    return minute if minute < 60 else 0


def find_span(folded: str, *, bare: bool = False) -> Span | None:
    """The two times of the day between which something lasts, where a folded text says such a span and one only: of
    "from 3 to half past four this afternoon" 15:00 and 16:30. Of the hours that it can mean the nearest two. `bare`:
    two numbers are hours ("10 to 6")."""
    matches = [one for one in _SPAN.finditer(folded) if _SURE_OF_SPAN.search(one[0]) or (bare and _stands_alone(one))]
    spans = [span for match in matches if (span := _span_of(match))]
    return spans[0] if len(spans) == 1 else None


def _stands_alone(match: re.Match[str]) -> bool:
    """Whether what matches is no part of a date, or of an id, and no "hall 3 til six"."""
    before, behind = match.string[: match.start()][-1:], match.string[match.end() :][:1]
    return not {before, behind} & {"-", "/", "_"} and re.search(r"till?\b", match[0]) is None


def _span_of(match: re.Match[str]) -> Span | None:
    folded = match.string
    starts, ends = map(_times_of, (match["from"], match["to"]))
    is_late = _LATE.search(folded) is not None and _EARLY.search(folded) is None
    lengths = [
        ((end - start) % _A_DAY, (start >= _A_DAY // 2) != is_late, start, end)
        for start in _by_day(starts, folded)
        for end in ends
    ]
    if not lengths:
        return None
    minutes, _, start, end = min(lengths)
    return Span(_clock(start), _clock(end), minutes, match.start(), match.end()) if minutes else None


def _by_day(starts: set[int], folded: str) -> set[int]:
    """Of the times that an hour can mean those by day, where no part of the day is said."""
    by_day = {start for start in starts if _MORNING <= start < _MORNING + _A_DAY // 2}
    return by_day if by_day and not (_LATE.search(folded) or _EARLY.search(folded)) else starts


def _times_of(said: str) -> set[int]:
    """The minutes of the day that one end of a span can mean by its own words."""
    found = find_clocks(said if re.search(r"[点:.]|am|pm|half|quarter|noon|midnight|o'clock", said) else f"at {said}")
    return {int(clock[:2]) % 24 * 60 + int(clock[3:]) for clock in found}


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def later(clock: str, minutes: float) -> str:
    """The time of the day so many minutes after another."""
    return _clock((int(clock[:2]) * 60 + int(clock[3:]) + round(minutes)) % _A_DAY)


def says_a_clock(folded: str) -> bool:
    """Whether a folded text says a time of the day that is nothing else: "at half five", 「晚上九点」."""
    return _SURELY.search(folded) is not None


def find_hours(folded: str) -> frozenset[int]:
    """The hours of the day that clock times in a folded text can mean: of "six" both 6 and 18, where nothing tells."""
    named = (hour for _, hour in _named_hours(folded))
    return frozenset(named).union(*(hours for hours, _ in _clock_hours(folded)))


def _named_hours(folded: str) -> Iterator[tuple[int, int]]:
    """Where each named hour stands, and which it is."""
    for name, hour in _NAMED_HOURS.items():
        if match := re.search(rf"(?<![a-z]){name}(?!\s?[\d零一二两三十]{{1,3}}点)", folded):
            yield match.start(), hour


def _clock_hours(folded: str) -> Iterator[tuple[set[int], re.Match[str]]]:
    """Each clock time, with the hours that it can mean: by the part of the day right beside it, else by any."""
    for match in _HOURS.finditer(folded):
        before, behind = _DAY_PART_BEFORE.search(folded[: match.start()]), _DAY_PART.match(folded, match.end())
        near = f"{before[0] if before else ''} {match[0]} {behind[0] if behind else ''}"
        told = near if _LATE.search(near) or _EARLY.search(near) else folded
        said = match["h"] or match["at"] or match["han"]
        value = int(said) if said.isdigit() else int(WORDS[said] if said in WORDS else han_value(said))
        is_small_hour = value < _SMALL_HOURS and "at night" in near  # "two at night"
        is_late = _LATE.search(told) is not None and not is_small_hour
        is_early = _EARLY.search(told) is not None or is_small_hour
        is_exact = said.startswith("0") and not is_late  # 09:00 is no nine in the evening
        is_plain_noon = value == 12 and ("中午" in near or not (is_late or is_early))
        both = (
            {value}
            if value > 12 or is_plain_noon or is_exact
            else {value, 0, 24}
            if value == 12
            else {value, value + 12}
        )
        meant = both if is_late == is_early else {hour for hour in both if (hour >= 12) == is_late}
        yield {hour for hour in meant if hour <= 24}, match
