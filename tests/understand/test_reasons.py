"""What speaks for a value that a message does not name, and what does not: a dictionary's word for what the definition
says of it, that others are named, the verb of what null does, how a number is said."""

from typing import Any

import pytest

from nlops.domain.tools import Catalogue, JsonObject, ToolCall
from nlops.understand.dates import find_dates
from nlops.understand.flags import special_number
from nlops.understand.fold import fold
from nlops.understand.glosses import told_of, told_plainly
from nlops.understand.ground import ground_calls
from nlops.understand.numbered import numbered
from nlops.understand.numbers import find_numbers
from nlops.understand.reply import Proposed
from nlops.understand.sayings import mentioned, resolve
from nlops.understand.schema import Argument, arguments_of
from tests.understand.shop import tool
from tests.understand.test_ground import facts_of, ground, lacking

ROOM: JsonObject = {
    "type": "string",
    "enum": ["hikers", "wine", "books"],
    "description": "hikers: walks and climbing; wine: tastings; books: reading",
}
SENSOR: JsonObject = {"type": "string", "enum": ["thermometer", "anemometer"]}
AREAS: JsonObject = {
    "type": "array",
    "items": {"type": "string", "enum": ["harbour", "old_town", "hills"]},
    "description": "harbour: port and coast; old_town: city centre; hills: the mountains",
}
AREA: JsonObject = {"type": "string", "enum": ["harbour", "old_town"], "description": "old_town: city centre"}
STATION: JsonObject = {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3}$"}
DAY: JsonObject = {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"}
HAZARD: JsonObject = {"type": "string", "enum": ["gale", "frost", "fog"]}
SET = {
    "welcome": tool(
        "welcome",
        "Set the text with which newcomers are welcomed, or switch it off.",
        {
            "room": ROOM,
            "words": {"type": ["string", "null"], "maxLength": 120, "description": "null removes the welcome text"},
        },
        ("room", "words"),
    ),
    "keep": tool(
        "keep",
        "Keep a station out for some hours, or end its maintenance.",
        {
            "station": STATION,
            "hours": {
                "type": ["integer", "null"],
                "minimum": 1,
                "maximum": 168,
                "description": "For how many hours; null ends the maintenance",
            },
        },
        ("station", "hours"),
    ),
    "warn": tool("warn", "Warn people.", {"hazard": HAZARD, "areas": AREAS}, ("hazard", "areas")),
    "fill": tool(
        "fill", "Read days again.", {"station": STATION, "first_day": DAY, "last_day": DAY}, ("first_day", "last_day")
    ),
    "shift": tool(
        "shift",
        "Shift subtitles.",
        {
            "video": {"type": "string", "pattern": "^vid-[0-9]{4}$"},
            "seconds": {"type": "number", "minimum": -40, "description": "positive: later, negative: earlier"},
        },
        ("video", "seconds"),
    ),
}
CATALOGUE = Catalogue(tuple(SET.values()))


def argument(**schema: object) -> Argument:
    one = tool("t", "T.", {"one": schema}, ("one",))
    return arguments_of(one, Catalogue((one,)))[0]


@pytest.mark.parametrize(
    ("schema", "text", "values"),
    [
        (ROOM, "爬山那个群最近冷清不", ("hikers",)),
        (ROOM, "那个群最近冷清不", ()),
        (SENSOR, "风速那个调一下", ("anemometer",)),
        (AREAS, "市中心的人都发", ("old_town",)),
        ({"type": "string", "enum": ["raw", "hourly", "daily"]}, "逐小时的导一份", ("hourly",)),
        ({"type": "string", "enum": ["regional", "wave"]}, "区域预报跑一遍", ("regional",)),
    ],
)
def test_what_a_chinese_word_means_in_english_is_a_reason(
    schema: JsonObject, text: str, values: tuple[str, ...]
) -> None:
    assert told_of(argument(**schema), fold(text)) == values


@pytest.mark.parametrize(("schema", "said"), [(ROOM, "爬山"), (AREA, "大学城")])
def test_a_word_is_no_value_because_of_what_itmeans_of(schema: JsonObject, said: str) -> None:
    """A "university city" is no city centre, and soy milk no milk."""
    assert resolve(argument(**schema), said) is None


def test_the_noun_of_a_number_may_have_a_slip() -> None:
    pumps: JsonObject = {"type": "string", "enum": ["K1", "K2"]}
    one = tool("t", "T.", {"compressor": pumps, "room": pumps}, ("compressor",))
    compressor, room = arguments_of(one, Catalogue((one,)))
    assert numbered(compressor, "make compresor 2 the main one") == ("K2",)
    assert numbered(room, "boom 2") == ()


def test_an_adverb_names_its_adjective() -> None:
    match = argument(type="string", enum=["contains", "exact"])
    assert mentioned(match, "it must be exactly the word") == ("exact",)


@pytest.mark.parametrize(("text", "values"), [("give the lions number 3", ("r3",)), ("room 7 please", ()), ("3", ())])
def test_most_rooms_are_numbered_and_number_three_is_one(text: str, values: tuple[str, ...]) -> None:
    """Beside one that has a name."""
    rooms: JsonObject = {"type": "string", "enum": ["r1", "r2", "r3", "bootcamp"]}
    one = tool("t", "T.", {"room": rooms}, ("room",))
    assert numbered(arguments_of(one, Catalogue((one,)))[0], text) == values


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("一块儿永久拉黑", []),
        ("偏低3个百分点", [3]),
        ("an hour and three quarters", [1.75, 3]),
        ("two hours and a quarter", [2.25]),
        ("how it was over the past day", [1]),
        ("what we sold the last day of may", []),
    ],
)
def test_numbers_are_what_they_say(text: str, said: list[float]) -> None:
    assert [one.low for one in find_numbers(text)] == said


