"""One followed path, stepped by hand: no thread, no event. What is right here is right with a tick alone."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlops.adapters.follower import path as path_module
from nlops.adapters.follower import siblings as siblings_module
from nlops.adapters.follower.cursor import Cursor
from nlops.adapters.follower.generation import CHUNK_BYTES, CUT, MAX_LINE_BYTES, TURN_BYTES, open_file
from nlops.adapters.follower.path import FollowedPath


class Bench:
    """A log, and a follower of it that can be stepped, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "bob.log"
        self.state = folder / "state"
        self.blocks: list[tuple[bytes, str]] = []
        self.refuses = False
        self.begin()

    def begin(self) -> None:
        self.cursor = Cursor(self.state)
        self.followed = FollowedPath(self.log, self.cursor, self._deliver, {str(self.log)}.__contains__)
        self.followed.begin()

    def _deliver(self, block: bytes, key: str) -> None:
        if self.refuses:
            raise RuntimeError("not now")
        self.blocks.append((block, key))

    def step(self) -> "Bench":
        while self.followed.step():
            pass
        return self

    def end(self) -> None:
        self.followed.close()
        self.cursor.close()

    def restart(self) -> "Bench":
        self.end()
        self.begin()
        return self

    def write(self, text: str | bytes, to: Path | None = None) -> "Bench":
        with (to or self.log).open("ab") as stream:
            stream.write(text.encode() if isinstance(text, str) else text)
        return self

    def rotate(self, name: str = "bob.log.1") -> Path:
        return self.log.rename(self.log.with_name(name))

    @property
    def text(self) -> str:
        return b"".join(block for block, _ in self.blocks).decode()

    @property
    def generations(self) -> list[str]:
        return list(dict.fromkeys(key.split(":")[0] for _, key in self.blocks))


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.end()


def test_reads_from_the_beginning_and_then_what_is_added(bench: Bench) -> None:
    bench.write("a\nb\n").step().write("c\n").step().step()
    assert bench.text == "a\nb\nc\n"
    assert [key.split(":")[1] for _, key in bench.blocks] == ["0", "4"]
    assert len(bench.generations) == 1


def test_half_a_line_stays_on_disk(bench: Bench) -> None:
    """Nothing is delivered before its line end is there, a character cut in two included."""
    letters = "消息 🐶\n".encode()
    for number in range(len(letters)):
        bench.write(letters[number : number + 1]).step()
        assert bench.text == ("" if number < len(letters) - 1 else letters.decode())


def test_a_missing_file_is_found_when_it_comes(bench: Bench) -> None:
    bench.step().write("late\n").step()
    assert bench.text == "late\n"


def test_a_folder_that_comes_late(tmp_path: Path) -> None:
    """A path may lie in a folder that does not exist yet."""
    blocks: list[bytes] = []
    log = tmp_path / "later" / "deeper" / "bob.log"
    followed = FollowedPath(log, Cursor(None), lambda block, _key: blocks.append(block), {str(log)}.__contains__)
    followed.begin()
    followed.step()
    log.parent.mkdir(parents=True)
    log.write_bytes(b"here\n")
    followed.step()
    followed.close()
    assert blocks == [b"here\n"]


def test_rotation_by_rename_with_late_writes(bench: Bench) -> None:
    """The program goes on writing the old file for a while: both are read to their ends."""
    bench.write("a\n").step()
    old = bench.rotate()
    bench.write("b\n", old).step().write("c\n").step().write("d\n", old).write("e\n").step()
    assert sorted(bench.text) == sorted("a\nb\nc\nd\ne\n")
    assert len(bench.generations) == 2


