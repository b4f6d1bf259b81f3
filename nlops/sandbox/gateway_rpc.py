"""The gRPC face of the local gateway: which calls a Wechaty puppet service answers, and who may make them.

The calls and their messages are wechaty_grpc 0.20's; how they behave follows wechaty-puppet-service 1.19.9, the gateway
for Node: the token travels as the HTTP/2 `:authority` (or as `authorization: Wechaty TOKEN`), a second event stream
gets ALREADY_EXISTS, a message over 4 MiB RESOURCE_EXHAUSTED, and on the wire message types are TypeScript's numbers.
"""

import asyncio
import base64
import binascii
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

import betterproto
from grpclib.const import Cardinality, Handler, Status
from grpclib.events import RecvRequest, listen
from grpclib.exceptions import GRPCError
from grpclib.protocol import H2Protocol
from grpclib.protocol import Stream as RawStream
from grpclib.server import Handler as ConnectionHandler
from grpclib.server import Server, Stream
from wechaty_grpc.wechaty import puppet as pb

# wechaty-puppet 1.20, src/schemas/message.ts; not the numbers of wechaty_grpc's MessageType.
ATTACHMENT, IMAGE, TEXT = 1, 6, 7
# @grpc/grpc-js: DEFAULT_MAX_RECEIVE_MESSAGE_LENGTH.
MAX_MESSAGE_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 512 * 1024
FILE_BOX_BASE64 = 1
AUTHORITY = "x-authority"

AnyStream = Stream[Any, Any]


class Account(Protocol):
    """What stands behind the calls: contacts, messages, and what is sent. A KeyError means: there is no such thing."""

    def count(self, call: str) -> None: ...

    def contact_ids(self) -> list[str]: ...

    def contact(self, contact_id: str) -> object: ...

    def room_ids(self) -> list[str]: ...

    def room(self, room_id: str) -> object: ...

    async def message(self, message_id: str) -> object: ...

    def file(self, message_id: str) -> tuple[str, bytes]: ...

    def send_text(self, conversation_id: str, text: str) -> str: ...

    def send_file(self, conversation_id: str, name: str, data: bytes) -> str: ...

    def logout(self, why: str) -> None: ...

    def stop_account(self) -> None: ...

    def events(self) -> AsyncIterator[object]: ...


class PuppetService:
    """The calls themselves. A public method `message_payload` answers `/wechaty.Puppet/MessagePayload`."""

    def __init__(self, account: Account, lacks: frozenset[str]) -> None:
        self._account, self._lacks = account, lacks

    def __mapping__(self) -> dict[str, Handler]:
        unary: dict[str, Callable[[Any], Awaitable[object]]] = {
            "".join(word.capitalize() for word in name.split("_")): getattr(self, name)
            for name in dir(self)
            if not name.startswith("_")
        }
        streamed = {
            "Event": (self._event, Cardinality.UNARY_STREAM),
            "MessageFileStream": (self._message_file_stream, Cardinality.UNARY_STREAM),
            "MessageSendFileStream": (self._message_send_file_stream, Cardinality.STREAM_UNARY),
        }
        mapping = {f"/wechaty.Puppet/{name}": _unary(name, call, self._account) for name, call in unary.items()}
        for name, (handle, cardinality) in streamed.items():
            mapping[f"/wechaty.Puppet/{name}"] = Handler(handle, cardinality, *_messages(name))
        for name in self._lacks:
            _, cardinality, *messages = mapping[f"/wechaty.Puppet/{name}"]
            mapping[f"/wechaty.Puppet/{name}"] = Handler(_unknown, cardinality, *messages)
        return mapping

    async def start(self, _: Any) -> object:
        return pb.StartResponse()

    async def stop(self, _: Any) -> object:
        self._account.stop_account()
        return pb.StopResponse()

    async def logout(self, _: Any) -> object:
        self._account.logout("asked by the client")
        return pb.LogoutResponse()

    async def version(self, _: Any) -> object:
        return pb.VersionResponse(version="nlops-local")

    async def dirty_payload(self, _: Any) -> object:
        return pb.DirtyPayloadResponse()

    async def contact_list(self, _: Any) -> object:
        return pb.ContactListResponse(ids=self._account.contact_ids())

    async def contact_payload(self, request: Any) -> object:
        return self._account.contact(request.id)

    async def room_list(self, _: Any) -> object:
        return pb.RoomListResponse(ids=self._account.room_ids())

    async def room_payload(self, request: Any) -> object:
        return self._account.room(request.id)

    async def room_member_list(self, request: Any) -> object:
        room: Any = self._account.room(request.id)
        return pb.RoomMemberListResponse(member_ids=room.member_ids)

    async def room_member_payload(self, request: Any) -> object:
        contact: Any = self._account.contact(request.member_id)
        return pb.RoomMemberPayloadResponse(id=contact.id, name=contact.name)

    async def message_payload(self, request: Any) -> object:
        return await self._account.message(request.id)

    async def message_image(self, request: Any) -> object:
        return pb.MessageImageResponse(filebox=_file_box(*self._account.file(request.id)))

    async def message_file(self, request: Any) -> object:
        return pb.MessageFileResponse(filebox=_file_box(*self._account.file(request.id)))

    async def message_send_text(self, request: Any) -> object:
        return pb.MessageSendTextResponse(id=self._account.send_text(request.conversation_id, request.text))

    async def message_send_file(self, request: Any) -> object:
        if len(request.filebox) > MAX_MESSAGE_BYTES:
            raise GRPCError(Status.RESOURCE_EXHAUSTED, f"received message larger than max ({MAX_MESSAGE_BYTES} bytes)")
        name, data = _opened(request.filebox)
        return pb.MessageSendFileResponse(id=self._account.send_file(request.conversation_id, name, data))

    async def _message_send_file_stream(self, stream: AnyStream) -> None:
        self._account.count("MessageSendFileStream")
        conversation_id, name, data = "", "", bytearray()
        async for request in stream:
            kind, value = betterproto.which_one_of(request, "payload")
            if kind == "conversation_id":
                conversation_id = value
            elif betterproto.which_one_of(value, "payload")[0] == "name":
                name = value.name
            else:
                data += value.data
        with _missing():
            message_id = self._account.send_file(conversation_id, name, bytes(data))
        await stream.send_message(pb.MessageSendFileStreamResponse(id=message_id))

    async def _message_file_stream(self, stream: AnyStream) -> None:
        self._account.count("MessageFileStream")
        request: Any = await stream.recv_message()
        with _missing():
            name, data = self._account.file(request.id)
        await stream.send_message(pb.MessageFileStreamResponse(file_box_chunk=pb.FileBoxChunk(name=name)))
        for start in range(0, len(data), CHUNK_BYTES):
            chunk = pb.FileBoxChunk(data=data[start : start + CHUNK_BYTES])
            await stream.send_message(pb.MessageFileStreamResponse(file_box_chunk=chunk))

    async def _event(self, stream: AnyStream) -> None:
        self._account.count("Event")
        await stream.recv_message()
        async for event in self._account.events():
            await stream.send_message(event)


