"""The embedded model: make its file ready, start the child process, ask it; start it again when it died."""

import asyncio
import json
import secrets
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import IO

from nlops.adapters.embedded.environment import child_environment, usable_cores
from nlops.adapters.embedded.fetch import NAME
from nlops.adapters.embedded.prefixes import Prefixes, kept_in, name_of
from nlops.adapters.embedded.preparing import weights_ready
from nlops.adapters.openai_model import OpenAIModel
from nlops.adapters.process import has_ended_within, reap, start_process
from nlops.domain.config import ModelConfig, Secret
from nlops.domain.errors import ModelError
from nlops.domain.model import NOTHING_AHEAD, ModelFailure, ModelReply, ModelRequest, WarmUp

_START_S = 60.0
_END_S = 3.0
# The first question reads the whole prefix: 10 ms a token on two slow cores, and a few thousand tokens.
_WARM_UP_S = 120.0
# A page of 24 tools at most, an exchange and a message; the KV cache takes 12 KiB a token, 98 MB in all.
_CONTEXT_TOKENS = 8192
_PREFIXES = Path("models", "prefixes")
# What is read while nothing is asked is read in pieces, so that a message waits some two seconds for it at most.
_PIECE_CHARS = 600
# The work is bound by memory, not by cores; more threads than this only disturb the bots next to it.
_MOST_THREADS = 4


