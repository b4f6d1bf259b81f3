"""The chat link under what goes wrong: gateways away, hung or talking nonsense, handlers that are slow or raise."""

import asyncio
import datetime
import ipaddress
import logging
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from wechaty_grpc.wechaty.puppet import EventType

from nlops.adapters.wechaty.chat import WechatyChat
from nlops.adapters.wechaty.puppet import LinkTimes
from nlops.domain.chat import ChatMessage
from nlops.domain.config import ChatConfig, Secret
from nlops.domain.errors import LinkError
from nlops.ports import ChatEvent
from tests.adapters.wechaty.gateways import (
    BOT,
    MALLORY,
    QUICK,
    TOKEN,
    WEI,
    Heard,
    Proxy,
    PythonGateway,
    free_port,
    make_chat,
    running,
    until,
)


@pytest.fixture
async def gateway() -> AsyncIterator[PythonGateway]:
    made = PythonGateway()
    await made.start()
    await made.login()
    yield made
    await made.kill()


async def test_gateway_that_comes_later() -> None:
    """Away at start: one down, however many attempts; then up."""
    gateway = PythonGateway()
    async with running(make_chat(gateway.port)) as heard:
        await until(lambda: heard.links == [False])
        await asyncio.sleep(0.5)
        await gateway.start()
        await gateway.login()
        await heard.up()
        assert heard.links == [False, True]
        assert "nothing listens there" in heard.why[0]
    await gateway.kill()


async def test_account_that_is_not_logged_in() -> None:
    """The gateway is there and the account is not: that is down, with that reason, until it logs in."""
    gateway = PythonGateway()
    await gateway.start()
    gateway.local.scan("https://login.example/l/abc")
    async with running(make_chat(gateway.port, times=LinkTimes(login_grace_s=0.1))) as heard:
        await until(lambda: heard.links == [False])
        assert "not logged in" in heard.why[0]
        await gateway.login()
        await heard.up()
    await gateway.kill()


async def test_second_client_waits_for_the_first(gateway: PythonGateway) -> None:
    """A gateway has one event stream: who comes second is told so, and gets it once the first leaves."""
    async with running(make_chat(gateway.port)) as first:
        await first.up()
        second = Heard()
        waiting = asyncio.create_task(make_chat(gateway.port).run(second.deliver))
        await until(lambda: second.links == [False])
        assert "another client" in second.why[0]
    await second.up()
    waiting.cancel()
    await asyncio.wait([waiting])


async def test_nonsense_never_ends_the_link(gateway: PythonGateway, caplog: pytest.LogCaptureFixture) -> None:
    """Malformed events, an error event of the 1.x line, an id without a message: each is logged, the next arrives."""
    emit = gateway.local.emit
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        emit(EventType.EVENT_TYPE_ERROR, {"gerror": "wechat4u: 1101"})
        for event_type in (*range(0, 30), 99):
            for payload in (
                "",
                "null",
                "[]",
                "{",
                "{}",
                '{"messageId": 7}',
                '{"contactId": null}',
                "\ud7ff",
                "[" * 9999,
            ):
                emit(event_type, payload)
        emit(EventType.EVENT_TYPE_MESSAGE, {"messageId": "there-is-none"})
        await gateway.receive(WEI, "still there?")
        await until(lambda: heard.texts == ["still there?"])
        assert heard.links == [True]
    logged = [record.getMessage() for record in caplog.records if record.name == "nlops.link"]
    assert any("wechat4u: 1101" in text for text in logged)
    assert any("malformed event of type" in text for text in logged)
    assert any("there-is-none could not be read" in text for text in logged)


async def test_unknown_message_type_is_other(gateway: PythonGateway) -> None:
    """Type 99 is past every table of the library's: it comes as `other`, without its text, and the next one arrives."""
    local = gateway.local
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("nlops.sandbox.gateway.TEXT", 99)
            local.receive(WEI, "restart bob")
        local.receive_file(WEI, "photo.png", b"123")
        local.receive(WEI, "status")
        await until(lambda: len(heard.messages) == 3)
    assert [(message.kind, message.text) for message in heard.messages] == [
        ("other", ""),
        ("other", ""),
        ("text", "status"),
    ]


async def test_repeated_event_is_delivered_once(gateway: PythonGateway) -> None:
    """Gateways tell of one message twice or thrice, and again after a reconnect."""
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        message_id = gateway.local.receive(WEI, "restart bob")
        again = (EventType.EVENT_TYPE_MESSAGE, {"messageId": message_id})
        gateway.local.emit(*again)
        await until(lambda: heard.texts == ["restart bob"])
        await gateway.kill()
        await gateway.start()
        await heard.up(2)
        gateway.local.emit(*again)
        await gateway.receive(WEI, "last")
        await until(lambda: "last" in heard.texts)
        assert heard.texts == ["restart bob", "last"]


