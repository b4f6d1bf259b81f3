"""A number, out of what a model proposes and what the message says: in the argument's unit, as a time of the calendar,
by its digits, as so much more or less of what was spoken of. A number of another quantity is none.
"""

import math
import re
from collections.abc import Sequence

from nlops.understand.clocks import find_hours
from nlops.understand.dates import find_months_of_a_year, find_years
from nlops.understand.directions import left_of, side_of_zero, sign_of
from nlops.understand.factors import factors_in, is_a_factor
from nlops.understand.fold import fold
from nlops.understand.moments import minutes_until
from nlops.understand.numbers import BETWEEN, Number
from nlops.understand.offer import Offer
from nlops.understand.ordinals import find_ordinals
from nlops.understand.outcomes import ABSENT, Impossible, Said, describe
from nlops.understand.quantities import (
    COUNTERS,
    VAGUE,
    days_ahead,
    is_a_month,
    is_a_year,
    is_an_hour,
    is_measured,
    is_of_another,
    lasts_in,
    readings,
    seconds_of,
)
from nlops.understand.relative import is_reckoned
from nlops.understand.schema import Argument

# Above it a model's own reckoning ("two thirds", 「打八折」) counts for more than the one number that the text has.
SURE_OF_NUMBER = 0.95
_SHORTEST_NAME = 3
_MINUS = re.compile(r"(?:\bminus\s+|\bnegative\s+|负|零下|(?<![\w.)-])[-−])$")
_NOTHING = re.compile(
    r"\b(?:no|none|nothing|without|free|waive|zero)\b|免|零|[一分半][^,。]{0,2}[也都]?(?:不|没|别)|不[收要扣]"
)
_TO_THE_FULL = re.compile(
    r"\b(?:full(?:y)?|whole|max(?:imum)?|all\s+the\s+way\s+up)\b|最[大高亮]|拉满|满格|油满|加满|满油|全[开额部款]|到顶"
)
_NONE_OF_IT = re.compile(
    r"\b(?:no|without|zero)\s+(?:refund|money|discount|fee)\b|\bnothing\s+back\b|[不没零]退|退?0元|不给退"
)
_HALF_OF_IT = re.compile(
    r"\bhalf\b(?!\s+(?:past|an?\b|hour|day|\d|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve))|一半|半[价额数款]|退半"
)
_CLOCK = re.compile(r"(?<![\w.:])\d{1,2}(?:[:.]\d\d)?\s?(?:am|pm|o'clock)(?![a-z])|(?<![\w.:])\d{1,2}:\d\d(?![\w:])")
_OF_A_CLOCK = re.compile(r"\b(?:hour|time|clock|minute|start|end|at|from|until|when)\b|点|时")
# "down for two hours already", "every ten minutes", "in an hour", 「半小时后」, 「已经三天了」
_OF_WHAT_WAS = re.compile(
    r"\b(?:been|ago|since|already|every|each|per|in|after|within|over|took|takes|was|were|old|later|before|early|late)\b"
    r"|前|已经|都|过去|最近|每|了|后|内|之|晚|早|提|又"
)
_AROUND = 14  # characters
_DECIMAL = re.compile(r"(?<![\d.])\d+\.\d+(?![\d.])")
# "10.. or was it 15?"
_UNSURE = re.compile(
    r"\bor was (?:it|that)\b|\b(?:can['’]?t|don['’]?t) (?:remember|recall)\b|\bforgot which\b"
    r"|记不清|不记得|忘了是|还是.{1,8}来着"
)
_NOT = re.compile(r"\bnot\s+$")
_TOO = re.compile(
    r"(?:\s?[a-z%°]{1,8})?[,，.\s]*(?:(?:that['’]?s|it['’]?s|is|was)\s+(?:way\s+|far\s+|a\s+bit\s+)?too\s+\w+"
    r"|[^,，。\d]{0,3}[,，\s]*(?:也|就)?太[高低多少大小热冷长短晚早亮暗久]了?)"
)
# Digits of a day, and of a version.
NO_AMOUNT = re.compile(r"\d{1,2}\s?月\s?\d{1,2}\s?[日号]|\d+\.\d+(?:\.\d+)+")
_A_PART = re.compile(r"\b(?:half|quarters?|thirds?)\b|半|刻|[零又]")
_RECKONS = re.compile(r"\b(?:more|less|another|extra|double|twice|triple|times|by)\b|翻|倍|折|再|多|少|加|减")


