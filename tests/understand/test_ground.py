"""Grounding: a call holds what the message says, no more and no less, for any JSON Schema and in both languages."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from nlops.domain.tools import Catalogue, JsonObject, ToolCall, ToolPolicy
from nlops.understand.facts import Facts, gather
from nlops.understand.fold import fold
from nlops.understand.ground import Lack, ground_calls
from nlops.understand.moods import read_moods
from nlops.understand.reply import Proposed
from tests.understand.saying import FOUR
from tests.understand.shop import BOTS, MARKET, SHOP, tool

NAMES = frozenset(fold(alias) for bot in BOTS for alias in bot.all())
Made = list[dict[str, object]]


def facts_of(text: str, *earlier: ToolCall) -> Facts:
    """`earlier` are calls of one exchange."""
    latest = frozenset(str(call.arguments["bot"]) for call in earlier if "bot" in call.arguments)
    return gather(read_moods(fold(text), NAMES), FOUR, earlier, latest=latest)


def ground(
    text: str,
    tool: str,
    catalogue: Catalogue = FOUR,
    sure: Mapping[str, float] | None = None,
    earlier: Sequence[ToolCall] = (),
    **arguments: Any,
) -> tuple[Made, list[Lack]]:
    """The arguments of each call that comes of one proposal over one text, and what is lacking."""
    one = Proposed(ToolCall(tool, arguments), sure=sure or {})
    calls, lacks = ground_calls([one], facts_of(text, *earlier), catalogue)
    return [dict(call.arguments) for call in calls], list(lacks)


def lacking(made: tuple[Made, list[Lack]]) -> list[str]:
    """The names of what is lacking; nothing is called where something is."""
    assert not (made[0] and made[1])
    return [lack.argument.name for lack in made[1]]


def test_what_is_known_beside_what_is_lacking_is_kept() -> None:
    """The bot too: whoever is asked how many lines need not say again whose."""
    _, (lack,) = ground("the last 5000 lines of bob", "tail_logs", bot="bob", lines=5000)
    assert (lack.argument.name, lack.known) == ("lines", {"bot": "bob"})


# Bots


@pytest.mark.parametrize(
    ("text", "said", "bots"),
    [
        ("restart bob", "bob", ["bob"]),
        ("restart bob", "alice", ["bob"]),
        ("重启爱丽丝", "alice", ["alice"]),
        ("restart alcie", "alice", ["alice"]),
        ("restart alice and bob", "alice", ["alice", "bob"]),
        ("重启爱丽丝和鲍勃", "alice", ["alice", "bob"]),
        ("restart alice, bob and archy", "bob", ["alice", "bob", "archy"]),
        ("restart alice, bob and archy", "all", ["alice", "bob", "archy"]),
        ("restart all of them", "all", ["alice", "bob", "archy"]),
        ("三个机器人都重启", "all", ["alice", "bob", "archy"]),
        ("restart all but not bob", "all", ["alice", "archy"]),
        ("restart everyone except bob", "all", ["alice", "archy"]),
        ("除了 bob 都重启", "all", ["alice", "archy"]),
        ("除了鲍勃以外全部重启", "all", ["alice", "archy"]),
        ("重启鲍勃以外的", "bob", ["alice", "archy"]),
        ("重启爱丽丝和鲍勃之外的机器人", "alice", ["archy"]),
        ("restart all the bots, bob excepted", "all", ["alice", "archy"]),
        ("restart the bots except bob", "all", ["alice", "archy"]),
        ("alice is fine, restart the others", "all", ["bob", "archy"]),
        ("除了鲍勃，其他的都重启", "all", ["alice", "archy"]),
        ("restart alice and everyone else", "all", ["alice", "bob", "archy"]),
        ("the others are fine, restart bob", "bob", ["bob"]),
        ("bob and alice are fine, restart the other one", None, ["archy"]),
        ("鲍勃和爱丽丝都好好的，剩下那个重启一下", "bob", ["archy"]),
        ("全部重启，不包括爱丽丝", "all", ["bob", "archy"]),
        ("其他都正常，重启鲍勃", "bob", ["bob"]),
        ("restart all, bob last", "bob", ["alice", "bob", "archy"]),
        ("all is fine, restart bob first", "bob", ["bob"]),
        ("除了爱丽丝，都重启", "alice", ["bob", "archy"]),
    ],
)
def test_bots_are_those_that_the_message_names(text: str, said: str | None, bots: list[str]) -> None:
    """Whatever the model wrote: names, rows of names, all of them, all but one, the others."""
    arguments: dict[str, Any] = {"bot": said} if said else {}
    made, lacks = ground(text, "restart", **arguments)
    assert [arguments["bot"] for arguments in made] == bots and not lacks


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *(("restart it", "bob"), ("restart charlie", "charlie"), ("restart the server", "all"), ("restart it", None)),
        *(("restart alice or bob", "bob"), ("重启一下", "bob"), ("重启爱丽丝还是鲍勃", "bob")),
        ("restart alice, how is bob, archy's log", "all"),
        *(
            ("restart all offline bots", "all"),
            ("restart everything that is down", "all"),
            ("重启所有报错的机器人", "all"),
        ),
        *(("restart everyone else", "all"), ("重启其他的", "all"), ("restart both", "all"), ("restart both", "alice")),
        *(("两个的日志都重启", "all"), ("重启爱丽丝2号", "alice"), ("restart alice-2", "alice")),
        *(("restart all except the sales one", "all"), ("restart them all", "bob")),
        ("show me all their logs but don't restart bob", "bob"),
    ],
)
def test_a_bot_that_is_not_said_is_lacking(text: str, said: str | None) -> None:
    """Nobody, somebody unknown, one of two: it is asked, whoever the model named; a foreign word is kept for that."""
    arguments: dict[str, Any] = {"bot": said} if said else {}
    made = ground(text, "restart", **arguments)
    assert lacking(made) == ["bot"] and made[1][0].got == ("charlie" if said == "charlie" else None)


def test_two_calls_keep_their_own_bots() -> None:
    """ "restart alice and show bob's log" is no row of names."""
    one, other = Proposed(ToolCall("restart", {"bot": "alice"})), Proposed(ToolCall("tail_logs", {"bot": "bob"}))
    calls, lacks = ground_calls([one, other], facts_of("restart alice, bob's log too"), FOUR)
    assert calls == (one.call, other.call) and not lacks


def test_the_same_call_twice_is_one() -> None:
    one = Proposed(ToolCall("restart", {"bot": "bob"}))
    assert ground_calls([one, one], facts_of("restart bob, bob!"), FOUR) == ((one.call,), ())


def test_two_looks_that_differ_in_a_flag_are_one() -> None:
    """Where the flag may be left out; two changes stay two, and so do looks at two things."""
    log = tool("log_of", "Log.", {"order": {"type": "string"}, "old": {"type": "boolean"}}, ("order",), risk="read")
    made = [Proposed(ToolCall("log_of", {"order": order, "old": old})) for order, old in (("a1", True), ("a1", False))]
    facts = facts_of("log of a1 and b2, the old ones too")
    assert ground_calls(made, facts, Catalogue((log,)))[0] == (made[0].call,)
    other = Proposed(ToolCall("log_of", {"order": "b2", "old": True}))
    assert len(ground_calls([made[0], other], facts, Catalogue((log,)))[0]) == 2
    change = replace(log, policy=ToolPolicy("change"))
    assert len(ground_calls(made, facts, Catalogue((change,)))[0]) == 2


def test_from_and_to_are_told_apart_by_the_words() -> None:
    """Whatever the model made of them."""
    branch = {"type": "string", "enum": ["riverside", "airport"], "description": "riverside = 滨江店, airport = 机场店"}
    move = tool("move", "Move it.", {"from_branch": branch, "to_branch": branch}, ("from_branch", "to_branch"))
    catalogue = Catalogue((replace(move, policy=ToolPolicy("change")),), ())
    swapped, same = ({"from_branch": "airport", "to_branch": to} for to in ("riverside", "airport"))
    for text in ("机场店快没了，从滨江店调过去", "从滨江店调到机场店", "from riverside to the airport"):
        for said in (swapped, same):
            calls, lacks = ground_calls([Proposed(ToolCall("move", said))], facts_of(text), catalogue)
            assert calls == (ToolCall("move", {"from_branch": "riverside", "to_branch": "airport"}),) and not lacks


def test_a_value_of_another_enum_is_put_where_it_belongs() -> None:
    """ "any bleached ones?", taken for a species; where it could belong to two, it stays what it is, and is asked."""
    kind, health, mood = ({"type": "string", "enum": [one, "other"]} for one in ("acropora", "bleached", "bleached"))
    look = tool("look", "Look.", {"kind": kind, "health": health}, ())
    both = tool("look", "Look.", {"kind": kind, "health": health, "mood": mood}, ())
    one, facts = Proposed(ToolCall("look", {"kind": "bleached"})), facts_of("any bleached ones?")
    calls, lacks = ground_calls([one], facts, Catalogue((look,)))
    assert calls == (ToolCall("look", {"health": "bleached"}),) and not lacks
    assert [lack.got for lack in ground_calls([one], facts, Catalogue((both,)))[1]] == ["bleached"]


def test_two_calls_of_which_each_says_what_the_other_leaves_open_are_one() -> None:
    """ "K61204 to the morning, and let them fetch it in the old town": one move, not two."""
    text = {"type": "string"}
    move = tool("move", "Move an order.", {"order": text, "slot": text, "branch": text}, ("order",))
    catalogue = Catalogue((move,), ())
    morning, there = {"order": "K61204", "slot": "morning"}, {"order": "K61204", "branch": "old town"}
    facts = facts_of("K61204 to the morning, and to the old town, not in the evening")
    for second, merged in (
        (there, [{**morning, **there}]),
        ({**there, "slot": "evening"}, [morning, {**there, "slot": "evening"}]),
    ):
        calls, _ = ground_calls([Proposed(ToolCall("move", one)) for one in (morning, second)], facts, catalogue)
        assert [dict(call.arguments) for call in calls] == merged


def test_two_calls_that_differ_in_one_list_are_one() -> None:
    """Whatever the tool does; where something else differs as well they stay two."""
    days = {"type": "array", "items": {"type": "string", "enum": ["mon", "tue", "fri"]}}
    plan = tool("plan", "Plan.", {"room": {"type": "string"}, "days": days, "note": {"type": "string"}}, ("room",))
    facts = facts_of("room a1 on monday and friday, b2 on tuesday")
    made = [Proposed(ToolCall("plan", {"room": "a1", "days": [day]})) for day in ("mon", "fri")]
    calls, _ = ground_calls(made, facts, Catalogue((plan,)))
    assert calls == (ToolCall("plan", {"room": "a1", "days": ["mon", "fri"]}),)
    other = Proposed(ToolCall("plan", {"room": "b2", "days": ["tue"]}))
    assert len(ground_calls([made[0], other], facts, Catalogue((plan,)))[0]) == 2


def test_a_number_that_an_id_has_is_no_quantity() -> None:
    """And neither one that another argument has."""
    fan = {"type": "integer", "minimum": 0, "maximum": 100}
    room = {"type": "string", "pattern": "^R[0-9]{2}$"}
    air = tool("air", "Air.", {"room": room, "fan": fan, "hours": {"type": "integer"}}, ("room",))
    catalogue = Catalogue((air,))
    assert ground("17号房只走内循环", "air", catalogue, room="R17", fan=0)[0] == [{"room": "R17"}]
    assert ground("17号房风扇30", "air", catalogue, room="R17", fan=30)[0] == [{"room": "R17", "fan": 30}]
    made = ground("room 17 for 5 hours", "air", catalogue, {"fan": 0.9}, room="R17", fan=1, hours=5)
    assert made[0] == [{"room": "R17", "hours": 5}]


def test_a_number_of_something_else_is_no_option() -> None:
    """Nobody is asked what humidity "four men" shall be, nor is the id of another call a limit."""
    bounds = {"type": "integer", "minimum": 35, "maximum": 60}
    move = tool("move", "Move.", {"lot": {"type": "string"}, "humidity": bounds, "men": {"type": "integer"}}, ("lot",))
    catalogue = Catalogue((move,))
    assert ground("l24 with four men", "move", catalogue, {"humidity": 0.1}, lot="l24", humidity=40) == (
        [{"lot": "l24"}],
        [],
    )
    made = ground("l24 with four men", "move", catalogue, lot="l24", men=4, humidity=4)
    assert made == ([{"lot": "l24", "men": 4}], [])
    assert lacking(ground("l24 at humidity 4", "move", catalogue, lot="l24", humidity=4)) == ["humidity"]
    show = tool("show", "Show.", {"board": {"type": "string"}}, ("board",))
    look = tool("look", "Look.", {"limit": {"type": "integer"}}, ())
    calls = [ToolCall("show", {"board": "DB-150"}), ToolCall("look", {"limit": 10})]
    proposed = [Proposed(call, sure={"limit": 0.7}) for call in calls]
    made_of_both, _ = ground_calls(proposed, facts_of("share DB-150, and what is on?"), Catalogue((show, look)))
    assert [dict(call.arguments) for call in made_of_both] == [{"board": "DB-150"}, {}]


def test_an_option_that_is_named_is_taken_although_the_model_left_it_out() -> None:
    """Unless it is another argument's name or value."""
    kind = {"type": "string", "enum": ["loose", "boxed", "customer"]}
    order = tool("order_crates", "Order.", {"customer": {"type": "string"}, "packaging": kind}, ("customer",))
    catalogue = Catalogue((order,))
    assert ground("new one for c1, loose", "order_crates", catalogue, customer="c1")[0] == [
        {"customer": "c1", "packaging": "loose"}
    ]
    for text, customer in (("new one for customer c1", "c1"), ("new one for loose", "loose")):
        assert ground(text, "order_crates", catalogue, customer=customer)[0] == [{"customer": customer}]


