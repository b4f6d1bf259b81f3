"""Events of folders, by watchdog. Linux's inotify is taken at its thread; elsewhere, and where watchdog has changed
inside, its observer does the same with two threads more on every line's way.
"""

import importlib
import logging
import os
import sys

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
from watchdog.observers.api import ObservedWatch

from nlops.adapters.follower.watching import Events, Wake

_log = logging.getLogger(__name__)


def events(wake: Wake) -> Events:
    """The fastest that works here."""
    if sys.platform == "linux":
        try:
            from nlops.adapters.follower.inotify import Inotify

            return Inotify(wake)
        except (ImportError, AttributeError, TypeError):
            _log.info("this watchdog is another one inside: its observer is used", exc_info=True)
    return Observed(wake)


_EVENTS: list[type[FileSystemEvent]] = [
    FileModifiedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileDeletedEvent,
    DirCreatedEvent,
    DirMovedEvent,
    DirDeletedEvent,
]


class _Handler(FileSystemEventHandler):
    def __init__(self, wake: Wake) -> None:
        self._wake = wake

    def dispatch(self, event: FileSystemEvent) -> None:
        renamed = event.event_type != "modified"
        if event.is_directory and not renamed:
            return  # follows every creation and deletion, and says nothing more
        for name in (event.src_path, event.dest_path):
            if name:
                self._wake(os.fsdecode(name), renamed=renamed)


class Observed:
    """By watchdog's observer."""

    def __init__(self, wake: Wake) -> None:
        _pair_no_moves()
        self._handler = _Handler(wake)
        self._watches: dict[str, ObservedWatch] = {}
        self._observer = Observer()
        self._observer.start()

    def add(self, folder: str) -> None:
        self._watches[folder] = self._observer.schedule(self._handler, folder, event_filter=_EVENTS)

    def remove(self, folder: str) -> None:
        try:
            self._observer.unschedule(self._watches.pop(folder))
        except (KeyError, OSError):  # watchdog drops an emitter itself when its folder is deleted
            _log.debug("%s was let go already", folder, exc_info=True)

    def close(self) -> None:
        self._observer.stop()
        self._observer.join()


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
