"""Dates that a text says whole, with their year: 「2026年6月3号」, "22 March 2026", "June 3rd, 2026", 2026/6/3.

Of 「2026年6月3号到7号」 and "3 to 7 June 2026" both ends are dates. A day without a year is none: which year is meant
stands nowhere in the text.
"""

import calendar
import re
from collections.abc import Iterator

Span = tuple[int, int]

_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MONTH = "|".join((*_MONTHS, "sept", *(name[:3] for name in _MONTHS)))
_PLACE_WORDS = (
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth"
    " sixteenth seventeenth eighteenth nineteenth twentieth twenty-first twenty-second twenty-third twenty-fourth"
    " twenty-fifth twenty-sixth twenty-seventh twenty-eighth twenty-ninth thirtieth thirty-first"
)
PLACES = _PLACE_WORDS.split()  # "first" is at 0
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th)?|{'|'.join(reversed(PLACES))})"
_TO = r"\s*(?:-|–|—|~|to|until|till|and|到|至|和)\s*"
_FORMS = (
    re.compile(
        r"(?P<year>\d{4})\s?年\s?(?P<month>\d{1,2})\s?月\s?(?P<day>\d{1,2})\s?[日号]?"
        rf"(?:{_TO}(?:(?P<month2>\d{{1,2}})\s?月\s?)?(?P<day2>\d{{1,2}})\s?[日号])?"
    ),
    re.compile(
        rf"(?<!\d)(?P<day>{_DAY})(?:{_TO}(?P<day2>{_DAY}))?\s+(?:of\s+)?(?P<name>{_MONTH})\.?,?\s+(?P<year>\d{{4}})\b"
    ),
    re.compile(rf"\b(?P<name>{_MONTH})\.?\s+(?P<day>{_DAY})(?:{_TO}(?P<day2>{_DAY}))?,?\s+(?P<year>\d{{4}})\b"),
    re.compile(r"(?<!\d)(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)"),
    # 30/04/2026 and 04/30/2026, but not 03/04/2026, which each half of the world reads otherwise
    re.compile(r"(?<![\d/.-])(?P<day>1[3-9]|2\d|3[01])(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4})(?!\d)"),
    re.compile(
        r"(?<![\d/.-])(?P<month>0?\d|1[0-2])(?P<mark>[-/])(?P<day>1[3-9]|2\d|3[01])(?P=mark)(?P<year>\d{4})(?!\d)"
    ),
)
_DAY_FORMS = (
    re.compile(rf"(?P<month>\d{{1,2}})\s?月\s?(?P<day>\d{{1,2}})\s?[日号](?:{_TO}(?P<day2>\d{{1,2}})\s?[日号])?"),
    re.compile(rf"(?<!\d)(?P<day>{_DAY})(?:{_TO}(?P<day2>{_DAY}))?\s+(?:of\s+)?(?P<name>{_MONTH})\b"),
    re.compile(rf"\b(?P<name>{_MONTH})\.?\s+(?:the\s+)?(?P<day>{_DAY})(?!\d|:)"),
)
# Days that are named, and the same in every year.
_NAMED_DAYS = {
    **dict.fromkeys(("元旦", "new year's day"), (1, 1)),
    **dict.fromkeys(("五一", "劳动节"), (5, 1)),
    **dict.fromkeys(("国庆", "国庆节"), (10, 1)),
    "christmas eve": (12, 24),
    **dict.fromkeys(("christmas", "christmas day", "圣诞", "圣诞节"), (12, 25)),
    "new year's eve": (12, 31),
}
_A_NAMED_DAY = "|".join(sorted(_NAMED_DAYS, key=len, reverse=True))
_LAST_DAY = re.compile(
    rf"(?P<year>\d{{4}})\s?年\s?(?P<month>\d{{1,2}})\s?月的?最后一[天日]|\blast\s+day\s+of\s+(?P<name>{_MONTH}),?\s+(?P<year2>\d{{4}})\b"
)
_NAMED_DAY = re.compile(
    rf"(?P<year>\d{{4}})\s?年?的?(?P<named>{_A_NAMED_DAY})|\b(?P<named2>{_A_NAMED_DAY}),?\s+(?:of\s+|in\s+)?(?P<year2>\d{{4}})\b"
)
_MONTH_FORMS = (
    re.compile(r"(?<!\d)(?P<year>\d{4})\s?年\s?(?P<month>\d{1,2})\s?月"),
    re.compile(r"(?<!\d)(?P<year>\d{4})[-/.](?P<month>\d{1,2})(?![-/.]?\d)"),
    re.compile(rf"\b(?P<name>{_MONTH})\.?,?\s+(?:of\s+)?(?P<year>\d{{4}})\b"),
)