def test_a_value_that_is_said_of_one_call_is_asked_for_the_other() -> None:
    """「HRB-E06 报异响，HRB-E08 报振动」: that vibration is said proves nothing of E06."""
    symptom = {"type": "string", "enum": ["noise", "vibration"], "description": "noise: 异响; vibration: 振动"}
    report = tool("report", "Report.", {"unit": {"type": "string"}, "symptom": symptom}, ("unit", "symptom"))
    facts = facts_of("e06 报个毛病, e08 报振动")
    for sure in (0.64, 0.95):
        made = [
            Proposed(ToolCall("report", {"unit": unit, "symptom": "vibration"}), sure={"symptom": certainty})
            for unit, certainty in (("e06", sure), ("e08", 1.0))
        ]
        assert len(ground_calls(made, facts, Catalogue((report,)))[1]) == 1


def test_a_bot_that_the_model_does_not_know_is_asked_for() -> None:
    """Even where it may be left out: not all are meant by the name of another."""
    one = Proposed(ToolCall("status", {}), unsaid=frozenset({"bot"}))
    assert [lack.argument.name for lack in ground_calls([one], facts_of("is dave online?"), FOUR)[1]] == ["bot"]
    assert ground_calls([one], facts_of("are they all online?"), FOUR)[1] == ()


