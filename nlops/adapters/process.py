"""Running a command: no shell, a small environment, a deadline for the whole process group, capped output."""

import asyncio
import os
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

MAX_OUTPUT_BYTES = 256 * 1024
# What a program needs to find itself and its user; secrets of ours stay here.
KEPT_VARIABLES = ("PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PM2_HOME", "XDG_RUNTIME_DIR")


@dataclass(frozen=True)
class Finished:
    """What a command left. `exit` is negative after a signal, None where it ran past its time or could not start."""

    exit: int | None
    output: bytes
    reason: str = ""


def small_environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    return {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ} | dict(extra or {})


async def run_command(argv: Sequence[str], timeout_s: float, *, merge_stderr: bool = True) -> Finished:
    """Run `argv` to its end, or to `timeout_s`; then its process group is killed. Never raises for the command."""
    try:
        process = await asyncio.create_subprocess_exec(
            *argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT if merge_stderr else asyncio.subprocess.DEVNULL,
            env=small_environment(),
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        return Finished(None, b"", f"{argv[0]} cannot be started: {error}")
    try:
        async with asyncio.timeout(timeout_s):
            output = await _read_capped(process)
            code = await process.wait()
    except TimeoutError:
        return Finished(None, b"", f"it ran past its {timeout_s:g} s and was stopped")
    finally:
        await _end_group(process)
    return Finished(code, output)


async def _read_capped(process: asyncio.subprocess.Process) -> bytes:
    """The first MAX_OUTPUT_BYTES; the rest is read and thrown away, so that the command is not stuck in a full pipe."""
    assert process.stdout is not None  # noqa: S101  it was asked for as a pipe
    kept = bytearray()
    while chunk := await process.stdout.read(65536):
        kept += chunk[: MAX_OUTPUT_BYTES - len(kept)]
    return bytes(kept)


async def _end_group(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