_HAN_MONTHS = {name: number for number, name in enumerate([*"一二三四五六七八九十", "十一", "十二"], start=1)}
# Verbs as well; months only where a word says so.
_VERBS = ("may", "march", "mar")
_PLAIN_MONTH = "|".join(name for name in _MONTH.split("|") if name not in _VERBS)
_A_MONTH_OF = re.compile(
    rf"\b(?P<name>{_PLAIN_MONTH}|(?:(?<=\bin )|(?<=\bof )|(?<=\bfor )|(?<=\bsince ))(?:{'|'.join(_VERBS)}))\b"
    r"|(?<![\d个])(?P<month>\d{1,2})\s?月|(?<![个一二三四五六七八九十])(?P<han>十[一二]?|[一二三四五六七八九])月"
)
# Not in "CN2015" and "C2024-056", which are ids, and not 「过去10年」.
_A_YEAR = re.compile(
    r"(?<![a-z0-9_.#-])(?P<year>(?:19|20)\d\d)(?!\d|-\d{3})|(?<![\d.去近前过])(?P<short>[012]\d)\s?年"
    r"|(?<![去近前过])(?P<han>[零〇一二][零〇一二三四五六七八九](?:[零〇一二三四五六七八九]{2})?)年"
)
_DIGITS = str.maketrans("零〇一二三四五六七八九", "00123456789")


def find_months_of_a_year(folded: str) -> frozenset[int]:
    """The months that a folded text says, whatever their year, from 1 to 12."""
    found = (
        _HAN_MONTHS[match["han"]] if match["han"] else int(match["month"] or _month_of(match["name"]))
        for match in _A_MONTH_OF.finditer(folded)
    )
    return frozenset(month for month in found if 1 <= month <= 12)


def find_years(folded: str) -> frozenset[int]:
    """The years that a folded text says, those of two digits as of this century: 2023 of 「二三年」."""
    said = (match["year"] or match["short"] or match["han"].translate(_DIGITS) for match in _A_YEAR.finditer(folded))
    return frozenset(int(year) if len(year) > 2 else 2000 + int(year) for year in said)


def find_dates(folded: str) -> tuple[str, ...]:
    """The dates of a folded text as "2026-06-03", in order."""
    return tuple(dict.fromkeys(found for _, found in dates_with_spans(folded)))


def find_months(folded: str) -> tuple[str, ...]:
    """The months of a folded text that are said with their year, as "2026-06", in order."""
    found = [(match.start(), _month_said(match)) for form in _MONTH_FORMS for match in form.finditer(folded)]
    return tuple(dict.fromkeys(month for _, month in sorted(found) if month))


def find_days(folded: str) -> tuple[str, ...]:
    """The days of a folded text, whatever their year, as "06-03", in order."""
    matches = sorted((match for form in _DAY_FORMS for match in form.finditer(folded)), key=lambda one: one.start())
    found: list[str] = []
    end = 0
    for match in matches:
        if match.start() >= end:  # "28 May 8 in the morning" has no 8 May
            said = match.groupdict()
            month = int(said.get("month") or _month_of(said.get("name") or ""))
            days = [said["day"], said["day2"]] if said.get("day2") else [said["day"]]
            found += [f"{month:02}-{int(_digits(day)):02}" for day in days]
            end = match.end()
    return tuple(dict.fromkeys(found))


def is_a_date(text: str) -> bool:
    """Whether a text as "2026-02-30" is a day of the calendar."""
    return text in find_dates(text)


def _digits(day: str) -> str:
    return str(PLACES.index(day) + 1) if day in PLACES else re.sub(r"\D", "", day)


def _month_said(match: re.Match[str]) -> str:
    said = match.groupdict()
    month = int(said.get("month") or _month_of(said.get("name") or ""))
    return f"{int(said['year']):04}-{month:02}" if 1 <= month <= 12 else ""


def dates_with_spans(folded: str) -> list[tuple[Span, str]]:
    """The dates, each with the place of its words."""
    found = [(match.span(), said) for form in _FORMS for match in form.finditer(folded) for said in _dates(match)]
    for match in _LAST_DAY.finditer(folded):
        year, month = int(match["year"] or match["year2"]), int(match["month"] or _month_of(match["name"] or ""))
        if 1 <= month <= 12:
            found.append((match.span(), f"{year}-{month:02}-{calendar.monthrange(year, month)[1]:02}"))
    for match in _NAMED_DAY.finditer(folded):
        month, day = _NAMED_DAYS[match["named"] or match["named2"]]
        found.append((match.span(), f"{match['year'] or match['year2']}-{month:02}-{day:02}"))
    found += [one for span, date in tuple(found) for one in _to(span, date, folded)]
    return sorted(found, key=lambda one: one[0])


def _to(span: Span, date: str, folded: str) -> Iterator[tuple[Span, str]]:
    """The day before a date that ends a span, as of the same year: "from 28 May to 3 June 2026"."""
    for form in _DAY_FORMS[1:]:
        for match in form.finditer(folded, 0, span[0]):
            day = f"{date[:4]}-{_month_of(match['name']):02}-{int(_digits(match['day'])):02}"
            if re.fullmatch(_TO, folded[match.end() : span[0]]) and day < date:
                yield match.span(), day


def _dates(match: re.Match[str]) -> Iterator[str]:
    said = match.groupdict()
    year, first = int(said["year"]), int(said.get("month") or _month_of(said.get("name") or ""))
    for day, month in ((said["day"], first), (said.get("day2"), int(said.get("month2") or first))):
        number = int(_digits(day or "0"))
        if year and 1 <= month <= 12 and 1 <= number <= calendar.monthrange(year, month)[1]:
            yield f"{year:04}-{month:02}-{number:02}"


def _month_of(name: str) -> int:
    return next((number for number, month in enumerate(_MONTHS, 1) if name and month.startswith(name[:3])), 0)