def test_what_may_be_left_out_is_left_out() -> None:
    """`status` without a name, or of all, is about all of them."""
    assert ground("how are the bots?", "status") == ([{}], [])
    assert ground("how are all the bots?", "status", bot="all") == ([{}], [])


def test_a_spared_bot_may_be_looked_at_but_not_changed() -> None:
    """ "don't restart bob, show the log" is about bob's log; a change of a bot named only there is asked."""
    assert ground("don't restart bob, show the log", "tail_logs", bot="bob")[0] == [{"bot": "bob"}]
    assert lacking(ground("don't show bob, just restart", "restart", bot="bob")) == ["bot"]


def test_him_is_whom_the_conversation_was_about() -> None:
    """And nobody else, whom the model may name."""
    earlier = (ToolCall("status", {"bot": "bob"}),)
    assert ground("restart him", "restart", earlier=earlier, bot="bob")[0] == [{"bot": "bob"}]
    assert lacking(ground("restart him", "restart", earlier=earlier, bot="alice")) == ["bot"]


def test_who_is_fine_is_not_counted_up_among_the_others() -> None:
    each = [Proposed(ToolCall("restart", {"bot": bot})) for bot in ("alice", "bob", "archy")]
    calls, _ = ground_calls(each, facts_of("bobs ok, restart the other two"), FOUR)
    assert [call.arguments["bot"] for call in calls] == ["alice", "archy"]