class EmbeddedModel:
    """The model in a process of its own; keeps the promises of `nlops.ports.Model`.

    `warm_up` are questions asked after every start, so that a message finds its prefix read: those for `later` while
    nothing else is asked, and until then a question like them has no answer. What was read is kept on disk, and a
    question over another page than the last one takes it from there.
    """

    def __init__(
        self,
        cache_dir: Path,
        *,
        timeout_s: float = 20.0,
        warm_up: WarmUp = NOTHING_AHEAD,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        self._cache_dir, self._timeout_s, self._warm_up = cache_dir, timeout_s, warm_up
        self._say = progress or (lambda _: None)
        self._file: Path | None = None
        self._child: asyncio.subprocess.Process | None = None
        self._noise: IO[bytes] | None = None
        self._with_child = ExitStack()  # what lives as long as it
        self._client: OpenAIModel | None = None
        self._prefixes: Prefixes | None = None
        self._page = ""  # what the model has read last
        self._at = ("", "")  # the child's address, and its key
        self._starting = asyncio.Lock()
        self._place = asyncio.Lock()  # the child has one, for a message or a piece of what is read ahead
        self._ahead: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid if self._is_alive() and self._child else None

    async def start(self) -> None:
        """Make the file ready on first use, start the child and warm it up. Raises ModelError."""
        async with self._starting:
            if self._is_alive():
                return
            if self._file is None or not self._file.is_file():  # another version of nlops may have removed it
                self._file = await weights_ready(self._cache_dir, self._say)
            await self._spawn(self._file)

    async def stop(self) -> None:
        await self._stop_reading()
        child, self._child = self._child, None
        if self._client is not None:
            await self._client.stop()
            self._client = None
        if child is not None and child.stdin is not None:
            child.stdin.close()
            if not await has_ended_within(child, _END_S):
                child.kill()
            await reap(child)
        self._noise = None
        self._with_child.close()

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure:
        """A question during which the child dies is asked once more, of its successor."""
        async with self._place:
            answer = await self._ask(request)
            died = isinstance(answer, ModelFailure) and answer.reason == "unreachable" and self._child is not None
            return await self._ask(request) if died and not self._is_alive() else answer

    async def _ask(self, request: ModelRequest) -> ModelReply | ModelFailure:
        if self._file is None or self._starting.locked():
            return ModelFailure("starting", "the model is not up yet")
        if not self._is_alive():
            self._say("the model's process is gone; starting it again")
            try:
                await self.stop()
                await self.start()
            except ModelError as error:
                return ModelFailure("unreachable", str(error))
        client = self._client
        if client is None:
            return ModelFailure("starting")
        if self._is_unread(request):
            return ModelFailure("unread", "a second reading of this page is not possible yet")
        await self._turn_to(request)
        answer = await client.ask(request)
        if isinstance(answer, ModelFailure) and answer.reason == "unreachable":
            self._page = ""  # nobody knows what it has read
        return answer

    async def _turn_to(self, request: ModelRequest) -> None:
        """Have the page of the catalogue that the request is about at hand, where it was read before."""
        page = name_of(request)
        if self._prefixes is not None and page != self._page and len(self._warm_up.first) > 1:
            await self._prefixes.restore(request)
        self._page = page

    def _is_unread(self, request: ModelRequest) -> bool:
        later = any(request.messages[:1] == one.messages[:1] for one in self._warm_up.later)
        return later and self._prefixes is not None and not self._prefixes.has(request)

    async def renew(self, warm_up: WarmUp) -> None:
        """Read the prefixes of these questions, now and after every later start. Where the child does not answer, the
        next question starts it again."""
        await self._stop_reading()
        self._warm_up = warm_up
        if self._starting.locked() or not self._is_alive() or self._prefixes is None:
            return
        self._say("the model reads the new tools")
        try:
            await self._read_pages(self._prefixes, *self._at)
        except ModelError as error:
            self._say(str(error))
        self._ahead = asyncio.create_task(self._read_ahead(self._prefixes, *self._at))

    async def ended(self) -> None:
        """Returns once the child is gone; at once where there is none."""
        if self._child is not None:
            await self._child.wait()

    def _is_alive(self) -> bool:
        return self._child is not None and self._child.returncode is None

    async def _spawn(self, file: Path) -> None:
        self._say("loading the language model; keywords work meanwhile")
        key = secrets.token_urlsafe(24)
        self._noise = self._with_child.enter_context(tempfile.TemporaryFile())  # noqa: SIM115 - the stack closes it
        folder = self._with_child.enter_context(kept_in(self._cache_dir / _PREFIXES))
        self._child = await start_process(
            sys.executable,
            *("-P", "-m", "nlops.adapters.embedded.server"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=self._noise,
            env=child_environment(),
        )
        port, slots_port = await self._handshake(self._child, file, folder, key)
        base_url = f"http://127.0.0.1:{port}/v1"
        pages = len(self._warm_up.first) + len(self._warm_up.later)
        self._prefixes = Prefixes(folder, slots_port, key, pages)
        self._at = (base_url, key)
        await self._read_pages(self._prefixes, base_url, key)
        self._client = OpenAIModel(_local(base_url, key, self._timeout_s))
        self._ahead = asyncio.create_task(self._read_ahead(self._prefixes, base_url, key))

    async def _read_pages(self, prefixes: Prefixes, base_url: str, key: str) -> None:
        """Have every page of the catalogue read, the first one last. One that an earlier start kept is left on the disk
        until it is asked about; the first is asked in any case, which shows that the model answers."""
        unread = [one for one in self._warm_up.first[1:] if not prefixes.has(one)]
        pages = [*reversed(unread), *self._warm_up.first[:1]]
        for nth, request in enumerate(pages, 1):
            if unread:
                self._say(f"reading the tools, page {nth} of {len(pages)}, once")
            failure = await self._make_warm(request, prefixes, base_url, key)
            self._page = name_of(request)
            if failure is not None and nth < len(pages) and self._is_alive():
                self._say(f"page {nth} was not read ({failure.reason}); a message about it will take longer")
            elif failure is not None:
                await self.stop()
                raise ModelError(f"the embedded model does not answer: {failure.reason} {failure.detail}")

    async def _read_ahead(self, prefixes: Prefixes, base_url: str, key: str) -> None:
        """Have the rest read as well, while nothing is asked."""
        unread = [one for one in self._warm_up.later if not prefixes.has(one)]
        if unread:
            self._say(f"free text works; {len(unread)} pages are read for second readings while nothing is asked")
        reader = OpenAIModel(_local(base_url, key, _WARM_UP_S))
        try:
            for request in unread:
                if not await self._read_in_pieces(request, prefixes, reader):
                    return
        finally:
            await reader.stop()

    async def _read_in_pieces(self, request: ModelRequest, prefixes: Prefixes, reader: OpenAIModel) -> bool:
        """Whether the prefix of `request` is read and kept. Each piece goes on from the one before, which is kept only
        so long, so that a message may come between them."""
        (role, text), *rest = request.messages
        before: ModelRequest | None = None
        for end in (*range(_PIECE_CHARS, len(text), _PIECE_CHARS), len(text)):
            piece = replace(request, messages=((role, text[:end]), *rest))
            if not prefixes.has(piece):
                async with self._place:
                    if before is not None and self._page != name_of(before):
                        await prefixes.restore(before)
                    self._page = name_of(piece)
                    if isinstance(await reader.ask(piece), ModelFailure):
                        self._page = ""
                        return False
                    if not await prefixes.save(piece):
                        return False  # the next piece would begin from nothing
            if before is not None:
                prefixes.forget(before)
            before = piece
        return True

    async def _stop_reading(self) -> None:
        ahead, self._ahead = self._ahead, None
        if ahead is not None:
            ahead.cancel()
            await asyncio.gather(ahead, return_exceptions=True)

    async def _make_warm(
        self, request: ModelRequest, prefixes: Prefixes, base_url: str, key: str
    ) -> ModelFailure | None:
        """Have the prefix read: from an earlier start's file where there is one, else now, and kept for the next."""
        known = await prefixes.restore(request)
        first = OpenAIModel(_local(base_url, key, _WARM_UP_S))
        answer = await first.ask(request)
        await first.stop()
        if isinstance(answer, ModelFailure):
            return answer
        if not known:
            await prefixes.save(request)
        return None

    async def _handshake(
        self, child: asyncio.subprocess.Process, file: Path, prefixes: Path, key: str
    ) -> tuple[int, int]:
        if child.stdin is None or child.stdout is None:
            raise ModelError("the model's process has no pipes")
        threads = min(usable_cores(), _MOST_THREADS)
        order = {
            "model": str(file),
            "api_key": key,
            "threads": threads,
            "context": _CONTEXT_TOKENS,
            "prefixes": f"{prefixes}/",
        }
        try:
            child.stdin.write(json.dumps(order).encode() + b"\n")
            await child.stdin.drain()
            async with asyncio.timeout(_START_S):
                line = await child.stdout.readline()
            told = json.loads(line)
            return int(told["port"]), int(told["slots_port"])
        except (OSError, ValueError, KeyError, TimeoutError) as error:
            said = self._last_words()
            await self.stop()
            if isinstance(error, TimeoutError):
                said = f"no answer within {_START_S:g} s. {said}"
            elif child.returncode == -signal.SIGILL:
                said = "llama.cpp needs AVX2, which this (virtual) processor lacks; give [model] another provider"
            elif child.returncode == -signal.SIGKILL:
                said = f"it was killed, as a system does that is short of memory. {said}"
            else:
                said = said.rstrip(".") or f"exit status {child.returncode}"
                said += f". If this comes again, delete {file}; it is made anew."
            raise ModelError(f"the embedded model did not start: {said.strip()}") from error

    def _last_words(self) -> str:
        """The last line that the child has written: of a traceback the one that says what is wrong."""
        if self._noise is None:
            return ""
        self._noise.seek(0)
        lines = self._noise.read()[-2000:].decode("utf-8", "replace").split("\n")
        return next((line.strip()[:300] for line in reversed(lines) if line.strip()), "")


def _local(base_url: str, key: str, timeout_s: float) -> ModelConfig:
    # No bill comes for it, so its tokens have no budget.
    return ModelConfig("custom", base_url, NAME, Secret(key), timeout_s, daily_tokens=sys.maxsize)
