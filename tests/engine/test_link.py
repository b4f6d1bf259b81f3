"""Logins, and what may not have arrived."""

from dataclasses import replace

import pytest

from nlops.domain.chat import KnownContact
from nlops.domain.config import AdminConfig
from nlops.domain.effects import FindContacts, GiveFile, Log, Outgoing, Say, ShowQr
from nlops.domain.events import LinkChanged, SendDoubtful
from tests.engine.play import QR, Play, of
from tests.support import LAN, MALLORY, WEI, make_config, make_setup


def test_a_login_looks_for_the_known_contacts() -> None:
    """Paired and configured ones; a link that goes down asks nothing."""
    admins = (AdminConfig("wei", WEI), AdminConfig("lan", None), AdminConfig("mei", None))
    play = Play(make_setup(make_config(admins=admins)), lan=KnownContact(LAN, "岚"))
    effects = play(LinkChanged(True, "connected", "wxid_bot"))
    assert of(FindContacts, effects) == [FindContacts({"wei": WEI, "lan": LAN})]
    assert any("not paired yet: mei" in one.text and one.level == "info" for one in of(Log, effects))
    assert not of(FindContacts, play(LinkChanged(False, "gone")))


def test_nobody_to_talk_to_is_said_clearly() -> None:
    """With the mend, as a warning: it goes to the terminal too."""
    play = Play(make_setup(make_config(admins=(AdminConfig("wei", None), AdminConfig("lan", None)))))
    effects = play(LinkChanged(True))
    (warning,) = [one.text for one in of(Log, effects) if one.level == "warning"]
    assert "no admin is paired" in warning and "nlops pair wei" in warning and "nlops pair lan" in warning
    assert not of(FindContacts, effects)


def test_another_account_is_logged() -> None:
    """Not the first one, not the same again, not an account that is not known."""
    play = Play()
    for account, is_said in (("a", False), ("", False), ("a", False), ("b", True), ("b", False)):
        said = [one for one in of(Log, play(LinkChanged(True, "", account))) if "another one" in one.text]
        assert bool(said) is is_said, account


@pytest.mark.parametrize(
    ("effect", "what"),
    [
        (Say(WEI, "bob restarted:\n  pid 2."), "bob restarted: pid 2."),
        (Say(WEI, "x" * 61), "x" * 60 + "…"),
        (ShowQr(WEI, "bob", QR, "bob's code"), "qr bob"),
        (GiveFile(WEI, "bob.log", b"secret"), "bob.log"),
    ],
)
def test_a_doubtful_message_is_told_once(effect: Outgoing, what: str) -> None:
    """As a notice that is itself never doubted again; nothing is sent twice, no payload in it."""
    play = Play()
    (said,) = of(Say, play(SendDoubtful(effect)))
    assert (said.conversation_id, said.urgency, said.is_doubt) == (WEI, "notice", True)
    assert "may not have arrived" in said.text and what in said.text and QR not in said.text
    assert not of(Say, play(SendDoubtful(said)))


def test_a_doubtful_message_to_a_room_is_told_there() -> None:
    """In the language it had; to an admin in theirs; to who is nobody here any more, nothing."""
    config = make_config()
    play = Play(make_setup(replace(config, chat=replace(config.chat, rooms=("ops@chatroom",)))))
    assert "没送到：bob 已重启" in of(Say, play(SendDoubtful(Say("ops@chatroom", "bob 已重启"))))[0].text
    assert "没送到：pid 2" in of(Say, play(SendDoubtful(Say(LAN, "pid 2"))))[0].text
    for stranger in (MALLORY, "friends@chatroom", ""):
        assert not of(Say, play(SendDoubtful(Say(stranger, "hello"))))
