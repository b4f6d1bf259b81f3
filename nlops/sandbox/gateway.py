"""A Wechaty gateway in this process: the puppet's gRPC on loopback, for the demo and the tests. No account, no Node.

A caller plays the world around the account (`login`, `scan`, `receive`), and sees what the bot says (`sent`). Like a
real gateway it keeps nothing for a client that is away: what is received meanwhile never reaches it.
"""

import asyncio
import json
import ssl
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Literal

from grpclib.const import Status
from grpclib.exceptions import GRPCError
from wechaty_grpc.wechaty import puppet as pb

from nlops.sandbox.gateway_rpc import ATTACHMENT, IMAGE, TEXT, PuppetServer

# Events that may wait for a client that reads slowly; past it, its stream is ended.
MAX_WAITING_EVENTS = 10_000
STOP_TIMEOUT_S = 2.0
PICTURES = {".png", ".jpg", ".jpeg", ".gif"}
# ContactType of wechaty-puppet: an individual.
INDIVIDUAL = 1


@dataclass(frozen=True)
class Sent:
    """What the bot sent. `text` is empty for a file, `name` and `data` for a text; `at` is in unix seconds."""

    id: str
    conversation_id: str
    kind: Literal["text", "file"]
    text: str
    name: str
    data: bytes
    at: float


