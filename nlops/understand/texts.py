"""Text values: what stands in the message as it is written there, and what a pattern describes."""

import re
from difflib import SequenceMatcher
from functools import lru_cache

from rapidfuzz import fuzz

from nlops.understand.codes import called, composed
from nlops.understand.dates import find_dates, find_days, find_months, is_a_date
from nlops.understand.families import says
from nlops.understand.fold import fold
from nlops.understand.ids import in_digits, is_padded, is_too_short, spelt
from nlops.understand.moments import end_of, fits, in_form, is_a_clock, is_an_end, moment_of, overheard_moment
from nlops.understand.outcomes import ABSENT, Absent, Impossible, Said, describe
from nlops.understand.quantities import days_ahead, written_price
from nlops.understand.schema import Argument, fitting, in_case

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_A_DATE, _A_MONTH, _A_DAY = "2026-01-31", "2026-01", "01-31"
_ANOTHER_DAY = re.compile(
    r"\b(?:tomorrow|tmrw?|tmw|yesterday|(?:next|last|on|this)\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"|明[天日早晚]|后天|昨[天日晚]|前天|(?:下|上)?(?:周|星期|礼拜)[一二三四五六日天]"
)
_TODAY = re.compile(r"\btoday\b|今[天日]")
_NOW = re.compile(r"(?:right\s+)?now|现在|马上|立刻")
_LEFT_OUT = re.compile(
    r"\b(?:none|null|empty|omit(?:ted)?|absent|default(?:s\s+to)?|leave\s+(?:it\s+)?out|left\s+out|without)\b.{0,20}?\b(?:today|now)\b|(?:默认|不填|不写|省略|留空).{0,8}?(?:今天|当天|现在|立即)"
)
_BEGINS = re.compile(r"\^([A-Za-z]{1,3}[-_]?)(?=\[|\\d|\()")
_BRACKETS = ("《》", "〈〉", "()", "[]", "【】", "“”", "「」")
_IN_HAN = str.maketrans("0123456789", "零一二三四五六七八九")
_FOUR = re.compile(r"\d{4}")
_LETTER_AND_DAYS = re.compile(r"\^(?P<letter>[A-Z])\[0-\d\]\$")
_CODE = 3  # letters of a country, a language, a currency
_ALIKE = 90  # per cent, of free text that a model copied with a slip


def ground_text(argument: Argument, said: object, facts: Said) -> object:
    """The text as the message has it, ABSENT, or Impossible."""
    text = str(said).strip()
    whole = facts.reading.whole
    pattern = _DATE if argument.schema.get("format") == "date" else argument.schema.get("pattern")
    if isinstance(pattern, str):
        return in_form(argument, _patterned(argument, pattern, text, facts))
    plain = fold(text).strip("\"'“”‘’「」『』")
    if not plain:
        return ABSENT
    if plain in whole or facts.was_said(text):
        return text
    if written := _as_written(text, whole) or _as_written(text.translate(_IN_HAN), whole):
        return written
    return text if fuzz.partial_ratio(plain, whole) >= _ALIKE else ABSENT


def _as_written(said: str, whole: str) -> str:
    """A text with the marks that the message has in it and a model left out: 「《蓝色多瑙河》的作曲者」. Empty where
    the message has not all of its letters in a row."""
    plain = fold(said)
    letters = [re.escape(char) for char in plain if char.isalnum()]
    match = re.search(r"[\W_]*".join(letters), whole)
    if match is None or not letters or len(plain) != len(said):
        return ""
    start, end = match.span()
    for left, right in map(tuple, _BRACKETS):
        start -= whole.count(right, start, end) > whole.count(left, start, end) and whole[:start].endswith(left)
        end += whole.count(left, start, end) > whole.count(right, start, end) and whole.startswith(right, end)
    changes = SequenceMatcher(None, plain, whole[start:end], autojunk=False).get_opcodes()
    return "".join(whole[start + a : start + b] if how == "insert" else said[i:j] for how, i, j, a, b in changes)


