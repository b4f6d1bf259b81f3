"""One generation of a log: the bytes that one file holds from its beginning until it is truncated or gone.

A generation is read with `pread` from 64 bytes before the first byte not yet delivered. Where those 64 bytes are not
the ones delivered last, or the first 64 not the ones delivered first, the file was truncated, even if it has grown past
that offset again. The file is held open, so that its inode cannot be given to another one.
"""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum

CHUNK_BYTES = 256 << 10
MARK_BYTES = 64
HEAD_BYTES = 256
MAX_LINE_BYTES = 1 << 20
# How much of one file is delivered before the others have their turn.
TURN_BYTES = 16 << 20
CUT = b" [the line was longer than 1 MiB: cut here]\n"

FileId = tuple[int, int]
GONE: FileId = (0, 0)
Deliver = Callable[[bytes, str], None]


@dataclass(eq=False)
class Position:
    """Where a generation was left: what finds its file again, and names the place of its lines.

    `generation` names it for ever. `file` is (device, inode), GONE once the file holds something else. `offset` is the
    first byte not delivered, `mark` the up to 64 bytes before it, `head` the file's first up to 256, both taken from
    what was delivered. `skipping` while the rest of a line over 1 MiB is passed over. `read_ns` is the wall time of the
    last delivery. `slot` is the cursor's.
    """

    generation: str
    file: FileId
    offset: int = 0
    mark: bytes = b""
    head: bytes = b""
    skipping: bool = False
    read_ns: int = 0
    slot: int = field(default=-1, repr=False)

    def advance(self, taken: bytes) -> None:
        """`taken` follows what was delivered before."""
        self.offset += len(taken)
        self.mark = (taken if len(taken) >= MARK_BYTES else self.mark + taken)[-MARK_BYTES:]
        if len(self.head) < HEAD_BYTES:
            self.head = (self.head + taken[:HEAD_BYTES])[:HEAD_BYTES]

    def continues_in(self, descriptor: int, size: int) -> bool:
        """Whether the open file holds what was delivered of this generation, byte for byte where it was kept."""
        if not self.offset or size < self.offset:
            return False
        return (
            os.pread(descriptor, len(self.head), 0) == self.head
            and os.pread(descriptor, len(self.mark), self.offset - len(self.mark)) == self.mark
        )

    def begins_like(self, descriptor: int) -> bool:
        """Whether the open file and this generation begin alike, as far as the shorter goes."""
        head = os.pread(descriptor, len(self.head), 0)
        return bool(head) and self.head.startswith(head)


class Outcome(Enum):
    """How a turn of reading ended."""

    END = "end"
    MORE = "more"
    TRUNCATED = "truncated"


class Generation:
    """An open file and the position in it. `touched_at` is when its last byte came (monotonic seconds)."""

    def __init__(self, descriptor: int, position: Position, touched_at: float) -> None:
        self.descriptor = descriptor
        self.position = position
        self.touched_at = touched_at

    def read(self, deliver: Deliver, moved: Callable[[Position], None]) -> Outcome:
        """Deliver whole lines up to the file's end, a turn at most; `moved` is called after each delivery."""
        if not self._begins_as_before():
            return Outcome.TRUNCATED
        stop = self.position.offset + TURN_BYTES
        while self.position.offset < stop:
            data, mark = self._peek(CHUNK_BYTES)
            if mark < 0:
                return Outcome.TRUNCATED
            taken = self._take(data, mark, deliver)
            if not taken:
                return Outcome.END
            self.position.advance(taken)
            moved(self.position)
            if mark + len(taken) == len(data) < CHUNK_BYTES:
                return Outcome.END
        return Outcome.MORE

    def _peek(self, size: int) -> tuple[bytes, int]:
        """The bytes from the mark on, and the mark's length; -1 for it where the file does not hold the mark now."""
        mark = self.position.mark
        data = os.pread(self.descriptor, size + len(mark), self.position.offset - len(mark))
        return data, len(mark) if data.startswith(mark) else -1

    def _take(self, data: bytes, mark: int, deliver: Deliver) -> bytes:
        """Deliver the whole lines in `data`, and give what is behind us now; nothing where there is half a line."""
        if self.position.skipping:
            return self._skip(data, mark)
        if data[mark : mark + 1] == b"\0" and not self.position.head.strip(b"\0"):
            return self._hole(data, mark)
        end = data.rfind(b"\n", mark) + 1
        if not end:
            return self._long(deliver) if len(data) - mark >= CHUNK_BYTES else b""
        lines = data[mark:end]
        deliver(lines, self.key)
        return lines

    @property
    def key(self) -> str:
        """The place of the next byte."""
        return f"{self.position.generation}:{self.position.offset}"

    def _hole(self, data: bytes, mark: int) -> bytes:
        """The zeros before the first line: what a truncation leaves under a program that does not append."""
        rest = data[mark:]
        return rest[: len(rest) - len(rest.lstrip(b"\0"))]

    def _long(self, deliver: Deliver) -> bytes:
        """A line that does not fit a chunk: whole up to 1 MiB, cut and marked beyond that."""
        data, mark = self._peek(MAX_LINE_BYTES)
        if mark < 0:
            return b""  # truncated this very moment: the next turn sees it
        end = data.rfind(b"\n", mark) + 1
        if end:
            deliver(data[mark:end], self.key)
            return data[mark:end]
        if len(data) - mark < MAX_LINE_BYTES:
            return b""
        deliver(data[mark:] + CUT, self.key)
        self.position.skipping = True
        return data[mark:]

    def _skip(self, data: bytes, mark: int) -> bytes:
        end = data.find(b"\n", mark) + 1
        self.position.skipping = not end
        return data[mark:end] if end else data[mark:]

    def is_intact(self) -> bool:
        """Whether the file still holds what was delivered last: it was not truncated since."""
        return self._begins_as_before() and self._peek(0)[1] >= 0

    def _begins_as_before(self) -> bool:
        """A second mark, at the beginning: logs repeat themselves (rules of dashes, dots), seldom in both places."""
        head = self.position.head[:MARK_BYTES]
        return os.pread(self.descriptor, len(head), 0) == head

    def is_copied_in(self, descriptor: int, size: int) -> bool:
        """Whether another open file, of `size` bytes, holds the same as this one as far as it goes."""
        at = max(0, size - MARK_BYTES)
        return (
            self.position.begins_like(descriptor)
            and os.pread(self.descriptor, size - at, at) == os.pread(descriptor, size - at, at) != b""
        )

    def is_deleted(self) -> bool:
        """Whether no name is left for the file."""
        return os.fstat(self.descriptor).st_nlink == 0

    def close(self) -> None:
        os.close(self.descriptor)


def open_file(path: str) -> tuple[int, os.stat_result] | None:
    """A descriptor of the regular file at `path` and its status; None where there is none that can be read."""
    try:
        # O_NONBLOCK: a named pipe without a writer must not hold the follower up.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError:
        return None
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode):
        return descriptor, status
    os.close(descriptor)
    return None


def file_id(status: os.stat_result) -> FileId:
    return status.st_dev, status.st_ino
