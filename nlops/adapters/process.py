"""Running a command: no shell, a small environment, a deadline for the whole process group, capped output."""

import asyncio
import errno
import os
import pwd
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlops.domain import run_phrases as phrases
from nlops.domain.errors import Failure
from nlops.domain.words import Sentence

MAX_OUTPUT_BYTES = 256 * 1024
# What a program needs to find itself and its user; secrets of ours stay here.
KEPT_VARIABLES = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PM2_HOME", "XDG_RUNTIME_DIR")
# After a command has ended, what it started may hold the pipe; its last words get this long.
LAST_WORDS_S = 0.5


@dataclass(frozen=True)
class Finished:
    """What a command left. `exit` is negative after a signal, None where it ran past its time or could not start: then
    `reason` says which."""

    exit: int | None
    output: bytes
    reason: Sentence | None = None


@dataclass(frozen=True)
class Surroundings:
    """Where and as whom a command runs. `cwd` None is our own folder, `user` None ourselves; `env` comes on top of the
    small environment."""

    cwd: Path | None = None
    user: str | None = None
    env: Mapping[str, str] | None = None


def why(error: Exception) -> Sentence:
    """An error for people: what a system says of a file is told in their language, without its number."""
    if isinstance(error, Failure):
        return error.sentence
    if not isinstance(error, OSError) or error.filename is None:
        return phrases.PLAIN.of(error=error)
    kinds = {errno.ENOENT: phrases.NO_FILE, errno.EACCES: phrases.NO_PERMISSION, errno.EISDIR: phrases.NO_FOLDER}
    if error.errno in kinds:
        return kinds[error.errno].of(path=error.filename)
    return phrases.OF_FILE.of(path=error.filename, error=error.strerror)


def small_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | dict(extra or {})


async def start_process(*argv: str, **how: Any) -> asyncio.subprocess.Process:
    """As `asyncio.create_subprocess_exec`, with its errors, but started whole or not at all: asyncio, cancelled in the
    middle, kills the process without its group, and may leave its pipes open."""
    starting = asyncio.ensure_future(asyncio.create_subprocess_exec(*argv, **how))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        undoing = asyncio.ensure_future(_undo(starting))
        while not undoing.done():  # anyio cancels again and again
            with suppress(asyncio.CancelledError):
                await asyncio.wait([undoing])
        raise


async def has_ended_within(process: asyncio.subprocess.Process, seconds: float) -> bool:
    """Whether the process ends in that time. For whoever tidies up: where its task was cancelled, `asyncio.timeout` of
    Python 3.11.2, which is Debian's, ends in one more cancellation; and `process.wait` waits for whoever holds its
    output too."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while process.returncode is None and loop.time() < until:  # noqa: ASYNC110  there is no event for the end alone
        await asyncio.sleep(0.01)
    return process.returncode is not None


async def gone_within(process: asyncio.subprocess.Process, grace_s: float) -> None:
    """Returns once the process is gone; after `grace_s` seconds its group is killed."""
    if not await has_ended_within(process, grace_s):
        kill_group(process)
    await reap(process)


async def run_command(
    argv: Sequence[str],
    timeout_s: float,
    *,
    merge_stderr: bool = True,
    stdin: bytes | None = None,
    around: Surroundings = Surroundings(),
    max_output_bytes: int = MAX_OUTPUT_BYTES,
) -> Finished:
    """Run `argv` to its end, or to `timeout_s`; then its process group is killed, and so it is where this is cancelled.
    Never raises for the command."""
    try:
        process = await start_process(
            *argv,
            stdin=asyncio.subprocess.DEVNULL if stdin is None else asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT if merge_stderr else asyncio.subprocess.DEVNULL,
            start_new_session=True,
            cwd=around.cwd,
            **_identity(around),
        )
    except (OSError, ValueError, Failure) as error:
        return Finished(None, b"", phrases.NO_START.of(program=argv[0], error=why(error)))
    kept = bytearray()
    try:
        async with asyncio.timeout(timeout_s):
            if stdin is not None:
                await _feed(process, stdin)
            reading = asyncio.ensure_future(_read_capped(process, kept, max_output_bytes))
            try:
                await _end(process, reading)
            finally:
                reading.cancel()
    except TimeoutError:
        kill_group(process)
        return Finished(None, bytes(kept), phrases.RAN_PAST.of(seconds=f"{timeout_s:g}"))
    except BaseException:  # cancelled: nothing of it goes on
        kill_group(process)
        raise
    finally:
        await reap(process)
    return Finished(process.returncode, bytes(kept))


def _identity(around: Surroundings) -> dict[str, Any]:
    """The environment, and the user where one is named. Raises Failure where there is none of that name."""
    if around.user is None or around.user == pwd.getpwuid(os.geteuid()).pw_name:
        return {"env": small_environment(around.env)}
    try:
        person = pwd.getpwnam(around.user)
    except KeyError:
        raise Failure(phrases.NO_USER.of(user=repr(around.user))) from None
    home = {"HOME": person.pw_dir, "USER": person.pw_name, "LOGNAME": person.pw_name}
    env = small_environment({**home, **(around.env or {})})
    groups = os.getgrouplist(person.pw_name, person.pw_gid)
    return {"env": env, "user": person.pw_uid, "group": person.pw_gid, "extra_groups": groups}


async def _feed(process: asyncio.subprocess.Process, data: bytes) -> None:
    assert process.stdin is not None  # noqa: S101  it was asked for as a pipe
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _read_capped(process: asyncio.subprocess.Process, kept: bytearray, most: int) -> None:
    """The first `most` bytes; the rest is read and thrown away, so that the command is not stuck in a full pipe."""
    assert process.stdout is not None  # noqa: S101  it was asked for as a pipe
    while chunk := await process.stdout.read(65536):
        kept += chunk[: most - len(kept)]


def kill_group(process: asyncio.subprocess.Process) -> None:
    """Kill a process that leads a group, and who is in that."""
    # The group outlives its leader as long as anybody is in it.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


async def _end(process: asyncio.subprocess.Process, reading: asyncio.Future[None]) -> None:
    """Wait for the end of a command. `process.wait` alone would wait for everybody who holds its output too."""
    while not reading.done():
        await asyncio.wait([reading], timeout=LAST_WORDS_S)
        if process.returncode is not None:
            return
    await process.wait()


async def _undo(starting: asyncio.Future[asyncio.subprocess.Process]) -> None:
    with suppress(OSError, ValueError):
        process = await starting
        kill_group(process)
        with suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)  # where it has no group of its own
        await reap(process)


async def reap(process: asyncio.subprocess.Process) -> None:
    """Wait for the end of a process, and close its pipes."""
    while process.returncode is None:  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    # Who left the group may still hold the pipe: our end of it is closed here.
    process._transport.close()  # type: ignore[attr-defined]  # asyncio has no public way
