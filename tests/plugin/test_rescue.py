"""The rescue of another bot, from inside a bot: log lines in, pictures that a phone can read out, over real gRPC."""

import asyncio
from contextlib import suppress

import pytest

from nlops.plugin import Operation, OperationConfig, qr_rescue
from nlops.plugin.worker import Worker
from tests.plugin.world import LOGIN, LOGOUT, World, followers, payload, scan_line, until
from tests.support import WEI

FIRST, SECOND, THIRD = "FirstFirstFirst1", "SecondSecondSec2", "ThirdThirdThird3"


def rescue(**changes: object) -> Operation:
    given: dict[str, object] = {"login_test": "#ping", "language": "en"}
    return qr_rescue("bob.log", WEI, **{**given, **changes})  # type: ignore[arg-type]  # a test that errs here fails at once


async def is_watching(world: World) -> None:
    """From now on new lines are new: the past is read."""
    world.say("status")
    await until(lambda: any(text.startswith("bob: ") for text in world.texts()))
    world.gateway.sent.clear()


def spied(worker: Worker) -> list[bytes]:
    """The blocks that the follower hands over, as they come."""
    seen: list[bytes] = []
    put = worker._blocks.put

    async def noted(block: bytes) -> None:
        seen.append(block)
        await put(block)

    vars(worker._blocks)["put"] = noted
    return seen


async def test_every_code_reaches_the_admin(any_world: World) -> None:
    """Not only the first; then the word that bob is back, and the login test."""
    any_world.use(rescue())
    await any_world.start_bot()
    await is_watching(any_world)
    for code in (FIRST, SECOND):
        any_world.write(scan_line(code))
        await until(lambda code=code: payload(code) in any_world.codes())  # type: ignore[misc]
    any_world.write(LOGIN)
    await until(lambda: "#ping" in any_world.texts())
    assert any_world.codes() == [payload(FIRST), payload(SECOND)]
    offered, again, back, test = any_world.texts()
    assert "bob is offline" in offered and "code 2" in again and "bob is back after" in back and test == "#ping"


async def test_second_login_of_the_rescuer(any_world: World) -> None:
    """The rescuer logs out and in again: one watcher still, each code once, each answer once; and a code that came and
    was refreshed meanwhile is sent when it is back, the fresh one only."""
    monitor = any_world.use(rescue())
    await any_world.start_bot()
    await is_watching(any_world)
    seen = spied(monitor._workers[0])
    for code in (FIRST, SECOND):
        any_world.gateway.logout()
        any_world.gateway.login()
        any_world.write(scan_line(code))
        await until(lambda code=code: payload(code) in any_world.codes())  # type: ignore[misc]
    assert len(followers()) == 1
    any_world.gateway.logout()
    await until(lambda: not monitor._is_up.is_set())
    any_world.write(scan_line("OutdatedOutdated"))
    await until(lambda: len(seen) == 3)
    any_world.write(scan_line(THIRD))
    await until(lambda: len(seen) == 4)
    any_world.gateway.login()
    await until(lambda: payload(THIRD) in any_world.codes())
    assert any_world.codes() == [payload(FIRST), payload(SECOND), payload(THIRD)]
    any_world.say("status")
    any_world.say("qr")
    await until(lambda: len(any_world.codes()) == 4)
    assert sum(text.startswith("bob: ") for text in any_world.texts()) == 1


async def test_restarted_rescuer_goes_on(world: World) -> None:
    """python-wechaty's own `restart` takes every listener off its puppet: they are put back, once."""
    world.use(rescue())
    await world.start_bot()
    await is_watching(world)
    restarting = asyncio.create_task(world.bot.restart())
    await until(lambda: world.gateway.calls["Event"] == 2 and world.gateway.clients == 1)
    world.gateway.login()
    world.write(scan_line(FIRST))
    await until(lambda: payload(FIRST) in world.codes())
    world.say("status")
    await until(lambda: len(world.texts()) == 2)
    assert len(followers()) == 1 and world.codes() == [payload(FIRST)]
    restarting.cancel()
    with suppress(asyncio.CancelledError):
        await restarting