def test_a_silent_old_file_is_closed_and_found_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the drain time only the position is kept; a line that comes even later is read from there."""
    bench.write("a\n").step()
    old = bench.rotate()
    bench.write("b\n").step()
    monkeypatch.setattr(path_module, "DRAIN_S", -1.0)
    bench.step()
    opened = len(list(Path("/proc/self/fd").iterdir()))
    monkeypatch.undo()
    bench.write("late\n", old)
    bench.followed.wants_look = True  # as an event of the old name does
    bench.step()
    assert len(list(Path("/proc/self/fd").iterdir())) == opened + 1
    assert bench.text == "a\nb\nlate\n"


def test_generations_that_came_and_went_unseen(bench: Bench) -> None:
    """Three rotations before the follower looked once."""
    bench.write("a\n").step()
    for number in (3, 2, 1):
        bench.write(f"{number}\n")
        bench.rotate(f"bob.log.{number}")
    bench.write("now\n").step()
    assert bench.text == "a\n3\n2\n1\nnow\n"
    assert len(bench.generations) == 4  # "a" and "3" were in the same file


def test_copytruncate_finishes_the_copy_first(bench: Bench) -> None:
    """What was written between the last look and the copy is read in the copy, once, in its place."""
    bench.write("a\nb\n").step().write("c\n")
    shutil.copyfile(bench.log, bench.log.with_name("bob.log.1"))
    os.truncate(bench.log, 0)
    bench.write("d\n").step().step()
    assert bench.text == "a\nb\nc\nd\n"
    assert len(bench.generations) == 2
    (key,) = [key for block, key in bench.blocks if block == b"c\n"]
    assert key == f"{bench.generations[0]}:4"


def test_copies_while_the_file_goes_on_are_not_read(bench: Bench) -> None:
    """A backup is not a rotation, whole or in the making."""
    bench.write("a\nb\nc\n").step()
    backup = bench.log.with_name("bob.log.1")
    for size in (1, 3, 6):
        backup.write_bytes(bench.log.read_bytes()[:size])
        bench.followed.wants_look = True
        bench.step()
    bench.write("d\n").step().restart().step()
    assert bench.text == "a\nb\nc\nd\n"


def test_truncated_and_grown_past_the_old_size(bench: Bench) -> None:
    """The marker tells: the size alone would not."""
    bench.write("short\n").step()
    bench.log.write_bytes(b"another and much longer line\n")
    bench.step()
    assert bench.text == "short\nanother and much longer line\n"
    assert len(bench.generations) == 2


def test_truncated_to_nothing_and_written_again(bench: Bench) -> None:
    bench.write("a\n").step()
    os.truncate(bench.log, 0)
    bench.step().write("b\n").step()
    assert bench.text == "a\nb\n"


def test_a_program_that_does_not_append_leaves_zeros_after_a_truncation(bench: Bench) -> None:
    """It goes on at its old offset, so that a hole comes before the next line."""
    with bench.log.open("wb", buffering=0) as stream:
        stream.write(b"first\n" * 100)
        bench.step()
        os.truncate(bench.log, 0)
        stream.write(b"second\n")
        bench.step()
    assert bench.text == "first\n" * 100 + "second\n"


def test_deleted_and_created_again(bench: Bench) -> None:
    """File systems give the same inode number again at once; an open file keeps its own."""
    for number in range(5):
        bench.write(f"{number}\n").step()
        bench.log.unlink()
    bench.write("last\n").step()
    assert bench.text == "0\n1\n2\n3\n4\nlast\n"
    assert len(bench.generations) == 6


def test_a_link_that_is_turned_forth_and_back(bench: Bench) -> None:
    one, two = bench.log.with_name("one.txt"), bench.log.with_name("two.txt")
    for target, line in ((one, "a\n"), (two, "b\n"), (one, "c\n")):
        bench.write(line, target)
        link = bench.log.with_name("new")
        link.symlink_to(target.name)
        link.replace(bench.log)
        bench.step()
    assert bench.text == "a\nb\nc\n"


def test_a_line_over_the_limit_is_cut_and_marked(bench: Bench) -> None:
    """Up to 1 MiB a line is whole. Of a longer one the beginning comes, marked, and its rest is no line of its own."""
    whole = "w" * (MAX_LINE_BYTES - 1) + "\n"
    bench.write(whole).step()
    assert bench.text == whole
    bench.write("x" * MAX_LINE_BYTES).step().write("x" * 10).step().restart().write("09:00 forged\nafter\n").step()
    assert bench.text == whole + "x" * MAX_LINE_BYTES + CUT.decode() + "after\n"


def test_lines_over_a_chunk_are_whole(bench: Bench) -> None:
    lines = "".join("y" * (CHUNK_BYTES + number) + "\n" for number in (-1, 0, 1, 2 * CHUNK_BYTES))
    bench.write(lines).step()
    assert bench.text == lines


def test_a_long_backlog_comes_in_turns(bench: Bench) -> None:
    """One file does not keep the others waiting."""
    bench.write("z" * 1023 + "\n")
    bench.log.write_bytes(bench.log.read_bytes() * (TURN_BYTES // 1024 + 10))
    assert bench.followed.step() is True
    assert bench.followed.step() is False
    assert len(bench.text) == bench.log.stat().st_size


def test_what_is_no_file_is_left_alone(bench: Bench) -> None:
    """A named pipe does not hold the follower up; a folder is no log."""
    os.mkfifo(bench.log)
    bench.step()
    bench.log.unlink()
    bench.log.mkdir()
    bench.step()
    bench.log.rmdir()
    bench.write("a file\n").step()
    assert bench.text == "a file\n"


def test_a_block_that_was_refused_comes_again_with_its_key(bench: Bench) -> None:
    """The cursor moves only after the delivery."""
    bench.write("a\n").step().write("b\n")
    bench.refuses = True
    with pytest.raises(RuntimeError):
        bench.step()
    bench.refuses = False
    bench.step()
    assert bench.text == "a\nb\n"
    assert bench.blocks[1][1] == f"{bench.generations[0]}:2"


def test_rotations_from_before_the_first_start_are_history(tmp_path: Path) -> None:
    """Without a cursor only the path itself is read, even after a restart before the first line came."""
    (tmp_path / "bob.log.1").write_bytes(b"old\n")
    os.utime(tmp_path / "bob.log.1", (1, 1))
    bench = Bench(tmp_path)
    bench.step().restart().write("new\n").step()
    bench.write("old file goes on\n", tmp_path / "bob.log.1")
    bench.followed.wants_look = True
    bench.step().end()
    assert bench.text == "new\n"


def test_other_logs_beside_it_are_left_alone(bench: Bench) -> None:
    for name in ("bob-2.log", "bob.log.bak", "alice.log.1", "bob.log.2.gz", "bob.logs", "bob.1"):
        bench.write("not mine\n", bench.log.with_name(name))
    bench.write("mine\n").step()
    bench.rotate("bob.log.7")
    bench.write("mine too\n").step()
    assert bench.text == "mine\nmine too\n"


def test_quiet_is_what_has_not_changed_since_it_was_read(bench: Bench) -> None:
    """One look at the status is enough for it; a file time too fresh to be told from the next is not trusted."""
    bench.write("a\n").step()
    assert not bench.followed.is_quiet()
    os.utime(bench.log, (1, 1))
    assert bench.step().followed.is_quiet()
    bench.followed.wants_look = True
    assert not bench.followed.is_quiet()
    bench.step().write("b\n")
    assert not bench.followed.is_quiet()
    bench.step().log.unlink()
    assert not bench.followed.is_quiet()


def test_a_name_that_moves_on_while_it_is_opened(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rotated between the look and the opening: what lies between is read, and in order."""
    bench.write("a\n")
    real = open_file

    def rotated_first(path: str) -> tuple[int, os.stat_result] | None:
        monkeypatch.setattr(path_module, "open_file", real)
        bench.rotate()
        bench.write("b\n")
        return real(path)

    monkeypatch.setattr(path_module, "open_file", rotated_first)
    assert bench.step().text == "a\nb\n"


