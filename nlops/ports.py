"""What the core asks of the outside world. The adapters keep these promises; tests keep them with fakes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from nlops.domain.audit import AuditPage, AuditQuery
from nlops.domain.bots import BotState
from nlops.domain.chat import ChatMessage, KnownContact
from nlops.domain.config import BotConfig
from nlops.domain.effects import BeginFactor, CheckCode, Outgoing, Record
from nlops.domain.events import Event, FactorBegun, FactorChecked, LinkChanged
from nlops.domain.model import ModelFailure, ModelReply, ModelRequest, ModelState, WarmUp
from nlops.domain.outbox import Outcome, Waiting
from nlops.domain.processes import NotRestarted, Restarted, Seen
from nlops.domain.standing import Standing
from nlops.domain.tools import Catalogue, Proposal, ToolCall, ToolResult
from nlops.domain.words import Language, Sentence

ChatEvent = ChatMessage | LinkChanged


class Chat(Protocol):
    """A line to the chat service."""

    async def run(self, deliver: Callable[[ChatEvent], Awaitable[None]]) -> None:
        """Connect and stay connected, again and again, until cancelled. Raises LinkError only for what waiting can't
        mend (a wrong token). `deliver` gets each message once, in the order of its conversation."""

    async def send_text(self, conversation_id: str, text: str) -> None:
        """Into a contact's direct chat or a room. Raises LinkDown where surely nothing was sent, LinkError where it may
        have arrived or was refused; never sends twice by itself."""

    async def send_file(self, conversation_id: str, name: str, data: bytes) -> None:
        """A picture where `name` ends in .png or .jpg, else a file. Raises as `send_text`."""

    async def known_contacts(self) -> frozenset[str]:
        """The ids of all contacts that the account knows. Raises LinkError."""

    async def name_of(self, contact_id: str) -> str:
        """The display name of a contact; empty where it has none. Raises LinkError."""


class Source(Protocol):
    """Something else that has events to tell."""

    async def run(self, put: Callable[[Event], Awaitable[None]]) -> None:
        """Tell them until cancelled. Raises nothing: what fails is logged, and the service goes on without it."""


class Model(Protocol):
    """A language model. A failure is a value: the caller goes on without it."""

    async def ask(self, request: ModelRequest) -> ModelReply | ModelFailure: ...

    async def start(self) -> None:
        """Make ready (fetch, start, warm up). Raises ModelError; `ask` then answers ModelFailure."""

    async def stop(self) -> None: ...

    async def renew(self, warm_up: WarmUp) -> None:
        """The definitions are others now: read the prefixes of these questions before the next one, and at every later
        start. Nothing to do for who reads every question whole. Never raises."""


class Ledger(Protocol):
    """Remembers, over restarts too, what the model used and how it is. A day counts from 1970, in UTC."""

    async def tokens_used(self, day: int) -> int:
        """The tokens that are noted for a day. Raises StoreError."""

    async def spend_tokens(self, day: int, tokens: int) -> None:
        """Note further tokens. Raises StoreError."""

    async def keep_model(self, state: ModelState) -> None:
        """Note how the model is now. Raises StoreError."""


class Follower(Protocol):
    """Follows files. `past(path, block, key)` is called by `start` itself with what the files already hold, then
    `deliver` on the follower's own thread with what comes; both with whole lines only, each line ending in `\\n`. `key`
    names the place of the block's first byte: a generation of the file, `:`, an offset in bytes."""

    def start(
        self,
        paths: Sequence[Path],
        deliver: Callable[[Path, bytes, str], None],
        past: Callable[[Path, bytes, str], None],
    ) -> None: ...

    def stop(self) -> None: ...


class ProcessManager(Protocol):
    """Whoever keeps a bot's process running."""

    async def restart(self, bot: BotConfig) -> Restarted | NotRestarted:
        """Restart, then look: done is only what is up in another life than before."""

    async def look(self, bot: BotConfig) -> Seen | Sentence:
        """What it knows of the process, or why it knows nothing."""

    async def logs(self, bot: BotConfig, count: int) -> list[str] | Sentence:
        """The last lines that the process printed, or why there are none."""


