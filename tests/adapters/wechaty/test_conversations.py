"""Queues per conversation: order within one, none between them, and the overflow rule."""

import asyncio
from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from nlops.adapters.wechaty.conversations import Conversations
from nlops.domain.chat import ChatMessage


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
            conversations.put(message(str(number), contact_id))
            said[contact_id].append(str(number))
            for _ in range(pause):
                await asyncio.sleep(0)
        for _ in range(len(plan) * 8 + 8):
            await asyncio.sleep(0)
        assert handled == said
        await conversations.close()

    asyncio.run(play())


async def test_overflow_drops_the_newest_of_that_conversation() -> None:
    """Two may wait, the one in hand counted: of four, the first two are handled; another conversation is untouched."""
    go_on, handled = asyncio.Event(), []

    async def deliver(message: ChatMessage) -> None:
        await go_on.wait()
        handled.append(message.text)

    conversations = Conversations(deliver, most_waiting=2)
    for text in ("1", "2", "3", "4"):
        conversations.put(message(text))
    conversations.put(message("other", "lan"))
    go_on.set()
    await asyncio.sleep(0.01)
    assert sorted(handled) == ["1", "2", "other"]
    assert conversations.dropped == 2
    conversations.put(message("5"))
    await asyncio.sleep(0.01)
    assert handled[-1] == "5"
    await conversations.close()


async def test_total_is_bounded_too() -> None:
    """Many senders with one message each can't fill the memory."""

    async def deliver(_: ChatMessage) -> None:
        await asyncio.Event().wait()

    conversations = Conversations(deliver, most_in_all=5)
    for number in range(8):
        conversations.put(message("hi", contact_id=f"stranger-{number}"))
    assert conversations.dropped == 3
    await conversations.close()


async def test_room_and_direct_chat_are_two_conversations() -> None:
    handled = []

    async def deliver(message: ChatMessage) -> None:
        if message.room_id:
            await asyncio.Event().wait()
        handled.append(message.text)

    conversations = Conversations(deliver)
    conversations.put(message("in the room", room_id="ops"))
    conversations.put(message("direct"))
    await asyncio.sleep(0.01)
    assert handled == ["direct"]
    await conversations.close()
