"""`LogFollower` as it runs: its thread, real events, and what it does without them."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from nlops.adapters.follower import LogFollower, service
from nlops.adapters.follower.waker import Waker


class Receiver:
    """Collects lines by path, and lets a test wait until something holds."""

    def __init__(self) -> None:
        self.text: dict[Path, bytes] = {}
        self.threads: set[int] = set()
        self.changed = threading.Condition()
        self.refusals = 0

    def __call__(self, path: Path, block: bytes, key: str) -> None:
        with self.changed:
            self.threads.add(threading.get_ident())
            if self.refusals:
                self.refusals -= 1
                raise RuntimeError("not now")
            self.text[path] = self.text.get(path, b"") + block
            self.changed.notify_all()

    def wait(self, holds: Callable[["Receiver"], bool]) -> None:
        """Ten seconds are a failure, not a measure."""
        with self.changed:
            assert self.changed.wait_for(lambda: holds(self), timeout=10), self.text


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def follower(tmp_path: Path) -> Iterator[LogFollower]:
    follower = LogFollower(tmp_path / "state")
    yield follower
    follower.stop()


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as stream:
        stream.write(data)


def test_the_backlog_comes_before_start_returns(tmp_path: Path, follower: LogFollower, receiver: Receiver) -> None:
    """On the calling thread; what comes later, on the follower's own."""
    log = tmp_path / "bob.log"
    log.write_bytes(b"a\nb\nhalf")
    follower.start([log], receiver)
    assert receiver.text == {log: b"a\nb\n"}
    assert receiver.threads == {threading.get_ident()}
    append(log, b" done\n")
    receiver.wait(lambda r: r.text[log] == b"a\nb\nhalf done\n")
    assert len(receiver.threads) == 2


def test_fifty_files_at_once_through_a_rotation(tmp_path: Path, follower: LogFollower, receiver: Receiver) -> None:
    logs = [tmp_path / f"bot-{number}.log" for number in range(50)]
    follower.start(logs, receiver)
    for log in logs:
        append(log, b"a\n")
    for log in logs:
        log.rename(f"{log}.1")
        append(log, b"b\n")
    receiver.wait(lambda r: sum(map(len, r.text.values())) >= 50 * 4)
    assert {log.name: text for log, text in receiver.text.items() if text != b"a\nb\n"} == {}


def test_a_folder_that_comes_late(tmp_path: Path, follower: LogFollower, receiver: Receiver) -> None:
    log = tmp_path / "later" / "deeper" / "bob.log"
    follower.start([log], receiver)
    log.parent.mkdir(parents=True)
    log.write_bytes(b"a\n")
    receiver.wait(lambda r: r.text.get(log) == b"a\n")
    append(log, b"b\n")
    receiver.wait(lambda r: r.text[log] == b"a\nb\n")


def test_a_link_into_another_folder(tmp_path: Path, follower: LogFollower, receiver: Receiver) -> None:
    """The link's folder and its target's are both watched, also after the link is turned."""
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    link = tmp_path / "bob.log"
    link.symlink_to("one/real.log")
    follower.start([link], receiver)
    append(tmp_path / "one" / "real.log", b"a\n")
    receiver.wait(lambda r: r.text.get(link) == b"a\n")
    (tmp_path / "new").symlink_to("two/real.log")
    (tmp_path / "new").rename(link)
    append(tmp_path / "two" / "real.log", b"b\n")
    receiver.wait(lambda r: r.text[link] == b"a\nb\n")
    (tmp_path / "two" / "real.log").rename(tmp_path / "two" / "real.log.1")
    append(tmp_path / "two" / "real.log", b"c\n")
    receiver.wait(lambda r: r.text[link] == b"a\nb\nc\n")


def test_without_any_event_the_tick_finds_everything(
    tmp_path: Path, follower: LogFollower, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events only make it fast."""
    monkeypatch.setattr(Waker, "watch", lambda *_: None)
    monkeypatch.setattr(service, "TICK_S", 0.01)
    log = tmp_path / "later" / "bob.log"
    follower.start([log], receiver)
    log.parent.mkdir()
    log.write_bytes(b"a\n")
    receiver.wait(lambda r: r.text.get(log) == b"a\n")
    log.rename(f"{log}.2")
    append(log, b"b\n")
    log.rename(f"{log}.1")
    append(log, b"c\n")
    receiver.wait(lambda r: r.text[log] == b"a\nb\nc\n")


def test_a_receiver_that_raises_gets_the_block_again(
    tmp_path: Path, follower: LogFollower, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """The others go on meanwhile, and the reason is logged."""
    log, other = tmp_path / "bob.log", tmp_path / "alice.log"
    follower.start([log, other], receiver)
    receiver.refusals = 1
    append(log, b"a\n")
    receiver.wait(lambda r: r.text.get(log) == b"a\n")
    append(other, b"b\n")
    receiver.wait(lambda r: r.text.get(other) == b"b\n")
    assert "could not be delivered" in caplog.text


def test_goes_on_after_a_stop(tmp_path: Path, receiver: Receiver) -> None:
    log = tmp_path / "bob.log"
    log.write_bytes(b"a\n")
    for more in (b"b\n", b"c\n"):
        follower = LogFollower(tmp_path / "state")
        follower.start([log], receiver)
        follower.stop()
        append(log, more)
    follower = LogFollower(tmp_path / "state")
    follower.start([log], receiver)
    follower.stop()
    assert receiver.text == {log: b"a\nb\nc\n"}


def test_without_a_folder_each_start_reads_from_the_beginning(tmp_path: Path, receiver: Receiver) -> None:
    log = tmp_path / "bob.log"
    log.write_bytes(b"a\n")
    for _ in range(2):
        follower = LogFollower(None)
        follower.start([log], receiver)
        follower.stop()
    assert receiver.text == {log: b"a\na\n"}


def test_stop_leaves_nothing_behind(tmp_path: Path, receiver: Receiver) -> None:
    """No thread, no descriptor; a second stop, and one before a start, are nothing."""
    LogFollower(None).stop()
    warm_up = LogFollower(tmp_path / "state")
    warm_up.start([tmp_path / "bob.log"], receiver)
    warm_up.stop()
    threads, descriptors = threading.active_count(), len(list(Path("/proc/self/fd").iterdir()))
    follower = LogFollower(tmp_path / "state")
    follower.start([tmp_path / "bob.log"], receiver)
    follower.stop()
    follower.stop()
    assert threading.active_count() == threads
    assert len(list(Path("/proc/self/fd").iterdir())) == descriptors


def test_the_same_path_twice_is_followed_once(tmp_path: Path, follower: LogFollower, receiver: Receiver) -> None:
    log = tmp_path / "bob.log"
    log.write_bytes(b"a\n")
    follower.start([log, log], receiver)
    assert receiver.text == {log: b"a\n"}
    assert follower.polled == {} or str(tmp_path) in follower.polled