def test_each_of_them_is_not_only_those_that_the_model_counted_up() -> None:
    both = [Proposed(ToolCall("tail_logs", {"bot": bot, "lines": 20})) for bot in ("alice", "bob")]
    calls, _ = ground_calls(both, facts_of("last 20 lines of each bot"), FOUR)
    assert [call.arguments["bot"] for call in calls] == ["alice", "bob", "archy"]


@pytest.mark.parametrize(
    ("text", "said", "latest", "meant"),
    [
        ("restart both", "all", ("bob", "archy"), ["bob", "archy"]),
        ("两个都重启", "all", ("alice", "bob"), ["alice", "bob"]),
        ("restart both", "all", ("bob",), []),
        ("restart everyone else", "all", ("bob",), ["alice", "archy"]),
        ("now the rest", "bob", ("bob",), ["alice", "archy"]),
        ("剩下的也重启", "all", ("alice", "bob"), ["archy"]),
    ],
)
def test_both_and_the_rest_are_told_by_the_last_exchange(
    text: str, said: str, latest: tuple[str, ...], meant: list[str]
) -> None:
    earlier = [ToolCall("restart", {"bot": bot}) for bot in latest]
    made, lacks = ground(text, "restart", earlier=earlier, bot=said)
    assert [arguments["bot"] for arguments in made] == meant and bool(lacks) is not bool(meant)


