"""`audit` in chat: what is asked, what is shown, and that nothing in it can be forged."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlops.domain.audit import AuditEntry, AuditPage, AuditQuery
from nlops.domain.audit_phrases import KINDS
from nlops.domain.effects import AskModel, ReadAudit, Say
from nlops.domain.events import AuditRead, AuditTampered
from nlops.engine.history import LINE_CHARS, MOST, say_page
from nlops.replies import MAX_SAY
from tests.engine.play import Play, of
from tests.support import LAN, WEI, make_config, make_setup

# The machine may be busy: how long an example takes says nothing.
BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
CALLS = [{"tool": "restart", "arguments": {"bot": "bob"}}]


def entry(seq: int = 7, kind: str = "ran", **details: object) -> AuditEntry:
    return AuditEntry(seq, "11-26 09:14", kind, "wei", WEI, {"words": "restart bob", "calls": CALLS, **details})


def page(*entries: AuditEntry, older: bool = False) -> AuditPage:
    return AuditPage(entries, older, "7-0123456789abcdef0123")


@pytest.mark.parametrize(
    ("words", "query"),
    [
        ("audit", AuditQuery()),
        ("Audit", AuditQuery()),
        ("审计", AuditQuery()),
        ("audit bob", AuditQuery(bot="bob")),
        ("audit bobby", AuditQuery(bot="bob")),
        ("审计鲍勃", AuditQuery(bot="bob")),
        ("审计 鲍勃 20条", AuditQuery(20, bot="bob")),
        ("audit lan 5", AuditQuery(5, admin="lan")),
        ("audit me", AuditQuery(admin="wei")),
        ("审计 我的", AuditQuery(admin="wei")),
        ("audit bob lan 5", AuditQuery(5, "bob", "lan")),
        ("audit 9999", AuditQuery(MOST)),
        ("audit more", AuditQuery()),
    ],
)
def test_what_is_asked(words: str, query: AuditQuery) -> None:
    """By bot, by any of its names, by person, by count, in both languages."""
    (effect,) = Play().say(words)
    assert isinstance(effect, ReadAudit) and effect.query == query


def test_a_name_that_is_nobodys_is_said() -> None:
    """And not given to the model."""
    (said,) = Play().say("audit charlie")
    assert isinstance(said, Say) and "“charlie”" in said.text


@pytest.mark.parametrize(
    "words", ["看一下审计报告写得怎么样", "审计一下最近谁重启过", "audit the whole thing and tell me what you think"]
)
def test_a_sentence_is_none(words: str) -> None:
    """It goes to the model, as any sentence does."""
    assert not of(ReadAudit, Play().say(words))


def test_pages() -> None:
    """`audit more` goes on behind what was shown last, for each admin by themselves; the end is said."""
    play = Play()
    (asked,) = play.say("audit bob 2")
    (said,) = play(AuditRead(asked.question_id, page(entry(9), entry(7), older=True)))
    assert "audit more" in said.text and "#9" in said.text and "#7" in said.text
    (asked,) = play.say("审计 更多")
    assert asked.query == AuditQuery(2, bot="bob", before=7)
    assert play.say("audit more", who=LAN)[0].query == AuditQuery()
    (said,) = play(AuditRead(asked.question_id, AuditPage()))
    assert "no older ones" in said.text
    assert play(AuditRead(asked.question_id, AuditPage())) == ()


def test_in_a_room_it_is_shown_directly() -> None:
    """What others said is for the admin alone; the room hears where it went."""
    config = make_config()
    play = Play(make_setup(replace(config, chat=replace(config.chat, rooms=("ops@chatroom",)))))
    (asked,) = play.say("audit", room_id="ops@chatroom", is_addressed=True)
    direct, room = play(AuditRead(asked.question_id, page(entry())))
    assert (direct.conversation_id, room.conversation_id) == (WEI, "ops@chatroom") and "restart" not in room.text


@pytest.mark.parametrize(
    ("one", "en", "zh"),
    [
        (
            entry(results=[{"ok": True, "exit": 0}]),
            "ran for wei: restart bot = bob: done",
            "已为 wei 执行 restart bot = bob：成功",
        ),
        (entry(results=[{"ok": False, "exit": 3}]), "FAILED (exit 3)", "失败（退出码 3）"),
        (entry(results=[{"ok": False, "exit": None}]), "FAILED", "失败"),
        (entry(kind="proposed", code="7K3F"), "wei asked “restart bob”; proposed: restart bot = bob [7K3F]", "待确认"),
        (entry(kind="confirmed", code="7K3F"), "wei confirmed [7K3F]: restart bot = bob", "wei 确认了 [7K3F]"),
        (
            entry(kind="refused", reason="It has expired."),
            "refused to wei “restart bob”: It has expired.",
            "拒绝了 wei",
        ),
        (
            entry(kind="allowed", rescue=False, bots=["bob"]),
            "wei switched the QR rescue of bob off",
            "关闭了 bob 的扫码救援",
        ),
        (entry(kind="paired"), f"wei was paired with the contact {WEI}", f"wei 绑定到联系人 {WEI}"),
        (entry(kind="tampered", reason="the end was cut off"), "TAMPERED WITH: the end was cut off", "被人动过"),
        (entry(kind="unknown"), "OUTCOME UNKNOWN for wei: restart bot = bob", "结果不明"),
        (entry(kind="approved", factor="totp"), "wei approved (totp): restart bot = bob", "wei 批准了（totp）"),
        (entry(kind="stopped"), "wei STOPPED everything", "wei 叫停了一切"),
        (entry(kind="muted", bot="bob", minutes=30), "wei muted bob for 30 min", "wei 静音 bob 30 分钟"),
        (entry(kind="other"), "wei: other: restart bot = bob", "wei：other"),
    ],
)
def test_plain_words(one: AuditEntry, en: str, zh: str) -> None:
    """What happened, in both languages; a kind that another version wrote is shown too."""
    assert en in say_page(page(one), AuditQuery(), "en") and zh in say_page(page(one), AuditQuery(), "zh")


def test_what_cannot_be_shown_is_said() -> None:
    """A store that cannot be read; nothing of that kind."""
    assert "disk I/O error" in say_page(AuditPage(fault="disk I/O error"), AuditQuery(), "en")
    assert say_page(AuditPage(), AuditQuery(), "zh") == "还没有这样的记录。"


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["words", "calls", "code", "results", "reason", "rescue", "bots"])


@given(st.sampled_from([*KINDS, "ran", "paired", "?"]), st.dictionaries(KEYS, JSON), st.sampled_from(["en", "zh"]))
@settings(BUSY)
def test_any_record_is_one_line(kind: str, details: dict[str, Any], language: Any) -> None:
    """Whatever lies in it: one line each, none of them as long as a message, nothing that forges a line or turns it."""
    one = AuditEntry(7, "11-26 09:14", kind, "wei", WEI, details)
    lines = say_page(page(*[one] * MOST, older=True), AuditQuery(), language).split("\n")
    assert len(lines) == MOST + 3
    assert all(len(line) <= LINE_CHARS and line.startswith("#7 ") for line in lines[1 : MOST + 1])
    assert len("\n".join(lines)) <= MAX_SAY


def test_words_of_others_stay_in_their_line() -> None:
    """What somebody typed with line breaks and marks of direction is shown, not done."""
    forged = entry(words="hi\n#8 11-26 09:15 ran for lan: \u202edone", kind="allowed")
    text = say_page(page(forged), AuditQuery(), "en")
    assert len(text.split("\n")) == 3 and "\u202e" not in text


def test_no_model_is_asked() -> None:
    """The audit is a keyword's: it works without a model."""
    assert not of(AskModel, Play().say("audit bob"))


def test_tampering_is_told_to_everybody() -> None:
    """Each admin in their language, without being asked."""
    said = of(Say, Play()(AuditTampered("the end was cut off")))
    assert [one.conversation_id for one in said] == [WEI, LAN]
    assert (
        "Somebody has touched" in said[0].text and "有人动过" in said[1].text and "the end was cut off" in said[1].text
    )


def test_a_record_holds_what_an_auditor_asks() -> None:
    """Who, where, the words, what read them, the calls."""
    config = make_config()
    play = Play(make_setup(replace(config, chat=replace(config.chat, rooms=("ops@chatroom",)))))
    (record, *_) = play.say("restart bob")
    assert record.kind == "allowed" and (record.admin, record.contact_id) == ("wei", WEI)
    held = {"words": "restart bob", "where": "direct", "source": "keyword", "calls": CALLS}
    assert held.items() <= record.details.items()
    (record, *_) = play.say("restart bob", room_id="ops@chatroom", is_addressed=True)
    assert {"where": "room", "room": "ops@chatroom"}.items() <= record.details.items()
