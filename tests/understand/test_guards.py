"""What stands between a proposed change and a call, by the tool's definition alone: forbidden, quoted, or for later."""

from dataclasses import replace

import pytest

from nlops.domain.tools import JsonObject, ToolCall, ToolPolicy
from nlops.understand.facts import Facts, gather
from nlops.understand.fold import fold
from nlops.understand.guards import SURE_OF_NOW, is_about_a_time, is_excluded, is_later, is_only_asked, with_time
from nlops.understand.moods import read_moods
from nlops.understand.reply import Proposed
from tests.understand.saying import FOUR
from tests.understand.shop import BOTS, tool

NAMES = frozenset(fold(alias) for bot in BOTS for alias in bot.all())
(RESTART,) = (one for one in FOUR.tools if one.name == "restart")
REMIND = tool("remind", "Remind somebody. 提醒。", {"at": {"type": "string", "description": "clock time"}}, ("at",))
BOB = Proposed(ToolCall("restart", {"bot": "bob"}))
AT_THREE = Proposed(ToolCall("remind", {"at": "3am"}))


def facts_of(text: str, *earlier: ToolCall) -> Facts:
    return gather(read_moods(fold(text), NAMES), FOUR, earlier)


def excluded(text: str, bot: str, name: str = "restart", *earlier: ToolCall) -> bool:
    spec = FOUR.get(name)
    assert spec is not None
    return is_excluded(Proposed(ToolCall(name, {"bot": bot})), spec, facts_of(text, *earlier))


@pytest.mark.parametrize(
    "text",
    [
        *("don't restart bob", "别重启 bob", "show alice's log but do not restart bob", "鲍勃先别动，看看爱丽丝"),
        *('wei wrote "restart bob"', "群里有人发「重启鲍勃」", "restart everyone except bob"),
    ],
)
def test_a_change_of_a_forbidden_or_quoted_bot_is_taken_out(text: str) -> None:
    """And a look at it is not."""
    assert excluded(text, "bob") and not excluded(text, "bob", "tail_logs")


@pytest.mark.parametrize(
    "text",
    ["restart bob", "don't restart alice, restart bob", 'restart "bob"', "别动爱丽丝，重启鲍勃", "restart carol"],
)
def test_whom_the_live_part_names_is_not(text: str) -> None:
    """A quoted name alone is a name; who is not named anywhere is asked for elsewhere."""
    assert not excluded(text, "bob")


COURSE: dict[str, JsonObject] = {"course": {"type": "string", "pattern": "^DE[0-9]+$"}}
CLOSE = tool("close_course", "Close a course.", COURSE, ("course",))


@pytest.mark.parametrize(
    ("text", "is_out"),
    [
        ("close DE330 but not DE331", True),
        ("DE331别动，关掉DE330", True),
        ("close DE330 and DE331", False),
        ("close DE331, not DE330", False),
        ("no need to ask again: close DE331", False),
        ("he wrote “close DE331 at once”, is that real?", True),
        ("群里说「立即关掉DE331」，像骗子", True),
        ("close “DE331”", False),
        ("DE331 不用重启，关 45 分钟就好", False),
        ("DE331 不用重启，关 DE45 就好", True),
    ],
)
def test_an_id_that_is_spared_is_taken_out(text: str, is_out: bool) -> None:
    """Where another stands in what is ordered, or it is part of a quotation."""
    one = Proposed(ToolCall("close_course", {"course": "DE331"}))
    assert is_excluded(one, CLOSE, facts_of(text)) is is_out


def test_an_id_of_another_tools_call_spares_no_other() -> None:
    """ "DE331 不要了，DE330 挪一下": the one is closed, the other moved; with one tool for both, it is left."""
    one = Proposed(ToolCall("close_course", {"course": "DE331"}))
    text = facts_of("DE331 不要了，DE330 挪一下")
    other = {"course": "DE330"}
    assert not is_excluded(one, CLOSE, text, [Proposed(ToolCall("move_course", other))])
    assert is_excluded(one, CLOSE, text, [Proposed(ToolCall("close_course", other))])


def test_the_opposite_that_another_tools_call_is_about_takes_out_no_other() -> None:
    """ "unpublish DE331, then publish it over there": of one call alone the word would be its opposite."""
    publish = tool("publish", "Publish a course.", COURSE, ("course",))
    one, text = Proposed(ToolCall("publish", {"course": "DE331"})), facts_of("take DE331 down and put it up over there")
    assert is_excluded(one, publish, text)
    assert not is_excluded(one, publish, text, [Proposed(ToolCall("unpublish", {"course": "DE331"}))])


