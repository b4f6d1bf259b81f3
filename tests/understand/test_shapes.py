"""Arguments of many shapes take from a message what it says in their form, and nothing that is another argument's."""

from typing import Any

import pytest

from nlops.domain.tools import Catalogue, JsonObject, ToolCall
from nlops.understand.codes import composed
from nlops.understand.fold import fold
from nlops.understand.ground import ground_calls
from nlops.understand.measures import in_unit_of
from nlops.understand.misplaced import in_place
from nlops.understand.numbers import find_numbers
from nlops.understand.quantities import unit_of, written_price
from nlops.understand.questions import ask_about
from nlops.understand.reply import Proposed
from nlops.understand.sayings import in_one_row, mentioned
from nlops.understand.schema import Argument, arguments_of
from tests.understand.shop import BOTS, tool
from tests.understand.test_ground import facts_of, ground, lacking

CLOCK: JsonObject = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
JOB: JsonObject = {"type": "string", "pattern": "^[A-Z]{2}[0-9]{4}[A-Z]$"}
RIDER: JsonObject = {"type": "string", "pattern": "^[A-Z]{3}[0-9]{2}$"}
MOVE = tool(
    "move",
    "Move a delivery.",
    {
        "job": JOB,
        "day": {"type": "string", "pattern": "^(0[1-9]|[12][0-9]|3[01])(JAN|MAR|MAY|DEC)$"},
        "from": {"type": "string", "pattern": "^([01][0-9]|2[0-3])[0-5][0-9]$"},
        "length": {"type": "integer", "enum": [30, 60, 90, 120], "default": 60, "description": "Window in minutes."},
    },
    ("job", "from"),
)
PAUSE = tool(
    "pause",
    "Stop taking orders. 停接单/恢复接单。",
    {
        "zone": {"type": "string", "enum": ["north", "south", "harbour"], "description": "north 北, harbour 海港."},
        "minutes": {
            "type": ["integer", "null"],
            "minimum": 0,
            "maximum": 480,
            "description": "0 reopens 恢复. null: until somebody reopens it 不限时.",
        },
    },
    ("zone", "minutes"),
)
ASSIGN = tool(
    "assign",
    "Give jobs to a rider.",
    {"jobs": {"type": "array", "items": JOB, "minItems": 1}, "rider": RIDER},
    ("jobs", "rider"),
)
VAN = tool(
    "van",
    "Hand out a van.",
    {
        "plate": {"type": "string", "pattern": "^浙A[A-Z0-9]{5}$"},
        "rider": RIDER,
        "odo_km": {"type": "integer", "minimum": 0},
    },
    ("plate", "rider", "odo_km"),
)
CANCEL = tool(
    "cancel",
    "Cancel a job.",
    {"job": JOB, "refund_pct": {"type": "integer", "enum": [0, 50, 100], "default": 100, "description": "Percent."}},
    ("job",),
)
REMIND = tool(
    "remind",
    "Daily reminders.",
    {
        "chart": {"type": "string", "pattern": "^K[0-9]{4}$"},
        "times": {"type": "array", "items": CLOCK, "minItems": 1, "description": "HH:MM, every day."},
        "days": {"type": "integer", "minimum": 1, "maximum": 90},
    },
    ("chart", "times", "days"),
)
BOOK = tool(
    "book",
    "Book a visit.",
    {
        "vet": {"type": "string", "enum": ["han", "lin", "osei"], "description": "han 韩医生, lin 林医生."},
        "time": CLOCK,
        "minutes": {"type": "integer", "minimum": 10, "maximum": 180, "default": 20},
    },
    ("vet", "time"),
)
HOURS = tool(
    "hours",
    "Weekly opening hours.",
    {
        "days": {"type": "array", "items": {"type": "string", "enum": ["mon", "tue", "wed", "thu", "fri", "sat"]}},
        "open": CLOCK,
        "close": CLOCK,
    },
    ("days", "open", "close"),
)
CALL = tool(
    "call",
    "Call somebody.",
    {
        "phone": {"type": "string", "pattern": "^1[3-9][0-9]{9}$"},
        "disk": {"type": "string", "pattern": "^[1-9][0-9]{0,3}(GB|TB)$"},
        "price": {"type": "string", "pattern": "^[0-9]{1,2}[.][0-9]{2} EUR$"},
    },
    (),
)
ALL = Catalogue((MOVE, PAUSE, ASSIGN, VAN, CANCEL, REMIND, BOOK, HOURS, CALL), BOTS)


def argument(of: Any, name: str) -> Argument:
    return next(one for one in arguments_of(of, ALL) if one.name == name)


