"""Twilio Verify against a server that behaves as it is documented, and against one that does not."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from nlops.adapters.factors.remote import MAX_BYTES, Away
from nlops.adapters.factors.verify import Verify
from nlops.domain.config import AuthyConfig, Secret
from tests.providers import ACCOUNT, SERVICE, TOKEN, VERIFY_TTL_S, Server, Twilio

PHONE = "+8613800138000"


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with Server(Twilio()).serving() as server:
        yield server


def verify(server: Server, timeout_s: float = 5.0, token: str = TOKEN, service: str = SERVICE) -> Verify:
    return Verify(AuthyConfig(ACCOUNT, Secret(token), service, base_url=server.url, timeout_s=timeout_s))


def twilio(server: Server) -> Twilio:
    assert isinstance(server.handler, Twilio)
    return server.handler


async def test_started_and_checked(server: Server) -> None:
    """The right code is approved once; after that the verification is gone."""
    here = verify(server)
    sid = await here.start(PHONE, "zh")
    asked = server.asked[0]
    assert asked.target == f"/v2/Services/{SERVICE}/Verifications"
    assert asked.form == {"To": PHONE, "Channel": "sms", "Locale": "zh"}
    code = twilio(server).open[PHONE].code
    assert await here.check(sid, "000000") is False
    assert await here.check(sid, code) is True
    assert server.asked[-1].form == {"VerificationSid": sid, "Code": code}
    assert await here.check(sid, code) is None


async def test_expired_and_used_up(server: Server) -> None:
    """After ten minutes, or five checks, it is over: told as such, and no failure of the person's."""
    here = verify(server)
    sid = await here.start(PHONE, "en")
    assert [await here.check(sid, "000000") for _ in range(6)] == [False] * 5 + [None]
    assert await here.check(sid, "000000") is None
    sid = await here.start(PHONE, "en")
    twilio(server).now = VERIFY_TTL_S
    assert await here.check(sid, twilio(server).open[PHONE].code) is None


async def test_limits_and_refusals_are_told_without_the_number(server: Server) -> None:
    """429 with its reason, 401, 404, and what Twilio would say of a number."""
    here = verify(server)
    for _ in range(5):
        await here.start(PHONE, "en")
    with pytest.raises(Away, match="too many codes were sent to this number"):
        await here.start(PHONE, "en")
    with pytest.raises(Away, match="HTTP 400, error 60200") as caught:
        await here.start("13800138000", "en")
    assert "138" not in str(caught.value)
    with pytest.raises(Away, match="HTTP 401"):
        await verify(server, token="other").start(PHONE, "en")
    with pytest.raises(Away, match="no such Verify service"):
        await verify(server, service="VA" + "c" * 32).start(PHONE, "en")
    twilio(server).limit = True
    with pytest.raises(Away, match="too many requests"):
        await here.start(PHONE, "en")
    with pytest.raises(Away, match="429"):
        await here.check("VE", "123456")


async def test_a_limit_at_a_check_is_no_answer(server: Server) -> None:
    """60202 is the end of a verification; any other 429 judged nothing."""
    sid = await verify(server).start(PHONE, "en")
    twilio(server).limit = True
    with pytest.raises(Away):
        await verify(server).check(sid, "123456")


async def test_slow_dripping_and_away(server: Server) -> None:
    """A deadline over the whole, however the bytes come; and a closed port."""

    async def slow() -> None:
        await asyncio.sleep(5)

    server.before = slow
    with pytest.raises(Away, match=r"no answer within 0\.2 s"):
        await verify(server, 0.2).start(PHONE, "en")
    gone = Server(Twilio(), port=1)
    with pytest.raises(Away, match="can't be reached"):
        await verify(gone).start(PHONE, "en")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"approved",
        b'{"status": "approved"}',
        b'{"status": "approved", "valid": false}',
        b'{"status": "approved", "valid": "true"}',
        b'{"status": "canceled", "valid": true}',
        b'{"status": ["approved"], "valid": true}',
    ],
)
async def test_only_a_plain_approval_is_one(server: Server, body: bytes) -> None:
    """Anything else that comes with 200 lets nobody in, and starts nothing."""
    server.raw = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + body
    assert await verify(server).check("VE", "123456") is None
    with pytest.raises(Away):
        await verify(server).start(PHONE, "en")


async def test_floods_redirects_and_nonsense(server: Server) -> None:
    """More than a bound is not read; nobody is followed elsewhere, with the token; no HTTP is no answer."""
    server.raw = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * (MAX_BYTES + 1)
    with pytest.raises(Away, match="bytes"):
        await verify(server).check("VE", "123456")
    server.raw = f"HTTP/1.1 307 x\r\nLocation: {server.url}/other\r\nContent-Length: 0\r\n\r\n".encode()
    count = len(server.asked)
    with pytest.raises(Away, match="HTTP 307"):
        await verify(server).check("VE", "123456")
    assert len(server.asked) == count + 1
    server.raw = b"\x00\x01\x02"
    with pytest.raises(Away, match="can't be reached"):
        await verify(server).check("VE", "123456")


async def test_look_sends_nothing(server: Server) -> None:
    """The service's name, and Twilio's clock."""
    name, clock = await verify(server).look()
    assert name == "ops codes" and clock is not None and not twilio(server).open
