"""One followed path: its generations, oldest first, and the step that brings them up to date with the disk.

A step may run at any moment and any number of times. It reads everything that is held, looks for generations that came
and went unseen, opens the file that has the path now, and starts a generation anew where its file was truncated; before
that it finishes the old one in the copy that a rotator may have made.
"""

import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from nlops.adapters.follower.cursor import Cursor, new_generation
from nlops.adapters.follower.generation import (
    GONE,
    Deliver,
    Generation,
    Outcome,
    Position,
    file_id,
    open_file,
)
from nlops.adapters.follower.names import rotation_pattern
from nlops.adapters.follower.siblings import Found, Place, Siblings

# A file that has lost the path is read until it has been silent for so long: programs reopen their logs late.
DRAIN_S = 5.0
# Ended generations by which copies are recognised, and late writes found: more than are made within the slack below.
PAST = 32
# A generation written so shortly before the last delivery may still be one that a kill left unread.
CLOCK_SLACK_NS = 1_000_000_000
# Coarse file times (4 ms on most kernels): within this of now, an unchanged time does not mean an unchanged file.
FRESH_NS = 50_000_000


class FollowedPath:
    """The state of one path. `deliver` gets whole lines and the key of their first byte."""

    def __init__(self, path: Path, cursor: Cursor, deliver: Deliver, is_followed: Callable[[str], bool]) -> None:
        self.path = os.path.abspath(path)  # noqa: PTH100 - a link on the way must stay a link
        self.wants_look = False
        self._deliver = deliver
        self._cursor = cursor
        self._keep = cursor.keep(self.path)
        self._past = cursor.positions(self.path)
        self._read_until_ns = max((at.read_ns for at in self._past), default=None)
        self._siblings = Siblings(is_followed)
        self._open: list[Generation] = []
        self._current: Generation | None = None
        self._quiet_at: tuple[int, int, int, int] | None = None
        self.places = self._find_places()

    # --- what there is to do -------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Find the files that were being read, and those that came since. Without a cursor, rotations are history."""
        self._switch(self._status())  # first: of a file and its copy, the file is the one to go on with
        self._look(everything=True)
        if self._read_until_ns is None:  # tells a later start since when the path is followed, even if no file comes
            self._retire(self._new_position(GONE))
        self._read_until_ns = 0

    def step(self) -> bool:
        """Do what there is to do; True where more is left for another turn."""
        status = self._status()
        changed = (file_id(status) if status else None) != (self._current and self._current.position.file)
        if changed or self.wants_look:
            self._read()  # so that copies are judged by all that was there
            self._current = None if changed else self._current
            self.wants_look = False
            self._look(everything=False)
        if changed:
            self._switch(status)
        more = self._read() or self.wants_look
        self._close_silent()
        self._remember(status)
        return more

    def is_quiet(self) -> bool:
        """By one look at the path's status: nothing happened since the last step."""
        if self._quiet_at is None or self.wants_look:
            return False
        status = self._status()
        return status is not None and _fingerprint(status) == self._quiet_at

    def close(self) -> None:
        for generation in self._open:
            generation.close()
        self._open.clear()
        self._current = None

    # --- reading ---------------------------------------------------------------------------------------------------

    def _read(self) -> bool:
        """Read everything that is held, the oldest first; True where a turn was not enough."""
        more = False
        for generation in list(self._open):
            outcome = self._read_one(generation)
            if outcome is Outcome.TRUNCATED:
                self._start_anew(generation)
                more = True
            more = more or outcome is Outcome.MORE
        return more

    def _read_one(self, generation: Generation) -> Outcome:
        before = generation.position.offset
        outcome = generation.read(self._deliver, self._moved)
        if generation.position.offset != before:
            generation.touched_at = time.monotonic()
        return outcome

    def _moved(self, at: Position) -> None:
        at.read_ns = time.time_ns()
        self._keep(at)

    def _start_anew(self, generation: Generation) -> None:
        """The file was truncated. What was not read may be in a rotator's copy, which is read before the new lines."""
        ended = generation.position
        generation.position = self._new_position(ended.file)
        self._retire(replace(ended, file=GONE))
        self._look(everything=True)

    # --- opening and closing -----------------------------------------------------------------------------------------

    def _status(self) -> os.stat_result | None:
        try:
            return os.stat(self.path)  # noqa: PTH116 - once a second for each of a thousand paths
        except OSError:
            return None

    def _switch(self, status: os.stat_result | None) -> None:
        """The path has another file, or none."""
        self._current = None
        self.places = self._find_places()
        if status is None:
            return
        held = next((one for one in self._open if one.position.file == file_id(status)), None)
        if held is not None:  # a link that was turned back
            self._open.remove(held)
            self._open.append(held)
            self._current = held
            return
        opened = open_file(self.path)
        if opened is None:
            return
        descriptor, now = opened
        if file_id(now) == file_id(status):
            self._current = self._adopt(Found(descriptor, file_id(now), now.st_size, now.st_mtime_ns), last=True)
        else:  # the name moved on while we looked: look again, so that what lies between is read first
            os.close(descriptor)
            self.wants_look = True

    def _look(self, *, everything: bool) -> None:
        """Open what is beside the path and belongs to it: files left before, copies with unread lines, missed ones."""
        held = {generation.position.file for generation in self._open}
        for path, status in self._siblings.files(self.places):
            if file_id(status) in held or not (everything or self._siblings.is_new(status)):
                continue
            found = self._siblings.open(path, status)
            if found is None:
                self.wants_look = True  # renamed while we looked
            elif not self._is_ours(found):
                self._siblings.pass_over(found)
                os.close(found.descriptor)
            elif all(generation.is_intact() for generation in self._open):
                self._adopt(found, last=False)
            else:  # truncated while we looked: it may be the copy of just that, which the next look will know
                self.wants_look = True
                os.close(found.descriptor)

    def _is_ours(self, found: Found) -> bool:
        """Whether a sibling has lines for us: the rest of a generation that is known, or a generation that is not."""
        if not found.size:
            return False
        known = self._known(found)
        if known is not None:
            return found.size > known.offset
        if self._is_copy(found):
            return False
        if self._siblings.is_same_stranger(found):
            return False
        return self._read_until_ns is not None and found.written_ns > self._read_until_ns - CLOCK_SLACK_NS

    def _is_copy(self, found: Found) -> bool:
        """Whether it is a copy, whole or in the making, of what is held, or of what was read and is truncated now."""
        if any(generation.is_copied_in(found.descriptor, found.size) for generation in self._open):
            return True
        ended = (at for at in self._past if at.file == GONE and found.size < at.offset)
        return any(at.begins_like(found.descriptor) for at in ended)

    def _known(self, found: Found) -> Position | None:
        """The ended generation that the file continues: by its inode and its bytes, or in a copy by its bytes alone."""
        same = [at for at in self._past if at.file == found.file]
        fitting = [at for at in (*same, *self._past) if at.continues_in(found.descriptor, found.size)]
        return next(iter(fitting), next((at for at in same if not at.offset), None))

    def _adopt(self, found: Found, *, last: bool) -> Generation:
        """Hold a file open, from where it was left or from its beginning."""
        known = self._known(found)
        if known is not None:
            self._past.remove(known)
            known.file = found.file
        position = known or self._new_position(found.file)
        self._keep(position)
        generation = Generation(found.descriptor, position, time.monotonic())
        before_current = self._current is not None and not last
        self._open.insert(len(self._open) - 1 if before_current else len(self._open), generation)
        return generation

    def _new_position(self, file: tuple[int, int]) -> Position:
        """Written before anything of it is delivered, so that its lines' keys are the same after a kill."""
        position = Position(new_generation(), file, read_ns=time.time_ns())
        self._keep(position)
        return position

    def _close_silent(self) -> None:
        """Close what has lost the path and been silent; of a deleted file nothing is kept."""
        now = time.monotonic()
        for generation in self._open:
            if generation is not self._current and now - generation.touched_at > DRAIN_S:
                self._open = [one for one in self._open if one is not generation]
                if generation.is_deleted():
                    self._cursor.forget(generation.position)
                else:
                    self._retire(generation.position)
                generation.close()

    def _retire(self, ended: Position) -> None:
        self._past.append(ended)
        self._keep(ended)
        while len(self._past) > PAST:
            self._cursor.forget(self._past.pop(0))

    # --- where to look ---------------------------------------------------------------------------------------------

    def _find_places(self) -> tuple[Place, ...]:
        """The folder of the path, and that of the file it links to."""
        folder, name = os.path.split(self.path)
        target = os.path.split(os.path.realpath(self.path))
        places = dict.fromkeys([(os.path.realpath(folder), name), target])
        return tuple(Place(folder, name, rotation_pattern(name)) for folder, name in places)

    def _remember(self, status: os.stat_result | None) -> None:
        """What the path looked like before it was read, where everything is read and only the path's file is held."""
        settled = status is not None and status.st_mtime_ns < time.time_ns() - FRESH_NS
        alone = self._current is not None and len(self._open) == 1
        self._quiet_at = _fingerprint(status) if status is not None and settled and alone else None


def _fingerprint(status: os.stat_result) -> tuple[int, int, int, int]:
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns
