"""What the engine wants done, as values. One interpreter executes them, in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nlops.domain.bots import BotState
from nlops.domain.model import ModelRequest
from nlops.domain.tools import ToolCall
from nlops.domain.words import Language


@dataclass(frozen=True)
class Say:
    """Text into an admin's direct chat."""

    contact_id: str
    text: str


@dataclass(frozen=True)
class ShowQr:
    """A login payload, drawn as a PNG here and sent into an admin's direct chat, `caption` after it."""

    contact_id: str
    bot: str
    payload: str
    caption: str


@dataclass(frozen=True)
class GiveFile:
    """A file into an admin's direct chat."""

    contact_id: str
    name: str
    data: bytes


@dataclass(frozen=True)
class AskModel:
    """A question to the model; the answer comes back as ModelAnswered."""

    question_id: int
    request: ModelRequest


@dataclass(frozen=True)
class RunCalls:
    """Calls to run in order, stopping at the first that fails; they come back as RunFinished.

    `bots` is what the monitor knew when the run was decided: `qr` and `status` answer from it.
    """

    run_id: int
    calls: tuple[ToolCall, ...]
    bots: Mapping[str, BotState]
    language: Language


@dataclass(frozen=True)
class Record:
    """An entry for the audit. It is durable before a later run of the same step starts: no record, no run.

    `kind`: proposed | confirmed | denied | expired | superseded | allowed | refused | ran. `details` is JSON.
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
class Log:
    """A line for the service's own log."""

    level: str
    text: str


Effect = Say | ShowQr | GiveFile | AskModel | RunCalls | Record | KeepBots | Log
