"""`attach`: the whole assistant (rescue, tools, free text, confirmations, audit) on a bot of the user's own."""

import asyncio
import logging
from dataclasses import replace
from pathlib import Path

from wechaty import Wechaty

from nlops.adapters.sqlite import SqliteStore
from nlops.adapters.wechaty.attached import AttachedChat, token_of
from nlops.cli.load import load_config
from nlops.cli.wiring import make_parts, make_setup
from nlops.domain.config import Config, Secret
from nlops.engine import Setup
from nlops.runtime import Service

log = logging.getLogger("nlops.plugin")

# asyncio itself holds its tasks weakly.
_serving: set[asyncio.Task[None]] = set()


def attach(bot: Wechaty, config: Config | str | Path = "nlops.toml") -> asyncio.Task[None]:
    """Run nlops on `bot`, as `config` says, until the task that is returned is cancelled. Call it where a loop runs,
    before `bot.start()` or at any time after.

    The bot's connection and its own handlers stay as they are; nlops hears the same messages, and answers the admins of
    the configuration only. Of `[chat]` endpoint, token and tls are not used: the bot has its own. What nlops tells of
    itself goes to the logger `nlops`. Raises ConfigError and ToolError for what is wrong from the start.
    """
    loop = asyncio.get_running_loop()
    loaded = config if isinstance(config, Config) else load_config(str(config))
    # The bot's token stands in the place of the configured one, so that it is kept out of what is said.
    token = Secret(token_of(bot).reveal() or "-")
    chat = replace(loaded.chat, endpoint="127.0.0.1:1", token=token, tls=False)
    task = loop.create_task(_serve(bot, make_setup(replace(loaded, chat=chat))), name="nlops")
    _serving.add(task)
    task.add_done_callback(_ended)
    return task


async def _serve(bot: Wechaty, setup: Setup) -> None:
    store = SqliteStore(setup.config.state_dir)
    try:
        parts = make_parts(setup, store, lambda text: log.info("%s", text))
        await Service(setup, replace(parts, chat=AttachedChat(bot))).run()
    finally:
        store.close()


def _ended(task: asyncio.Task[None]) -> None:
    _serving.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("nlops has stopped: %s", error, exc_info=error)
