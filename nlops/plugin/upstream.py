"""Two mends to python-wechaty 0.10.7 for the user's own bot, made once when this package is imported.

1. `bot.use(plugin)` tells the plugin nothing of the bot: upstream does so at the first login, in a plugin manager that
   starts a scheduler and checks port 5000, and fails where that is busy. A `BotPlugin` is told at once, and left out of
   that manager.
2. Where upstream keeps its scheduler's database is settled while it is imported, when nlops points CACHE_DIR at its
   own folder (`adapters/wechaty/compat.py`). A user's bot keeps it where upstream would: in `.wechaty`, or CACHE_DIR.
"""

from abc import abstractmethod
from functools import wraps
from typing import Any

from wechaty import Wechaty, WechatyPlugin
from wechaty.config import config
from wechaty.plugin import WechatyPluginManager
from wechaty.schema import WechatySchedulerOptions

_MENDED = "_nlops_mended"


# The base comes from an untyped library.
class BotPlugin(WechatyPlugin):  # type: ignore[misc]
    """What `bot.use` takes, and upstream's plugin manager never sees."""

    def __init__(self) -> None:
        """Upstream's makes a folder and a file in the working directory; it is left out."""

    @abstractmethod
    def used_by(self, bot: Wechaty) -> None:
        """`bot.use(self)` was called; perhaps before there is a loop, perhaps while the bot runs."""


def mend() -> None:
    """A second call does nothing."""
    if vars(WechatyPluginManager).get(_MENDED):
        return
    setattr(WechatyPluginManager, _MENDED, True)
    _tell_plugins()
    _move_database()


def _tell_plugins() -> None:
    upstream = WechatyPluginManager.add_plugin

    @wraps(upstream)
    def add_plugin(self: Any, plugin: Any) -> None:
        if isinstance(plugin, BotPlugin):
            plugin.used_by(self._wechaty)
        else:
            upstream(self, plugin)

    WechatyPluginManager.add_plugin = add_plugin


def _move_database() -> None:
    upstream = WechatySchedulerOptions.__init__

    @wraps(upstream)
    def init(self: Any, job_store: Any = None, *rest: Any, **named: Any) -> None:
        upstream(self, job_store or f"sqlite:///{config.cache_dir}/job.db", *rest, **named)

    WechatySchedulerOptions.__init__ = init
