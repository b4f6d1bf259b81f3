"""A small bot for the demo: a process of its own that writes a real log, and can lose its login.

`python -m nlops.sandbox.bot NAME --log FILE --wechat DIR [--format F] [--pace S] [--refresh S]`

    online   chats; the phone's order to log out → says so, forgets its session → waiting
    waiting  shows a login code, a new one every `--refresh` s; scanned → Scanned, Confirmed, login → online

A restart with a session logs in without a scan, as a real bot with a memory card does. Ends on SIGTERM, and when
whoever keeps it is gone.
"""

import argparse
import os
import secrets
import signal
import string
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import count
from pathlib import Path

from nlops.sandbox.botlog import STYLES, LogStyle, ScanName
from nlops.sandbox.wechat import BotNow, Status, WeChat

TICK_S = 0.1
# Between the scan, the tap on "log in", and the login: about what a person takes.
TAP_S, LOGIN_S = 1.0, 0.5
# WeChat's own codes live for some minutes; a demo shows within one that a new code follows the old.
REFRESH_S = 60.0
PACE_S = 2.0
# Who writes to the bot, in which room, what. {n} counts up, so that no two lines are alike.
TALK = (
    ("Lin", "", "早，订单 {n} 发货了吗？"),
    ("Sam", "Garden club", "who waters bed {n} this week?"),
    ("阿强", "周末骑行", "第 {n} 次骑行报名开始啦"),
    ("Mia", "", "invoice {n} is paid, thanks!"),
    ("Lin", "客服一群", "客户 {n} 想改收货地址"),
    ("Sam", "", "ding"),
    ("Noor", "Release notes", "build {n} is green"),
    ("小夏", "", "今天第 {n} 个问题：怎么退款？"),
)


def new_payload() -> str:
    """A login payload as WeChat makes them, of a code that nobody has ever seen."""
    return "http://weixin.qq.com/x/" + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(22))


class Ending:
    """The order to end, SIGTERM: it is waited for, never handled in the midst of something. A handler that set a
    `threading.Event` would wait for ever for the lock that the interrupted `wait` holds."""

    def __init__(self) -> None:
        self._came = False
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})

    def wait(self, timeout_s: float) -> bool:
        """Whether the order came by now, or comes within so many seconds."""
        self._came = self._came or signal.sigtimedwait({signal.SIGTERM}, timeout_s) is not None
        return self._came


class DemoBot:
    """One bot. `write` takes whole lines; `stop` ends it at the next wait."""

    def __init__(
        self, name: str, style: LogStyle, wechat: WeChat, write: Callable[[Sequence[str]], None], stop: Ending
    ) -> None:
        self.pace_s, self.refresh_s = PACE_S, REFRESH_S
        self._name, self._style, self._wechat = name, style, wechat
        self._write, self._stop = write, stop
        self._numbers = count(1)
        self._payload: str | None = None
        self._next = 0.0

    def run(self) -> None:
        self._write(self._style.started(datetime.now()))
        if self._wechat.has_session(self._name):
            self._log_in()
        else:
            self._ask_for_scan()
        keeper = os.getppid()
        while not self._stop.wait(TICK_S) and os.getppid() == keeper:
            self._tick(time.monotonic())

    def _tick(self, now: float) -> None:
        if self._payload is None:
            self._tick_online(now)
        elif self._wechat.is_scanned(self._payload):
            self._scanned(self._payload)
        elif now >= self._next:
            self._ask_for_scan()

    def _tick_online(self, now: float) -> None:
        if self._wechat.take_logout(self._name):
            self._write(self._style.logout(datetime.now()))
            self._wechat.drop_session(self._name)
            self._ask_for_scan()
        elif now >= self._next:
            self._hear()

    def _hear(self) -> None:
        number = next(self._numbers)
        talker, room, text = TALK[number % len(TALK)]
        self._write(self._style.message(datetime.now(), talker, room, text.format(n=1000 + number)))
        self._next = time.monotonic() + self.pace_s

    def _ask_for_scan(self) -> None:
        self._payload = new_payload()
        self._publish("waiting")
        self._scan_line("Waiting", self._payload)
        self._next = time.monotonic() + self.refresh_s

    def _scanned(self, payload: str) -> None:
        self._publish("scanned")
        self._scan_line("Scanned", payload)
        if not self._stop.wait(TAP_S):
            self._scan_line("Confirmed", payload)
        if not self._stop.wait(LOGIN_S):
            self._log_in()

    def _log_in(self) -> None:
        self._wechat.keep_session(self._name)
        self._payload = None
        self._publish("online")
        self._write(self._style.login(datetime.now()))
        self._next = time.monotonic() + self.pace_s

    def _scan_line(self, name: ScanName, payload: str) -> None:
        self._write(self._style.scan(datetime.now(), name, payload))

    def _publish(self, status: Status) -> None:
        self._wechat.publish(self._name, BotNow(os.getpid(), status, time.time(), self._payload))


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m nlops.sandbox.bot", description="a small bot for the demo")
    parser.add_argument("name")
    parser.add_argument("--log", type=Path, required=True, help="the log to append to")
    parser.add_argument("--wechat", type=Path, required=True, help="the folder shared with the phone")
    parser.add_argument("--format", choices=STYLES, default="starterbot", help="whose words the log is in")
    parser.add_argument("--pace", type=float, default=PACE_S, help="seconds between two chat lines")
    parser.add_argument("--refresh", type=float, default=REFRESH_S, help="seconds that a login code lasts")
    args = parser.parse_args(argv)
    stop = Ending()
    # Ctrl-C in a terminal reaches every process of the demo; only the keeper ends a bot.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with args.log.open("a", encoding="utf-8") as log:

        def write(lines: Sequence[str]) -> None:
            # One write, so that a reader never finds half of a block.
            log.write("".join(f"{line}\n" for line in lines))
            log.flush()

        bot = DemoBot(args.name, STYLES[args.format](args.name), WeChat(args.wechat), write, stop)
        bot.pace_s, bot.refresh_s = args.pace, args.refresh
        bot.run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
