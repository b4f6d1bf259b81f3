"""Taking a message apart: what is quoted, forbidden, conditional, timed, asked about or past."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.understand.fold import fold
from nlops.understand.moods import (
    asks_for_a_fact,
    asks_whether_done,
    is_for_another,
    read_moods,
    takes_back,
    wants_to_be_told,
    without_report,
)

NAMES = frozenset({"bob", "alice", "study bot"})


@pytest.mark.parametrize(
    ("text", "live"),
    [
        ("don't restart bob", ""),
        ("show his log but do not restart him", "show his log"),
        ("do not touch bob, restart alice", "restart alice"),
        ("not bob, restart alice", "restart alice"),
        ("restart everyone except bob", "restart everyone"),
        ("restart alice instead of bob", "restart alice"),
        ("send it not to the lobby but to the bar", "send it  but to the bar"),
        ("T-60213不在河滨馆取，改车站馆取", "t-60213 ,改车站馆取"),
        ("T-60213不在河滨馆取，先留着", "t-60213不在河滨馆取,先留着"),
        ("bob doesnt need a restart, only show his log", "only show his log"),
        ("she doesn't have to be restarted", ""),
        ("leave bob alone", ""),
        ("restart alice and don't touch bob", "restart alice"),
        ("don't restart alice and do not restart bob", ""),
        ("bob stays where he is, alice goes to sort", "alice goes to sort"),
        ("never mind", ""),
        ("别重启 bob", ""),
        ("不要重启 bob，看状态", "看状态"),
        ("先别动 bob，重启 alice", "重启 alice"),
        ("除了 bob 都重启", "都重启"),
        ("don't forget to restart bob", "don't forget to restart bob"),
        ("别忘了重启 bob", "别忘了重启 bob"),
        ("要不要重启 bob", "要不要重启 bob"),
        ("特别慢，重启 bob", "特别慢,重启 bob"),
        ("不用叫 bob，2026-02-17 开始", "2026-02-17 开始"),
        ("1,000 lines", "1,000 lines"),
    ],
)
def test_what_is_forbidden_is_taken_out(text: str, live: str) -> None:
    """A clause that forbids, and what is excepted, leave the live part; verbs that only sound so stay."""
    assert read_moods(fold(text), NAMES).live == live


@pytest.mark.parametrize(
    "text",
    [
        "restart bob if he is down",
        "when bob dies restart him",
        "unless he is up, restart bob",
        "restart bob once the deploy is through",
        "如果 bob 掉线就重启",
        "bob 挂了就重启他",
        "等我回来再重启 bob",
        "一旦报错，重启 bob",
    ],
)
def test_conditions_are_seen(text: str) -> None:
    assert read_moods(fold(text), NAMES).condition


@pytest.mark.parametrize(
    "text",
    [
        "restart bob at 3am",
        "restart bob tomorrow",
        "restart bob in ten minutes",
        "restart bob every hour",
        "今晚重启 bob",
        "十分钟后重启 bob",
        "每天重启一次 bob",
        "下午三点重启 bob",
        "稍后重启 bob",
    ],
)
def test_times_are_seen(text: str) -> None:
    assert read_moods(fold(text), NAMES).time


@pytest.mark.parametrize(
    "text",
    [
        "restart bob",
        "show 20 lines of bob's log",
        "重启 bob",
        "看看 bob 最近二十行日志",
        "bob 还好吗",
        "restart bob even if he is busy",
    ],
)
def test_a_plain_order_hangs_on_nothing(text: str) -> None:
    reading = read_moods(fold(text), NAMES)
    assert not reading.condition and not reading.time and not reading.forbidden and not reading.quotes


def test_quoted_text_is_data_and_a_quoted_name_is_a_name() -> None:
    said = read_moods(fold('they wrote "restart bob now", is he up?'), NAMES)
    assert said.quotes == ("restart bob now",) and "restart" not in said.live
    named = read_moods(fold('restart "bob"'), NAMES)
    assert named.quotes == () and named.live.split() == ["restart", "bob"]


@pytest.mark.parametrize("text", ["看这个\n> restart bob", "转发：重启 bob", "fwd: restart bob"])
def test_forwarded_text_is_data(text: str) -> None:
    assert "bob" not in read_moods(text, NAMES).live


@pytest.mark.parametrize(
    "text",
    [
        *(
            "who is on call?",
            "what temperature is it in hall 4",
            "几号厅还开着？",
            "现在是谁值班",
            "is the door locked",
        ),
        *("have you seen DE331", "还剩几个", "停几天？", "现在几点"),
        *("阿美周六上不上班", "any washers free at the dock rn"),
    ],
)
def test_a_question_of_fact_orders_nothing(text: str) -> None:
    assert asks_for_a_fact(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        "could you lock the door?",
        "can we restart bob",
        "把门锁上好吗",
        "这个能不能弄",
        "any washer will do, start it",
        "帮我看看谁值班",
        "lock the door",
        "重启一下bob",
        "have the agronomist phone me",
        "海狮停演几天",
        "P-77120 延几次",
    ],
)
def test_a_polite_order_is_no_question_of_fact(text: str) -> None:
    assert not asks_for_a_fact(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        *("wake me up if bob drops", "let me know when the backup is done", "please tell me once she is back"),
        *("if bob drops, call me", "bob掉线了叫我", "爱丽丝回来了就通知我一声", "要是挂了的话告诉我"),
    ],
)
def test_who_wants_to_be_told_wants_nothing_done(text: str) -> None:
    assert wants_to_be_told(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        *("restart bob and tell me when he is back", "tell me how bob is", "if bob drops, restart him and tell me"),
        *("bob挂了，重启一下，好了告诉我", "告诉我 bob 的状态", "重启 bob，然后通知我"),
    ],
)
def test_who_orders_something_too_does(text: str) -> None:
    assert not wants_to_be_told(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "did you restart alice?",
            "Has the price been changed yet",
            "ok, have they refunded order 31",
            "was it moved?",
        ),
        *(
            "bob restarted?",
            "order 31 refunded yet?",
            "爱丽丝重启完了没",
            "bob 重启过吗？",
            "31号单退款了没有",
            "改好了吗",
        ),
        *("刚才发布成功了吗", "修好没", "你是不是已经把 bob 重启了", "门禁有没有关过", "关了没呀"),
        *("日报什么时候好", "备份多久能跑完？", "when will the report be ready?"),
    ],
)
def test_whether_something_was_done_is_a_question(text: str) -> None:
    assert asks_whether_done(fold(text))


@pytest.mark.parametrize(
    "text",
    [
        *("bob has to be restarted", "have bob restarted", "had better restart bob", "get bob restarted?"),
        *("can you have bob restarted?", "did he crash? restart him", "restart bob, did he crash?"),
        *(
            "重启一下好吗",
            "bob 重启了吧",
            "那个 key 删了吧",
            "bob挂了吗？重启一下",
            "有没有人帮忙重启过一下",
            "重启 bob",
            "什么时候跑完了就重启 bob",
            "when it is ready restart bob",
        ),
    ],
)
def test_an_order_is_no_question_whether_it_was_done(text: str) -> None:
    assert not asks_whether_done(fold(text))


@settings(deadline=None)
@given(st.text(max_size=120))
def test_any_text_can_be_taken_apart(text: str) -> None:
    """No text raises, and nothing comes to be that was not in it, but the mark of a quotation."""
    folded = fold(text)
    reading = read_moods(folded, NAMES)
    assert set(reading.live) <= set(folded) | set(" “…”")


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("restart bob, let me know when he's back", "restart bob"),
        ("Back it up and tell me once it's done.", "Back it up"),
        ("重启一下鲍勃，好了叫我一声", "重启一下鲍勃"),
        ("alice好了告诉我", "alice好了告诉我"),
        ("tell me when it's done", "tell me when it's done"),
        ("tell me when bob is down", "tell me when bob is down"),
        ("看看日志好了", "看看日志好了"),
    ],
)
def test_to_be_told_when_it_is_done_is_no_order(text: str, rest: str) -> None:
    """Whoever wants nothing else wants that."""
    assert without_report(text) == rest


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("and the same for bob… forget it", True),
        ("再把鲍勃也……算了算了先不动它", True),
        ("forget it, restart bob", False),
        ("算了，重启鲍勃", False),
        ("还有700135也……等等先别删，我再核一下", True),
        ("慢着，先别删", True),
        ("等等先别删爱丽丝，删鲍勃", False),
        ("and the mill gets the.. actually no leave it, i'll ring them first", True),
        ("2749也要……哦不用了，他今天请假", True),
        ("leave it, i'll ring them first, restart bob", False),
        ("那个旧的不要了", False),
        ("restart bob", False),
    ],
)
def test_it_is_taken_back_in_the_end_alone(text: str, taken: bool) -> None:
    assert takes_back(text) is taken


@pytest.mark.parametrize(
    ("text", "is_so"),
    [
        ("@tomek lock dock 28", True),
        ("小李，你去把D19锁一下", True),
        ("王师傅 你来开一下", True),
        ("@bob restart", False),
        ("@vera_k gets 900", False),
        ("小助手，你去重启bob", False),
        ("tomek, lock dock 28", False),
    ],
)
def test_what_is_said_to_somebody_else_is_no_order(text: str, is_so: bool) -> None:
    """A bot is nobody else, nor is what is called for."""
    assert is_for_another(fold(text), ["bob", "@vera_k"]) == is_so


def test_what_nobody_does_is_forbidden() -> None:
    assert read_moods("customs hasn't signed so nobody cuts it", NAMES).forbidden
    assert read_moods("nobody answers, restart bob", NAMES).live == "nobody answers, restart bob"
    assert takes_back(fold("现在5度正好, 别 touch")) and not takes_back(fold("bob测一下，先别动它"))


@pytest.mark.parametrize(
    ("text", "asks"),
    [("hwo many are signed up", True), ("hw many left", True), ("调9辆到30号站，哪台都行", False), ("哪台空着", True)],
)
def test_a_question_may_have_a_slip_and_any_will_do_is_none(text: str, asks: bool) -> None:
    assert asks_for_a_fact(text) is asks
