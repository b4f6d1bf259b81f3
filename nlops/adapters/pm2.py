"""pm2 as a process manager: `pm2 restart NAME`, and `pm2 jlist` read for the few fields that are needed."""

import asyncio
import json
import shutil
import time
from dataclasses import dataclass

from nlops.adapters.process import Finished, run_command
from nlops.domain.config import BotConfig
from nlops.domain.tools import ToolResult

TIMEOUT_S = 20.0
SETTLE_S = 5.0  # how long a restarted process may take to be online with its new id


@dataclass(frozen=True)
class Pm2Process:
    """A row of `pm2 jlist`. Its environment, which holds secrets, is never kept."""

    name: str
    pm_id: int
    pid: int
    status: str
    restarts: int
    started_at_s: float

    def describe(self, now_s: float) -> str:
        up = f", up {_duration(now_s - self.started_at_s)}" if self.status == "online" else ""
        return f"{self.status}, pid {self.pid}{up}, {self.restarts} restarts"


def _duration(seconds: float) -> str:
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit}"
    return f"{max(0, int(seconds))} s"


def parse_jlist(text: str) -> list[Pm2Process]:
    """Read `pm2 jlist`. pm2 may print news and warnings first (pm2 7.x does on its first start): the list is the last
    line that begins one. Raises ValueError."""
    line = next((line for line in reversed(text.splitlines()) if line.startswith("[")), None)
    if line is None:
        raise ValueError("pm2 jlist printed no list")
    return [
        Pm2Process(
            name=str(row["name"]),
            pm_id=int(row["pm_id"]),
            pid=int(row.get("pid") or 0),
            status=str(row["pm2_env"]["status"]),
            restarts=int(row["pm2_env"].get("restart_time", 0)),
            started_at_s=float(row["pm2_env"].get("pm_uptime", 0)) / 1000,
        )
        for row in json.loads(line)
    ]


class Pm2:
    """Keeps nlops.ports.ProcessManager for bots with `pm2 = "name or id"`."""

    async def list(self) -> list[Pm2Process] | str:
        """The processes, or in a word why not."""
        finished = await self._run("jlist")
        if finished.exit != 0:
            return _reason(finished)
        try:
            return parse_jlist(finished.output.decode("utf-8", "replace"))
        except (ValueError, KeyError, TypeError) as error:
            return f"pm2 jlist is not understood: {error}"

    async def _run(self, *words: str) -> Finished:
        program = shutil.which("pm2")
        if program is None:
            return Finished(None, b"", "there is no pm2 on the PATH")
        return await run_command([program, "--no-color", *words], TIMEOUT_S)

    async def _find(self, bot: BotConfig) -> Pm2Process | str:
        processes = await self.list()
        if isinstance(processes, str):
            return processes
        found = next((one for one in processes if bot.pm2 in (one.name, str(one.pm_id))), None)
        return found or f"pm2 knows no process {bot.pm2!r}"

    async def restart(self, bot: BotConfig) -> ToolResult:
        """Restart, then look: done is only what has a new process id and is online."""
        before = await self._find(bot)
        if isinstance(before, str):
            return ToolResult(False, before)
        finished = await self._run("restart", str(before.pm_id))
        if finished.exit != 0:
            return ToolResult(False, _reason(finished), finished.exit)
        deadline = time.monotonic() + SETTLE_S
        while True:
            after = await self._find(bot)
            if isinstance(after, Pm2Process) and after.status == "online" and after.pid not in (0, before.pid):
                return ToolResult(True, f"pid {before.pid} → {after.pid}", 0)
            if time.monotonic() > deadline:
                seen = after if isinstance(after, str) else after.describe(time.time())
                return ToolResult(False, f"pm2 restarted it, but it is not up: {seen}", 0)
            await asyncio.sleep(0.3)

    async def describe(self, bot: BotConfig) -> str | None:
        found = await self._find(bot)
        return found if isinstance(found, str) else found.describe(time.time())


def _reason(finished: Finished) -> str:
    if finished.reason:
        return finished.reason
    lines = finished.output.decode("utf-8", "replace").strip().splitlines()
    return f"pm2 exited with {finished.exit}: {lines[-1] if lines else 'it printed nothing'}"