TWO = replace(FOUR, bots=FOUR.bots[:2])


@pytest.mark.parametrize(
    ("text", "said", "meant"),
    [
        ("alice is fine, restart the other one", "alice", ["bob"]),
        ("restart the other bot please", "bob", ["alice"]),
        ("另一个也重启", "bob", ["alice"]),
        ("爱丽丝没事，重启另一个", "alice", ["bob"]),
        ("alice is fine, restart the other one", "bob", ["bob"]),
        ("the other day alice hung, restart her", "alice", ["alice"]),
        ("另一个问题是爱丽丝卡住了，重启她", "alice", ["alice"]),
    ],
)
def test_the_other_one_is_not_whom_was_spoken_of(text: str, said: str, meant: list[str]) -> None:
    """The one that the message names, or else that was spoken of last; among more than two it is asked."""
    earlier = (ToolCall("restart", {"bot": "bob"}),)
    facts = gather(read_moods(fold(text), NAMES), TWO, earlier, latest=frozenset({"bob"}))
    calls, _ = ground_calls([Proposed(ToolCall("restart", {"bot": said}))], facts, TWO)
    assert [call.arguments["bot"] for call in calls] == meant
    if meant != [said]:
        assert lacking(ground(text, "restart", earlier=earlier, bot=said)) == ["bot"]


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("dim it to 20", []),
        ("dim everything to 20", ["lamp"]),
        ("全部调到 20", ["lamp"]),
        ("dim it to 20 once and for all", []),
    ],
)
def test_everything_is_not_what_was_spoken_of_a_moment_ago(text: str, missing: list[str]) -> None:
    """Of a choice, for a change."""
    earlier = (ToolCall("dim_lamp", {"lamp": "hall", "percent": 50}),)
    made = ground(text, "dim_lamp", SHOP, earlier=earlier, lamp="hall", percent=20)
    assert lacking(made) == missing and (made[0] or missing)


# Values


