"""Who is who: pairing, contacts that a login gave other ids, and strangers who try."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.bots import SignKind
from nlops.domain.chat import KnownContact
from nlops.domain.config import AdminConfig
from nlops.domain.effects import (
    AskModel,
    AskName,
    ClaimPairing,
    Effect,
    KeepContact,
    Log,
    Record,
    RunCalls,
    Say,
    ShowQr,
)
from nlops.domain.events import ContactsFound, LinkChanged, ModelAnswered, NameKnown, Paired, RunFinished, SignSeen
from nlops.domain.model import ModelReply
from nlops.domain.tools import ToolResult
from nlops.engine.people import MOST_ASKED
from tests.engine.play import QR, RESTART, Play, of, sign
from tests.support import LAN, MALLORY, WEI, make_config, make_setup

NEW = "@new-wei"
ADMINS = (AdminConfig("wei", None, "en"), AdminConfig("lan", None, "zh"), AdminConfig("mei", "wxid_mei", "en"))


def make_play(admins: Sequence[AdminConfig] = ADMINS, **kept: KnownContact) -> Play:
    return Play(make_setup(make_config(admins=tuple(admins))), **kept)


def log_in(play: Play, **names: str | None) -> tuple[Any, ...]:
    """A login, after which the account calls the known contacts so."""
    play(LinkChanged(True, "", "bot"))
    return play(ContactsFound(names))


# Pairing


@pytest.mark.parametrize("text", ["K7QM-2XWD", "k7qm2xwd", " K7QM 2XWD\n", "Ｋ７ＱＭ－２ｘｗｄ"])
def test_a_strangers_code_is_tried_and_nothing_is_said(text: str) -> None:
    """With or without the dash, case and width folded; the log does not hold it."""
    log, claim = make_play().say(text, NEW)
    assert claim == ClaimPairing(NEW, "K7QM2XWD") and isinstance(log, Log) and "2XWD" not in log.text.upper()


@pytest.mark.parametrize(
    "text",
    [
        *("whatever", "23456789", "K7QM-2XW", "K7QM-2XWDA", "my code is K7QM-2XWD", "K7QM-2XWD.", "K7QM-2XWD\n8", ""),
        *("K7QM–2XWD", "K7QM--2XWD", "K7QO-2XWD", "𝐊7QM-2XWD", "Ⓚ7QM2XWD", "К7QM-2XWD"),
    ],
)
def test_what_is_no_code_is_ignored(text: str) -> None:
    """A word, a number, a sentence with a code, a letter too many, look-alike letters."""
    (log,) = make_play().say(text, NEW)
    assert isinstance(log, Log)


@pytest.mark.parametrize(
    "changes", [{"is_own": True}, {"room_id": "r@chatroom"}, {"contact_id": ""}, {"kind": "other"}]
)
def test_codes_count_in_direct_chats_of_somebody(changes: dict[str, Any]) -> None:
    """Not from the own account, a room, nobody, a picture's text."""
    assert not of(ClaimPairing, make_play().say("K7QM-2XWD", NEW, **changes))


def test_where_nobody_is_to_be_paired_no_code_is_tried() -> None:
    """Every contact is configured."""
    assert not of(ClaimPairing, Play().say("K7QM-2XWD", NEW))


def test_who_is_bound_gives_orders() -> None:
    """Recorded, welcomed in the admin's language, told to every other admin; before it, the contact is nobody."""
    play = make_play()
    assert not of(RunCalls, play.say("restart bob", NEW))
    effects = play(Paired("wei", NEW))
    assert effects[0] == Record("paired", "wei", NEW, {})
    welcome, notice = of(Say, effects)
    assert welcome.conversation_id == NEW and "wei" in welcome.text
    assert notice.conversation_id == "wxid_mei" and NEW in notice.text
    assert of(AskName, effects) == [AskName(NEW)]
    assert of(KeepContact, play(NameKnown(NEW, "薇"))) == [KeepContact("wei", KnownContact(NEW, "薇"))]
    assert play(NameKnown(NEW, "薇")) == () and play(NameKnown(NEW, "")) == ()
    assert of(RunCalls, play.say("restart bob", NEW))
    assert of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR))))[0].contact_id == NEW


