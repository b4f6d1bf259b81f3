"""supervisor as a process manager: `supervisorctl restart NAME`, and its `status` line."""

import re
import time

from nlops.adapters.process import Finished
from nlops.adapters.restarting import command, last_lines, reason, restart_and_look
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted, Restarted, Seen
from nlops.domain.words import Sentence

# supervisorctl.py of supervisor 4.2: `name  STATE  description`, for a running one `pid 7, uptime 1 day, 0:00:05`.
_STATES = "STOPPED|STARTING|RUNNING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN"
_STATUS = re.compile(rf"(?m)^(?P<name>\S+)\s+(?P<state>{_STATES})(?:\s+(?P<rest>.*))?$")
_RUNNING = re.compile(r"pid (?P<pid>\d+), uptime (?:(?P<days>\d+) days?, )?(?P<h>\d+):(?P<m>\d+):(?P<s>\d+)")


class Supervisor:
    """Keeps nlops.ports.ProcessManager for bots with `supervisor = "name"`. `file` is supervisord.conf; None: where
    supervisorctl looks by itself."""

    def __init__(self, file: str | None = None) -> None:
        self._file = ("-c", file) if file else ()

    async def restart(self, bot: BotConfig) -> Restarted | NotRestarted:
        words = (*self._file, "restart", bot.supervisor or "")
        return await restart_and_look("supervisorctl", lambda: self.look(bot), words)

    async def logs(self, bot: BotConfig, count: int) -> list[str] | Sentence:
        """The last lines that the process printed. `tail` counts bytes: 200 a line are enough for most."""
        finished = await self._run("tail", f"-{count * 200}", bot.supervisor or "")
        return last_lines(finished, "supervisorctl", count)

    async def _run(self, *words: str) -> Finished:
        return await command("supervisorctl", *self._file, *words)

    async def look(self, bot: BotConfig) -> Seen | Sentence:
        # Its exit code tells of the process (3: not running), so the line is what counts.
        finished = await self._run("status", bot.supervisor or "")
        seen = parse_status(finished.output.decode("utf-8", "replace"), time.time())
        return seen or reason("supervisorctl", finished)


def parse_status(text: str, now_s: float) -> Seen | None:
    """Read one process's line of `supervisorctl status`; None where there is none."""
    line = _STATUS.search(text)
    if line is None:
        return None
    running = _RUNNING.match(line["rest"] or "")
    if running is None:
        return Seen(False, line["state"], 0, "")
    days, hours, minutes, seconds = (int(running[key] or 0) for key in ("days", "h", "m", "s"))
    up_s = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
    return Seen(line["state"] == "RUNNING", line["state"], int(running["pid"]), running["pid"], now_s - up_s)