@pytest.mark.parametrize(
    ("text", "name", "said", "made"),
    [
        # a day by its month, a time without a colon
        ("AB1234C to the 14th of march, half past six pm", "move", {"day": "MARCH"}, {"from": "1830", "day": "14MAR"}),
        ("AB1234C改到5月9号早上八点", "move", {"day": "05-09", "from": "05-09"}, {"from": "0800", "day": "09MAY"}),
        # an option that the model invents and of which nothing is said
        ("shift AB1234C to 1pm", "move", {"from": "1pm", "day": "JAN"}, {"from": "1300"}),
        # of numbers to choose from the one that is measured
        (
            "AB1234C to 1pm, an hour and a half",
            "move",
            {"from": "13:00", "length": "150"},
            {"from": "1300", "length": 90},
        ),
        ("AB1234C to 1pm, half an hour", "move", {"from": "13:00", "length": 60}, {"from": "1300", "length": 30}),
        ("AB1234C下午两点，留两小时", "move", {}, {"from": "1400", "length": 120}),
        ("AB1234C to 1pm for 2 hours", "move", {"from": "13:00", "length": "2h"}, {"from": "1300", "length": 120}),
        # a share without a number
        ("cancel AB1234C, half of it back", "cancel", {"refund_pct": "100"}, {"refund_pct": 50}),
        ("取消AB1234C，钱不退", "cancel", {"refund_pct": "0"}, {"refund_pct": 0}),
        ("cancel AB1234C, full refund", "cancel", {"refund_pct": "100"}, {"refund_pct": 100}),
    ],
)
def test_days_times_lengths_and_shares(text: str, name: str, said: dict[str, Any], made: dict[str, Any]) -> None:
    given = {"job": "AB1234C", **said}
    sure = dict.fromkeys(said, 0.75)
    assert ground(text, name, ALL, sure, **given)[0] == [{"job": "AB1234C", **made}]


@pytest.mark.parametrize("text", ["AB1234C to 1pm, 45 minutes wide", "AB1234C改到下午一点，45分钟的窗口"])
def test_a_length_that_is_none_of_them_is_asked_about(text: str) -> None:
    for said in ({}, {"length": 60}):
        given: dict[str, Any] = {"job": "AB1234C", "from": "13:00", **said}
        assert lacking(ground(text, "move", ALL, {"length": 0.9}, **given)) == ["length"]


def test_a_number_of_another_size_or_of_another_call_is_no_length() -> None:
    made: dict[str, Any] = {"job": "AB1234C", "from": "1300"}
    assert ground("AB1234C to 1pm, customer for 7 days now", "move", ALL, **made)[0] == [made]
    both = [
        Proposed(ToolCall("move", made)),
        Proposed(ToolCall("pause", {"zone": "north", "minutes": 45})),
    ]
    calls, lacks = ground_calls(both, facts_of("AB1234C to 1pm and hold the north for 45 minutes"), ALL)
    assert [call.tool for call in calls] == ["move", "pause"] and not lacks


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("harbour恢复接单", 0), ("海港恢复吧", 0), ("stop harbour, 不限时", None), ("pause the harbour for 20 min", 20)],
)
def test_a_number_and_null_by_the_words_that_stand_for_them(text: str, minutes: int | None) -> None:
    said = {"minutes": None} if minutes != 20 else {"minutes": 20}
    assert ground(text, "pause", ALL, {"minutes": 0.98}, zone="harbour", **said)[0] == [
        {"zone": "harbour", "minutes": minutes}
    ]


def test_of_two_lengths_a_third_number_tells_nothing() -> None:
    text = "hold the 1 hour orders in the harbour for 20 min"
    assert lacking(ground(text, "pause", ALL, {"minutes": 0.9}, zone="harbour", minutes=120)) == ["minutes"]
    assert ground(text, "pause", ALL, {"minutes": 0.9}, zone="harbour", minutes=20)[0] == [
        {"zone": "harbour", "minutes": 20}
    ]


@pytest.mark.parametrize(
    ("text", "said", "times"),
    [
        ("K2065 at 8am and 8pm, ten days", ["08:00", "08:00"], ["08:00", "20:00"]),
        ("K2065每天早上七点，十天", ["07:00"], ["07:00"]),
        ("K2065 9:00 and 21:00 for ten days", ["2026-12-07 09:00", "2026-12-07 21:00"], ["09:00", "21:00"]),
        ("K2065 every 8 hours, first one at 6 in the morning, ten days", ["06:00"], ["06:00", "14:00", "22:00"]),
        ("K2065 at noon, ten days", "?", ["12:00"]),
    ],
)
def test_a_list_of_times_has_each_that_is_said(text: str, said: Any, times: list[str]) -> None:
    given = {} if said == "?" else {"times": said}
    assert ground(text, "remind", ALL, chart="K2065", days=10, **given)[0] == [
        {"chart": "K2065", "times": times, "days": 10}
    ]


