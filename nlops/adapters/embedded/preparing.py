"""The file that runs, made ready in a process of its own: it can take minutes, and whoever waits may stop at once.

    child → parent, lines of JSON on standard output:
        {"say": text}       what takes longer than a moment, for a person
        {"failed": text}    the last one, where it failed

The parent keeps standard input open; its end is the child's end, and that of pip or the merge that it started, however
the parent died. What a child leaves half-made goes with it, or with the next one.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from nlops.adapters.embedded.weights import is_ready, prepare_weights, weights_file
from nlops.adapters.process import gone_within, start_process
from nlops.domain.errors import ModelError

_END_S = 3.0


async def weights_ready(cache_dir: Path, say: Callable[[str], None]) -> Path:
    """The file that runs, made ready on first use. Raises ModelError; cancelled, nothing of it goes on."""
    if not is_ready(cache_dir):
        child = await start_process(
            *(sys.executable, "-P", "-m", __name__, str(cache_dir)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            await _listen(child, say)
        finally:
            assert child.stdin is not None  # noqa: S101  it was asked for as a pipe
            child.stdin.close()
            await gone_within(child, _END_S)
    return weights_file(cache_dir)


async def _listen(child: asyncio.subprocess.Process, say: Callable[[str], None]) -> None:
    assert child.stdout is not None  # noqa: S101  it was asked for as a pipe
    async for line in child.stdout:
        told = json.loads(line)
        if "failed" in told:
            raise ModelError(told["failed"])
        say(told["say"])
    if await child.wait():
        raise ModelError(f"the language model was not made ready: what did it ended with {child.returncode}")


def main() -> None:
    """Make ready the file of the folder in the first argument."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # an exit, so that what is half-made is removed
    Thread(target=_watch, daemon=True).start()
    try:
        prepare_weights(Path(sys.argv[1]), lambda text: _tell("say", text))
    except ModelError as error:
        _tell("failed", str(error))


def _tell(kind: str, text: str) -> None:
    print(json.dumps({kind: text}), flush=True)


def _watch() -> None:
    """End the group once nobody waits for it."""
    while os.read(0, 1024):  # not `sys.stdin`, whose lock a thread that waits would hold when Python ends
        pass
    os.killpg(0, signal.SIGTERM)


if __name__ == "__main__":
    main()
