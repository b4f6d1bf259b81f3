"""The journal over a true store: which step answers a message, and what becomes of it while the store can't write."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from nlops.adapters.sqlite import SqliteStore
from nlops.domain.bots import BotState
from nlops.domain.chat import ChatMessage
from nlops.domain.effects import AskModel, Effect, GiveFile, KeepBots, Record, Say
from nlops.domain.events import MessageReceived, ModelAnswered, SendDoubtful, Ticked
from nlops.domain.model import ModelFailure, ModelRequest
from nlops.domain.outbox import Waiting
from nlops.journal import Journal
from nlops.ports import Commit

MESSAGE = ChatMessage("m1", "wxid_wei", None, "look after bob", 1.0)
HELLO = Say("wxid_wei", "hello")


def asks(question_id: int) -> AskModel:
    return AskModel(question_id, ModelRequest((), {}, 0))


def answered(question_id: int) -> ModelAnswered:
    return ModelAnswered(question_id, ModelFailure("off", ""))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    yield store
    store.close()


async def test_a_message_is_answered_by_the_last_answer_of_the_model(store: SqliteStore) -> None:
    """Two questions at once, one of which leads to a third: until all are answered the message is taken up again."""
    journal = Journal(store)
    assert await journal.receive(MESSAGE) and not await journal.receive(MESSAGE)
    for event, effects in (
        (MessageReceived(MESSAGE), [asks(1), asks(2)]),
        (answered(1), [asks(3)]),
        (answered(3), [HELLO]),
    ):
        await journal.keep(event, effects, [], 1.0)
        assert store.unsettled() == [MESSAGE]
    await journal.keep(answered(9), [], [], 1.0)  # of nobody's message
    assert store.unsettled() == [MESSAGE]
    await journal.keep(answered(2), [], [], 1.0)
    assert store.unsettled() == []


async def test_a_step_without_any_effect_answers_too(store: SqliteStore) -> None:
    """What the engine passes over is not taken up again; what was never kept is not looked for."""
    journal = Journal(store)
    await journal.receive(MESSAGE)
    assert await journal.keep(MessageReceived(MESSAGE), [], [], 1.0) == ([], "")
    assert store.unsettled() == []
    assert await journal.keep(MessageReceived(MESSAGE), [], [], 1.0) == ([], "")


async def test_what_an_earlier_process_left(store: SqliteStore) -> None:
    """It comes as a message that came again, and its answer settles it."""
    await store.receive(MESSAGE)
    journal = Journal(store)
    again = journal.take_over()
    assert again == [MessageReceived(MESSAGE, is_again=True)]
    await journal.keep(again[0], [], [], 1.0)
    assert Journal(store).take_over() == []


async def test_a_told_doubt_leaves_the_outbox_with_its_step(store: SqliteStore) -> None:
    """Not before: a process that ends in between tells it once more."""
    (number,) = await store.commit(Commit(outgoing=(HELLO,)), 1.0)
    await store.begin_sending([number])
    note = Say("wxid_wei", "may not have arrived", "notice", is_doubt=True)
    waiting, refused = await Journal(store).keep(SendDoubtful(HELLO, (number,)), [note], [note], 2.0)
    assert not refused and [one.effect for one in waiting] == [note]
    assert (store.doubtful(), store.waiting()) == ([], waiting)


async def test_while_the_store_cannot_write(store: SqliteStore, caplog: pytest.LogCaptureFixture) -> None:
    """A message is taken all the same, what is said lives in memory (its ids are below zero), the reason is given, the
    log has one line; what was answered meanwhile is noted once the store can write."""
    journal = Journal(store)
    await journal.receive(MESSAGE)
    store.database.connection.execute("PRAGMA query_only = ON")
    file = GiveFile("wxid_wei", "log.txt", b"1")
    effects: list[Effect] = [Record("ran", "wei", "wxid_wei"), KeepBots({"bob": BotState()}), HELLO, file]
    waiting, refused = await journal.keep(MessageReceived(MESSAGE), effects, [HELLO, file], 5.0)
    assert waiting == [Waiting(-1, HELLO, 5.0), Waiting(-2, file, 5.0)] and "readonly" in refused
    other = ChatMessage("m2", "wxid_wei", None, "help", 1.0)
    assert await journal.receive(other)
    assert len([record for record in caplog.records if record.levelname == "ERROR"]) == 1
    store.database.connection.execute("PRAGMA query_only = OFF")
    assert (list(store.records()), store.bots(), store.waiting()) == ([], {}, [])
    assert await journal.keep(Ticked(), [], [], 6.0) == ([], "")
    assert store.unsettled() == []
