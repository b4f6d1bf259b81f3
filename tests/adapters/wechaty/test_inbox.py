"""Fetching messages: once each, several at a time, handed on in order."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from grpclib.exceptions import StreamTerminatedError

from nlops.adapters.wechaty.inbox import FETCHED_AT_ONCE, Inbox
from nlops.domain.chat import ChatMessage
from tests.adapters.wechaty.gateways import until


async def handed_on(fetch: Callable[[str], Awaitable[ChatMessage]], ids: list[str]) -> list[str]:
    """What an inbox hands on of `ids`."""
    taken: list[str] = []
    all_taken = asyncio.Event()

    async def take(message: ChatMessage) -> None:
        taken.append(message.id)
        if message.id == "last":
            all_taken.set()

    inbox = Inbox(fetch, take)
    running = asyncio.create_task(inbox.run())
    async with asyncio.timeout(5):
        for message_id in ids:
            await inbox.put(message_id)
        await inbox.put("last")
        await all_taken.wait()
    running.cancel()
    await asyncio.wait([running])
    await inbox.close()
    return taken[:-1]


def made(message_id: str) -> ChatMessage:
    return ChatMessage(message_id, "wei", None, message_id, 0.0)


async def test_order_is_kept_though_answers_overtake() -> None:
    """Later messages are answered sooner, many at a time but never more than the limit."""
    ids = [str(number) for number in range(100)]
    open_now, most = 0, 0

    async def fetch(message_id: str) -> ChatMessage:
        nonlocal open_now, most
        open_now += 1
        most = max(most, open_now)
        await asyncio.sleep(0 if message_id == "last" else (100 - int(message_id)) / 20_000)
        open_now -= 1
        return made(message_id)

    assert await handed_on(fetch, ids) == ids
    assert 1 < most <= FETCHED_AT_ONCE + 2  # those in the queue, one being waited for, one being put


async def test_each_once_and_failures_left_out() -> None:
    asked = []

    async def fetch(message_id: str) -> ChatMessage:
        asked.append(message_id)
        if message_id == "broken":
            raise ValueError("no such message")
        return made(message_id)

    assert await handed_on(fetch, ["a", "a", "broken", "b", "a", "b"]) == ["a", "b"]
    assert asked == ["a", "broken", "b", "last"]


class Gateway:
    """What an inbox asks; it may be away, and may hang up on one id however often."""

    def __init__(self, *, kept_s: float = 60.0, most_held: int = 1000) -> None:
        self.is_there = True
        self.resets: set[str] = set()
        self.asked: list[str] = []
        self.taken: list[str] = []
        self.inbox = Inbox(self.fetch, self.take, kept_s, most_held)

    async def fetch(self, message_id: str) -> ChatMessage:
        self.asked.append(message_id)
        await asyncio.sleep(0)
        if message_id in self.resets or not self.is_there:
            raise StreamTerminatedError("Connection lost")
        return made(message_id)

    async def take(self, message: ChatMessage) -> None:
        self.taken.append(message.id)

    def go(self) -> None:
        self.is_there = False
        self.inbox.shut()

    def come(self) -> None:
        self.is_there = True
        self.inbox.opened()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        self.inbox.opened()
        running = asyncio.create_task(self.inbox.run())
        async with asyncio.timeout(10):
            yield
        running.cancel()
        await asyncio.wait([running])
        await self.inbox.close()

    async def took(self, count: int) -> list[str]:
        await until(lambda: len(self.taken) >= count)
        return self.taken


async def test_what_breaks_off_is_fetched_over_the_next_connection() -> None:
    """In order, before what is told of after it, however often the connection ends."""
    gateway = Gateway()
    async with gateway.running():
        gateway.is_there = False
        for number in range(100):
            await gateway.inbox.put(str(number))
        await asyncio.sleep(0.01)
        for _ in range(3):
            gateway.go()
            await asyncio.sleep(0.01)
            gateway.inbox.opened()  # it is there for a moment, and answers nothing
            await asyncio.sleep(0.01)
        gateway.go()
        gateway.come()
        await gateway.inbox.put("later")
        assert await gateway.took(101) == [*map(str, range(100)), "later"]


async def test_what_is_kept_is_given_up_in_time(caplog: pytest.LogCaptureFixture) -> None:
    """After `kept_s` without a connection; what comes later arrives, and the id is asked for again if told again."""
    gateway = Gateway(kept_s=0.1)
    async with gateway.running():
        gateway.go()
        await gateway.inbox.put("old")
        await asyncio.sleep(0.2)
        gateway.come()
        await gateway.inbox.put("new")
        await gateway.inbox.put("old")
        assert await gateway.took(2) == ["new", "old"]
    assert "message old could not be read" in caplog.text


async def test_id_that_hangs_up_on_a_living_connection_is_left_out() -> None:
    """Asked for twice, and what follows waits no longer."""
    gateway = Gateway()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nlops.adapters.wechaty.inbox.LOOK_S", 0.01)
        async with gateway.running():
            gateway.resets = {"odd"}
            for message_id in ("a", "odd", "b"):
                await gateway.inbox.put(message_id)
            assert await gateway.took(2) == ["a", "b"]
    assert gateway.asked.count("odd") == 2


async def test_full_inbox_lets_whoever_reads_see_the_end(caplog: pytest.LogCaptureFixture) -> None:
    """Its reader waits for room, but not for ever where the connection broke: only the reader can see that."""
    gateway = Gateway(most_held=40)
    async with gateway.running():
        gateway.is_there = False
        for number in range(60):
            await gateway.inbox.put(str(number))
        gateway.go()
        gateway.come()
        taken = await gateway.took(41)
        assert taken == [str(number) for number in range(len(taken))]
    assert "too many wait" in caplog.text
