"""Wakes the follower: events for speed, and where they cannot be trusted a shorter tick.

Nothing here decides anything: an event that is late, doubled or lost only costs time until the next tick.
"""

import logging
import os
from collections.abc import Callable, Iterable

from nlops.adapters.follower.events import events
from nlops.adapters.follower.mounts import nearest_folder, why_polled
from nlops.adapters.follower.watching import Events, Wake

_log = logging.getLogger(__name__)


class Waker:
    """Keeps the folders watched that matter now, and knows which are polled."""

    def __init__(self, wake: Wake, make: Callable[[Wake], Events] = events) -> None:
        self._events = make(wake)
        self._watched: dict[str, tuple[int, int] | None] = {}
        self._polled: dict[str, str] = {}

    @property
    def polled(self) -> dict[str, str]:
        """Folders that are polled, and why."""
        return dict(self._polled)

    def watch(self, folders: Iterable[str]) -> None:
        """Watch exactly these folders, or their nearest parents; what is gone or was replaced is watched anew."""
        wanted = {nearest_folder(folder) for folder in folders}
        for folder in [one for one, there in self._watched.items() if one not in wanted or _id(one) != there]:
            del self._watched[folder]
            self._polled.pop(folder, None)
            self._events.remove(folder)
        for folder in wanted - self._watched.keys():
            self._add(folder)

    def close(self) -> None:
        self._events.close()

    def _add(self, folder: str) -> None:
        self._watched[folder] = _id(folder)
        reason = why_polled(folder)
        try:
            self._events.add(folder)
        except OSError as error:  # no inotify watches left, or not ours to read, or it went away
            reason = f"it cannot be watched: {error.strerror or error}"
        if reason is not None:
            _log.info("%s is polled: %s", folder, reason)
            self._polled[folder] = reason


def _id(folder: str) -> tuple[int, int] | None:
    try:
        status = os.stat(folder)  # noqa: PTH116 - plain names throughout
    except OSError:
        return None
    return status.st_dev, status.st_ino
