"""The real product as a child process of the demo: `nlops run`, what it says while it starts, and its orderly end."""

import asyncio
import os
import re
import sys
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from nlops.sandbox.terminal import plain

READY = "nlops: ready"
STOP_TIMEOUT_S = 15.0


class Service:
    """`nlops run -c CONFIG`. `tell` gets each line it prints, and each new state of a progress bar."""

    def __init__(self, config: Path, pid_file: Path, tell: Callable[[str], None]) -> None:
        self.ready = asyncio.Event()
        self.ended = asyncio.Event()
        self.last_words: deque[str] = deque(maxlen=20)
        self._config, self._pid_file, self._tell = config, pid_file, tell
        self._process: asyncio.subprocess.Process | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, env: Mapping[str, str]) -> None:
        words = ("-P", "-m", "nlops", "run", "-c", str(self._config))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *words,
            env={**os.environ, **env, "PYTHONUNBUFFERED": "1"},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            # Ctrl-C in the terminal is for the demo, which then ends its service in order.
            process_group=0,
        )
        self._process = process
        assert process.stdout is not None and process.stderr is not None  # noqa: S101  both are pipes
        readers = [asyncio.create_task(self._read(stream)) for stream in (process.stdout, process.stderr)]
        self._tasks = [*readers, asyncio.create_task(self._wait(process))]
        self._pid_file.write_text(str(process.pid), "utf-8")

    @property
    def exit_code(self) -> int | None:
        return None if self._process is None else self._process.returncode

    async def stop(self) -> None:
        """SIGTERM, then after 15 s SIGKILL. Returns once it is gone."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.terminate()
        await asyncio.wait(self._tasks, timeout=STOP_TIMEOUT_S)
        if self._process.returncode is None:
            self._process.kill()
        await asyncio.gather(*self._tasks)

    async def _wait(self, process: asyncio.subprocess.Process) -> None:
        await process.wait()
        self._pid_file.unlink(missing_ok=True)
        self.ended.set()

    async def _read(self, stream: asyncio.StreamReader) -> None:
        """Lines end in `\\n`; a progress bar redraws itself after `\\r`."""
        rest = ""
        while block := await stream.read(4096):
            *lines, rest = re.split(r"[\r\n]+", rest + block.decode(errors="replace"))
            for line in lines:
                self._heard(line)
        self._heard(rest)

    def _heard(self, line: str) -> None:
        text = plain(line)
        if not text:
            return
        self.last_words.append(text)
        if text == READY:
            self.ready.set()
        self._tell(text)
