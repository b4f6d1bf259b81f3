"""Does the service stay the same size? Hours of life, compressed into minutes, with its memory, tasks and open files.

    python benchmarks/soak.py [--hours 11] [--warm-up 7]

The service runs as a process of its own (`nlops run`, no model), over gRPC to a gateway in this process, and only that
process is measured (/proc, so Linux only). An hour here is HOUR below: what a busy day's hour brings, and more. The
first hours warm it up (10,000 ids are remembered, the allocator's arenas fill); after them its memory should be flat.
`grows` is the slope of a straight line through the samples after the warm-up. It exits 1 where that is over 0.1 MB an
hour, or where tasks or open files grew.
"""

import argparse
import asyncio
import os
import signal
import statistics
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from nlops.sandbox.botlog import StarterBot
from nlops.sandbox.gateway import LocalGateway

TOKEN = "a-token-of-benchmarks"
ADMIN, STRANGER, ROOM = "wxid_admin", "wxid_stranger", "1@chatroom"
# Of each hour. An admin's message is answered; a stranger's, and a room's, are read and left alone.
HOUR = {"steps": 20, "admin": 10, "strangers": 60, "room": 5, "log lines": 500, "gateway restarts": 2}
WORDS = ("status", "help", "qr bob", "log bob 5", "状态", "帮助", "二维码", "status bob", "hello there", "log bob")
MOST_GROWTH_MB = 0.1

CONFIG = f"""state_dir = "state"
[chat]
endpoint = "127.0.0.1:{{port}}"
token = "{TOKEN}"
per_minute = 1000000
per_day = 1000000
[model]
provider = "none"
[[admin]]
name = "admin"
contact = "{ADMIN}"
[[bot]]
name = "bob"
log = "bob.log"
[[bot.alert]]
name = "errors"
pattern = "ERR"
"""


@dataclass(frozen=True)
class Sample:
    """The service at one moment."""

    hours: float
    rss_mb: float
    tasks: int
    objects: int
    threads: int
    files: int

    def line(self, what: str) -> str:
        return (
            f"{what:<10} {self.hours:6.1f} {self.rss_mb:8.1f} {self.tasks:6} {self.objects:8} {self.threads:8} "
            f"{self.files:6}"
        )