class LocalGateway:
    """One account, its contacts and rooms, behind a port on loopback. Who doesn't know `token` is not let in."""

    def __init__(
        self, token: str, *, user_id: str = "wxid_nlops", user_name: str = "nlops", lacks: frozenset[str] = frozenset()
    ) -> None:
        """`lacks`: calls that it does not know, such as `MessageSendFileStream`, as older gateways don't."""
        self.sent: list[Sent] = []
        self.calls: Counter[str] = Counter()
        self._token, self._user_id = token, user_id
        self._logged_in: str | None = None
        self._scan: object = None
        self._contacts: dict[str, Any] = {}
        self._rooms: dict[str, Any] = {}
        self._messages: dict[str, Any] = {}
        self._files: dict[str, tuple[str, bytes]] = {}
        self._streams: list[asyncio.Queue[object]] = []
        self._callbacks: list[Callable[[Sent], None]] = []
        self._lacks = lacks
        self._answering = asyncio.Event()
        self._answering.set()
        self._server: PuppetServer | None = None
        self.add_contact(user_id, user_name)

    # -- the gateway itself

    async def start(self, host: str = "127.0.0.1", port: int = 0, *, tls: ssl.SSLContext | None = None) -> int:
        """Serve, and return the port (a free one for 0). What was added stays over a stop and a new start."""
        if self._server is not None:
            raise RuntimeError("the gateway is already started")
        server = PuppetServer(self, self._token, self._lacks)
        await server.start(host, port, ssl=tls)
        self._server = server
        return server.bound_port()

    async def stop(self) -> None:
        """Close every connection and the port; takes 2 s at most. The account stays logged in."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        server.drop_connections()
        closing = asyncio.ensure_future(server.wait_closed())
        await asyncio.wait([closing], timeout=STOP_TIMEOUT_S)
        closing.cancel()

    @property
    def clients(self) -> int:
        """Open event streams: 0 or 1."""
        return len(self._streams)

    # -- the world around the account

    def add_contact(self, contact_id: str, name: str, *, alias: str = "", friend: bool = True) -> None:
        self._contacts[contact_id] = pb.ContactPayloadResponse(
            id=contact_id, name=name, alias=alias, friend=friend, type=INDIVIDUAL
        )

    def add_room(self, room_id: str, topic: str, member_ids: Sequence[str]) -> None:
        self._rooms[room_id] = pb.RoomPayloadResponse(id=room_id, topic=topic, member_ids=list(member_ids))

    def login(self, contact_id: str | None = None) -> None:
        """The account logs in: the user that the gateway was made with, unless another is named."""
        self._logged_in, self._scan = contact_id or self._user_id, None
        self._emit(pb.EventType.EVENT_TYPE_LOGIN, {"contactId": self._logged_in})

    def logout(self, why: str = "") -> None:
        contact_id, self._logged_in = self._logged_in, None
        if contact_id is not None:
            self._emit(pb.EventType.EVENT_TYPE_LOGOUT, {"contactId": contact_id, "data": why})

    def scan(self, payload: str, status: int = 2) -> None:
        """A login code is shown. `status`: 2 waiting, 3 scanned, 4 confirmed, 5 timeout, 1 cancelled."""
        self._scan = {"qrcode": payload, "status": status}
        self._emit(pb.EventType.EVENT_TYPE_SCAN, self._scan)

    def receive(
        self,
        from_id: str,
        text: str,
        *,
        room_id: str = "",
        sent_at: float | None = None,
        mentions: Sequence[str] = (),
        kind: int = TEXT,
    ) -> str:
        """A person writes to the bot; returns the message's id. `sent_at` is in unix seconds, None is now. `from_id`
        may be the account itself: that is its owner writing on the phone. `mentions` are contact ids,
        `kind` is the type on the wire.

        Raises RuntimeError while nobody is logged in: no message can come then."""
        return self._came(from_id, room_id, kind, time.time() if sent_at is None else sent_at, text, mentions)

    def receive_file(self, from_id: str, name: str, data: bytes, *, room_id: str = "") -> str:
        """A person sends a picture or a file; returns the message's id. Raises RuntimeError as `receive` does."""
        message_id = self._came(from_id, room_id, _kind(name), time.time())
        self._files[message_id] = (name, data)
        return message_id

    def forget(self, but: int) -> None:
        """Forget all messages and their files but the newest `but`: who plays for long runs out of memory else."""
        for message_id in list(self._messages)[: max(0, len(self._messages) - but)]:
            del self._messages[message_id]
            self._files.pop(message_id, None)

    def emit(self, event_type: int, payload: object) -> None:
        """Any event at all, a broken one too: `payload` goes out as JSON, or as it is where it is a string."""
        self._emit(event_type, payload)

    def hang_up(self) -> None:
        """End the event stream in good order; the connection stays."""
        for queue in self._streams:
            queue.put_nowait(None)

    def hold_messages(self, *, held: bool) -> None:
        """Leave requests for messages unanswered, until this is called with False."""
        (self._answering.clear if held else self._answering.set)()

    def on_sent(self, callback: Callable[[Sent], None]) -> None:
        """Call `callback` with everything the bot sends, before the bot's call is answered."""
        self._callbacks.append(callback)

    # -- what the bot's calls ask (gateway_rpc.Account)

    def count(self, call: str) -> None:
        self.calls[call] += 1

    def contact_ids(self) -> list[str]:
        return list(self._contacts)

    def contact(self, contact_id: str) -> object:
        return self._contacts[contact_id]

    def room_ids(self) -> list[str]:
        return list(self._rooms)

    def room(self, room_id: str) -> object:
        return self._rooms[room_id]

    async def message(self, message_id: str) -> object:
        await self._answering.wait()
        return self._messages[message_id]

    def file(self, message_id: str) -> tuple[str, bytes]:
        return self._files[message_id]

    def send_text(self, conversation_id: str, text: str) -> str:
        return self._went(Sent(_new_id(), conversation_id, "text", text, "", b"", time.time()), TEXT)

    def send_file(self, conversation_id: str, name: str, data: bytes) -> str:
        sent = Sent(_new_id(), conversation_id, "file", "", name, data, time.time())
        self._files[sent.id] = (name, data)
        return self._went(sent, _kind(name))

    def stop_account(self) -> None:
        """What Stop does to a web puppet: the account is logged out, and the event stream ends."""
        self.logout("stopped by the client")
        self.hang_up()

    async def events(self) -> AsyncIterator[object]:
        """The one event stream. It opens with a heartbeat, then the login, or the code that waits to be scanned."""
        if self._streams:
            raise GRPCError(Status.ALREADY_EXISTS, "GrpcServerImpl.event() can not call twice.")
        queue: asyncio.Queue[object] = asyncio.Queue()
        self._streams.append(queue)
        try:
            self._emit(pb.EventType.EVENT_TYPE_HEARTBEAT, {"data": "connected"})
            if self._logged_in is not None:
                self._emit(pb.EventType.EVENT_TYPE_LOGIN, {"contactId": self._logged_in})
            elif self._scan is not None:
                self._emit(pb.EventType.EVENT_TYPE_SCAN, self._scan)
            while queue.qsize() <= MAX_WAITING_EVENTS and (event := await queue.get()) is not None:
                yield event
        finally:
            self._streams.remove(queue)

    # -- inside

    def _emit(self, event_type: int, payload: object) -> None:
        text = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        for queue in self._streams:
            queue.put_nowait(pb.EventResponse(type=event_type, payload=text))

    def _came(
        self, from_id: str, room_id: str, kind: int, at: float, text: str = "", mentions: Sequence[str] = ()
    ) -> str:
        if self._logged_in is None:
            raise RuntimeError("nobody is logged in: call login() first")
        if room_id and room_id not in self._rooms:
            raise RuntimeError(f"there is no room {room_id!r}: call add_room() first")
        message_id = _new_id()
        self._keep(
            pb.MessagePayloadResponse(
                id=message_id,
                from_id=from_id,
                to_id="" if room_id else self._logged_in,
                room_id=room_id,
                text=text,
                type=kind,
                timestamp=int(at * 1000),
                mention_ids=list(mentions),
            )
        )
        return message_id

    def _went(self, sent: Sent, kind: int) -> str:
        """The bot sent something. The client is told of it as of any message, as real gateways do."""
        if self._logged_in is None:
            raise GRPCError(Status.INTERNAL, "nobody is logged in")
        in_room = sent.conversation_id in self._rooms
        if not in_room and sent.conversation_id not in self._contacts:
            raise KeyError(sent.conversation_id)
        self._keep(
            pb.MessagePayloadResponse(
                id=sent.id,
                from_id=self._logged_in,
                to_id="" if in_room else sent.conversation_id,
                room_id=sent.conversation_id if in_room else "",
                text=sent.text,
                type=kind,
                timestamp=int(sent.at * 1000),
            )
        )
        self.sent.append(sent)
        for callback in self._callbacks:
            callback(sent)
        return sent.id

    def _keep(self, message: Any) -> None:
        self._messages[message.id] = message
        self._emit(pb.EventType.EVENT_TYPE_MESSAGE, {"messageId": message.id})


def _new_id() -> str:
    """Ids are unique over restarts, as real ones are."""
    return f"m-{uuid.uuid4().hex}"


def _kind(name: str) -> int:
    return IMAGE if PurePath(name).suffix.lower() in PICTURES else ATTACHMENT