def test_the_former_contact_has_no_rights_any_more() -> None:
    """It hears of it, and so does everybody else; its proposals and questions lapse, with a record; its run's end and
    later codes go to the new contact."""
    play = make_play(wei=KnownContact(WEI, "薇"), lan=KnownContact(LAN, "岚"))
    run = of(RunCalls, play.say("restart bob"))[0]
    question = of(AskModel, play.say("bob seems down, have a look"))[0]
    play.propose(RESTART)
    effects = play(Paired("wei", NEW))
    assert [(one.kind, one.contact_id) for one in of(Record, effects)] == [("paired", NEW), ("superseded", WEI)]
    assert effects[0].details == {"former": WEI}
    assert [one.conversation_id for one in of(Say, effects)] == [NEW, LAN, "wxid_mei", WEI]
    assert "绑定" in of(Say, effects)[1].text and "no more orders" in of(Say, effects)[3].text
    for words in ("7K3F", "yes", "restart bob", "bob seems down, send me his code"):
        assert all(isinstance(one, Log) for one in play.say(words))
    assert not of(RunCalls, play.say("7K3F", NEW))
    assert play(ModelAnswered(question.question_id, ModelReply("{}"))) == ()
    told = of(Say, play(RunFinished(run.run_id, (ToolResult(True, "done"),))))
    assert [one.conversation_id for one in told] == [NEW]
    assert {one.contact_id for one in of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR))))} == {NEW, LAN, "wxid_mei"}


def test_two_are_paired_apart() -> None:
    """Each code binds its own admin, and leaves the other's contact and proposals alone."""
    play = make_play()
    play(Paired("wei", WEI))
    play.propose(RESTART)
    effects = play(Paired("lan", LAN))
    assert WEI in [one.conversation_id for one in of(Say, effects)] and len(of(Record, effects)) == 1
    assert not of(RunCalls, play.say("7K3F", LAN)) and of(RunCalls, play.say("7K3F", WEI))
    assert of(RunCalls, play.say("重启 bob", LAN))[0].language == "zh"


def test_an_admins_code_is_not_tried() -> None:
    """A bound and a configured one are told who they are; the code is left for the right contact, and no model reads
    it."""
    play = make_play(wei=KnownContact(WEI))
    for who, name in ((WEI, "wei"), ("wxid_mei", "mei")):
        (said,) = play.say("K7QM-2XWD", who)
        assert said.conversation_id == who and f"as {name}" in said.text


def test_a_contact_is_one_person() -> None:
    """Two codes from one contact: the newer binding holds; what was open under the older name lapses."""
    play = make_play()
    play(Paired("wei", WEI))
    play.propose(RESTART)
    effects = play(Paired("lan", WEI))
    assert [one.kind for one in of(Record, effects)] == ["paired", "superseded"]
    assert {name: one.contact_id for name, one in play.state.contacts.items()} == {"mei": "wxid_mei", "lan": WEI}
    assert not of(RunCalls, play.say("7K3F"))
    assert of(Record, play.say("restart bob"))[0].admin == "lan"


@pytest.mark.parametrize("event", [Paired("mei", NEW), Paired("eve", NEW), Paired("wei", "wxid_mei")])
def test_a_pairing_that_the_configuration_does_not_know_is_void(event: Paired) -> None:
    """An admin with a configured contact, nobody, a configured contact as somebody else."""
    play = make_play()
    before = play.state
    assert all(isinstance(one, Log) for one in play(event)) and play.state == before


# Contacts that a login gave other ids


def test_what_contacts_are_called_is_kept() -> None:
    """Where it changed; never a configured contact's, which would stay bound after it is taken out of nlops.toml."""
    play = make_play(wei=KnownContact(WEI, "薇"), lan=KnownContact(LAN))
    effects = log_in(play, wei="薇", lan="岚", mei="梅", eve="x")
    assert effects == (KeepContact("lan", KnownContact(LAN, "岚")),)
    assert play.state.contacts["mei"].name == "梅" and log_in(play, wei="", lan="岚") == ()
    assert play.state.contacts["wei"].name == "薇" and not play.state.lost


def test_who_is_lost_is_logged_with_the_mend() -> None:
    """The command for a paired one, the configuration for another."""
    play = make_play(wei=KnownContact(WEI, "薇"))
    paired, configured = log_in(play, wei=None, mei=None)
    assert paired.level == configured.level == "warning" and play.state.lost == {"wei", "mei"}
    assert "nlops pair wei" in paired.text and "pairing = true" in configured.text
    log_in(play, wei="薇", mei="梅")
    assert not play.state.lost


def test_an_answer_about_a_former_contact_is_nothing() -> None:
    """The admin was paired while the contacts were looked for."""
    play = make_play(wei=KnownContact(WEI))
    play(LinkChanged(True))
    play(Paired("wei", NEW))
    assert play(ContactsFound({"wei": None})) == () and play(ContactsFound({"wei": "Eve"})) == ()
    assert not play.state.lost and play.state.contacts["wei"] == KnownContact(NEW)


