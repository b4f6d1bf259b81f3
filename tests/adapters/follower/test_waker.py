"""What wakes the follower, and where events cannot be relied on."""

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlops.adapters.follower import events as events_module
from nlops.adapters.follower import mounts
from nlops.adapters.follower.events import Observed, events
from nlops.adapters.follower.inotify import Inotify
from nlops.adapters.follower.mounts import file_system_of, nearest_folder, why_polled
from nlops.adapters.follower.waker import Waker
from nlops.adapters.follower.watching import Events, Wake

MOUNTINFO = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
30 22 0:30 / /mnt/nas rw - nfs4 nas:/logs rw
31 30 0:31 / /mnt/nas/local\\040disk rw shared:2 master:3 - xfs /dev/vdb rw
32 22 0:32 / /srv rw - fuse.sshfs host: rw
33 22 0:33 / /srv rw - tmpfs tmpfs rw
34 22 0:34 / /home rw - fuse.sshfs host: rw
broken line
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/", "ext4"),
        ("/var/log", "ext4"),
        ("/mnt/nas", "nfs4"),
        ("/mnt/nas/bots", "nfs4"),
        ("/mnt/nasty", "ext4"),
        ("/mnt/nas/local disk/x", "xfs"),
        ("/srv/x", "tmpfs"),
        ("/home/wei", "fuse.sshfs"),
    ],
)
def test_a_folder_lies_on_its_nearest_mount(folder: str, kind: str) -> None:
    """The longest mount point counts, and of two on the same point the later."""
    assert file_system_of(folder, MOUNTINFO) == kind


def test_the_nearest_folder_that_exists(tmp_path: Path) -> None:
    assert nearest_folder(str(tmp_path / "a" / "b")) == str(tmp_path)
    assert nearest_folder(str(tmp_path)) == str(tmp_path)


Woken = queue.Queue[tuple[str, bool]]


@pytest.fixture
def woken() -> Woken:
    return queue.Queue()


@pytest.fixture(params=[Inotify, Observed])
def waker(woken: Woken, request: pytest.FixtureRequest) -> Iterator[Waker]:
    """Both kinds of events must do."""
    waker = Waker(lambda name, *, renamed: woken.put((name, renamed)), request.param)
    yield waker
    waker.close()


def wait_for(woken: Woken, name: Path, renamed: bool) -> None:
    """Fails by `queue.Empty` when it does not come in ten seconds."""
    while woken.get(timeout=10) != (str(name), renamed):
        pass


def test_tells_writes_and_renames_apart(tmp_path: Path, waker: Waker, woken: Woken) -> None:
    """A write concerns the file; a new, moved or deleted name concerns what lies beside it too."""
    log = tmp_path / "bob.log"
    waker.watch([str(tmp_path)])
    log.write_bytes(b"a\n")
    wait_for(woken, log, True)
    with log.open("ab") as stream:
        stream.write(b"b\n")
    wait_for(woken, log, False)
    old = log.rename(tmp_path / "bob.log.1")
    wait_for(woken, old, True)
    old.unlink()
    wait_for(woken, old, True)


def test_a_folder_that_comes_late_is_watched(tmp_path: Path, waker: Waker, woken: Woken) -> None:
    """Until it is there, its nearest parent is."""
    later = tmp_path / "later"
    waker.watch([str(later)])
    later.mkdir()
    wait_for(woken, later, True)
    waker.watch([str(later)])
    (later / "bob.log").write_bytes(b"a\n")
    wait_for(woken, later / "bob.log", True)


def test_a_folder_that_was_replaced_is_watched_anew(tmp_path: Path, waker: Waker, woken: Woken) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    waker.watch([str(folder)])
    folder.rename(tmp_path / "old")
    folder.mkdir()
    waker.watch([str(folder)])
    (folder / "bob.log").write_bytes(b"a\n")
    wait_for(woken, folder / "bob.log", True)


def test_a_folder_that_was_deleted_is_let_go(tmp_path: Path, waker: Waker, woken: Woken) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    waker.watch([str(folder)])
    folder.rmdir()
    waker.watch([str(folder)])
    (tmp_path / "x").touch()
    wait_for(woken, tmp_path / "x", True)


class Refused:
    """Events that cannot be had."""

    def __init__(self, wake: Wake) -> None:
        self.closed = False

    def add(self, folder: str) -> None:
        raise OSError(28, "No space left on device")

    def remove(self, folder: str) -> None: ...

    def close(self) -> None:
        self.closed = True


def test_where_watching_fails_it_polls_and_says_why(tmp_path: Path) -> None:
    """No inotify watches left: the tick gets shorter instead. A folder that is not wanted now is not polled."""
    waker = Waker(lambda name, *, renamed: None, Refused)
    waker.watch([str(tmp_path)])
    assert waker.polled == {str(tmp_path): "it cannot be watched: No space left on device"}
    waker.watch([])
    assert waker.polled == {}
    waker.close()


def test_a_network_file_system_is_polled(tmp_path: Path, waker: Waker, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another machine writes raises no event."""
    monkeypatch.setattr(mounts, "file_system_of", lambda *_: "nfs4")
    assert why_polled(str(tmp_path)) == "a file system of type nfs4 does not report every change"
    waker.watch([str(tmp_path)])
    assert list(waker.polled) == [str(tmp_path)]


def test_nothing_is_polled_where_events_come(tmp_path: Path, waker: Waker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mounts, "file_system_of", lambda *_: "ext4")
    waker.watch([str(tmp_path)])
    assert waker.polled == {}


def test_lost_events_wake_everything_in_the_folder(tmp_path: Path, woken: Woken) -> None:
    """The kernel's queue ran over: what happened is unknown, so that all is looked at."""
    inotify = Inotify(lambda name, *, renamed: woken.put((name, renamed)))
    inotify.add(str(tmp_path))
    (watch,) = inotify._inotify._watch_for_wd.values()
    for callback in watch.callbacks.values():
        callback.on_queue_overflow()
    inotify.close()
    assert woken.get(timeout=10) == (str(tmp_path), True)


def test_where_watchdog_is_another_one_inside_its_observer_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reader is not part of what it promises to keep."""

    def changed(_wake: Wake) -> Events:
        raise TypeError("another signature")

    monkeypatch.setattr("nlops.adapters.follower.inotify.Inotify", changed)
    made = events(lambda name, *, renamed: None)
    made.close()
    assert isinstance(made, events_module.Observed)
