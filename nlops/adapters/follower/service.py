"""`LogFollower`: a thread that steps followed paths when something woke it, and all of them on every tick."""

import logging
import os
import resource
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path

from nlops.adapters.follower.cursor import Cursor
from nlops.adapters.follower.names import is_rotation
from nlops.adapters.follower.path import FRESH_NS, FollowedPath
from nlops.adapters.follower.siblings import Place
from nlops.adapters.follower.waker import Waker

_log = logging.getLogger(__name__)

Delivery = Callable[[Path, bytes, str], None]

TICK_S = 1.0
# Where events cannot be relied on: the most that a line is late, for 1000 stat(2) calls each.
POLL_S = 0.25
# Files that a path may hold at once while it is rotated quickly.
DESCRIPTORS_PER_PATH = 4


class LogFollower:
    """Follows files, keeping its cursor in `state_dir`; None keeps none, and reads from the beginning each time.

    Raises StoreError from `start` where the folder cannot be used, or another follower uses it. One start, one stop.
    """

    def __init__(self, state_dir: Path | None) -> None:
        self._state_dir = state_dir
        self._paths: list[FollowedPath] = []
        self._names: dict[str, list[FollowedPath]] = {}
        self._folders: dict[str, list[FollowedPath]] = {}
        self._folders_changed: dict[str, int | None] = {}
        self._touched: deque[FollowedPath] = deque()
        self._awake = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._waker: Waker | None = None
        self._cursor: Cursor | None = None
        self._deliver: Delivery

    def start(self, paths: Sequence[Path], deliver: Delivery, past: Delivery | None = None) -> None:
        """Give `past` what is there already, on the calling thread, then `deliver` what comes, on a thread of its own.

        Both get whole lines; `key` is the place of the block's first byte. Where `deliver` raises, the block is
        delivered again on the next tick. None as `past`: `deliver` gets everything.
        """
        _allow_descriptors(len(paths) * DESCRIPTORS_PER_PATH + 64)
        cursor = self._cursor = Cursor(self._state_dir)
        followed = {name for path in paths for name in _names_of(path)}
        for path in dict.fromkeys(paths):
            self._paths.append(FollowedPath(path, cursor, self._to(path), followed.__contains__))
        self._deliver = past or deliver
        self._waker = Waker(self._wake)
        self._watch(self._waker)
        self._look_at_folders()
        for followed_path in self._paths:
            followed_path.begin()
            while followed_path.step():
                pass
        # Changed before there is a second thread: a receiver that had to tell the past by a flag of its own could lose
        # what comes while it turns the flag.
        self._deliver = deliver
        self._thread = threading.Thread(target=self._run, args=(self._waker,), name="nlops-follower", daemon=True)
        self._thread.start()

    def _to(self, path: Path) -> Callable[[bytes, str], None]:
        return lambda block, key: self._deliver(path, block, key)

    def stop(self) -> None:
        """End the thread, and write the cursor; nothing is delivered after that. A receiver may call it too: the thread
        then ends by itself, and a call from outside closes the rest."""
        self._stopping.set()
        self._awake.set()
        if self._thread is threading.current_thread():
            return
        if self._thread is not None and self._thread.is_alive():  # a signal may come before it was started
            self._thread.join()
        if self._waker is not None:
            self._waker.close()
        for path in self._paths:
            path.close()
        if self._cursor is not None:
            self._cursor.close()
        self._thread = self._waker = self._cursor = None
        self._paths = []

    @property
    def polled(self) -> dict[str, str]:
        """Folders whose changes are polled for, and why."""
        return self._waker.polled if self._waker is not None else {}

    # --- on the waker's thread -------------------------------------------------------------------------------------

    def _wake(self, name: str, *, renamed: bool) -> None:
        """`name` changed. Whose it is, is told by its name; a folder that came or went concerns all below it."""
        for path in self._owners(name):
            path.wants_look = path.wants_look or (renamed and path.path != name)
            self._touch(path)

    def _owners(self, name: str) -> list[FollowedPath]:
        owners = self._names.get(name)
        if owners is None:
            if len(self._names) > 10_000:
                self._names.clear()
            owners = self._names[name] = [path for path in self._paths if _concerns(path, name)]
        return owners

    def _touch(self, path: FollowedPath) -> None:
        self._touched.append(path)
        if not self._awake.is_set():
            self._awake.set()

    # --- on the follower's thread ----------------------------------------------------------------------------------

    def _run(self, waker: Waker) -> None:
        tick_at = time.monotonic() + TICK_S
        while not self._stopping.is_set():
            self._awake.wait(max(0.0, tick_at - time.monotonic()))
            self._awake.clear()
            for _ in range(len(self._touched)):
                self._step(self._touched.popleft(), waker)
            if time.monotonic() >= tick_at:
                self._tick(waker)
                tick_at = time.monotonic() + (POLL_S if waker.polled else TICK_S)

    def _tick(self, waker: Waker) -> None:
        self._look_at_folders()
        waker.watch(self._folders)
        for path in self._paths:
            if not path.is_quiet():
                self._step(path, waker)

    def _step(self, path: FollowedPath, waker: Waker) -> None:
        if self._stopping.is_set():
            return
        places = path.places
        try:
            more = path.step()
        except Exception:  # whatever the receiver raised: the others go on, and this path is tried again
            if not self._stopping.is_set():
                _log.exception("%s: lines could not be delivered; trying again", path.path)
            return
        if more:
            self._touch(path)
        if path.places != places:
            self._watch(waker)

    def _watch(self, waker: Waker) -> None:
        """Watch where the paths lie now."""
        self._names.clear()
        self._folders = {}
        for path in self._paths:
            for place in path.places:
                self._folders.setdefault(place.folder, []).append(path)
        waker.watch(self._folders)

    def _look_at_folders(self) -> None:
        """What events may have missed: a folder that changed, came or went."""
        for folder, paths in self._folders.items():
            now = _changed_ns(folder)
            if now != self._folders_changed.get(folder):
                self._folders_changed[folder] = now if now < time.time_ns() - FRESH_NS else None
                for path in paths:
                    path.wants_look = True


def _concerns(path: FollowedPath, name: str) -> bool:
    return any(_is_place(place, name) for place in path.places)


def _is_place(place: Place, name: str) -> bool:
    folder, _, last = name.rpartition("/")
    if folder == place.folder:
        return last == place.name or is_rotation(place.rotated, last)
    return place.folder == name or place.folder.startswith(name + "/")


def _names_of(path: Path) -> tuple[str, str]:
    """The path's full name, and the same with its folder's links resolved, as a listing of the folder has it."""
    full = os.path.abspath(path)  # noqa: PTH100 - links stay
    folder, name = os.path.split(full)
    return full, os.path.join(os.path.realpath(folder), name)  # noqa: PTH118


def _changed_ns(folder: str) -> int:
    try:
        return os.stat(folder).st_mtime_ns  # noqa: PTH116 - plain names throughout
    except OSError:
        return 0


def _allow_descriptors(count: int) -> None:
    """Raise the soft limit of open files, where the hard one allows it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count + 256:
        wanted = count + 256 if hard == resource.RLIM_INFINITY else min(hard, count + 256)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
