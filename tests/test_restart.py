"""Killed, cut off, out of disk: what came in is answered once; what is to leave leaves once, or its doubt is told."""

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from nlops.adapters.qrcode import draw_qr
from nlops.adapters.sqlite import SqliteStore
from nlops.adapters.wechaty.puppet import LinkTimes
from nlops.domain.config import AdminConfig, BotConfig
from nlops.domain.effects import Say
from nlops.domain.model import ModelFailure, ModelReply, ModelRequest
from nlops.domain.outbox import Outcome, Waiting
from nlops.ports import Commit
from nlops.runtime import Service
from nlops.sandbox.gateway import Sent
from tests.adapters.wechaty.gateways import Proxy
from tests.serving import QR, SCAN, StuckModel, World, until
from tests.support import LAN, WEI

QUICK = LinkTimes(rpc_s=0.3, first_retry_s=0.05, longest_retry_s=0.2)
FREE = "please be so kind and look after bob"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path)
    await world.open()
    yield world
    await world.gateway.stop()


def outcomes(world: World) -> list[Outcome]:
    with world.store() as store:
        return [outcome for _, outcome in store.ended(0.0)]


def unsettled(world: World) -> int:
    with world.store() as store:
        return len(store.database.read("SELECT id FROM inbox"))


def allowed(world: World) -> int:
    with world.store() as store:
        return [record.kind for record in store.records()].count("allowed")


async def test_killed_between_receiving_and_answering(world: World) -> None:
    """SIGKILL while the model is asked: the next life answers, once; the one after that has nothing to answer."""
    async with world.killed():
        world.gateway.receive(WEI, FREE)
        await until(lambda: unsettled(world) == 1)
    assert world.texts() == []
    async with world.service():
        await until(lambda: len(world.texts()) == 1)
    async with world.service():
        world.gateway.receive(WEI, "help")
        await until(lambda: len(world.texts()) == 2)
    assert "no model is configured" in world.texts()[0] and "These words" in world.texts()[1]
    assert unsettled(world) == 0


async def test_what_came_before_is_answered_before_what_comes(world: World) -> None:
    """Three messages from an earlier life, then a new one: in their order."""
    async with world.service(model=StuckModel(), drains=False):
        for word in ("one", "two", "three"):
            world.gateway.receive(WEI, f"{FREE} {word}")
        await until(lambda: unsettled(world) == 3)

    class Counting:
        """Answers nothing, and remembers what it was asked."""

        def __init__(self) -> None:
            self.asked: list[str] = []

        start = stop = StuckModel.start
        renew = StuckModel.renew

        async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:
            self.asked.append(str(request))
            return ModelFailure("off", "")

    model = Counting()
    async with world.service(model=model):
        world.gateway.receive(WEI, f"{FREE} four")
        await until(lambda: len(world.texts()) == 4)
    said = [next(word for word in ("four", "three", "two", "one") if f"bob {word}" in text) for text in model.asked]
    assert said == ["one", "two", "three", "four"]


async def test_a_run_is_not_run_again(world: World) -> None:
    """Killed in the middle of a run: its order was settled with its record, before it started."""
    marker = world.folder / "started"
    bots = (BotConfig("bob", (world.folder / "bob.log",), command=("sh", "-c", f"echo x >> {marker}; sleep 600")),)
    async with world.service(bots=bots, drains=False):
        await until(marker.exists)
        world.gateway.receive(WEI, "restart bob")
        await until(lambda: allowed(world) == 1)
    started = marker.read_text().count("x")
    assert unsettled(world) == 0
    async with world.service(bots=bots):
        world.gateway.receive(WEI, "help")
        await until(lambda: any("These words" in text for text in world.texts()))
        await until(lambda: marker.read_text().count("x") > started)  # this service's own start of its bot
        assert marker.read_text().count("x") == started + 1
    assert allowed(world) == 1