async def test_slow_chat_does_not_hold_up_the_others(gateway: PythonGateway) -> None:
    """Mallory's first message is handled for ever; Wei's are handled meanwhile, also after one whose handler raised."""

    class Stuck(Heard):
        async def deliver(self, event: ChatEvent) -> None:
            await super().deliver(event)
            if isinstance(event, ChatMessage) and event.contact_id == MALLORY:
                await asyncio.Event().wait()
            if isinstance(event, ChatMessage) and event.text == "raise":
                raise RuntimeError("a handler fell over")

    async with running(make_chat(gateway.port), Stuck()) as heard:
        await heard.up()
        await gateway.receive(MALLORY, "one", "two")
        await gateway.receive(WEI, "raise", "status", "help")
        await until(lambda: len(heard.messages) == 4)
        assert sorted(heard.texts) == sorted(["one", "raise", "status", "help"])


async def test_hung_gateway_is_noticed(gateway: PythonGateway) -> None:
    """The connection stays open and nothing answers: pings notice it, also after more of them than grpclib sends."""
    times = LinkTimes(ping_every_s=0.1, ping_answer_s=0.2, first_retry_s=0.05, rpc_s=1)
    async with Proxy(gateway.port) as proxy, running(make_chat(proxy.port, times=times)) as heard:
        await heard.up()
        await asyncio.sleep(0.6)  # several answered pings: the link stays up
        assert heard.links == [True]
        proxy.hangs = True
        await until(lambda: heard.links == [True, False], 3)


async def test_unanswered_call_has_a_deadline(gateway: PythonGateway) -> None:
    """LinkError in time, in doubt, and the task that asked does not count as cancelled ever after: asyncio.timeout and
    task groups in it would go wrong."""
    async with Proxy(gateway.port) as proxy:
        chat = make_chat(proxy.port, times=LinkTimes(rpc_s=0.3))
        async with running(chat) as heard:
            await heard.up()
            proxy.hangs = True
            asking = asyncio.create_task(chat.send_text(WEI, "once"))
            with pytest.raises(LinkError, match="no answer in time; it may have arrived"):
                await asyncio.wait_for(asyncio.shield(asking), 3)
            assert asking.cancelling() == 0


async def test_cancelled_send_ends(gateway: PythonGateway) -> None:
    """A send that is cancelled just as the connection closes is cancelled; grpclib alone would make an error of it."""
    chat = make_chat(gateway.port)
    async with running(chat) as heard:
        await heard.up()
        assert chat._puppet is not None
        sending = asyncio.create_task(chat.send_text(WEI, "hello"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        chat._puppet.disconnect()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending


async def test_send_before_run_is_refused() -> None:
    with pytest.raises(LinkError, match="no connection"):
        await make_chat(free_port()).send_text(WEI, "hello")


@pytest.mark.parametrize(
    ("config", "why"),
    [
        (ChatConfig("203.0.113.7:8788", Secret(TOKEN)), "plain text"),
        (ChatConfig("8788", Secret(TOKEN)), "host:port"),
        (ChatConfig("127.0.0.1:8788", Secret("two words")), "printable ASCII"),
    ],
)
def test_unsafe_configuration_is_refused(config: ChatConfig, why: str) -> None:
    with pytest.raises(LinkError, match=why):
        WechatyChat(config)


def self_signed(folder: Path) -> Path:
    """A certificate for 127.0.0.1 with its key in one PEM file."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "gateway of a test")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
    file = folder / "gateway.pem"
    file.write_bytes(pem)
    return file


@pytest.mark.parametrize("is_trusted", [True, False])
async def test_tls_wants_a_certificate_that_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_trusted: bool
) -> None:
    """With tls = true the certificate is verified: a trusted one lets messages through, another keeps the link down."""
    pem = self_signed(tmp_path)
    if is_trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem)
    context.set_alpn_protocols(["h2"])
    gateway = PythonGateway()
    port = await gateway.local.start(tls=context)
    await gateway.login()
    chat = WechatyChat(ChatConfig(f"127.0.0.1:{port}", Secret(TOKEN), tls=True), QUICK)
    async with running(chat) as heard:
        await until(lambda: len(heard.links) == 1)
        assert heard.links == [is_trusted]
        if is_trusted:
            await gateway.receive(WEI, "over TLS")
            await until(lambda: heard.texts == ["over TLS"])
        else:
            assert "certificate is not valid" in heard.why[0]
    await gateway.kill()


async def test_nothing_logs_the_token(gateway: PythonGateway, caplog: pytest.LogCaptureFixture) -> None:
    """python-wechaty's own warnings tell the token, also where the environment names one."""
    caplog.set_level(logging.DEBUG)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WECHATY_PUPPET_SERVICE_TOKEN", TOKEN)
        patch.setenv("WECHATY_PUPPET_SERVICE_ENDPOINT", "127.0.0.1:1")
        async with running(make_chat(gateway.port)) as heard:
            await heard.up()
            await gateway.receive(BOT, "hello")
            await until(lambda: len(heard.messages) == 1)
    assert TOKEN not in caplog.text
