"""One argument's value, out of what a model proposes and what the message says, as its certainty grows."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from nlops.domain.tools import Catalogue
from nlops.understand.fold import fold
from nlops.understand.moods import Reading, read_moods
from nlops.understand.numbers import Number, find_numbers
from nlops.understand.offer import SURE_OF_OPTION, SURE_TO_ASK, SURE_TO_CHANGE, SURE_TO_CHOOSE, SURE_TO_LOOK, Offer
from nlops.understand.outcomes import ABSENT, Impossible, describe
from nlops.understand.overhear import overheard
from nlops.understand.schema import Argument, arguments_of
from nlops.understand.values import SURE_OF_ALL, ground_value
from tests.understand.shop import tool

SCOPES = "dobson_400, mirror_600, mirror_150"
TOOL = tool(
    "t",
    "T.",
    {
        "bitrate": {"type": "integer", "minimum": 1, "maximum": 320},
        "ratio": {"type": "number", "minimum": 0, "maximum": 1},
        "floor": {"type": "integer", "minimum": -3},
        "level": {"type": "integer", "enum": [1, 5, 10]},
        "flag": {"type": "boolean"},
        "owner": {"type": ["string", "null"]},
        "label": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"},
        "note": {"type": "string", "maxLength": 12},
        "tags": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
        "ids": {"type": "array", "items": {"type": "integer"}},
        "points": {"type": "integer", "minimum": -500, "description": "negative takes them away"},
        "shift": {"type": "integer", "minimum": -72, "description": "How many hours later; negative: earlier"},
        "months": {"type": "integer"},
        "rooms": {"type": "array", "items": {"type": "string", "enum": ["hall", "attic"]}},
        "plan": {"type": "string", "enum": ["free", "pro"], "description": "pro = 专业版, free = 免费版"},
        "seconds": {"type": "number", "minimum": -30, "description": "negative: earlier"},
        "hours": {"type": "integer", "minimum": 1, "maximum": 8, "description": "How long"},
        "weight_kg": {"type": "number"},
        "litres": {"type": "number"},
        "scope": {"type": "string", "enum": ["dobson_400", "mirror_600", "mirror_150"]},
        "hour": {"type": "integer", "minimum": 0, "maximum": 23, "description": "Hour of the day"},
        "start": {"type": "string", "pattern": "^[0-2][0-9]:[0-5][0-9]$"},
        "half": {"type": "string", "enum": ["morning", "afternoon"]},
        "days": {"type": "array", "items": {"type": "string", "enum": ["mon", "tue", "wed", "thu", "fri"]}},
        "weekday": {"type": "string", "enum": ["mon", "tue", "wed", "thu", "fri"]},
        "episode": {"type": "string", "pattern": "^EP-[0-9]{4}$", "description": "Episode 96 is EP-0096"},
        "lift": {"type": "string", "pattern": "^L[0-9]{2}$"},
        "month": {"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"},
        "day": {"type": "string", "pattern": "^(0[1-9]|1[0-2])-([0-2][0-9]|3[01])$"},
        "exercise": {"type": "string", "enum": ["landing", "contour_flying"]},
        "analyses": {
            "type": "array",
            "items": {"type": "string", "enum": ["bod5", "ss", "nh4_n"]},
            "description": "bod5 = oxygen demand; ss = suspended solids; nh4_n = ammonia",
        },
        "days_ahead": {"type": "integer", "description": "0 is today, 1 tomorrow"},
        "mailbox": {"type": "string", "pattern": "^[a-z][a-z.]{1,31}$", "description": "Without @halden.example"},
        "portion_g": {"type": "integer", "maximum": 800},
        "cause": {
            "type": "string",
            "enum": ["water", "power"],
            "description": "water = reservoir low; power = grid limit",
        },
        "of_year": {"type": "integer", "minimum": 2010, "maximum": 2026},
        "millilitres": {"type": "integer"},
        "in_month": {"type": "integer", "minimum": 1, "maximum": 12},
        "minutes": {"type": "integer", "description": "Minutes back"},
        "nation": {"type": "string", "pattern": "^[A-Z]{2}$"},
        "badge": {"type": ["string", "null"], "enum": ["new", "award", None], "description": "null takes it off"},
        "ban_hours": {"type": ["integer", "null"], "description": "null bans for good"},
        "ribbon": {"type": ["string", "null"], "enum": ["new", "award", None]},
    },
    ("badge", "ribbon"),
)
ARGUMENTS = {argument.name: argument for argument in arguments_of(TOOL, Catalogue((TOOL,)))}


@dataclass(frozen=True)
class Text:
    """A message, and values that the conversation held before."""

    reading: Reading
    numbers: tuple[Number, ...]
    before: tuple[object, ...] = ()
    earlier: tuple[Mapping[str, object], ...] = ()
    texts: tuple[str, ...] = ()

    def was_said(self, value: object) -> bool:
        return value in self.before


def choice(*values: str) -> Argument:
    one = tool("t", "T.", {"one": {"type": "string", "enum": list(values)}}, ("one",))
    return arguments_of(one, Catalogue((one,)))[0]


def said_in(text: str, *before: object) -> Text:
    folded = fold(text)
    return Text(read_moods(folded, frozenset()), find_numbers(folded), before)


def value_of(name: str, said: object, text: str, sure: float = 1.0, *before: object, changes: bool = True) -> object:
    facts = said_in(text, *before)
    return ground_value(Offer(ARGUMENTS[name], said, sure, changes), facts)


@pytest.mark.parametrize("sure", [0.01, 1.0])
@pytest.mark.parametrize(
    ("name", "said", "text", "value"),
    [
        ("bitrate", 128, "set it to 128", 128),
        ("bitrate", "128", "set it to 128", 128),
        ("bitrate", 128.0, "码率一百二十八", 128),
        ("floor", -2, "go down to floor 2 below", -2),
        ("ratio", 0.5, "half of it, so 0.5", 0.5),
        ("level", 5, "level 5 please", 5),
        ("plan", "专业版", "换成专业版", "pro"),
        ("plan", "pro", "换成专业版", "pro"),
        ("plan", "free", "换成专业版", "pro"),
        ("note", "wrong size", "note: Wrong size!", "wrong size"),
        ("label", "ab-12", "take ab-12", "AB-12"),
        ("label", "AB-99", "take ab-12", "AB-12"),
        ("tags", ["red", "blue"], "tags red and blue", ["red", "blue"]),
        ("tags", ["red", "green"], "tags red and blue", ["red"]),
        ("ids", [3, 14], "orders 3 and 14", [3, 14]),
        ("label", "ab12", "print ab-12 please", "AB-12"),
        ("points", 300, "dock 300 points from her", -300),
        ("points", 300, "扣三百分", -300),
        ("points", 300, "300 points for her", 300),
        ("points", -300, "take 300 points away", -300),
        ("points", -300, "便宜三百", -300),
        ("points", 300, "the server is down, 300 points for her", 300),
        ("points", 300, "至少三百分", 300),
        ("points", 300, "加三百，再扣二百", 300),
        ("points", 200, "300 for her, dock 200 from him", 200),
        ("shift", 3, "go ahead, three hours", 3),
        ("shift", 3, "早！推迟三小时", 3),
        ("shift", 3, "早三小时", -3),
        ("shift", 3, "three hours early", -3),
        ("shift", 3, "提前三个钟头", -3),
        ("shift", -48, "晚两天送", 48),
        ("months", 2, "近两年", 24),
        ("months", 5, "the last 5 years", 60),
        ("months", 3, "近三个月", 3),
        ("seconds", -1, "早一秒半", -1.5),
        ("seconds", -2.5, "titles come two and a half seconds too early, hold them back by that much", 2.5),
        ("hour", 18, "at six in the evening, for an hour", 18),
        ("hour", 21, "at six in the evening, for an hour", 18),
        ("hour", 15, "下午三点，两个小时", 15),
        ("hours", 2, "下午三点，两个小时", 2),
        ("start", "19:30", "晚上七点半，一个半小时", "19:30"),
        ("start", "19:00", "晚上七点半，一个半小时", "19:30"),
        ("start", "13:30", "on the tables by half past twelve", "12:30"),
        ("start", "14:15", "at quarter past two this afternoon", "14:15"),
        ("start", "08:00", "tomorrow, 8 am", "08:00"),
        ("start", "05:45", "at quarter to six in the morning", "05:45"),
        ("days", ["mon", "tue"], "周一和周五", ["mon", "fri"]),
        ("weight_kg", 12, "货12吨", 12000),
        ("weight_kg", 2.5, "两公斤半", 2.5),
        ("weight_kg", 3, "三斤", 1.5),
        ("litres", 500, "500毫升", 0.5),
        ("litres", 0, "change 0.3 cubic metres", 300),
        ("hours", 5, "5 assistants", 5),
        ("portion_g", 150, "a portion of half a kilo", 500),
        ("episode", "EP-96", "where is ep 96 at?", "EP-0096"),
        ("episode", "EP-0096", "96期怎么样了", "EP-0096"),
        ("lift", "L10", "十号缆车先停", "L10"),
        ("month", "2025", "March 2025, by country", "2025-03"),
        ("day", "03-09", "she was ill on March 9", "03-09"),
        ("day", "09-03", "十二月不行，12月24日吧", "12-24"),
        ("month", "2025-04", "in March 2025", "2025-03"),
        ("mailbox", "kim.soo@halden.example", "stop it for kim.soo@halden.example", "kim.soo"),
    ],
)
def test_what_is_said_is_kept_in_the_schemas_form(
    name: str, said: object, text: str, value: object, sure: float
) -> None:
    """However sure the model is; and what is said otherwise is put right."""
    assert value_of(name, said, text, sure) == value


@pytest.mark.parametrize(
    ("said", "text", "value"),
    [
        ("蓝色多瑙河是谁写的", "加一道题：《蓝色多瑙河》是谁写的？", "《蓝色多瑙河》是谁写的"),
        ("in hall A now", "note: in (hall A) now", "in (hall A) now"),
        ("hall A now", "note: (hall A) now", "(hall A) now"),
        ("wrong-size", "note: Wrong size!", "wrong-size"),
    ],
)
def test_a_text_has_the_marks_that_the_message_has_in_it(said: str, text: str, value: str) -> None:
    """And keeps the letters, and the marks, that the model wrote."""
    assert value_of("owner", said, text) == value


@pytest.mark.parametrize(
    ("name", "said", "text", "to_change", "to_look"),
    [
        ("flag", True, "the usual", SURE_TO_CHANGE, SURE_TO_LOOK),
        ("owner", None, "the usual", SURE_TO_CHANGE, SURE_TO_LOOK),
        ("owner", "null", "the usual", SURE_TO_CHANGE, SURE_TO_LOOK),
        ("plan", "pro", "the usual", SURE_TO_CHOOSE, SURE_OF_OPTION),
        ("level", 5, "the usual", SURE_TO_CHOOSE, SURE_OF_OPTION),
        ("bitrate", 300, "completely", SURE_OF_OPTION, SURE_OF_OPTION),
    ],
)
def test_what_a_text_cannot_show_hangs_on_certainty(
    name: str, said: object, text: str, to_change: float, to_look: float
) -> None:
    """One of several things to change wants more of it than a flag, and an option of a look the most."""
    for sure, changes, is_kept in (
        (to_change, True, True),
        (SURE_TO_ASK - 0.01, True, False),
        (to_look, False, True),
        (to_look - 0.01, False, False),
    ):
        kept = None if said == "null" else said
        assert value_of(name, said, text, sure, changes=changes) == (kept if is_kept else ABSENT)


def test_what_a_change_requires_is_asked_for_and_not_called_impossible() -> None:
    """A required choice below certainty is not said at all; the question about it is the one for what is missing."""
    spec = tool("r", "R.", {"plan": {"type": "string", "enum": ["free", "pro"]}}, ("plan",))
    (argument,) = arguments_of(spec, Catalogue((spec,)))
    for sure, value in ((SURE_TO_CHOOSE, "pro"), (SURE_TO_CHOOSE - 0.01, ABSENT)):
        assert ground_value(Offer(argument, "pro", sure), said_in("the usual")) == value


def test_a_definitions_own_words_are_a_reason_to_believe_a_model() -> None:
    """A word with which it explains this value, and no other; not one that is forbidden."""
    for text, value in (
        ("the reservoir is nearly dry", "water"),
        ("no more grid", Impossible(None, "water, power")),
        ("the usual", Impossible(None, "water, power")),
    ):
        assert value_of("cause", "water", text, SURE_TO_CHANGE) == value


def test_a_change_takes_no_value_in_the_place_of_one_that_there_is_not() -> None:
    """Of an account that is "pro" and shall be "basic"; a look may show what there is."""
    text = "put her pro account on basic"
    assert value_of("plan", "basic", text) == Impossible("basic", "free, pro")
    assert value_of("plan", "basic", text, changes=False) == "pro"


def test_several_of_a_definitions_words_say_a_value() -> None:
    """If there is none of another; what a model is sure of otherwise is asked."""
    for text, sure, value in (
        ("the grid is at its limit", SURE_TO_CHOOSE - 0.01, "power"),
        ("the grid is at its limit", SURE_TO_CHOOSE, Impossible(None, "water, power")),
        ("the grid is at its limit, the reservoir too", SURE_TO_CHOOSE, "water"),
        ("the power is out, the grid at its limit", SURE_TO_CHOOSE, "power"),
    ):
        assert value_of("cause", "water", text, sure) == value


def test_a_choice_that_is_only_forbidden_something_may_be_what_it_stands_for() -> None:
    """ "don't cut the harbour, just cap it", "no more water on the orchard": a sure model keeps it, where no other
    value stands in what is ordered."""
    text = "don't sell the pro plan, just show it"
    assert value_of("plan", "pro", text, SURE_TO_CHOOSE) == "pro"
    assert value_of("plan", "pro", text, SURE_TO_CHOOSE - 0.01) is ABSENT
    assert value_of("plan", "pro", "don't sell the pro plan, just the free one", SURE_TO_CHOOSE) == "free"


@pytest.mark.parametrize(
    ("name", "said", "text", "value"),
    [
        ("points", -30, "shave thirty points off", -30),
        ("floor", -2, "black two less", -2),
        ("floor", 6, "over to the sixth", 6),
        ("floor", 4, "第四层", 4),
        ("ids", [7, 8, 9], "seven through nine", [7, 8, 9]),
        ("ids", [2, 3, 5], "numbers two and three", [2, 3]),
        ("ids", [11], "the eleventh", [11]),
        ("half", "afternoon", "good morning! make it late", "afternoon"),
        ("half", "afternoon", "早上好，晚一点", "afternoon"),
        ("half", "afternoon", "the morning one", "morning"),
        ("half", "afternoon", "sometime before noon", "morning"),
        ("in_month", 11, "what did they burn through in november", 11),
        ("in_month", 2, "一月和二月的都要", 2),
        ("in_month", 1, "一月和二月的都要", 1),
        ("in_month", 8, "in June", 6),
        ("in_month", 8, "in May", 5),
        ("in_month", 8, "you may take the 8th one", 8),
        ("of_year", 2023, "二三年的账", 2023),
        ("of_year", 2024, "23年的账", 2023),
        ("of_year", 2019, "for 2019", 2019),
        ("of_year", 2019, "过去10年里2019那年", 2019),
        ("of_year", 2025, "the statement of CN2015", ABSENT),
        ("millilitres", 12, "twelve hectolitres", 1_200_000),
        ("weight_kg", 2500, "a quarter of a tonne", 250),
        ("in_month", 3, "三个月", 3),
        ("minutes", 60, "over the past hour", 60),
        ("minutes", 1440, "since this time yesterday", 1440),
        ("nation", "DE", "shut the germans out", "DE"),
        ("nation", "VN", "越南来的挡了", "VN"),
        ("nation", "FR", "shut the germans out", ABSENT),
    ],
)
def test_what_a_sure_model_reads_out_of_words(name: str, said: object, text: str, value: object) -> None:
    """A sign where the schema has one, a place in a row, what lies between two; a greeting is no time of the day."""
    assert value_of(name, said, text) == value


@pytest.mark.parametrize(
    ("said", "text", "value"),
    [
        (["mon", "tue", "thu", "fri"], "every day but wednesday", ["mon", "tue", "thu", "fri"]),
        (["mon", "tue", "thu"], "every day but wednesday and friday", ["mon", "tue", "thu"]),
        (["mon", "tue", "thu", "fri"], "wednesday please", ["wed"]),
        (["mon", "tue", "thu", "fri"], "wednesday, no rush", ["wed"]),
        (["mon", "tue"], "every day but wednesday", ["mon", "tue", "thu", "fri"]),
    ],
)
def test_all_but_those_that_are_said_are_said(said: object, text: str, value: object) -> None:
    """Where a word excepts them, whatever of the rest the model has."""
    assert value_of("days", said, text) == value


def test_a_faint_word_says_less_than_a_sure_model() -> None:
    """ "on" and "off" stand in any sentence, and so does what another argument's own value has in it."""
    state, space = choice("on", "off", "cycle"), choice("support", "legal")
    for argument, said, beside, text, value in (
        (state, "cycle", (), "it hangs again, off and back on again", "cycle"),
        (state, "on", (), "turn it off", "off"),
        (state, "cycle", (), "turn the whole thing off", "off"),
        (space, "legal", ("support/gdpr",), "support/gdpr belongs with the lawyers", "legal"),
        (space, "legal", ("gdpr",), "gdpr belongs with support", "support"),
        (space, "legal", ("support",), "from support over to the lawyers", "legal"),
    ):
        sure, unsure = (Offer(argument, said, one, beside=beside) for one in (SURE_TO_CHOOSE, SURE_TO_CHOOSE - 0.01))
        assert ground_value(sure, said_in(text)) == value
        assert ground_value(unsure, said_in(text)) != said