async def test_the_gateway_is_away_over_a_restart(world: World) -> None:
    """Codes, their refreshes and news come up while nobody can be told, then the service is restarted too: the fresh
    code and the news arrive once, in order; the outdated code does not, and is counted with its caption."""
    async with world.service() as service:
        await world.gateway.stop()
        await until(lambda: not service._sender.link_up.is_set())
        world.write(SCAN.format("OldOldOldOldOld1"))
        await until(lambda: service.offered("bob") == "http://weixin.qq.com/x/OldOldOldOldOld1")
        world.write(SCAN.format("FreshFreshFresh2"))
        await until(lambda: service.offered("bob") == "http://weixin.qq.com/x/FreshFreshFresh2")
        with world.store() as store:
            await store.commit(Commit(outgoing=(Say(WEI, "first", "notice"), Say(WEI, "second"))), time.time())
            await until(lambda: outcomes(world) == ["stale"] * 4)  # a picture and its caption, for two admins
            assert len(store.waiting()) == 6
        assert world.gateway.sent == []
    restarting = asyncio.create_task(world.open_later())
    async with world.service():
        await until(lambda: len(world.texts()) == 3 and len(world.texts(LAN)) == 1)
    await restarting
    assert world.pictures() == world.pictures(LAN) == [draw_qr("http://weixin.qq.com/x/FreshFreshFresh2")]
    assert world.texts()[1:] == ["second", "first"] and "bob" in world.texts()[0]
    assert outcomes(world) == ["stale"] * 4 + ["sent"] * 6


async def test_a_code_refreshed_while_nothing_ran_is_not_sent(world: World) -> None:
    """The outbox holds a code, and the log has gone on meanwhile: the log is read before anything leaves."""
    async with world.service() as service:
        await world.gateway.stop()
        await until(lambda: not service._sender.link_up.is_set())
        world.write(SCAN.format("OldOldOldOldOld1"))
        await until(lambda: service.offered("bob") is not None)
    world.write(SCAN.format("FreshFreshFresh2"))
    await world.open()
    async with world.service():
        await until(lambda: bool(world.pictures()) and bool(world.pictures(LAN)))
    assert world.pictures() == [draw_qr("http://weixin.qq.com/x/FreshFreshFresh2")]


async def test_a_send_that_may_have_arrived_is_told_and_not_repeated(world: World) -> None:
    """It arrived, and the gateway's answer to it is an error: one such message, and one note about it."""

    def fail_once(sent: Sent) -> None:
        if sent.text.startswith("I watch"):
            raise RuntimeError("the gateway fell over after it had sent")

    world.gateway.on_sent(fail_once)
    async with world.service():
        world.gateway.receive(WEI, "help")
        await until(lambda: len(world.texts()) == 2)
        world.gateway.receive(WEI, "status bob")
        await until(lambda: len(world.texts()) == 3)
    assert "These words" in world.texts()[0] and "may not have arrived" in world.texts()[1]
    assert world.texts()[2].startswith("bob: ")
    assert sorted(outcomes(world)) == ["doubtful", "sent", "sent"]


async def test_killed_while_sending(world: World) -> None:
    """SIGKILL while a picture is on its way and the gateway does not answer: after the start each admin hears that the
    code may not have arrived; it is not sent again, its caption is, for the code still holds."""
    async with Proxy(world.port) as proxy, world.killed(proxy.port):
        proxy.hangs = True
        world.write(SCAN.format("AbCdEf0123456789"))
        await until(lambda: sending(world) == 1)
    async with world.service():
        await until(lambda: len(world.texts()) == 2 and len(world.texts(LAN)) == 1)
    assert world.pictures() == [] and world.pictures(LAN) == [draw_qr(QR)]  # Lan's was not on its way
    assert "Scan this code" in world.texts()[0] and "“qr bob” for a fresh one" in world.texts()[1]
    with world.store() as store:
        assert (store.doubtful(), store.waiting()) == ([], [])
    assert sorted(outcomes(world)) == ["doubtful", "sent", "sent", "sent", "sent"]


def sending(world: World) -> int:
    with world.store() as store:
        return len(store.doubtful())


