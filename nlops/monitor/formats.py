"""Log formats as data: which whole line of which program is which sign.

A bot's format is pinned in its configuration; nothing guesses while lines come in. A pattern describes a line from its
first to its last character, so that a line which only quotes another one is no sign. The starters log a chat message
cut at 70 characters, with its newlines: that bounds what a sender can forge as a line of its own. No line with a code
in the formats here fits into 70 characters, since it must hold a picture site or a time, and a whole payload.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from nlops.domain.bots import SignKind


@dataclass(frozen=True)
class SignPattern:
    """One line that says something.

    `literal` stands in every such line and in few others: whole blocks are searched for it, and only lines that hold
    it are looked at; where it is empty (an operator's own pattern), blocks are searched for `text` itself. `text` is a
    regular expression (ASCII classes) for the whole line, in linear time. Named groups: `account`; `payload`, which
    `payload_as` reads either `plain` or as the address of a `picture`; a payload that no login host issued makes the
    line no sign. With `kind` None the line only `sets` a word that the next one `needs`.
    """

    name: str
    kind: SignKind | None
    literal: str
    text: str
    payload_as: Literal["plain", "picture"] | None = None
    sets: str = ""
    needs: str = ""


@dataclass(frozen=True)
class LogFormat:
    """The lines of one kind of program. `outer` is a regular expression for what a process manager puts before them."""

    name: str
    description: str
    patterns: tuple[SignPattern, ...]
    outer: str = ""


# --- wechaty/getting-started (examples/ding-dong-bot.ts) and wechaty-log-monitor (src/index.ts) ----------------------
# brolog 2.x (src/brolog.ts, `log` and `timestamp`): "HH:MM:SS LEVEL Prefix message"; the time can be switched off.

_BROLOG = r"(?:\d\d:\d\d:\d\d )?INFO StarterBot "
# Contact.toString() of wechaty 0.x and 1.x: Contact<alias, name or id>.
_CONTACT = r"Contact<(?P<account>.*)>"


def _scan(kind: SignKind, word: str) -> SignPattern:
    return SignPattern(word.lower(), kind, f" onScan: {word}(", rf"{_BROLOG}onScan: {word}\(\d+\)")


def _pictured(kind: SignKind, word: str) -> SignPattern:
    bare = _scan(kind, word)
    return replace(bare, name=f"{bare.name}-code", text=rf"{bare.text} - (?P<payload>\S+)", payload_as="picture")


_STARTERBOT = LogFormat(
    "starterbot",
    "Wechaty's TypeScript starter, wechaty-log-monitor's own lines: 09:00:00 INFO StarterBot onScan: Waiting(2) - …",
    (
        SignPattern("started", SignKind.STARTED, " Starter Bot Started.", rf"{_BROLOG}Starter Bot Started\."),
        _pictured(SignKind.WAITING, "Waiting"),
        _pictured(SignKind.TIMEOUT, "Timeout"),
        _scan(SignKind.SCANNED, "Scanned"),
        _scan(SignKind.CONFIRMED, "Confirmed"),
        _scan(SignKind.CANCELLED, "Cancel"),
        _scan(SignKind.TIMEOUT, "Timeout"),
        SignPattern("login", SignKind.LOGGED_IN, "StarterBot Contact<", rf"{_BROLOG}{_CONTACT} login"),
        SignPattern("logout", SignKind.LOGGED_OUT, "StarterBot Contact<", rf"{_BROLOG}{_CONTACT} logout"),
    ),
)

# --- python-wechaty 0.10.7 (wechaty/wechaty.py, wechaty_puppet/logger.py, wechaty_puppet/schemas/event.py) -----------
# It writes to stderr; under pm2 that is the error log. Only the first login of a process is logged.

_LOGGER = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} - Wechaty - INFO - "
_NONE_OR_TEXT = r"(?:None|'[^']*')"


def _scan_event(kind: SignKind, word: str) -> SignPattern:
    text = rf"{_LOGGER}receive <scan> event <EventScanPayload\(status=<ScanStatus\.{word}: \d+>, qrcode=%s, data=.*\)>"
    literal = f"receive <scan> event <EventScanPayload(status=<ScanStatus.{word}:"
    if kind is SignKind.WAITING:
        return SignPattern("waiting-code", kind, literal, text % "'(?P<payload>[^']*)'", "plain")
    return SignPattern(word.lower(), kind, literal, text % _NONE_OR_TEXT)


_SESSION = r"contact_id='(?P<account>[^']*)'"
_PYTHON_WECHATY = LogFormat(
    "python-wechaty",
    "the python-wechaty library's own log: 2026-01-01 09:00:00,123 - Wechaty - INFO - receive <scan> event <…>",
    (
        SignPattern("started", SignKind.STARTED, "starting puppet ...", rf"{_LOGGER}starting puppet \.\.\."),
        _scan_event(SignKind.WAITING, "Waiting"),
        _scan_event(SignKind.SCANNED, "Scanned"),
        _scan_event(SignKind.CONFIRMED, "Confirmed"),
        _scan_event(SignKind.CANCELLED, "Cancel"),
        _scan_event(SignKind.TIMEOUT, "Timeout"),
        SignPattern(
            "login",
            SignKind.LOGGED_IN,
            "receive <login> event <",
            rf"{_LOGGER}receive <login> event <EventLoginPayload\({_SESSION}\)>",
        ),
        SignPattern(
            "logout",
            SignKind.LOGGED_OUT,
            "receive <logout> event <",
            rf"{_LOGGER}receive <logout> event <EventLogoutPayload\({_SESSION}, data=.*\)>",
        ),
    ),
)

# --- wechaty/python-wechaty-getting-started (examples/ding-dong-bot.py, examples/basic/ding-dong-bot-oop.py) ---------
# What these print stands on stdout; python-wechaty's own lines, where both streams share a file, count too.


def _status(kind: SignKind, word: str) -> SignPattern:
    return SignPattern(f"status-{word.lower()}", kind, f"Status: ScanStatus.{word}", rf"Status: ScanStatus\.{word}")


def _oop(kind: SignKind, word: str) -> SignPattern:
    literal, text = f"> scan status: {word} ,", rf"user <Contact <.*>> scan status: {word} , qr_code: "
    if kind is SignKind.WAITING:
        return SignPattern("oop-waiting-code", kind, literal, text + r"(?P<payload>\S+)", "plain")
    return SignPattern(f"oop-{word.lower()}", kind, literal, text + r"\S*")


_OTHERS = (
    (SignKind.SCANNED, "Scanned"),
    (SignKind.CONFIRMED, "Confirmed"),
    (SignKind.CANCELLED, "Cancel"),
    (SignKind.TIMEOUT, "Timeout"),
)
_IDENTITY = r"Contact <[^<>]*> <(?P<account>.*)>"
_PYTHON_STARTER = LogFormat(
    "python-starter",
    "the python-wechaty starters' prints (View QR Code Online: …, scan status: …), and the library's own log",
    (
        replace(_status(SignKind.WAITING, "Waiting"), kind=None, sets="waiting"),
        SignPattern(
            "online-code",
            SignKind.WAITING,
            "View QR Code Online: ",
            r"View QR Code Online: (?P<payload>\S+)",
            "picture",
            needs="waiting",
        ),
        *(_status(kind, word) for kind, word in _OTHERS),
        SignPattern("print-login", SignKind.LOGGED_IN, "Contact <", _IDENTITY),
        _oop(SignKind.WAITING, "Waiting"),
        *(_oop(kind, word) for kind, word in _OTHERS),
        SignPattern("oop-login", SignKind.LOGGED_IN, "> has login", rf"user: {_IDENTITY} has login"),
        *_PYTHON_WECHATY.patterns,
    ),
)

# --- what process managers put before a line -------------------------------------------------------------------------

_DAY_TIME = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?Z| ?[+-]\d\d:?\d\d)?"
# pm2 5 and 6: lib/God/ForkMode.js `prefixLogWithDate` ("TIME: line", --time or log_date_format), and what
# `pm2 logs` prints ("0|name  | line"), which people save too. Either may be missing: dates can be switched on later.
_PM2 = rf"(?:\d+\|[^|]{{1,64}}\| )?(?:{_DAY_TIME}: )?"
# `docker logs --timestamps`, `journalctl -o cat` behind a timestamper, ts(1): a date and time, a space, the line.
_TIMESTAMPED = rf"{_DAY_TIME} "

_CARRIERS = (
    ("pm2", "as pm2 writes it, dated or not", _PM2),
    ("timestamped", "with a date and time before it", _TIMESTAMPED),
)


def with_carriers(own: LogFormat) -> tuple[LogFormat, ...]:
    """The format, and the same below each process manager: `NAME-pm2`, `NAME-timestamped`."""
    carried = (
        replace(own, name=f"{own.name}-{carrier}", description=f"{own.name}, {how}", outer=outer)
        for carrier, how, outer in _CARRIERS
    )
    return (own, *carried)


FORMATS: Mapping[str, LogFormat] = MappingProxyType(
    {
        log_format.name: log_format
        for own in (_STARTERBOT, _PYTHON_WECHATY, _PYTHON_STARTER)
        for log_format in with_carriers(own)
    }
)
"""The shipped formats, by name."""
