"""The plugin in a bot: who is obeyed, what operations get, and that none harms another; over real gRPC."""

import asyncio
import logging
import socket
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from typing import Any

import pytest

from nlops.plugin import Operation, OperationConfig, log_monitor, qr_rescue, say, show_log, worker
from tests.plugin.world import ROOM, World, followers, payload, scan_line, until
from tests.support import MALLORY, WEI

NOBODY = "wxid_nobody"


class Told:
    """An operation that only notes what it is told."""

    def __init__(self, admin: str = WEI, log: str | None = "bob.log") -> None:
        self.past: list[str] = []
        self.lines: list[str] = []
        self.commands: list[str] = []
        self.ticks = 0
        config = OperationConfig(admin, log, "told")
        self.operation = Operation(config, self._changed, self._command, self._opened, self._tick)

    async def _opened(self, bot: Any, lines: Sequence[str]) -> None:
        self.past += lines

    async def _changed(self, bot: Any, lines: Sequence[str]) -> None:
        self.lines += lines

    async def _command(self, bot: Any, text: str) -> None:
        self.commands.append(text)

    async def _tick(self, bot: Any) -> None:
        self.ticks += 1


async def test_operation_of_ones_own(any_world: World) -> None:
    """Lines whole and in order, the past apart; commands as they were typed and in order; a tick."""
    any_world.write("old\nhalf of ")
    told = Told()
    any_world.use(told.operation)
    await any_world.start_bot()
    await until(lambda: told.past == ["old"])
    any_world.write("a line\r\n\x1b[31mred\x1b[0m\n")
    said = [f"Command {number}" for number in range(50)]
    for text in said:
        any_world.say(text)
    await until(lambda: len(told.commands) == len(said) and len(told.lines) == 2)
    assert told.commands == said and told.lines == ["half of a line", "red"]
    await until(lambda: told.ticks > 0)
    assert told.past == ["old"]


async def test_only_the_admin_in_a_direct_chat(any_world: World) -> None:
    """A stranger, one who took the admin's id for a nickname, a room, the bot's own account, yesterday's message:
    none of them; and the bot's author's own handler sees them all."""
    any_world.gateway.add_contact(MALLORY, WEI, alias=WEI)
    told = Told()
    any_world.use(told.operation)
    await any_world.start_bot()
    any_world.say("1", MALLORY)
    any_world.say("2", WEI, room_id=ROOM)
    any_world.say("3", "wxid_nlops")
    any_world.say("4", WEI, sent_at=time.time() - 86400)
    await any_world.hears("5")
    await until(lambda: told.commands == ["5"])
    assert sorted(any_world.bot.mine.heard) == ["1", "2", "3", "4", "5"]


async def test_admin_by_wechat_number(world: World) -> None:
    """The exact `weixin` of one contact; a nickname, an alias or a part of the number is nothing."""
    world.gateway.add_contact(MALLORY, "BobWeixin", alias="BobWeixin")
    for contact, number in ((WEI, "BobWeixin"), (MALLORY, "BobWeixin2")):
        world.gateway.contact(contact).weixin = number  # type: ignore[attr-defined]  # a ContactPayloadResponse
    told = Told("BobWeixin")
    world.use(told.operation, qr_rescue("bob.log", "BobWeixin"))
    await world.start_bot()
    world.say("mine", MALLORY)
    world.say("hello")
    await until(lambda: told.commands == ["hello"])
    world.write(scan_line("FirstFirstFirst1"))
    await until(lambda: world.codes() == [payload("FirstFirstFirst1")])
    assert not world.texts(MALLORY) and not world.codes(MALLORY)


async def test_admin_that_two_could_be(world: World, caplog: pytest.LogCaptureFixture) -> None:
    """Then it is nobody: no order is taken, nothing is sent, and the log says why."""
    for contact in (WEI, MALLORY):
        world.gateway.contact(contact).weixin = "BobWeixin"  # type: ignore[attr-defined]  # a ContactPayloadResponse
    told = Told("BobWeixin")
    world.use(told.operation)
    await world.start_bot()
    await world.hears("hello")
    await until(lambda: "2 contacts have that WeChat number" in caplog.text)
    with pytest.raises(Exception, match="no contact has the id or the WeChat number 'BobWeixin'"):
        await say(world.bot, "BobWeixin", "hi")
    assert not told.commands and not world.gateway.sent


async def test_admin_gets_a_new_id_with_a_new_login(world: World) -> None:
    """Web puppets give out new ids: the number is looked up again at every login, and the old id has no rights left."""
    world.gateway.contact(WEI).weixin = "BobWeixin"  # type: ignore[attr-defined]  # a ContactPayloadResponse
    told = Told("BobWeixin")
    world.use(told.operation)
    await world.start_bot()
    world.say("first")
    await until(lambda: told.commands == ["first"])
    world.gateway.logout()
    world.gateway.contact(WEI).weixin = ""  # type: ignore[attr-defined]  # a ContactPayloadResponse
    world.gateway.add_contact("@new", "Wei")
    world.gateway.contact("@new").weixin = "BobWeixin"  # type: ignore[attr-defined]  # a ContactPayloadResponse
    world.gateway.login()
    world.say("second", WEI)
    world.say("third", "@new")
    await until(lambda: told.commands == ["first", "third"])


