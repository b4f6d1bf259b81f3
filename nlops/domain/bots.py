"""A watched bot: what its log can show, and the state that follows from it."""

from dataclasses import dataclass
from enum import StrEnum


class SignKind(StrEnum):
    """What a log line can say of a bot. The names of a scan's status are Wechaty's (ScanStatus, wechaty-puppet 1.x)."""

    STARTED = "started"
    WAITING = "waiting"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"


class BotStatus(StrEnum):
    """The state of a bot, as far as its log tells."""

    UNKNOWN = "unknown"
    WAITING = "waiting"
    SCANNED = "scanned"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"


@dataclass(frozen=True)
class LogSign:
    """One sign read in a bot's log.

    `payload` is the decoded login payload, the text a QR code is drawn of (WAITING, and TIMEOUT where the program
    prints one), else None. `account` is the name that logged in or out where the line tells. `line` is the whole line
    without its end. `key` names the line's place (generation of the file, offset in bytes), the same after a restart,
    so that an action on it is not done twice; it is empty where lines come from no file that is followed.
    """

    bot: str
    kind: SignKind
    line: str
    payload: str | None = None
    account: str | None = None
    key: str = ""


@dataclass(frozen=True)
class LogHit:
    """`count` lines of one `shape` (the line without its numbers) that an alert waits for; `line` is the first of them,
    with what stood around it. `wants` lines after it were not written yet."""

    shape: str
    line: str
    count: int = 1
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    wants: int = 0


@dataclass(frozen=True)
class BotState:
    """What is known of one bot.

    `payload` is the login payload that may be offered now, None where there is none or it must not be.
    `lost_at` is the wall time (unix seconds) at which the bot was first seen without a login, None while it is in.
    `offers` counts the codes offered since then. `rescue` is False while the admin has switched rescue off.
    `offered` is the last payload that was offered or logged in with, so that a repeat is no news. `started` is True
    while a start was seen that no login has followed: a scan is then expected.
    """

    status: BotStatus = BotStatus.UNKNOWN
    payload: str | None = None
    since: float = 0.0
    lost_at: float | None = None
    offers: int = 0
    rescue: bool = True
    offered: str | None = None
    started: bool = False


# What a bot's state machine reports, for the admins. The engine says it to each in their language.


@dataclass(frozen=True)
class OfferQr:
    """A fresh code wants to be scanned. `nth` counts from 1 since the bot was lost."""

    bot: str
    payload: str
    nth: int


@dataclass(frozen=True)
class BackOnline:
    """The bot logged in again, `after_s` seconds after it was lost; None where the loss was not seen."""

    bot: str
    after_s: float | None
    account: str | None


@dataclass(frozen=True)
class WentOffline:
    """The bot logged out, and has not yet asked for a scan."""

    bot: str


@dataclass(frozen=True)
class SuspiciousScan:
    """A scan line while the bot is logged in, with neither a logout nor a start before it. Its code is not offered.

    `count` such lines came; `line` is one of them. `again` is True where the admins heard of it a moment before.
    """

    bot: str
    line: str
    count: int = 1
    again: bool = False


@dataclass(frozen=True)
class LogAlert:
    """Lines that an alert of the bot's waits for, each shape with its count; `more` lines are counted only."""

    bot: str
    alert: str
    hits: tuple[LogHit, ...]
    more: int = 0
    again: bool = False


Notice = OfferQr | BackOnline | WentOffline | SuspiciousScan | LogAlert