def test_a_time_that_can_be_two_is_asked_for_in_a_list_too() -> None:
    assert lacking(ground("K2065 at 8, ten days", "remind", ALL, chart="K2065", times=["07:00"], days=10)) == ["times"]


def test_a_list_that_is_not_put_right_stays_as_it_was() -> None:
    earlier = (ToolCall("remind", {"chart": "K2582", "times": ["08:30", "20:30"], "days": 7}),)
    said: dict[str, Any] = {"chart": "K2582", "times": ["08:30", "14:30"], "days": 14}
    assert ground("sorry 14 days not 7", "remind", ALL, earlier=earlier, **said)[0] == [
        {"chart": "K2582", "times": ["08:30", "20:30"], "days": 14}
    ]


@pytest.mark.parametrize(
    ("text", "open_", "close"),
    [
        ("open sat 10 to 4 from now on", "10:00", "16:00"),
        ("周六早上八点半到晚上六点", "08:30", "18:00"),
        ("周六改成九点到下午五点", "09:00", "17:00"),
    ],
)
def test_opening_hours_are_a_start_and_an_end(text: str, open_: str, close: str) -> None:
    made = ground(text, "hours", ALL, days=["sat"], open="08:00", close="17:30")[0]
    assert made == [{"days": ["sat"], "open": open_, "close": close}]


@pytest.mark.parametrize(
    ("text", "said", "days"),
    [
        ("wed only 9:00 to 17:00", ["wed", "thu", "fri"], ["wed"]),
        ("周末不用动，就周三改成早上九点到下午五点", ["wed", "thu", "fri"], ["wed"]),
        ("all but wed 9:00 to 17:00", ["mon", "tue", "thu", "fri"], ["mon", "tue", "thu", "fri"]),
        ("周三改成早上九点到下午五点", ["wed", "thu", "fri"], ["wed"]),
        ("周一三五改成早上九点到下午五点", ["mon", "wed", "fri"], ["mon", "wed", "fri"]),
        ("mon to thu 9am to 5pm", ["mon", "tue", "wed", "thu"], ["mon", "tue", "wed", "thu"]),
    ],
)
def test_a_weekday_alone_brings_no_others(text: str, said: list[str], days: list[str]) -> None:
    made = ground(text, "hours", ALL, days=said, open="09:00", close="17:00")[0]
    assert made == [{"days": days, "open": "09:00", "close": "17:00"}]


@pytest.mark.parametrize(
    ("text", "said", "made"),
    [
        ("phone 138 5714 0092", {"phone": "138 5714 0092"}, {"phone": "13857140092"}),
        ("grow it to 2 TB", {"disk": "2 TB"}, {"disk": "2TB"}),
        ("for 3.50 a glass", {"price": "3.50"}, {"price": "3.50 EUR"}),
        ("改成两欧八", {"price": "2.8"}, {"price": "2.80 EUR"}),
    ],
)
def test_what_is_said_in_parts_is_written_whole(text: str, said: dict[str, Any], made: dict[str, Any]) -> None:
    assert ground(text, "call", ALL, **said)[0] == [made]


def test_two_prices_or_another_pattern_are_no_price() -> None:
    assert written_price("^[0-9]+[.][0-9]{2} EUR$", find_numbers("3.50 euros, no, 4.20 euros")) == ""
    assert written_price("^[A-Z]{3}-[0-9]{2}$", find_numbers("3.50")) == ""
    assert written_price("^€[0-9]+[.][0-9]{2}$", find_numbers("for 3.50")) == "€3.50"


def test_an_id_that_no_other_argument_has_is_the_one_that_must_be_said() -> None:
    said: dict[str, Any] = {"plate": "浙A8K23D", "odo_km": 41206}
    text = "hvk30 takes 浙A8K23D, 41206 on the clock"
    assert ground(text, "van", ALL, **said)[0] == [{"plate": "浙A8K23D", "rider": "HVK30", "odo_km": 41206}]
    assert lacking(ground("浙A8K23D, 41206 on the clock", "van", ALL, **said)) == ["rider"]


@pytest.mark.parametrize(
    ("text", "jobs"),
    [
        ("AB1111C, AB2222C, AB3333C, all but the last one to KPV22", ["AB1111C", "AB2222C"]),
        ("AB1111C、AB2222C、AB3333C，中间那个别动，给KPV22", ["AB1111C", "AB3333C"]),
        ("AB1111C AB2222C AB3333C to KPV22", ["AB1111C", "AB2222C", "AB3333C"]),
    ],
)
def test_ids_are_left_out_by_their_place(text: str, jobs: list[str]) -> None:
    said = ["AB1111C", "AB2222C", "AB3333C"]
    assert ground(text, "assign", ALL, jobs=said, rider="KPV22")[0] == [{"jobs": jobs, "rider": "KPV22"}]


