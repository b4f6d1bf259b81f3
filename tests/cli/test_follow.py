"""`nlops follow` as a process of its own: what it prints, through SIGKILL and rotations."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest


class Following:
    """A running `nlops follow`, its output collected while it comes."""

    def __init__(self, *args: str) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "nlops", "follow", *args], stdout=subprocess.PIPE)
        self.printed = b""
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while data := self.process.stdout.read1():  # type: ignore[attr-defined]
            with self._changed:
                self.printed += data
                self._changed.notify_all()

    def wait(self, last: int) -> bytes:
        """Until this line came; thirty seconds are a failure, not a measure."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.printed.endswith(as_lines(last)), timeout=30), self.printed
        return self.printed

    def end(self, by: signal.Signals) -> int:
        self.process.send_signal(by)
        code = self.process.wait(timeout=30)
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "bob.log"


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def append(path: Path, *numbers: int) -> None:
    with path.open("ab") as stream:
        for number in numbers:
            stream.write(b"line %d\n" % number)


def as_lines(*numbers: int) -> bytes:
    return b"".join(b"line %d\n" % number for number in numbers)


def test_prints_what_is_there_and_what_comes(log: Path, state: Path) -> None:
    """And ends in order when asked to."""
    append(log, 1, 2)
    following = Following("--state", str(state), str(log))
    following.wait(2)
    append(log, 3)
    assert following.wait(3) == as_lines(1, 2, 3)
    assert following.end(signal.SIGTERM) == 0


def test_a_file_that_is_not_there_is_waited_for_and_that_is_said(log: Path) -> None:
    command = [sys.executable, "-m", "nlops", "follow", str(log)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as following:
        assert following.stdout is not None and following.stderr is not None
        assert following.stderr.readline().decode() == f"nlops: {log}: No such file or directory; waiting for it\n"
        append(log, 1)
        assert following.stdout.readline() == b"line 1\n"
        following.terminate()


def test_interrupting_it_is_an_end_too(log: Path) -> None:
    append(log, 1)
    following = Following(str(log))
    following.wait(1)
    assert following.end(signal.SIGINT) == 0


@pytest.mark.parametrize("rotated", [False, True], ids=["as it was", "rotated twice while nobody looked"])
def test_a_kill_costs_no_line(log: Path, state: Path, rotated: bool) -> None:
    """After SIGKILL it goes on where its last delivery ended, whatever the file is called now."""
    append(log, 1, 2)
    following = Following("--state", str(state), str(log))
    following.wait(2)
    append(log, 3)
    following.wait(3)
    assert following.end(signal.SIGKILL) == -signal.SIGKILL
    first = following.printed
    append(log, 4)
    if rotated:
        log.rename(f"{log}.2")
        append(log, 5)
        log.rename(f"{log}.1")
    append(log, 6)
    following = Following("--state", str(state), str(log))
    came = as_lines(4, 5, 6) if rotated else as_lines(4, 6)
    following.wait(6)
    following.end(signal.SIGTERM)
    # The kill may fall between a delivery and its note in the cursor: then that delivery, and only that, comes again.
    assert following.printed.removeprefix(as_lines(3)) == came
    assert first == as_lines(1, 2, 3)


def test_ends_when_nobody_reads_any_longer(log: Path) -> None:
    append(log, 1)
    process = subprocess.Popen([sys.executable, "-m", "nlops", "follow", str(log)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"line 1\n"
    process.stdout.close()
    append(log, 2)
    assert process.wait(timeout=30) == 0


def test_two_with_one_state_are_refused(log: Path, state: Path) -> None:
    append(log, 1)
    following = Following("--state", str(state), str(log))
    following.wait(1)
    second = subprocess.run(
        [sys.executable, "-m", "nlops", "follow", "--state", str(state), str(log)], capture_output=True, text=True
    )
    following.end(signal.SIGTERM)
    assert (second.returncode, second.stdout) == (1, "")
    assert "another nlops follows with this folder" in second.stderr