def test_a_code_that_another_argument_has_is_no_strange_value() -> None:
    """Of "C207 on hopper cards" C207 is the config, and no graphics card beside h100 and a100."""
    gpu = choice("h100", "a100")
    text = said_in("C207 on hopper cards")
    assert ground_value(Offer(gpu, "h100", beside=("C207",)), text) == "h100"
    assert ground_value(Offer(gpu, "h100"), text) == Impossible("c207", "h100, a100")


def test_the_one_number_left_is_meant_where_nothing_is_reckoned() -> None:
    """Although the tool has other numbers."""
    two = Offer(ARGUMENTS["bitrate"], 210, 0.8, alone=False)
    assert ground_value(two, said_in("address a hundred and twenty, loud")) == 120
    assert ground_value(two, said_in("120 more of it")) == 210


def test_a_dictionary_alone_knows_no_better_than_a_sure_model() -> None:
    """「贴着地面」 has the letters of 着地, landing."""
    text = "贴着地面飞的那个"
    assert value_of("exercise", "contour_flying", text, SURE_TO_CHOOSE) == "contour_flying"
    assert value_of("exercise", "contour_flying", text, SURE_TO_CHOOSE - 0.01) == "landing"


def test_a_list_is_as_long_as_the_model_heard_and_what_the_definition_tells() -> None:
    text = "suspended solids and ammonia"
    assert value_of("analyses", ["bod5", "nh4_n"], text) == ["nh4_n", "ss"]
    assert value_of("analyses", ["bod5"], "bod5, never mind the suspended solids") == ["bod5"]