def test_truncated_while_its_copy_is_looked_at(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The copy is judged again once the truncation is known, so that nothing in it comes twice."""
    bench.write("a\nb\n").step()
    shutil.copyfile(bench.log, bench.log.with_name("bob.log.1"))
    real = open_file

    def truncated_first(path: str) -> tuple[int, os.stat_result] | None:
        bench.log.write_bytes(b"")
        return real(path)

    monkeypatch.setattr(siblings_module, "open_file", truncated_first)
    bench.followed.wants_look = True
    bench.followed.step()
    monkeypatch.undo()
    assert bench.write("c\n").step().text == "a\nb\nc\n"


def test_a_rotation_that_vanishes_while_it_is_looked_at(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked for again under its next name."""
    bench.write("a\n").step()
    bench.rotate()
    bench.write("b\n")
    bench.rotate("bob.log.2")
    bench.write("c\n")
    real = open_file

    def renamed_first(path: str) -> tuple[int, os.stat_result] | None:
        monkeypatch.setattr(siblings_module, "open_file", real)
        Path(path).rename(bench.log.with_name("bob.log.3"))
        return real(path)

    monkeypatch.setattr(siblings_module, "open_file", renamed_first)
    assert sorted(bench.step().text) == sorted("a\nb\nc\n")


class TestRestart:
    """The cursor finds every file again, whatever name it has."""

    def test_goes_on_where_it_was(self, bench: Bench) -> None:
        bench.write("a\n").step().restart().write("b\n").step().restart().step()
        assert bench.text == "a\nb\n"
        assert len(bench.generations) == 1

    def test_after_a_rename(self, bench: Bench) -> None:
        bench.write("a\n").step().write("b\n").end()
        bench.rotate()
        bench.write("c\n").begin()
        assert bench.step().text == "a\nb\nc\n"
        assert len(bench.generations) == 2

    def test_after_several_renames(self, bench: Bench) -> None:
        bench.write("a\n").step().write("b\n").end()
        bench.rotate("bob.log.2")
        bench.write("c\n")
        bench.rotate("bob.log.1")
        bench.write("d\n").begin()
        assert bench.step().text == "a\nb\nc\nd\n"

    def test_after_copytruncate(self, bench: Bench) -> None:
        bench.write("a\n").step().write("b\n").end()
        shutil.copyfile(bench.log, bench.log.with_name("bob__2026-11-22_09-00-00.log"))
        bench.log.write_bytes(b"c\n")
        bench.begin()
        assert bench.step().text == "a\nb\nc\n"

    def test_after_a_truncation_that_grew_past(self, bench: Bench) -> None:
        bench.write("a\n").step().end()
        bench.log.write_bytes(b"something else, longer\n")
        bench.begin()
        assert bench.step().text == "a\nsomething else, longer\n"

    def test_after_deletion_with_the_inode_used_again(self, bench: Bench) -> None:
        bench.write("a\n").step().end()
        bench.log.unlink()
        bench.write("b\n").begin()
        assert bench.step().text == "a\nb\n"

    def test_with_a_copy_beside_the_file(self, bench: Bench) -> None:
        """Of a file and its copy, the file is the one to go on with."""
        bench.write("a\n").step().end()
        shutil.copyfile(bench.log, bench.log.with_name("bob.log.1"))
        bench.write("b\n").begin()
        assert bench.step().text == "a\nb\n"

    def test_a_late_write_to_a_rotated_file(self, bench: Bench) -> None:
        bench.write("a\n").step()
        old = bench.rotate()
        bench.write("b\n").step().end()
        bench.write("late\n", old).begin()
        assert bench.step().text == "a\nb\nlate\n"