def _patterned(argument: Argument, pattern: str, said: str, facts: Said) -> object:
    """A value that a pattern describes: what the model wrote where the message says its letters and digits."""
    whole = facts.reading.whole
    value = _spelt(argument, pattern, _joined(pattern, in_case(pattern, said)), whole)
    if _FOUR.fullmatch(value) and value in whole and is_a_clock(argument) and not is_an_end(argument):
        value = f"{value[:2]}:{value[2:]}"  # 04:45 of "0445"
        return value if fits(argument, value) else Impossible(said, describe(argument))
    local, _, domain = value.partition("@")
    if domain and f"@{fold(domain)}" in fold(argument.description) and not re.search(pattern, value):
        value = local  # a mailbox by its whole address, of the domain that the definition names and no other
    if not re.search(pattern, value) and (price := written_price(pattern, facts.numbers, argument.description)):
        return price
    is_fine = re.search(pattern, value) is not None
    if not is_fine and not argument.required and says_default(argument, said):
        return ABSENT
    if isinstance(day := _day_of(argument, pattern, value, facts), str | Impossible | Absent):
        return day
    if ahead := _days_ahead(argument, pattern, whole):
        return ahead
    codes = called(argument, whole) or composed(argument, whole)
    if codes and (not is_fine or fold(value) not in whole) and (value in codes or len(codes) == 1):
        return value if value in codes else codes[0]
    if isinstance(moment := moment_of(argument, value, facts), str | Impossible | Absent):
        return moment
    bare, plain = re.sub(r"[\W_]+", "", fold(value)), re.sub(r"[\W_]+", "", whole)
    if bare and bare in plain:
        as_said = [word for word in fitting(pattern, whole) if re.sub(r"[\W_]+", "", fold(word)) == bare]
        return value if is_fine else as_said[0] if as_said else Impossible(said, describe(argument))
    letters = plain + _letters_of_talk(argument, value, facts)
    fixed = [run for run in re.findall(r"[a-z]+", fold(value)) if run not in letters and run not in pattern.lower()]
    digits = re.findall(r"\d+", value)
    counted = {int(run) for run in re.findall(r"\d+", whole)} | {number.low for number in facts.numbers}
    padded = is_padded(pattern, argument.description)
    is_short = not padded and any(is_too_short(run, plain) for run in digits)
    is_said = bool(digits) and not is_short and all(run in plain or int(run) in counted for run in digits) and not fixed
    is_called = is_fine and len(value) <= _CODE and says(fold(value), whole)  # of a country's code its name
    if (is_said and is_fine) or is_called or facts.was_said(value) or value in spelt(pattern, whole):
        return value
    words = fitting(pattern, whole)
    return words[0] if len(words) == 1 else ABSENT


def _day_of(argument: Argument, pattern: str, value: str, facts: Said) -> object:
    """The day or the month that a message says, where the pattern describes such; None where it does not, or none is
    said."""
    whole = facts.reading.whole
    if _describes(pattern, _A_DATE) and (dates := find_dates(whole)):
        only = dates[0] if len(dates) == 1 else end_of(argument, dates)
        return next((one for one in dates if value.startswith(one)), only or ABSENT)
    if _describes(pattern, _A_MONTH) and (months := find_months(whole)):
        return value if value in months else months[0] if len(months) == 1 else ABSENT
    if _describes(pattern, _A_DAY) and (days := find_days(whole)):
        return value if value in days else days[0] if len(days) == 1 else ABSENT
    if _describes(pattern, _A_DATE) and value[5:] in find_days(whole) and _is_year_of_talk(value, facts):
        return value  # "and the 16th of may": of the year that was spoken of
    if _describes(pattern, _A_DATE) and re.search(pattern, value) and not is_a_date(value):
        return Impossible(value, describe(argument))
    return None


def _days_ahead(argument: Argument, pattern: str, whole: str) -> str:
    """How many days ahead a message says, where the pattern is a letter and such a number: D1 of "tomorrow"."""
    match = _LETTER_AND_DAYS.fullmatch(pattern)
    day = days_ahead(argument, whole) if match else None
    value = f"{match['letter']}{day}" if match and day is not None else ""
    return value if re.search(pattern, value) else ""


def _joined(pattern: str, value: str) -> str:
    """A value without its blanks and hyphens, where only that is of the pattern: "138 5714 0092", "2 TB"."""
    joined = in_case(pattern, re.sub(r"[\s-]+", "", value))
    is_only_so = re.search(pattern, joined) and not re.search(pattern, value) and re.search(r"\d", value)
    return joined if is_only_so else value


