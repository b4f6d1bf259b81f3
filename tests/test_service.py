"""The service over its true parts: a gateway over gRPC, logs on the disk, SQLite. What breaks is broken for real."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from nlops.adapters.qrcode import draw_qr
from nlops.adapters.sqlite import SqliteStore
from nlops.domain.bots import LogHit
from nlops.domain.chat import ChatMessage
from nlops.domain.config import AlertConfig, BotConfig
from nlops.domain.errors import LinkError
from nlops.domain.events import AlertSeen, MessageReceived
from nlops.gate.audit import verify
from nlops.runtime import QUEUE_SIZE
from tests.serving import LOGIN, QR, SCAN, TOKEN, World, until
from tests.support import LAN, MALLORY, WEI


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path)
    await world.open()
    yield world
    await world.gateway.stop()


async def test_rescue_over_the_wire(world: World) -> None:
    """A scan line becomes a picture in each admin's chat that a decoder reads; a login is told with its test."""
    async with world.service():
        world.write(SCAN.format("AbCdEf0123456789"))
        await until(lambda: len(world.pictures()) == 1 and len(world.pictures(LAN)) == 1)
        (world.folder / "bob.png").write_bytes(world.pictures()[0])
        with Image.open(world.folder / "bob.png") as image:
            assert [code.text for code in zxingcpp.read_barcodes(image)] == [QR]
        world.write(SCAN.format("AbCdEf0123456789"))
        world.write(LOGIN)
        await until(lambda: "#ping" in world.texts())
        assert len(world.pictures()) == 1 and any("back after" in text for text in world.texts())


async def test_a_log_alert_comes_once_with_its_count(world: World) -> None:
    """Fifty equal errors in one write, after what the log held already: one message to each admin, in their language,
    with the count and the lines around, and without the token that the log showed."""
    world.write("10:00:00 ERROR of yesterday\n")
    bot = replace(world.config.bots[1], alerts=(AlertConfig("ERROR", "errors", around=1),))
    async with world.service(bots=(bot,)):
        errors = "".join(f"10:00:{number:02} ERROR job {number} failed for {TOKEN}\n" for number in range(50))
        world.write(f"before\n{errors}after\n")
        await until(lambda: bool(world.texts()) and bool(world.texts(LAN)))
        world.gateway.receive(WEI, "help")
        await until(lambda: len(world.texts()) == 2)
        shown = "10:00:00 ERROR job 0 failed for ‹redacted›"
        second = "10:00:01 ERROR job 1 failed for ‹redacted›"
        assert world.texts()[0] == f"bob's log, alert “errors”:\nbefore\n▸ {shown}  (×50)\n{second}"
        assert world.texts(LAN) == [f"bob 的日志告警「errors」：\nbefore\n▸ {shown}  （50 次）\n{second}"]


async def test_alerts_that_come_too_fast_are_counted(world: World) -> None:
    """A queue that is half full takes no more alerts, so that decisions have room; every line is counted."""
    bot = replace(world.config.bots[1], alerts=(AlertConfig("ERROR", "errors", at_most=1),))
    event = AlertSeen("bob", "errors", "bob.log", (LogHit("shape", "ERROR", 2),), more=1)
    async with world.service(bots=(bot,)) as service:
        for _ in range(QUEUE_SIZE):  # at once: nobody takes anything out meanwhile
            service._following.offer(event)
        assert service._queue.qsize() <= QUEUE_SIZE // 2 and service._following._only_counted
        await until(lambda: not service._following._only_counted and service._queue.empty())
        folding = service._state.alerts["bob", "errors"]
        told = 2  # the first one's, at once
        assert told + sum(hit.count for hit in folding.held) + folding.more == 3 * QUEUE_SIZE
        await until(lambda: world.texts() == ["bob's log, alert “errors”:\nERROR  (×2)"])


async def test_keyword_restart_gives_another_process(tmp_path: Path) -> None:
    """`restart bob` restarts the process that nlops keeps, and the audit holds its decision and its outcome."""
    world = World(tmp_path)
    await world.open()
    bots = (BotConfig("bob", (tmp_path / "bob.log",), command=("sleep", "600")),)
    async with world.service(bots=bots):
        world.gateway.receive(WEI, "restart bob")
        await until(lambda: bool(world.texts()))
        assert "bob restarted: pid" in world.texts()[0]
    store = SqliteStore(world.config.state_dir)
    records = list(store.records())
    assert [record.kind for record in records] == ["allowed", "ran"] and verify(records, store.head()) is None
    store.close()
    await world.gateway.stop()


async def test_the_audit_is_asked_in_chat_and_its_cutting_is_told(world: World) -> None:
    """`audit bob` shows what was ordered for him, with a checkpoint of the chain; whoever then cuts the record, and
    its head, is told of at the next start, to every admin."""
    async with world.service():
        world.gateway.receive(WEI, "log bob 3")
        await until(lambda: len(world.texts()) == 1)
        world.gateway.receive(WEI, "audit bob")
        await until(lambda: len(world.texts()) == 2)
        head, ran, ordered, checkpoint = world.texts()[1].split("\n")
        assert "bob" in head and "ran for wei: tail_logs" in ran and "wei ordered “log bob 3”" in ordered
    with world.store() as store:
        last = store.head()
        assert last and f"{last[0]}-{last[1][:20]}" in checkpoint
        for statement in ("DROP TRIGGER audit_no_delete", "DELETE FROM audit WHERE seq = 2", "DELETE FROM head"):
            store.database.connection.execute(statement)
        store.database.connection.execute("INSERT INTO head SELECT 1, seq, hash FROM audit")
    async with world.service():
        await until(lambda: any("Somebody has touched the audit" in text for text in world.texts()))
        await until(lambda: any("有人动过" in text for text in world.texts(LAN)))


