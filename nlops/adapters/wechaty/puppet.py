"""The puppet service's client with its traps closed: wechaty_puppet_service 0.8.10, connected and read in our own way.

Upstream's `start` and `stop` call the gateway's Stop, which logs the account out of a web puppet: every restart of
nlops would cost a scan. Here Stop is never called. Upstream knows neither TLS nor keepalive nor deadlines, ends its
event loop at the first event that it can't read, and logs the token. Files over the gateway's 4 MiB per message fail
there; here they are streamed.
"""

import base64
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

from grpclib.client import Channel
from grpclib.config import Configuration
from grpclib.const import Cardinality
from wechaty_grpc.wechaty import PuppetStub
from wechaty_grpc.wechaty.puppet import FileBoxChunk, MessageSendFileStreamRequest, MessageSendFileStreamResponse
from wechaty_puppet import PuppetOptions
from wechaty_puppet_service import PuppetService

from nlops.adapters.wechaty.endpoint import Endpoint
from nlops.adapters.wechaty.wire import LinkEvent, MalformedError, ReceivedFile, TooLargeError, file_name, parse_event
from nlops.domain.config import Secret

log = logging.getLogger("nlops.link")

# Base64 makes four bytes of three: 3 MB become 4 MB, just under the gateway's 4 MiB per message (3.6 MB were refused).
MOST_INLINE_BYTES = 3_000_000
CHUNK_BYTES = 512 * 1024
BASE64_BOX = 1  # FileBoxType.Base64


@dataclass(frozen=True)
class LinkTimes:
    """The link's waits, in seconds.

    `rpc_s` is the deadline of one call, `file_s` of a streamed file, either way. A gateway that leaves a ping
    unanswered for `ping_answer_s` is taken for dead. Attempts to connect wait `first_retry_s` up to `longest_retry_s`,
    anew from the first after a connection that held for `stable_s`. `login_grace_s`: how long after connecting a login
    is waited for before the account is called logged out (gateways tell of it at once). `kept_s`: how long a message
    that was told of is fetched again and again while the connection is away.
    """

    rpc_s: float = 30.0
    file_s: float = 120.0
    ping_every_s: float = 20.0
    ping_answer_s: float = 10.0
    first_retry_s: float = 0.5
    longest_retry_s: float = 30.0
    stable_s: float = 10.0
    login_grace_s: float = 3.0
    kept_s: float = 300.0


