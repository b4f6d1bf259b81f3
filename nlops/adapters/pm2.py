"""pm2 as a process manager: `pm2 restart ID`, and `pm2 jlist` read for the few fields that are needed."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlops.adapters.lines import read_last_lines
from nlops.adapters.process import Finished, why
from nlops.adapters.restarting import command, parse_json, reason, restart_and_look
from nlops.domain import run_phrases as phrases
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted, Restarted, Seen
from nlops.domain.words import Sentence


@dataclass(frozen=True)
class Pm2Process:
    """A row of `pm2 jlist`. Its environment, which holds secrets, is never kept."""

    name: str
    pm_id: int
    pid: int
    status: str
    restarts: int
    started_at_s: float
    logs: tuple[str, ...] = ()

    def seen(self) -> Seen:
        is_up = self.status == "online" and self.pid != 0
        return Seen(is_up, self.status, self.pid, str(self.pid), self.started_at_s, self.restarts)


def parse_jlist(text: str) -> list[Pm2Process]:
    """Read `pm2 jlist`. pm2 may print news and warnings first (pm2 7.x does on its first start). Raises ValueError."""
    rows = parse_json(text)
    if not isinstance(rows, list):
        raise ValueError("pm2 jlist printed no list")
    try:
        return [_process(row) for row in rows]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a process without {error}") from error


def _process(row: Mapping[str, Any]) -> Pm2Process:
    own = row["pm2_env"]
    logs = dict.fromkeys(own.get(key) for key in ("pm_out_log_path", "pm_err_log_path"))
    return Pm2Process(
        name=str(row["name"]),
        pm_id=int(row["pm_id"]),
        pid=int(row.get("pid") or 0),
        status=str(own["status"]),
        restarts=int(own.get("restart_time", 0)),
        started_at_s=float(own.get("pm_uptime", 0)) / 1000,
        logs=tuple(path for path in logs if isinstance(path, str)),
    )


class Pm2:
    """Keeps nlops.ports.ProcessManager for bots with `pm2 = "name or id"`."""

    async def processes(self) -> list[Pm2Process] | Sentence:
        """The processes, or why not."""
        finished = await self._run("jlist")
        if finished.exit != 0:
            return reason("pm2", finished)
        try:
            return parse_jlist(finished.output.decode("utf-8", "replace"))
        except ValueError as error:
            return phrases.NOT_UNDERSTOOD.of(program="pm2 jlist", error=error)

    async def _run(self, *words: str) -> Finished:
        return await command("pm2", "--no-color", *words)

    async def _find(self, bot: BotConfig) -> Pm2Process | Sentence:
        processes = await self.processes()
        if isinstance(processes, Sentence):
            return processes
        found = next((one for one in processes if bot.pm2 in (one.name, str(one.pm_id))), None)
        return found or phrases.NO_PROCESS.of(program="pm2", name=repr(bot.pm2))

    async def look(self, bot: BotConfig) -> Seen | Sentence:
        found = await self._find(bot)
        return found if isinstance(found, Sentence) else found.seen()

    async def restart(self, bot: BotConfig) -> Restarted | NotRestarted:
        """By the id that pm2 gave, so that a name can never be a flag or stand for two processes."""
        found = await self._find(bot)
        if isinstance(found, Sentence):
            return NotRestarted(found)
        return await restart_and_look("pm2", lambda: self.look(bot), ("--no-color", "restart", str(found.pm_id)))

    async def logs(self, bot: BotConfig, count: int) -> list[str] | Sentence:
        """Out of the files that pm2 keeps for the process."""
        found = await self._find(bot)
        if isinstance(found, Sentence):
            return found
        try:
            return [line for path in found.logs for line in read_last_lines(Path(path), count)][-count:]
        except OSError as error:
            return why(error)
