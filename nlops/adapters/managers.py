"""Who keeps a bot's process: the key of `[[bot]]` that names it chooses, and at most one of them does."""

from collections.abc import Mapping

from nlops.adapters.children import Children
from nlops.adapters.docker import Docker
from nlops.adapters.pm2 import Pm2
from nlops.adapters.supervisor import Supervisor
from nlops.adapters.systemd import Systemd
from nlops.domain.config import BotConfig
from nlops.ports import ProcessManager


def make_managers(children: Children) -> Mapping[str, ProcessManager]:
    """The process managers by their key in `[[bot]]`."""
    return {
        "pm2": Pm2(),
        "systemd": Systemd(),
        "docker": Docker(),
        "supervisor": Supervisor(),
        "command": children,
    }


def manager_of(bot: BotConfig, managers: Mapping[str, ProcessManager]) -> ProcessManager | None:
    """The one that keeps this bot; None where nobody is named."""
    return next((manager for key, manager in managers.items() if getattr(bot, key)), None)
