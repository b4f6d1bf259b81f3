"""Many tools in pages: every tool on one page, the same page for every message, and the page that a message needs."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.model import ModelReply
from nlops.domain.tools import Catalogue, Interpretation, JsonObject, ToolCall, ToolExample, ToolSpec
from nlops.understand.interpret import Question, do_without, resume
from nlops.understand.narrow import MOST_ASKED, ONE_PAGE, PAGE, holds_an_id_of, is_nearer, pages_for, wishes_in
from nlops.understand.prompt import system_text
from nlops.understand.talk import Exchange
from nlops.understand.warm_up import warm_up_requests
from tests.understand.saying import FOUR, HOSTED, PROMPTS, asked_once, calls, none, play, sure
from tests.understand.shop import BOTS, MARKET, tool

THINGS = """
lamp:灯 invoice:发票 parcel:快递 camera:摄像头 printer:打印机 database:数据库 certificate:证书
queue:队列 ticket:工单 pump:水泵 elevator:电梯 greenhouse:温室 newsletter:邮件列表 payroll:工资单 playlist:歌单
backup:备份 robot:机械臂 router:路由器 parking:车位 voucher:优惠券
"""
VERBS = """
open:打开 close:关闭 show:查看 delete:删除 rename:改名 freeze:冻结 export:导出 assign:分配 count:统计 refresh:刷新
"""


def many() -> tuple[ToolSpec, ...]:
    """Two hundred tools."""
    made = []
    for thing, han in (one.split(":") for one in THINGS.split()):
        for verb, han_verb in (one.split(":") for one in VERBS.split()):
            made.append(tool(f"{verb}_{thing}", f"{verb.capitalize()} a {thing}. {han_verb}{han}。", {}, ()))
    return tuple(made)


TWO_HUNDRED = Catalogue(many(), BOTS)


def names(catalogue: Catalogue) -> list[str]:
    return [one.name for one in catalogue.tools]


def every_page(text: str = "") -> tuple[Catalogue, ...]:
    return pages_for(text, TWO_HUNDRED, frozenset(), every=True)


def test_few_tools_are_one_page() -> None:
    """In their own order, whatever is said."""
    few = Catalogue(many()[:ONE_PAGE], BOTS)
    assert pages_for("anything", few, frozenset()) == (few,) == pages_for("", few, frozenset(), every=True)


def test_each_of_two_hundred_tools_is_on_exactly_one_page() -> None:
    """No page is longer than one, all know the bots."""
    pages = every_page()
    assert len(TWO_HUNDRED.tools) == 200
    assert sorted(name for page in pages for name in names(page)) == sorted(names(TWO_HUNDRED))
    assert all(1 <= len(page.tools) <= PAGE and page.bots == BOTS for page in pages)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_the_pages_are_the_same_for_every_message(text: str) -> None:
    """Only their order follows the message, so that what a model has read of them serves again."""
    prefixes = {system_text(page, PROMPTS) for page in every_page()}
    asked = pages_for(text, TWO_HUNDRED, frozenset())
    assert len(asked) == MOST_ASKED and {system_text(page, PROMPTS) for page in asked} <= prefixes
    assert asked == every_page(text)[:MOST_ASKED]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("please freeze that invoice", "freeze_invoice"),
        ("exporting the payroll?", "export_payroll"),
        ("数据库统计一下", "count_database"),
        ("帮我把优惠券冻结了", "freeze_voucher"),
        ("how many cameras are there, count them", "count_camera"),
    ],
)
def test_the_page_that_a_message_points_at_comes_first(text: str, wanted: str) -> None:
    """By words in any form, and by pairs of Chinese characters."""
    assert wanted in names(pages_for(text, TWO_HUNDRED, frozenset())[0])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("把钱退给客人", "refund"), ("K4471 现在到哪一步了", "claim_status"), ("车胎没气了，派个人去", "send_help")],
)
def test_a_wish_in_the_other_language_finds_its_page(text: str, wanted: str) -> None:
    """By what its words are about, and by ids that a pattern describes; two hundred others are in English, too."""
    english = [replace(one, description=one.description.split(".")[0]) for one in many()]
    claim: JsonObject = {"claim": {"type": "string", "pattern": "^K[0-9]{4}$"}}
    more = (
        tool("refund", "Give a customer his money back.", {}, ()),
        tool("claim_status", "How far a claim has come.", claim, ("claim",)),
        tool("send_help", "Send a mechanic to a broken-down car.", {}, ()),
    )
    catalogue = Catalogue((*english, *more), BOTS)
    assert wanted in names(pages_for(text, catalogue, frozenset())[0])


def test_examples_keywords_and_choices_point_too() -> None:
    """Not the description alone."""
    schema = {"kind": {"type": "string", "enum": ["espresso", "mocha"], "description": "拿铁 = mocha"}}
    brew = tool("brew", "Make one.", schema, (), examples=(ToolExample("I need caffeine", {}),))
    catalogue = Catalogue((*many(), brew), BOTS)
    for text in ("a mocha", "来杯拿铁", "caffeine!"):
        assert "brew" in names(pages_for(text, catalogue, frozenset())[0])


def test_the_conversations_tool_comes_first() -> None:
    """ "and the other one?" says nothing by itself."""
    assert "rename_pump" in names(pages_for("and the other one?", TWO_HUNDRED, frozenset({"rename_pump"}))[0])
    before = (Exchange("rename the pump", (ToolCall("rename_pump"),)),)
    assert "rename_pump" in names(asked_once("and the other one?", TWO_HUNDRED, before, HOSTED).pages[0])


def test_a_page_without_the_tool_gives_way_to_the_next_and_no_further_than_agreed() -> None:
    """The second page's answer counts; after the last page it is said that there is no tool."""
    second = pages_for("do the thing", TWO_HUNDRED, frozenset())[1].tools[0].name
    found = play("do the thing", none("impossible"), calls((second, {})), catalogue=TWO_HUNDRED, prompts=HOSTED)
    assert found.calls == (ToolCall(second),)
    replies = [none("impossible")] * MOST_ASKED
    assert not play("do the thing", *replies, catalogue=TWO_HUNDRED, prompts=HOSTED).calls
    page = asked_once("x1", TWO_HUNDRED, prompts=HOSTED).pages[0]
    foreign = next(name for name in names(TWO_HUNDRED) if name not in names(page))
    assert "not usable" in play("x1", calls((foreign, {})), catalogue=TWO_HUNDRED, prompts=HOSTED).reply