async def test_faults_stay_with_their_operation(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One raises when called, one when awaited, one never ends, one cancels itself: each is logged by its name, and the
    rest go on, they themselves too."""
    monkeypatch.setattr(worker, "CALLBACK_S", 0.3)
    calls: list[str] = []

    def at_once(bot: Any, text: str) -> Any:
        calls.append("at once")
        raise RuntimeError("not even a coroutine")

    async def later(bot: Any, lines: Sequence[str]) -> None:
        calls.append("later")
        raise KeyError("bob")

    async def never(bot: Any, text: str) -> None:
        calls.append("never")
        await asyncio.sleep(600)

    async def cancelled(bot: Any, text: str) -> None:
        raise asyncio.CancelledError

    told = Told()
    world.use(
        Operation(OperationConfig(WEI, name="hasty"), on_command_received=at_once),
        Operation(OperationConfig(WEI, "bob.log", "late"), on_log_file_changed=later),
        Operation(OperationConfig(WEI, name="endless"), on_command_received=never),
        Operation(OperationConfig(WEI, name="suicidal"), on_command_received=cancelled),
        told.operation,
    )
    await world.start_bot()
    for number in range(2):
        world.say(f"go {number}")
        await until(lambda number=number: len(told.commands) > number)  # type: ignore[misc]
        world.write("x\n")
        await until(lambda number=number: len(told.lines) > number and calls.count("later") > number)  # type: ignore[misc]
    await until(lambda: calls.count("never") == calls.count("at once") == 2)
    await until(lambda: caplog.text.count("operation endless: on_command_received was cut off") == 2)
    assert caplog.text.count("operation hasty: on_command_received failed: not even a coroutine") == 2
    assert caplog.text.count("operation late: on_log_file_changed failed: 'bob'") == 2
    assert caplog.text.count("operation suicidal: on_command_received was cut off") == 2
    assert {record.levelno for record in caplog.records if record.name == "nlops.plugin"} == {logging.ERROR}


async def test_slow_operation_loses_nothing(world: World) -> None:
    """It holds up only itself; what it could not take waits, and comes in few large pieces."""
    go_on, pieces = asyncio.Event(), list[list[str]]()

    async def slow(bot: Any, lines: Sequence[str]) -> None:
        pieces.append(list(lines))
        await go_on.wait()

    told = Told()
    world.use(Operation(OperationConfig(WEI, "bob.log", "slow"), on_log_file_changed=slow), told.operation)
    await world.start_bot()
    await until(lambda: told.ticks > 0 and len(followers()) == 2)
    lines = [f"{number:07} {'x' * 92}" for number in range(60_000)]
    for start in range(0, len(lines), 1000):
        world.write("".join(f"{line}\n" for line in lines[start : start + 1000]))
    await until(lambda: len(told.lines) == len(lines))
    assert len(pieces) == 1
    go_on.set()
    await until(lambda: sum(map(len, pieces)) == len(lines))
    assert [line for piece in pieces for line in piece] == lines and len(pieces) < 20


async def test_a_busy_port_5000(world: World) -> None:
    """Upstream's login handler aborts there; the plugin's part works all the same, over a second login too."""
    told = Told()
    world.use(told.operation, qr_rescue("bob.log", WEI))
    with ExitStack() as stack:
        with suppress(OSError):  # busy already: so much the better
            stack.enter_context(socket.create_server(("127.0.0.1", 5000)))
        await world.start_bot()
        world.say("one")
        await until(lambda: told.commands == ["one"])
        assert not hasattr(world.bot, "contact_id")  # upstream never got so far
        world.gateway.logout()
        world.gateway.login()
        world.write(scan_line("FirstFirstFirst1"))
        await until(lambda: world.codes() == [payload("FirstFirstFirst1")])
        world.say("two")
        await until(lambda: told.commands == ["one", "two"])


async def test_used_while_the_bot_runs(any_world: World) -> None:
    """Then it begins at once, and needs no new login."""
    await any_world.start_bot()
    await any_world.hears("hello")
    told = Told()
    any_world.use(told.operation)
    await until(lambda: len(followers()) == 1)
    any_world.say("order")
    await until(lambda: told.commands == ["order"])


async def test_used_twice_and_by_two(world: World) -> None:
    """The same plugin twice is once; two plugins on one bot both work; one plugin on two bots is refused."""
    first, second = Told(), Told()
    monitor = world.use(first.operation)
    world.bot.use([monitor, monitor])
    world.use(second.operation)
    await world.start_bot()
    world.say("order")
    await until(lambda: first.commands == second.commands == ["order"])
    assert len(followers()) == 2
    with pytest.raises(ValueError, match="for one bot"):
        type(world.bot)(world.port).use(monitor)


async def test_stop_ends_all_of_it(world: World) -> None:
    """No thread, no task, no answer after it; the bot goes on."""
    told = Told()
    monitor = world.use(told.operation, show_log("bob.log", WEI), own_lines=True)
    await world.start_bot()
    world.say("one")
    await until(lambda: told.commands == ["one"])
    await monitor.stop()
    assert not followers() and not [task for task in asyncio.all_tasks() if task.get_name() == "nlops log monitor"]
    await world.hears("log")
    assert told.commands == ["one"] and not world.gateway.sent


def test_made_before_there_is_a_loop() -> None:
    """As in a program whose `main` is not asynchronous yet."""
    assert log_monitor([Told().operation])
