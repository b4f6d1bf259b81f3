"""Many tools in pages: every tool on one page, the same page for every message, and the page that a message needs."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.model import ModelReply
from nlops.domain.tools import Catalogue, Interpretation, JsonObject, ToolCall, ToolExample, ToolSpec
from nlops.understand.interpret import Prompts, Question, resume, warm_up_requests
from nlops.understand.narrow import MOST_ASKED, MOST_LISTED, ONE_PAGE, PAGE, contents, pages_for
from nlops.understand.prompt import system_text
from nlops.understand.talk import Exchange
from tests.understand.saying import FOUR, HOSTED, PROMPTS, asked_once, calls, none, play
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


# ---- the table of contents, for a model that was trained to choose from it


def test_the_table_has_every_tool_in_a_line_without_arguments() -> None:
    """In columns, of which a Chinese character takes two; the more tools, the shorter."""
    told = "Sets how warm it is. " * 9
    warm = replace(tool("warm", told, {"celsius": {"type": "integer"}}, ("celsius",)), title="暖气" * 40)
    table = contents(Catalogue((*many(), warm), BOTS))
    assert names(table) == [*names(TWO_HUNDRED), "warm"] and table.bots == BOTS
    assert all(not one.properties and not one.examples for one in table.tools)
    assert table.tools[-1].description == "暖气" * 14 + "暖"
    assert contents(Catalogue((warm,), BOTS)).tools[0].description == "暖气" * 20
    assert len(system_text(table, PROMPTS)) < 20_000


def test_the_tool_that_the_table_gave_decides_the_page() -> None:
    """Whatever words the message has; the page is one of those that were read before."""
    step = asked_once("把那个关掉", TWO_HUNDRED)
    assert names(step.pages[0]) == names(TWO_HUNDRED)
    chosen = resume(step, ModelReply(calls(("close_pump", {}))))
    assert isinstance(chosen, Question) and "close_pump" in names(chosen.pages[0])
    assert system_text(chosen.pages[0], PROMPTS) in {system_text(page, PROMPTS) for page in every_page()}
    replies = (calls(("close_pump", {})), calls(("close_pump", {})))
    assert play("把那个关掉", *replies, catalogue=TWO_HUNDRED).calls == (ToolCall("close_pump"),)


def test_what_the_words_point_at_stands_behind_a_doubtful_pick() -> None:
    """The page of the pick first, where the words say little; the words' page first, where the model hardly knew."""
    text = "freeze the invoice"
    for sure, first in ((1.0, "close_pump"), (0.01, "freeze_invoice")):
        pages = pages_for(
            "freeze it" if first == "close_pump" else text, TWO_HUNDRED, frozenset(), chosen={"close_pump": sure}
        )
        assert first in names(pages[0])
    step = asked_once(text, TWO_HUNDRED)
    chosen = resume(step, ModelReply(calls(("close_pump", {}))))
    assert isinstance(chosen, Question) and len(chosen.pages) == 2
    assert {"close_pump", "freeze_invoice"} <= {name for page in chosen.pages for name in names(page)}


def test_a_tool_that_lacks_nothing_comes_before_one_that_does() -> None:
    """What the first page would ask for stands only where the next has no call."""
    level: JsonObject = {"level": {"type": "integer"}}
    catalogue = Catalogue((*many(), tool("tune_pump", "Tune a pump. 调水泵。", level, ("level",))), BOTS)
    unsaid = calls(("tune_pump", {"level": "?"}))
    text, table = "那个弄一下", calls(("tune_pump", {}))
    pages = resume(asked_once(text, catalogue), ModelReply(table))
    assert isinstance(pages, Question)
    other = next(one.name for one in pages.pages[1].tools)
    found = play(text, table, unsaid, calls((other, {})), catalogue=catalogue)
    assert found.calls == (ToolCall(other),)
    asked = play(text, table, unsaid, none("impossible"), catalogue=catalogue)
    assert asked.ask and asked.asked is not None and asked.asked.tool == "tune_pump"


def test_tools_of_several_pages_get_one_of_their_own() -> None:
    """In the order of the message, with what could be confused with them."""
    step = asked_once("both", TWO_HUNDRED)
    chosen = resume(step, ModelReply(calls(("open_lamp", {}), ("count_voucher", {}))))
    assert isinstance(chosen, Question)
    page = names(chosen.pages[0])
    assert page[0] == "open_lamp" and "count_voucher" in page and 4 <= len(page) <= PAGE


def test_where_the_table_has_nothing_the_words_decide_once() -> None:
    """A wish that no line serves is asked about one page more; who only chats is not."""
    step = asked_once("freeze the invoice", TWO_HUNDRED)
    last = resume(step, ModelReply(none("impossible")))
    assert isinstance(last, Question) and "freeze_invoice" in names(last.pages[0])
    assert isinstance(resume(last, ModelReply(none("impossible"))), Interpretation)
    assert isinstance(resume(step, ModelReply(none("chat"))), Interpretation)


def test_a_table_that_is_too_long_is_not_read() -> None:
    """Then the pages are asked about as their words are alike."""
    more = [tool(f"t{number}", "Something else.", {}, ()) for number in range(MOST_LISTED)]
    step = asked_once("freeze the invoice", Catalogue((*many(), *more), BOTS))
    assert "freeze_invoice" in names(step.pages[0]) and len(step.pages) == MOST_ASKED


@pytest.mark.parametrize(("prompts", "tables"), [(PROMPTS, 1), (HOSTED, 0)])
def test_the_model_is_warmed_up_with_every_page(prompts: Prompts, tables: int) -> None:
    """Each question's prefix is one of those that were read at the start."""
    warm = {request.messages[:-1] for request in warm_up_requests(TWO_HUNDRED, prompts)}
    assert len(warm) == len(every_page()) + tables
    for text in ("freeze the invoice", "冻结发票", "…?!a"):
        assert asked_once(text, TWO_HUNDRED, prompts=prompts).request.messages[:-1] in warm
    for few in (FOUR, MARKET):
        (request,) = warm_up_requests(few, PROMPTS)
        assert request.messages[:-1] == asked_once("restart the lot", few).request.messages[:-1]
        assert request.max_tokens <= 4
