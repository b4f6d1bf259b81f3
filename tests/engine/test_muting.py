"""Mutes and maintenance windows: nothing is told of the bot, then one summary, and they end by themselves."""

from dataclasses import replace
from typing import Any

from nlops.domain.bots import LogHit, SignKind
from nlops.domain.config import AlertConfig, Hours, MaintenanceConfig
from nlops.domain.effects import Record, RunCalls, Say, ShowQr
from nlops.domain.events import AlertSeen, RunFinished, SignSeen, Ticked, TookOver
from nlops.domain.tools import ToolResult
from tests.engine.play import QR, Play, of, sign
from tests.support import LAN, WEI, make_config, make_setup


def watching(account: str | None = None, **changes: Any) -> Play:
    config = make_config(**changes)
    bob = replace(config.bots[1], alerts=(AlertConfig("ERR", "errors", at_most=60),), account=account)
    play = Play(make_setup(replace(config, bots=(config.bots[0], bob))))
    play(SignSeen(sign(SignKind.LOGGED_IN)))
    return play


def lose(play: Play, seconds: float) -> list[object]:
    effects: list[object] = []
    for event in (
        SignSeen(sign(SignKind.LOGGED_OUT)),
        SignSeen(sign(SignKind.WAITING, QR)),
        AlertSeen("bob", "errors", "k", (LogHit("ERR", "ERR 1", 3),)),
    ):
        effects += of(Say, out := play(event, seconds)) + of(ShowQr, out)
    return effects


def test_muted_then_one_summary() -> None:
    """Everybody hears of the mute; then nothing of bob, while alice is heard; at its end one summary each, with the
    code that counts now; then bob is heard again."""
    play = watching()
    said = {one.conversation_id: one.text for one in of(Say, play.say("mute bob 30m"))}
    assert "muted bob for 30 min" in said[WEI] and "08:30" in said[WEI] and "静音 30 分钟" in said[LAN]
    assert lose(play, 60) == []
    assert of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR, "alice")), 62))
    assert of(Say, play(Ticked(), 1799)) == []
    effects = play(Ticked(), 1800)
    assert [one.conversation_id for one in of(Say, effects)] == [WEI, LAN]
    text = of(Say, effects)[0].text
    assert "after 30 min" in text and "1 login code(s)" in text and "1 logout(s)" in text and "3 alert line(s)" in text
    assert "waiting for a scan" in text and [one.payload for one in of(ShowQr, effects)] == [QR, QR]
    assert of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR + "2")), 1801)) and not play.state.standing.mutes


def test_all_are_muted_and_heard_again_together() -> None:
    """Each with its record; what the monitor would have told of each is told then."""
    play = watching()
    assert "Nobody has muted" in of(Say, play.say("unmute all"))[0].text
    effects = play.say("mute all for two hours")
    assert [one.details["bot"] for one in of(Record, effects)] == ["alice", "bob"]
    assert "alice, bob for 120 min" in of(Say, effects)[0].text and "“unmute all”" in of(Say, effects)[0].text
    assert lose(play, 60) == []
    effects = play.say("取消所有静音", seconds=120)
    assert [one.kind for one in of(Record, effects)] == ["unmuted"] * 2 and not play.state.standing.mutes
    assert any("1 logout(s)" in one.text for one in of(Say, effects))


def test_orders_are_answered_while_muted() -> None:
    """`qr bob` runs as ever."""
    play = watching()
    play.say("静音 bob 10分钟")
    assert of(RunCalls, play.say("qr bob", seconds=1))


def test_unmute_ends_it_sooner() -> None:
    """With the summary; then there is nothing to end."""
    play = watching()
    play.say("mute bob 30m")
    lose(play, 60)
    assert "1 logout(s)" in of(Say, play.say("unmute bob", seconds=120))[0].text
    assert "not muted" in of(Say, play.say("unmute bob", seconds=121))[0].text


def test_a_mute_outlives_the_process_and_ends_on_time() -> None:
    """With what it held; a wall clock that was put back makes it no longer than it was meant to be."""
    play = watching()
    play.say("mute bob 30m")
    lose(play, 60)
    for took_over, heard in ((600.0, 1800.0), (-90_000.0, -90_000.0 + 1800.0)):
        after = watching()
        after.state = replace(after.state, standing=play.state.standing)
        after(TookOver(), took_over)
        assert not of(Say, after(Ticked(), heard - 1)) and "1 logout(s)" in of(Say, after(Ticked(), heard))[0].text


def test_a_wrong_account_is_told_all_the_same() -> None:
    """It can't wait for the mute's end."""
    play = watching(account="Bob")
    play.say("mute bob 30m")
    lose(play, 1)
    effects = of(Say, play(SignSeen(sign(SignKind.LOGGED_IN, account="Mallory")), 2))
    assert any("Mallory" in one.text for one in effects)


def test_a_maintenance_window() -> None:
    """The tests begin at 08:00. In the window nothing is told, of the bots that it is for; at its end the summary, and
    none where nothing happened; nobody can end it sooner; it comes again the next day."""
    window = MaintenanceConfig(Hours(8 * 60, 8 * 60 + 30), ("bob",))
    play = watching(maintenance=(window,))
    assert lose(play, 60) == []
    assert of(ShowQr, play(SignSeen(sign(SignKind.WAITING, QR, "alice")), 62))
    assert "ends by itself" in of(Say, play.say("unmute bob", seconds=63))[0].text
    assert "1 logout(s)" in of(Say, play(Ticked(), 1800))[0].text
    assert lose(play, 1900) and not of(Say, play(Ticked(), 1901))
    day = 86_400.0
    assert not of(Say, play(Ticked(), day)) and "bob" in play.state.standing.mutes
    assert not of(Say, play(Ticked(), day + 1800)) and not play.state.standing.mutes


def test_a_mute_longer_than_the_window_goes_on() -> None:
    """And a window longer than the mute takes over, with what was held."""
    window = MaintenanceConfig(Hours(8 * 60 + 10, 8 * 60 + 30))
    for minutes, end in ((60, 3600), (15, 1800)):
        play = watching(maintenance=(window,))
        play.say(f"mute bob {minutes}m")
        assert lose(play, 60) == []
        for seconds in (600, 899, 901, end - 1):
            assert not of(Say, play(Ticked(), seconds)), seconds
        assert "1 logout(s)" in of(Say, play(Ticked(), end))[0].text


def test_a_status_tells_it() -> None:
    """Who asks for the status hears what is muted and stopped; with neither there is nothing to add."""
    play = watching()
    for words, wanted in (("mute bob 30m", "bob is muted until 08:30"), ("stop all", "Stopped by wei")):
        for expected in (False, True):
            run = of(RunCalls, play.say("status", seconds=1))[0]
            texts = [one.text for one in of(Say, play(RunFinished(run.run_id, (ToolResult(True, "all well"),)), 2))]
            assert any(wanted in text for text in texts) is expected
            if not expected:
                play.say(words, seconds=1)
