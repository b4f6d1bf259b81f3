"""After a restart: done is said when the bot logs in or asks for a scan, and what was seen where it does neither."""

from dataclasses import replace

import pytest

from nlops.domain.bots import BotState, BotStatus, SignKind
from nlops.domain.effects import Record, RunCalls, Say, ShowQr
from nlops.domain.events import RecordRefused, RunFinished, SignSeen, Ticked
from nlops.domain.tools import ToolResult
from tests.engine.play import QR, Play, of, sign
from tests.support import LAN, WEI, at

NEW = "bob has a new process: pid 1 → 2."


class Restart:
    """bob is logged in; wei restarts him at second 0, and the process is new at second 2."""

    def __init__(self, rescue: bool = True) -> None:
        self.play = Play()
        bob = BotState(BotStatus.LOGGED_IN, offered=QR, rescue=rescue)
        self.play.state = replace(self.play.state, bots={"bob": bob})
        self.effects = self.play.say("restart bob")
        (run,) = of(RunCalls, self.effects)
        self.run_id = run.run_id

    def ends(self, seconds: float = 2, ok: bool = True) -> list[str]:
        since = at(1).wall if ok else 0.0
        result = ToolResult(ok, NEW if ok else "no pm2", since=since)
        return self.said(RunFinished(self.run_id, (result,)), seconds)

    def said(self, event: object, seconds: float, who: str = WEI) -> list[str]:
        self.effects = self.play(event, seconds)  # type: ignore[arg-type]  # a test that errs here fails at once
        return [one.text for one in of(Say, self.effects) if one.conversation_id == who]

    def records(self) -> list[object]:
        return [one.details["seen"] for one in of(Record, self.effects) if one.kind == "verified"]


def test_a_login_afterwards() -> None:
    """First what is known, and that the login is awaited; done with the login, to who asked; recorded."""
    restart = Restart()
    (first,) = restart.ends()
    assert first.startswith(NEW) and "not seen yet" in first and "restarted" not in first
    texts = restart.said(SignSeen(sign(SignKind.LOGGED_IN)), 9)
    assert "bob is restarted and logged in, 8 s after." in texts and restart.records() == ["logged_in"]
    assert not any("restarted" in text for text in restart.said(SignSeen(sign(SignKind.LOGGED_IN)), 10))
    assert not any("restarted" in text for text in restart.said(Ticked(), 100))


def test_a_login_before_the_run_ends() -> None:
    """The bot is quicker than its process manager's answer: all of it in one message."""
    restart = Restart()
    restart.said(SignSeen(sign(SignKind.LOGGED_IN)), 1.5)
    assert restart.ends() == [f"{NEW} bob is restarted and logged in, 0 s after."] and restart.records() == [
        "logged_in"
    ]


def test_what_the_old_process_said_does_not_count() -> None:
    """A login that was seen before the new process began."""
    restart = Restart()
    restart.said(SignSeen(sign(SignKind.LOGGED_IN)), 0.5)
    assert "not seen yet" in restart.ends()[0] and restart.records() == []


def test_a_scan_brings_the_code() -> None:
    """It asks for a scan: that is told, and the code goes to each admin by itself, though no start was seen in its log:
    it is expected, and no forgery."""
    restart = Restart()
    assert restart.play.state.bots["bob"].started
    restart.ends()
    texts = restart.said(SignSeen(sign(SignKind.WAITING, "http://weixin.qq.com/x/new")), 5)
    assert texts == ["bob is restarted and asks for a scan: its code comes by itself."]
    assert {one.contact_id for one in of(ShowQr, restart.effects)} == {WEI, LAN} and restart.records() == ["waiting"]


def test_a_scan_while_rescue_is_off() -> None:
    """No code comes by itself; how to get it is told."""
    restart = Restart(rescue=False)
    restart.ends()
    (text,) = restart.said(SignSeen(sign(SignKind.WAITING, "http://weixin.qq.com/x/new")), 5)
    assert "“qr bob”" in text and not of(ShowQr, restart.effects)


def test_neither_of_both() -> None:
    """Its time is over: what was seen is told, not that it is done; once."""
    restart = Restart()
    restart.ends()
    assert restart.said(Ticked(), 61) == []
    (text,) = restart.said(Ticked(), 62)
    assert "60 s" in text and "state: logged in" in text and "restarted and" not in text
    assert restart.records() == ["nothing"] and restart.said(Ticked(), 63) == []


@pytest.mark.parametrize("refused", [True, False])
def test_a_restart_that_was_none(refused: bool) -> None:
    """Failed, or never started for want of a record: a scan line of a bot that is in is suspicious again."""
    restart = Restart()
    if refused:
        restart.said(RecordRefused("disk full", (restart.run_id,)), 1)
    else:
        assert "no pm2" in restart.ends(ok=False)[0]
    assert not restart.play.state.bots["bob"].started
    texts = restart.said(SignSeen(sign(SignKind.WAITING, "http://weixin.qq.com/x/new")), 5)
    assert "Suspicious" in texts[0] and not of(ShowQr, restart.effects)


def test_in_chinese_and_to_nobody_else() -> None:
    """Who asked hears it in their language; the other admin hears of the login only."""
    play = Play()
    (run,) = of(RunCalls, play.say("重启 鲍勃", LAN))
    (first,) = of(Say, play(RunFinished(run.run_id, (ToolResult(True, "bob 的进程已换新。", since=at(1).wall),)), 2))
    assert first.conversation_id == LAN and "还没看到它登录" in first.text
    told = of(Say, play(SignSeen(sign(SignKind.LOGGED_IN)), 4))
    assert [(one.conversation_id, "重启完成" in one.text) for one in told if "完成" in one.text] == [(LAN, True)]


def test_other_bots_do_not_count() -> None:
    """alice's login is not bob's."""
    restart = Restart()
    restart.ends()
    assert not any("restarted" in t for t in restart.said(SignSeen(sign(SignKind.LOGGED_IN, bot="alice")), 5))
    assert len(restart.play.state.awaited) == 1