@pytest.mark.parametrize(
    ("text", "said", "lines"),
    [
        ("last 100 lines of bob's log", 100, 100),
        ("last hundred lines of bob's log", 10, 100),
        ("bob 的日志来三十行", 3, 30),
        ("bob 的日志，一百二十行", 20, 120),
        ("bob 的日志来十几行", 15, 15),
        ("bob's log, ten to fifteen lines", 12, 12),
        ("bob's log", 20, None),
        ("最近五分钟 bob 的日志", 50, None),
    ],
)
def test_numbers_are_those_of_the_message(text: str, said: int, lines: int | None) -> None:
    """The text's one number counts for more than an unsure model's; a number that is nowhere is dropped."""
    made, _ = ground(text, "tail_logs", bot="bob", lines=said, sure={"lines": 0.3})
    assert [one.get("lines") for one in made] == [lines]


@pytest.mark.parametrize(
    ("text", "said", "got"),
    [("501 lines of bob's log", 501, 501), ("zero lines of bob's log", 0, 0), ("bob 的日志五百零一行", 50, 501)],
)
def test_out_of_bounds_is_asked_back_with_the_bounds(text: str, said: int, got: int) -> None:
    made = ground(text, "tail_logs", bot="bob", lines=said, sure={"lines": 0.5})
    assert lacking(made) == ["lines"] and made[1][0].got == got and made[1][0].why == "1–500"


@pytest.mark.parametrize(
    ("text", "tool", "said", "due"),
    [
        ("hall to 20 % for an hour", "dim_lamp", {"lamp": "hall", "percent": 20, "minutes": 60}, None),
        ("走廊的灯调到两成，三刻钟", "dim_lamp", {"lamp": "hall", "percent": 20, "minutes": 45}, None),
        ("走廊的灯调到百分之二十，两个半小时", "dim_lamp", {"lamp": "hall", "percent": 20, "minutes": 150}, None),
        ("ship by jd in a day and a half", "send_parcel", {"platform": "jd", "delay_hours": 36}, None),
        ("寄京东，一天半以后", "send_parcel", {"platform": "京东", "delay_hours": 2}, {"delay_hours": 36}),
        ("打八折", "set_discount", {"percent": 20}, None),
        ("一律降价一成", "set_discount", {"percent": 10}, None),
        ("一律降价一成", "set_discount", {"percent": 5}, {"percent": 10}),
    ],
)
def test_units_and_words_for_numbers(text: str, tool: str, said: dict[str, Any], due: dict[str, Any] | None) -> None:
    """What the model reckoned right is kept however unsure it is; the only number there is corrects what it did not."""
    unsure = dict.fromkeys(said, 0.3)
    (made,), lacks = ground(text, tool, MARKET, unsure, **said)
    expected = {**said, **({"platform": "jd"} if "platform" in said else {}), **(due or {})}
    assert made == expected and not lacks


def test_what_is_not_said_is_lacking_where_the_model_is_unsure() -> None:
    """A required value that the text cannot show wants a surer model for a change than for a look."""
    for sure, lacks in ((0.85, ["lamp"]), (0.95, [])):
        assert lacking(ground("dim it to 20", "dim_lamp", MARKET, {"lamp": sure}, lamp="hall", percent=20)) == lacks
    assert lacking(ground("dim the hall", "dim_lamp", MARKET, lamp="hall")) == ["percent"]
    assert lacking(ground("dim the hall", "dim_lamp", MARKET, lamp="hall", percent=50)) == ["percent"]


def test_optional_values_that_an_unsure_model_invents_are_dropped() -> None:
    """Flags, enums, numbers, free text; a read-only tool's wish is believed sooner."""
    said: dict[str, Any] = {"lamp": "hall", "percent": 20, "minutes": 30, "warm": True}
    unsure = {"minutes": 0.3, "warm": 0.3}
    assert ground("dim the hall to 20", "dim_lamp", MARKET, unsure, **said)[0] == [{"lamp": "hall", "percent": 20}]
    assert ground("dim the hall to 20, warm", "dim_lamp", MARKET, {**unsure, "warm": 0.9}, **said)[0][0]["warm"] is True
    assert ground("show it", "print_log", MARKET, {"color": 0.3}, color="red")[0] == [{}]
    assert ground("show it", "print_log", MARKET, {"color": 0.94}, color="red")[0] == [{}]
    assert ground("show it", "print_log", MARKET, {"color": 0.96}, color="red")[0] == [{"color": "red"}]
    assert ground("show it", "print_log", MARKET, lines=50)[0] == [{}]
    assert ground("freeze Q1234", "freeze_order", MARKET, order="Q1234", note="wrong")[0] == [{"order": "Q1234"}]


