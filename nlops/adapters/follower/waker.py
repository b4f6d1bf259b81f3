"""Wakes the follower: watchdog for speed, and where it cannot be trusted a shorter tick.

Nothing here decides anything: an event that is late, doubled or lost only costs time until the next tick.
"""

import importlib
import logging
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Protocol

from watchdog.events import (
    DirCreatedEvent,
    DirDeletedEvent,
    DirMovedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch

_log = logging.getLogger(__name__)

# What another machine, or a layer below, writes there raises no event here (inotify(7), "Limitations").
UNWATCHED_FILE_SYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "overlay", "vboxsf")

_EVENTS: list[type[FileSystemEvent]] = [
    FileModifiedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]


class Wake(Protocol):
    """Called on a foreign thread with a full name in a watched folder; `renamed` where more than its bytes changed."""

    def __call__(self, name: str, *, renamed: bool) -> None: ...


def file_system_of(folder: str, mountinfo: str) -> str:
    """The type of the file system of `folder` (a real path); `mountinfo` is /proc/self/mountinfo as in proc(5)."""
    best, kind = "", ""
    for line in mountinfo.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split(" ")
        if len(fields) < 5 or not right:
            continue
        point = _unescaped(fields[4])
        inside = folder == point or folder.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):  # a later mount on the same point hides the earlier
            best, kind = point, right.split(" ", 1)[0]
    return kind


def _unescaped(text: str) -> str:
    for code, char in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, char)
    return text


def why_polled(folder: str) -> str | None:
    """Why events in `folder` cannot be relied on, for people; None where they can."""
    try:
        mountinfo = Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return "no /proc/self/mountinfo to tell the file system"
    kind = file_system_of(os.path.realpath(folder), mountinfo)
    if kind.startswith("fuse") or kind in UNWATCHED_FILE_SYSTEMS:
        return f"a file system of type {kind} does not report every change"
    return None


def nearest_folder(folder: str) -> str:
    """`folder`, or its nearest parent that exists."""
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):  # noqa: PTH112, PTH120 - hot, and plain names
        folder = os.path.dirname(folder)  # noqa: PTH120
    return folder


class _Handler(FileSystemEventHandler):
    """Tells the follower the names in an event."""

    def __init__(self, wake: Wake) -> None:
        self._wake = wake

    def dispatch(self, event: FileSystemEvent) -> None:
        renamed = event.event_type != "modified"
        if event.is_directory and not renamed:
            return  # follows every creation and deletion, and says nothing more
        for name in (event.src_path, event.dest_path):
            if name:
                self._wake(os.fsdecode(name), renamed=renamed)


def _observer(handler: _Handler) -> BaseObserver:
    """watchdog's observer. On Linux its emitters tell the handler at once: the way through the observer's own queue and
    thread costs a sixth of a line's latency."""
    if sys.platform != "linux":
        return Observer()
    from watchdog.observers.inotify import InotifyEmitter

    class Emitter(InotifyEmitter):
        def queue_event(self, event: FileSystemEvent) -> None:
            handler.dispatch(event)

    return BaseObserver(Emitter)


class Waker:
    """Watches folders, not files, so that what is created or renamed there is seen."""

    def __init__(self, wake: Wake) -> None:
        _pair_no_moves()
        self._handler = _Handler(wake)
        self._observer: BaseObserver | None = None
        self._watches: dict[str, tuple[ObservedWatch, tuple[int, int]]] = {}
        self._polled: dict[str, str] = {}

    @property
    def polled(self) -> dict[str, str]:
        """Folders that are polled, and why."""
        return dict(self._polled)

    def watch(self, folders: Iterable[str]) -> None:
        """Watch exactly these folders, or their nearest parents; what is gone or was replaced is watched anew."""
        wanted = {nearest_folder(folder) for folder in folders}
        for folder in [one for one, (_, there) in self._watches.items() if one not in wanted or _id(one) != there]:
            self._drop(folder)
        for folder in wanted - self._watches.keys():
            self._add(folder)

    def close(self) -> None:
        if self._observer is not None:
            self._observer.stop()
            self._observer.join()
            self._observer = None
        self._watches.clear()

    def _add(self, folder: str) -> None:
        there = _id(folder)
        reason = self._polled.get(folder) or why_polled(folder)
        try:
            watch = self._running().schedule(self._handler, folder, event_filter=_EVENTS)
        except OSError as error:  # no inotify watches left, or the folder went away
            reason = f"it cannot be watched: {error.strerror or error}"
        else:
            if there is not None:
                self._watches[folder] = (watch, there)
        if reason and folder not in self._polled:
            _log.info("%s is polled: %s", folder, reason)
            self._polled[folder] = reason

    def _drop(self, folder: str) -> None:
        watch, _ = self._watches.pop(folder)
        if self._observer is not None:
            _quietly(lambda: self._running().unschedule(watch))

    def _running(self) -> BaseObserver:
        if self._observer is None:
            self._observer = _observer(self._handler)
            self._observer.start()
        return self._observer


def _quietly(action: Callable[[], None]) -> None:
    """watchdog drops an emitter itself when its folder is deleted; dropping it again is a KeyError or an OSError."""
    try:
        action()
    except (KeyError, OSError):
        _log.debug("a watch was gone already", exc_info=True)


def _id(folder: str) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)  # noqa: PTH116 - plain names throughout
    except OSError:
        return None
    return status.st_dev, status.st_ino


# Where watchdog keeps the pairing of a rename's halves: since 7.1, and before.
_GROUPERS = (
    ("watchdog.observers.inotify_move_event_grouper", "InotifyMoveEventGrouper"),
    ("watchdog.observers.inotify_buffer", "InotifyBuffer"),
)


def _pair_no_moves() -> None:
    """On Linux watchdog holds every event behind a rename back for 0.5 s, to pair the rename's halves. Here the halves
    need not meet: without the delay the slowest events come in 5 ms instead of 450."""
    for module, name in _GROUPERS:
        try:
            grouper = getattr(importlib.import_module(module), name)
        except ImportError:
            continue
        grouper.delay = 0
