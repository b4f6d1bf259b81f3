"""What a number means for an argument: in its unit, as a share, with its sign; nothing where the unit does not fit."""

import pytest

from nlops.domain.tools import Catalogue
from nlops.understand.numbers import find_numbers
from nlops.understand.quantities import days_ahead, readings
from nlops.understand.schema import arguments_of
from tests.understand.shop import BOTS, tool
from tests.understand.test_ground import ground, lacking

WHOLE = {"type": "integer"}
TOOL = tool(
    "set",
    "Set.",
    {
        "hours": WHOLE,
        "minutes": WHOLE,
        "delay_s": WHOLE,
        "ttl": {**WHOLE, "description": "seconds"},
        "lines": WHOLE,
        "percent": WHOLE,
        "size_mb": WHOLE,
        "km": WHOLE,
        "fee_bps": WHOLE,
        "days_ahead": WHOLE,
        "power_kw": WHOLE,
        "volume_l": WHOLE,
        "length": {**WHOLE, "title": "Length in metres"},
        "offset": {**WHOLE, "minimum": -100},
        "kbit_per_s": WHOLE,
        "target_c": WHOLE,
        "feeCents": WHOLE,
        "weight_g_m2": {**WHOLE, "description": "Applied weight, g/m2."},
        "speed_km_h": WHOLE,
        "min_days": WHOLE,
        "price_cents": {**WHOLE, "description": "Euro cents per GPU and hour"},
        "amount_fen": WHOLE,
        "amount": {"type": "number", "description": "Whole euros to pay. 欧元"},
    },
    (),
)
ARGUMENTS = {argument.name: argument for argument in arguments_of(TOOL, Catalogue((TOOL,)))}


def meant(text: str, name: str) -> tuple[float, ...]:
    """All readings of the one number of a text."""
    (number,) = find_numbers(text)
    return readings(number, ARGUMENTS[name])


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("a day and a half", "hours", 36),
        ("一天半", "hours", 36),
        ("three days", "hours", 72),
        ("a fortnight", "hours", 336),
        ("三刻钟", "minutes", 45),
        ("three quarters of an hour", "minutes", 45),
        ("半小时", "minutes", 30),
        ("两个半小时", "minutes", 150),
        ("an hour and a half", "minutes", 90),
        ("an hour and a quarter", "minutes", 75),
        ("half a gig", "size_mb", 512),
        ("3.5%", "fee_bps", 350),
        ("百分之八", "fee_bps", 800),
        ("40 bps", "fee_bps", 40),
        ("两个立方", "volume_l", 2000),
        ("two megawatts", "power_kw", 2000),
        ("40千瓦", "power_kw", 40),
        ("0.3 m3", "volume_l", 300),
        ("两立方米", "volume_l", 2000),
        ("77 fahrenheit", "target_c", 25),
        ("两个g", "size_mb", 2048),
        ("90 min", "hours", 1.5),
        ("五分钟", "delay_s", 300),
        ("5 minutes", "ttl", 300),
        ("2 gb", "size_mb", 2048),
        ("300 metres", "km", 0.3),
        ("两公里", "length", 2000),
        ("一百二", "lines", 120),
        ("120 lines", "lines", 120),
        ("七成", "percent", 70),
        ("百分之四十", "percent", 40),
        ("half a percent", "percent", 0.5),
        ("8 Mbit/s".lower(), "kbit_per_s", 8000),
        ("59 f", "target_c", 15),
        ("68°f", "target_c", 20),
        ("华氏68度", "target_c", 20),
        ("15 c", "target_c", 15),
        ("15度", "target_c", 15),
        ("1.1 euros", "price_cents", 110),
        ("€1.10", "price_cents", 110),
        ("每小时1.1欧", "price_cents", 110),
        ("五块钱", "price_cents", 500),
        ("$49.50", "feeCents", 4950),
        ("650 g", "weight_g_m2", 650),
        ("0.5 kg", "weight_g_m2", 500),
        ("30 km", "speed_km_h", 30),
        ("two weeks", "min_days", 14),
        ("90 cents", "price_cents", 90),
        ("九十分", "price_cents", 90),
        ("300元", "amount_fen", 30000),
        ("86.50 yuan", "amount_fen", 8650),
        ("90 cents", "amount", 0.9),
        ("$12", "amount", 12),
        ("五毛", "amount", 0.5),
        ("三十", "amount", 30),
    ],
)
def test_a_number_is_in_the_arguments_unit(text: str, name: str, value: float) -> None:
    """The unit of the argument is in its name, title or description; the likeliest reading comes first."""
    assert meant(text, name)[0] == pytest.approx(value)


def test_a_discount_can_be_meant_both_ways() -> None:
    """「打八折」 takes 20 per cent off, and leaves 80."""
    assert meant("打八折", "percent")[:2] == (20, 80)
    assert meant("打八五折", "percent")[:2] == (15, 85)


def test_a_range_gives_its_bounds() -> None:
    assert meant("十几行", "lines") == (19, 11)
    assert meant("ten to fifteen lines", "lines") == (15, 10)


def test_a_sign_may_be_in_the_words() -> None:
    """Only where the schema has numbers below zero: "ten degrees lower"."""
    assert meant("10", "offset") == (10, -10) and meant("10", "lines") == (10,)


@pytest.mark.parametrize("text", ["5 minutes", "三小时", "two hours"])
def test_a_time_counts_nothing_else(text: str) -> None:
    """ "The last 5 minutes" are not five lines; but a delay without a unit of its own takes them."""
    assert meant(text, "lines") == ()
    spec = tool("wait", "Wait.", {"delay": WHOLE}, ())
    (delay,) = arguments_of(spec, Catalogue((spec,)))
    assert readings(find_numbers(text)[0], delay)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天能飞吗", 0),
        ("tomorrow at dawn", 1),
        ("明天傍晚", 1),
        ("the day after tomorrow", 2),
        ("后天", 2),
        ("大后天", 3),
        ("today or tomorrow", None),
        ("soon", None),
    ],
)
def test_a_day_is_counted_from_today_where_the_argument_does_so(text: str, day: int | None) -> None:
    assert days_ahead(ARGUMENTS["days_ahead"], text) == day
    assert days_ahead(ARGUMENTS["min_days"], text) is None


LIMIT = tool(
    "limit_park",
    "Limit a park. 限电。",
    {
        "limit_pct": {
            "type": "integer",
            "minimum": 0,
            "maximum": 100,
            "description": "what may still be fed in, % of nameplate",
        }
    },
    ("limit_pct",),
)


@pytest.mark.parametrize(
    ("text", "said", "due"),
    [
        ("take thirty percent off", 30, 70),
        ("curtail it by 20%", 20, 80),
        ("限电降三成", 30, 70),
        ("limit it to 30 percent", 30, 30),
        ("限到三成", 30, 30),
        ("压到40%", 40, 40),
    ],
)
def test_so_much_less_is_what_is_left(text: str, said: int, due: int) -> None:
    """Of an argument that says how much may be left."""
    assert ground(text, "limit_park", Catalogue((LIMIT,), BOTS), limit_pct=said)[0] == [{"limit_pct": due}]


@pytest.mark.parametrize("text", ["最多只能送十兆瓦，限一下", "cap it at 10 MW"])
def test_power_is_no_share(text: str) -> None:
    assert lacking(ground(text, "limit_park", Catalogue((LIMIT,), BOTS), limit_pct=10)) == ["limit_pct"]