def test_both_ids_of_the_talk_make_a_list() -> None:
    earlier = (ToolCall("cancel", {"job": "RJ5570A"}), ToolCall("cancel", {"job": "RJ5574E"}))
    made = ground("行，这两单都给KPV22", "assign", ALL, earlier=earlier, jobs=["RJ5574E"], rider="KPV22")[0]
    assert made == [{"jobs": ["RJ5570A", "RJ5574E"], "rider": "KPV22"}]


def test_a_list_that_can_not_be_taken_is_asked_for_in_words() -> None:
    _, (lack,) = ground("give zts08 the job ZZ", "assign", ALL, jobs=["ZZ-9"], rider="ZTS08")
    asked = ask_about(lack, "en").reply
    assert "[" not in asked and "()" not in asked


@pytest.mark.parametrize("text", ["at 14:00 with anyone but osei", "14:00, any vet except osei"])
def test_any_but_one_is_one_of_the_others_and_not_all(text: str) -> None:
    assert lacking(ground(text, "book", ALL, time="14:00")) == ["vet"]


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("lin at 10:20, needs an hr", 60),
        ("林医生10:20，一个小时", 60),
        ("lin at 10:20, she's been waiting an hour already", None),
        ("lin at 10:20, the dog is ill for 3 days, 2 hours a day", None),
    ],
)
def test_an_optional_length_is_heard_although_the_model_left_it_out(text: str, minutes: int | None) -> None:
    length = {"minutes": minutes} if minutes else {}
    assert ground(text, "book", ALL, vet="lin", time="10:20")[0] == [{"vet": "lin", "time": "10:20", **length}]


DOORS: JsonObject = {
    "type": "array",
    "items": {"type": "string", "enum": ["front", "stalls", "circle", "dock"]},
    "description": "front 正门, stalls 池座门, circle 二层门, dock 卸货口.",
}
DOOR = tool("doors", "Open doors.", {"doors": DOORS}, ("doors",))


@pytest.mark.parametrize(
    ("text", "said", "sure", "doors"),
    [
        # what stays is no more of what is meant
        ("open front and stalls, circle stays shut", ["front", "stalls"], 1.0, ["front", "stalls"]),
        ("open front and stalls, circle too", ["front", "stalls"], 1.0, ["front", "stalls", "circle"]),
        # as many as are said
        ("正门卸货口池座门三个开一下", ["front", "stalls", "circle", "dock"], 0.7, ["front", "stalls", "dock"]),
        # for the others nothing speaks, unless the model is sure of them
        ("open the front, and quick", ["front", "circle"], 0.4, ["front"]),
        ("open the front, and quick", ["front", "circle"], 0.8, ["front", "circle"]),
    ],
)
def test_a_list_has_what_is_named(text: str, said: list[str], sure: float, doors: list[str]) -> None:
    assert ground(text, "doors", Catalogue((DOOR,), BOTS), {"doors": sure}, doors=said)[0] == [{"doors": doors}]


# Codes


WING: JsonObject = {"type": "string", "pattern": "^(EW|WW)-[0-9]{2}$"}
TOLD = "Wing and room: EW East Wing 东翼, WW West Wing 西翼; two digits."
CLIMATE = tool(
    "climate",
    "Set the climate.",
    {
        "galleries": {"type": "array", "items": WING, "description": TOLD},
        "celsius": {"type": "integer", "minimum": 16, "maximum": 24},
    },
    ("galleries", "celsius"),
)
SHOW = {**WING, "pattern": "^(TMP|NUT)-[0-9]{2}$", "description": "TMP The Tempest 暴风雨, NUT Nutcracker 胡桃夹子."}
SEATS = tool("seats", "Seats left.", {"show": SHOW}, ("show",), risk="read")
CODES = Catalogue((CLIMATE, SEATS), BOTS)


@pytest.mark.parametrize(
    ("text", "said", "show"),
    [
        ("how many left for tempest no 7", "TMP", "TMP-07"),
        ("the 7th tempest, any seats", "T-7", "TMP-07"),
        ("胡桃夹子第六场还有票吗", "NUT", "NUT-06"),
        ("nutcracker 4, any seats", "NUT", "NUT-04"),
    ],
)
def test_a_code_and_a_number_make_an_id(text: str, said: str, show: str) -> None:
    assert ground(text, "seats", CODES, show=said)[0] == [{"show": show}]
    assert ground(text, "seats", CODES)[0] == [{"show": show}]


