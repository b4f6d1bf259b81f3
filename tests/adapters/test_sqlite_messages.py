"""The store's inbox and outbox: a message is taken once, what leaves is found again as it was, after a kill too."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nlops.adapters.sqlite import KEEP_SEEN, SqliteStore
from nlops.adapters.sqlite.inbox import MOST_LIVES
from nlops.domain.chat import ChatMessage
from nlops.domain.effects import GiveFile, Outgoing, Say, ShowQr
from nlops.domain.outbox import Waiting
from nlops.ports import Commit

DAY_S = 86_400.0


def message(number: int, text: str = "状态 bob") -> ChatMessage:
    return ChatMessage(f"m{number}", "wxid_wei", "ops@chatroom", text, 1.5, is_addressed=True)


async def test_a_message_is_taken_once_and_kept_until_it_is_settled(tmp_path: Path) -> None:
    """Over restarts: as it was, in its order, and no more once a commit settled it."""
    store = SqliteStore(tmp_path)
    assert [await store.receive(message(n)) for n in (2, 1, 2)] == [True, True, False]
    store.close()
    store = SqliteStore(tmp_path)
    assert store.unsettled() == [message(2), message(1)]
    await store.commit(Commit(settled=("m2", "never heard of")), 1.0)
    store.close()
    store = SqliteStore(tmp_path)
    assert store.unsettled() == [message(1)]
    assert not await store.receive(message(2))
    store.close()


async def test_seen_ids_are_bounded(tmp_path: Path) -> None:
    """The oldest is forgotten after KEEP_SEEN others."""
    store = SqliteStore(tmp_path)
    await store.receive(message(1))
    store.database.connection.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'seen'", (KEEP_SEEN,))
    assert await store.receive(message(2)) and await store.receive(message(1))
    store.close()


async def test_a_message_that_ends_the_process_each_time_is_given_up(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """After MOST_LIVES starts that did not answer it, with a line in the log; the one after it stays."""
    store = SqliteStore(tmp_path)
    await store.receive(message(1))
    for _ in range(MOST_LIVES - 1):
        assert store.unsettled() == [message(1)]
    await store.receive(message(2))
    assert store.unsettled() == [message(1), message(2)]
    assert store.unsettled() == [message(2)]
    assert "message m1 is given up" in caplog.text
    store.close()


EFFECTS: tuple[Outgoing, ...] = (
    Say("wxid_wei", "第一\n“quoted”", "notice"),
    Say("wxid_wei", "bob waits", "rescue", code=("bob", "http://weixin.qq.com/x/1")),
    Say("ops@chatroom", "may not have arrived", is_doubt=True),
    ShowQr("wxid_wei", "bob", "http://weixin.qq.com/x/1", ""),
    GiveFile("wxid_lan", "log.txt", bytes(range(256))),
    GiveFile("wxid_lan", "empty.txt", b""),
)


async def test_the_outbox_comes_back_as_it_was(tmp_path: Path) -> None:
    """Every kind of message, with its id and time, in its order."""
    store = SqliteStore(tmp_path)
    ids = (*await store.commit(Commit(outgoing=EFFECTS[:2]), 1.5), *await store.commit(Commit(outgoing=EFFECTS[2:]), 2))
    assert list(ids) == sorted(set(ids)) and ids[0] > 0
    store.close()
    store = SqliteStore(tmp_path)
    times = (1.5, 1.5, 2.0, 2.0, 2.0, 2.0)
    assert store.waiting() == [Waiting(*one) for one in zip(ids, EFFECTS, times, strict=True)]
    assert store.doubtful() == []
    store.close()


async def test_the_life_of_a_row(tmp_path: Path) -> None:
    """Being sent it is doubtful to the next start, until it ended, was put back, or the doubt is told."""
    store = SqliteStore(tmp_path)
    ids = await store.commit(Commit(outgoing=EFFECTS), 1.0)
    await store.begin_sending(ids[:4])
    await store.put_back(ids[3:4])
    await store.end_sending({ids[0]: "sent", ids[1]: "folded", ids[5]: "overflow"}, 10.0)
    store.close()
    store = SqliteStore(tmp_path)
    assert [one.id for one in store.waiting()] == [ids[3], ids[4]]
    assert [one.id for one in store.doubtful()] == [ids[2]] == [one.id for one in store.doubtful()]
    await store.commit(Commit(doubted=(ids[2],)), 20.0)
    assert store.doubtful() == []
    assert store.ended(0.0) == [(10.0, "sent"), (10.0, "folded"), (10.0, "overflow"), (20.0, "doubtful")]
    assert store.ended(10.0) == [(20.0, "doubtful")]
    await store.end_sending({ids[3]: "sent"}, 15.0 + DAY_S)
    assert [at for at, _ in store.ended(0.0)] == [20.0, 15.0 + DAY_S]
    store.close()


async def test_ids_are_never_used_again(tmp_path: Path) -> None:
    """An id that was told in doubt must not take another message with it."""
    store = SqliteStore(tmp_path)
    (first,) = await store.commit(Commit(outgoing=EFFECTS[:1]), 1.0)
    await store.end_sending({first: "sent"}, 1.0)
    (second,) = await store.commit(Commit(outgoing=EFFECTS[:1]), 1.0)
    assert second > first
    store.close()


@pytest.mark.parametrize("last", ["begin_sending([1])", "put_back([1])", "end_sending({1: 'sent'}, 1.0)"])
def test_what_was_noted_survives_a_kill(tmp_path: Path, last: str) -> None:
    """SIGKILL right after each of the notes; those that are not synced too."""
    code = (
        "import asyncio, os, signal, sys; from pathlib import Path\n"
        "from nlops.adapters.sqlite import SqliteStore; from nlops.domain.effects import Say\n"
        "from nlops.ports import Commit\n"
        "async def main(store):\n"
        "    await store.commit(Commit(outgoing=(Say('x', 'hi'),)), 1.0); await store.begin_sending([1])\n"
        f"    await store.{last}\n"
        "asyncio.run(main(SqliteStore(Path(sys.argv[1])))); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False)
    assert done.returncode == -signal.SIGKILL
    store = SqliteStore(tmp_path)
    found = (len(store.waiting()), len(store.doubtful()))
    assert found == {"b": (0, 1), "p": (1, 0), "e": (0, 0)}[last[0]]
    store.close()
