"""docker as a process manager: `docker restart`, and `docker inspect` for what became of the container."""

from datetime import datetime
from typing import Any

from nlops.adapters.restarting import command, last_lines, parse_json, reason, restart_and_look
from nlops.domain import run_phrases as phrases
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted, Restarted, Seen
from nlops.domain.words import Sentence

# Only these: the rest of an inspection holds the environment, and with it secrets.
FORMAT = '{"state":{{json .State}},"restarts":{{json .RestartCount}}}'


class Docker:
    """Keeps nlops.ports.ProcessManager for bots with `docker = "container"`."""

    async def restart(self, bot: BotConfig) -> Restarted | NotRestarted:
        return await restart_and_look("docker", lambda: self.look(bot), ("restart", "--", bot.docker or ""))

    async def logs(self, bot: BotConfig, count: int) -> list[str] | Sentence:
        """The last lines that the container printed."""
        return last_lines(await command("docker", "logs", f"--tail={count}", "--", bot.docker or ""), "docker", count)

    async def look(self, bot: BotConfig) -> Seen | Sentence:
        finished = await command("docker", "inspect", "--type=container", f"--format={FORMAT}", "--", bot.docker or "")
        if finished.exit != 0:
            return reason("docker", finished)
        try:
            return parse_inspect(finished.output.decode("utf-8", "replace"))
        except ValueError as error:
            return phrases.NOT_UNDERSTOOD.of(program="docker inspect", error=error)


def parse_inspect(text: str) -> Seen:
    """Read what FORMAT prints (Docker Engine API 1.41 and later, ContainerState). Raises ValueError."""
    try:
        raw: Any = parse_json(text)
        state = raw["state"]
        health = (state.get("Health") or {}).get("Status")
        return Seen(
            is_up=state["Status"] == "running" and health != "unhealthy",
            status=f"{state['Status']} ({health})" if health else str(state["Status"]),
            pid=int(state["Pid"]),
            life=str(state["StartedAt"]),
            started_at_s=_unix(str(state["StartedAt"])),
            restarts=int(raw["restarts"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"without {error}") from error


def _unix(stamp: str) -> float:
    """RFC 3339 with nanoseconds, as Go prints it; a container that never ran says the year 1."""
    seconds = datetime.fromisoformat(stamp[:19] + "+00:00").timestamp()
    return max(0.0, seconds)