def test_what_the_nearest_page_lacks_is_asked_of_the_admin_and_not_of_the_next_page() -> None:
    level: JsonObject = {"level": {"type": "integer"}}
    catalogue = Catalogue((*many(), tool("tune_pump", "Tune a pump. 调水泵。", level, ("level",))), BOTS)
    assert "tune_pump" in names(pages_for("tune that pump", catalogue, frozenset())[0])
    asked = play("tune that pump", calls(("tune_pump", {"level": "?"})), catalogue=catalogue)
    assert asked.ask and asked.asked is not None and asked.asked.tool == "tune_pump"


def test_of_two_pages_answers_the_surer_counts() -> None:
    """Where a tool of the next page lies nearer than the one that was called; else that page is not asked about."""
    text = "freeze the invoice"
    first, second = pages_for(text, TWO_HUNDRED, frozenset())
    near = names(second)[0]
    far = next(name for name in names(first) if is_nearer(text, second, [name], TWO_HUNDRED))
    for one, other, wanted in ((0.9, 0.8, far), (0.8, 0.9, near)):
        replies = (sure(calls((far, {})), **{far: one}), sure(calls((near, {})), **{near: other}))
        assert play(text, *replies, catalogue=TWO_HUNDRED).calls == (ToolCall(wanted),)
    assert play(text, calls((far, {})), "no JSON", catalogue=TWO_HUNDRED).calls == (ToolCall(far),)
    assert not is_nearer(text, second, ["freeze_invoice"], TWO_HUNDRED)
    replies = (sure(calls(("freeze_invoice", {})), freeze_invoice=0.9), sure(calls((near, {}))))
    assert play(text, *replies, catalogue=TWO_HUNDRED).calls == (ToolCall("freeze_invoice"),)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("freeze the invoice and then rename the playlist", ["freeze the invoice", "and then rename the playlist"]),
        ("冻结发票，然后给歌单改名", ["冻结发票", "然后给歌单改名"]),
        ("freeze the invoice, please", ["freeze the invoice, please"]),
        ("freeze the invoice and freeze the ticket", ["freeze the invoice and freeze the ticket"]),
        ("", [""]),
    ],
)
def test_a_message_is_parted_where_its_wishes_lie_on_several_pages(text: str, parts: list[str]) -> None:
    """And nowhere else; with few tools never."""
    assert list(wishes_in(text, TWO_HUNDRED)) == parts
    assert wishes_in(text, Catalogue(many()[:ONE_PAGE], BOTS)) == (text,)


