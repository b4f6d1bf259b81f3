"""The chat link under what goes wrong beside the table of faults: handlers that are slow or raise, sends that get no
answer, configurations that mustn't be used."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from nlops.adapters.wechaty.chat import WechatyChat
from nlops.adapters.wechaty.puppet import LinkTimes
from nlops.domain.chat import ChatMessage
from nlops.domain.config import ChatConfig, Secret
from nlops.domain.errors import LinkError
from nlops.ports import ChatEvent
from tests.adapters.wechaty.certificate import self_signed
from tests.adapters.wechaty.gateways import (
    BOT,
    MALLORY,
    TOKEN,
    WEI,
    Gateway,
    Heard,
    Proxy,
    free_port,
    make_chat,
    running,
    until,
)


async def test_repeated_event_is_delivered_once(gateway: Gateway) -> None:
    """Gateways tell of one message twice or thrice, and again after a reconnect."""
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        await gateway.receive(WEI, "restart bob")
        await until(lambda: heard.texts == ["restart bob"])
        message_id = heard.messages[0].id
        await gateway.tell(message_id)
        await gateway.kill()
        await gateway.start()
        await gateway.login()
        await heard.up(2)
        await gateway.tell(message_id)
        await gateway.receive(WEI, "last")
        await until(lambda: "last" in heard.texts)
        assert heard.texts == ["restart bob", "last"]


async def test_slow_chat_does_not_hold_up_the_others(gateway: Gateway) -> None:
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


async def test_unanswered_call_has_a_deadline(gateway: Gateway) -> None:
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


@pytest.mark.parametrize("call", ["send_file", "send_large_file", "receive_file", "known_contacts", "name_of"])
async def test_every_call_has_a_deadline(gateway: Gateway, call: str) -> None:
    """A gateway that hangs keeps nobody waiting for ever: each call ends as a LinkError, in words."""
    async with Proxy(gateway.port) as proxy:
        chat = make_chat(proxy.port, times=LinkTimes(rpc_s=0.3, file_s=0.3))
        async with running(chat) as heard:
            await heard.up()
            proxy.hangs = True
            calls: dict[str, Callable[[], Awaitable[object]]] = {
                "send_file": lambda: chat.send_file(WEI, "a.log", b"a"),
                "send_large_file": lambda: chat.send_file(WEI, "a.log", b"a" * 5_000_000),
                "receive_file": lambda: chat.receive_file("m", 1_000_000),
                "known_contacts": chat.known_contacts,
                "name_of": lambda: chat.name_of(WEI),
            }
            with pytest.raises(LinkError, match="no answer in time"):
                await asyncio.wait_for(calls[call](), 3)


async def test_cancelled_send_ends(gateway: Gateway) -> None:
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


async def test_trusted_certificate_lets_messages_through(
    off_gateway: Gateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With tls = true and an authority that SSL_CERT_FILE names."""
    pem = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    await off_gateway.start(tls=pem)
    await off_gateway.login()
    async with running(make_chat(off_gateway.port, tls=True)) as heard:
        await heard.up()
        await off_gateway.receive(WEI, "over TLS")
        await until(lambda: heard.texts == ["over TLS"])


async def test_nothing_logs_the_token(gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
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
