"""Text values: what stands in the message as it is written there, and what a pattern describes."""

import re
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from rapidfuzz import fuzz

from nlops.understand.clocks import Span, find_clocks, find_span, later
from nlops.understand.codes import called
from nlops.understand.dates import find_dates, find_days, find_months, is_a_date
from nlops.understand.families import says
from nlops.understand.fold import fold
from nlops.understand.forms import Form, form_of, lasting
from nlops.understand.ids import in_digits, is_padded, is_too_short, spelt
from nlops.understand.outcomes import ABSENT, Absent, Impossible, Said, describe
from nlops.understand.quantities import seconds_of
from nlops.understand.schema import Argument, fitting, in_case

_DATE = r"^\d{4}-\d{2}-\d{2}$"
_A_DATE, _A_MONTH, _A_DAY = "2026-01-31", "2026-01", "01-31"
_SHORT_CLOCK = re.compile(r"(\d{1,2}):(\d{1,2})")
_STARTS = re.compile(r"\b(?:start|from|begin|beginning|at|time)\b")
_STOPS = re.compile(r"\b(?:until|till?|end|ends|to|stop|finish)\b")
# Whatever a clock's time stands behind where it is an end: "til quarter to seven", 「开到六点」
_UNTIL = re.compile(
    r"(?:\b(?:un)?till?|(?<!\w)'til|(?<!quarter )\bto|到|至)\s*(?=\d|[a-z]|[零一二两三四五六七八九十早上中下晚凌])"
)
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
_A_CLOCK = re.compile(r"\d\d:\d\d")
_DAY_MINUTES = 24 * 60
_HALF_DAY = 12 * 60
_FOUR = re.compile(r"\d{4}")
_LONGEST_TIME = 5  # words
_CODE = 3  # letters of a country, a language, a currency
_ALIKE = 90  # per cent, of free text that a model copied with a slip


def ground_text(argument: Argument, said: object, facts: Said) -> object:
    """The text as the message has it, ABSENT, or Impossible."""
    text = str(said).strip()
    whole = facts.reading.whole
    pattern = _DATE if argument.schema.get("format") == "date" else argument.schema.get("pattern")
    if isinstance(pattern, str):
        return _in_form(argument, _patterned(argument, pattern, text, facts))
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
    value = _spelt(argument, pattern, in_case(pattern, said), whole)
    if _FOUR.fullmatch(value) and value in whole and is_a_clock(argument) and not is_an_end(argument):
        value = f"{value[:2]}:{value[2:]}"  # 04:45 of "0445"
        return value if _fits(argument, value) else Impossible(said, describe(argument))
    local, _, domain = value.partition("@")
    if domain and f"@{fold(domain)}" in fold(argument.description) and not re.search(pattern, value):
        value = local  # a mailbox by its whole address, of the domain that the definition names and no other
    is_fine = re.search(pattern, value) is not None
    if not is_fine and not argument.required and _is_of_itself(argument, said):
        return ABSENT
    if _describes(pattern, _A_DATE) and (dates := find_dates(whole)):
        return next((one for one in dates if value.startswith(one)), dates[0] if len(dates) == 1 else ABSENT)
    if _describes(pattern, _A_MONTH) and (months := find_months(whole)):
        return value if value in months else months[0] if len(months) == 1 else ABSENT
    if _describes(pattern, _A_DAY) and (days := find_days(whole)):
        return value if value in days else days[0] if len(days) == 1 else ABSENT
    if _describes(pattern, _A_DATE) and value[5:] in find_days(whole) and _is_year_of_talk(value, facts):
        return value  # "and the 16th of may": of the year that was spoken of
    if _describes(pattern, _A_DATE) and is_fine and not is_a_date(value):
        return Impossible(said, describe(argument))
    codes = called(argument, whole)
    if codes and fold(value) not in whole and (value in codes or len(codes) == 1):
        return value if value in codes else codes[0]
    if isinstance(moment := _moment(argument, value, facts), str | Impossible | Absent):
        return moment
    bare, plain = re.sub(r"[\W_]+", "", fold(value)), re.sub(r"[\W_]+", "", whole)
    if bare and bare in plain:
        as_said = [word for word in fitting(pattern, whole) if re.sub(r"[\W_]+", "", fold(word)) == bare]
        return value if is_fine else as_said[0] if as_said else Impossible(said, describe(argument))
    fixed = [run for run in re.findall(r"[a-z]+", fold(value)) if run not in plain and run not in pattern.lower()]
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


