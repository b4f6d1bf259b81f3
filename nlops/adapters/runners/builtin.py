"""What nlops does itself: `qr`, `restart`, `tail_logs`, `status`."""

import time
from collections.abc import Mapping

from nlops.adapters.hosts import away, is_here
from nlops.adapters.lines import fold_drawn, last_lines, read_last_lines
from nlops.adapters.managers import manager_of
from nlops.adapters.process import why
from nlops.domain import phrases, run_phrases
from nlops.domain.bots import BotState
from nlops.domain.config import BotConfig, Config
from nlops.domain.processes import NotRestarted, Seen
from nlops.domain.tools import ToolCall, ToolResult
from nlops.domain.words import Language, Sentence, duration
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
            return ToolResult(False, run_phrases.NO_BOT.say(language, bot=repr(call.arguments.get("bot"))))
        if bot.host is not None and not is_here(bot.host):
            return ToolResult(False, away(bot.host).say(language))
        if name == "qr":
            return _qr(bot, bots.get(bot.name, BotState()), language)
        if name == "restart":
            return await self._restart(bot, language)
        return await self._tail(bot, int(call.arguments["lines"]), language)

    def _manager(self, bot: BotConfig) -> ProcessManager | None:
        return manager_of(bot, self._managers)

    async def look(self, bot: BotConfig) -> Seen | Sentence | None:
        """What is known of the bot's process, or why nothing is; None where nobody is configured to know."""
        if bot.host is not None and not is_here(bot.host):
            return away(bot.host)
        manager = self._manager(bot)
        return await manager.look(bot) if manager else None

    async def _restart(self, bot: BotConfig, language: Language) -> ToolResult:
        manager = self._manager(bot)
        done = await manager.restart(bot) if manager else NotRestarted(phrases.NO_MANAGER.of())
        if isinstance(done, NotRestarted):
            return ToolResult(False, phrases.RESTART_FAILED.say(language, bot=bot.name, reason=done.why), done.exit)
        text = phrases.NEW_PROCESS.say(language, bot=bot.name, state=done.describe())
        return ToolResult(True, text, done.exit, since=done.since)

    async def _tail(self, bot: BotConfig, count: int, language: Language) -> ToolResult:
        """Out of the bot's logs; out of what its manager keeps where those cannot be read."""
        found: list[str] | Sentence

        def drawn(rows: int) -> str:
            return phrases.LOG_DRAWN.say(language, rows=rows)

        try:
            found = last_lines(lambda most: _last_of(bot, most), count, drawn)
        except OSError as error:
            manager = self._manager(bot)
            found = await manager.logs(bot, count) if manager else why(error)
            if isinstance(found, Sentence):
                reason = why(error)
                return ToolResult(False, phrases.LOG_MISSING.say(language, bot=bot.name, reason=reason))
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
        seen = await self.look(bot)
        process = seen.describe(time.time()) if isinstance(seen, Seen) else seen
        return phrases.STATUS_LINE.say(
            language,
            bot=bot.name,
            status=phrases.STATUS[state.status].of(),
            since=phrases.SINCE.of(duration=duration(time.time() - state.since)) if state.since else "",
            process=phrases.PROCESS.of(process=process) if process else "",
            rescue="" if state.rescue else phrases.NO_RESCUE.of(),
        )


def _last_of(bot: BotConfig, count: int) -> list[str]:
    return [line for path in bot.log for line in read_last_lines(path, count)][-count:]


def _qr(bot: BotConfig, state: BotState, language: Language) -> ToolResult:
    if state.payload is None:
        status = phrases.STATUS[state.status].say(language)
        return ToolResult(True, phrases.QR_NONE.say(language, bot=bot.name, status=status))
    return ToolResult(True, phrases.QR_CAPTION.say(language, bot=bot.name), qr=state.payload)
