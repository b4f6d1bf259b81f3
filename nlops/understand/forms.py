"""In which form a pattern wants a day, a time of the day, or both: 12/03, 20260312, 1540, "12-03 06:00".

A day is `2026-01-31` or `01-31` everywhere else, a time of the day `09:30`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

_MARKS = ("-", "/", ".", "", " ")
_NUMBERED = ("{y}@{m}@{d}", "{d}@{m}@{y}", "{m}@{d}@{y}", "{d}@{m}@{u}", "{u}@{m}@{d}", "{m}@{d}", "{d}@{m}")
_NAMED = ("{d}@{b}", "{d}@{b}@{y}", "{d}@{b}@{u}", "{b}@{d}")
_CASES = ("{b}", "{B}", "{BB}")  # jan, Jan, JAN
_CLOCKS = ("{h}:{n}", "{h}{n}", "{h}.{n}", "{h}h{n}", "{h}h", "{i}:{n}{p}", "{i}:{n} {p}", "{i}{p}")
_JOINTS = (" ", "T", "", "-", "_", "@", "/", ",")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FIELDS = {"{y}": r"(?P<y>20\d\d)", "{u}": r"(?P<u>\d\d)", "{m}": r"(?P<m>\d\d)", "{d}": r"(?P<d>\d\d)"}
_FIELDS |= dict.fromkeys(_CASES, rf"(?P<b>(?i:{'|'.join(_MONTHS)}))")
_FIELDS |= {"{h}": r"(?P<h>\d\d)", "{n}": r"(?P<n>\d\d)", "{i}": r"(?P<i>\d\d)", "{p}": r"(?P<p>am|pm)"}
# Where a pattern takes both 31/01 and 01/31, its description says which it is.
_DAY_FIRST, _MONTH_FIRST = (
    re.compile(r"\bdd\s?[./-]\s?mm", re.IGNORECASE),
    re.compile(r"\bmm\s?[./-]\s?dd", re.IGNORECASE),
)
_DAYS = ("2026-01-31", "2027-12-05")
_NOON = 12
_NEITHER = ("2026-13-01", "24:30")  # no day, and no time
# A pattern may have no times but those of one part of the day.
_TIMES = tuple(f"{hour:02}:{minute}" for hour in range(24) for minute in ("30", "00"))
_FEW_TIMES = ("09:00", "14:30", "21:00")
_Written = tuple[tuple[str, ...], ...]  # of each of the days, at each of some times


@dataclass(frozen=True)
class Form:
    """How a day and a time of the day are written, one of them or both."""

    day: str = ""
    joint: str = ""
    clock: str = ""

    @property
    def has_year(self) -> bool:
        return "{y}" in self.day or "{u}" in self.day

    @property
    def is_of_its_own(self) -> bool:
        """Whether it is a day in another form than everywhere else, or a day and a time."""
        return bool(self.day) and (bool(self.clock) or self.day not in ("{y}-{m}-{d}", "{m}-{d}"))

    def write(self, day: str, clock: str) -> str:
        """A day and a time in this form; what it has no place for is left out."""
        month, number = day[-5:-3], day[-2:]
        name = _MONTHS[(int(month) - 1) % 12] if self.day else ""
        written = self.day.format(y=day[:4], u=day[2:4], m=month, d=number, b=name, B=name.title(), BB=name.upper())
        return written + self.joint + (self._timed(clock) if self.clock else "")

    def _timed(self, clock: str) -> str:
        hour = int(clock[:2])
        half, twelfth = "am" if hour < _NOON else "pm", (hour - 1) % _NOON + 1
        return self.clock.format(h=clock[:2], n=clock[3:], i=f"{twelfth:02}", p=half)

    def read(self, value: str) -> tuple[str, str] | None:
        """The day and the time of a value in this form; empty what it does not have."""
        match = _reader(self.day + self.joint + self.clock).fullmatch(value)
        if match is None:
            return None
        parts = match.groupdict()
        full = parts.get("y") or (f"20{parts['u']}" if parts.get("u") else "")
        year = f"{full}-" if full else ""
        month = parts.get("m") or (f"{_MONTHS.index(parts['b'].lower()) + 1:02}" if "b" in parts else "")
        day = f"{year}{month}-{parts['d']}" if month else ""
        hour = parts.get("h") or (
            f"{int(parts['i']) % _NOON + (_NOON if parts['p'] == 'pm' else 0):02}" if "i" in parts else ""
        )
        return day, f"{hour}:{parts.get('n') or '00'}" if hour else ""


_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}  # seconds


def lasting(pattern: str, seconds: float) -> str:
    """A duration as a pattern of a number and a unit's letter wants it, in the greatest unit that leaves no rest, or
    else in hours or minutes: "3d", "90m". Empty where the pattern is none of these."""
    taken = [unit for unit in _UNITS if re.search(pattern, f"5{unit}")]
    if len(taken) < 2 or re.search(pattern, "5x"):
        return ""
    whole = [f"{seconds / _UNITS[unit]:.0f}{unit}" for unit in taken if seconds % _UNITS[unit] == 0]
    return next((one for one in whole if re.search(pattern, one)), "")


@lru_cache(maxsize=512)
def _reader(template: str) -> re.Pattern[str]:
    pattern = re.escape(template).replace(r"\{", "{").replace(r"\}", "}")
    for field, part in _FIELDS.items():
        pattern = pattern.replace(field, part)
    return re.compile(pattern)


@lru_cache(maxsize=1024)
def form_of(pattern: str, description: str = "") -> Form | None:
    """The form that a pattern describes; None where it describes none of them, or more than one."""
    forms = [form for form, written in _plain_forms() if _is_in(form, written, pattern)]
    forms = forms or [form for form, written in _joint_forms() if _is_in(form, written, pattern)]
    forms = [form for form in forms if form.has_year] or forms  # the digits of a year could be a time's
    if len(forms) > 1:
        first, other = ("{d}", "{m}") if _DAY_FIRST.search(description) else ("{m}", "{d}")
        is_told = bool(_DAY_FIRST.search(description)) != bool(_MONTH_FIRST.search(description))
        forms = [form for form in forms if is_told and form.day.find(first) < form.day.find(other)]
    return forms[0] if len(forms) == 1 else None


@cache
def _plain_forms() -> tuple[tuple[Form, _Written], ...]:
    orders = [*_NUMBERED, *(order.replace("{b}", case) for order in _NAMED for case in _CASES)]
    days = (*(order.replace("@", mark) for order in orders for mark in _MARKS), "{d}.{m}.")
    forms = (*(Form(clock=clock) for clock in _CLOCKS), *map(Form, days))
    return tuple((form, _written(form, _TIMES if form.clock else ("",))) for form in forms)


@cache
def _joint_forms() -> tuple[tuple[Form, _Written], ...]:
    days = [form.day for form, _ in _plain_forms() if form.day]
    forms = (Form(day, joint, clock) for day in days for joint in _JOINTS for clock in _CLOCKS)
    return tuple((form, _written(form, _FEW_TIMES)) for form in forms)


def _written(form: Form, times: Sequence[str]) -> _Written:
    return tuple(tuple(form.write(day, clock) for clock in times) for day in _DAYS)


def _is_in(form: Form, written: _Written, pattern: str) -> bool:
    """Whether a pattern takes of each day one of the times it is `written` at, and nothing of another length, no
    letters but the form's own, nor where it is all digits any others."""
    taken = []
    for times in written:
        one = next((one for one in times if re.search(pattern, one)), None)
        if one is None:
            return False
        taken.append(one)
    one = taken[0]
    others = [re.sub(r"\d", "a", one), re.sub(r"\d", "A", one), one[:-1], f"{one}1"]
    others += [re.sub("(?i)jan", letters, one) for letters in ("qqq", "Qqq", "QQQ") if "jan" in one.lower()]
    others += [form.write(*_NEITHER)] if one.isdigit() else []
    return not any(re.search(pattern, other) for other in others)
