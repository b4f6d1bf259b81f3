"""The table of faults: the chat link while its gateway dies, hangs, breaks off or talks nonsense.

Each test says things before, during and after, counts what arrived, and takes the time until the link is there again.
`pytest tests/adapters/wechaty -m fault` prints the table. Where a fault can't be made on both gateways, the test's id
names the one it was made on. Waits between attempts pass at once where a row says "of waiting": they are counted on a
clock of their own, with the product's own times.
"""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from nlops.adapters.wechaty.puppet import LinkTimes
from nlops.domain.errors import LinkError
from tests.adapters.wechaty.certificate import self_signed
from tests.adapters.wechaty.conftest import Fault
from tests.adapters.wechaty.gateways import (
    WEI,
    FastSleep,
    Gateway,
    Heard,
    NodeGateway,
    Proxy,
    PythonGateway,
    make_chat,
    running,
    until,
)

python_only = pytest.mark.parametrize("off_gateway", [pytest.param(PythonGateway, id="python-only")], indirect=True)
node_only = pytest.mark.parametrize("off_gateway", [pytest.param(NodeGateway, id="node-only")], indirect=True)
# The pings' times, 50 times faster than the product's.
FAST_PINGS = LinkTimes(ping_every_s=0.4, ping_answer_s=0.2, first_retry_s=0.05, longest_retry_s=0.2)


async def say(gateway: Gateway, heard: Heard, text: str) -> None:
    """Say something and wait until it arrived."""
    await gateway.receive(WEI, text)
    await until(lambda: text in heard.texts)


@pytest.mark.fault("gateway killed, back after {away_s} s")
@pytest.mark.parametrize("away_s", [1, 60, 300])
async def test_killed(gateway: Gateway, fault: Fault, away_s: int) -> None:
    """Down once, then up, with the waits that the product has: half a second, doubling up to 30 s."""
    sleep = FastSleep()
    chat = make_chat(gateway.port, times=LinkTimes(), sleep=sleep)

    async def come_back() -> None:
        await gateway.start()
        await gateway.login()

    async with running(chat) as heard:
        await heard.up()
        await say(gateway, heard, "before")
        sleep.at(away_s, come_back)
        await gateway.kill()
        await heard.up(2)
        await say(gateway, heard, "after")
        await chat.send_text(WEI, "still here")
        assert heard.links == [True, False, True]
        assert (WEI, "still here", "", b"") in await gateway.sent()
        fault.kept(["before", "after"], heard.texts)
        assert sleep.now_s - away_s <= 30
        fault.recovered(sleep.now_s - away_s, "of waiting")


@pytest.mark.fault("the same in real time, back after 1 s")
async def test_killed_in_real_time(gateway: Gateway, fault: Fault) -> None:
    async with running(make_chat(gateway.port, times=LinkTimes())) as heard:
        await heard.up()
        await say(gateway, heard, "before")
        await gateway.kill()
        await asyncio.sleep(1)
        await gateway.start()
        await gateway.login()
        began = time.monotonic()
        await heard.up(2)
        fault.recovered(time.monotonic() - began)
        await say(gateway, heard, "after")
        fault.kept(["before", "after"], heard.texts)


@pytest.mark.fault("said while nlops is away")
async def test_said_while_away(gateway: Gateway, fault: Fault) -> None:
    """The one loss there is: no gateway keeps what comes for a client that is away. What comes after it arrives."""
    async with Proxy(gateway.port) as proxy, running(make_chat(proxy.port)) as heard:
        await heard.up()
        await say(gateway, heard, "before")
        proxy.is_closed = True
        proxy.cut()
        await until(lambda: heard.links == [True, False])
        await gateway.receive(WEI, "meanwhile")
        proxy.is_closed = False
        began = time.monotonic()
        await heard.up(2)
        fault.recovered(time.monotonic() - began)
        await say(gateway, heard, "after")
        assert heard.texts == ["before", "after"]
        fault.lost = "that: no gateway keeps it"


@node_only
@pytest.mark.fault("gateway stopped by SIGSTOP")
async def test_stopped(off_gateway: NodeGateway, fault: Fault) -> None:
    """Nothing answers and nothing breaks: pings notice it; once it goes on, so does the link."""
    gateway = off_gateway
    await gateway.start()
    await gateway.login()
    async with running(make_chat(gateway.port, times=FAST_PINGS)) as heard:
        await heard.up()
        await say(gateway, heard, "before")
        gateway.process.signal(signal.SIGSTOP)
        await until(lambda: heard.links == [True, False])
        gateway.process.signal(signal.SIGCONT)
        began = time.monotonic()
        await heard.up(2)
        fault.recovered(time.monotonic() - began)
        await say(gateway, heard, "after")
        fault.kept(["before", "after"], heard.texts)


