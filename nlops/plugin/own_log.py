"""The bot's own lines for whoever watches it, in the format `starterbot`: its start, scans, logins and logouts.

They go to standard output, where pm2 and others keep a bot's log. python-wechaty's own lines do not do: it logs the
first login of a process only.
"""

from datetime import datetime
from urllib.parse import quote

from nlops.adapters.wechaty.attached import BotEvent, ScanShown, Started
from nlops.adapters.wechaty.wire import LoggedIn, LoggedOut

# wechaty_puppet 0.4.23, schemas/scan.py: ScanStatus.
_NUMBERS = {"Unknown": 0, "Cancel": 1, "Waiting": 2, "Scanned": 3, "Confirmed": 4, "Timeout": 5}
# The format wants the address of a picture. It is only printed: nobody calls it, and a reader draws the code itself.
_PICTURE = "https://wechaty.js.org/qrcode/"


def write(event: BotEvent) -> None:
    """Print the line of an event, if it has one."""
    text = line_of(event)
    if text is not None:
        print(f"{datetime.now():%H:%M:%S} INFO StarterBot {text}", flush=True)


def line_of(event: BotEvent) -> str | None:
    match event:
        case Started():
            return "Starter Bot Started."
        case LoggedIn(contact_id):
            return f"Contact<{contact_id}> login"
        case LoggedOut(contact_id):
            return f"Contact<{contact_id}> logout"
        case ScanShown(status, payload):
            code = f" - {_PICTURE}{quote(payload, safe='')}" if payload and status in ("Waiting", "Timeout") else ""
            return f"onScan: {status}({_NUMBERS.get(status, 0)}){code}"
        case _:
            return None