def ground_number(offer: Offer, facts: Said) -> object:
    """The number, ABSENT, or Impossible."""
    if (below := _below_zero(offer, facts)) is not None:
        return Impossible(below, describe(offer.argument))
    if is_a_factor(offer.argument) and (factors := factors_in(offer.argument, facts)):
        own = [one for one in factors if one not in offer.elsewhere] or [*factors]
        return offer.said if offer.said in own else own[0] if len(own) == 1 else ABSENT
    day = days_ahead(offer.argument, facts.reading.live)
    value = _signed(offer.argument, _number(offer, facts) if day is None else day, facts)
    if _may_be_negative(offer.argument):
        value = side_of_zero(value, facts.reading.whole, facts.numbers)
    highest = offer.argument.schema.get("maximum")
    if isinstance(value, int | float) and value > 0 and isinstance(highest, int | float) and highest <= 0:
        value = -value  # "two minutes back" of what only goes back
    return left_of(offer.argument, value, facts.reading.whole, facts.numbers)


def _below_zero(offer: Offer, facts: Said) -> float | None:
    """What a model heard and the message says with a minus, where the argument has nothing below zero."""
    said, lowest = offer.said, offer.argument.schema.get("minimum")
    if isinstance(said, bool) or not isinstance(said, int | float) or not isinstance(lowest, int | float):
        return None
    minus = [_MINUS.search(facts.reading.whole[: one.start]) for one in facts.numbers if one.low == one.high == -said]
    return said if said < 0 <= lowest and any(minus) else None


def _number(offer: Offer, facts: Said) -> object:
    argument, said = offer.argument, offer.said
    if isinstance(said, str):
        try:
            said = float(said)
        except ValueError:
            return Impossible(said, describe(argument))
    if isinstance(said, bool) or not isinstance(said, int | float) or not math.isfinite(said):
        return ABSENT
    return _said_or_meant(said, offer, facts)


def overheard_number(argument: Argument, facts: Said) -> object:
    """The number that a message says plainly although the model found it unsaid: how many days ahead, the only one and
    in a unit of what is required, or behind the argument's very name; else ABSENT."""
    day = days_ahead(argument, facts.reading.live)
    if day is not None and not argument.why_not(day):
        return day
    # how long something lasts is mostly told of what is, not of what shall be
    named = [one for one in facts.numbers if one.unit == argument.words and one.unit.endswith("s")]
    named = [one for one in named if seconds_of(one.unit) is None]  # "he's been at it for twenty minutes"
    if len(named) == 1 and named[0].low == named[0].high and not argument.why_not(_plain(named[0].low)):
        return _plain(named[0].low)  # "the last two shifts" of `shifts`
    measured = [one for one in facts.numbers if is_measured(one, argument) and seconds_of(one.unit) is None]
    between = [one for one in facts.numbers if one.unit == BETWEEN and readings(one, argument)]
    if argument.required and not between and (until := _minutes_until(argument, facts)):
        return until
    if argument.required and (between or len(measured) == len(facts.numbers) == 1):
        measured = between or measured
        return _plain(readings(measured[0], argument)[0])
    if not argument.required and lasts_in(argument) and (length := _length_in(argument, facts)):
        return length
    name = argument.words
    if len(name) < _SHORTEST_NAME:
        return ABSENT
    plain = (one for one in facts.numbers if one.low == one.high)
    found = [one.low for one in plain if facts.reading.whole[: one.start].rstrip(" :#").endswith(f" {name}")]
    return _plain(found[0]) if len(found) == 1 else ABSENT


def _length_in(argument: Argument, facts: Said) -> float | int:
    """How long something shall last, where a message says one duration and not of what has been; 0 elsewhere."""
    lengths = [one for one in facts.numbers if seconds_of(one.unit) is not None and len(one.unit) > 1]
    if len(lengths) != 1 or lengths[0].low != lengths[0].high or not is_measured(lengths[0], argument):
        return 0
    around = facts.reading.whole[max(0, lengths[0].start - _AROUND) : lengths[0].end + _AROUND]
    value = _plain(readings(lengths[0], argument)[0])
    return 0 if _OF_WHAT_WAS.search(around) or argument.why_not(value) else value