async def test_strangers_and_rooms_hear_nothing(world: World) -> None:
    """Neither a stranger's order nor an admin's in a room is answered."""
    world.gateway.add_room("ops@chatroom", "ops", [WEI, MALLORY])
    async with world.service():
        world.gateway.receive(MALLORY, "status")
        world.gateway.receive(WEI, "status", room_id="ops@chatroom")
        world.gateway.receive(WEI, "help")
        await until(lambda: bool(world.texts()))
        assert [one.conversation_id for one in world.gateway.sent] == [WEI]


async def test_without_a_model_keywords_work(world: World) -> None:
    """Free text is answered with the words that work."""
    async with world.service():
        world.gateway.receive(WEI, "please be so kind and look after bob")
        world.gateway.receive(WEI, "status bob")
        await until(lambda: len(world.texts()) == 2)
        assert any("no model is configured" in text for text in world.texts())
        assert any(text.startswith("bob: ") for text in world.texts())


async def test_a_loss_while_the_gateway_is_away(world: World) -> None:
    """The gateway dies, bob asks for a scan, refreshes, and the gateway comes back: only the fresh code arrives."""
    async with world.service():
        await world.gateway.stop()
        world.write(SCAN.format("OldOldOldOldOld1"))
        await asyncio.sleep(0.3)
        world.write(SCAN.format("FreshFreshFresh2"))
        await asyncio.sleep(0.3)
        await world.open()
        await until(lambda: bool(world.pictures()))
        await until(lambda: bool(world.texts()))
        assert len(world.pictures()) == 1
        assert world.pictures()[0] == draw_qr("http://weixin.qq.com/x/FreshFreshFresh2")


async def test_a_code_is_shown_once_over_restarts(world: World) -> None:
    """Stopped and started while bob waits: the code that was shown is not shown again; a login meanwhile is told."""
    async with world.service():
        world.write(SCAN.format("OneOneOneOneOne1"))
        await until(lambda: len(world.pictures()) == 1)
    async with world.service():
        world.gateway.receive(WEI, "help")
        await until(lambda: any("These words" in text for text in world.texts()))
        assert len(world.pictures()) == 1
    world.write(LOGIN)
    async with world.service():
        await until(lambda: any("back after" in text for text in world.texts()))


async def test_no_record_no_run(world: World) -> None:
    """The store cannot write: nothing is run, and the admin is told why."""
    marker = world.folder / "started"
    bots = (BotConfig("bob", (world.folder / "bob.log",), command=("sh", "-c", f"echo x >> {marker}; sleep 600")),)
    async with world.service(bots=bots) as service:
        await until(marker.exists)
        store = service._parts.store
        assert isinstance(store, SqliteStore)
        store.database.connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
        world.gateway.receive(WEI, "restart bob")
        await until(lambda: bool(world.texts()))
        assert "disk full" in world.texts()[0]
        assert marker.read_text() == "x\n"


async def test_a_long_log_goes_as_a_file_without_its_secrets(world: World) -> None:
    """What is too long for a message leaves as a file, and is cleaned like one."""
    world.write("".join(f"password=hunter2-{n:03} {TOKEN} {'.' * 90}\n" for n in range(60)))
    async with world.service():
        world.gateway.receive(WEI, "log bob 60")
        await until(lambda: bool(world.pictures()))
        text = world.pictures()[0].decode()
        assert text.count("\n") == 60 and "hunter2" not in text and TOKEN not in text


async def test_refused_records_and_a_full_queue(world: World) -> None:
    """Orders flood in while nothing can be recorded: each is refused, none runs, and the service goes on."""
    async with world.service(per_minute=1000) as service:
        store = service._parts.store
        assert isinstance(store, SqliteStore)
        store.database.connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'disk full'); END"
        )
        for number in range(service._queue.maxsize + 50):
            message = ChatMessage(f"flood {number}", WEI, None, "status", time.time())
            await asyncio.wait_for(service._queue.put(MessageReceived(message)), 20)
        world.gateway.receive(WEI, "help")
        await until(lambda: any("These words" in text for text in world.texts()), 60)
        assert not any(text.startswith("alice: ") for text in world.texts())


async def test_wrong_token_ends_with_plain_words(world: World) -> None:
    """What waiting cannot mend is raised, and does not show the token."""
    with pytest.raises(ExceptionGroup) as caught:
        async with world.service(token="not-the-token"):
            raise AssertionError("it must not come up")
    errors = caught.value.exceptions
    assert len(errors) == 1 and isinstance(errors[0], LinkError) and "not-the-token" not in str(errors[0])


async def test_a_message_is_taken_once(world: World) -> None:
    """The same message delivered again after a restart (a gateway that repeats itself) is not run again."""
    async with world.service():
        first = world.gateway.receive(WEI, "status")
        await until(lambda: len(world.texts()) == 1)
    async with world.service() as service:
        await service._on_chat(ChatMessage(first, WEI, None, "status", time.time()))
        world.gateway.receive(WEI, "help")
        await until(lambda: len(world.texts()) == 2)
        assert sum(text.startswith("alice: ") for text in world.texts()) == 1
