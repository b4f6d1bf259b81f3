"""Commands: their end, their deadline with the whole group, their output, their environment."""

import asyncio
import gc
import os
import sys
import time
from pathlib import Path

import pytest

from nlops.adapters.process import MAX_OUTPUT_BYTES, run_command
from tests.serving import until
from tests.support import processes_of


async def test_output_and_exit() -> None:
    """Both streams in order of writing, and the exit code."""
    code = "import sys; print('out'); sys.stdout.flush(); print('err', file=sys.stderr); sys.exit(3)"
    finished = await run_command([sys.executable, "-c", code], 20)
    assert (finished.exit, finished.output) == (3, b"out\nerr\n")


async def test_no_shell() -> None:
    """What a shell would act upon is just text."""
    finished = await run_command(["echo", "$(id)", ";", "rm", "`x`", "*"], 20)
    assert finished.output == b"$(id) ; rm `x` *\n"


async def test_deadline_ends_the_group(tmp_path: Path) -> None:
    """At the deadline the command goes, and what it started goes with it."""
    pid_file = tmp_path / "pid"
    code = (
        "import subprocess, sys, time; p = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
        f"open({str(pid_file)!r}, 'w').write(str(p.pid)); time.sleep(600)"
    )
    finished = await run_command([sys.executable, "-c", code], 2)
    assert finished.exit is None and "2 s" in str(finished.reason)
    assert is_gone(int(pid_file.read_text()))


def is_gone(pid: int) -> bool:
    """Whether a process has ended, within five seconds."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":  # ended; whoever is the machine's init has not collected it yet
            return True
        time.sleep(0.05)
    return False


async def test_a_command_that_is_cancelled_as_it_starts_is_gone(tmp_path: Path) -> None:
    """At whatever moment; nothing that it started goes on, and no pipe stays open (pytest says so of those that do)."""
    command = ("sh", "-c", f"tail -f {tmp_path} /dev/null; true")
    for number in range(60):
        running = asyncio.create_task(run_command(command, 20))
        await asyncio.sleep(number / 10_000)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    await until(lambda: not processes_of(str(tmp_path)))  # a kill takes a moment
    gc.collect()


async def test_flood_is_capped_and_does_not_hang() -> None:
    """Ten megabytes: the first part is kept, the command ends."""
    finished = await run_command([sys.executable, "-c", "print('x' * 10_000_000)"], 60)
    assert finished.exit == 0 and len(finished.output) == MAX_OUTPUT_BYTES


async def test_secrets_stay_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command sees PATH, not our keys."""
    monkeypatch.setenv("OPENAI_API_KEY", "hunter2")
    finished = await run_command([sys.executable, "-c", "import os; print(dict(os.environ))"], 20)
    assert b"hunter2" not in finished.output and b"PATH" in finished.output


@pytest.mark.parametrize("program", ["/no/such/program", os.devnull, "a\0b"])
async def test_what_cannot_start_is_a_result(program: str) -> None:
    """Never raised."""
    finished = await run_command([program], 5)
    assert finished.exit is None and "cannot be started" in str(finished.reason)


async def test_a_child_that_holds_the_pipe_holds_nothing_up(tmp_path: Path) -> None:
    """A command that has ended is over, though what it started still holds its output."""
    code = "import subprocess; subprocess.Popen(['sleep', '600']); print('done', flush=True)"
    start = time.monotonic()
    finished = await run_command([sys.executable, "-c", code], 60)
    assert (finished.exit, finished.output) == (0, b"done\n") and time.monotonic() - start < 30


async def test_a_deadline_reaches_who_outlives_the_leader(tmp_path: Path) -> None:
    """What was said before the deadline is kept."""
    code = "import time; print('first', flush=True); time.sleep(600)"
    finished = await run_command([sys.executable, "-c", code], 1)
    assert finished.exit is None and finished.output == b"first\n"


async def test_input_is_given_and_may_be_ignored() -> None:
    """All of it to who reads; who does not read is no failure."""
    assert (await run_command(["cat"], 20, stdin=b"x" * 200_000)).output == b"x" * 200_000
    assert (await run_command(["true"], 20, stdin=b"x" * 2_000_000)).exit == 0
