"""Days, times of the day and durations, as an argument's pattern wants them and a message says them."""

import re
from collections.abc import Collection, Mapping, Sequence

from nlops.understand.clocks import Span, each_clock, find_clocks, find_span, later
from nlops.understand.dates import find_dates, find_days
from nlops.understand.forms import Form, form_of, lasting
from nlops.understand.outcomes import ABSENT, Absent, Impossible, Said, describe
from nlops.understand.quantities import seconds_of
from nlops.understand.schema import Argument

_SHORT_CLOCK = re.compile(r"(\d{1,2}):(\d{1,2})")
_STARTS = re.compile(r"\b(?:opens?|opening|departs?|departure|leaves?|first|start|from|begin|beginning|at|time)\b")
_STOPS = re.compile(r"\b(?:closes?|closing|last|until|till?|end|ends|to|stop|finish)\b")
# Whatever a clock's time stands behind where it is an end: "til quarter to seven", 「开到六点」
_UNTIL = re.compile(
    r"(?:\b(?:un)?till?|(?<!\w)'til|(?<!quarter )\bto|到|至)\s*(?=\d|[a-z]|[零一二两三四五六七八九十早上中下晚凌])"
)
_EVERY_HOURS = re.compile(r"\bevery\s+(?P<en>\d{1,2})\s?h(?:ou)?rs?\b|每隔?(?P<zh>\d{1,2})个?(?:小时|钟头)")
_A_CLOCK = re.compile(r"\d\d:\d\d")
_UNTIL_THEN = re.compile(r"\b(?:un)?till?\b|(?<!\w)'til|为止|之前|结束")
_BOTH_ENDS = 2
_LATE = "13:00"  # who says 21:00 means the morning by 9:00
_DAY_MINUTES = 24 * 60
_HALF_DAY = 12 * 60
_LONGEST_TIME = 5  # words


def is_a_clock(argument: Argument) -> bool:
    """Whether an argument is a time of the day."""
    form = _form(argument)
    return form is not None and bool(form.clock) and not form.day


def has_a_clock(argument: Argument) -> bool:
    """Whether an argument is a time of the day, or a day and a time, or a text of any content."""
    form = _form(argument)
    return argument.is_free_text or (form is not None and bool(form.clock))


def has_a_day(argument: Argument) -> bool:
    """Whether an argument is a day of the calendar, a day and a time, or a text of any content."""
    form = _form(argument)
    is_day = (form is not None and bool(form.day)) or argument.schema.get("format") in ("date", "date-time")
    is_named = not argument.choices and re.search(r"\bday|\bdate", argument.words) is not None  # no weekdays
    return argument.is_free_text or is_day or is_named


def is_an_end(argument: Argument) -> bool:
    """Whether an argument is a time of the day at which something ends."""
    return is_a_clock(argument) and _STOPS.search(argument.words) is not None


def clock_of(argument: Argument, value: object) -> str:
    """A value of an argument that is a time of the day as HH:MM; any other text as it is."""
    form = _form(argument)
    read = form.read(str(value)) if form is not None and not form.day else None
    return read[1] if read is not None else str(value)


def in_form(argument: Argument, value: object) -> object:
    """A time of the day as the argument's pattern wants it; anything else as it is."""
    form = _form(argument)
    is_time = form is not None and not form.day and isinstance(value, str) and _A_CLOCK.fullmatch(value)
    return form.write("", str(value)) if form is not None and is_time else value


def _form(argument: Argument) -> Form | None:
    pattern = argument.schema.get("pattern")
    return form_of(pattern, argument.description) if isinstance(pattern, str) else None


def form_of_choices(argument: Argument) -> Form | None:
    """How the choices of an argument are written, where all are times of the day; else None."""
    choices = [one for one in argument.choices if isinstance(one, str) and re.search(r"\d", one)]
    if not choices or len(choices) < len(argument.choices):
        return None
    form = form_of(f"^(?:{'|'.join(map(re.escape, choices))})$")
    return form if form is not None and not form.day and all(map(form.read, choices)) else None