def says_default(argument: Argument, said: str) -> bool:
    """Whether a word says what an option is when it is left out: "today" of "none = today"."""
    left_out = _LEFT_OUT.search(fold(argument.description))
    return left_out is not None and (_TODAY.fullmatch(fold(said)) or _NOW.fullmatch(fold(said))) is not None


def _is_year_of_talk(value: str, facts: Said) -> bool:
    said = (one for row in facts.earlier for one in row.values())
    return any(isinstance(one, str) and is_a_date(one) and one[:5] == value[:5] for one in said)


def _letters_of_talk(argument: Argument, value: str, facts: Said) -> str:
    """The letters of the id that was spoken of, where the value is its neighbour: "and 02?" behind db-01."""
    before = (row.get(argument.name) for row in facts.earlier)
    alike = (one for one in before if isinstance(one, str) and one != value)
    kin = next((one for one in alike if re.sub(r"\d+$", "", one) == re.sub(r"\d+$", "", value)), "")
    return " ".join(re.findall("[a-z]+", fold(kin)))


def overheard_text(argument: Argument, facts: Said) -> object:
    """What a text says plainly for an argument that is a day, or the time at which something ends, although the model
    found it unsaid. Impossible where the day is another than the one that the argument has by default."""
    pattern = _DATE if argument.schema.get("format") == "date" else argument.schema.get("pattern")
    if not isinstance(pattern, str):
        return ABSENT
    if _describes(pattern, _A_DATE):
        dates = find_dates(facts.reading.whole)
        if len(dates) == 1:
            return dates[0]
        is_today = not argument.required and _TODAY.search(fold(argument.description)) is not None
        is_other = not dates and _ANOTHER_DAY.search(facts.reading.live) is not None
        return Impossible(None, describe(argument)) if is_today and is_other else ABSENT
    live = facts.reading.live
    codes = (called(argument, live) or composed(argument, live)) if argument.required else ()
    if ahead := _days_ahead(argument, pattern, live):
        return ahead
    return codes[0] if len(codes) == 1 else overheard_moment(argument, facts)


@lru_cache(maxsize=4096)
def _describes(pattern: str, example: str) -> bool:
    """Whether a pattern describes an example, and no letters in the place of its digits."""
    letters = re.sub(r"\d", "a", example)
    return [bool(re.search(pattern, one)) for one in (example, letters, letters.upper())] == [True, False, False]


def _lettered(argument: Argument, pattern: str, value: str, whole: str) -> str:
    """An id without digits whose letter stands behind what it is an id of: T-E of "tank e"."""
    begins = _BEGINS.match(pattern)
    whole_id = f"{begins[1]}{value.upper()}" if begins else ""
    is_said = re.search(rf"\b{re.escape(argument.words)}\s?{re.escape(fold(value))}(?![a-z0-9])", whole)
    return whole_id if whole_id in spelt(pattern, whole) and is_said else value


def _spelt(argument: Argument, pattern: str, value: str, whole: str) -> str:
    """The value as the pattern wants it, where the message says one id with the same digits, and the letters that the
    model wrote: R08 of "room 8". Without a digit any word of the right length would be one."""
    digits = [int(run) for run in re.findall(r"\d+", in_digits(fold(value)))]
    if re.search(pattern, value):
        return value
    if not digits:
        return _lettered(argument, pattern, value, whole)
    begins = _BEGINS.match(pattern)
    if begins is not None and value in whole and re.search(pattern, f"{begins[1]}{value}"):
        return f"{begins[1]}{value}"  # "4.9.2" where every version is v4.9.2
    letters = re.findall(r"[a-z]+", in_digits(fold(value)))
    said = spelt(pattern, whole, padded=is_padded(pattern, argument.description))
    alike = [one for one in said if [int(run) for run in re.findall(r"\d+", one)] == digits]
    alike = [one for one in alike if all(run in fold(one) for run in letters)]
    if len(alike) == 1:
        return alike[0]
    is_apart = any(re.search(rf"\b{run}\b", whole) for run in letters)  # "and 5 at HRB" may be any 5
    own = [one for one in spelt(pattern, fold(value)) if _bare(one) == _bare(value) and not is_apart]
    return own[0] if len(own) == 1 else value  # W04 of "W4" for "washer 4"


def _bare(id_: str) -> list[str]:
    """The letters and numbers of an id, whatever stands between them."""
    return [run.lstrip("0") or "0" for run in re.findall(r"[a-z]+|\d+", fold(id_))]
