"""Who keeps the demo's bots running: pm2 where it is installed, with a home of its own; else nlops itself."""

import asyncio
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from nlops.domain.errors import NlopsError
from nlops.sandbox.terminal import plain

# A unix socket's path has room for 107 bytes (sun_path, unix(7)); newer Node (24) ends over a longer one.
MAX_SOCKET_PATH = 107
LONGEST_SOCKET = "interactor.sock"  # of those that pm2 puts into its home
PM2_TIMEOUT_S = 30.0


def bot_command(name: str, format_name: str, log: Path, wechat: Path) -> list[str]:
    """The operating-system command that starts one bot."""
    words = [sys.executable, "-P", "-m", "nlops.sandbox.bot", name, "--format", format_name]
    return [*words, "--log", str(log), "--wechat", str(wechat)]


class Pm2:
    """pm2 with its home in the demo's folder: the user's own pm2 is never touched."""

    def __init__(self, program: str, home: Path) -> None:
        self._program, self._home = program, home

    @classmethod
    def find(cls, home: Path) -> "Pm2 | None":
        """None where pm2 isn't on PATH, or can't live in `home`."""
        program = shutil.which("pm2")
        fits = len(os.fsencode(home / LONGEST_SOCKET)) <= MAX_SOCKET_PATH
        return cls(program, home) if program and fits else None

    @property
    def env(self) -> dict[str, str]:
        """What whoever calls this pm2 needs in the environment. Discrete mode leaves out the banner."""
        return {"PM2_HOME": str(self._home), "PM2_DISCRETE_MODE": "true"}

    async def start(self, commands: Mapping[str, Sequence[str]]) -> None:
        """Start each bot under its name. Raises NlopsError with pm2's words."""
        self._home.mkdir(mode=0o700, exist_ok=True)
        # `interpreter: none` makes pm2 run the program itself, with these arguments and no shell between.
        apps = [
            {"name": name, "script": words[0], "args": list(words[1:]), "interpreter": "none", "cwd": str(Path.cwd())}
            for name, words in commands.items()
        ]
        plan = self._home / "bots.json"
        plan.write_text(json.dumps({"apps": apps}), "utf-8")
        await self._call("start", str(plan))

    async def kill(self) -> None:
        """End the bots and pm2's daemon; nothing where there is none."""
        if (self._home / "pm2.pid").exists():
            await self._call("kill")

    async def _call(self, *words: str) -> None:
        process = await asyncio.create_subprocess_exec(
            self._program,
            *words,
            env={**os.environ, **self.env},
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        async with asyncio.timeout(PM2_TIMEOUT_S):
            out, _ = await process.communicate()
        if process.returncode != 0:
            raise NlopsError(f"pm2 {words[0]}: {plain(out.decode(errors='replace'))[-400:]}")
