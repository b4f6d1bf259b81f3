"""What the model has read of a prefix, kept on disk: the next start takes a moment instead of many seconds.

llama.cpp's server writes and reads a slot's state by name (`/slots/0?action=save|restore`) in the folder it was given.
A file is named after the model, the runtime and the exact prefix, so that another prefix never meets it.
"""

import contextlib
import hashlib
import importlib.metadata
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import httpx2

from nlops.adapters.embedded.weights import recipe
from nlops.domain.model import ModelRequest

# What a kept prefix depends on beside the weights and the runtime: how `engine` reads.
_READING = "plain attention"
# About 12 KiB a token: 5 MB for the shipped tools, 14 to 29 MB for a page. Past so many the longest unused goes.
_KEPT = 32
_SPARE = 8  # beside one catalogue's own: what is half read, and what was before a definition changed
_TIMEOUT_S = 10.0


class Prefixes:
    """The prefixes of one running server. Whatever goes wrong here costs time only, so nothing is raised."""

    def __init__(self, folder: Path, port: int, key: str, pages: int = 1) -> None:
        """`port` is where llama.cpp's server listens; `pages` is how many prefixes one catalogue has: so many are kept
        at least."""
        self._folder, self._kept = folder, max(_KEPT, pages + _SPARE)
        self._url = f"http://127.0.0.1:{port}/slots/0"
        self._key = key

    async def restore(self, request: ModelRequest) -> bool:
        """Whether the prefix of `request` was kept, and is now as if read."""
        name = name_of(request)
        if not self.has(request) or not await self._do("restore", name):
            return False
        with contextlib.suppress(OSError):
            os.utime(self._folder / name)  # what is used is not what goes first
        return True

    def has(self, request: ModelRequest) -> bool:
        """Whether the prefix of `request` was kept."""
        return (self._folder / name_of(request)).is_file()

    async def save(self, request: ModelRequest) -> bool:
        """Keep what the server has read; written beside the name, then renamed. Whether it is kept: a full disk or one
        that is only read keeps nothing."""
        name = name_of(request)
        if await self._do("save", f"{name}.part"):
            with contextlib.suppress(OSError):
                (self._folder / f"{name}.part").replace(self._folder / name)
                self._prune()
        return self.has(request)

    def forget(self, request: ModelRequest) -> None:
        """Keep the prefix of `request` no longer."""
        with contextlib.suppress(OSError):
            (self._folder / name_of(request)).unlink()

    def _prune(self) -> None:
        files = sorted(self._folder.glob("*.kv"), key=lambda file: file.stat().st_mtime, reverse=True)
        for file in files[self._kept :]:
            file.unlink(missing_ok=True)

    async def _do(self, action: str, name: str) -> bool:
        headers = {"Authorization": f"Bearer {self._key}"}
        try:
            async with httpx2.AsyncClient(timeout=_TIMEOUT_S, trust_env=False) as client:
                answer = await client.post(
                    self._url, params={"action": action}, json={"filename": name}, headers=headers
                )
                return bool(answer.status_code == 200)
        except httpx2.HTTPError:
            return False


@contextlib.contextmanager
def kept_in(folder: Path) -> Iterator[Path]:
    """A folder that can be written to: `folder`, or a temporary one that begins with what is kept there (in a container
    whose disk is only read, say: a page that is kept nowhere would be read anew for each message)."""
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if os.access(folder, os.W_OK):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="nlops-prefixes-") as temporary:
        for file in folder.glob("*.kv"):
            Path(temporary, file.name).symlink_to(file)
        yield Path(temporary)


def name_of(request: ModelRequest) -> str:
    """The file of a request's prefix: its first message, which is the same for all over a catalogue."""
    runtime = importlib.metadata.version("xllamacpp")
    prefix = json.dumps([recipe(), _READING, runtime, request.messages[:1]], ensure_ascii=False)
    return hashlib.sha256(prefix.encode()).hexdigest()[:32] + ".kv"