async def _unknown(_: AnyStream) -> None:
    """As a gateway answers that does not know the call; grpclib's own answer lacks a header that its client wants."""
    raise GRPCError(Status.UNIMPLEMENTED, "The server does not implement the method")


class _missing:  # noqa: N801 - used like a function
    """What the account does not know becomes INTERNAL, as the gateway for Node answers."""

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, KeyError):
            raise GRPCError(Status.INTERNAL, f"there is no {error}") from error


def _messages(name: str) -> tuple[type, type]:
    return getattr(pb, f"{name}Request"), getattr(pb, f"{name}Response")


def _unary(name: str, call: Callable[[Any], Awaitable[object]], account: Account) -> Handler:
    async def handle(stream: AnyStream) -> None:
        request = await stream.recv_message()
        account.count(name)
        with _missing():
            answer = await call(request)
        await stream.send_message(answer)

    return Handler(handle, Cardinality.UNARY_UNARY, *_messages(name))


def _file_box(name: str, data: bytes) -> str:
    box = {"boxType": FILE_BOX_BASE64, "name": name, "base64": base64.b64encode(data).decode(), "metadata": {}}
    return json.dumps(box)


def _opened(file_box: str) -> tuple[str, bytes]:
    """Name and content of a FileBox that carries its content; nothing is fetched."""
    try:
        box = json.loads(file_box)
        return str(box["name"]), base64.b64decode(box["base64"], validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise GRPCError(Status.INVALID_ARGUMENT, f"not a base64 FileBox: {error!r}") from error


class _Connection(ConnectionHandler):
    """Shows the calls' `:authority` to the token check: grpclib keeps pseudo headers to itself."""

    def accept(self, stream: RawStream, headers: list[tuple[str, str]], release_stream: Callable[[], Any]) -> None:
        authority = dict(headers).get(":authority", "")
        shown = [(name, value) for name, value in headers if name != AUTHORITY]
        super().accept(stream, [*shown, (AUTHORITY, authority)], release_stream)


class PuppetServer(Server):
    """A grpclib server that lets in only who knows `token`, lacks some calls, and can drop its connections."""

    def __init__(self, account: Account, token: str, lacks: frozenset[str] = frozenset()) -> None:
        super().__init__([PuppetService(account, lacks)])
        self._token = token
        self._protocols: list[H2Protocol] = []
        listen(self, RecvRequest, self._check_token)

    def _protocol_factory(self) -> H2Protocol:
        handler = _Connection(self._mapping, self._codec, self._status_details_codec, self.__dispatch__)
        self._handlers.add(handler)
        protocol = H2Protocol(handler, self._config, self._h2_config)
        self._protocols.append(protocol)
        return protocol

    async def _check_token(self, event: RecvRequest) -> None:
        given = str(event.metadata.get("authorization", ""))
        token = given.removeprefix("Wechaty ") if given else str(event.metadata.get(AUTHORITY, ""))
        if not hmac.compare_digest(token.encode(), self._token.encode()):
            raise GRPCError(Status.UNAUTHENTICATED, "Invalid Wechaty TOKEN")

    def bound_port(self) -> int:
        """The port that is listened on. RuntimeError before `start`."""
        if not isinstance(self._server, asyncio.Server):
            raise RuntimeError("the server is not started")
        return int(self._server.sockets[0].getsockname()[1])

    def drop_connections(self) -> None:
        """Close every connection: from Python 3.12 on `wait_closed` waits for them, and a client keeps its own open."""
        for protocol in self._protocols:
            if hasattr(protocol, "processor"):  # absent until the connection is made
                protocol.processor.close("the gateway stopped")
        self._protocols.clear()