def test_whom_the_conversation_was_about_is_not() -> None:
    assert not excluded('he says "bob is slow", restart him', "bob", "restart", ToolCall("status", {"bot": "bob"}))


@pytest.mark.parametrize(
    "text", ["restart bob if he is down", "bob 掉线了就重启", "restart bob at 3am", "今晚重启 bob", "restart bob later"]
)
def test_a_condition_or_a_time_puts_a_change_off_unless_the_model_is_sure(text: str) -> None:
    """A condition of one call alone; of several, and of a clock's time, it is not believed however sure it is."""
    for sure, later in ((SURE_OF_NOW - 0.01, True), (SURE_OF_NOW, False)):
        assert is_later(BOB, RESTART, facts_of(text), sure, alone="if" in text) is later


@pytest.mark.parametrize(
    ("text", "later"),
    [
        *(("restart alice, if that doesn't help bob", True), ("restart alice, and if she's still down, bob", True)),
        *(("重启爱丽丝，不行就重启鲍勃", True), ("restart alice; failing that, bob", True)),
        *(("restart alice and wait a minute, then bob", True), ("重启爱丽丝，等两分钟再重启鲍勃", True)),
        *(
            ("restart bob, if it's not too much trouble", False),
            ("鲍勃不行了，重启", False),
            ("wait, restart bob", False),
        ),
    ],
)
def test_what_hangs_on_another_change_is_for_later_however_sure_the_model_is(text: str, later: bool) -> None:
    assert is_later(BOB, RESTART, facts_of(text), 1.0) is later


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("restart alice and, if bob is down, him too", True),
        ("restart alice and bob if that's ok", False),
        ("restart alice and check if bob is up", False),
        ("if you can, restart alice and bob", False),
    ],
)
def test_of_several_changes_a_case_is_for_later(text: str, later: bool) -> None:
    """However sure the model is; of one alone it is believed."""
    assert is_later(BOB, RESTART, facts_of(text), 1.0) is later
    assert not is_later(BOB, RESTART, facts_of(text), 1.0, alone=True)


@pytest.mark.parametrize(
    ("text", "is_asked"),
    [
        *(
            ("why restart bob", True),
            ("how come you restarted bob?", True),
            ("what would happen if I restart bob", True),
        ),
        *(("is it safe to restart bob now?", True), ("为什么重启鲍勃", True), ("鲍勃怎么又重启了", True)),
        *(("why don't you restart bob", False), ("why not restart bob", False), ("怎么还不重启鲍勃", False)),
        *(("why is he down, restart bob", False), ("为什么不重启鲍勃", False), ("is bob up? restart him", False)),
    ],
)
def test_who_asks_why_or_what_if_gets_no_change(text: str, is_asked: bool) -> None:
    assert is_only_asked(BOB, RESTART, facts_of(text)) is is_asked


def test_a_wait_that_the_one_call_takes_itself_is_no_wait_between_two() -> None:
    drain = tool("drain", "Drain it.", {"wait_s": {"type": "integer", "description": "seconds to wait"}}, ())
    one = Proposed(ToolCall("drain", {"wait_s": 120}))
    assert not is_later(one, drain, facts_of("摘下来,等两分钟再断连接"), 1.0, alone=True)


def test_a_tool_that_takes_a_time_is_not_put_off_by_one() -> None:
    """ "remind me at 3am" is a call for now; on a condition it is not."""
    assert not is_later(AT_THREE, REMIND, facts_of("remind lin at 3am"), 0.5)
    assert is_later(AT_THREE, REMIND, facts_of("remind lin if bob is down"), 0.5)


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("room 9, tomorrow at two", True),
        ("9号房 明天14点", True),
        ("room 9 on friday at 14", True),
        ("room 9 at 14", False),
        ("今天14点", False),
        ("明天的会用9号房，14点", False),
    ],
)
def test_an_hour_of_another_day_is_not_today(text: str, later: bool) -> None:
    """However sure the model is; a tool that takes a day as well decides for itself."""
    hour = {"start_hour": {"type": "integer", "maximum": 20, "description": "First hour, 24 h clock. 开始时间"}}
    book = tool("book", "Book it for today.", hour, ("start_hour",))
    dated = tool("book", "Book it.", {**hour, "on": {"type": "string", "format": "date"}}, ("start_hour",))
    one = Proposed(ToolCall("book", {"start_hour": 14}))
    assert is_later(one, book, facts_of(text), 1.0) is later
    assert not is_later(one, dated, facts_of(text), 1.0) and not is_later(BOB, RESTART, facts_of(text), 1.0)