def test_an_enum_is_said_by_its_word_or_what_explains_it() -> None:
    """Otherwise than the model heard it, too; a foreign word is asked back with what there is."""
    assert ground("厨房的灯调到二十", "dim_lamp", MARKET, lamp="hall", percent=20)[0] == [
        {"lamp": "kitchen", "percent": 20}
    ]
    made = ground("把书房的灯调到二十", "dim_lamp", MARKET, lamp="书房", percent=20)
    assert lacking(made) == ["lamp"] and (made[1][0].got, made[1][0].why) == ("书房", "kitchen, hall")
    assert made[1][0].known == {"percent": 20}


def test_a_pattern_is_found_in_the_message() -> None:
    """The value that fits stands for what the model wrote; where nothing fits, or not quite, it is asked."""
    assert ground("freeze q1234 please", "freeze_order", MARKET, order="Q9999")[0] == [{"order": "Q1234"}]
    assert lacking(ground("freeze my order", "freeze_order", MARKET, order="Q9999")) == ["order"]
    made = ground("freeze Q12", "freeze_order", MARKET, order="Q12")
    assert lacking(made) == ["order"] and (made[1][0].got, made[1][0].why) == ("Q12", "^Q[0-9]{4}$")


def test_free_text_and_lists_are_parts_of_the_message() -> None:
    said: dict[str, Any] = {"order": "Q1234", "note": "wrong size", "shelves": ["north"]}
    assert ground("freeze Q1234 on the north shelf, note: wrong size", "freeze_order", MARKET, **said)[0] == [said]
    assert ground("freeze Q1234", "freeze_order", MARKET, {"shelves": 0.3}, **said)[0] == [{"order": "Q1234"}]


@settings(deadline=None)
@given(
    st.text(max_size=80),
    st.sampled_from(["restart", "qr", "status", "tail_logs"]),
    st.sampled_from(["alice", "bob", "archy", "all", "carol"]),
    st.floats(0, 1),
)
def test_no_bot_appears_that_the_text_does_not_name(text: str, tool: str, said: str, sure: float) -> None:
    """For any text: a call is grounded only in names, aliases, near misses of them, or a word for all."""
    facts = facts_of(text)
    calls, lacks = ground_calls([Proposed(ToolCall(tool, {"bot": said}), sure={"bot": sure})], facts, FOUR)
    bots = [call.arguments["bot"] for call in calls if "bot" in call.arguments]
    if tool == "restart" and not facts.named and len(bots) not in (0, 3):
        assert facts.spared or said in bots  # "all but ..." names whom it spares; "all" with one name is that one
    assert bool(calls) != bool(lacks)
    assert set(bots) <= {"alice", "bob", "archy"}


VALUES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
ANY = VALUES | st.text(max_size=12) | st.lists(VALUES | st.text(max_size=6), max_size=3)


@settings(deadline=None)
@given(st.text(max_size=60), st.data(), st.floats(0, 1))
def test_whatever_a_model_writes_what_comes_out_keeps_the_schema(text: str, data: st.DataObject, sure: float) -> None:
    """Any values for any arguments over any text: calls that the tool's schema accepts, or what is lacking."""
    tool = data.draw(st.sampled_from(MARKET.tools))
    said = data.draw(st.dictionaries(st.sampled_from(sorted(tool.properties)), ANY))
    proposed = Proposed(ToolCall(tool.name, said), sure=dict.fromkeys(said, sure))
    calls, lacks = ground_calls([proposed], facts_of(text), MARKET)
    assert bool(calls) != bool(lacks)
    for call in calls:
        Draft202012Validator(tool.input_schema).validate(dict(call.arguments))