class Runner(Protocol):
    """Runs one validated call. Never raises for what the tool did; that is a ToolResult."""

    async def run(self, call: ToolCall, bots: Mapping[str, BotState], language: Language) -> ToolResult: ...

    def using(self, catalogue: Catalogue) -> "Runner":
        """The same for another catalogue; runs that have begun go on under theirs."""


class Factors(Protocol):
    """Codes that show who somebody is. Neither raises: what can't be done is told in the event."""

    async def begin(self, effect: BeginFactor) -> FactorBegun: ...

    async def check(self, effect: CheckCode) -> FactorChecked: ...


@dataclass(frozen=True)
class Commit:
    """What one step of the engine wants kept. `settled` are the ids of messages that are answered for, `doubted` the
    outbox ids of messages whose doubt is told; `standing` None is as before."""

    records: tuple[Record, ...] = ()
    bots: Mapping[str, BotState] = field(default_factory=dict)
    outgoing: tuple[Outgoing, ...] = ()
    settled: tuple[str, ...] = ()
    doubted: tuple[int, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    standing: Standing | None = None


class Store(Protocol):
    """What must outlive the process."""

    async def receive(self, message: ChatMessage) -> bool:
        """Keep a message until a commit settles it; False where its id was ever seen, over restarts too. Raises
        StoreError."""

    async def commit(self, commit: Commit, at: float) -> tuple[int, ...]:
        """Keep what one step of the engine decided, all or nothing: on disk when it returns. Returns the outbox ids of
        `commit.outgoing`, ascending. Raises StoreError."""

    async def find_tampering(self, at: float) -> str:
        """Whether the audit still reaches its seal: empty, or why it did not since this was last asked; that is on
        record. Raises StoreError."""

    async def read_audit(self, query: AuditQuery) -> AuditPage:
        """A page of the audit; its `fault` says where that could not be read."""

    async def begin_call(self, run_id: int, nth: int) -> bool:
        """Note that call `nth` (from 1) of a run begins now; on disk when it returns. False where it may not: that run
        is not running, or the call was begun before, in whatever life of the process. Raises StoreError."""

    def proposals(self) -> tuple[Proposal, ...]:
        """Those that live, and the last ones that were closed; oldest first."""

    def decided(self, since: float) -> tuple[Proposal, ...]:
        """Those that were let run since then (unix seconds), and change something."""

    def standing(self) -> Standing:
        """What the admins have set until further notice, as last kept."""

    def next_proposal_id(self) -> int:
        """An id that no proposal ever had."""

    def unsettled(self) -> list[ChatMessage]:
        """Messages that were received and never settled, oldest first."""

    def waiting(self) -> list[Waiting]:
        """What the outbox holds, oldest first; without what was being sent when an earlier process ended."""

    def doubtful(self) -> list[Waiting]:
        """What was being sent when an earlier process ended; it stays there until a commit says that it is doubted."""

    async def begin_sending(self, ids: Sequence[int]) -> None:
        """Note that these are being sent now, as one message: a process that ends before `end_sending` leaves them
        doubtful. On disk when it returns. Raises StoreError."""

    async def put_back(self, ids: Sequence[int]) -> None:
        """Undo `begin_sending`: surely nothing was sent. Raises StoreError."""

    async def end_sending(self, ended: Mapping[int, Outcome], at: float) -> None:
        """Take these out of the outbox, each with how it ended. Raises StoreError."""

    def ended(self, since: float) -> list[tuple[float, Outcome]]:
        """When and how messages ended since then (unix seconds; a day is kept), oldest first."""

    async def claim_pairing(self, code: str, contact_id: str, at: float) -> str | None:
        """Bind the contact to the admin whose open pairing has this code, and record it; the admin's name, or None. A
        code works once, until its end, and dies with the twentieth wrong one. Raises StoreError."""

    async def keep_contact(self, admin: str, contact: KnownContact) -> None:
        """Remember what an admin's bound contact is called. Raises StoreError."""

    def locked(self) -> frozenset[str]:
        """The admins whose second factors are locked."""

    def contacts(self) -> dict[str, KnownContact]:
        """The contacts of admins as last bound or seen, by admin name."""

    def bots(self) -> dict[str, BotState]:
        """The states as last kept; none of a bot that was never seen."""
