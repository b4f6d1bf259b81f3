"""`restart_pm2`: the word `restart`, and pm2 restarts the process; no shell, and done is only what is up again."""

from collections.abc import Iterable

from wechaty import Wechaty

from nlops.adapters.pm2 import Pm2
from nlops.domain import phrases
from nlops.domain.config import BotConfig
from nlops.domain.processes import Restarted
from nlops.domain.words import Language
from nlops.plugin.line import say
from nlops.plugin.operation import Operation, OperationConfig
from nlops.plugin.orders import read_order

WORDS = {"restart": "restart", "重启": "restart"}


def restart_pm2(
    pm2: str | int, admin: str, *, name: str = "", aliases: Iterable[str] = (), language: Language = "zh"
) -> Operation:
    """`restart`, or `restart bob`: pm2 restarts the process of this name or id. `name` is what it is called in chat,
    by default as in pm2."""
    config = OperationConfig(admin, None, name or str(pm2), tuple(aliases), language)

    async def command(bot: Wechaty, text: str) -> None:
        if read_order(text, WORDS, config.called()) is None:
            return
        done = await Pm2().restart(BotConfig(config.name, (), pm2=str(pm2)))
        if isinstance(done, Restarted):
            answer = phrases.RESTARTED.say(language, bot=config.name, state=done.describe())
        else:
            answer = phrases.RESTART_FAILED.say(language, bot=config.name, reason=done.why)
        await say(bot, admin, answer)

    return Operation(config, on_command_received=command)