@pytest.mark.parametrize(("name", "said"), [("wei", "nlops pair NAME"), ("mei", "pairing = true")])
def test_a_lost_admins_name_is_told_how_to_pair_again(name: str, said: str) -> None:
    """Once for each contact and login; it gives no right."""
    play = make_play(wei=KnownContact(WEI, "薇"))
    log_in(play, wei="薇", mei="薇 2")
    log_in(play, **{name: None})
    assert of(AskName, play.say("restart bob", NEW)) == [AskName(NEW)]
    assert not of(AskName, play.say("", NEW, kind="other"))
    (hint,) = of(Say, play(NameKnown(NEW, play.state.contacts[name].name)))
    assert hint.conversation_id == NEW and said in hint.text
    assert play(NameKnown(NEW, "薇")) == ()
    assert all(isinstance(one, Log) for one in play.say("restart bob", NEW))
    log_in(play, **{name: None})
    assert of(AskName, play.say("restart bob", NEW))


@pytest.mark.parametrize("name", ["", "薇 ", "微", "wei", "薇\u200b", WEI, "岚"])
def test_another_name_is_told_nothing(name: str) -> None:
    """Look-alikes, an empty name, the admin's name in the configuration, the name of an admin who is not lost."""
    play = make_play(wei=KnownContact(WEI, "薇"), lan=KnownContact(LAN, "岚"))
    log_in(play, wei=None, lan="岚")
    play.say("hello?", NEW)
    assert play(NameKnown(NEW, name)) == () and play(NameKnown(MALLORY, "薇")) == ()


def test_a_name_that_is_not_remembered_is_nobodys() -> None:
    """A lost admin without a name, and a contact without one."""
    play = make_play(wei=KnownContact(WEI))
    log_in(play, wei=None)
    play.say("hello?", NEW)
    assert play(NameKnown(NEW, "")) == ()


def test_the_exact_id_still_counts_and_is_not_lost() -> None:
    """The account's list may be behind."""
    play = make_play(wei=KnownContact(WEI, "薇"))
    log_in(play, wei=None)
    assert of(RunCalls, play.say("restart bob")) and not play.state.lost
    assert not of(AskName, play.say("hello?", NEW))


def test_a_lost_admin_who_is_paired_again_is_found() -> None:
    """From the contact's code on."""
    play = make_play(wei=KnownContact(WEI, "薇"))
    log_in(play, wei=None)
    assert of(ClaimPairing, play.say("K7QM-2XWD", NEW)) and not of(AskName, play.say("K7QM-2XWD", MALLORY))
    play(Paired("wei", NEW))
    assert not play.state.lost and of(RunCalls, play.say("restart bob", NEW))


def test_a_crowd_is_not_asked_for_its_names() -> None:
    """So many in one login, and no more."""
    play = make_play(wei=KnownContact(WEI, "薇"))
    log_in(play, wei=None)
    asked = [play.say("hello", f"@{number}") for number in range(MOST_ASKED + 50)]
    assert sum(len(of(AskName, effects)) for effects in asked) == MOST_ASKED


# Whatever strangers do


TEXTS = st.one_of(
    st.text(max_size=40),
    st.sampled_from(
        ["restart bob", "yes", "7K3F", "yes 7K3F", "K7QM-2XWD", "123456", "help", "qr", "@nlops restart bob"]
    ),
)
MESSAGE = st.tuples(
    st.sampled_from([MALLORY, NEW, "", WEI.upper(), "wei", "薇"]),
    TEXTS,
    st.fixed_dictionaries(
        {
            "room_id": st.sampled_from([None, None, "ops@chatroom", "friends@chatroom", WEI]),
            "is_addressed": st.booleans(),
            "kind": st.sampled_from(["text", "other"]),
            "is_own": st.booleans(),
        }
    ),
)
NAMES = st.builds(NameKnown, st.sampled_from([MALLORY, NEW, ""]), st.sampled_from(["薇", "", "eve"]))


@settings(max_examples=150)
@given(st.booleans(), st.lists(st.one_of(MESSAGE, NAMES), max_size=12))
def test_strangers_get_nothing_but_a_try_and_one_hint(is_lost: bool, history: list[Any]) -> None:
    """Whatever they send, with whatever name: a code is tried, a name asked for, a log line, and at most one hint to
    each; no run, no model, no word into any other chat, and the admins' proposals stay as they are."""
    play = make_play(wei=KnownContact(WEI, "薇"))
    log_in(play, wei=None if is_lost else "薇")
    play.propose(RESTART)
    proposals, contacts = play.state.proposals, play.state.contacts
    effects: list[Effect] = []
    for one in history:
        effects += play(one) if isinstance(one, NameKnown) else play.say(one[1], one[0], **one[2])
    hints = [one.conversation_id for one in of(Say, tuple(effects))]
    assert all(isinstance(one, ClaimPairing | AskName | Log | Say) for one in effects)
    assert len(hints) == len(set(hints)) and set(hints) <= ({MALLORY, NEW} if is_lost else set())
    asked = [one.contact_id for one in of(AskName, tuple(effects))]
    assert len(asked) == len(set(asked)) and (is_lost or not asked)
    assert (play.state.proposals, play.state.contacts) == (proposals, contacts)
