"""What lies beside a followed path: files that may be its rotations, and which of them were looked at already."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nlops.adapters.follower.generation import HEAD_BYTES, FileId, file_id, open_file
from nlops.adapters.follower.names import age_order, is_rotation


@dataclass(frozen=True)
class Found:
    """A sibling, open. Whoever takes it closes `descriptor`."""

    descriptor: int
    file: FileId
    size: int
    written_ns: int


@dataclass(frozen=True)
class _Seen:
    """How a sibling that is none of ours looked; while it only grows, it stays none of ours."""

    size: int
    written_ns: int
    head: bytes


@dataclass(frozen=True)
class Place:
    """A folder (its real path) and a name in it under which the log, or the target of its link, is written."""

    folder: str
    name: str
    rotated: re.Pattern[str]


class Siblings:
    """Remembers what was seen. `is_followed` tells whether a full name is another followed path."""

    def __init__(self, is_followed: Callable[[str], bool]) -> None:
        self._is_followed = is_followed
        self._seen: dict[FileId, _Seen] = {}

    def files(self, places: tuple[Place, ...]) -> list[tuple[str, os.stat_result]]:
        """Rotations beside the log, the one written longest ago first."""
        here = [item for place in places for item in self._listed(place)]
        present = {file_id(status) for _, status in here}
        self._seen = {file: seen for file, seen in self._seen.items() if file in present}
        return sorted(here, key=lambda item: (item[1].st_mtime_ns, *age_order(item[0])))

    def _listed(self, place: Place) -> Iterator[tuple[str, os.stat_result]]:
        try:
            with os.scandir(place.folder) as entries:
                for entry in entries:
                    if is_rotation(place.rotated, entry.name) and not self._is_followed(entry.path):
                        yield entry.path, entry.stat()
        except OSError:
            return  # the folder, or a file in it, went away while it was listed: the next look sees what is there

    def is_new(self, status: os.stat_result) -> bool:
        """Whether it was never looked at, or written since."""
        seen = self._seen.get(file_id(status))
        return bool(status.st_size) and (
            seen is None or (seen.size, seen.written_ns) != (status.st_size, status.st_mtime_ns)
        )

    def open(self, path: str, status: os.stat_result) -> Found | None:
        """The file that was listed as `path`; None where another one, or none, has the name by now."""
        opened = open_file(path)
        if opened is None:
            return None
        descriptor, now = opened
        if file_id(now) != file_id(status):
            os.close(descriptor)
            return None
        return Found(descriptor, file_id(now), now.st_size, now.st_mtime_ns)

    def is_same_stranger(self, found: Found) -> bool:
        """Whether it was passed over before and has only grown since: not a new file that was given an old inode."""
        seen = self._seen.get(found.file)
        return seen is not None and bool(seen.head) and os.pread(found.descriptor, len(seen.head), 0) == seen.head

    def pass_over(self, found: Found) -> None:
        """Look at it again only when it changes."""
        head = os.pread(found.descriptor, HEAD_BYTES, 0)
        self._seen[found.file] = _Seen(found.size, found.written_ns, head)