def test_null_is_said_by_what_it_does_and_not_by_what_it_does_it_to() -> None:
    """Whoever names the maintenance does not end it, and there shall be a text where one is set."""
    keep: dict[str, Any] = {"station": "MT-140"}
    assert lacking(ground("put mt-140 into maintenance", "keep", CATALOGUE, **keep)) == ["hours"]
    assert ground("mt-140 ends now", "keep", CATALOGUE, **keep)[0] == [{**keep, "hours": None}]
    for text, is_null in (("set a welcome for wine", False), ("wine 那边设个欢迎语", False), ("wine: off", True)):
        made = ground(text, "welcome", CATALOGUE, room="wine", words=None)
        assert made[0] == [{"room": "wine", "words": None}] if is_null else lacking(made) == ["words"]


@pytest.mark.parametrize(
    ("text", "said", "value"),
    [
        ("half a degree above zero", -0.5, 0.5),
        ("two degrees below zero", 2, -2),
        ("零下16度", 16, -16),
        ("零上两度，不是零下", -2, 2),
        ("two degrees", -2, -2),
    ],
)
def test_a_temperature_lies_on_its_side_of_zero(text: str, said: float, value: float) -> None:
    celsius = tool("cool", "Cool.", {"celsius": {"type": "number", "minimum": -40, "maximum": 15}}, ("celsius",))
    assert ground(text, "cool", Catalogue((celsius,)), celsius=said)[0] == [{"celsius": value}]


def test_what_stands_in_brackets_behind_a_name_is_one_as_well() -> None:
    """Where it is no row of what several are called."""
    buyer = argument(type="string", enum=["gulf", "lyon"], description="gulf = Gulf Foods (Dubai), lyon = Lyon Mer")
    assert mentioned(buyer, "send it to dubai") == ("gulf",) and mentioned(buyer, "to lyon mer") == ("lyon",)
    room = argument(type="string", enum=["store_a", "store_b"], description="store_a, store_b: A and B (A库, B库)")
    assert mentioned(room, "a库") != ("store_b",)


def test_a_part_of_another_value_is_no_name() -> None:
    """Who "hasn't paid" is not looked for among the paid ones without a rider."""
    state = argument(type="string", enum=["unpaid", "unassigned"], description="unassigned: paid, but no rider yet")
    assert mentioned(state, "who still hasn't paid") == () and mentioned(state, "the unpaid ones") == ("unpaid",)


def test_a_flag_that_is_heard_needs_no_sure_model() -> None:
    linen = tool("order", "Order.", {"urgent": {"type": "boolean", "default": False}}, ())
    for text, made in (("换床单，加急", {"urgent": True}), ("换床单", {})):
        assert ground(text, "order", Catalogue((linen,)), {"urgent": 0.4}, urgent=True)[0] == [made]


def test_a_flag_with_a_default_needs_half_of_a_model_and_one_without_more() -> None:
    mailed: JsonObject = {"type": "boolean", "default": False}
    send = tool("send", "Send.", {"mailed": mailed, "tracked": {"type": "boolean"}}, ())
    for certainty, made in ((0.5, {"mailed": True}), (0.49, {}), (0.6, {"mailed": True, "tracked": True})):
        unsure = dict.fromkeys(("mailed", "tracked"), certainty)
        assert ground("the usual", "send", Catalogue((send,)), unsure, mailed=True, tracked=True)[0] == [made]