def fits(argument: Argument, clock: str) -> bool:
    """Whether a time of the day is one that the argument takes."""
    return not argument.why_not(in_form(argument, clock))


def moment_of(argument: Argument, value: str, facts: Said) -> object:
    """A time of the day, or a day in a form of its own, where the message says one; None where it says none."""
    form, whole = _form(argument), facts.reading.whole
    if lasts := _lasting(argument, facts):
        return lasts
    if form is not None and form.is_of_its_own:
        return _formed(form, value, facts, argument)
    if not is_a_clock(argument):
        return None
    if clocks := find_clocks(whole):
        return _of_a_clock(argument, value, clocks, facts)
    span = _bare_span(whole, frozenset())
    if span is None:
        return None
    return span.stop if _STOPS.search(argument.words) else span.start if _STARTS.search(argument.words) else ABSENT


def end_of(argument: Argument, days: Collection[str]) -> str:
    """Of two days that one at which the argument begins or ends, by its name; empty where it tells neither."""
    is_end = _STOPS.search(argument.words) is not None
    is_start = _STARTS.search(argument.words) is not None
    if len(days) != _BOTH_ENDS or is_end == is_start:
        return ""
    return max(days) if is_end else min(days)


def overheard_moment(argument: Argument, facts: Said) -> object:
    """The day in a form of its own, or the time of the day, that a message says plainly although the model found it
    unsaid: of times that at which something ends, or the one that must be said."""
    form = _form(argument)
    if form is not None and form.is_of_its_own:
        is_whole = argument.required or not (form.day and form.clock)  # else the day and the time may be two others'
        return _formed(form, "", facts, argument) if is_whole else ABSENT
    if is_an_end(argument):
        return in_form(argument, _end(argument, facts))
    is_due = argument.required and is_a_clock(argument)
    return in_form(argument, _beginning(argument, facts)) if is_due else ABSENT


def is_unsaid(argument: Argument, facts: Said) -> bool:
    """Whether an argument is a day or a time of the day, and a message says none."""
    form, whole = _form(argument), facts.reading.whole
    is_day = bool(find_dates(whole) or find_days(whole))
    return form is not None and not (form.day and is_day) and not (form.clock and find_clocks(whole))


def _beginning(argument: Argument, facts: Said) -> object:
    """The one time that is said, or that of a span with which it begins."""
    span = find_span(facts.reading.whole)
    until = _UNTIL_THEN.search(facts.reading.live) and find_until(facts.reading.live)  # "move it to 2pm" begins then
    return span.start if span is not None else ABSENT if until else _only(argument, find_clocks(facts.reading.whole))


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
    possible = clocks if len(clocks) == 1 else [clock for clock in clocks if fits(argument, clock)]
    return min(possible) if len(possible) == 1 else ABSENT


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


def _clock(argument: Argument, value: str, clocks: frozenset[str], whole: str) -> object:
    """A time of the day: of a span its one end, else the one that the text says, or that it can mean."""
    span = find_span(whole) or _bare_span(whole, clocks)
    if span is not None and _STOPS.search(argument.words):
        return span.stop
    if span is not None and _STARTS.search(argument.words):
        return span.start
    if value in clocks or len(clocks) == 1:
        return value if value in clocks else min(clocks)
    possible = [clock for clock in clocks if fits(argument, clock)]
    if len(possible) == 1:
        return possible[0]  # of "half twelve", where nobody leaves at midnight
    return Impossible(None, describe(argument))  # what is said, but not which, is nothing of before


def _bare_span(whole: str, clocks: frozenset[str]) -> Span | None:
    """The span of two bare numbers, where a text says no other time: "from 9 to 3"."""
    span = find_span(whole, bare=True)
    own = {span.start, span.stop, later(span.start, _HALF_DAY), later(span.stop, _HALF_DAY)} if span else set()
    return span if clocks <= own else None


def clock_left(argument: Argument, elsewhere: Sequence[object], facts: Said, value: object) -> object:
    """The one time of the day that a message's other calls of the tool leave; else the value as it is."""
    left = find_clocks(facts.reading.whole) - {one for one in elsewhere if isinstance(one, str)}
    is_one = len(left) == 1 and bool(elsewhere) and not is_an_end(argument)
    return in_form(argument, min(left)) if is_one else value