def test_an_unsure_list_is_asked_about_as_one_of_its_values_would_be() -> None:
    assert value_of("rooms", ["hall", "attic"], "heat it", SURE_TO_ASK**2) == Impossible(None, "hall, attic")
    assert value_of("rooms", ["hall", "attic"], "heat it", SURE_TO_ASK**2 - 0.01) is ABSENT


def test_a_weekday_is_said_by_its_name_or_not_at_all() -> None:
    """Of a change, however sure the model: nobody says Monday without a word for it."""
    for text, changes, value in (
        ("book it", True, Impossible(None, "mon, tue, wed, thu, fri")),
        ("book it", False, "wed"),
        ("book it for hump day", True, "wed"),
    ):
        assert value_of("weekday", "wed", text, changes=changes) == value


def test_one_value_is_for_all_calls_where_the_message_says_so() -> None:
    """Else it belongs to one of them, and to which the model must be sure."""
    for text, value in (
        ("B1 and B2 both get the award badge", "award"),
        ("award badge on B1, something on B2", ABSENT),
    ):
        offer = Offer(ARGUMENTS["badge"], "award", 0.5, changes=False, elsewhere=("award",))
        assert ground_value(offer, said_in(text)) == value


@pytest.mark.parametrize("changes", [True, False])
def test_an_option_that_was_probably_said_is_asked_about(changes: bool) -> None:
    """Since a change without it would be another change; a look without it is a look."""
    doubted = value_of("plan", "pro", "the usual", SURE_TO_CHOOSE - 0.01, changes=changes)
    assert doubted == (Impossible(None, "free, pro") if changes else ABSENT)