class Service:
    """`nlops run` in a child process that tells of its asyncio tasks when it gets SIGUSR1."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            raise RuntimeError("the service has no output")
        self._process, self._output = process, process.stdout

    @classmethod
    async def start(cls, config: Path) -> "Service":
        command = (sys.executable, __file__, "--service", str(config))
        service = cls(await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL))
        await service._line_with("ready")
        return service

    async def sample(self, hours: float) -> Sample:
        self._process.send_signal(signal.SIGUSR1)
        tasks, objects = (await self._line_with("soak:")).split()[1:]
        folder = Path(f"/proc/{self._process.pid}")
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        rss_mb = int(status["VmRSS"].split()[0]) / 1024
        files = len(list((folder / "fd").iterdir()))
        return Sample(hours, rss_mb, int(tasks), int(objects), int(status["Threads"]), files)

    async def stop(self) -> None:
        self._process.terminate()
        await self._process.wait()

    async def _line_with(self, word: str) -> str:
        while True:
            line = (await asyncio.wait_for(self._output.readline(), 60)).decode()
            if not line:
                raise RuntimeError("the service ended")
            if word in line:
                return line


def serve(config: str) -> int:
    """The child: `nlops run`, and a count of tasks and objects for who asks."""
    import gc

    from nlops.cli.main import main as nlops

    def tell(*_: object) -> None:
        gc.collect()
        print("soak:", len(asyncio.all_tasks()), len(gc.get_objects()), flush=True)

    signal.signal(signal.SIGUSR1, tell)
    return nlops(["run", "-c", config])


class World:
    """The gateway and the bot's log, and what happens there."""

    def __init__(self, folder: Path) -> None:
        self.gateway = LocalGateway(TOKEN)
        self.answers = self.restarts = 0
        self.log = folder / "bob.log"
        self.log.touch()
        self._bot = StarterBot("bob")
        self.codes = 0

    async def start(self) -> int:
        for contact_id in (ADMIN, STRANGER):
            self.gateway.add_contact(contact_id, contact_id)
        self.gateway.add_room(ROOM, "ops", [ADMIN, STRANGER])
        self.port = await self.gateway.start()
        self.gateway.login()
        return self.port

    async def step(self, number: int) -> None:
        """A twentieth of an hour: a logout, a code, a login, other lines; messages; the gateway restarted now and
        then. Ends when every message of the admin is answered and the code arrived."""
        self._write()
        for index in range(HOUR["strangers"]):
            self.gateway.receive(STRANGER, f"buy this {index}")
        for index in range(HOUR["room"]):
            self.gateway.receive(ADMIN, f"@nlops status {index}", room_id=ROOM)
        for word in WORDS[: HOUR["admin"]]:
            self.gateway.receive(ADMIN, word)
        await self._until(lambda: self._came() >= HOUR["admin"] + 1)
        self.answers += len(self.gateway.sent)
        self.gateway.sent.clear()
        self.gateway.forget(but=1000)
        if number % (HOUR["steps"] // HOUR["gateway restarts"]) == 0:
            await self._restart()

    def _came(self) -> int:
        pictures = sum(one.name == "bob.png" for one in self.gateway.sent)
        return sum(one.kind == "text" for one in self.gateway.sent) + min(pictures, 1)

    async def _restart(self) -> None:
        await self.gateway.stop()
        await asyncio.sleep(0.2)
        await self.gateway.start(port=self.port)
        self.restarts += 1
        await self._until(lambda: self.gateway.clients == 1)

    def _write(self) -> None:
        now, bot = datetime.now(), self._bot
        self.codes += 1
        lines = [*bot.logout(now), *bot.scan(now, "Waiting", f"http://weixin.qq.com/x/soak{self.codes}")]
        for index in range(HOUR["log lines"]):
            lines += bot.message(now, f"Lan {index}", "", f"a message number {index} of these days")
        lines += [f"{now:%H:%M:%S} ERR something broke", *bot.scan(now, "Scanned", ""), *bot.login(now)]
        with self.log.open("a") as log:
            log.write("".join(f"{line}\n" for line in lines[:-1]))
            log.flush()
            time.sleep(0.05)  # so that the code is sent before the login makes it stale
            log.write(lines[-1] + "\n")

    async def _until(self, is_so: Callable[[], bool]) -> None:
        async with asyncio.timeout(60):
            while not is_so():  # noqa: ASYNC110 - it waits for another process
                await asyncio.sleep(0.01)


async def main(hours: int, warm_up: int) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world = World(folder)
        (folder / "nlops.toml").write_text(CONFIG.format(port=await world.start()))
        service = await Service.start(folder / "nlops.toml")
        print(f"{'':<10} {'hours':>6} {'RSS MB':>8} {'tasks':>6} {'objects':>8} {'threads':>8} {'files':>6}")
        began = time.monotonic()
        print((await service.sample(0)).line("start"), flush=True)
        samples: list[Sample] = []
        for hour in range(1, hours + 1):
            for number in range(HOUR["steps"]):
                await world.step(number)
            sample = await service.sample(hour)
            if hour == warm_up:
                print(sample.line("warmed up"), flush=True)
            if hour >= warm_up:
                samples.append(sample)
            if hour % max(1, hours // 10) == 0 or hour == hours:
                print(sample.line("end" if hour == hours else f"{hour / hours:4.0%}"), flush=True)
        took_s = time.monotonic() - began
        await service.stop()
        await world.gateway.stop()
        messages = hours * HOUR["steps"] * (HOUR["admin"] + HOUR["strangers"] + HOUR["room"])
        print(
            f"{messages} messages in, {world.answers} out, {world.codes} codes and logins, {world.restarts} restarts of"
        )
        print(f"the gateway, {world.log.stat().st_size / 1e6:.1f} MB of log, in {took_s:.0f} s")
        return verdict(samples)


def verdict(samples: list[Sample]) -> int:
    slope = statistics.linear_regression([one.hours for one in samples], [one.rss_mb for one in samples]).slope
    more = {what: getattr(samples[-1], what) - getattr(samples[0], what) for what in ("tasks", "threads", "files")}
    print(f"after the warm-up it grows by {slope:+.3f} MB an hour; {', '.join(f'{k} {v:+}' for k, v in more.items())}")
    return int(slope > MOST_GROWTH_MB or more["tasks"] > 2 or more["files"] > 2)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--service"]:
        os.chdir(Path(sys.argv[2]).parent)
        sys.exit(serve(sys.argv[2]))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=int, default=11)
    parser.add_argument("--warm-up", type=int, default=7)
    args = parser.parse_args()
    sys.exit(asyncio.run(main(args.hours, args.warm_up)))