async def test_a_gateway_that_hangs(world: World) -> None:
    """A call without an answer in time is in doubt: it is not repeated, also not by the next start."""
    async with Proxy(world.port) as proxy, world.service(port=proxy.port, times=QUICK) as service:
        proxy.hangs = True
        await put(service, Say(WEI, "a word"))
        await until(lambda: "doubtful" in outcomes(world))
        await proxy.__aexit__()  # it ends, with its connections; the service finds the gateway gone
        await until(lambda: not service._sender.link_up.is_set())
        assert "a word" not in world.texts()
    async with world.service():
        world.gateway.receive(WEI, "help")
        await until(lambda: any("These words" in text for text in world.texts()))
    assert "a word" not in world.texts()


async def put(service: Service, effect: Say) -> None:
    """As a step of the engine would."""
    at = time.time()
    (number,) = await service._parts.store.commit(Commit(outgoing=(effect,)), at)
    service._sender.put([Waiting(number, effect, at)])


async def test_a_store_that_cannot_write(world: World) -> None:
    """Nothing is run without its record, and nobody is silent: the order's refusal, an answer and a fresh code all
    leave from memory. Once it can write, it goes on, and nothing of it is said again."""
    async with world.service() as service:
        store = service._parts.store
        assert isinstance(store, SqliteStore)
        store.database.connection.execute("PRAGMA query_only = ON")
        world.gateway.receive(WEI, "status bob")
        await until(lambda: any("readonly" in text for text in world.texts()))
        world.gateway.receive(WEI, "help")
        await until(lambda: any("These words" in text for text in world.texts()))
        world.write(SCAN.format("AbCdEf0123456789"))
        await until(lambda: world.pictures() == [draw_qr(QR)] and len(world.texts()) == 3)
        assert not any(text.startswith("bob: ") for text in world.texts())
        store.database.connection.execute("PRAGMA query_only = OFF")
        world.gateway.receive(WEI, "status bob")
        await until(lambda: any(text.startswith("bob: ") for text in world.texts()))
    async with world.service():
        world.gateway.receive(WEI, "help")
        await until(lambda: len(world.texts()) == 5)
    assert len(world.pictures()) == 1 and unsettled(world) == 0


async def test_news_over_the_budget_is_one_message_and_urgent_words_pass_it(world: World) -> None:
    """What an earlier life sent counts: with the minute's budget spent, news waits and an answer does not; once the
    minute is over the news leaves as one message."""
    now = time.time()
    with world.store() as store:
        await store.end_sending({-1: "sent", -2: "sent"}, now - 57.0)
        news = tuple(Say(WEI, f"news {number}", "notice") for number in range(3))
        await store.commit(Commit(outgoing=(*news, Say(LAN, "别的", "notice"))), now)
    async with world.service(per_minute=2) as service:
        world.gateway.receive(WEI, "help")
        await until(lambda: len(world.texts()) == 1)
        assert "These words" in world.texts()[0]
        await until(lambda: len(world.texts()) == 2)
        assert world.texts()[1] == "news 0\n\nnews 1\n\nnews 2" and time.time() - now >= 3.0
        await until(lambda: not service._sender.is_busy)  # the rest waits for longer than a stop should
    with world.store() as store:
        assert [one.effect for one in store.waiting()] == [Say(LAN, "别的", "notice")]
    assert sorted(outcomes(world)) == ["folded", "folded", "sent", "sent", "sent", "sent"]


async def test_what_is_nobodys_to_hear_any_more(world: World) -> None:
    """An admin was taken out of the configuration while messages waited: a code would let them in."""
    async with world.service() as service:
        await world.gateway.stop()
        await until(lambda: not service._sender.link_up.is_set())
        world.write(SCAN.format("AbCdEf0123456789"))
        await until(lambda: service.offered("bob") is not None)
        await service._parts.store.commit(Commit(outgoing=(Say(LAN, "an answer"), Say(WEI, "an answer"))), time.time())
    await world.open()
    async with world.service(admins=(AdminConfig("wei", WEI, "en"),)):
        await until(lambda: len(world.texts()) == 2)
    assert len(world.pictures()) == 1 and (world.pictures(LAN), world.texts(LAN)) == ([], [])
    assert sorted(outcomes(world)) == ["sent"] * 3 + ["stale"] * 3
