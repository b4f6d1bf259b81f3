"""Who keeps a bot's process: the key of `[[bot]]` that names it chooses, and at most one of them does."""

from collections.abc import Mapping

from nlops.adapters.children import Children
from nlops.adapters.docker import Docker
from nlops.adapters.pm2 import Pm2
from nlops.adapters.supervisor import Supervisor
from nlops.adapters.systemd import Systemd
from nlops.domain.config import BotConfig
from nlops.ports import ProcessManager


def make_managers(children: Children | None = None) -> Mapping[str, ProcessManager]:
    """The process managers by their key in `[[bot]]`. The children of a service are nobody else's: without `children`
    a bot that nlops runs itself has no manager."""
    own: dict[str, ProcessManager] = {} if children is None else {"command": children}
    return {"pm2": Pm2(), "systemd": Systemd(), "docker": Docker(), "supervisor": Supervisor(), **own}


def manager_of(bot: BotConfig, managers: Mapping[str, ProcessManager]) -> ProcessManager | None:
    """The one that keeps this bot; None where nobody is named."""
    return next((manager for key, manager in managers.items() if getattr(bot, key)), None)
