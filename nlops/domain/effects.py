"""What the engine wants done, as values. One interpreter executes them, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from nlops.domain.audit import AuditQuery
from nlops.domain.bots import BotState
from nlops.domain.chat import KnownContact
from nlops.domain.model import ModelRequest
from nlops.domain.standing import Standing
from nlops.domain.tools import Proposal, ToolCall
from nlops.domain.words import Language

# What goes first when there is more to say than a chat account may: codes to scan, then answers to orders, then news.
Urgency = Literal["rescue", "answer", "notice"]


@dataclass(frozen=True)
class Say:
    """Text into a conversation: an admin's direct chat (a contact id), or a room that is allowed by its id.

    `is_doubt` marks the note that an earlier message may not have arrived: no such note is made about it again.
    `code` (bot, payload) names the login code that the text goes with: it is dropped once that is outdated.
    """

    conversation_id: str
    text: str
    urgency: Urgency = "answer"
    is_doubt: bool = False
    code: tuple[str, str] | None = None


@dataclass(frozen=True)
class ShowQr:
    """A login payload, drawn as a PNG here and sent into an admin's direct chat, never a room; `caption` after it."""

    contact_id: str
    bot: str
    payload: str
    caption: str


@dataclass(frozen=True)
class GiveFile:
    """A file into a conversation."""

    conversation_id: str
    name: str
    data: bytes


@dataclass(frozen=True)
class AskModel:
    """A question to the model; the answer comes back as ModelAnswered."""

    question_id: int
    request: ModelRequest


@dataclass(frozen=True)
class RunCalls:
    """Calls to run in order, stopping at the first that fails; they come back as RunFinished. `run_id` is the
    proposal's: the store lets each of its calls begin once, ever.

    `bots` is what the monitor knew when the run was decided: `qr` and `status` answer from it.
    """

    run_id: int
    calls: tuple[ToolCall, ...]
    bots: Mapping[str, BotState]
    language: Language


@dataclass(frozen=True)
class Record:
    """An entry for the audit. It is durable before a later run of the same step starts: no record, no run.

    `kind`: proposed | confirmed | awaiting | approved | denied | expired | superseded | allowed | refused | ran |
    unknown | stopped | resumed | muted | unmuted | paired | asked | locked | unlocked. `details` is JSON.
    """

    kind: str
    admin: str
    contact_id: str
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class KeepBots:
    """The states of the bots that changed, to be found again after a restart."""

    bots: Mapping[str, BotState]


@dataclass(frozen=True)
class KeepProposals:
    """Proposals that changed, to be found again after a restart, in the transaction of the step that changed them."""

    proposals: tuple[Proposal, ...]


@dataclass(frozen=True)
class KeepStanding:
    """What the admins have set until further notice, as it is now."""

    standing: Standing


@dataclass(frozen=True)
class StopRuns:
    """End these runs, with all that they started; each comes back as RunFinished, `ended`."""

    run_ids: tuple[int, ...]


@dataclass(frozen=True)
class ClaimPairing:
    """A stranger said what has the shape of a pairing code. Where it is the open one, the store binds the contact, and
    Paired comes back; else nothing."""

    contact_id: str
    code: str


@dataclass(frozen=True)
class FindContacts:
    """Whether the chat account knows these contacts, admin name to contact id; the answer comes as ContactsFound."""

    contacts: Mapping[str, str]


@dataclass(frozen=True)
class AskName:
    """The display name of a contact; it comes as NameKnown. A name is for talking to people, and gives no rights."""

    contact_id: str


@dataclass(frozen=True)
class KeepContact:
    """What an admin's contact is called, to be found again after a restart."""

    admin: str
    contact: KnownContact


@dataclass(frozen=True)
class ReadAudit:
    """A page of the audit; it comes as AuditRead."""

    question_id: int
    query: AuditQuery


@dataclass(frozen=True)
class BeginFactor:
    """A proposal waits for this factor of `admin`'s now: a code is sent where one is to be; FactorBegun comes back.

    `fingerprint` is the proposal's, `about` says in few words what the code is for.
    """

    proposal_id: int
    factor: str
    admin: str
    contact_id: str
    fingerprint: str
    about: str
    language: Language


@dataclass(frozen=True)
class CheckCode:
    """Whether `digits` are right for a factor of `admin`'s, for this proposal; FactorChecked comes back. Empty digits
    are none that could be."""

    proposal_id: int
    factor: str
    admin: str
    contact_id: str
    fingerprint: str
    digits: str = field(repr=False)


@dataclass(frozen=True)
class Log:
    """A line for the service's own log."""

    level: str
    text: str


Outgoing = Say | ShowQr | GiveFile
Effect = (
    Outgoing
    | AskModel
    | RunCalls
    | Record
    | KeepBots
    | KeepProposals
    | KeepStanding
    | StopRuns
    | ClaimPairing
    | FindContacts
    | AskName
    | KeepContact
    | ReadAudit
    | BeginFactor
    | CheckCode
    | Log
)