@pytest.mark.parametrize(
    ("name", "said"), [("bitrate", 128), ("note", "wrong size"), ("label", "AB-12"), ("tags", ["red"]), ("ids", [7])]
)
def test_numbers_and_words_from_nowhere_are_never_kept(name: str, said: object) -> None:
    """Even of a sure model; but of the conversation they may be."""
    assert value_of(name, said, "the usual please") is ABSENT
    before = said if not isinstance(said, list) else said[0]
    assert value_of(name, said, "the usual please", 1.0, before) == said


@pytest.mark.parametrize(
    ("name", "said", "text", "why"),
    [
        ("bitrate", 900, "set it to 900", "1–320"),
        ("floor", -4, "floor -4", "≥ -3"),
        ("level", 7, "level 7", "1, 5, 10"),
        ("plan", "gold", "the gold plan", "free, pro"),
        ("label", "x-1", "take x-1", "^[A-Z]{2}-[0-9]+$"),
        ("bitrate", "as high as it goes", "as high as it goes", "1–320"),
    ],
)
def test_what_the_schema_refuses_is_impossible_and_says_what_would_do(
    name: str, said: object, text: str, why: str
) -> None:
    found = value_of(name, said, text)
    assert isinstance(found, Impossible) and found.why == why and str(found.got) in (str(said), "-4", "900")


