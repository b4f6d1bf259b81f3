"""What the engine knows: the parts that stay, and the state that each step gives anew."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from nlops.domain.audit import AuditQuery
from nlops.domain.bots import BotState, SignKind
from nlops.domain.chat import KnownContact
from nlops.domain.config import AdminConfig, Config
from nlops.domain.effects import Effect
from nlops.domain.programs import Program
from nlops.domain.standing import Standing
from nlops.domain.tools import CODE_ALPHABET, CODE_LENGTH, Catalogue, Proposal, ToolCall
from nlops.domain.words import Language, language_of
from nlops.gate.rules import Change
from nlops.monitor.alerts import Foldings
from nlops.understand.fold import fold
from nlops.understand.interpret import Prompts, Question
from nlops.understand.talk import Talk

_IN_NO_LANGUAGE = re.compile(rf"[\W\d_]*|[{CODE_ALPHABET}]{{{CODE_LENGTH}}}")


@dataclass(frozen=True)
class Setup:
    """What stays the same while the service runs."""

    config: Config
    catalogue: Catalogue
    prompts: Prompts


@dataclass(frozen=True)
class Asker:
    """Who an answer goes to, where (a room, or the contact's direct chat), and in which language."""

    admin: str
    contact_id: str
    conversation_id: str
    language: Language
    words: str


@dataclass(frozen=True)
class Running:
    """A run that was started and is not over."""

    asker: Asker
    calls: tuple[ToolCall, ...]
    code: str


@dataclass(frozen=True)
class Requested:
    """A program's request that waits for an admin's word on a proposal, or for the run that followed it, which has the
    same id."""

    program: Program
    proposal_id: int


@dataclass(frozen=True)
class Pages:
    """What is left to show of `tool`'s output."""

    tool: str
    rest: tuple[str, ...]


@dataclass(frozen=True)
class Awaited:
    """A login that is awaited for `asker`, since `since` (unix seconds) and until `until` (monotonic seconds)."""

    asker: Asker
    call: ToolCall
    bot: str
    run_id: int
    since: float
    until: float
    within_s: float


@dataclass(frozen=True)
class State:
    """Everything that changes.

    `contacts` are the admins' (`gate.policy.contacts_of`), by admin name; `languages` is the last language each admin
    wrote in; `told` is when (monotonic seconds) an admin last heard a hint that is not worth hearing twice.

    `standing` is what admins have set until further notice; `changes` are those of the last hour.

    `account` is who was logged in last, empty while that is not known; `sought` are the contacts that were looked for
    then; `lost` are the admins whose contact that account does not know; `asked` are the strangers whose names were
    asked for since, True while the answer is awaited. `requested` are programs' requests, by their ids.

    `talks` are the latest exchanges of each contact in each conversation.

    `audits` are questions to the audit that wait for its answer; `audit_pages` is what each admin's `audit more` asks.

    `locked` are the admins whose second factors are locked, as the store last said; `judging` are the proposals a code
    of which is looked at now.

    `reading` is since when (monotonic seconds) each of those waits whose words a model reads, infinite once they were
    told so. `lasting` is, for each run that goes on, when it was first seen (monotonic seconds) and after how many
    seconds it is told of next. `pages` is what is left to show of long outputs, by (contact id, conversation id).
    `shown` is the last login or scan of each bot's log, and when it was seen (unix seconds); `awaited` are the logins
    that runs wait for.
    """

    bots: Mapping[str, BotState] = field(default_factory=dict)
    contacts: Mapping[str, KnownContact] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()
    standing: Standing = field(default_factory=Standing)
    changes: tuple[Change, ...] = ()
    questions: Mapping[int, tuple[Asker, Question]] = field(default_factory=dict)
    talks: Mapping[tuple[str, str], Talk] = field(default_factory=dict)
    running: Mapping[int, Running] = field(default_factory=dict)
    languages: Mapping[str, Language] = field(default_factory=dict)
    alerts: Foldings = field(default_factory=dict)
    told: Mapping[tuple[str, str], float] = field(default_factory=dict)
    account: str = ""
    sought: Mapping[str, str] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    asked: Mapping[str, bool] = field(default_factory=dict)
    requested: Mapping[str, Requested] = field(default_factory=dict)
    reading: Mapping[Asker, float] = field(default_factory=dict)
    lasting: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    pages: Mapping[tuple[str, str], Pages] = field(default_factory=dict)
    shown: Mapping[str, tuple[SignKind, float]] = field(default_factory=dict)
    awaited: tuple[Awaited, ...] = ()
    audits: Mapping[int, tuple[Asker, AuditQuery]] = field(default_factory=dict)
    audit_pages: Mapping[str, AuditQuery] = field(default_factory=dict)
    next_id: int = 1
    locked: frozenset[str] = frozenset()
    judging: frozenset[int] = frozenset()


Step = tuple[State, tuple[Effect, ...]]


def language_for(setup: Setup, state: State, admin: AdminConfig, text: str) -> Language:
    """The language to answer an admin in: theirs, the configuration's, that of `text`, or where it is in none (a code,
    a number) of their last words."""
    if admin.language is not None:
        return admin.language
    if setup.config.language != "auto":
        return setup.config.language
    is_in_none = _IN_NO_LANGUAGE.fullmatch(fold(text).upper()) is not None
    return state.languages.get(admin.name, "en") if is_in_none else language_of(text)
