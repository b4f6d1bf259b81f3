"""What scanning a busy log costs, beside `LC_ALL=C grep -cE` over the same ten patterns: CPU seconds on one core.

The seven literals of the format `starterbot`, and three log alerts.

    python benchmarks/scan.py [--megabytes 200] [--folder DIR]

One line in two thousand is a sign or alerts; the rest is what bots print. The scanner gets the blocks that the follower
delivers.
"""

import argparse
import os
import random
import re
import resource
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from nlops.domain.config import AlertConfig
from nlops.monitor.formats import FORMATS
from nlops.monitor.watch import LogWatch

BLOCK_BYTES = 256 << 10
CODE = "https://wechaty.js.org/qrcode/https%3A%2F%2Flogin.weixin.qq.com%2Fl%2FAAAA"
NOISE = (
    '09:{0:02}:{1:02} INFO StarterBot Message#Text[🗣Contact<架构师>@👥Room<群聊 #{2}>]\t"消息 {2}"',
    "09:{0:02}:{1:02} VERB PuppetWechat4u heartbeat ok seq={2}",
    "09:{0:02}:{1:02} WARN Wechaty retrying upload part={2} because socket hang up at TLSSocket.onclose (net:12)",
    '{{"level":30,"time":{2},"msg":"stanza received","id":{2}}}',
)
SIGNS = (
    "09:{0:02}:{1:02} INFO StarterBot onScan: Waiting(2) - " + CODE + "{2:06}",
    "09:{0:02}:{1:02} INFO StarterBot Contact<bot {2}> login",
    "09:{0:02}:{1:02} INFO StarterBot onScan: Scanned(3)",
    "09:{0:02}:{1:02} ERR StarterBot FATAL ERROR: reached heap limit, {2} MB",
)
ALERTS = ("ERROR|FATAL", "heap limit", "ECONN(REFUSED|RESET) [0-9.]+:[0-9]+")


def make(file: Path, megabytes: int) -> int:
    """Write the log; the number of lines in it that are to be found."""
    choose, size, signs = random.Random(7), 0, 0  # noqa: S311 - no secret
    lines: list[bytes] = []
    while size < 20_000_000:
        number = len(lines)
        is_sign = number % 2000 == 1999
        signs += is_sign
        text = choose.choice(SIGNS if is_sign else NOISE).format(number // 60000 % 60, number // 1000 % 60, number)
        lines.append(text.encode() + b"\n")
        size += len(lines[-1])
    repeats = max(1, megabytes // 20)
    file.write_bytes(b"".join(lines) * repeats)
    return signs * repeats


def scan(file: Path) -> tuple[float, int]:
    """CPU seconds of reading whole blocks and scanning them, and the lines found."""
    alerts = [AlertConfig(pattern, pattern) for pattern in ALERTS]
    watch, found, rest = LogWatch("bob", "", FORMATS["starterbot"], alerts), 0, b""
    start = time.process_time()
    with file.open("rb", buffering=0) as stream:
        while data := stream.read(BLOCK_BYTES):
            block = rest + data
            end = block.rfind(b"\n") + 1
            signs, events = watch.read(block[:end], "g:0")
            # A line that two alerts wait for is one line: the first of them counts here.
            found += len(signs) + sum(hit.count for event in events if event.alert == ALERTS[0] for hit in event.hits)
            rest = block[end:]
    return time.process_time() - start, found


def grep(file: Path) -> float:
    """CPU seconds of counting the lines that hold any of the patterns."""
    program = shutil.which("grep")
    if program is None:
        return float("nan")
    literals = dict.fromkeys(pattern.literal for pattern in FORMATS["starterbot"].patterns)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [program, "-cE", "|".join((*map(re.escape, literals), *ALERTS)), str(file)],
        env={**os.environ, "LC_ALL": "C"},
        stdout=subprocess.PIPE,  # into /dev/null GNU grep stops at the first hit
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--folder", type=Path, default=None)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nlops-bench-", dir=args.folder) as folder:
        file = Path(folder) / "bob.log"
        signs = make(file, args.megabytes)
        for _ in range(3):
            floor, (cpu, found) = grep(file), scan(file)
            print(f"grep {floor:.3f} s, scanner {cpu:.3f} s: {cpu / floor:.2f} x; {found} of {signs} lines")


if __name__ == "__main__":
    main()
