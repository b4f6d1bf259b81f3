"""The audit as it is asked for in chat: a question, and a page of what was found."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class AuditQuery:
    """The newest `count` records before record `before` (None: before the end), of one bot, one person, or all."""

    count: int = 10
    bot: str | None = None
    admin: str | None = None
    before: int | None = None


@dataclass(frozen=True)
class AuditEntry:
    """A record, for people. `when` is local time, `11-26 09:14`."""

    seq: int
    when: str
    kind: str
    admin: str
    contact_id: str
    details: Mapping[str, object]


@dataclass(frozen=True)
class AuditPage:
    """The newest first. `older` is whether there are more; `checkpoint` is of the last record of all, empty where there
    is none. `fault` says why it could not be read, else it is empty."""

    entries: tuple[AuditEntry, ...] = ()
    older: bool = False
    checkpoint: str = ""
    fault: str = ""
