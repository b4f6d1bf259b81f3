"""`show_log`: the word `log`, and the last lines come; as a file where they are too many for a message."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

from wechaty import Wechaty

from nlops.adapters.lines import last_lines, read_last_lines
from nlops.domain import phrases
from nlops.domain.words import Language
from nlops.plugin.line import line_of, say, send_file
from nlops.plugin.operation import Operation, OperationConfig
from nlops.plugin.orders import read_order
from nlops.replies import MAX_SAY

WORDS = {"log": "log", "日志": "log"}
MOST_LINES = 2000


def show_log(
    log_file: str | Path,
    admin: str,
    *,
    lines: int = 20,
    name: str = "",
    aliases: Iterable[str] = (),
    language: Language = "zh",
) -> Operation:
    """`log`, `log 50`, `log bob`, `log bob 50`: the last lines of `log_file`, without what looks like a secret in them.
    `lines` is how many without a number; 2000 is the most."""
    config = OperationConfig(admin, log_file, name, tuple(aliases), language)

    async def command(bot: Wechaty, text: str) -> None:
        order = read_order(text, WORDS, config.called())
        if order is None:
            return
        shown = await asyncio.to_thread(_show, config, min(order.number or lines, MOST_LINES))
        if len(shown) <= MAX_SAY:
            await say(bot, admin, shown)
            return
        cleaned = line_of(bot).clean(shown)
        await send_file(bot, admin, f"{config.called().name}.log.txt", cleaned.encode())

    return Operation(config, on_command_received=command)


def _show(config: OperationConfig, count: int) -> str:
    name, language = config.called().name, config.language
    try:
        lines = last_lines(
            lambda most: read_last_lines(Path(config.path or ""), most),
            count,
            lambda rows: phrases.LOG_DRAWN.say(language, rows=rows),
        )
    except OSError as error:
        return phrases.LOG_MISSING.say(language, bot=name, reason=error.strerror or str(error))
    if not lines:
        return phrases.LOG_EMPTY.say(language, bot=name)
    return "\n".join([phrases.LOG_HEADER.say(language, bot=name, count=len(lines)), *lines])