BOTH = "freeze the invoice and then rename the playlist"


def test_wishes_over_two_pages_are_asked_about_one_by_one() -> None:
    """Each over its own page, in their order, the first as the conversation of the second."""
    first = asked_once(BOTH, TWO_HUNDRED)
    assert first.request.messages[-1] == ("user", "freeze the invoice")
    second = resume(first, ModelReply(calls(("freeze_invoice", {}))))
    assert isinstance(second, Question)
    assert [text for role, text in second.request.messages if role == "user"][-1].endswith("rename the playlist")
    assert "rename_playlist" in names(second.pages[0])
    found = play(BOTH, calls(("freeze_invoice", {})), calls(("rename_playlist", {})), catalogue=TWO_HUNDRED)
    assert found.calls == (ToolCall("freeze_invoice"), ToolCall("rename_playlist"))


def test_what_a_condition_may_hold_is_not_parted() -> None:
    for text in (f"{BOTH} if it rains", f"don't {BOTH}", f"he wrote “{BOTH}”"):
        assert asked_once(text, TWO_HUNDRED).request.messages[-1] == ("user", text)


def test_of_two_wishes_one_that_is_none_is_left_out_and_one_in_doubt_is_asked_about_first() -> None:
    freeze, rename = calls(("freeze_invoice", {})), calls(("rename_playlist", {}))
    nothing = [none("chat")]
    assert play(BOTH, freeze, *nothing, catalogue=TWO_HUNDRED).calls == (ToolCall("freeze_invoice"),)
    assert not play(BOTH, *nothing, catalogue=TWO_HUNDRED).calls
    doubted = play(BOTH, freeze, sure(rename, 0.3), catalogue=TWO_HUNDRED)
    assert doubted.ask and "rename_playlist" in doubted.reply and "Not run either: freeze_invoice()" in doubted.reply


def test_what_lacks_something_waits_together_with_the_wish_before_it() -> None:
    level: JsonObject = {"level": {"type": "string", "enum": ["low", "high"]}}
    catalogue = Catalogue((*many(), tool("tune_pump", "Tune a pump. 调水泵。", level, ("level",))), BOTS)
    freeze, tune = calls(("freeze_invoice", {})), calls(("tune_pump", {"level": "?"}))
    asked = play("freeze the invoice and then tune the pump", freeze, tune, catalogue=catalogue)
    assert asked.asked is not None and asked.asked.before == (ToolCall("freeze_invoice"),)


@pytest.mark.parametrize(
    ("first", "pattern", "missing"),
    [
        ({"order": "Q1234"}, "^Q[0-9]{4}$", False),
        ({"order": "Q1234"}, "^P[0-9]{4}$", True),  # no such id
        ({"order": "Q1234"}, "^[A-Za-z0-9]+$", True),  # what any word fits is no id
        ({"order": "Q1234", "also": "Q5678"}, "^Q[0-9]{4}$", True),  # which of the two?
    ],
)
def test_a_wish_without_an_id_has_the_one_of_the_wish_before_it(
    first: dict[str, object], pattern: str, missing: bool
) -> None:
    ids: JsonObject = {name: {"type": "string", "pattern": "^Q[0-9]{4}$"} for name in ("order", "also")}
    bill: JsonObject = {"bill": {"type": "string", "pattern": pattern}}
    freeze = tool("freeze_order", "Freeze an order. 冻结订单。", ids, ("order",))
    tune = tool("tune_pump", "Tune a pump. 调水泵。", bill, ("bill",))
    catalogue = Catalogue((freeze, *many(), tune), BOTS)
    text = f"freeze the order {' and '.join(map(str, first.values()))} and then tune the pump"
    found = play(text, calls(("freeze_order", first)), calls(("tune_pump", {"bill": "?"})), catalogue=catalogue)
    assert (found.asked is not None) == missing
    if not missing:
        assert found.calls[1] == ToolCall("tune_pump", {"bill": "Q1234"})


