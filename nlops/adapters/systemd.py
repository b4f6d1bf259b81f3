"""systemd as a process manager: `systemctl restart UNIT`, and `systemctl show` for what became of it.

`systemd = "bob.service"` is a unit of the system, `systemd = "user:bob.service"` one of the user who runs nlops. A
service user needs the right to restart a system unit (polkit, or nlops as that user's own unit).
"""

from nlops.adapters.restarting import command, last_lines, reason, restart_and_look
from nlops.domain import run_phrases as phrases
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted, Restarted, Seen
from nlops.domain.words import Sentence

# systemctl(1), "Properties"; org.freedesktop.systemd1(5). The invocation id is new at every start.
PROPERTIES = ("LoadState", "ActiveState", "SubState", "MainPID", "NRestarts", "InvocationID", "ExecMainStartTimestamp")
USER = "user:"


class Systemd:
    """Keeps nlops.ports.ProcessManager for bots with `systemd = "unit"`."""

    async def restart(self, bot: BotConfig) -> Restarted | NotRestarted:
        scope, unit = _unit(bot)
        return await restart_and_look("systemctl", lambda: self.look(bot), (*scope, "restart", "--", unit))

    async def logs(self, bot: BotConfig, count: int) -> list[str] | Sentence:
        """The last lines that the unit wrote to the journal."""
        scope, unit = _unit(bot)
        words = (*scope, "--no-pager", "--output=cat", f"--lines={count}", f"--unit={unit}")
        return last_lines(await command("journalctl", *words), "journalctl", count)

    async def look(self, bot: BotConfig) -> Seen | Sentence:
        scope, unit = _unit(bot)
        properties = f"--property={','.join(PROPERTIES)}"
        finished = await command("systemctl", *scope, "show", "--timestamp=unix", properties, "--", unit)
        if finished.exit != 0:
            return reason("systemctl", finished)
        return parse_show(finished.output.decode("utf-8", "replace"), unit)


def parse_show(text: str, unit: str) -> Seen | Sentence:
    """Read `systemctl show --timestamp=unix` (systemd 247 and later): lines KEY=VALUE."""
    fields = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if fields.get("LoadState") != "loaded":
        return phrases.NO_UNIT.of(name=repr(unit), state=fields.get("LoadState", "—"))
    active, sub = fields.get("ActiveState", "?"), fields.get("SubState", "?")
    return Seen(
        is_up=active == "active" and sub == "running",
        status=f"{active} ({sub})",
        pid=_number(fields.get("MainPID", "")),
        life=fields.get("InvocationID", ""),
        started_at_s=float(_number(fields.get("ExecMainStartTimestamp", "").removeprefix("@"))),
        restarts=_number(fields.get("NRestarts", "")),
    )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0


def _unit(bot: BotConfig) -> tuple[tuple[str, ...], str]:
    name = bot.systemd or ""
    return (("--user",), name.removeprefix(USER)) if name.startswith(USER) else ((), name)