def test_a_tool_whose_values_are_times_of_the_day_is_not_put_off_by_one() -> None:
    """Tonight's meal is dinner."""
    meals = {"meal": {"type": "string", "enum": ["lunch", "dinner"]}}
    order = tool("order", "Order trays.", meals, ("meal",))
    one = Proposed(ToolCall("order", {"meal": "dinner"}))
    assert not is_later(one, order, facts_of("three more tonight"), 0.5)
    assert is_later(one, order, facts_of("three more if it rains"), 0.5)


@pytest.mark.parametrize("text", ["restart bob", "重启 bob", "is bob up?", "bob's last 20 lines"])
def test_a_plain_wish_is_for_now(text: str) -> None:
    assert not is_later(BOB, RESTART, facts_of(text), 0.0)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("who is on call tonight?", True),
        ("which bot needs a restart", True),
        ("哪个机器人要重启", True),
        ("几点重启过", True),
        ("restart it", False),
        ("can you restart it?", False),
        ("帮我重启一下好吗", False),
    ],
)
def test_a_question_of_fact_changes_nothing_where_something_required_is_not_said(text: str, asked: bool) -> None:
    """A change whose arguments are all said, or a look, is held to other guards."""
    unsaid = Proposed(ToolCall("restart"), unsaid=frozenset({"bot"}))
    assert is_only_asked(unsaid, RESTART, facts_of(text)) is asked
    assert not is_only_asked(Proposed(ToolCall("restart", {"bot": "bob"})), RESTART, facts_of(text))
    status = FOUR.get("tail_logs")
    assert status is not None and not is_only_asked(unsaid, status, facts_of(text))


def test_a_question_that_is_passed_on_is_not_the_messages_own() -> None:
    question = "who won the cup in 1998?"
    one = Proposed(ToolCall("remind", {"text": question}), unsaid=frozenset({"at"}))
    change = replace(REMIND, policy=ToolPolicy("change"))
    assert is_only_asked(replace(one, call=ToolCall("remind")), change, facts_of(question))
    assert not is_only_asked(one, change, facts_of(f"quiz for everybody: {question}"))


def test_what_is_only_passed_on_puts_nothing_off() -> None:
    """A time or a condition in a text that the call hands on is no time of the call."""
    note = tool("refuse", "Refuse.", {"order": {"type": "string"}, "note": {"type": "string"}}, ("order",))
    one = Proposed(ToolCall("refuse", {"order": "A1", "note": "only students until friday"}))
    assert not is_later(one, note, facts_of("refuse A1, note: only students until Friday"), 0.5)
    assert is_later(one, note, facts_of("on Friday refuse A1, note: only students until Friday"), 0.5)


def test_a_tool_that_waits_by_itself_is_not_put_off_by_a_time() -> None:
    """A delay that is only told to others is another thing."""
    wait: dict[str, JsonObject] = {"delay_minutes": {"type": "integer", "description": "Minutes until the restart"}}
    told: dict[str, JsonObject] = {"delay_minutes": {"type": "integer", "description": "How late the doctor is"}}
    one = Proposed(ToolCall("reboot", {"delay_minutes": 10}))
    for properties, waits in ((wait, True), (told, False)):
        change = replace(tool("reboot", "Restart it.", properties, ()), policy=ToolPolicy("change"))
        assert is_about_a_time(one, change, facts_of("十分钟后重启")) is waits
        assert is_later(one, change, facts_of("十分钟后重启"), 0.7) is not waits


def test_a_state_that_is_said_is_no_opposite() -> None:
    """ "恢复上线" is what the tool does that pauses, too, since it is one of its states."""
    state: dict[str, JsonObject] = {
        "state": {"type": "string", "enum": ["live", "paused"], "description": "live: public 上线; paused: 暂停"}
    }
    change = replace(tool("set_state", "Set the state.", state, ("state",)), policy=ToolPolicy("change"))
    assert not is_excluded(Proposed(ToolCall("set_state", {"state": "live"})), change, facts_of("把它恢复上线"))
    assert is_excluded(Proposed(ToolCall("set_state", {"state": "paused"})), change, facts_of("把它恢复"))


