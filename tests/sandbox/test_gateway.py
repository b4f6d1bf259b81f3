"""The local gateway, asked by the library's own client as it comes: what the demo and other tests stand on."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from grpclib.client import Channel
from grpclib.const import Cardinality, Status
from grpclib.exceptions import GRPCError
from wechaty_grpc.wechaty import PuppetStub
from wechaty_grpc.wechaty import puppet as pb

from nlops.sandbox.gateway import LocalGateway, Sent

TOKEN = "a-token-of-tests"
BOT, WEI, ROOM = "wxid_nlops", "wxid_wei", "1@chatroom"


class Client:
    """A puppet service client, and the events it got as (type, payload)."""

    def __init__(self, port: int, token: str, metadata: dict[str, str] | None = None) -> None:
        self.channel = Channel("127.0.0.1", port)
        self.channel._authority = token
        self.stub: Any = PuppetStub(self.channel, timeout=5, metadata=metadata)
        self.events: list[tuple[int, Any]] = []

    async def listen(self) -> None:
        async for event in PuppetStub(self.channel).event():
            self.events.append((event.type, json.loads(event.payload)))

    async def saw(self, count: int) -> list[tuple[int, Any]]:
        end = time.monotonic() + 5
        while len(self.events) < count:
            assert time.monotonic() < end, f"{count} events wanted, got {self.events}"
            await asyncio.sleep(0.005)
        return self.events


@pytest.fixture
async def gateway() -> AsyncIterator[LocalGateway]:
    made = LocalGateway(TOKEN)
    made.add_contact(WEI, "Wei", alias="boss")
    made.add_room(ROOM, "ops", [BOT, WEI])
    yield made
    await made.stop()


@asynccontextmanager
async def connected(
    gateway: LocalGateway, token: str = TOKEN, metadata: dict[str, str] | None = None
) -> AsyncIterator[Client]:
    client = Client(await gateway.start(), token, metadata)
    yield client
    client.channel.close()


async def refused(call: Any) -> Status:
    with pytest.raises(GRPCError) as caught:
        await call
    return caught.value.status


async def test_token_is_asked_for(gateway: LocalGateway) -> None:
    """As `:authority` or as `authorization`; a wrong one gets UNAUTHENTICATED from every call, and is not counted."""
    async with connected(gateway, "a-token-of-test") as client:
        assert await refused(client.stub.start()) is Status.UNAUTHENTICATED
        assert await refused(client.listen()) is Status.UNAUTHENTICATED
        assert not gateway.calls
    await gateway.stop()
    async with connected(gateway, "any.host:80", {"authorization": f"Wechaty {TOKEN}"}) as client:
        await client.stub.start()
    await gateway.stop()
    async with connected(gateway, TOKEN, {"authorization": "Wechaty other"}) as client:
        assert await refused(client.stub.start()) is Status.UNAUTHENTICATED


async def test_token_can_not_be_smuggled_in(gateway: LocalGateway) -> None:
    """The name under which the authority is shown to the check inside is no way in from outside."""
    async with connected(gateway, "wrong", {"x-authority": TOKEN}) as client:
        assert await refused(client.stub.start()) is Status.UNAUTHENTICATED


async def test_stream_opens_with_the_state(gateway: LocalGateway) -> None:
    """Heartbeat, then the code that waits; a login and a logout follow; who comes after a login is told of it."""
    gateway.scan("https://login.example/l/a")
    async with connected(gateway) as client:
        listening = asyncio.create_task(client.listen())
        await client.saw(2)
        assert gateway.clients == 1
        gateway.login()
        gateway.logout("bye")
        gateway.login()
        assert [event[0] for event in await client.saw(5)] == [
            pb.EventType.EVENT_TYPE_HEARTBEAT,
            pb.EventType.EVENT_TYPE_SCAN,
            pb.EventType.EVENT_TYPE_LOGIN,
            pb.EventType.EVENT_TYPE_LOGOUT,
            pb.EventType.EVENT_TYPE_LOGIN,
        ]
        assert client.events[1][1] == {"qrcode": "https://login.example/l/a", "status": 2}
        assert client.events[3][1] == {"contactId": BOT, "data": "bye"}
        assert await refused(client.listen()) is Status.ALREADY_EXISTS
        listening.cancel()
        await asyncio.wait([listening])
        client.events.clear()
        listening = asyncio.create_task(client.listen())
        assert (await client.saw(2))[1] == (pb.EventType.EVENT_TYPE_LOGIN, {"contactId": BOT})
        listening.cancel()
        await asyncio.wait([listening])


async def test_messages_come_in(gateway: LocalGateway) -> None:
    """Texts and files, with sender, room and time (milliseconds); a file by its box and as a stream."""
    gateway.login()
    async with connected(gateway) as client:
        listening = asyncio.create_task(client.listen())
        await client.saw(2)
        text_id = gateway.receive(WEI, "状态", room_id=ROOM, sent_at=1_800_000_000.5)
        file_id = gateway.receive_file(WEI, "photo.png", b"\x00\xff" * 500_000)
        assert [event[1] for event in (await client.saw(4))[2:]] == [{"messageId": text_id}, {"messageId": file_id}]
        text = await client.stub.message_payload(id=text_id)
        assert (text.from_id, text.room_id, text.text, text.type) == (WEI, ROOM, "状态", 7)
        assert text.timestamp == 1_800_000_000_500
        file = await client.stub.message_payload(id=file_id)
        assert (file.to_id, file.room_id, file.type) == (BOT, "", 6)
        chunks = [chunk.file_box_chunk async for chunk in client.stub.message_file_stream(id=file_id)]
        assert (chunks[0].name, b"".join(chunk.data for chunk in chunks)) == ("photo.png", b"\x00\xff" * 500_000)
        assert json.loads((await client.stub.message_image(id=file_id, type=3)).filebox)["name"] == "photo.png"
        assert await refused(client.stub.message_payload(id="none")) is Status.INTERNAL
        listening.cancel()
        await asyncio.wait([listening])


async def test_what_is_sent_is_kept(gateway: LocalGateway) -> None:
    """A text, a file, a streamed file; each is told of before its call is answered, and comes back as a message."""
    gateway.login()
    told: list[Sent] = []
    gateway.on_sent(told.append)
    async with connected(gateway) as client:
        sent_id = (await client.stub.message_send_text(conversation_id=WEI, text="hello")).id
        assert [sent.id for sent in told] == [sent_id]
        box = json.dumps({"boxType": 1, "name": "a.png", "base64": "AAE=", "metadata": {}})
        await client.stub.message_send_file(conversation_id=ROOM, filebox=box)
        async with client.channel.request(
            "/wechaty.Puppet/MessageSendFileStream",
            Cardinality.STREAM_UNARY,
            pb.MessageSendFileStreamRequest,
            pb.MessageSendFileStreamResponse,
        ) as stream:
            await stream.send_message(pb.MessageSendFileStreamRequest(conversation_id=WEI))
            for chunk in (pb.FileBoxChunk(name="b.log"), pb.FileBoxChunk(data=b"one"), pb.FileBoxChunk(data=b"two")):
                await stream.send_message(pb.MessageSendFileStreamRequest(file_box_chunk=chunk))
            await stream.end()
            assert await stream.recv_message() is not None
        assert [(sent.conversation_id, sent.kind, sent.text, sent.name, sent.data) for sent in gateway.sent] == [
            (WEI, "text", "hello", "", b""),
            (ROOM, "file", "", "a.png", b"\x00\x01"),
            (WEI, "file", "", "b.log", b"onetwo"),
        ]
        assert (await client.stub.message_payload(id=sent_id)).from_id == BOT
        assert abs(gateway.sent[0].at - time.time()) < 5


async def test_what_can_not_be_sent(gateway: LocalGateway) -> None:
    async with connected(gateway) as client:
        assert await refused(client.stub.message_send_text(conversation_id=WEI, text="x")) is Status.INTERNAL
        gateway.login()
        send_file = client.stub.message_send_file
        assert await refused(client.stub.message_send_text(conversation_id="nobody", text="x")) is Status.INTERNAL
        assert await refused(send_file(conversation_id=WEI, filebox='{"boxType": 2}')) is Status.INVALID_ARGUMENT
        large = json.dumps({"boxType": 1, "name": "a", "base64": "A" * 4_194_304})
        assert await refused(send_file(conversation_id=WEI, filebox=large)) is Status.RESOURCE_EXHAUSTED
        assert gateway.sent == []


async def test_contacts_and_rooms(gateway: LocalGateway) -> None:
    async with connected(gateway) as client:
        assert (await client.stub.contact_list()).ids == [BOT, WEI]
        contact = await client.stub.contact_payload(id=WEI)
        assert (contact.name, contact.alias, contact.friend) == ("Wei", "boss", True)
        assert (await client.stub.room_list()).ids == [ROOM]
        assert (await client.stub.room_payload(id=ROOM)).topic == "ops"
        assert (await client.stub.room_member_list(id=ROOM)).member_ids == [BOT, WEI]


async def test_stop_rpc_logs_out(gateway: LocalGateway) -> None:
    """As a web puppet does; the stream ends with the logout, and the call is counted."""
    gateway.login()
    async with connected(gateway) as client:
        listening = asyncio.create_task(client.listen())
        await client.saw(2)
        await client.stub.stop()
        await asyncio.wait_for(listening, 5)
        assert client.events[-1][0] == pb.EventType.EVENT_TYPE_LOGOUT
        assert gateway.calls["Stop"] == 1


async def test_it_can_be_made_worse(gateway: LocalGateway) -> None:
    """For tests of a client: an event stream that ends in good order, messages that are not answered for a while, and
    calls that an older gateway lacks."""
    gateway.login()
    async with connected(gateway) as client:
        listening = asyncio.create_task(client.listen())
        await client.saw(2)
        gateway.hang_up()
        await asyncio.wait_for(listening, 5)
        message_id = gateway.receive(WEI, "hello", mentions=[BOT])
        gateway.hold_messages(held=True)
        asking = asyncio.create_task(client.stub.message_payload(id=message_id))
        await asyncio.sleep(0.05)
        assert not asking.done()
        gateway.hold_messages(held=False)
        assert (await asking).mention_ids == [BOT]
    await gateway.stop()
    old = LocalGateway(TOKEN, lacks=frozenset({"ContactList"}))
    async with connected(old) as client:
        assert await refused(client.stub.contact_list()) is Status.UNIMPLEMENTED
        await client.stub.start()
    await old.stop()


async def test_nothing_comes_while_logged_out(gateway: LocalGateway) -> None:
    with pytest.raises(RuntimeError, match="login"):
        gateway.receive(WEI, "hello")
    gateway.login()
    with pytest.raises(RuntimeError, match="add_room"):
        gateway.receive(WEI, "hello", room_id="elsewhere")


async def test_stop_is_quick_with_a_client_connected(gateway: LocalGateway) -> None:
    """Also from Python 3.12 on, where wait_closed waits for clients; and the port can be had again at once."""
    async with connected(gateway) as client:
        listening = asyncio.create_task(client.listen())
        await client.saw(1)
        began = time.monotonic()
        await gateway.stop()
        assert time.monotonic() - began < 1
        await asyncio.wait([listening], timeout=1)
        assert listening.exception() is not None
        assert gateway.clients == 0
        await gateway.start(port=client.channel._port)
        await client.stub.start()
