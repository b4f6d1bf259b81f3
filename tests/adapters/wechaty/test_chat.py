"""The chat link against both gateways: nlops' own, and the one for Node that users run."""

import os

import pytest

from nlops.domain.errors import LinkDown, LinkError
from tests.adapters.wechaty.gateways import (
    BOT,
    MALLORY,
    ROOM,
    WEI,
    Gateway,
    make_chat,
    running,
    until,
)


async def test_text_goes_both_ways(gateway: Gateway) -> None:
    """What a person writes arrives with the exact id, the room and the time in seconds; what is sent arrives there."""
    chat = make_chat(gateway.port)
    async with running(chat) as heard:
        await heard.up()
        await gateway.receive(WEI, "状态 🙂\nbob")
        await gateway.receive(WEI, "in the room", room=True)
        await until(lambda: len(heard.messages) == 2)
        await chat.send_text(WEI, "一切正常\nbob: online")
    others = [message for message in heard.messages if not message.is_own]
    direct, in_room = sorted(others, key=lambda message: message.room_id or "")
    assert (direct.text, direct.contact_id, direct.room_id, direct.kind) == ("状态 🙂\nbob", WEI, None, "text")
    assert (in_room.text, in_room.contact_id, in_room.room_id) == ("in the room", WEI, ROOM)
    assert 1_700_000_000 < direct.sent_at < 10_000_000_000
    assert await gateway.sent() == [(WEI, "一切正常\nbob: online", "", b"")]


async def test_files_arrive_byte_for_byte(gateway: Gateway) -> None:
    """A small picture goes in one message; 4 MB, more than a gateway takes at once, go as a stream."""
    chat = make_chat(gateway.port)
    picture, large = b"\x89PNG\r\n\x1a\n" + os.urandom(200_000) + b"IEND\xaeB`\x82", os.urandom(4_000_000)
    async with running(chat) as heard:
        await heard.up()
        await chat.send_file(WEI, "qr.png", picture)
        await chat.send_file(WEI, "bob.log", large)
    assert await gateway.sent() == [(WEI, "", "qr.png", picture), (WEI, "", "bob.log", large)]


async def test_room_message_that_mentions_the_account_is_addressed(gateway: Gateway) -> None:
    """By the mention's id or by the typed name, without the mention in its text; another room message is not."""
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        await gateway.receive(WEI, "@nlops\u2005restart bob", room=True, mentions=[BOT])
        await gateway.receive(WEI, "@nlops status", "@Wei status", room=True)
        await until(lambda: len(heard.messages) == 3)
    told = [(message.text, message.is_addressed) for message in heard.messages]
    assert told == [("restart bob", True), ("status", True), ("@Wei status", False)]


async def test_contacts_and_names_are_known(gateway: Gateway) -> None:
    """The ids of all contacts, the name of one, and an error in words for one that there is not; a login says who."""
    chat = make_chat(gateway.port)
    async with running(chat) as heard:
        await heard.up()
        assert heard.accounts == [BOT]
        assert {BOT, WEI, MALLORY} <= await chat.known_contacts()
        assert await chat.name_of(MALLORY) == f"boss {WEI}"
        with pytest.raises(LinkError, match="the name of wxid_nobody could not be read") as caught:
            await chat.name_of("wxid_nobody")
        assert "sent again" not in str(caught.value)
    with pytest.raises(LinkDown):
        await chat.known_contacts()


async def test_own_messages_are_marked(gateway: Gateway) -> None:
    """What nlops sends, and what the account's owner writes on the phone, come back as own, and as nothing else."""
    chat = make_chat(gateway.port)
    async with running(chat) as heard:
        await heard.up()
        await chat.send_text(WEI, "hello")
        await gateway.phone(WEI, "restart bob")
        await until(lambda: len(heard.messages) == 2)
        assert [(message.contact_id, message.is_own) for message in heard.messages] == [(BOT, True)] * 2


async def test_lookalike_keeps_its_own_id(gateway: Gateway) -> None:
    """Mallory's nickname contains Wei's id; a message of Mallory's is Mallory's."""
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        await gateway.receive(MALLORY, "restart bob")
        await until(lambda: len(heard.messages) == 1)
        assert heard.messages[0].contact_id == MALLORY


async def test_logout_is_down_and_login_is_up(gateway: Gateway) -> None:
    """The account's logout and login reach the core, and a text sent between them is refused in words."""
    chat = make_chat(gateway.port)
    async with running(chat) as heard:
        await heard.up()
        await gateway.logout()
        await until(lambda: heard.links == [True, False])
        with pytest.raises(LinkError, match=f"a text to {WEI} could not be sent: the gateway answered"):
            await chat.send_text(WEI, "hello")
        await gateway.login()
        await heard.up(2)
        await gateway.receive(WEI, "here again")
        await until(lambda: heard.texts == ["here again"])
    assert heard.links == [True, False, True]


async def test_leaving_costs_no_scan(gateway: Gateway) -> None:
    """A restart of nlops: Stop and Logout are never called, the account stays in, and the next run is up at once."""
    for _ in range(2):
        async with running(make_chat(gateway.port)) as heard:
            await heard.up()
    assert await gateway.stops() == 0