def test_where_others_are_named_a_sure_model_is_asked_about() -> None:
    made = ground(
        "fog in the old town, gale in the hills", "warn", CATALOGUE, {"hazard": 0.95}, hazard="frost", areas=["hills"]
    )
    assert lacking(made) == ["hazard"]
    one = ground("fog in the old town", "warn", CATALOGUE, {"hazard": 0.95}, hazard="frost", areas=["old_town"])
    assert one[0] == [{"hazard": "fog", "areas": ["old_town"]}]


def test_what_is_said_of_another_call_is_not_said_of_this_one() -> None:
    """Where something else is said of it; "too", and an id in a row with the other, are for both."""
    mode = {"type": "string", "enum": ["lead", "load", "off"]}
    pump = tool("mode", "Mode.", {"pump": {"type": "string", "pattern": "^K[0-9]$"}, "mode": mode}, ("pump", "mode"))
    both = [Proposed(ToolCall("mode", {"pump": one, "mode": "off"})) for one in ("K1", "K4")]
    for text, made in (
        ("k1 takes the base and k4 goes off", 1),
        ("k1 and k4 go off", 2),
        ("k4 goes off, k1 does so too", 2),
        ("k4关掉 off，k1也是", 2),
    ):
        calls, lacks = ground_calls(both, facts_of(text), Catalogue((pump,)))
        assert (len(calls), [lack.argument.name for lack in lacks]) == (made, ["mode"] if made == 1 else [])


def test_what_is_ordered_of_another_call_is_not_ordered_of_this_one() -> None:
    """Although it is the only value that the message names, and this one's is told by the definition."""
    mode: JsonObject = {
        "type": "string",
        "enum": ["lead", "standby", "off"],
        "description": "lead: carries the base load; standby: starts when the pressure drops; off: does not run",
    }
    pump = tool("mode", "Mode.", {"pump": {"type": "string", "pattern": "^K[0-9]$"}, "mode": mode}, ("pump", "mode"))
    both = [Proposed(ToolCall("mode", {"pump": one, "mode": how})) for one, how in (("K1", "lead"), ("K4", "off"))]
    calls, _ = ground_calls(both, facts_of("k1 takes the base load and k4 goes off"), Catalogue((pump,)))
    assert [call.arguments["mode"] for call in calls] == ["lead", "off"]


def test_a_number_of_another_calls_argument_is_not_this_ones() -> None:
    take = tool("take", "Take samples.", {"pieces": {"type": "integer", "minimum": 1}}, ("pieces",))
    level: JsonObject = {"type": "integer", "minimum": 1, "maximum": 5}
    rank = tool("rank", "Rank an order.", {"level": level}, ("level",))
    both = [Proposed(ToolCall("take", {"pieces": 6})), Proposed(ToolCall("rank", {"level": 1}), sure={"level": 0.7})]
    calls, lacks = ground_calls(
        both, facts_of("take 6 of them, and the order goes to top priority"), Catalogue((take, rank))
    )
    assert [call.arguments for call in calls] == [{"pieces": 6}]
    assert [(lack.argument.name, lack.got) for lack in lacks] == [("level", None)]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("不急，排到最后面做", 5),
        ("make it first", 1),
        ("the last one goes first", None),
        ("top priority", None),
        ("go on", None),
    ],
)
def test_the_least_and_the_most_are_said_by_their_words(text: str, number: int | None) -> None:
    level = argument(type="integer", minimum=1, maximum=5, description="1 is made first, 5 last")
    assert special_number(level, text) == number


def test_a_number_is_of_the_argument_that_it_counts() -> None:
    """ "the last two shifts" of `shifts`; what counts something else is none of it."""
    counted: JsonObject = {"type": "integer", "minimum": 1, "maximum": 30}
    report = tool("report", "Report.", {"shifts": counted}, (), risk="read")
    for text, made in (("over the last two shifts", {"shifts": 2}), ("of two machines", {})):
        assert ground(text, "report", Catalogue((report,)))[0] == [made]
    mute = tool("mute", "Mute a viewer.", {"minutes": counted}, ("minutes",))
    assert lacking(ground("mute him, he's been at it for twenty minutes", "mute", Catalogue((mute,)))) == ["minutes"]


def test_off_and_on_are_said_in_chinese_and_now_as_people_say_it() -> None:
    mode = argument(type="string", enum=["lead", "off"])
    assert mentioned(mode, "k3关了吧") == ("off",) and mentioned(mode, "k3打开") == ()
    when = argument(type="string", enum=["after_cycle", "now"])
    assert mentioned(when, "kill it this second") == ("now",)