def _minutes_until(argument: Argument, facts: Said) -> float | int:
    """How long it lasts from one time that is said to another, 「三点一刻开播，播到六点」; 0 where that is not said."""
    minutes = minutes_until(facts.reading.live)
    length = Number(minutes, minutes, BETWEEN, 0, 0)
    values = readings(length, argument) if minutes else ()
    return _plain(values[0]) if values else 0


def _said_or_meant(said: float, offer: Offer, facts: Said) -> object:
    argument = offer.argument
    whole = facts.reading.whole
    meant = [one for one in facts.numbers if not _is_refused(one, whole)]
    refused = [one for one in facts.numbers if one not in meant and said in readings(one, argument)]
    if refused and not any(readings(one, argument) for one in meant):
        return Impossible(None, describe(argument))
    possible = [(number, values) for number in meant if (values := readings(number, argument))]
    if refused and len(possible) == 1 and possible[0][0].low == possible[0][0].high:
        return _plain(possible[0][1][0])  # "nine, not seven"
    if offer.changes and len(possible) > 1 and _UNSURE.search(facts.reading.whole):
        return Impossible(None, describe(argument))
    copied = [values[0] for number, values in possible if number.low == number.high == said and said not in values]
    if len(copied) == 1 and not any(said in values for _, values in possible):
        return _plain(copied[0])  # "five years" as 5 where months are due
    either = (said, -said) if said < 0 and _may_be_negative(argument) else (said,)  # "shave three weeks off"
    if any(_can_be(one, number, values) for number, values in possible for one in either):
        return _plain(said)
    told = _by_the_calendar(argument, facts.reading.whole)
    if said in told or len(told) == 1:
        return _plain(said) if said in told else min(told)
    if _lasts_only(said, argument, facts) or is_of_another(said, argument, facts.numbers):
        return ABSENT
    if _has_a_half_more(said, argument, facts) and said + 0.5 not in offer.elsewhere:
        return said + 0.5  # 「25度半」
    if stands_in(said, NO_AMOUNT.sub(" ", facts.reading.whole)) or said in find_ordinals(facts.reading.whole):
        return ABSENT if _is_of_a_clock(said, argument, facts) else _plain(said)
    return _meant(said, offer, facts, possible)


def _is_refused(number: Number, whole: str) -> bool:
    """Whether a number is said only to be refused: "not six", 「开到22，太高了」."""
    return _NOT.search(whole[: number.start]) is not None or _TOO.match(whole, number.end) is not None


def _meant(said: float, offer: Offer, facts: Said, possible: Sequence[tuple[Number, Sequence[float]]]) -> object:
    """A number that the message does not say as it is: one of the conversation, of the message, or the model's own."""
    argument, whole = offer.argument, facts.reading.whole
    if is_reckoned(said, argument, facts) or facts.was_said(said):  # "50 more" wants no 250 again
        is_new = len(possible) == 1 and offer.alone and _counts(possible[0][0], argument)
        return _plain(possible[0][1][0] if is_new else said)
    if said == 0 and _NOTHING.search(facts.reading.whole):
        return 0
    if said == argument.schema.get("maximum") and _TO_THE_FULL.search(whole):
        return _plain(said)
    is_own = offer.sure >= SURE_OF_NUMBER and not (possible and is_measured(possible[0][0], argument))
    if len(possible) == 1 and (offer.alone or not _RECKONS.search(facts.reading.whole)) and not is_own:
        number = _plain(possible[0][1][0])
        is_others = offer.changes and number in offer.elsewhere and said not in offer.elsewhere
        return ABSENT if is_others else number  # "A to 1.5, B back to normal"
    measured = [values[0] for number, values in possible if is_measured(number, argument)]
    if len(measured) == 1 and offer.changes and argument.why_not(_plain(measured[0])):
        return _plain(measured[0])  # half a year, where ninety days are the most
    is_whole = _A_PART.search(facts.reading.whole) is None
    is_any = len(measured) > 1 and offer.changes and said not in (0, *measured) and offer.sure < SURE_OF_NUMBER
    if is_any and is_whole and not _RECKONS.search(whole):
        return Impossible(None, describe(argument))  # which of them, a third number does not tell
    is_hour = said in find_hours(facts.reading.whole) and not _OF_A_CLOCK.search(
        f"{argument.words} {argument.description}"
    )
    if (possible or VAGUE.search(facts.reading.whole)) and not is_hour and offer.is_enough(facts):
        return _plain(said)
    return _plain(measured[0]) if len(measured) == 1 else ABSENT  # "1.5 kilos" in grams is for a weight


