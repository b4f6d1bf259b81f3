"""What can happen, as values. The engine takes one at a time, with the moment it happened at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nlops.domain.audit import AuditPage
from nlops.domain.bots import LogHit, LogSign
from nlops.domain.chat import ChatMessage
from nlops.domain.effects import Outgoing
from nlops.domain.model import ModelFailure, ModelReply
from nlops.domain.programs import Program
from nlops.domain.tools import Catalogue, Proposal, ToolCall, ToolResult
from nlops.domain.words import Sentence


@dataclass(frozen=True)
class Moment:
    """What the outside gives with every event: the wall clock (unix seconds), the monotonic clock (seconds), and 16
    fresh random bytes, so that the core needs neither a clock nor a source of randomness. `boot` names the machine's
    life that the monotonic clock counts in: two of its times compare in one life only. `offset_s` is what local time is
    ahead of UTC now."""

    wall: float
    monotonic: float
    nonce: bytes
    boot: str = ""
    offset_s: int = 0


@dataclass(frozen=True)
class TookOver:
    """The process began; the state holds what an earlier one left. Comes before any message. `decided` are the
    proposals that were let run in the last hour: they count against the limit of changes."""

    decided: tuple[Proposal, ...] = ()


@dataclass(frozen=True)
class MessageReceived:
    """A chat message came. `is_again`: it came in an earlier life of the process, which ended before the answer."""

    message: ChatMessage
    is_again: bool = False


@dataclass(frozen=True)
class SignSeen:
    """A bot's log showed something."""

    sign: LogSign


@dataclass(frozen=True)
class AlertSeen:
    """One block of a bot's log and one of its alerts: the lines it waits for, folded by shape; `more` are counted only.

    `source` names the log. `following` are the block's first lines, for hits in earlier blocks that want them.
    """

    bot: str
    alert: str
    source: str
    hits: tuple[LogHit, ...]
    more: int = 0
    following: tuple[str, ...] = ()


@dataclass(frozen=True)
class BacklogRead:
    """What the logs showed while nobody was looking, oldest first: it becomes state, and only what still holds is
    told."""

    signs: tuple[LogSign, ...]


@dataclass(frozen=True)
class ModelAnswered:
    """The model answered question `question_id`, or did not."""

    question_id: int
    answer: ModelReply | ModelFailure


@dataclass(frozen=True)
class RunFinished:
    """Calls of run `run_id` are over: a result for each call that ran, in order; fewer than asked where one failed.
    `ended`: it was stopped in the middle of the last one."""

    run_id: int
    results: tuple[ToolResult, ...]
    ended: bool = False


@dataclass(frozen=True)
class ToolsChanged:
    """The definitions on the disk are others than `before`: `catalogue` are the new ones as a whole, in use from now
    on; None where they have the fault `fault`, and those of before stay."""

    before: Catalogue
    catalogue: Catalogue | None
    fault: str = ""


@dataclass(frozen=True)
class RecordRefused:
    """The store could not keep a record; the runs that came after it in the same step were not started."""

    reason: str
    dropped_runs: tuple[int, ...] = ()


@dataclass(frozen=True)
class LinkChanged:
    """The chat link came up or went down; `why` is for the log, `account` who is logged in (a contact id), if known."""

    up: bool
    why: str = ""
    account: str = ""


@dataclass(frozen=True)
class SendDoubtful:
    """Nobody knows whether this arrived: the connection broke while it was sent. It is not sent again by itself.

    `outbox_ids` are what the store lets go of once this is told; until then it is told again after a restart.
    """

    effect: Outgoing
    outbox_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Paired:
    """The contact `contact_id` gave the open pairing code of `admin`, and is bound in the store."""

    admin: str
    contact_id: str


@dataclass(frozen=True)
class ContactsFound:
    """What the chat account calls the admins' contacts, admin name to display name; None where it knows no such id."""

    names: Mapping[str, str | None]


@dataclass(frozen=True)
class NameKnown:
    """What a contact is called."""

    contact_id: str
    name: str


# Why a factor can't be begun or judged: the admin is locked; a code was sent too lately or too often; whoever sends or
# judges is away or refused; nothing is open to compare with; the host's clock went back.
FactorTrouble = Literal["", "locked", "wait", "away", "over", "clock"]


@dataclass(frozen=True)
class FactorBegun:
    """A factor is asked for now, or why it can't be. `detail` is for people: what was refused, or the seconds to wait;
    `locked` are the admins who are locked, as the store has it."""

    proposal_id: int
    factor: str
    trouble: FactorTrouble = ""
    detail: Sentence | str = ""
    locked: frozenset[str] = frozenset()


@dataclass(frozen=True)
class FactorChecked:
    """What became of a code that `contact_id` said. `is_right` False without `trouble`: it was wrong, and `left` tries
    are left. `locks_now`: with it the lock fell."""

    proposal_id: int
    factor: str
    contact_id: str
    is_right: bool
    left: int = 0
    trouble: FactorTrouble = ""
    detail: Sentence | str = ""
    locks_now: bool = False


@dataclass(frozen=True)
class AuditRead:
    """What the store found for a ReadAudit."""

    question_id: int
    page: AuditPage


@dataclass(frozen=True)
class AuditTampered:
    """The audit as it was found does not reach its seal; that is on record."""

    reason: str


@dataclass(frozen=True)
class CallAsked:
    """Another program asks for a call; AnswerCall is what it gets."""

    request_id: str
    program: Program
    call: ToolCall


@dataclass(frozen=True)
class CallDropped:
    """The program that asked no longer waits."""

    request_id: str


@dataclass(frozen=True)
class PinChanged:
    """An MCP server no longer defines a tool as it was pinned: tool `name` of ours is off. `change` is for people."""

    name: str
    server: str
    tool: str
    change: str


@dataclass(frozen=True)
class Ticked:
    """A second passed: what expires, expires."""


Event = (
    TookOver
    | MessageReceived
    | SignSeen
    | AlertSeen
    | BacklogRead
    | ModelAnswered
    | RunFinished
    | ToolsChanged
    | RecordRefused
    | LinkChanged
    | SendDoubtful
    | Paired
    | ContactsFound
    | NameKnown
    | AuditRead
    | AuditTampered
    | FactorBegun
    | FactorChecked
    | CallAsked
    | CallDropped
    | PinChanged
    | Ticked
)