def test_the_number_of_another_call_is_not_this_ones() -> None:
    """Of "back to normal" nobody knows that it is 1."""
    zone: JsonObject = {"type": "string", "enum": ["centre", "campus"]}
    price = tool("price", "Price.", {"zone": zone, "factor": {"type": "number", "minimum": 1}}, ("zone", "factor"))
    made = (("centre", 1.5), ("campus", 1))
    both = [Proposed(ToolCall("price", {"zone": z, "factor": f}), sure={"factor": 0.9}) for z, f in made]
    calls, lacks = ground_calls(both, facts_of("centre to 1.5, campus back to normal"), Catalogue((price,)))
    assert [call.arguments for call in calls] == [{"zone": "centre", "factor": 1.5}]
    assert [lack.argument.name for lack in lacks] == ["factor"]


def test_below_zero_is_not_above_it() -> None:
    """Not even where the argument has nothing below; what has no minus may be a slip of the model."""
    fridge = tool("fridge", "Fridge.", {"celsius": {"type": "integer", "minimum": 1, "maximum": 9}}, ("celsius",))
    for text in ("to minus four", "to -4", "调到零下4度", "负4度"):
        (lack,) = ground(text, "fridge", Catalogue((fridge,)), celsius=-4)[1]
        assert (lack.got, lack.why) == (-4, "1–9"), text


@pytest.mark.parametrize(
    ("text", "chapters", "made"),
    [
        ("c10441前五话都放出来", [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
        ("the first three chapters of c10441", [1, 2, 3, 4], [1, 2, 3]),
        ("c10441 chapters 3 and 7", [1, 3, 7], [3, 7]),
        ("c10441 chapters 5 to 7", [5, 6, 7], [5, 6, 7]),
        ("c10441 提前5分钟放第7话", [2, 7], [7]),
    ],
)
def test_the_first_five_are_each_of_them(text: str, chapters: list[int], made: list[int]) -> None:
    """And the digits of an id are none of a list."""
    numbers: JsonObject = {"type": "array", "items": {"type": "integer", "minimum": 1}}
    work: JsonObject = {"type": "string", "pattern": "^[A-Z][0-9]{5}$"}
    show = tool("show", "Show.", {"work": work, "chapters": numbers}, ("work", "chapters"))
    assert ground(text, "show", Catalogue((show,)), work="C10441", chapters=chapters)[0][0]["chapters"] == made


def test_several_words_that_a_message_means_are_more_than_a_sure_model() -> None:
    """A wedding anniversary is no memorial, although a word of it is."""
    day = argument(
        type="string",
        enum=["birthday", "anniversary", "memorial"],
        description="birthday; anniversary: wedding or first date; memorial: the day somebody died",
    )
    assert told_plainly(day, "结婚纪念日5月20号") == ("anniversary",) and told_plainly(day, "纪念日5月20号") == ()


def test_what_a_list_is_forbidden_is_taken_out_of_it() -> None:
    said: dict[str, Any] = {"hazard": "fog", "areas": ["hills", "old_town"]}
    made = ground("fog 只发山区，old town 不要发", "warn", CATALOGUE, {"areas": 0.3}, **said)
    assert made[0] == [{"hazard": "fog", "areas": ["hills"]}]


def test_every_value_of_a_list_is_all_of_it() -> None:
    said: dict[str, Any] = {"hazard": "fog", "areas": ["harbour", "old_town", "hills"]}
    assert ground("fog，各区统统发", "warn", CATALOGUE, {"areas": 0.5}, **said)[0] == [said]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("from 28 may to 3 june 2026", ("2026-05-28", "2026-06-03")),
        ("it came 28 may, done 3 june 2026", ("2026-06-03",)),
        ("from 28 june to 3 may 2026", ("2026-05-03",)),
    ],
)
def test_a_span_of_days_has_one_year(text: str, days: tuple[str, ...]) -> None:
    assert find_dates(text) == days


def test_of_two_days_the_first_is_where_it_begins() -> None:
    """Whatever the model wrote; one that it wrote right stays."""
    said: dict[str, Any] = {"station": "QS-045", "first_day": "2025-03-01", "last_day": "2025-03-03"}
    made = ground("qs-045: from 3 to 6 march 2025", "fill", CATALOGUE, **{**said, "last_day": "2025-03-31"})
    assert made[0] == [{"station": "QS-045", "first_day": "2025-03-03", "last_day": "2025-03-06"}]


def test_a_number_inside_an_id_is_none() -> None:
    """So that of one quantity the words give the sign; a range that began in the id is where it ends."""
    made = ground("vid-3306 lags by 1.2 s, pull it forward", "shift", CATALOGUE, video="vid-3306", seconds=1.2)
    assert made[0] == [{"video": "vid-3306", "seconds": -1.2}]
    assert ground("vid-0014 to twenty earlier", "shift", CATALOGUE, video="vid-0014", seconds=-20)[1] == []
