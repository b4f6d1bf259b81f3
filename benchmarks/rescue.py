"""From the write of a scan line to the picture's RPC at the gateway, in milliseconds; and what an audit record costs.

    python benchmarks/rescue.py [--bots 1 200] [--scans 100]

The service runs as a process of its own (`nlops run`), over gRPC to a gateway in this process, its logs on the disk.
The floor beside it is one empty round trip over the same gRPC, so that the machine's own speed shows.
"""

import argparse
import asyncio
import secrets
import statistics
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from nlops.adapters.sqlite import SqliteStore
from nlops.adapters.wechaty.chat import WechatyChat
from nlops.domain.config import ChatConfig, Secret
from nlops.domain.effects import Record
from nlops.ports import ChatEvent, Commit
from nlops.sandbox.gateway import LocalGateway, Sent

TOKEN = "a-token-of-benchmarks"
ADMIN = "wxid_admin"


def line(what: str, samples_s: list[float], floor_s: float | None = None) -> None:
    """Print p50, p90 and p99 in milliseconds, and the ratio of the medians to a floor."""
    cuts = statistics.quantiles(samples_s, n=100, method="inclusive")
    ratio = f"  {cuts[49] / floor_s:6.1f} x floor" if floor_s else ""
    print(f"{what:<44} p50 {cuts[49] * 1e3:7.2f}  p90 {cuts[89] * 1e3:7.2f}  p99 {cuts[98] * 1e3:7.2f} ms{ratio}")


def write_config(folder: Path, port: int, bots: int) -> Path:
    rows = [f'[[bot]]\nname = "bot{n}"\nlog = "bot{n}.log"\n' for n in range(bots)]
    head = (
        f'state_dir = "state"\n[chat]\nendpoint = "127.0.0.1:{port}"\ntoken = "{TOKEN}"\n[model]\nprovider = "none"\n'
    )
    admin = f'[[admin]]\nname = "admin"\ncontact = "{ADMIN}"\n'
    for number in range(bots):
        (folder / f"bot{number}.log").touch()
    (folder / "nlops.toml").write_text(head + admin + "".join(rows))
    return folder / "nlops.toml"


async def round_trips(port: int, count: int) -> list[float]:
    """The floor: a text sent over the same link, awaited."""
    chat, up = WechatyChat(ChatConfig(f"127.0.0.1:{port}", Secret(TOKEN))), asyncio.Event()

    async def heard(event: ChatEvent) -> None:
        if getattr(event, "up", False):
            up.set()

    link = asyncio.create_task(chat.run(heard))
    await asyncio.wait_for(up.wait(), 30)
    samples = []
    for _ in range(count):
        start = time.perf_counter()
        await chat.send_text(ADMIN, "x")
        samples.append(time.perf_counter() - start)
    link.cancel()
    await asyncio.gather(link, return_exceptions=True)
    return samples


async def scans(folder: Path, gateway: LocalGateway, port: int, bots: int, count: int) -> list[float]:
    """Start the service over `bots` logs, write `count` scan lines one after the other, time each picture."""
    config = write_config(folder, port, bots)
    service = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "nlops", "run", "-c", str(config), stdout=asyncio.subprocess.PIPE
    )
    if service.stdout is None:
        raise RuntimeError("the service has no output")
    while b"ready" not in await asyncio.wait_for(service.stdout.readline(), 60):
        pass
    came: asyncio.Queue[float] = asyncio.Queue()

    def sent(one: Sent) -> None:
        if one.kind == "file":
            came.put_nowait(time.perf_counter())

    gateway.on_sent(sent)
    samples = []
    for number in range(count):
        address = quote(f"http://weixin.qq.com/x/{secrets.token_hex(12)}", safe="")
        text = f"09:00:00 INFO StarterBot onScan: Waiting(2) - https://wechaty.js.org/qrcode/{address}\n"
        with (folder / f"bot{number % bots}.log").open("a") as log:
            start = time.perf_counter()
            log.write(text)
            log.flush()
            samples.append(await asyncio.wait_for(came.get(), 30) - start)
        await asyncio.sleep(0.05)
    service.terminate()
    await service.wait()
    return samples


async def audit(folder: Path, count: int) -> list[float]:
    store = SqliteStore(folder)
    samples = []
    for number in range(count):
        start = time.perf_counter()
        await store.commit(Commit((Record("ran", "admin", ADMIN, {"number": number}),)), time.time())
        samples.append(time.perf_counter() - start)
    store.close()
    return samples


async def main(bots: list[int], count: int) -> None:
    gateway = LocalGateway(TOKEN)
    port = await gateway.start()
    gateway.add_contact(ADMIN, "admin")
    gateway.login()
    floor = await round_trips(port, 200)
    line("floor: a text over the same gRPC", floor)
    for number in bots:
        with tempfile.TemporaryDirectory() as folder:
            samples = await scans(Path(folder), gateway, port, number, count)
            line(f"scan line to picture, {number} bot(s)", samples, statistics.median(floor))
    with tempfile.TemporaryDirectory() as folder:
        line("one audit record, durable", await audit(Path(folder), 500))
    await gateway.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bots", type=int, nargs="+", default=[1, 200])
    parser.add_argument("--scans", type=int, default=100)
    args = parser.parse_args()
    asyncio.run(main(args.bots, args.scans))
