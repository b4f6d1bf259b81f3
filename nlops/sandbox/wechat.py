"""The pretended WeChat between the demo's bots and the demo's phone: small files in one folder.

A bot keeps its session here (what a memory card is to a real one) and publishes how it does; the phone leaves a scan,
or the order to log a device out. Each file is written whole or not at all.
"""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

Status = Literal["online", "waiting", "scanned"]


@dataclass(frozen=True)
class BotNow:
    """How a bot does. `payload` is the login payload it shows, None while it is online; `since` is in unix seconds."""

    pid: int
    status: Status
    since: float
    payload: str | None = None


class WeChat:
    """The folder, from both sides. Nothing here waits."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    # -- the bot's side

    def has_session(self, bot: str) -> bool:
        return self._file(bot, "session").exists()

    def keep_session(self, bot: str) -> None:
        self._write(self._file(bot, "session"), bot)

    def drop_session(self, bot: str) -> None:
        self._file(bot, "session").unlink(missing_ok=True)

    def take_logout(self, bot: str) -> bool:
        """Whether the phone asked this bot to log out; the order is used up by it."""
        order = self._file(bot, "logout")
        asked = order.exists()
        order.unlink(missing_ok=True)
        return asked

    def is_scanned(self, payload: str) -> bool:
        return self._scan(payload).exists()

    def publish(self, bot: str, now: BotNow) -> None:
        self._write(self._file(bot, "json"), json.dumps(asdict(now)))
        self._write(self._file(bot, "pid"), f"{now.pid}\n")

    # -- the phone's side

    def ask_logout(self, bot: str) -> None:
        self._write(self._file(bot, "logout"), bot)

    def scan(self, payload: str) -> None:
        self._write(self._scan(payload), payload)

    # -- for whoever looks on

    def seen(self, bot: str) -> BotNow | None:
        """What the bot published last; None before its first word."""
        try:
            return BotNow(**json.loads(self._file(bot, "json").read_text("utf-8")))
        except FileNotFoundError:
            return None

    def pid(self, bot: str) -> int | None:
        now = self.seen(bot)
        return None if now is None else now.pid

    def _file(self, bot: str, kind: str) -> Path:
        return self._folder / f"{bot}.{kind}"

    def _scan(self, payload: str) -> Path:
        """A payload holds slashes and may be long: its hash names the file."""
        return self._folder / f"{hashlib.sha256(payload.encode()).hexdigest()}.scan"

    def _write(self, path: Path, text: str) -> None:
        draft = path.with_name(f"{path.name}.{os.getpid()}.new")
        draft.write_text(text, "utf-8")
        draft.replace(path)


def is_running(pid: int) -> bool:
    """Whether that process is there and has not ended. One that nobody has waited for yet (a zombie) has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return False
    # proc(5): "pid (name) state …"; the name may hold anything.
    return stat.rpartition(")")[2].split()[0] != "Z"
