"""What wakes the follower, and whoever watches folders for it, as Protocols."""

from typing import Protocol


class Wake(Protocol):
    """Called on a foreign thread with a full name in a watched folder; `renamed` where more than its bytes changed."""

    def __call__(self, name: str, *, renamed: bool) -> None: ...


class Events(Protocol):
    """Watches folders, not files, so that what is created or renamed there is seen."""

    def add(self, folder: str) -> None:
        """Raises OSError where the folder cannot be watched."""

    def remove(self, folder: str) -> None:
        """Whether or not it is there still."""

    def close(self) -> None: ...