@pytest.mark.fault("connection hangs, nothing passes")
async def test_hung(gateway: Gateway, fault: Fault) -> None:
    """As a firewall that forgot the connection: pings notice it, also after more of them than grpclib sends."""
    async with Proxy(gateway.port) as proxy, running(make_chat(proxy.port, times=FAST_PINGS)) as heard:
        await heard.up()
        await say(gateway, heard, "before")
        await asyncio.sleep(2)  # several answered pings: the link stays up
        assert heard.links == [True]
        proxy.hangs = True
        hung = time.monotonic()
        await until(lambda: heard.links == [True, False])
        noticed_s = time.monotonic() - hung
        proxy.resume()
        began = time.monotonic()
        await heard.up(2)
        fault.recovered(time.monotonic() - began, f"(noticed in {noticed_s:.1f} s, pings 50 times faster)")
        await say(gateway, heard, "after")
        fault.kept(["before", "after"], heard.texts)


@pytest.mark.fault("gateway gone at the start")
async def test_gone_at_start(off_gateway: Gateway, fault: Fault) -> None:
    """One down, however many attempts; then up."""
    async with running(make_chat(off_gateway.port)) as heard:
        await until(lambda: heard.links == [False])
        await asyncio.sleep(0.5)
        await off_gateway.start()
        await off_gateway.login()
        began = time.monotonic()
        await heard.up()
        fault.recovered(time.monotonic() - began)
        assert heard.links == [False, True]
        assert "nothing listens there" in heard.why[0]
        await say(off_gateway, heard, "first")
        fault.kept(["first"], heard.texts)


@pytest.mark.fault("no login yet")
async def test_no_login(off_gateway: Gateway, fault: Fault) -> None:
    """The gateway is there and the account is not: down, with what to do, until it logs in."""
    await off_gateway.start()
    async with running(make_chat(off_gateway.port, times=LinkTimes(login_grace_s=0.1))) as heard:
        await until(lambda: heard.links == [False])
        await off_gateway.scan("https://login.example/l/abc")
        assert "not logged in: scan the code" in heard.why[0]
        began = time.monotonic()
        await off_gateway.login()
        await heard.up()
        fault.recovered(time.monotonic() - began)
        await say(off_gateway, heard, "first")
        fault.kept(["first"], heard.texts)


