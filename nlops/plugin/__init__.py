"""nlops in a python-wechaty bot that is there already: a plugin with operations, or the whole assistant in two lines.

    from nlops import attach, log_monitor, qr_rescue, restart_pm2
    from wechaty import Wechaty                       # importing nlops first makes this possible on Python 3.11 to 3.13

    bot = Wechaty()
    bot.use(log_monitor([qr_rescue("../bob.log", "BobWeixin"), restart_pm2("bob", "BobWeixin")]))

`log_monitor` is wechaty-log-monitor's way: operations, each with a log, an admin, and what to do. `attach` runs what
`nlops run` would run. Neither needs python-wechaty's plugin manager, and both see what it does not: scans, logouts, and
the second login.

    operation   what an operation is          monitor   what bot.use takes        line    how an admin is reached
    rescue, restart, alert, show              the four that are shipped           orders  their words
    worker      one operation at work         own_log   the bot's own lines       assistant  `attach`
"""

import nlops.adapters.wechaty  # noqa: F401 - makes wechaty importable
from nlops.plugin.alert import log_alert
from nlops.plugin.assistant import attach
from nlops.plugin.line import say, send_file
from nlops.plugin.monitor import LogMonitor, log_monitor
from nlops.plugin.operation import Operation, OperationConfig
from nlops.plugin.rescue import qr_rescue
from nlops.plugin.restart import restart_pm2
from nlops.plugin.show import show_log
from nlops.plugin.upstream import mend

__all__ = [
    "LogMonitor",
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

mend()
