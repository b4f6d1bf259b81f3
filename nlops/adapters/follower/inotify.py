"""Linux's inotify through watchdog 7.1, at the thread that reads it.

A line's latency is a chain of threads that wake each other; watchdog's observer adds two, and one thread for each
folder, to order and pair events that here need neither. Its own reader and its watches are used as they are.
"""

import errno
import os

from watchdog.observers.inotify_c import (
    CallbackId,
    InotifyConstants,
    InotifyEvent,
    InotifyFD,
    Mask,
    WatchDescriptor,
)

from nlops.adapters.follower.watching import Wake

_MASK = Mask(
    InotifyConstants.IN_MODIFY
    | InotifyConstants.IN_MOVE
    | InotifyConstants.IN_CREATE
    | InotifyConstants.IN_DELETE
    | InotifyConstants.IN_DELETE_SELF
    | InotifyConstants.IN_MOVE_SELF
    | InotifyConstants.IN_ONLYDIR
)


class _Folder:
    """What watchdog calls back for one folder, on its reading thread."""

    def __init__(self, folder: str, wake: Wake) -> None:
        self._folder = folder
        self._wake = wake

    def on_event(self, event: InotifyEvent) -> None:
        name = os.path.join(self._folder, os.fsdecode(event.name)) if event.name else self._folder  # noqa: PTH118 - hot
        self._wake(name, renamed=not event.is_modify)

    def on_watch_deleted(self, wd: WatchDescriptor) -> None:  # noqa: ARG002 - watchdog gives it
        """The folder is gone."""
        self._wake(self._folder, renamed=True)

    def on_queue_overflow(self) -> None:
        """Events were lost: everything in the folder is looked at."""
        self._wake(self._folder, renamed=True)


class Inotify:
    """An inotify instance of its own."""

    def __init__(self, wake: Wake) -> None:
        self._wake = wake
        self._watches: dict[str, tuple[WatchDescriptor, CallbackId]] = {}
        self._inotify = InotifyFD()
        self._inotify.start()

    def add(self, folder: str) -> None:
        """Raises OSError."""
        callback = _Folder(folder, self._wake)
        callback_id = CallbackId(id(callback))
        watch = self._inotify.add_callback(os.fsencode(folder), _MASK, callback, callback_id)
        if watch < 0:  # watchdog passes over what it may not read
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), folder)
        self._watches[folder] = watch, callback_id

    def remove(self, folder: str) -> None:
        watch = self._watches.pop(folder, None)
        if watch is not None:
            self._inotify.remove_callbacks([watch])

    def close(self) -> None:
        self._inotify.stop()
        self._inotify.join()