@pytest.mark.fault("error events of the puppet")
async def test_error_events(gateway: Gateway, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    """Logged, and no more: the 1.x line's `gerror` ends upstream's event loop."""
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        for number in range(20):
            await gateway.trouble(f"puppet error {number}")
        await gateway.tell("there-is-none")
        began = time.monotonic()
        await say(gateway, heard, "after")
        fault.recovered(time.monotonic() - began)
        fault.kept(["after"], heard.texts)
        assert heard.links == [True]
    logged = [record.getMessage() for record in caplog.records if record.name == "nlops.link"]
    assert sum("puppet error" in text for text in logged) == 20
    assert any("there-is-none could not be read" in text for text in logged)


@python_only
@pytest.mark.fault("malformed events of every type")
async def test_malformed_events(gateway: PythonGateway, fault: Fault, caplog: pytest.LogCaptureFixture) -> None:
    """No JSON, JSON of another shape, ids that are none: each is logged, the next message arrives."""
    nonsense = ("", "null", "[]", "{", "{}", '{"messageId": 7}', '{"contactId": null}', "\ud7ff", "[" * 9999)
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        for event_type in (*range(30), 99):
            for payload in nonsense:
                gateway.local.emit(event_type, payload)
        began = time.monotonic()
        await say(gateway, heard, "after")
        fault.recovered(time.monotonic() - began)
        fault.kept(["after"], heard.texts)
        assert heard.links == [True]
    assert "malformed event of type" in caplog.text


@pytest.mark.fault("unknown message types")
async def test_unknown_message_types(gateway: Gateway, fault: Fault) -> None:
    """Types past every table of the library's come as `other`, without their text, and the next message arrives."""
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        for kind in (0, 16, 99):
            await gateway.receive_other(WEI, "restart bob", kind)
        await gateway.receive_file(WEI, "photo.png", b"123")
        began = time.monotonic()
        await gateway.receive(WEI, "status")
        await until(lambda: len(heard.messages) == 5)
        fault.recovered(time.monotonic() - began)
    told = [f"{message.kind} {message.text}".strip() for message in heard.messages]
    fault.kept(["other", "other", "other", "other", "text status"], told)


@pytest.mark.fault("event stream ends politely")
async def test_polite_end(gateway: Gateway, fault: Fault) -> None:
    """No error, no broken connection: the stream is opened again. (Node's does so only where a client calls Stop.)"""
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        await say(gateway, heard, "before")
        await gateway.hang_up()
        await until(lambda: False in heard.links)
        began = time.monotonic()
        await heard.up(2)
        fault.recovered(time.monotonic() - began)
        await say(gateway, heard, "after")
        fault.kept(["before", "after"], heard.texts)


@pytest.mark.fault("wrong token")
async def test_wrong_token(gateway: Gateway, fault: Fault) -> None:
    """Waiting can't mend it, so `run` raises; gateways repeat the token they refuse, and it must not show."""
    heard = Heard()
    with pytest.raises(LinkError, match=r"refuses the token: set \[chat\] token in nlops.toml") as caught:
        await asyncio.wait_for(make_chat(gateway.port, token="some-other-token").run(heard.deliver), 5)
    assert heard.links == [False]
    assert "some-other-token" not in f"{caught.value!r} {caught.value.__cause__!r} {heard.why}"
    fault.kept([], heard.texts)
    fault.ends("never: run ends, told in words")


@pytest.mark.fault("TLS, foreign certificate")
async def test_foreign_certificate(off_gateway: Gateway, fault: Fault, tmp_path: Path) -> None:
    """Down, with what to do; the token is not told to it."""
    await off_gateway.start(tls=self_signed(tmp_path))
    async with running(make_chat(off_gateway.port, tls=True)) as heard:
        await until(lambda: heard.links == [False])
        assert "its certificate is not valid (self-signed certificate): nlops told it nothing" in heard.why[0]
        assert "SSL_CERT_FILE" in heard.why[0]
        fault.kept([], heard.texts)
        fault.ends("a certificate that holds")


@pytest.mark.fault("TLS wanted, plain text spoken")
async def test_tls_wanted(off_gateway: Gateway, fault: Fault, tmp_path: Path) -> None:
    await off_gateway.start(tls=self_signed(tmp_path))
    async with running(make_chat(off_gateway.port)) as heard:
        await until(lambda: heard.links == [False])
        assert "if the gateway speaks TLS, set tls = true in [chat]" in heard.why[0]
        fault.kept([], heard.texts)
        fault.ends("tls = true")


@pytest.mark.fault("plain text wanted, TLS spoken")
async def test_plain_text_wanted(gateway: Gateway, fault: Fault) -> None:
    async with running(make_chat(gateway.port, tls=True)) as heard:
        await until(lambda: heard.links == [False])
        assert "TLS failed (WRONG_VERSION_NUMBER): if it speaks plain text" in heard.why[0]
        fault.kept([], heard.texts)
        fault.ends("tls = false, or TLS there")


@pytest.mark.fault("second client")
async def test_second_client(gateway: Gateway, fault: Fault) -> None:
    """A gateway has one event stream: who comes second is told so, and gets it once the first leaves."""
    second = Heard()
    async with running(make_chat(gateway.port)) as first:
        await first.up()
        waiting = asyncio.create_task(make_chat(gateway.port).run(second.deliver))
        await until(lambda: second.links == [False])
        assert "another client holds the gateway's event stream" in second.why[0]
        await say(gateway, first, "for the first")
    began = time.monotonic()
    await second.up()
    fault.recovered(time.monotonic() - began, "after the first left")
    await say(gateway, second, "for the second")
    fault.kept(["for the first", "for the second"], first.texts + second.texts)
    waiting.cancel()
    await asyncio.wait([waiting])


@pytest.mark.fault("gateway too old for {call}")
@pytest.mark.parametrize("call", ["Event", "MessageSendFileStream"])
async def test_too_old_python_only(fault: Fault, call: str) -> None:
    """A call that it lacks: told so, with what to do. One that only a large file needs leaves all else as it is."""
    gateway = PythonGateway(lacks=frozenset({call}))
    await gateway.start()
    await gateway.login()
    words = "the gateway does not know this call, it is too old: update it"
    chat = make_chat(gateway.port)
    async with running(chat) as heard:
        if call == "Event":
            await until(lambda: heard.links == [False])
            assert words in heard.why[0]
            fault.kept([], heard.texts)
        else:
            await heard.up()
            with pytest.raises(LinkError, match=words) as caught:
                await chat.send_file(WEI, "bob.log", os.urandom(4_000_000))
            assert "may have arrived" not in str(caught.value)
            await say(gateway, heard, "after")
            fault.kept(["after"], heard.texts)
    fault.ends("a newer gateway" if call == "Event" else "at once, without large files")
    await gateway.kill()


@pytest.mark.fault("1,000 messages in a burst")
async def test_burst(gateway: Gateway, fault: Fault) -> None:
    """Each delivered once, in the order they were said, though each is handled slowly."""
    said = [str(number) for number in range(1000)]
    async with running(make_chat(gateway.port), Slow()) as heard:
        await heard.up()
        began = time.monotonic()
        await gateway.receive(WEI, *said)
        await until(lambda: len(heard.texts) >= len(said), 60)
        fault.kept(said, heard.texts)
        fault.recovered(time.monotonic() - began, "for all")


class Slow(Heard):
    async def deliver(self, event: object) -> None:
        await asyncio.sleep(0.001)
        await super().deliver(event)  # type: ignore[arg-type]  # as it came


@pytest.mark.fault("a file of 9 MB, both ways")
async def test_large_file(gateway: Gateway, fault: Fault) -> None:
    """Byte for byte: out as a stream, in as a stream; and a smaller bound than it has is kept to."""
    data = os.urandom(9_000_000)
    chat = make_chat(gateway.port)
    async with running(chat) as heard:
        await heard.up()
        began = time.monotonic()
        await chat.send_file(WEI, "bob.log", data)
        assert await gateway.sent() == [(WEI, "", "bob.log", data)]
        await gateway.receive_file(WEI, "big.log", data)
        await until(lambda: any(not message.is_own for message in heard.messages))
        (message,) = [message for message in heard.messages if not message.is_own]
        received = await chat.receive_file(message.id, 10_000_000)
        fault.recovered(time.monotonic() - began, "for both")
        assert (received.name, received.data) == ("big.log", data)
        with pytest.raises(LinkError, match="larger than 1000000 bytes"):
            await chat.receive_file(message.id, 1_000_000)
        await say(gateway, heard, "after")
        fault.kept(["after"], [text for text in heard.texts if text])


@pytest.mark.fault("connection breaks while 50 messages are fetched")
async def test_fetch_breaks(gateway: Gateway, fault: Fault) -> None:
    """They were told of, and are fetched over the next connection: before what is said then, once each, in order."""
    said = [str(number) for number in range(50)]
    async with Proxy(gateway.port) as proxy, running(make_chat(proxy.port)) as heard:
        await heard.up()
        await say(gateway, heard, "before")
        await gateway.hold(True)
        await gateway.receive(WEI, *said)
        await asyncio.sleep(0.5)  # the events arrive, the answers don't
        proxy.cut()
        await until(lambda: heard.links == [True, False])
        assert heard.texts == ["before"]
        await gateway.hold(False)
        began = time.monotonic()
        await heard.up(2)
        await say(gateway, heard, "after")
        fault.recovered(time.monotonic() - began)
        fault.kept(["before", *said, "after"], heard.texts)


@python_only
@pytest.mark.fault("gateway restarts while 50 messages are fetched")
async def test_gateway_restarts_in_a_fetch(gateway: PythonGateway, fault: Fault) -> None:
    """As with an account whose history outlives the gateway (Node's mock puppet forgets it)."""
    said = [str(number) for number in range(50)]
    async with running(make_chat(gateway.port)) as heard:
        await heard.up()
        await gateway.hold(True)
        await gateway.receive(WEI, *said)
        await until(lambda: gateway.local.calls["MessagePayload"] >= 32)
        await gateway.kill()
        await until(lambda: heard.links == [True, False])
        await gateway.hold(False)
        await gateway.start()
        began = time.monotonic()
        await heard.up(2)
        await say(gateway, heard, "after")
        fault.recovered(time.monotonic() - began)
        fault.kept([*said, "after"], heard.texts)
