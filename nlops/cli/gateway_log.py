"""The log of `nlops gateway`: what happens to its account, in the lines of the format `starterbot`.

So another nlops can watch this one, as any bot, and bring its login code when it drops out:

    [[bot]]
    name = "ops"
    log = "/var/log/nlops/gateway.log"      # where the standard output of `nlops gateway` goes
    format = "starterbot"                   # starterbot-pm2 under pm2

Every event is one line, whatever a contact calls itself. The lines of `Gateway` are for people; no format reads them.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import TextIO
from urllib.parse import quote

from nlops.adapters.qrcode import draw_in_text

# ScanStatus of wechaty-puppet 1.20 (schemas/event.ts).
SCANS = {0: "Unknown", 1: "Cancel", 2: "Waiting", 3: "Scanned", 4: "Confirmed", 5: "Timeout"}
WITH_CODE = ("Waiting", "Timeout")  # of these the starter writes the payload
# The starter writes the address of a picture; it is text here, and nobody asks that site for anything.
PICTURE = "https://wechaty.js.org/qrcode/"
# What encodeURIComponent leaves as it is, beside letters and digits (ECMA-262, 19.2.6.4).
SAFE = "-_.!~*'()"
MOST_TEXT = 500
MOST_NAME = 60
BLACK_AND_WHITE = "\x1b[97;40m", "\x1b[0m"  # ECMA-48: bright white on black, whatever the terminal's colours


class GatewayLog:
    """Writes events to `out`, a line each, and draws codes to `screen`."""

    def __init__(self, out: TextIO, screen: TextIO) -> None:
        self._out, self._screen = out, screen
        self._name = ""

    def tell(self, event: Mapping[str, object]) -> None:
        """Write down one event of gateway.mjs."""
        match event:
            case {"event": "starting"}:
                self._starter("Starter Bot Started.")
            case {"event": "scan", "status": int(status), "payload": str(payload)}:
                self._scan(SCANS.get(status, "Unknown"), status, payload)
            case {"event": "login", "name": str(name)}:
                self._name = one_line(name)[:MOST_NAME]
                self._starter(f"Contact<{self._name}> login")
            case {"event": "logout", "why": str(why)}:
                self._starter(f"Contact<{self._name}> logout")
                self.say(f"logged out: {why or 'no reason given'}")
            case {"event": "listening", "port": int(port)}:
                self.say(f"ready on 127.0.0.1:{port}")
            case {"event": "kept", "why": str(why)}:
                self.say(f"not done: {why}", "WARN")
            case {"event": "trouble" | "failed", "why": str(why)}:
                self.say(why, "WARN")
            case {"event": "closed"}:
                self.say("stopped; the session is kept")
            case _:
                self.say(f"an event that is not known here: {event.get('event')}", "WARN")

    def say(self, text: str, level: str = "INFO") -> None:
        """A line for people."""
        self._line(f"{level} Gateway {one_line(text)[:MOST_TEXT]}")

    def noise(self, line: str) -> None:
        """A line that a library printed: marked, so that no format takes it for an event."""
        if line.strip():
            print(f"node: {one_line(line)[:MOST_TEXT]}", file=self._screen, flush=True)

    def _scan(self, name: str, status: int, payload: str) -> None:
        code = f" - {PICTURE}{quote(payload, safe=SAFE)}" if payload and name in WITH_CODE else ""
        self._starter(f"onScan: {name}({status}){code}")
        if name == "Waiting" and payload:
            self._draw(payload)

    def _draw(self, payload: str) -> None:
        try:
            lines = draw_in_text(payload)
        except ValueError as error:
            self.say(f"this code cannot be drawn: {error}", "WARN")
            return
        begin, end = BLACK_AND_WHITE if self._screen.isatty() else ("", "")
        print("Scan this code with the account that nlops is to speak with:", file=self._screen)
        print("\n".join(f"{begin}{line}{end}" for line in lines), file=self._screen, flush=True)

    def _starter(self, text: str) -> None:
        self._line(f"INFO StarterBot {text}")

    def _line(self, text: str) -> None:
        print(f"{datetime.now():%H:%M:%S} {text}", file=self._out, flush=True)


def one_line(text: str) -> str:
    """`text` without line ends, control characters and the space around it."""
    return "".join(char if char.isprintable() else " " for char in text).strip()
