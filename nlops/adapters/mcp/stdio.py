"""An MCP server as our child process, in place of the SDK's own transport: which reads lines of any length, takes no
user's environment away, and keeps what the server complained about to itself.

Ends with the block that uses it: standard input is closed, then the whole process group is killed.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import mcp_types
from mcp.shared.message import SessionMessage

from nlops.adapters.lines import clean
from nlops.adapters.mcp.budget import Budget
from nlops.adapters.process import has_ended_within, kill_group, reap, small_environment, start_process
from nlops.domain import mcp_phrases as phrases

GRACE_S = 1.0  # from the end of its input to the kill: who has something to tidy up does it in that
LAST_WORD_S = 0.5  # from the end of its output to its exit status
NOISE_LINES = 200  # of a server that prints other things than the protocol on its standard output
_LAST_WORDS = 5  # lines of its standard error that are kept


class Child:
    """What became of the process, for the message to a person."""

    def __init__(self) -> None:
        self.words: deque[str] = deque(maxlen=_LAST_WORDS)
        self.exit: int | None = None

    def said(self) -> str:
        """The last line of its standard error that is not empty."""
        return next((line for line in reversed(self.words) if line), "")


@asynccontextmanager
async def open_child(
    argv: tuple[str, ...], cwd: Path | None, env: Mapping[str, str], budget: Budget, child: Child
) -> AsyncIterator[Any]:
    """The two streams that the SDK's client wants. Raises OSError where the process cannot be started."""
    process = await start_process(
        *argv,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=cwd,
        env=small_environment(env),
        start_new_session=True,
        limit=budget.most,
    )
    to_us, from_server = anyio.create_memory_object_stream[SessionMessage | Exception](0)
    from_us, to_server = anyio.create_memory_object_stream[SessionMessage](0)
    try:
        async with anyio.create_task_group() as tasks, to_us, from_server, from_us, to_server:
            tasks.start_soon(_read, process, to_us, budget, child)
            tasks.start_soon(_write, process, to_server)
            tasks.start_soon(_listen, process, child)
            yield from_server, from_us
            tasks.cancel_scope.cancel()
    finally:
        with anyio.CancelScope(shield=True):
            await _end(process)


async def _read(process: asyncio.subprocess.Process, to_us: Any, budget: Budget, child: Child) -> None:
    """Its messages, until it ends or has said more than it may; then the stream ends, and with it every request."""
    assert process.stdout is not None  # noqa: S101  it was asked for as a pipe
    noise = 0
    async with to_us:
        with suppress(anyio.BrokenResourceError, anyio.ClosedResourceError, ConnectionError):
            while line := await _line(process.stdout, budget):
                message = _parse(line)
                if message is not None:
                    await to_us.send(message)
                    continue
                noise += 1
                if noise > NOISE_LINES:
                    budget.over = phrases.PRINTS_OTHER.of()
                    return
            # It ended, or closed its output, which is the same to us. Its code comes a moment later.
            await has_ended_within(process, LAST_WORD_S)
            child.exit = process.returncode


async def _line(stdout: asyncio.StreamReader, budget: Budget) -> bytes:
    """One line; empty at the end, and where the budget is spent."""
    try:
        line = await stdout.readline()
    except ValueError:  # longer than the reader's limit, which is the budget
        budget.spend(budget.most + 1)
        return b""
    return line if budget.spend(len(line)) else b""


def _parse(line: bytes) -> SessionMessage | None:
    try:
        return SessionMessage(mcp_types.jsonrpc_message_adapter.validate_json(line, by_name=False))
    except ValueError:
        return None


async def _write(process: asyncio.subprocess.Process, to_server: Any) -> None:
    assert process.stdin is not None  # noqa: S101  it was asked for as a pipe
    with suppress(BrokenPipeError, ConnectionResetError):
        async for message in to_server:
            text = message.message.model_dump_json(by_alias=True, exclude_unset=True)
            process.stdin.write(text.encode() + b"\n")
            await process.stdin.drain()


async def _listen(process: asyncio.subprocess.Process, child: Child) -> None:
    """Its standard error: read, so that it is not stuck in a full pipe, and the last lines kept."""
    assert process.stderr is not None  # noqa: S101  it was asked for as a pipe
    rest = b""
    while chunk := await process.stderr.read(4096):
        *lines, rest = (rest + chunk).split(b"\n")
        child.words.extend(clean(line[:300]).strip() for line in lines)
        rest = rest[:300]
    child.words.append(clean(rest).strip())


async def _end(process: asyncio.subprocess.Process) -> None:
    assert process.stdin is not None  # noqa: S101  it was asked for as a pipe
    process.stdin.close()
    await has_ended_within(process, GRACE_S)
    kill_group(process)
    await reap(process)
