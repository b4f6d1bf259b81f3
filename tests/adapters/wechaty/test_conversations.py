"""Queues per conversation: order within one, none between them, and the rule for overflow."""

import asyncio
import time
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from nlops.adapters.wechaty.conversations import Conversations
from nlops.domain.chat import ChatMessage
from tests.adapters.wechaty.gateways import until


def message(text: str, contact_id: str = "wei", room_id: str | None = None) -> ChatMessage:
    return ChatMessage(f"id-{contact_id}-{text}", contact_id, room_id, text, 0.0)


@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 3)), max_size=60))
def test_each_conversation_keeps_its_order(plan: list[tuple[str, int]]) -> None:
    """Whatever comes in whatever mixture, and however long each takes: nothing is lost, and each order is kept."""

    async def play() -> None:
        handled = defaultdict(list)

        async def deliver(message: ChatMessage) -> None:
            for _ in range(int(message.text) % 4):
                await asyncio.sleep(0)
            handled[message.contact_id].append(message.text)

        conversations = Conversations(deliver)
        said = defaultdict(list)
        for number, (contact_id, pause) in enumerate(plan):
            await conversations.put(message(str(number), contact_id))
            said[contact_id].append(str(number))
            for _ in range(pause):
                await asyncio.sleep(0)
        for _ in range(len(plan) * 8 + 8):
            await asyncio.sleep(0)
        assert handled == said
        await conversations.close()

    asyncio.run(play())


class Gate:
    """A `deliver` that waits until it is let through, for good or for one message."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        self._open = asyncio.Semaphore(0)

    def let(self, messages: int) -> None:
        for _ in range(messages):
            self._open.release()

    async def deliver(self, message: ChatMessage) -> None:
        await self._open.acquire()
        self.handled.append(message.text)

    async def has(self, count: int) -> list[str]:
        await until(lambda: len(self.handled) >= count)
        return self.handled


async def test_full_conversation_holds_the_source_up() -> None:
    """Two may wait, the one in hand counted: the third waits with whoever brings it, and nothing is lost."""
    gate = Gate()
    conversations = Conversations(gate.deliver, most_waiting=2)
    for text in ("1", "2"):
        await conversations.put(message(text))
    third = asyncio.create_task(conversations.put(message("3")))
    await asyncio.sleep(0.01)
    assert not third.done()
    gate.let(1)
    await asyncio.wait_for(third, 5)
    gate.let(2)
    assert await gate.has(3) == ["1", "2", "3"]
    assert conversations.dropped == 0
    await conversations.close()


async def test_burst_of_a_thousand_is_never_held_up() -> None:
    """Not even while the first of them is handled."""
    gate = Gate()
    conversations = Conversations(gate.deliver)
    said = [str(number) for number in range(1000)]
    async with asyncio.timeout(5):
        for text in said:
            await conversations.put(message(text))
        gate.let(1000)
        assert await gate.has(1000) == said
    await conversations.close()


async def test_stuck_stranger_holds_an_admin_up_once() -> None:
    """The stranger's chat is full and does not move: the source waits for its patience, all messages together; then
    the stranger's newest are dropped at once, and the admin's goes through."""
    stuck = asyncio.Event()
    handled = []

    async def deliver(message: ChatMessage) -> None:
        if message.contact_id == "stranger":
            await stuck.wait()
        handled.append(message.text)

    conversations = Conversations(deliver, most_waiting=2, patience_s=0.2)
    began = time.monotonic()
    for number in range(100):
        await conversations.put(message(f"flood {number}", "stranger"))
    assert 0.2 <= time.monotonic() - began < 2
    await conversations.put(message("status"))
    await asyncio.sleep(0.01)
    assert handled == ["status"]
    assert conversations.dropped == 98
    stuck.set()
    await until(lambda: len(handled) == 3)
    assert handled[1:] == ["flood 0", "flood 1"]
    held = asyncio.create_task(conversations.put(message("later", "stranger")))  # it came to rest: patience is whole
    await asyncio.wait_for(held, 5)
    await conversations.close()


async def test_total_is_bounded_and_who_floods_makes_room() -> None:
    """Past the total the fullest conversation loses its newest, until nobody has more than one waiting: then the new
    one goes."""
    conversations = Conversations(Gate().deliver, most_waiting=10, most_in_all=5, patience_s=0)
    for number in range(3):
        await conversations.put(message(f"flood {number}", "stranger"))
    for number in range(2):
        await conversations.put(message("hi", f"other-{number}"))
    for admin in ("wei", "lan", "late"):
        await conversations.put(message("status", admin))
    assert {key: len(queue) for key, queue in conversations._waiting.items()} == {
        "stranger": 1,
        "other-0": 1,
        "other-1": 1,
        "wei": 1,
        "lan": 1,
    }
    assert conversations.dropped == 3
    await conversations.close()


async def test_room_and_direct_chat_are_two_conversations() -> None:
    handled = []

    async def deliver(message: ChatMessage) -> None:
        if message.room_id:
            await asyncio.Event().wait()
        handled.append(message.text)

    conversations = Conversations(deliver)
    await conversations.put(message("in the room", room_id="ops"))
    await conversations.put(message("direct"))
    await asyncio.sleep(0.01)
    assert handled == ["direct"]
    await conversations.close()