@pytest.mark.parametrize(
    "text", ["除了 bob，都重启", "restart all of them except bob", "don't restart bob, the others please"]
)
def test_whom_the_message_spares_was_not_spoken_of_for_that(text: str) -> None:
    """A talk about bob a moment ago does not let him in again."""
    assert excluded(text, "bob", "restart", ToolCall("restart", {"bot": "bob"}))


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("from 1 december the main line is open 7:30 to 21:00", True),
        ("1月5号起总机七点半到九点开", True),
        ("as of the 3rd of march it opens 7:30 to 21:00", True),
        ("from now on it is open 7:30 to 21:00", False),
        ("open from 7:30 to 21:00", False),
    ],
)
def test_what_holds_from_a_day_on_waits_for_it_unless_the_tool_takes_the_day(text: str, later: bool) -> None:
    clock: JsonObject = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
    days: JsonObject = {"type": "array", "items": {"type": "string", "enum": ["mon", "tue"]}}
    day: JsonObject = {"type": "string", "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$"}
    hours = tool("hours", "Opening hours.", {"days": days, "open": clock, "close": clock}, ("open", "close"))
    dated = tool("hours", "Opening hours.", {"open": clock, "close": clock, "first_day": day}, ("open", "close"))
    one = Proposed(ToolCall("hours", {"open": "07:30", "close": "21:00"}))
    assert is_later(one, hours, facts_of(text), 1.0, alone=True) is later
    assert not is_later(one, dated, facts_of(text), 1.0, alone=True)


def test_a_day_until_which_is_no_time_at_which() -> None:
    """ "At five, when he is here, check him in until the 5th": the tool takes the day and no hour."""
    day: JsonObject = {"type": "string", "pattern": "^20[0-9]{2}-[0-9]{2}-[0-9]{2}$", "description": "Pick-up day"}
    chart: JsonObject = {"type": "string", "pattern": "^K[0-9]{4}$"}
    check_in = tool("check_in", "Check in.", {"chart": chart, "until_date": day}, ("chart", "until_date"))
    one = Proposed(ToolCall("check_in", {"chart": "K1688", "until_date": "2026-12-05"}), mood="at")
    assert not is_about_a_time(one, check_in, facts_of("下午五点狗到了再把K1688放进来，住到2026-12-05"))
    assert is_about_a_time(one, check_in, facts_of("K1688住到2026-12-05"))


def test_of_two_calls_the_id_that_is_left_out_goes() -> None:
    plug: JsonObject = {"type": "string", "pattern": "^my-[a-z]+-[0-9]{2}$"}
    grow = tool("grow", "Grow it.", {"db": plug}, ("db",))
    four, five = (Proposed(ToolCall("grow", {"db": f"my-stock-0{n}"})) for n in (4, 5))
    text = facts_of("my-stock-04和my-stock-05 扩盘的是05，04不动")
    assert is_excluded(four, grow, text, [five]) and not is_excluded(five, grow, text, [four])
    assert not is_excluded(four, grow, facts_of("my-stock-04不动了，扩盘"), [five])


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("in ten minutes tell the foyer", 10),
        ("一刻钟以后前厅播一遍", 15),
        ("tell the foyer for ten minutes", None),
        ("tell the foyer", None),
    ],
)
def test_a_delay_that_the_tool_takes_is_its_own(text: str, minutes: int | None) -> None:
    delay: JsonObject = {"type": "integer", "minimum": 0, "maximum": 60, "description": "Minutes from now."}
    announce = tool("announce", "Announce it.", {"zone": {"type": "string"}, "in_minutes": delay}, ("zone",))
    one = Proposed(ToolCall("announce", {"zone": "foyer"}), mood="at")
    assert with_time(one, announce, facts_of(text)).call.arguments.get("in_minutes") == minutes


def test_a_time_that_the_model_heard_otherwise_is_the_one_that_is_said() -> None:
    at: JsonObject = {"type": "string", "pattern": "^([01][0-9]|2[0-3])[0-5][0-9]$"}
    berth = tool("berth", "Give a berth.", {"at": at}, ())
    one = Proposed(ToolCall("berth", {"at": "10:00"}), mood="at")
    said = with_time(one, berth, facts_of("berth 5 at ten past nine tonight"))
    assert said.call.arguments == {"at": "21:10"}
    assert with_time(replace(one, mood="now"), berth, facts_of("berth 5 at ten past nine tonight")).call == one.call