def test_without_a_number_it_is_asked_for() -> None:
    assert lacking(ground("any seats left for the tempest", "seats", CODES, show="TMP")) == ["show"]


@pytest.mark.parametrize(
    ("text", "galleries"),
    [
        ("east wing 3 and 4 to 20", ["EW-03", "EW-04"]),
        ("东翼3号调到20度", ["EW-03"]),
        ("west wing room 2 to 20 degrees", ["WW-02"]),
        ("EW-05 to 20", ["EW-05"]),
    ],
)
def test_codes_make_lists_of_ids(text: str, galleries: list[str]) -> None:
    made = ground(text, "climate", CODES, galleries=["EW-05"], celsius=20)[0]
    assert made == [{"galleries": galleries, "celsius": 20}]


def test_letters_of_a_class_are_codes_and_other_patterns_have_none() -> None:
    loan = {"type": "string", "pattern": "^L[IO]-[0-9]{4}$", "description": "LI loan in 借入, LO loan out 借出."}
    (one,) = arguments_of(tool("loan", "A loan.", {"loan": loan}, ("loan",)), ALL)
    assert composed(one, "where is loan in 418") == ("LI-0418",)
    assert composed(argument(MOVE, "job"), "job 1234") == ()


# Units, and values in another's place


PARAM = tool(
    "set_param",
    "Change a parameter.",
    {
        "param": {"type": "string", "enum": ["max_connections", "timeout_ms", "idle_s"]},
        "value": {"type": ["integer", "null"], "minimum": 0, "description": "null: the default 恢复默认."},
    },
    ("param", "value"),
)


@pytest.mark.parametrize(
    ("text", "param", "said", "value"),
    [
        ("timeout ms to half a minute", "timeout_ms", 5000, 30000),
        ("timeout_ms改成200毫秒", "timeout_ms", 200, 200),
        ("idle_s to two minutes", "idle_s", 2, 120),
        ("max_connections 400", "max_connections", 400, 400),
    ],
)
def test_a_value_is_in_the_unit_of_its_parameter(text: str, param: str, said: int, value: int) -> None:
    made = ground(text, "set_param", Catalogue((PARAM,), BOTS), {"value": 0.6}, param=param, value=said)[0]
    assert made == [{"param": param, "value": value}]


def test_a_unit_of_its_own_stays() -> None:
    width = tool("w", "W.", {"kind": {"type": "string", "enum": ["a_ms"]}, "width_cm": {"type": "integer"}}, ())
    kind, centimetres = arguments_of(width, ALL)
    assert unit_of(in_unit_of(centimetres, {"kind": "a_ms"}, [kind, centimetres])) == "cm"


def test_an_option_that_only_says_when_chooses_nothing() -> None:
    place: JsonObject = {"type": "string", "enum": ["menu", "queue"], "default": "menu"}
    arguments = arguments_of(tool("say", "Say.", {"place": place, "until": CLOCK}, ()), ALL)
    moved = in_place(Proposed(ToolCall("say", {"place": "until 17:30"})), arguments)
    assert moved.call.arguments == {}
    kept = in_place(Proposed(ToolCall("say", {"place": "the hall"})), arguments)
    assert kept.call.arguments == {"place": "the hall"}
    places: JsonObject = {"type": "array", "items": place}
    several = arguments_of(tool("say", "Say.", {"places": places, "until": CLOCK}, ()), ALL)
    rest = in_place(Proposed(ToolCall("say", {"places": ["menu", "until 17:30", "9pm"]})), several)
    assert rest.call.arguments == {"places": ["menu", "until 17:30", "9pm"]}


def test_an_item_that_is_another_argument_is_none_of_the_list() -> None:
    moved = in_place(Proposed(ToolCall("assign", {"jobs": ["ZTS08"], "rider": "ZTS08"})), arguments_of(ASSIGN, ALL))
    assert moved.call.arguments == {"rider": "ZTS08"}


# Names


USHER: JsonObject = {
    "type": "string",
    "enum": ["lan", "mei", "zhou"],
    "description": "lan 小兰, mei 梅姐, zhou 老周.",
}


