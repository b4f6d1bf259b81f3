"""Any order of writing, rotating, truncating, linking, deleting and dying, against a model of what must come out."""

import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from nlops.adapters.follower.cursor import Cursor
from nlops.adapters.follower.path import FollowedPath

# So many names for rotations; with the truncations of 25 steps fewer than the ended generations that are remembered.
ROTATIONS = 8


class AnyHistory(RuleBasedStateMachine):
    """`unread` are the lines that must come at the next step, in the order of each file; `gone` those that may not."""

    @initialize()
    def make(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nlops-follower-"))
        self.log = self.folder / "bob.log"
        self.state = self.folder / "state"
        self.number = self.rotations = self.deaths = 0
        self.came: list[bytes] = []
        self.keys: dict[str, bytes] = {}
        self.expected: set[bytes] = set()
        self.unread: set[bytes] = set()
        self.half = b""
        self.old: Path | None = None
        self.begin()

    def begin(self) -> None:
        self.cursor = Cursor(self.state)
        self.followed = FollowedPath(self.log, self.cursor, self.deliver, {str(self.log)}.__contains__)
        self.followed.begin()

    def deliver(self, block: bytes, key: str) -> None:
        assert block.endswith(b"\n")
        generation, _, offset = key.partition(":")
        at = int(offset)
        for line in block.splitlines(keepends=True):
            assert self.keys.setdefault(f"{generation}:{at}", line) == line, "a key names one line for ever"
            self.came.append(line)
            at += len(line)

    def lines(self, count: int) -> bytes:
        made = [b"line %06d %s\n" % (self.number + n, b"." * (n * 37 % 90)) for n in range(count)]
        self.number += count
        self.unread.update(made)
        return b"".join(made)

    def append(self, path: Path, data: bytes) -> None:
        with path.open("ab") as stream:
            stream.write(data)

    @rule(count=st.integers(1, 30))
    def write(self, count: int) -> None:
        self.append(self.log, self.finished() + self.lines(count))

    def finished(self) -> bytes:
        rest, self.half = self.half, b""
        return rest

    @precondition(lambda self: not self.half)
    @rule()
    def write_half_a_line(self) -> None:
        line = self.lines(1)
        self.append(self.log, line[:7])
        self.half = line[7:]

    @precondition(lambda self: self.old is not None)
    @rule(count=st.integers(1, 5))
    def write_late(self, count: int) -> None:
        """The program has not reopened its log yet."""
        assert self.old is not None
        self.append(self.old, self.lines(count))

    @precondition(lambda self: self.rotations < ROTATIONS)
    @rule(count=st.integers(0, 30))
    def link(self, count: int) -> None:
        """The path becomes a link to a file elsewhere, at one stroke, after everything was read."""
        if self.log.exists():
            self.append(self.log, self.finished())
        self.step()
        self.rotations += 1
        target = self.folder / f"elsewhere-{self.rotations}" / "real.log"
        target.parent.mkdir()
        target.write_bytes(self.finished() + self.lines(count))
        new = self.folder / "new-link"
        new.symlink_to(target)
        new.replace(self.log)

    @precondition(lambda self: self.log.exists() and not self.log.is_symlink() and self.rotations < ROTATIONS)
    @rule(dated=st.booleans())
    def rename(self, dated: bool) -> None:
        self.append(self.log, self.finished())
        self.old = self.log.rename(self.aside(dated))

    @precondition(lambda self: self.log.exists() and self.rotations < ROTATIONS)
    @rule(dated=st.booleans())
    def copytruncate(self, dated: bool) -> None:
        self.append(self.log, self.finished())
        shutil.copyfile(self.log, self.aside(dated))
        os.truncate(self.log, 0)

    def aside(self, dated: bool) -> Path:
        self.rotations += 1
        name = (
            f"bob__2026-11-22_09-00-{self.rotations:02}.log" if dated else f"bob.log.{ROTATIONS + 1 - self.rotations}"
        )
        return self.folder / name

    @precondition(lambda self: self.log.exists())
    @rule(count=st.integers(0, 30))
    def truncate(self, count: int) -> None:
        """In place, after everything was read: what a truncation destroys unread is nobody's to deliver."""
        self.append(self.log, self.finished())
        self.step()
        self.log.write_bytes(self.lines(count))

    @precondition(lambda self: self.log.exists())
    @rule()
    def delete(self) -> None:
        self.append(self.log, self.finished())
        self.step()
        self.log.unlink()

    @rule()
    def restart(self) -> None:
        self.followed.close()
        self.cursor.close()
        self.begin()

    @rule()
    def die(self) -> None:
        """As SIGKILL leaves it: the cursor's file as it is at this moment, nothing closed in order."""
        self.deaths += 1
        left = self.folder / f"state-{self.deaths}"
        shutil.copytree(self.state, left)
        self.followed.close()
        self.cursor.close()
        self.state = left
        self.begin()

    @rule()
    def step(self) -> None:
        self.followed.wants_look = True  # as whoever watches the folder says when anything in it changed
        while self.followed.step():
            pass
        waiting = {line for line in self.unread if self.half and line.endswith(self.half)}
        self.expected |= self.unread - waiting
        self.unread = waiting
        assert set(self.came) == self.expected

    @invariant()
    def nothing_comes_twice_or_changed(self) -> None:
        assert len(self.came) == len(set(self.came))
        assert set(self.came) <= self.expected | self.unread

    def teardown(self) -> None:
        if hasattr(self, "followed"):
            self.step()
            self.followed.close()
            self.cursor.close()
            shutil.rmtree(self.folder)


TestAnyHistory = AnyHistory.TestCase
TestAnyHistory.settings = settings(
    max_examples=60, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