def test_an_address_of_another_domain_is_no_mailbox_here() -> None:
    """Whose it is would be dropped without a word."""
    found = value_of("mailbox", "kim.soo@evil.example", "stop it for kim.soo@evil.example")
    assert found == Impossible("kim.soo@evil.example", "^[a-z][a-z.]{1,31}$")


def test_a_word_that_is_neither_the_schemas_nor_the_messages_is_no_value() -> None:
    """Of a change; and nobody is told that he said it."""
    assert value_of("plan", "pro plan deluxe", "the big one") == Impossible(None, "free, pro")
    assert value_of("plan", "gold", "the big one") == Impossible(None, "free, pro")
    assert value_of("plan", "gold", "the gold one") == Impossible("gold", "free, pro")


def test_the_only_number_corrects_an_unsure_model_and_no_other() -> None:
    """Two numbers could be either's; a sure model may have reckoned."""
    assert value_of("bitrate", 64, "set it to 128", 0.9) == 128
    assert value_of("bitrate", 64, "set it to 128", 0.96) == 64
    assert value_of("bitrate", 64, "128 at noon, 256 at night", 0.9) == 64


def test_a_flag_is_no_number_and_a_number_no_flag() -> None:
    assert value_of("bitrate", True, "set it to 1") is ABSENT
    assert value_of("flag", 1, "set it to 1") is ABSENT


@pytest.mark.parametrize("argument", ARGUMENTS.values(), ids=lambda argument: argument.name)
def test_what_would_do_is_said_in_a_few_words(argument: Argument) -> None:
    assert len(describe(argument)) < 40


def test_a_number_of_the_message_comes_before_one_of_the_conversation() -> None:
    """ "50 more" after 250 wants no 250 again; without a number of its own the message means the same."""
    assert value_of("bitrate", 250, "50 more", 1.0, 250) == 50
    assert value_of("bitrate", 250, "the same for her", 1.0, 250) == 250


def test_every_value_of_a_list_is_said_by_all() -> None:
    """Two values have a smaller joint probability than one; where the text speaks of all, less is enough."""
    for text, sure, value in (
        ("heat all rooms", SURE_OF_ALL, ["hall", "attic"]),
        ("heat all rooms", SURE_OF_ALL - 0.01, ABSENT),
        ("heat it", SURE_OF_ALL, ABSENT),
    ):
        assert value_of("rooms", ["hall", "attic"], text, sure) == value


@pytest.mark.parametrize(
    ("name", "said", "text", "value"),
    [
        ("half", "morning", "V7 on friday, 上午", "morning"),
        ("half", "afternoon", "V7上午来", "morning"),
        ("half", "afternoon", "V7 on friday evening", Impossible("evening", "morning, afternoon")),
        ("half", "afternoon", "V7周五晚上", Impossible("晚上", "morning, afternoon")),
        ("half", "afternoon", "V7 on friday, after the meal", "afternoon"),
        ("days", ["fri"], "every saturday", Impossible("saturday", "mon, tue, wed, thu, fri")),
        ("days", ["mon", "fri"], "周一和周五", ["mon", "fri"]),
    ],
)
def test_a_word_of_a_values_kind_means_it_or_none(name: str, said: object, text: str, value: object) -> None:
    """Even of a sure model."""
    assert value_of(name, said, text) == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("floor", "what is on floor 2?", 2),
        ("floor", "what is on floor two and floor three?", ABSENT),
        ("floor", "2 lines of it", ABSENT),
        ("ban_hours", "ban him for good", None),
        ("ban_hours", "永久封掉", None),
        ("ban_hours", "ban him", ABSENT),
        ("hours", "for good", ABSENT),
        ("half", "V7 in the morning", "morning"),
        ("half", "V7 some time", ABSENT),
        ("badge", "the award one for B7", "award"),
        ("days_ahead", "can we fly today?", 0),
        ("days_ahead", "后天能飞吗", 2),
        ("days_ahead", "can we fly", ABSENT),
        ("badge", "the award or the new one for B7", ABSENT),
    ],
)
def test_what_a_model_overheard_is_what_stands_there_plainly(name: str, text: str, value: object) -> None:
    """A number behind the argument's name; the one value that is named of a choice that must be made."""
    assert overheard(ARGUMENTS[name], said_in(text)) == value