def test_the_last_name_of_a_description_ends_at_its_full_stop() -> None:
    (one,) = arguments_of(tool("u", "U.", {"usher": USHER}, ("usher",)), ALL)
    assert mentioned(one, "老周站前厅") == ("zhou",)


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("老周、小兰今晚都站前厅", ("zhou", "lan")),
        ("mei and lan on the door", ("mei", "lan")),
        ("mei, lan and zhou", ("mei", "lan", "zhou")),
        ("lan, mei is ill", ()),
        ("mei on the door and lan upstairs", ()),
        ("mei on the door", ()),
    ],
)
def test_several_of_one_row_are_all_meant(text: str, row: tuple[str, ...]) -> None:
    put = tool("put", "Put an usher.", {"usher": USHER}, ("usher",))
    (one,) = arguments_of(put, ALL)
    assert in_one_row(one, row[0] if row else "mei", fold(text)) == row
    first = row[0] if row else mentioned(one, fold(text))[-1]
    made = ground(text, "put", Catalogue((put,), BOTS), usher=first)[0]
    assert [call["usher"] for call in made] == list(row or (first,))


@pytest.mark.parametrize(
    ("text", "plan"),
    [
        ("onto the 1gb plan", "plus_1gb"),
        ("the 500 mb one", "roam_500mb"),
        ("roam_500mb", "roam_500mb"),
        ("8gb please", None),
    ],
)
def test_a_size_is_a_name(text: str, plan: str | None) -> None:
    plans: JsonObject = {"type": "string", "enum": ["lite_50mb", "plus_1gb", "roam_500mb"]}
    (one,) = arguments_of(tool("p", "P.", {"plan": plans}, ("plan",)), ALL)
    assert mentioned(one, text) == ((plan,) if plan else ())


@pytest.mark.parametrize(
    ("text", "said"),
    [("right away", ("now",)), ("立刻", ("now",)), ("tomorow at six", ("tomorrow",)), ("tonight", ())],
)
def test_now_has_many_names_and_a_long_name_one_slip(text: str, said: tuple[str, ...]) -> None:
    when: JsonObject = {"type": "string", "enum": ["now", "tomorrow", "next_cycle"]}
    (one,) = arguments_of(tool("w", "W.", {"when": when}, ("when",)), ALL)
    assert mentioned(one, text) == said


def test_a_time_that_nothing_else_takes_is_asked_about() -> None:
    seating: JsonObject = {"type": "string", "enum": ["early", "late"]}
    table = tool("table", "Book a table.", {"seating": seating}, ())
    assert lacking(ground("the midnight seating", "table", Catalogue((table,), BOTS), seating="midnight")) == [
        "seating"
    ]


# Routes whose names stand at the items, and what replaces the old


ROUTES: JsonObject = {
    "type": "array",
    "items": {"type": "string", "enum": ["GI", "SB", "FP"], "description": "GI Gull Isle 鸥岛线, SB Salt Bay 盐湾线."},
    "description": "Routes concerned.",
}
ACTION: JsonObject = {"type": "string", "enum": ["hold", "release"], "description": "hold 封航, release 放行."}
HOLD = tool("hold", "Weather hold.", {"routes": ROUTES, "action": ACTION}, ("routes", "action"))
LANES: JsonObject = {"type": "array", "items": {"type": "string", "enum": ["P1", "P2", "C1", "C2"]}}
DECK = tool("deck", "The new set replaces the old.", {"sailing": JOB, "lanes": LANES}, ("sailing", "lanes"))
ADDS = tool("deck", "Opens lanes.", {"sailing": JOB, "lanes": LANES}, ("sailing", "lanes"))


@pytest.mark.parametrize(
    ("text", "said", "made"),
    [
        ("hold salt bay", {"routes": ["salt_bay"], "action": "hold"}, {"routes": ["SB"], "action": "hold"}),
        ("鸥岛线解除封航", {"routes": ["FP"], "action": "release"}, {"routes": ["GI"], "action": "release"}),
        ("鸥岛线封航", {"routes": ["GI"], "action": "hold"}, {"routes": ["GI"], "action": "hold"}),
    ],
)
def test_names_of_items_and_what_only_ends(text: str, said: dict[str, Any], made: dict[str, Any]) -> None:
    assert ground(text, "hold", Catalogue((HOLD,), BOTS), {"action": 0.95, "routes": 0.6}, **said)[0] == [made]


def test_of_a_list_of_the_talk_only_what_is_named_is_meant() -> None:
    earlier = (ToolCall("hold", {"routes": ["GI", "SB"], "action": "hold"}),)
    said: dict[str, Any] = {"routes": ["GI", "SB"], "action": "release"}
    made = ground("盐湾线可以先放了", "hold", Catalogue((HOLD,), BOTS), {"action": 0.95}, earlier, **said)[0]
    assert made == [{"routes": ["SB"], "action": "release"}]


