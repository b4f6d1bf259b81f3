"""The sender over a true gateway and store; what it does when killed or in doubt is in test_restart."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from nlops.adapters.wechaty.puppet import LinkTimes
from nlops.domain.effects import GiveFile, Say, ShowQr
from nlops.domain.outbox import Waiting
from nlops.outgoing.box import MOST_WAITING, split
from nlops.ports import Commit
from nlops.runtime import Service
from tests.serving import QR, SCAN, World, until
from tests.support import WEI


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path)
    await world.open()
    yield world
    await world.gateway.stop()


async def put(service: Service, *effects: Say | ShowQr | GiveFile) -> None:
    """As a step of the engine would."""
    at = time.time()
    ids = await service._parts.store.commit(Commit(outgoing=effects), at)
    service._sender.put([Waiting(*one, at) for one in zip(ids, effects, strict=True)])


async def test_no_connection_is_no_doubt(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The link is thought to be up and is not: the message goes back to those that wait, and leaves once, later."""
    async with world.service(times=LinkTimes(first_retry_s=0.05, longest_retry_s=0.2)) as service:
        outbox, tried = service._parts.store, asyncio.Event()
        put_back = outbox.put_back

        async def noticed(ids: Sequence[int]) -> None:
            await put_back(ids)
            tried.set()

        monkeypatch.setattr(outbox, "put_back", noticed)
        await world.gateway.stop()
        await until(lambda: not service._sender.link_up.is_set())
        await put(service, Say(WEI, "hello"))

        def is_tried() -> bool:
            """The link itself knows better a moment later, so the sender is told anew each time."""
            service._sender.link(True)
            return tried.is_set()

        await until(is_tried)
        with world.store() as store:
            await until(lambda: len(store.waiting()) == 1)
        await world.open()
        await until(lambda: world.texts() == ["hello"])
        await until(lambda: not service._sender.is_busy)
    with world.store() as store:
        assert (store.waiting(), store.doubtful()) == ([], [])
        assert [outcome for _, outcome in store.ended(0.0)] == ["sent"]


async def test_a_code_that_goes_stale_between_picture_and_caption(world: World) -> None:
    """The picture is on its way while the bot logs in: the caption does not follow."""
    async with world.service() as service:
        world.write(SCAN.format("AbCdEf0123456789"))
        await until(lambda: len(world.texts()) == 1)
        await until(lambda: not service._sender.is_busy)
        world.gateway.on_sent(lambda sent: world.write(SCAN.format("FreshFreshFresh2")) if sent.name else None)
        picture, caption = split(ShowQr(WEI, "bob", QR, "the caption"))
        with world.store() as store:
            await put(service, picture)
            await until(lambda: service.offered("bob") != QR)
            await put(service, caption)
            await until(lambda: any(outcome == "stale" for _, outcome in store.ended(0.0)))
    assert "the caption" not in world.texts()


async def test_the_outbox_is_bounded_while_nobody_listens(world: World) -> None:
    """News past the bound goes, the oldest first, on the disk too; what is urgent stays."""
    async with world.service() as service:
        await world.gateway.stop()
        await until(lambda: not service._sender.link_up.is_set())
        await put(service, Say(WEI, "an answer"), *(Say(WEI, f"news {n}", "notice") for n in range(MOST_WAITING + 9)))
        with world.store() as store:
            await until(lambda: len(store.ended(0.0)) == 10)
            kept = [one.effect for one in store.waiting()]
            assert kept[:2] == [Say(WEI, "an answer"), Say(WEI, "news 10", "notice")] and len(kept) == MOST_WAITING
            assert {outcome for _, outcome in store.ended(0.0)} == {"overflow"}


async def test_waiting_news_does_not_hold_up_what_is_urgent(world: World) -> None:
    """The budget is spent and news waits for its minute: a file that comes then leaves at once."""
    async with world.service(per_minute=1) as service:
        await put(service, Say(WEI, "first", "notice"), Say(WEI, "second", "notice"))
        await until(lambda: world.texts() == ["first\n\nsecond"])
        await put(service, Say(WEI, "third", "notice"))
        await until(lambda: not service._sender.is_busy)  # it was looked at, and has a minute to wait
        await put(service, GiveFile(WEI, "log.txt", b"1"))
        await until(lambda: world.pictures() == [b"1"])
        assert world.texts() == ["first\n\nsecond"]