SLOT = tool(
    "book",
    "Book a machine.",
    {
        "booking": {"type": "string", "pattern": "^HB[0-9]{5}$"},
        "minutes": {"type": "integer", "enum": [30, 60, 90], "default": 60},
        "urgent": {"type": "boolean", "default": False},
    },
    ("booking",),
)
SLOTS = {argument.name: argument for argument in arguments_of(SLOT, Catalogue((SLOT,)))}


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("booking", "send the code of HB20417", "HB20417"),
        ("booking", "from HB20417 to HB20418", ABSENT),
        ("booking", "send the code of HB204", ABSENT),
        ("urgent", "clean it asap", True),
        ("urgent", "这个加急", True),
        ("urgent", "clean it, not urgent", ABSENT),
        ("urgent", "不急，慢慢来", ABSENT),
        ("urgent", "clean it", ABSENT),
    ],
)
def test_an_id_that_must_be_said_and_a_hurry_are_overheard(name: str, text: str, value: object) -> None:
    assert overheard(SLOTS[name], said_in(text)) == value


@pytest.mark.parametrize(
    ("said", "sure", "text", "value"),
    [
        ("60", 0.3, "an hour and a half please", 90),
        ("30", 0.5, "半小时", 30),
        ("60", 1.0, "an hour, and she is half an hour late", 60),
    ],
)
def test_of_numbers_to_choose_from_the_measured_one_is_meant(said: str, sure: float, text: str, value: int) -> None:
    assert ground_value(Offer(SLOTS["minutes"], said, sure=sure), said_in(text)) == value


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("badge", "the award badge can come off", None),
        ("badge", "把得奖的标摘掉", None),
        ("badge", "it won a prize, put the badge on", "award"),
        ("badge", "take the old one off and put the award on instead", "award"),
        ("ribbon", "the award ribbon can come off", "award"),
    ],
)
def test_taking_away_is_null_where_the_schema_says_so(name: str, text: str, value: object) -> None:
    """Where a value is named only to be taken away; not where another is put in its place."""
    assert value_of(name, "award", text) == value


def test_a_choice_of_the_message_comes_before_one_of_the_conversation() -> None:
    """ "the pro ones as well" after the free ones; without one of its own it is what was said before."""
    assert value_of("plan", "free", "专业版的也来", 1.0, "free") == "pro"
    assert value_of("plan", "free", "再来一次", 1.0, "free") == "free"


@pytest.mark.parametrize(
    ("said", "text", "value"),
    [
        ("pro", "not the free plan, the other one", "pro"),
        ("free", "not the free plan, the pro one", "pro"),
        ("free", "不要免费版，换成专业版", "pro"),
        ("free", "不要免费版，换另一个", ABSENT),
        ("free", "don't forget, the free plan", "free"),
        ("free", "do not move them to the free plan", "free"),
    ],
)
def test_a_choice_that_is_only_forbidden_is_not_said(said: object, text: str, value: object) -> None:
    """Where something else is ordered; what a message forbids as a whole is not decided here."""
    assert value_of("plan", said, text) == value


