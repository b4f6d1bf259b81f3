"""What process managers have in common: restart, then look until another process is up, or say what was seen."""

import asyncio
import json
import shutil
import time
from collections.abc import Awaitable, Callable, Sequence

from nlops.adapters.process import Finished, run_command
from nlops.adapters.runners.verify import since
from nlops.domain import run_phrases as phrases
from nlops.domain.processes import NotRestarted, Restarted, Seen
from nlops.domain.words import Sentence

TIMEOUT_S = 20.0
SETTLE_S = 5.0  # how long a restarted process may take to be up with its new id


async def command(program: str, *words: str, timeout_s: float = TIMEOUT_S) -> Finished:
    """Run a manager's own program."""
    path = shutil.which(program)
    if path is None:
        return Finished(None, b"", phrases.NOT_ON_PATH.of(program=program))
    return await run_command([path, *words], timeout_s)


def reason(program: str, finished: Finished) -> Sentence:
    """Why a command failed: its last line."""
    if finished.reason is not None:
        return finished.reason
    lines = finished.output.decode("utf-8", "replace").strip().splitlines()
    last = lines[-1] if lines else phrases.PRINTED_NOTHING.of()
    return phrases.EXITED.of(program=program, exit=finished.exit, line=last)


def last_lines(finished: Finished, program: str, count: int) -> list[str] | Sentence:
    """The last lines that a manager's log command printed, or why there are none."""
    if finished.exit != 0:
        return reason(program, finished)
    return finished.output.decode("utf-8", "replace").rstrip("\n").splitlines()[-count:]


async def restart_and_look(
    program: str, look: Callable[[], Awaitable[Seen | Sentence]], restart: Sequence[str]
) -> Restarted | NotRestarted:
    """Restart by `program` with the arguments `restart`; done is only what is up in another life than before.

    `look` says what the manager knows, or why it knows nothing.
    """
    before, asked_at = await look(), time.time()
    if isinstance(before, Sentence):
        return NotRestarted(before)
    finished = await command(program, *restart)
    if finished.exit != 0:
        return NotRestarted(reason(program, finished), finished.exit)
    deadline = time.monotonic() + SETTLE_S
    while True:
        after = await look()
        if isinstance(after, Seen) and after.is_up and after.life != before.life:
            return Restarted(before.pid, after.pid, since(asked_at, after), 0)
        if time.monotonic() > deadline:
            seen = after if isinstance(after, Sentence) else after.describe(time.time())
            return NotRestarted(phrases.NOT_UP.of(program=program, seen=seen), 0)
        await asyncio.sleep(0.3)


def parse_json(text: str) -> object:
    """JSON that a manager printed, maybe behind news and warnings: the last line that begins a list or an object.
    Raises ValueError."""
    line = next((line for line in reversed(text.splitlines()) if line.startswith(("[", "{"))), None)
    if line is None:
        raise ValueError("no JSON was printed")
    value: object = json.loads(line)
    return value
