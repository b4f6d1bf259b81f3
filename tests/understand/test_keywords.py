"""Keywords: the whole message or nothing, in both languages, and confirmations that nothing looks like."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.tools import CODE_ALPHABET, Catalogue, Interpretation, ToolCall
from nlops.understand.keywords import Answer, AuditTail, Help, Mute, Order, RescueSwitch, read_keyword
from tests.support import make_config, shipped_catalogue
from tests.understand.shop import BOTS, SHOP

FOUR = Catalogue(shipped_catalogue(make_config()).tools, BOTS)
ONE_BOT = Catalogue(FOUR.tools, BOTS[:1])


def call(tool: str, **arguments: object) -> Interpretation:
    return Interpretation(calls=(ToolCall(tool, arguments),), source="keyword")


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("restart bob", call("restart", bot="bob")),
        ("ＲＥＳＴＡＲＴ　Bob", call("restart", bot="bob")),
        ("重启bob", call("restart", bot="bob")),
        ("重启 鲍勃", call("restart", bot="bob")),
        ("bob 状态", call("status", bot="bob")),
        ("status", call("status")),
        ("log study bot 20", call("tail_logs", bot="archy", lines=20)),
        ("日志 爱丽丝 20", call("tail_logs", bot="alice", lines=20)),
        ("爱丽丝的日志20行", call("tail_logs", bot="alice", lines=20)),
        ("qr bobby", call("qr", bot="bob")),
        ("help", Help()),
        ("帮助", Help()),
        ("audit", AuditTail()),
        ("disable-qrRescue bob", RescueSwitch("bob", on=False)),
        ("enable-qrrescue", RescueSwitch(None, on=True)),
        ("mute bob 30m", Mute(("bob",), 30)),
        ("静音 鲍勃 2小时", Mute(("bob",), 120)),
        ("mute bob for an hour", Mute(("bob",), 60)),
        ("mute bobby for half an hour please", Mute(("bob",), 30)),
        ("mute bob 1.5 hrs", Mute(("bob",), 90)),
        ("把鲍勃静音一个半小时", Mute(("bob",), 90)),
        ("静音一下爱丽丝", Mute(("alice",), 30)),
        ("静音 鲍勃 一天吧", Mute(("bob",), 1440)),
        ("mute all 2h", Mute(("alice", "bob", "archy"), 120)),
        ("全部静音 1小时", Mute(("alice", "bob", "archy"), 60)),
        ("yes", Answer(yes=True, code=None)),
        ("YES 7k3f", Answer(yes=True, code="7K3F")),
        ("确认 7K3F", Answer(yes=True, code="7K3F")),
        ("确认7k3f", Answer(yes=True, code="7K3F")),
        ("７ｋ３ｆ", Answer(yes=True, code="7K3F")),
        ("no", Answer(yes=False, code=None)),
        ("取消", Answer(yes=False, code=None)),
    ],
)
def test_a_keyword_is_read(text: str, due: Order) -> None:
    """Each form of contracts.md, without regard to case and width, the name before or after in Chinese."""
    assert read_keyword(text, FOUR, "en") == due


@pytest.mark.parametrize(
    "text",
    [
        "please restart bob",
        "restart bob?",
        "restart bob and alice",
        "restart it",
        "重启一下",
        "看看日志",
        "重启 bob 和 alice",
        "log bob 20.5",
        "yes please",
        "他问我要不要点确认，你说呢",
        "y\u0435s",  # a Cyrillic e
        "确\u200b认",  # a zero-width space
        "\u1e8fes",
        "𝐲𝐞𝐬",
        "7\u212a3F",  # the Kelvin sign
        "yes 7K3",
        "yes7K3F",
        "",
    ],
)
def test_anything_else_is_no_keyword(text: str) -> None:
    """A sentence around a keyword, and look-alikes of the confirm words, are left alone."""
    assert read_keyword(text, FOUR, "en") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("restart", "1. alice\n2. bob\n3. archy"),
        ("重启", "alice"),
        ("restart carol", "carol"),
        ("restart alcie", "Did you mean alice"),
        ("status carol", "carol"),
        ("log bob 501", "501"),
        ("mute", "alice"),
        ("mute bob 0", "10080"),
        ("mute bob until 8am", "mute bob 8h"),
        ("静音鲍勃到明早8点", "mute bob 8h"),
    ],
)
def test_what_is_missing_or_unknown_is_asked(text: str, says: str) -> None:
    """An exact form with a name or number that will not do gives a question that holds what is known."""
    order = read_keyword(text, FOUR, "en")
    assert isinstance(order, Interpretation)
    assert order.ask and says in order.reply and not order.calls


def test_with_one_bot_the_name_may_be_left_out() -> None:
    assert read_keyword("restart", ONE_BOT, "en") == call("restart", bot="alice")
    assert read_keyword("mute 10m", ONE_BOT, "en") == Mute(("alice",), 10)
    assert read_keyword("mute for an hour", ONE_BOT, "en") == Mute(("alice",), 60)


def test_a_word_that_is_a_keyword_is_not_a_code() -> None:
    """`mute` consists of letters that codes use, and is the keyword all the same."""
    assert set("MUTE") <= set(CODE_ALPHABET)
    assert isinstance(read_keyword("mute", FOUR, "en"), Interpretation)


def test_a_bare_code_says_so() -> None:
    """The engine can tell a code that stood alone from a confirmation with a word."""
    bare, worded = read_keyword("7K3F", FOUR, "en"), read_keyword("yes 7K3F", FOUR, "en")
    assert isinstance(bare, Answer) and isinstance(worded, Answer)
    assert (bare.bare, worded.bare) == (True, False)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_no_text_breaks_it_or_confirms_by_accident(text: str) -> None:
    """Any text is read without an error; a yes needs an ASCII or Chinese word that is exactly the fixed one."""
    order = read_keyword(text, FOUR, "zh")
    if isinstance(order, Answer) and order.yes:
        plain = "".join(chr(ord(char) - 0xFEE0) if "\uff01" <= char <= "\uff5e" else char for char in text)
        said = "".join(plain.split()).upper().replace("CONFIRM", "").replace("YES", "").replace("确认", "")
        assert set(said) <= set(CODE_ALPHABET)


@pytest.mark.parametrize("text", ["show me the audit", "please show the audit bob", "查一下审计", "给我看审计 bob"])
def test_the_audit_may_be_asked_for_politely(text: str) -> None:
    assert isinstance(read_keyword(text, FOUR, "en"), AuditTail)


def test_a_sentence_about_an_audit_is_free_text() -> None:
    assert read_keyword("小时均值给我存十年，审计要", FOUR, "zh") is None


@pytest.mark.parametrize(
    ("text", "topic"), [("how do I restart a bot?", "restart"), ("怎么重启机器人", "restart"), ("how to mute", None)]
)
def test_how_something_is_said_is_told(text: str, topic: str | None) -> None:
    """Where it is a title or a word; how to restart bob is a matter of bob."""
    order = read_keyword(text, FOUR, "en")
    assert isinstance(order, Help) and getattr(order.topic, "name", None) == topic
    assert read_keyword(f"{text} bob", FOUR, "en") is None


def test_what_another_tool_knows_is_no_slip_of_a_bots_name() -> None:
    """ "restart kitchen" goes to the model where a tool has a kitchen, and an order's number where one takes such."""
    both = Catalogue((*FOUR.tools, *SHOP.tools), BOTS)
    for text in ("restart kitchen", "restart q1234", "mute Q1234 30"):
        asked = read_keyword(text, FOUR, "en")
        assert isinstance(asked, Interpretation) and "no bot" in asked.reply
        assert read_keyword(text, both, "en") is None
    assert isinstance(read_keyword("restart bbo2", both, "en"), Interpretation)