def _moment(argument: Argument, value: str, facts: Said) -> object:
    """A time of the day, or a day in a form of its own, where the message says one; None where it says none."""
    form, whole = _form(argument), facts.reading.whole
    if lasts := _lasting(argument, facts):
        return lasts
    if form is not None and form.is_of_its_own:
        return _formed(form, value, facts)
    if not is_a_clock(argument):
        return None
    if clocks := find_clocks(whole):
        return _of_a_clock(argument, value, clocks, facts)
    span = _bare_span(whole, frozenset())
    if span is None:
        return None
    return span.stop if _STOPS.search(argument.words) else span.start if _STARTS.search(argument.words) else ABSENT


def _lasting(argument: Argument, facts: Said) -> str:
    """The one duration that a message says, where the argument's pattern wants such: "90m". Empty elsewhere."""
    pattern = argument.schema.get("pattern")
    said = {one.low * seconds for one in facts.numbers if (seconds := seconds_of(one.unit)) and one.low == one.high}
    return lasting(pattern, said.pop()) if isinstance(pattern, str) and len(said) == 1 else ""


def _of_a_clock(argument: Argument, value: str, clocks: frozenset[str], facts: Said) -> object:
    """A time of the day, where the message says one."""
    if short := _SHORT_CLOCK.fullmatch(value):
        value = f"{int(short[1]):02}:{short[2]:0<2}"  # 17:00 of "17:0"
    value = clock_of(argument, value)
    if is_an_end(argument) and find_span(facts.reading.whole) is None:
        end = _end(argument, facts)
        if not isinstance(end, Absent):
            return end
    return _clock(argument, value, clocks, facts.reading.whole)


def _formed(form: Form, value: str, facts: Said) -> object:
    """A day in a form of its own, or a day and a time. What a message that puts one of the two right does not say is
    that of before."""
    whole = facts.reading.whole
    days = {day if form.has_year else day[-5:] for day in find_dates(whole)}
    days |= set() if form.has_year else set(find_days(whole))
    model = form.read(value) or ("", "")
    earlier = [read for row in facts.earlier for one in row.values() if (read := form.read(str(one)))]
    before = earlier[0] if earlier else ("", "")
    day = _one_of(days, model[0], before[0]) if form.day else ""
    clock = _one_of(find_clocks(whole), model[1], before[1]) if form.clock else ""
    if not days and not (form.clock and find_clocks(whole)):
        return value if facts.was_said(value) else ABSENT
    return form.write(day, clock) if (day or not form.day) and (clock or not form.clock) else ABSENT


def _one_of(said: Collection[str], model: str, before: str) -> str:
    """What is said; of several the one that the model heard, and where nothing is, that of before. Empty where that
    tells none."""
    return model if model in said else min(said) if len(said) == 1 else "" if said else before


def _is_of_itself(argument: Argument, said: str) -> bool:
    """Whether a word says what an option is when it is left out: "today" of "none = today"."""
    left_out = _LEFT_OUT.search(fold(argument.description))
    return left_out is not None and (_TODAY.fullmatch(fold(said)) or _NOW.fullmatch(fold(said))) is not None


def _is_year_of_talk(value: str, facts: Said) -> bool:
    said = (one for row in facts.earlier for one in row.values())
    return any(isinstance(one, str) and is_a_date(one) and one[:5] == value[:5] for one in said)


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
    form = _form(argument)
    if form is not None and form.is_of_its_own:
        return _formed(form, "", facts)
    codes = called(argument, facts.reading.live) if argument.required else ()
    if len(codes) == 1:
        return codes[0]
    if is_an_end(argument):
        return _in_form(argument, _end(argument, facts))
    is_due = argument.required and is_a_clock(argument)
    return _in_form(argument, _beginning(argument, facts)) if is_due else ABSENT


def _beginning(argument: Argument, facts: Said) -> object:
    """The one time that is said, or that of a span with which it begins."""
    span = find_span(facts.reading.whole)
    until = find_until(facts.reading.live)
    return span.start if span is not None else ABSENT if until else _only(argument, find_clocks(facts.reading.whole))


def clock_left(argument: Argument, elsewhere: Sequence[object], facts: Said, value: object) -> object:
    """The one time of the day that a message's other calls of the tool leave; else the value as it is."""
    left = find_clocks(facts.reading.whole) - {one for one in elsewhere if isinstance(one, str)}
    is_one = len(left) == 1 and bool(elsewhere) and not is_an_end(argument)
    return _in_form(argument, min(left)) if is_one else value


