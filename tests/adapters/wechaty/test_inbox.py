"""Fetching messages: once each, several at a time, handed on in order."""

import asyncio
from collections.abc import Awaitable, Callable

from nlops.adapters.wechaty.inbox import FETCHED_AT_ONCE, Inbox
from nlops.domain.chat import ChatMessage


async def handed_on(fetch: Callable[[str], Awaitable[ChatMessage]], ids: list[str]) -> list[str]:
    """What an inbox hands on of `ids`."""
    taken: list[str] = []
    all_taken = asyncio.Event()

    def take(message: ChatMessage) -> None:
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