@pytest.mark.parametrize(
    ("text", "deck", "lanes"),
    [
        ("and C1 as well", DECK, ["P1", "P2", "C1"]),
        ("C1也要", DECK, ["P1", "P2", "C1"]),
        ("only C1 now", DECK, ["C1"]),
        ("and C1 as well", ADDS, ["C1"]),
    ],
)
def test_what_is_added_to_what_a_tool_replaces_comes_with_the_old(text: str, deck: Any, lanes: list[str]) -> None:
    earlier = (ToolCall("deck", {"sailing": "GI1010O", "lanes": ["P1", "P2"]}),)
    said: dict[str, Any] = {"sailing": "GI1010O", "lanes": ["C1"]}
    assert ground(text, "deck", Catalogue((deck,), BOTS), earlier=earlier, **said)[0] == [
        {"sailing": "GI1010O", "lanes": lanes}
    ]


def test_one_reason_holds_for_each() -> None:
    reason: JsonObject = {"type": "string", "enum": ["weather", "port"], "description": "port 码头/泊位被占."}
    late = tool("late", "Post a delay.", {"job": JOB, "reason": reason}, ("job", "reason"))

    def post(text: str) -> int:
        rows = (("GI0915O", 0.7), ("GI1030O", 1.0))
        made = [Proposed(ToolCall("late", {"job": job, "reason": "port"}), sure={"reason": sure}) for job, sure in rows]
        return len(ground_calls(made, facts_of(text), Catalogue((late,), BOTS))[0])

    assert post("GI0915O和GI1030O都晚点，被货船占着") == 2
    assert post("GI0915O晚点，GI1030O被货船占着") == 1


def test_a_price_is_in_the_currency_that_is_said() -> None:
    either = "^[0-9]{1,3}[.][0-9]{2}(EUR|GBP)$"
    assert written_price(either, find_numbers("15 pounds")) == "15.00GBP"
    assert written_price(either, find_numbers("15 euros")) == "15.00EUR"
    assert written_price(either, find_numbers("15 yuan")) == ""
    assert written_price(either, find_numbers("15 please")) == ""


VOUCHER: JsonObject = {
    "type": ["integer", "null"],
    "enum": [30, 90, 365, None],
    "default": 90,
    "description": "Validity in days. null: never expires 永久有效.",
}
HEIGHT: JsonObject = {"type": "number", "enum": [1.9, 2.6], "description": "Height limit in metres 限高."}
BERTH: JsonObject = {"type": "integer", "enum": [1, 2, 3]}
AHEAD: JsonObject = {"type": "integer", "enum": [6, 12, 24], "default": 12, "description": "How far ahead, hours."}
SHIP = tool("ship", "Ship.", {"job": JOB, "valid_days": VOUCHER, "height_m": HEIGHT}, ("job",))
MOOR = tool("moor", "Give a berth.", {"berth": BERTH}, ("berth",))
LOOK = tool("look", "Forecast.", {"hours": AHEAD}, (), risk="read")
FERRY = Catalogue((SHIP, MOOR, LOOK), BOTS)


def test_null_and_a_height_among_numbers_to_choose_from() -> None:
    job: dict[str, Any] = {"job": "AB1234C"}
    assert ground("AB1234C永久有效那种", "ship", FERRY, {"valid_days": 0.4}, **job, valid_days=365)[0] == [
        {**job, "valid_days": None}
    ]
    assert ground("AB1234C限高1米9", "ship", FERRY, {"height_m": 0.5}, **job, height_m="1.9")[0] == [
        {**job, "height_m": 1.9}
    ]


def test_what_is_none_of_a_looks_numbers_is_asked_about_too() -> None:
    assert lacking(ground("看下72小时的预报", "look", FERRY, {"hours": 0.7}, hours=12)) == []
    assert lacking(ground("看下48小时的预报", "look", FERRY, {"hours": 0.7}, hours=12)) == ["hours"]


def test_where_it_is_is_not_where_it_goes() -> None:
    assert lacking(ground("herons getting slammed on 2, move her somewhere else", "moor", FERRY)) == ["berth"]
    assert ground("heron to 2", "moor", FERRY)[0] == [{"berth": 2}]


def test_sizes_in_the_plural_are_said_and_seconds_are_no_size() -> None:
    litres: JsonObject = {"type": "integer", "enum": [20, 30, 50], "description": "Keg size in litres."}
    minutes: JsonObject = {"type": "integer", "enum": [10, 30, 60], "description": "For how long."}
    keg = tool("keg", "Tap a keg.", {"keg_l": litres, "minutes": minutes}, ())
    kegs = Catalogue((keg,), BOTS)
    cases: tuple[tuple[str, dict[str, Any], dict[str, Any]], ...] = (
        ("put it on, big fifties", {"keg_l": "50"}, {"keg_l": 50}),
        ("the 30s please", {"keg_l": "20"}, {"keg_l": 30}),
        ("rinse it", {}, {}),
    )
    for text, said, made in cases:
        assert ground(text, "keg", kegs, dict.fromkeys(said, 0.4), **said)[0] == [made]
    assert lacking(ground("rinse it for 30s", "keg", kegs, {"minutes": 0.7}, minutes="10")) == ["minutes"]