# The base comes from an untyped library.
class LinkPuppet(PuppetService):  # type: ignore[misc]
    """One gateway, connected anew by each `connect`. What its calls raise is grpclib's; `link_errors` translates it."""

    def __init__(self, endpoint: Endpoint, token: Secret, times: LinkTimes) -> None:
        # Upstream logs what it is given as a token: it gets none of ours.
        super().__init__(PuppetOptions(token="", end_point=str(endpoint)))
        self.channel: Channel | None = None
        self._endpoint, self._token, self._times = endpoint, token, times

    @property
    def is_connected(self) -> bool:
        return self._puppet_stub is not None

    async def connect(self) -> None:
        """Open a channel and ask the puppet to start, which does nothing to one that runs already."""
        self.disconnect()
        channel = Channel(
            self._endpoint.host, self._endpoint.port, ssl=self._endpoint.tls, config=_keepalive(self._times)
        )
        channel._authority = self._token.reveal()  # where gateways look for the token
        self.channel = channel
        stub = PuppetStub(channel, timeout=self._times.rpc_s)
        await stub.start()
        self._puppet_stub = stub

    def disconnect(self) -> None:
        """Close the channel, and nothing else: the account on the gateway stays as it is."""
        self._puppet_stub = None
        if self.channel is not None:
            self.channel.close()
            self.channel = None

    async def start(self) -> None:
        """As `connect`: upstream's calls Stop first."""
        await self.connect()

    async def stop(self) -> None:
        """As `disconnect`: upstream's calls Stop too."""
        self.disconnect()

    async def events(self) -> AsyncIterator[LinkEvent]:
        """The events of one connection, until it ends. What can't be read is logged and left out."""
        async for event in PuppetStub(self.channel).event():  # without the deadline of the other calls
            try:
                yield parse_event(event.type, event.payload)
            except MalformedError as error:
                log.warning("the gateway sent a malformed event of type %s: %s", event.type, error)

    async def message_payload(self, message_id: str) -> Any:
        """The message as it came: upstream translates its type by a table, and fails for a type past its end."""
        return await self.puppet_stub.message_payload(id=message_id)

    async def known_contacts(self) -> frozenset[str]:
        """The ids of all contacts of the account."""
        return frozenset((await self.puppet_stub.contact_list()).ids)

    async def contact_name(self, contact_id: str) -> str:
        """The name that a contact gave itself. Never what identifies somebody: anybody may take any name."""
        return str((await self.puppet_stub.contact_payload(id=contact_id)).name)

    async def send_picture_or_file(self, conversation_id: str, name: str, data: bytes) -> None:
        """Hand over a file; the puppet shows what is called .png or .jpg as a picture."""
        if len(data) > MOST_INLINE_BYTES:
            await self._send_stream(conversation_id, name, data)
        else:
            await self.puppet_stub.message_send_file(conversation_id=conversation_id, filebox=_file_box(name, data))

    async def receive_file(self, message_id: str, most_bytes: int) -> ReceivedFile:
        """The file of a message, as a stream: upstream's FileBox fails for what is over 20 KB. TooLargeError past
        `most_bytes`: what comes after them is not taken in."""
        stub = PuppetStub(self.channel, timeout=self._times.file_s)
        name, data = "", bytearray()
        async with aclosing(stub.message_file_stream(id=message_id)) as chunks:
            async for response in chunks:
                chunk = response.file_box_chunk
                name = name or chunk.name
                data += chunk.data
                if len(data) > most_bytes:
                    raise TooLargeError(f"it is larger than {most_bytes} bytes")
        return ReceivedFile(file_name(name), bytes(data))

    async def _send_stream(self, conversation_id: str, name: str, data: bytes) -> None:
        """A streamed file. betterproto 1.2 has no call for a stream of requests, so grpclib is used directly."""
        if self.channel is None:
            raise ConnectionError("not connected")
        async with self.channel.request(
            "/wechaty.Puppet/MessageSendFileStream",
            Cardinality.STREAM_UNARY,
            MessageSendFileStreamRequest,
            MessageSendFileStreamResponse,
            timeout=self._times.file_s,
        ) as stream:
            for request in _parts(conversation_id, name, data):
                await stream.send_message(request)
            await stream.end()
            await stream.recv_message()


def _file_box(name: str, data: bytes) -> str:
    """A FileBox with its content in it, as file-box 1.4 for Node reads it; upstream's class can't write bytes."""
    content = base64.b64encode(data).decode()
    return json.dumps({"type": BASE64_BOX, "boxType": BASE64_BOX, "name": name, "base64": content, "metadata": {}})


def _parts(conversation_id: str, name: str, data: bytes) -> Iterator[Any]:
    """The order that gateways ask for: the conversation, the name, the content."""
    yield MessageSendFileStreamRequest(conversation_id=conversation_id)
    yield MessageSendFileStreamRequest(file_box_chunk=FileBoxChunk(name=name))
    for start in range(0, len(data), CHUNK_BYTES):
        yield MessageSendFileStreamRequest(file_box_chunk=FileBoxChunk(data=data[start : start + CHUNK_BYTES]))


def _keepalive(times: LinkTimes) -> Configuration:
    """Pings for as long as the connection lives. grpclib's own limits (two pings, then one in 5 minutes) are lifted."""
    return Configuration(
        _keepalive_time=times.ping_every_s,
        _keepalive_timeout=times.ping_answer_s,
        _keepalive_permit_without_calls=True,
        _http2_max_pings_without_data=0,
        _http2_min_sent_ping_interval_without_data=times.ping_every_s / 2,
    )
