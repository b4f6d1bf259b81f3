"""Running one checked call, in the room for its kind. What goes wrong is a result, never raised.

Cancelling the task that runs a call ends its process group: nothing of it goes on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import assert_never
from urllib.parse import urlsplit

from nlops.adapters.hosts import away, is_here
from nlops.adapters.runners.argv import run_argv
from nlops.adapters.runners.builtin import Builtins
from nlops.adapters.runners.python import run_python
from nlops.adapters.runners.secrets import NoSecret, resolve
from nlops.adapters.runners.verify import run_and_check, run_and_look
from nlops.domain.bots import BotState
from nlops.domain.config import Config
from nlops.domain.tools import (
    ArgvRun,
    BuiltinRun,
    Catalogue,
    HttpRun,
    JsonObject,
    McpRun,
    PythonRun,
    ToolCall,
    ToolResult,
    ToolSpec,
)
from nlops.domain.words import Language
from nlops.gate.redact import secrets_in
from nlops.ports import ProcessManager
from nlops.toolbox.arguments import check_call, with_defaults
from nlops.toolbox.targets import stand_for, target_properties
from nlops.toolbox.template import names_in


class ToolRunner:
    """Keeps nlops.ports.Runner over a configuration, a catalogue and the process managers."""

    def __init__(self, config: Config, catalogue: Catalogue, managers: Mapping[str, ProcessManager]) -> None:
        """`managers` by the key of [[bot]] that chooses them."""
        self._config, self._catalogue, self._managers = config, catalogue, managers
        self._known = secrets_in(config)
        self._builtins = Builtins(config, managers)
        self._servers = {server.name: server for server in config.mcp}

    def using(self, catalogue: Catalogue) -> "ToolRunner":
        """The same for another catalogue. Runs of this one end under the definitions that they began with."""
        return ToolRunner(self._config, catalogue, self._managers)

    async def run(self, call: ToolCall, bots: Mapping[str, BotState], language: Language) -> ToolResult:
        """Run a call, and look whether it did what it must have done."""
        tool = self._catalogue.get(call.tool)
        # Checked again, here where it becomes real: whoever calls.
        reason = check_call(call, self._catalogue)
        if tool is None or reason is not None:
            return ToolResult(False, reason or "")
        call = ToolCall(call.tool, with_defaults(call, tool))
        host = self._host(tool, call)
        if not is_here(host):
            return ToolResult(False, away(str(host)).say(language))
        try:
            arguments, secrets = arguments_for(tool, call.arguments)
        except NoSecret as error:
            return ToolResult(False, error.sentence.say(language))

        async def start(one: ToolSpec) -> ToolResult:
            known = (*self._known, *secrets)
            return await self._start(one, ToolCall(call.tool, arguments), bots, language, known)

        verify = tool.verify
        if verify is None or isinstance(tool.run, BuiltinRun):  # a builtin restart looks by itself
            return await start(tool)
        bot = self._config.bot(str(call.arguments.get(verify.bot, ""))) if verify.bot else None
        if bot is not None:
            # Its title stands for the bot in what is said.
            named = replace(tool, title=bot.name)
            look = partial(self._builtins.look, bot)
            return await run_and_look(named, verify, look, start, language)
        return await run_and_check(tool, verify, call.arguments, start, language)

    def _host(self, tool: ToolSpec, call: ToolCall) -> str | None:
        """Where a tool runs; None for this machine."""
        if tool.host is None or not names_in(tool.host):
            return tool.host
        bot = self._config.bot(str(call.arguments.get(names_in(tool.host)[0], "")))
        return bot.host if bot is not None else None

    async def _start(
        self,
        tool: ToolSpec,
        call: ToolCall,
        bots: Mapping[str, BotState],
        language: Language,
        known: Sequence[str],
    ) -> ToolResult:
        """`known` are secrets that no output shows."""
        match tool.run:
            case ArgvRun():
                return await run_argv(tool, tool.run, call.arguments, language, known)
            case HttpRun():
                from nlops.adapters.runners.http import run_http  # its library is large

                return await run_http(tool, tool.run, call.arguments, language, known)
            case PythonRun():
                return await run_python(tool, tool.run, call.arguments, language, known)
            case McpRun(server):
                from nlops.adapters.mcp.calls import run_mcp

                return await run_mcp(tool, tool.run, self._servers.get(server), call.arguments, language, known)
            case BuiltinRun(name):
                return await self._builtins.run(name, call, bots, language)
            case _:
                assert_never(tool.run)

    async def status(self, bots: Mapping[str, BotState], language: Language, name: object = None) -> str:
        """A line for each bot, or for the one of that name."""
        return await self._builtins.status(bots, language, name)


def arguments_for(tool: ToolSpec, arguments: JsonObject) -> tuple[dict[str, object], list[str]]:
    """The arguments as they are run with, and what of them is secret. Raises NoSecret."""
    values = stand_for(tool, arguments)
    texts = [(name, str(values[name])) for name in target_properties(tool) if name in values]
    read, secrets = resolve(texts)
    secrets += [password for value in read.values() if (password := _password(value))]
    return {**values, **read}, secrets


def _password(value: str) -> str | None:
    """The one inside a URL."""
    try:
        return urlsplit(value).password
    except ValueError:
        return None