def _form(argument: Argument) -> Form | None:
    pattern = argument.schema.get("pattern")
    return form_of(pattern, argument.description) if isinstance(pattern, str) else None


def _fits(argument: Argument, clock: str) -> bool:
    """Whether a time of the day is one that the argument takes."""
    return not argument.why_not(_in_form(argument, clock))


def _in_form(argument: Argument, value: object) -> object:
    """A time of the day as the argument's pattern wants it; anything else as it is."""
    form = _form(argument)
    is_time = form is not None and not form.day and isinstance(value, str) and _A_CLOCK.fullmatch(value)
    return form.write("", str(value)) if form is not None and is_time else value


def clock_of(argument: Argument, value: object) -> str:
    """A value of an argument that is a time of the day as HH:MM; any other text as it is."""
    form = _form(argument)
    read = form.read(str(value)) if form is not None and not form.day else None
    return read[1] if read is not None else str(value)


def is_a_clock(argument: Argument) -> bool:
    """Whether an argument is a time of the day."""
    form = _form(argument)
    return form is not None and bool(form.clock) and not form.day


def is_an_end(argument: Argument) -> bool:
    """Whether an argument is a time of the day at which something ends."""
    return is_a_clock(argument) and _STOPS.search(argument.words) is not None


def find_until(folded: str) -> frozenset[str]:
    """The times of the day at which something ends, by a folded text: 18:45 of "until quarter to seven tonight"."""
    parts = [re.split(r"[,，;；。]", folded[match.end() :])[0] for match in _UNTIL.finditer(folded)]
    parts = [" ".join(part.split()[:_LONGEST_TIME]) for part in parts]
    found = [find_clocks(part if re.match(r"\D*[点:]", part) else f"at {part}") for part in parts]
    return min((clocks for clocks in found if clocks), key=len, default=frozenset())


def minutes_until(folded: str) -> int:
    """The minutes from the one time of the day that a folded text says to the one at which something ends; 0 where it
    does not say both. Of the hours that they can mean the nearest."""
    until, clocks = find_until(folded), find_clocks(folded)
    starts = clocks - until
    if not until or not starts or len({clock[3:] for clock in starts}) > 1:
        return 0
    return min((_minutes(end) - _minutes(start)) % _DAY_MINUTES for start in starts for end in until)


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def _end(argument: Argument, facts: Said) -> object:
    """When something ends: as it is said, or so long after the one time that is said: "from 9am, for an hour and a
    half"."""
    until = find_until(facts.reading.live)
    clocks = find_clocks(facts.reading.whole)
    spans = [one.low * (seconds_of(one.unit) or 0) / 60 for one in facts.numbers if one.low == one.high]
    spans = [minutes for minutes in spans if minutes]
    if until or len(clocks) != 1 or len(spans) != 1:
        return _only(argument, until)
    return later(min(clocks), spans[0])


def _only(argument: Argument, clocks: frozenset[str]) -> object:
    """The one time of the day, or of several the one that the argument takes."""
    possible = clocks if len(clocks) == 1 else [clock for clock in clocks if _fits(argument, clock)]
    return min(possible) if len(possible) == 1 else ABSENT


def _bare_span(whole: str, clocks: frozenset[str]) -> Span | None:
    """The span of two bare numbers, where a text says no other time: "from 9 to 3"."""
    span = find_span(whole, bare=True)
    own = {span.start, span.stop, later(span.start, _HALF_DAY), later(span.stop, _HALF_DAY)} if span else set()
    return span if clocks <= own else None


def _clock(argument: Argument, value: str, clocks: frozenset[str], whole: str) -> object:
    """A time of the day: of a span its one end, else the one that the text says, or that it can mean."""
    span = find_span(whole) or _bare_span(whole, clocks)
    if span is not None and _STOPS.search(argument.words):
        return span.stop
    if span is not None and _STARTS.search(argument.words):
        return span.start
    if value in clocks or len(clocks) == 1:
        return value if value in clocks else min(clocks)
    possible = [clock for clock in clocks if _fits(argument, clock)]
    if len(possible) == 1:
        return possible[0]  # of "half twelve", where nobody leaves at midnight
    return ABSENT if argument.required else Impossible(None, describe(argument))


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
