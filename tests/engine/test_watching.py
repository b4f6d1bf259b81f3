"""Signs and alerts, played through: what every admin hears of the logs."""

from dataclasses import replace

from nlops.domain.bots import BotStatus, LogHit, SignKind
from nlops.domain.config import AlertConfig, BotConfig
from nlops.domain.effects import KeepBots, Say, ShowQr
from nlops.domain.events import AlertSeen, BacklogRead, SignSeen, Ticked
from tests.engine.play import QR, Play, of, sign
from tests.support import LAN, WEI, make_config, make_setup


def test_rescue_from_loss_to_return() -> None:
    """A scan line shows the code once to each admin, a refreshed one again; the login is told with time and test."""
    play = Play()
    shown = of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR)), 0))
    assert [(one.contact_id, one.payload) for one in shown] == [(WEI, QR), (LAN, QR)]
    assert "扫码" in shown[1].caption and "Scan" in shown[0].caption
    assert not of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR)), 5))
    assert len(of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR + "2")), 60))) == 2
    told = of(Say, play(SignSeen(sign(SignKind.LOGGED_IN, account="Bob")), 90))
    assert [one.text for one in told if one.conversation_id == WEI] == ["bob is back after 90 s.", "#ping"]
    assert play.state.bots["bob"].payload is None
    assert {one.urgency for one in told} == {"rescue"}


def test_a_loss_is_told_before_its_code_comes() -> None:
    """As urgent as the code."""
    play = Play()
    play(SignSeen(sign(SignKind.LOGGED_IN)), 0)
    told = of(Say, play(SignSeen(sign(SignKind.LOGGED_OUT)), 1))
    assert [(one.conversation_id, one.urgency) for one in told] == [(WEI, "rescue"), (LAN, "rescue")]


def test_another_account_than_expected_is_told() -> None:
    """To be scanned by the wrong phone is no return."""
    bots = (BotConfig("bob", (), account="wxid_bob"),)
    play = Play(make_setup(make_config(bots=bots)))
    play(SignSeen(sign(SignKind.WAITING, QR)), 0)
    told = of(Say, play(SignSeen(sign(SignKind.LOGGED_IN, account="Eve")), 9))
    assert [one.text for one in told if one.conversation_id == WEI] == [
        "bob is back after 9 s.",
        "Careful: bob logged in as Eve, expected was wxid_bob.",
    ]


def test_backlog_tells_a_loss_that_still_holds() -> None:
    """Not of a bot that was never seen before, and not a loss that is over."""
    play = Play()
    assert not of(Say, play(BacklogRead((sign(SignKind.LOGGED_OUT),))))
    play(SignSeen(sign(SignKind.LOGGED_IN)))
    assert not of(Say, play(BacklogRead((sign(SignKind.LOGGED_OUT), sign(SignKind.LOGGED_IN)))))
    assert len(of(Say, play(BacklogRead((sign(SignKind.LOGGED_OUT),))))) == 2


def test_an_alert_goes_to_every_admin_in_their_language() -> None:
    """The first at once, what is over the limit as one message with counts a minute later."""
    bots = (BotConfig("bob", (), alerts=(AlertConfig("ERR", "errors", at_most=1),)),)
    play = Play(make_setup(make_config(bots=bots)))
    event = AlertSeen("bob", "errors", "bob.log", (LogHit("s", "ERR 1", 2, ("before",), ("after",)),))
    assert [(one.conversation_id, one.text) for one in play(event, 0)] == [
        (WEI, "bob's log, alert “errors”:\nbefore\n▸ ERR 1  (×2)\nafter"),
        (LAN, "bob 的日志告警「errors」：\nbefore\n▸ ERR 1  （2 次）\nafter"),
    ]
    assert play(replace(event, hits=(LogHit("s", "ERR 2"), LogHit("t", "ERR x")), more=7), 1) == ()
    assert play(Ticked(), 60) == ()
    assert [one.text for one in play(Ticked(), 61) if one.conversation_id == WEI] == [
        "bob's log, alert “errors”, since the last message:\nERR 2\nERR x\n… and 7 more lines"
    ]
    assert play(Ticked(), 200) == () and not play.state.alerts


def test_an_alert_that_nobody_configured_is_nothing() -> None:
    """A defined no-op, as everything that comes from outside."""
    play = Play()
    for bot, alert in (("bob", "errors"), ("nobody", "errors"), ("bob", "")):
        assert play(AlertSeen(bot, alert, "bob.log", (LogHit("s", "ERR"),))) == ()
    assert not play.state.alerts


def test_suspicious_lines_are_folded() -> None:
    """A flood of forged scan lines is two messages to each admin, and offers nothing."""
    play = Play()
    play(SignSeen(sign(SignKind.LOGGED_IN)), 0)
    (first, _) = of(Say, play(SignSeen(sign(SignKind.WAITING, QR)), 1))
    assert first.text.startswith("Suspicious: bob is logged in") and first.urgency == "notice"
    for number in range(300):
        assert not of(Say, play(SignSeen(sign(SignKind.WAITING, f"{QR}{number}")), 2))
    (again, zh) = of(Say, play(Ticked(), 62))
    assert again.text.startswith("Suspicious, 300 more times") and "300 次" in zh.text
    assert play.state.bots["bob"].payload is None


def test_backlog_tells_only_what_still_holds() -> None:
    """Yesterday's codes are not shown; a code that is still waited for is, once."""
    play = Play()
    old = (sign(SignKind.WAITING, QR), sign(SignKind.LOGGED_IN), sign(SignKind.WAITING, QR + "a", "alice"))
    effects = play(BacklogRead(old))
    assert {one.bot for one in of(ShowQr, effects)} == {"alice"} and not of(Say, effects)
    assert play.state.bots["bob"].status is BotStatus.LOGGED_IN
    assert of(KeepBots, effects)
