"""`qr_rescue`: the other bot's login codes, each one, into the admin's chat; and the word when it is back."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from wechaty import Wechaty

from nlops.adapters.qrcode import draw_qr
from nlops.domain import phrases
from nlops.domain.bots import BackOnline, BotState, BotStatus, Notice, OfferQr, SuspiciousScan
from nlops.domain.config import BotConfig
from nlops.domain.effects import Say, ShowQr
from nlops.domain.words import Language, duration
from nlops.monitor.alerts import Foldings, see_suspicious, tick
from nlops.monitor.formats import FORMATS
from nlops.monitor.machine import step
from nlops.monitor.scan import Scanner
from nlops.plugin.line import say, send_file
from nlops.plugin.operation import Operation, OperationConfig
from nlops.plugin.orders import read_order
from nlops.replies import say_notice

LONG_AGO = 0.0  # in unix seconds: some time before this bot was started
WORDS = {
    "qr": "qr",
    "二维码": "qr",
    "status": "status",
    "状态": "status",
    "disable-qrrescue": "off",
    "关闭救援": "off",
    "enable-qrrescue": "on",
    "开启救援": "on",
}


def qr_rescue(
    log_file: str | Path,
    admin: str,
    *,
    login_test: str | None = "ping",
    format: str = "starterbot",  # noqa: A002 - as in nlops.toml
    account: str | None = None,
    name: str = "",
    aliases: Iterable[str] = (),
    language: Language = "zh",
) -> Operation:
    """When the bot that writes `log_file` asks for a scan, its code is drawn here and sent to `admin`, and so is each
    code that follows, until it is in; then `login_test` is said to the admin.

    `format` is how that bot logs (`nlops formats` lists them). `account` is who is expected to log in. Words:
    `qr` (the code of now), `status`, `disable-qrRescue`, `enable-qrRescue`; each may be followed by the bot's name.
    Raises ValueError for a format that does not exist.
    """
    if format not in FORMATS:
        raise ValueError(f"there is no log format {format!r}; there are: {', '.join(FORMATS)}")
    config = OperationConfig(admin, log_file, name, tuple(aliases), language)
    bot = BotConfig(config.called().name, (), format=format, login_test=login_test, account=account)
    rescue = _Rescue(config, bot)
    return Operation(config, rescue.changed, rescue.command, rescue.opened, rescue.tick)


class _Rescue:
    def __init__(self, config: OperationConfig, bot: BotConfig) -> None:
        self._config, self._bot = config, bot
        self._scanner = Scanner(bot.name, FORMATS[bot.format])
        self._state = BotState()
        self._foldings: Foldings = {}

    async def opened(self, _: Wechaty, lines: Sequence[str]) -> None:
        """What was there already becomes state, quietly: a code of then may be asked for, and is told when it comes
        again. At what time it was lost is not known."""
        self._read(lines, LONG_AGO)
        offered = self._state.offered if self._state.status is BotStatus.LOGGED_IN else None
        self._state = replace(self._state, offered=offered, offers=0, since=0.0)

    async def changed(self, bot: Wechaty, lines: Sequence[str]) -> None:
        now = time.time()
        for notice in self._folded(self._read(lines, now), now):
            await self._tell(bot, notice)

    async def tick(self, bot: Wechaty) -> None:
        self._foldings, notices = tick(self._foldings, time.monotonic())
        for notice in notices:
            await self._tell(bot, notice)

    async def command(self, bot: Wechaty, text: str) -> None:
        order = read_order(text, WORDS, self._config.called())
        match order and order.word:
            case "qr":
                await self._show(bot)
            case "status":
                await self._say(bot, self._status())
            case "on" | "off" as word:
                self._state = replace(self._state, rescue=word == "on")
                name = self._bot.name
                off = phrases.RESCUE_OFF.of(bot=name, name=name)
                said = phrases.RESCUE_ON.of(bot=name) if self._state.rescue else off
                await self._say(bot, said.say(self._config.language))

    def _read(self, lines: Sequence[str], now: float) -> list[Notice]:
        """Step the state with what the lines say. Of several codes only one that still holds is told."""
        notices: list[Notice] = []
        for sign in self._scanner.scan("".join(f"{line}\n" for line in lines).encode()):
            self._state, told = step(self._bot.name, self._state, sign, now)
            notices += told
        return [one for one in notices if not isinstance(one, OfferQr) or one.payload == self._state.payload]

    def _folded(self, notices: Sequence[Notice], now: float) -> list[Notice]:
        """Suspicious lines may be forged by the thousand: they are counted. A loss before the start has no length."""
        out: list[Notice] = []
        for notice in notices:
            if isinstance(notice, SuspiciousScan):
                self._foldings, told = see_suspicious(self._foldings, notice, time.monotonic())
                out += told
            elif isinstance(notice, BackOnline) and notice.after_s == now - LONG_AGO:
                out.append(replace(notice, after_s=None))
            else:
                out.append(notice)
        return out

    async def _tell(self, bot: Wechaty, notice: Notice) -> None:
        for effect in say_notice(notice, self._bot, self._config.admin, self._config.language):
            match effect:
                case ShowQr(_, _, payload, caption):
                    await self._send_code(bot, payload, caption)
                case Say():
                    await self._say(bot, effect.text)

    async def _show(self, bot: Wechaty) -> None:
        language, name = self._config.language, self._bot.name
        if self._state.payload is not None:
            await self._send_code(bot, self._state.payload, phrases.QR_CAPTION.say(language, bot=name))
        else:
            status = phrases.STATUS[self._state.status].say(language)
            await self._say(bot, phrases.QR_NONE.say(language, bot=name, status=status))

    def _status(self) -> str:
        language, since = self._config.language, self._state.since
        return phrases.STATUS_LINE.say(
            language,
            bot=self._bot.name,
            status=phrases.STATUS[self._state.status].of(),
            since=phrases.SINCE.of(duration=duration(time.time() - since)) if since else "",
            process="",
            rescue="" if self._state.rescue else phrases.NO_RESCUE.of(),
        )

    async def _send_code(self, bot: Wechaty, payload: str, caption: str) -> None:
        await send_file(bot, self._config.admin, f"{self._bot.name}.png", draw_qr(payload))
        await self._say(bot, caption)

    async def _say(self, bot: Wechaty, text: str) -> None:
        await say(bot, self._config.admin, text)