# A car rental


DAY: JsonObject = {"type": "string", "pattern": "^(0[1-9]|[12][0-9]|3[01])(JAN|APR|AUG|DEC)$"}
PLATE: JsonObject = {"type": "string", "pattern": "^[A-Z]{2}[0-9]{3}[A-Z]$"}
BOOKING: JsonObject = {
    "type": "string",
    "pattern": "^(WB|DK|CO)-[0-9]{4}$",
    "description": "WB- web 网上单, DK- desk 门店单, CO- corporate 企业单, then four digits.",
}
RENTAL = tool(
    "rental",
    "A car rental's desk.",
    {
        "plates": {"type": "array", "items": PLATE},
        "from": DAY,
        "to": DAY,
        "pickup": {
            "type": "string",
            "pattern": "^(0[1-9]|[12][0-9]|3[01])(JAN|APR|AUG|DEC)/([01][0-9]|2[0-3])[0-5][0-9]$",
        },
        "depart": {"type": "string", "pattern": "^([01][0-9]|2[0-3])(00|15|30|45)$"},
        "booking": BOOKING,
        "day": {"type": "string", "pattern": "^D[0-6]$", "description": "Days from today: D0 today, D1 tomorrow."},
        "keep": {
            "type": "string",
            "pattern": "^(CNY|EUR)(0|[1-9][0-9]{0,4})$",
            "description": "No currency said: CNY.",
        },
        "fuel": {"type": "integer", "minimum": 0, "maximum": 8, "description": "Eighths of a tank, 8 full."},
    },
    (),
)


@pytest.mark.parametrize(
    ("text", "said", "made"),
    [
        ("block it 14 to 17 april", {"from": "14APR", "to": "APR14"}, {"from": "14APR", "to": "17APR"}),
        ("8月3号到5号停用", {"from": "08-03", "to": "08-03"}, {"from": "03AUG", "to": "05AUG"}),
        ("picks up 3 april 9am", {"pickup": "0409"}, {"pickup": "03APR/0900"}),
        ("leaves 15:45走", {"depart": "15:45"}, {"depart": "1545"}),
        ("门店单2290续三天", {"booking": "2290"}, {"booking": "DK-2290"}),
        ("corporate 6034 please", {"booking": "6034"}, {"booking": "CO-6034"}),
        ("whats going out tomorrow", {"day": "TOMORROW"}, {"day": "D1"}),
        ("后天的returns", {"day": "OCT"}, {"day": "D2"}),
        ("扣六百二", {"keep": "620"}, {"keep": "CNY620"}),
        ("keep 45 euros", {"keep": "45"}, {"keep": "EUR45"}),
        ("公里数22518 油满的", {"fuel": 8}, {"fuel": 8}),
        ("ku 299 s to the airport", {"plates": ["KU299"]}, {"plates": ["KU299S"]}),
    ],
)
def test_a_desk_of_many_shapes(text: str, said: dict[str, Any], made: dict[str, Any]) -> None:
    found = ground(text, "rental", Catalogue((RENTAL,), BOTS), dict.fromkeys(said, 0.7), **said)[0]
    assert found == [found[0] | made] and {name: found[0][name] for name in made} == made


def test_of_three_days_nobody_knows_the_ends() -> None:
    said: dict[str, Any] = {"from": "14APR", "to": "17APR"}
    text = "14 april, 17 april and 20 april"
    found = ground(text, "rental", Catalogue((RENTAL,), BOTS), {"from": 0.7, "to": 0.7}, **said)[0]
    assert found == [said]


def test_a_time_to_which_something_moves_is_its_beginning() -> None:
    assert ground("move AB1234C to 2pm", "move", ALL, job="AB1234C")[0] == [{"job": "AB1234C", "from": "1400"}]
    assert lacking(ground("keep AB1234C until 2pm", "move", ALL, job="AB1234C")) == ["from"]


def test_an_option_that_the_model_hardly_believes_in_is_none() -> None:
    said: dict[str, Any] = {"job": "AB1234C", "from": "14:00", "length": "10h"}
    made = {"job": "AB1234C", "from": "1400"}
    assert ground("AB1234C to 2pm", "move", ALL, {"length": 0.33}, **said)[0] == [made]
    assert lacking(ground("AB1234C to 2pm", "move", ALL, {"length": 0.9}, **said)) == ["length"]
