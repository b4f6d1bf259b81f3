"""Running one checked call, in the room for its kind. What goes wrong is a result, never raised.

Cancelling the task that runs a call ends its process group: nothing of it goes on.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import assert_never

from nlops.adapters.runners.argv import run_argv
from nlops.adapters.runners.builtin import Builtins, describe_duration
from nlops.adapters.runners.python import run_python
from nlops.domain.bots import BotState
from nlops.domain.config import Config
from nlops.domain.tools import ArgvRun, BuiltinRun, Catalogue, HttpRun, PythonRun, ToolCall, ToolResult, ToolSpec
from nlops.domain.words import Language
from nlops.gate.redact import secrets_in
from nlops.ports import ProcessManager
from nlops.toolbox.arguments import check_call, with_defaults

__all__ = ["PROGRESS_EVERY_S", "ToolRunner", "describe_duration"]

PROGRESS_EVERY_S = 30.0
Progress = Callable[[float], None]
"""Is told, now and then, for how many seconds a run has been going on."""


class ToolRunner:
    """Keeps nlops.ports.Runner over a configuration and its process managers."""

    def __init__(self, config: Config, catalogue: Catalogue, managers: Mapping[str, ProcessManager]) -> None:
        """`managers` by the key of [[bot]] that chooses them."""
        self._catalogue = catalogue
        self._known = secrets_in(config)
        self._builtins = Builtins(config, managers)

    def use(self, catalogue: Catalogue) -> None:
        """Runs that begin from now on are of this catalogue."""
        self._catalogue = catalogue

    async def run(
        self,
        call: ToolCall,
        bots: Mapping[str, BotState],
        language: Language,
        on_progress: Progress | None = None,
        every_s: float = PROGRESS_EVERY_S,
    ) -> ToolResult:
        """Run a call. `on_progress` is called every `every_s` seconds while it goes on."""
        tool = self._catalogue.get(call.tool)
        # Checked again, here where it becomes real: whoever calls.
        reason = check_call(call, self._catalogue)
        if tool is None or reason is not None:
            return ToolResult(False, reason or "")
        call = ToolCall(call.tool, with_defaults(call, tool))
        if on_progress is None:
            return await self._run(tool, call, bots, language)
        telling = asyncio.create_task(_tell(on_progress, every_s))
        try:
            return await self._run(tool, call, bots, language)
        finally:
            telling.cancel()
            with suppress(asyncio.CancelledError):
                await telling

    async def _run(
        self, tool: ToolSpec, call: ToolCall, bots: Mapping[str, BotState], language: Language
    ) -> ToolResult:
        match tool.run:
            case ArgvRun():
                return await run_argv(tool, tool.run, call.arguments, self._known)
            case HttpRun():
                from nlops.adapters.runners.http import run_http  # its library is large

                return await run_http(tool, tool.run, call.arguments, self._known)
            case PythonRun():
                return await run_python(tool, tool.run, call.arguments, self._known)
            case BuiltinRun(name):
                return await self._builtins.run(name, call, bots, language)
            case _:
                assert_never(tool.run)

    async def status(self, bots: Mapping[str, BotState], language: Language, name: object = None) -> str:
        """A line for each bot, or for the one of that name."""
        return await self._builtins.status(bots, language, name)


async def _tell(on_progress: Progress, every_s: float) -> None:
    at = 0.0
    while True:
        await asyncio.sleep(every_s)
        at += every_s
        on_progress(at)