def shares_in(folded: str) -> frozenset[int]:
    """The shares of a whole, in per cent, that a folded text says without a number: "half of it back", 「不退」."""
    found = ((0, _NONE_OF_IT), (50, _HALF_OF_IT), (100, _TO_THE_FULL))
    return frozenset(share for share, words in found if words.search(folded))


def _signed(argument: Argument, value: object, facts: Said) -> object:
    """A number with the sign that the message's words give it; of two quantities, one may be given and one taken."""
    is_one = isinstance(value, int | float) and not isinstance(value, bool) and len(facts.numbers) == 1
    sign = sign_of(argument, facts.reading.live) if is_one else 0
    return sign * abs(value) if sign and isinstance(value, int | float) else value


def _by_the_calendar(argument: Argument, whole: str) -> frozenset[int]:
    """The hours, months or years that a folded message says, where the argument is one of these and no duration."""
    if is_a_month(argument):
        return find_months_of_a_year(whole)
    if is_a_year(argument):
        return find_years(whole)
    return find_hours(whole) if is_an_hour(argument) else frozenset()


def _may_be_negative(argument: Argument) -> bool:
    lowest = argument.schema.get("minimum", argument.schema.get("exclusiveMinimum"))
    return not isinstance(lowest, int | float) or lowest < 0


def _can_be(said: float, number: Number, values: Sequence[float]) -> bool:
    """Whether a number of a message, with what it can stand for, is this one, or a range with it."""
    return said in values if number.low == number.high else min(values) <= said <= max(values)


def stands_in(value: float, text: str) -> bool:
    """Whether the digits of a number stand in the text, as in ids, clock times and dates; in "0.12" stands no 12."""
    shown = f"{abs(value):g}"
    where = text if "." in shown else _DECIMAL.sub(" ", text)
    return re.search(rf"(?<!\d)0*{re.escape(shown)}(?!\d)", where) is not None


def _counts(number: Number, argument: Argument) -> bool:
    """Whether a number may be one of the argument's kind by its unit: 「二区」 is no number of seconds."""
    return not number.unit.strip() or number.unit in COUNTERS or is_measured(number, argument) or number.unit.isascii()


def _lasts_only(said: float, argument: Argument, facts: Said) -> bool:
    """Whether a number is said of a duration alone, and the argument is none: "the last 5 minutes" are no 5 lines."""
    own = [number for number in facts.numbers if number.low == number.high == said]
    is_time = [_is_a_duration(number, facts.reading.whole) for number in own]
    return bool(own) and all(is_time) and not any(readings(number, argument) for number in own)


def _has_a_half_more(said: float, argument: Argument, facts: Said) -> bool:
    own = [number for number in facts.numbers if number.low == number.high == said + 0.5]
    return said >= 1 and len(own) == 1 and argument.kind == "number" and bool(readings(own[0], argument))


def _is_a_duration(number: Number, whole: str) -> bool:
    """Not "seven a minute", nor "sixteen years old"."""
    is_time = (
        len(number.unit) > 1 and seconds_of(number.unit) is not None and whole[number.end - 2 : number.end] != " a"
    )
    return is_time and not re.match(r"\s+(?:a|an|per|each)\b|[\s-]+years?[\s-]+old", whole[number.end :])


def _is_of_a_clock(said: float, argument: Argument, facts: Said) -> bool:
    """Whether a message has a number as a part of a clock's time alone, and the argument is none: "a room at 4pm" is
    not room 4."""
    if _OF_A_CLOCK.search(fold(f"{argument.words} {argument.description}")):
        return False
    return not stands_in(said, _CLOCK.sub(" ", facts.reading.whole)) and not find_ordinals(facts.reading.whole)


def _plain(value: float) -> float | int:
    return int(value) if value == int(value) else round(value, 6)