def test_the_model_is_warmed_up_with_every_page() -> None:
    """Each question's prefix is one of those that were read at the start, or, of many pages for a second reading, one
    of those that are read later."""
    pages = warm_up_requests(TWO_HUNDRED, PROMPTS)
    warm, later = ({request.messages[:-1] for request in some} for some in (pages.first, pages.later))
    assert len(warm) == len(later) == len(every_page()) and not warm & later
    for text in ("freeze the invoice", "冻结发票", "…?!a"):
        assert asked_once(text, TWO_HUNDRED).request.messages[:-1] in warm
    again = resume(asked_once("freeze the invoice", TWO_HUNDRED), unsure("freeze_invoice", {}))
    assert isinstance(again, Question) and again.request.messages[:-1] in later
    dim = ("dim_lamp", {"lamp": "kitchen", "percent": 20})
    for few, text, call in ((FOUR, "get bob going", ("restart", {"bot": "bob"})), (MARKET, "kitchen to 20", dim)):
        request, turned = warm_up_requests(few, PROMPTS).first
        question = asked_once(text, few)
        assert request.messages[:-1] == question.request.messages[:-1] != turned.messages[:-1]
        again = resume(question, unsure(*call))
        assert isinstance(again, Question) and again.request.messages[:-1] == turned.messages[:-1]
        assert max(request.max_tokens, turned.max_tokens) <= 4
    assert len(warm_up_requests(FOUR, HOSTED).first) == 1 and not warm_up_requests(TWO_HUNDRED, HOSTED).later


def unsure(name: str, arguments: dict[str, object]) -> ModelReply:
    return sure(calls((name, arguments)), **{name: 0.1})


def test_a_second_reading_that_gets_no_answer_makes_a_question_of_a_change() -> None:
    """Of a look it makes nothing else; where the first got none, nothing is known."""
    first = asked_once("freeze the invoice", TWO_HUNDRED)
    assert do_without(first) is None
    second = resume(first, unsure("freeze_invoice", {}))
    assert isinstance(second, Question)
    meant = do_without(second)
    assert isinstance(meant, Interpretation) and meant.ask and not meant.calls and "freeze_invoice" in meant.reply


def with_orders() -> Catalogue:
    order: JsonObject = {"order": {"type": "string", "pattern": "^Q[0-9]{4}$"}, "why": {"type": "string"}}
    level: JsonObject = {"level": {"type": "integer"}}
    pump = tool("tune_pump", "Tune a pump. 调水泵。", level, ("level",))
    hurry = tool("hurry_order", "Hurry an order. 催单。", order, ("order", "why"))
    return Catalogue((hurry, *many(), pump), BOTS)


LACKS_WHY = calls(("hurry_order", {"order": "Q1234", "why": "?"}))


@pytest.mark.parametrize("pump", [{"level": "?"}, {"level": 5}])
def test_of_two_answers_the_one_whose_tool_takes_such_ids_counts(pump: dict[str, object]) -> None:
    """Q1234 is an order and no pump, though a pump's page be asked about first, and all be said of the pump."""
    text, catalogue = "tune the pump of order Q1234 to 5", with_orders()
    first, second = pages_for(text, catalogue, frozenset())
    assert "tune_pump" in names(first) and "hurry_order" in names(second)
    asked = play(text, calls(("tune_pump", pump)), LACKS_WHY, catalogue=catalogue)
    assert asked.asked is not None and asked.asked.tool == "hurry_order"


@pytest.mark.parametrize(
    ("text", "pattern", "has_one"),
    [
        ("where is q1234?", "^Q[0-9]{4}$", True),
        ("order 1234, please", "^Q[0-9]{4}$", False),
        ("order 1234, please", "^[0-9]{4}$", False),  # an hour, a year, an amount
        ("where is it", "^[a-z]+$", False),
    ],
)
def test_an_id_is_told_by_its_pattern_and_bare_digits_are_none(text: str, pattern: str, has_one: bool) -> None:
    order: JsonObject = {"order": {"type": "string", "pattern": pattern}}
    assert holds_an_id_of(text, tool("hurry_order", "Hurry an order.", order, ("order",))) == has_one


def test_what_lacks_something_is_not_put_to_a_page_that_takes_no_such_id() -> None:
    text, catalogue = "hurry the order Q1234 of the pump", with_orders()
    assert "hurry_order" in names(pages_for(text, catalogue, frozenset())[0])
    asked = resume(asked_once(text, catalogue), ModelReply(LACKS_WHY))
    assert isinstance(asked, Interpretation) and asked.asked is not None and asked.asked.tool == "hurry_order"
