"""nlops: an ops assistant for people who run WeChat bots; a bot that guards other bots and takes orders in chat.

For a python-wechaty bot of one's own there are `log_monitor` with its operations, and `attach` (`nlops.plugin`); they
are loaded when they are asked for, so that the command starts quickly.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlops.plugin import (
        Operation,
        OperationConfig,
        attach,
        log_alert,
        log_monitor,
        qr_rescue,
        restart_pm2,
        say,
        send_file,
        show_log,
    )

__version__ = "0.1.0"

__all__ = [
    "Operation",
    "OperationConfig",
    "attach",
    "log_alert",
    "log_monitor",
    "qr_rescue",
    "restart_pm2",
    "say",
    "send_file",
    "show_log",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'nlops' has no attribute {name!r}")
    from nlops import plugin

    return getattr(plugin, name)
