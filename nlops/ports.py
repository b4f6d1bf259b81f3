"""What the core asks of the outside world. The adapters keep these promises; tests keep them with fakes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Protocol

from nlops.domain.bots import BotState
from nlops.domain.chat import ChatMessage
from nlops.domain.config import BotConfig
from nlops.domain.effects import Record
from nlops.domain.events import LinkChanged
from nlops.domain.model import ModelFailure, ModelReply, ModelRequest
from nlops.domain.tools import ToolCall, ToolResult
from nlops.domain.words import Language

ChatEvent = ChatMessage | LinkChanged


class Chat(Protocol):
    """A line to the chat service."""

    async def run(self, deliver: Callable[[ChatEvent], Awaitable[None]]) -> None:
        """Connect and stay connected, again and again, until cancelled. Raises LinkError only for what waiting can't
        mend (a wrong token). `deliver` gets each message once, in the order of its conversation."""

    async def send_text(self, contact_id: str, text: str) -> None:
        """Raises LinkError where the text could not be handed over; never sends twice by itself."""

    async def send_file(self, contact_id: str, name: str, data: bytes) -> None:
        """A picture where `name` ends in .png or .jpg, else a file. Raises LinkError."""


class Model(Protocol):
    """A language model. A failure is a value: the caller goes on without it."""

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure: ...

    async def start(self) -> None:
        """Make ready (fetch, start, warm up). Raises ModelError; `ask` then answers ModelFailure."""

    async def stop(self) -> None: ...


class Follower(Protocol):
    """Follows files. `deliver(path, block, key)` is called on the follower's own thread with whole lines only, each
    line ending in `\\n`; `key` names the place of the block's first byte: a generation of the file, `:`, an offset in
    bytes."""

    def start(self, paths: Sequence[Path], deliver: Callable[[Path, bytes, str], None]) -> None: ...

    def stop(self) -> None: ...


class ProcessManager(Protocol):
    """Whoever keeps a bot's process running."""

    async def restart(self, bot: BotConfig) -> ToolResult: ...

    async def describe(self, bot: BotConfig) -> str | None:
        """One short line such as `online, pid 4242, up 3 h`; None where there is nothing to tell."""


class Runner(Protocol):
    """Runs one validated call. Never raises for what the tool did; that is a ToolResult."""

    async def run(self, call: ToolCall, bots: Mapping[str, BotState], language: Language) -> ToolResult: ...


class Store(Protocol):
    """What must outlive the process."""

    async def append(self, record: Record, at: float) -> None:
        """Returns once the record is on disk, chained to the one before. Raises StoreError."""

    def first_seen(self, key: str) -> bool:
        """Remember `key`; True the first time ever, False after that, over restarts too. Raises StoreError."""

    async def keep_bots(self, bots: Mapping[str, BotState]) -> None:
        """Remember the states of the bots. Raises StoreError."""

    def bots(self) -> dict[str, BotState]:
        """The states as last kept; none of a bot that was never seen."""