async def test_log_that_is_not_there_yet(world: World) -> None:
    """It is followed from the moment it appears."""
    world.use(rescue())
    await world.start_bot()
    await is_watching(world)
    assert not world.log.exists()
    world.write(scan_line(FIRST))
    await until(lambda: world.codes() == [payload(FIRST)])


async def test_what_the_log_held_already(world: World) -> None:
    """It is quiet, and yet known: `qr` has the code, `status` the state; a login ends it without a length."""
    world.write(LOGIN + LOGOUT + scan_line(FIRST))
    world.use(rescue())
    await world.start_bot()
    world.say("status bob")
    world.say("QR")
    await until(lambda: world.codes() == [payload(FIRST)])
    assert world.texts()[0] == "bob: waiting for a scan"
    world.write(LOGIN)
    await until(lambda: "#ping" in world.texts())
    assert world.texts()[-2] == "bob is logged in."
    world.say("qr")
    await until(lambda: "bob asks for no scan right now (logged in), so there is no code." in world.texts())


async def test_a_code_that_is_shown_again_after_the_start(world: World) -> None:
    """It was never sent by this rescuer, so it is news."""
    world.write(LOGOUT + scan_line(FIRST))
    world.use(rescue())
    await world.start_bot()
    await is_watching(world)
    world.write(scan_line(FIRST))
    await until(lambda: world.codes() == [payload(FIRST)])


async def test_forged_lines_while_bob_is_in(world: World) -> None:
    """A scan line out of nowhere is reported and its code kept back; a hundred of them are one message."""
    world.write(LOGIN)
    world.use(rescue())
    await world.start_bot()
    await is_watching(world)
    world.write(scan_line(FIRST) * 100)
    await until(lambda: bool(world.texts()))
    world.say("status")
    await until(lambda: any("logged in" in text for text in world.texts()[1:]))
    assert "Suspicious" in world.texts()[0] and len(world.texts()) == 2 and not world.codes()


@pytest.mark.parametrize(("off", "on"), [("disable-qrRescue", "ENABLE-QRRESCUE bob"), ("关闭救援", "鲍勃 开启救援")])
async def test_rescue_is_switched(world: World, off: str, on: str) -> None:
    """In any case, in both languages: while it is off nothing is sent by itself, and `qr` still has the code."""
    monitor = world.use(rescue(aliases=["鲍勃"]))
    await world.start_bot()
    world.say(off)
    await until(lambda: [text[:24] for text in world.texts()] == ["QR rescue of bob is off."])
    seen = spied(monitor._workers[0])
    world.write(scan_line(FIRST))
    await until(lambda: bool(seen))
    world.say("二维码")
    await until(lambda: "bob's login code:" in world.texts())
    assert world.codes() == [payload(FIRST)]
    world.say(on)
    await until(lambda: "QR rescue of bob is on." in world.texts())
    world.write(scan_line(SECOND))
    await until(lambda: world.codes() == [payload(FIRST), payload(SECOND)])


async def test_two_bots_are_told_apart(world: World) -> None:
    """A word without a name is for all, with a name for one; a code is its own bot's."""
    world.use(rescue(), qr_rescue("carol.log", WEI, language="en"))
    await world.start_bot()
    world.say("status")
    await until(lambda: sorted(world.texts()) == ["bob: nothing known yet", "carol: nothing known yet"])
    world.gateway.sent.clear()
    world.say("Carol 状态")
    world.write(scan_line(FIRST))
    await until(lambda: len(world.codes()) == 1 and len(world.texts()) == 2)
    assert "carol: nothing known yet" in world.texts() and any("bob is offline" in text for text in world.texts())


def test_unknown_format_is_refused() -> None:
    with pytest.raises(ValueError, match="no log format 'nodejs'; there are: starterbot"):
        rescue(format="nodejs")


@pytest.mark.parametrize("admin", ["", " "])
def test_empty_admin_is_refused(admin: str) -> None:
    """An empty WeChat number is that of most contacts."""
    with pytest.raises(ValueError, match="admin must be"):
        OperationConfig(admin)