@pytest.mark.parametrize(
    ("said", "text", "value"),
    [
        ("dobson_400", "point the dobson at it", "dobson_400"),
        ("mirror_600", "六百毫米那台", "mirror_600"),
        ("六百毫米", "六百毫米那台", "mirror_600"),
        ("mirror_600", "the mirror", Impossible(None, SCOPES)),
        ("mirror_600", "point it at M31", Impossible(None, SCOPES)),
    ],
)
def test_a_part_of_a_name_that_no_other_has_asks_for_less_certainty(said: object, text: str, value: object) -> None:
    """A word or a number of it; what two values share tells nothing."""
    assert value_of("scope", said, text, (SURE_TO_CHANGE + SURE_TO_CHOOSE) / 2) == value


DATES = tool(
    "d",
    "D.",
    {
        "day": {"type": "string", "format": "date"},
        "night": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "slug": {"type": "string", "pattern": "^[a-z0-9-]+$"},
        "room": {"type": "string", "pattern": "^R[0-9]{2}$"},
        "unit": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{2}$"},
        "port": {"type": "string", "pattern": "^[A-Z]{3}$"},
        "machine": {"type": "string", "pattern": "^[WD][0-9]{2}$"},
        "leave": {"type": "string", "pattern": "^1[1-5]:(00|30)$"},
        "start": {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"},
    },
    ("start",),
)


@pytest.mark.parametrize(
    ("name", "said", "text", "value"),
    [
        ("day", "2026-06-03", "2026年6月3号", "2026-06-03"),
        ("night", "2026-06-04", "3 June 2026", "2026-06-03"),
        ("night", "2026-06-03 19:30", "3 to 5 June 2026", "2026-06-03"),
        ("night", "2026-06-04", "3 to 5 June 2026", ABSENT),
        ("slug", "my-site", "my-site on 2026-06-03", "my-site"),
        ("room", "R8", "room 8", "R08"),
        ("room", "R04", "4号房", "R04"),
        ("room", "R8", "room 9 or 7", ABSENT),
        ("unit", "HRB 5", "stop HRB 5号梯", "HRB-05"),
        ("unit", "HRB 5", "and 5 at HRB", ABSENT),
        ("machine", "W4", "washer 4 please", "W04"),
        ("machine", "W4", "washer 5 please", ABSENT),
        ("leave", "1pm", "till 1pm", "13:00"),
        ("leave", "13:30", "til half past twelve", "12:30"),
        ("leave", "3:00", "到下午三点", "15:00"),
        ("leave", "9am", "till 9am", Impossible("09:00", "^1[1-5]:(00|30)$")),
        ("start", "17:0", "五点开始", "17:00"),
        ("start", "16:00", "五点开始", Impossible(None, "^([01][0-9]|2[0-3]):[0-5][0-9]$")),
        ("port", "Dublin", "the plane to Dublin", Impossible("Dublin", "^[A-Z]{3}$")),
    ],
)
def test_dates_and_ids_are_taken_in_the_form_the_schema_wants(name: str, said: str, text: str, value: object) -> None:
    argument = next(one for one in arguments_of(DATES, Catalogue((DATES,))) if one.name == name)
    assert ground_value(Offer(argument, said), said_in(text)) == value


@pytest.mark.parametrize(
    ("name", "said", "text", "elsewhere", "value"),
    [
        ("days", ["mon"], "monday, wednesday and friday", (), ["mon", "wed", "fri"]),
        ("days", ["mon"], "monday and friday", ("fri",), ["mon"]),
        ("days", ["mon"], "monday but not friday", (), ["mon"]),
    ],
)
def test_a_list_has_all_that_is_said_of_it(
    name: str, said: object, text: str, elsewhere: tuple[object, ...], value: object
) -> None:
    """Unless another call of the message has it, or the message takes something out."""
    made = ground_value(Offer(ARGUMENTS[name], said, elsewhere=elsewhere), said_in(text))
    assert made == value


@pytest.mark.parametrize("text", ["all the way up", "to the max", "开到最大", "拉满"])
def test_the_most_that_the_schema_has_is_said_by_words(text: str) -> None:
    assert value_of("bitrate", 320, text, 0.1) == 320


@pytest.mark.parametrize("text", ["cancel it, one penny is not due, no fee", "取消吧，一分钱不收", "免费，一次"])
def test_nothing_is_zero_whatever_number_stands_there(text: str) -> None:
    assert value_of("ratio", 0, text, 0.9) == 0
