"""In which form a pattern wants a day, a time of the day, or both: 12/03, 20260312, 1540, "12-03 06:00".

A day is `2026-01-31` or `01-31` everywhere else, a time of the day `09:30`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

_WITH_YEAR = ("{y}-{m}-{d}", "{y}{m}{d}", "{y}/{m}/{d}", "{y}.{m}.{d}", "{d}.{m}.{y}", "{d}/{m}/{y}", "{m}/{d}/{y}")
_WITHOUT_YEAR = ("{m}-{d}", "{m}/{d}", "{d}/{m}", "{d}.{m}", "{d}.{m}.", "{m}{d}")
_CLOCKS = ("{h}:{n}", "{h}{n}", "{h}.{n}", "{i}:{n}{p}", "{i}:{n} {p}", "{h}h")
_FIELDS = {"{y}": r"(?P<y>20\d\d)", "{m}": r"(?P<m>\d\d)", "{d}": r"(?P<d>\d\d)"}
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


@dataclass(frozen=True)
class Form:
    """How a day and a time of the day are written, one of them or both."""

    day: str = ""
    joint: str = ""
    clock: str = ""

    @property
    def has_year(self) -> bool:
        return "{y}" in self.day

    @property
    def is_of_its_own(self) -> bool:
        """Whether it is a day in another form than everywhere else, or a day and a time."""
        return bool(self.day) and (bool(self.clock) or self.day not in ("{y}-{m}-{d}", "{m}-{d}"))

    def write(self, day: str, clock: str) -> str:
        """A day and a time in this form; what it has no place for is left out."""
        month, number = day[-5:-3], day[-2:]
        written = self.day.format(y=day[:4], m=month, d=number) if self.day else ""
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
        year = f"{parts['y']}-" if parts.get("y") else ""
        day = f"{year}{parts['m']}-{parts['d']}" if "m" in parts else ""
        hour = parts.get("h") or (
            f"{int(parts['i']) % _NOON + (_NOON if parts['p'] == 'pm' else 0):02}" if "i" in parts else ""
        )
        return day, f"{hour}:{parts.get('n') or '00'}" if hour else ""


_UNITS = {"d": 86400, "h": 3600, "m": 60, "s": 1}  # seconds


def lasting(pattern: str, seconds: float) -> str:
    """A duration as a pattern of a number and a unit's letter wants it, in the greatest unit that leaves no rest, or
    else in hours or minutes: "3d", "90m". Empty where the pattern is none of these."""
    taken = [unit for unit in _UNITS if re.search(pattern, f"5{unit}") or re.search(pattern, f"30{unit}")]
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
    days = [Form(day) for day in (*_WITH_YEAR, *_WITHOUT_YEAR)]
    both = [Form(day.day, joint, clock) for day in days for joint in (" ", "T", "") for clock in _CLOCKS]
    forms = [form for form in (*(Form(clock=clock) for clock in _CLOCKS), *days, *both) if _is_in(form, pattern)]
    if len(forms) > 1:
        first, other = ("{d}", "{m}") if _DAY_FIRST.search(description) else ("{m}", "{d}")
        is_told = bool(_DAY_FIRST.search(description)) != bool(_MONTH_FIRST.search(description))
        forms = [form for form in forms if is_told and form.day.find(first) < form.day.find(other)]
    return forms[0] if len(forms) == 1 else None


def _is_in(form: Form, pattern: str) -> bool:
    """Whether a pattern takes what is written in a form, and nothing of another length, no letters, nor where it is
    all digits any others."""
    times = _TIMES if form.clock else ("",)
    taken = [[form.write(day, clock) for clock in times if re.search(pattern, form.write(day, clock))] for day in _DAYS]
    if not all(taken):
        return False
    one = taken[0][0]
    others = [re.sub(r"\d", "a", one), re.sub(r"\d", "A", one), one[:-1], f"{one}1"]
    others += [form.write(*_NEITHER)] if one.isdigit() else []
    return not any(re.search(pattern, other) for other in others)
