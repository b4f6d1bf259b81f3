"""What real Wechaty bots write into their logs, line by line: the TypeScript starter's words, and python-wechaty's.

Sources: wechaty/getting-started examples/ding-dong-bot.ts (2024-05) with brolog 1.14.2 (`HH:MM:SS LEVEL prefix text`)
and wechaty 1.20.2 (message.ts, contact.ts: toString); python-wechaty 0.10.7 (wechaty.py) and wechaty_puppet_service
0.8.10 (puppet.py) with the formatter of wechaty_puppet 0.4.23 (logger.py).
"""

from datetime import datetime
from typing import Literal, Protocol
from urllib.parse import quote
from zlib import crc32

import segno

ScanName = Literal["Waiting", "Scanned", "Confirmed"]
# ScanStatus of wechaty-puppet 1.20 and of wechaty_puppet 0.4.23: the same numbers.
SCAN_STATUS: dict[ScanName, int] = {"Waiting": 2, "Scanned": 3, "Confirmed": 4}
# What encodeURIComponent leaves as it is, beside letters and digits (ECMA-262, 19.2.6.4).
URI_COMPONENT_SAFE = "-_.!~*'()"
# Both starters cut a chat message here (message.ts:227, message.py:114).
MESSAGE_CUT = 70
# PUPPET_EVENT_DICT of wechaty_puppet 0.4.23, in its order: python-wechaty logs a line for each when it starts.
PUPPET_EVENTS = (
    *("dong", "error", "heart-beat", "ready", "reset", "friendship", "login", "logout", "message"),
    *("room-invite", "room-join", "room-leave", "room-topic", "scan"),
)


class LogStyle(Protocol):
    """One program's way of logging. Each method gives whole lines, without their ends."""

    def started(self, now: datetime) -> list[str]: ...

    def scan(self, now: datetime, name: ScanName, payload: str) -> list[str]: ...

    def login(self, now: datetime) -> list[str]: ...

    def logout(self, now: datetime) -> list[str]: ...

    def message(self, now: datetime, talker: str, room: str, text: str) -> list[str]: ...


class StarterBot:
    """The TypeScript starter. It also draws the code into the log, as `qrcode-terminal` does for who looks on."""

    def __init__(self, name: str) -> None:
        self._contact = f"Contact<{name.capitalize()}>"

    def started(self, now: datetime) -> list[str]:
        return [self._line(now, "Starter Bot Started.")]

    def scan(self, now: datetime, name: ScanName, payload: str) -> list[str]:
        word = f"onScan: {name}({SCAN_STATUS[name]})"
        if name != "Waiting":
            return [self._line(now, word)]
        page = "https://wechaty.js.org/qrcode/" + quote(payload, safe=URI_COMPONENT_SAFE)
        return [self._line(now, f"{word} - {page}"), *drawn(payload)]

    def login(self, now: datetime) -> list[str]:
        return [self._line(now, f"{self._contact} login")]

    def logout(self, now: datetime) -> list[str]:
        return [self._line(now, f"{self._contact} logout")]

    def message(self, now: datetime, talker: str, room: str, text: str) -> list[str]:
        where = f"@👥Room<{room}>" if room else ""
        return [self._line(now, f"Message#Text[🗣Contact<{talker}>{where}]\t{text[:MESSAGE_CUT]}")]

    def _line(self, now: datetime, text: str) -> str:
        return f"{now:%H:%M:%S} INFO StarterBot {text}"


class PythonWechaty:
    """A bot on python-wechaty, its standard error. It tells of a process's first login only (wechaty.py:558)."""

    def __init__(self, name: str) -> None:
        self._id = f"wxid_{name}"
        self._told = False

    def started(self, now: datetime) -> list[str]:
        puppet = "<wechaty_puppet_service.puppet.PuppetService object at 0x7f3c5a1d2e50>"
        events = [f"initPuppetEventBridge() puppet.on({e}) (listenerCount:1) registering..." for e in PUPPET_EVENTS]
        bridge = [f"init_puppet_event_bridge() <{puppet}>", *events, "starting puppet ..."]
        service = [
            "init puppet ...",
            "starting the puppet ...",
            "puppet has started ...",
            "listening the event from the puppet ...",
        ]
        return [self._line(now, t) for t in bridge] + [self._line(now, t, "PuppetService") for t in service]

    def scan(self, now: datetime, name: ScanName, payload: str) -> list[str]:
        status = f"<ScanStatus.{name}: {SCAN_STATUS[name]}>"
        event = f"receive <scan> event <EventScanPayload(status={status}, qrcode={payload!r}, data=None)>"
        view = f"or you can scan qrcode from: https://wechaty.js.org/qrcode/{payload}"
        return [self._line(now, text) for text in ((event, view) if name == "Waiting" else (event,))]

    def login(self, now: datetime) -> list[str]:
        first, self._told = not self._told, True
        return [self._line(now, f"receive <login> event <EventLoginPayload(contact_id={self._id!r})>")] if first else []

    def logout(self, now: datetime) -> list[str]:
        return [self._line(now, f"receive <logout> event <EventLogoutPayload(contact_id={self._id!r}, data='logout')>")]

    def message(self, now: datetime, talker: str, room: str, text: str) -> list[str]:
        where = f"@👥 Room <{crc32(room.encode())}@chatroom - {room}>]" if room else ""
        who = f"Contact <wxid_{crc32(talker.encode()):x}> <{talker}>"
        said = f"Message#message_type_text[🗣 {who}{where}\t{text[:MESSAGE_CUT]}"
        return [self._line(now, f"receive message <{said}>")]

    def _line(self, now: datetime, text: str, logger: str = "Wechaty") -> str:
        return f"{now:%Y-%m-%d %H:%M:%S},{now.microsecond // 1000:03d} - {logger} - INFO - {text}"


STYLES: dict[str, type[StarterBot] | type[PythonWechaty]] = {"starterbot": StarterBot, "python-wechaty": PythonWechaty}


def drawn(payload: str) -> list[str]:
    """A code in half blocks, two rows of modules a line, light on dark (qrcode-terminal's `small`)."""
    rows = [list(row) for row in segno.make(payload, error="l", micro=False).matrix_iter(border=1)]
    if len(rows) % 2:
        rows.append([1] * len(rows[0]))
    halves = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    return [
        "".join(halves[top, low] for top, low in zip(*pair, strict=True))
        for pair in zip(rows[::2], rows[1::2], strict=True)
    ]