def listed(argument: Argument, items: Sequence[object], facts: Said) -> object | None:
    """The times of the day, or the days, of a list of such, in the order of the message; None for any other list."""
    schema = argument.schema.get("items")
    pattern = schema.get("pattern") if isinstance(schema, Mapping) else None
    form = form_of(pattern, argument.description) if isinstance(pattern, str) else None
    if form is None or bool(form.clock) == bool(form.day):
        return None
    whole = facts.reading.whole
    if form.day:
        days = find_dates(whole) if form.has_year else find_days(whole)
        said = [form.write(day, "") for day in days]
    else:
        heard = {read[1] for item in items if (read := form.read(str(item)))}
        heard |= {clock for item in items for clock in re.findall(r"\d\d:\d\d", str(item))}
        said_times = each_clock(whole)
        is_of_a_day = any(len(clocks) == 1 and min(clocks) >= _LATE for clocks in said_times)
        meant = [_meant_of(clocks, heard) or (min(clocks) if is_of_a_day else "") for clocks in said_times]
        if not all(meant):
            return Impossible(None, describe(argument))
        said = [form.write("", clock) for clock in _repeated(meant, whole)]
    if said:
        return list(dict.fromkeys(said))
    return list(items) if items and all(map(facts.was_said, items)) else ABSENT


def _repeated(clocks: Sequence[str], whole: str) -> list[str]:
    """The times of the day; of "every 8 hours, first at 6" all three."""
    match = _EVERY_HOURS.search(whole)
    hours = int(match["en"] or match["zh"]) if match else 0
    if len(clocks) != 1 or hours not in (2, 3, 4, 6, 8, 12):
        return list(clocks)
    return sorted(later(clocks[0], 60 * hour) for hour in range(0, 24, hours))


def _meant_of(clocks: frozenset[str], heard: Collection[str]) -> str:
    """Of what a time of the day can mean the one, or the one that the model heard; empty if none."""
    for some in (clocks, clocks & set(heard)):
        if len(some) == 1:
            return min(some)
    return ""


def _formed(form: Form, value: str, facts: Said, argument: Argument) -> object:
    """A day in a form of its own, or a day and a time. What a message that puts one of the two right does not say is
    that of before."""
    whole = facts.reading.whole
    days = {day if form.has_year else day[-5:] for day in find_dates(whole)}
    days |= set() if form.has_year else set(find_days(whole))
    model = form.read(value) or ("", "")
    earlier = [read for row in facts.earlier for one in row.values() if (read := form.read(str(one)))]
    before = earlier[0] if earlier else ("", "")
    year = before[0].rpartition("-")[0][:4] if form.has_year and not days else ""
    days |= {f"{year}-{day}" for day in find_days(whole)} if year else set()  # of the year that was spoken of
    end = end_of(argument, days)
    days = {end} if end else days
    day = _one_of(days, model[0], before[0]) if form.day else ""
    clock = _one_of(find_clocks(whole), model[1], before[1]) if form.clock else ""
    if not days and not (form.clock and find_clocks(whole)):
        return value if facts.was_said(value) else ABSENT
    if (day or not form.day) and (clock or not form.clock):
        return form.write(day, clock)
    # an option that is said is not left out only because it is not said plainly
    return Impossible(None, "") if value and not argument.required else ABSENT


def _one_of(said: Collection[str], model: str, before: str) -> str:
    """What is said; of several the one that the model heard, and where nothing is, that of before. Empty where that
    tells none."""
    return model if model in said else min(said) if len(said) == 1 else "" if said else before


def _lasting(argument: Argument, facts: Said) -> str:
    """The one duration that a message says, where the argument's pattern wants such: "90m". Empty elsewhere."""
    pattern = argument.schema.get("pattern")
    said = {one.low * seconds for one in facts.numbers if (seconds := seconds_of(one.unit)) and one.low == one.high}
    return lasting(pattern, said.pop()) if isinstance(pattern, str) and len(said) == 1 else ""


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
