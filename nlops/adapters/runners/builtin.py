"""What nlops does itself: `qr`, `restart`, `tail_logs`, `status`."""

import time
from collections.abc import Mapping
from dataclasses import replace

from nlops.adapters.hosts import is_here, say_away
from nlops.adapters.lines import fold_drawn, last_lines, read_last_lines
from nlops.adapters.managers import manager_of
from nlops.domain import phrases
from nlops.domain.bots import BotState
from nlops.domain.config import BotConfig, Config
from nlops.domain.processes import Seen
from nlops.domain.tools import ToolCall, ToolResult
from nlops.domain.words import Language, say_duration
from nlops.ports import ProcessManager


class Builtins:
    """The builtin tools over a configuration and its process managers."""

    def __init__(self, config: Config, managers: Mapping[str, ProcessManager]) -> None:
        """`managers` by the key of [[bot]] that chooses them."""
        self._config, self._managers = config, managers

    async def run(self, name: str, call: ToolCall, bots: Mapping[str, BotState], language: Language) -> ToolResult:
        if name == "status":
            return ToolResult(True, await self.status(bots, language, call.arguments.get("bot")))
        bot = self._config.bot(str(call.arguments.get("bot", "")))
        if bot is None:
            return ToolResult(False, f"there is no bot {call.arguments.get('bot')!r}")
        if bot.host is not None and not is_here(bot.host):
            return ToolResult(False, say_away(bot.host, language))
        if name == "qr":
            return _qr(bot, bots.get(bot.name, BotState()), language)
        if name == "restart":
            return await self._restart(bot, language)
        return await self._tail(bot, int(call.arguments["lines"]), language)

    def _manager(self, bot: BotConfig) -> ProcessManager | None:
        return manager_of(bot, self._managers)

    async def look(self, bot: BotConfig, language: Language) -> Seen | str:
        """What is known of the bot's process; empty where nobody is configured to know."""
        if bot.host is not None and not is_here(bot.host):
            return say_away(bot.host, language)
        manager = self._manager(bot)
        return await manager.look(bot) if manager else ""

    async def _restart(self, bot: BotConfig, language: Language) -> ToolResult:
        manager = self._manager(bot)
        result = await manager.restart(bot) if manager else ToolResult(False, phrases.NO_MANAGER.say(language))
        if result.ok:
            return replace(result, text=phrases.NEW_PROCESS.say(language, bot=bot.name, state=result.text))
        return ToolResult(False, phrases.RESTART_FAILED.say(language, bot=bot.name, reason=result.text), result.exit)

    async def _tail(self, bot: BotConfig, count: int, language: Language) -> ToolResult:
        """Out of the bot's logs; out of what its manager keeps where those cannot be read."""
        found: list[str] | str

        def drawn(rows: int) -> str:
            return phrases.LOG_DRAWN.say(language, rows=rows)

        try:
            found = last_lines(lambda most: _last_of(bot, most), count, drawn)
        except OSError as error:
            manager = self._manager(bot)
            found = await manager.logs(bot, count) if manager else str(error)
            if isinstance(found, str):
                return ToolResult(False, phrases.LOG_MISSING.say(language, bot=bot.name, reason=str(error)))
            found = fold_drawn(found, drawn)
        if not found:
            return ToolResult(True, phrases.LOG_EMPTY.say(language, bot=bot.name))
        header = phrases.LOG_HEADER.say(language, bot=bot.name, count=len(found))
        return ToolResult(True, "\n".join([header, *found]))

    async def status(self, bots: Mapping[str, BotState], language: Language, name: object = None) -> str:
        """A line for each bot, or for the one of that name."""
        chosen = [bot for bot in self._config.bots if name is None or bot.name == name]
        lines = [await self._status_line(bot, bots.get(bot.name, BotState()), language) for bot in chosen]
        return "\n".join(lines)

    async def _status_line(self, bot: BotConfig, state: BotState, language: Language) -> str:
        seen = await self.look(bot, language)
        process = seen.describe(time.time()) if isinstance(seen, Seen) else seen
        duration = say_duration(time.time() - state.since, language) if state.since else ""
        return phrases.STATUS_LINE.say(
            language,
            bot=bot.name,
            status=phrases.STATUS[state.status].say(language),
            since=phrases.SINCE.say(language, duration=duration) if duration else "",
            process=phrases.PROCESS.say(language, process=process) if process else "",
        )


def _last_of(bot: BotConfig, count: int) -> list[str]:
    return [line for path in bot.log for line in read_last_lines(path, count)][-count:]


def _qr(bot: BotConfig, state: BotState, language: Language) -> ToolResult:
    if state.payload is None:
        status = phrases.STATUS[state.status].say(language)
        return ToolResult(True, phrases.QR_NONE.say(language, bot=bot.name, status=status))
    return ToolResult(True, phrases.QR_CAPTION.say(language, bot=bot.name), qr=state.payload)