ZONES: JsonObject = {"type": "array", "items": {"type": "string", "enum": ["wave", "kids"]}}
SAY = tool("say", "Say it.", {"words": {"type": "string"}, "zones": ZONES}, ("words",))


@pytest.mark.parametrize(
    ("text", "zones"),
    [("announce in kids: the wave pool opens", ["kids"]), ("announce: the wave pool opens", None)],
)
def test_what_is_passed_on_chooses_nothing(text: str, zones: list[str] | None) -> None:
    made = ground(text, "say", Catalogue((SAY,), BOTS), words="the wave pool opens")[0]
    assert made == [{"words": "the wave pool opens"} | ({"zones": zones} if zones else {})]


BACK = tool(
    "post",
    "Post an entry.",
    {
        "shift_s": {
            "type": "integer",
            "minimum": -900,
            "maximum": 0,
            "description": "In seconds: -60 is a minute ago.",
        },
        "slow_s": {"type": "integer", "enum": [0, 30, 60]},
        "weeks": {"type": "integer", "minimum": 1, "maximum": 26},
        "uses": {"type": "array", "items": {"type": "string", "enum": ["web", "print"]}},
    },
    (),
)
POSTS = Catalogue((BACK,), BOTS)


@pytest.mark.parametrize(
    ("text", "said", "made"),
    [
        ("stamp it 2 min back", {"shift_s": 2}, {"shift_s": -120}),
        ("时间往前调90秒", {"shift_s": 90}, {"shift_s": -90}),
        ("hide what is below -15", {"slow_s": "-15"}, {"shift_s": -15}),
        ("print only please", {"weeks": "?"}, {"uses": ["print"]}),
    ],
)
def test_a_number_and_a_list_are_what_the_message_measures(
    text: str, said: dict[str, Any], made: dict[str, Any]
) -> None:
    """What only goes back is negative; a number that one argument refuses is the other's that takes it."""
    given = {name: value for name, value in said.items() if value != "?"}
    assert ground(text, "post", POSTS, dict.fromkeys(given, 0.8), **given)[0] == [made]


def test_one_calls_list_may_have_the_name_of_anothers_choice() -> None:
    """A choice was compared with the other call's values by a set, in which no list can be."""
    many = tool("many", "Many.", {"zone": ZONES}, ("zone",))
    one = tool("one", "One.", {"zone": ZONES["items"]}, ("zone",))
    said = [Proposed(ToolCall("many", {"zone": ["wave"]})), Proposed(ToolCall("one", {"zone": "kids"}))]
    calls, lacks = ground_calls(said, facts_of("many for wave, one for kids"), Catalogue((many, one), BOTS))
    assert [dict(call.arguments) for call in calls] == [{"zone": ["wave"]}, {"zone": "kids"}] and not lacks


SLOT = tool(
    "slot",
    "Put an article into a slot. 首页。",
    {
        "article": {
            "type": ["string", "null"],
            "pattern": "^SP-[0-9]{4}$",
            "description": "null: empty it, take it off. 撤下.",
        }
    },
    ("article",),
)


def test_what_another_clause_takes_off_stays_here() -> None:
    every = Catalogue((SLOT,), BOTS)
    text = "SP-2238 third, and take the banner off"
    assert ground(text, "slot", every, article="SP-2238")[0] == [{"article": "SP-2238"}]
    assert ground("take SP-2238 off", "slot", every, article="SP-2238")[0] == [{"article": None}]


def test_a_value_that_stands_in_its_own_place_as_well_is_taken_out_of_the_other() -> None:
    """ "close rainbow for cleaning": the reason is no state, and what the state shall be is asked."""
    state: JsonObject = {"type": "string", "enum": ["open", "closed"]}
    reason: JsonObject = {"type": "string", "enum": ["cleaning", "weather"]}
    every = Catalogue((tool("switch", "Switch.", {"state": state, "reason": reason}, ("state",)),), BOTS)
    made = ground("rainbow, for cleaning", "switch", every, state="cleaning", reason="cleaning")
    assert lacking(made) == ["state"] and made[1][0].got is None
