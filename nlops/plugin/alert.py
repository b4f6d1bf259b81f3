"""`log_alert`: lines of a log, told to the admin a few times a minute at most; repeats are folded and counted."""

import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from wechaty import Wechaty

from nlops.domain.bots import Notice
from nlops.domain.config import AlertConfig
from nlops.domain.effects import Say
from nlops.domain.words import Language
from nlops.monitor.alerts import Foldings, see, tick
from nlops.monitor.formats import FORMATS
from nlops.monitor.linear import fault_of
from nlops.monitor.watch import LogWatch
from nlops.plugin.line import line_of, say
from nlops.plugin.operation import Operation, OperationConfig
from nlops.replies import say_notice


def log_alert(
    log_file: str | Path,
    admin: str,
    *,
    pattern: str = ".",
    title: str = "errorAlert",
    at_most: int = 3,
    around: int = 0,
    name: str = "",
    aliases: Iterable[str] = (),
    language: Language = "zh",
) -> Operation:
    """Lines in which `pattern` (RE2) matches anywhere go to `admin`, in at most `at_most` messages a minute, with
    `around` lines before and after. By default every line: made for a log that holds errors only. Raises ValueError for
    a pattern that RE2 does not take."""
    fault = fault_of(pattern)
    if fault is not None or at_most < 1 or around < 0:
        raise ValueError(fault or "at_most is at least 1, around at least 0")
    config = OperationConfig(admin, log_file, name, tuple(aliases), language)
    alert = _Alert(config, AlertConfig(pattern, title, at_most, around))
    return Operation(config, on_log_file_changed=alert.changed, on_tick=alert.tick)


class _Alert:
    def __init__(self, config: OperationConfig, alert: AlertConfig) -> None:
        self._config, self._alert = config, alert
        self._watch: LogWatch | None = None
        self._foldings: Foldings = {}

    async def changed(self, bot: Wechaty, lines: Sequence[str]) -> None:
        if self._watch is None:  # only now there is a bot, whose token must not leave
            named, source = self._config.called().name, str(self._config.path)
            self._watch = LogWatch(named, source, FORMATS["starterbot"], (self._alert,), line_of(bot).clean)
        _, events = self._watch.read("".join(f"{line}\n" for line in lines).encode(), "")
        for event in events:
            self._foldings, notices = see(self._foldings, event, self._alert.at_most, time.monotonic())
            await self._tell(bot, notices)

    async def tick(self, bot: Wechaty) -> None:
        self._foldings, notices = tick(self._foldings, time.monotonic())
        await self._tell(bot, notices)

    async def _tell(self, bot: Wechaty, notices: Sequence[Notice]) -> None:
        for notice in notices:
            for effect in say_notice(notice, None, self._config.admin, self._config.language):
                if isinstance(effect, Say):
                    await say(bot, self._config.admin, effect.text)
