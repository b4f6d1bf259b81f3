"""A chat over a bot that is somebody else's: what it hears and sends, and what it leaves to the bot."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from nlops.adapters.wechaty.attached import AttachedChat, BotEvent, ScanShown, Started, channel_of, listen, token_of
from nlops.adapters.wechaty.wire import LoggedIn, LoggedOut, MessageCame
from nlops.domain.errors import LinkDown, LinkError
from tests.adapters.wechaty.gateways import Heard, until
from tests.plugin.world import ROOM, TOKEN, World, payload
from tests.support import MALLORY, WEI

BOT = "wxid_nlops"


@pytest.fixture(params=["upstream", "leashed"])
async def world(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[World]:
    async with World(tmp_path, monkeypatch, leashed=request.param == "leashed") as world:
        yield world


@asynccontextmanager
async def running(chat: AttachedChat) -> AsyncIterator[Heard]:
    heard = Heard()
    task = asyncio.create_task(chat.run(heard.deliver))
    try:
        yield heard
        assert not task.done()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def test_messages_both_ways(world: World) -> None:
    """In order, with exact ids, rooms and own ones marked; texts and files arrive, large ones as a stream."""
    chat = AttachedChat(world.bot)
    large = os.urandom(4_000_000)
    async with running(chat) as heard:
        await world.start_bot()
        await until(lambda: heard.links == [False, True])
        assert heard.accounts == [BOT]
        for number in range(100):
            world.say(str(number))
        world.say("@nlops\u2005hi", MALLORY, room_id=ROOM)
        await until(lambda: len(heard.messages) == 101)
        await chat.send_text(WEI, "hello")
        await chat.send_file(WEI, "bob.log", large)
        await until(lambda: sum(message.is_own for message in heard.messages) == 2)
    direct = [message for message in heard.messages if message.contact_id == WEI]
    (in_room,) = (message for message in heard.messages if message.contact_id == MALLORY)
    assert [message.text for message in direct] == [str(number) for number in range(100)]
    assert (in_room.text, in_room.room_id, in_room.is_addressed) == ("hi", ROOM, True)
    assert [(one.text, one.data) for one in world.gateway.sent] == [("hello", b""), ("", large)]


async def test_contacts(world: World) -> None:
    """Ids, a name, a WeChat number; an error in words for one that there is not, and before there is a connection."""
    chat = AttachedChat(world.bot)
    with pytest.raises(LinkDown, match="no connection"):
        await chat.send_text(WEI, "hello")
    world.gateway.contact(MALLORY).weixin = "mallory1"  # type: ignore[attr-defined]  # a ContactPayloadResponse
    await world.start_bot()
    await until(lambda: channel_of(world.bot) is not None)
    assert {BOT, WEI, MALLORY} == await chat.known_contacts()
    assert (await chat.name_of(WEI), await chat.weixin_of(MALLORY), await chat.weixin_of(WEI)) == (WEI, "mallory1", "")
    with pytest.raises(LinkError, match="the name of wxid_nobody could not be read"):
        await chat.name_of("wxid_nobody")
    assert token_of(world.bot).reveal() == TOKEN


async def test_link_follows_the_bot(world: World) -> None:
    """Logout and login, the end of the connection; a late start finds who is logged in."""
    chat = AttachedChat(world.bot)
    await world.start_bot()
    await world.hears("hello")
    async with running(chat) as heard:
        await until(lambda: heard.links == [True])
        world.gateway.logout()
        await until(lambda: heard.links == [True, False])
        world.gateway.login()
        await until(lambda: heard.links == [True, False, True])
        await world.stop_bot()
        await until(lambda: heard.links == [True, False, True, False])
        with pytest.raises(LinkDown):
            await chat.send_text(WEI, "hello")
        await world.start_bot()
        await until(lambda: heard.links == [True, False, True, False, True])
        world.say("again")
        await until(lambda: heard.texts == ["again"])


async def test_listeners_come_and_go(world: World) -> None:
    """Several hear the same, in order; one that raises does not harm the next; one that went hears no more."""
    first, second = list[BotEvent](), list[BotEvent]()

    def broken(_: BotEvent) -> None:
        raise RuntimeError

    listen(world.bot, broken)
    end = listen(world.bot, first.append)
    listen(world.bot, second.append)
    await world.start_bot()
    world.gateway.scan(payload("FirstFirstFirst1"))
    message_id = world.gateway.receive(WEI, "hello")
    code = "" if world.leashed else payload("FirstFirstFirst1")
    scan = ScanShown("Waiting", code)
    await until(lambda: second[-1:] == [MessageCame(message_id)])
    told = [event for event in second if isinstance(event, Started | LoggedIn | ScanShown | MessageCame)]
    assert told == [Started(), LoggedIn(BOT), scan, MessageCame(message_id)] and first == second
    end()
    end()
    world.gateway.logout()
    await until(lambda: isinstance(second[-1], LoggedOut))
    assert first == second[:-1]
