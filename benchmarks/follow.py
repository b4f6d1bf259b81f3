"""The follower beside a C program that does nothing else and `tail -F`, in one run: latency, throughput, idle, memory.

    python benchmarks/follow.py [--folder DIR] [--lines 300] [--megabytes 200] [--files 1000]

Every follower is a process that prints what comes; the same lines are written for each, on the same disk (`--folder`,
not a tmpfs). Compare the ratios of one run: the milliseconds are the machine's. A follower that is missing here (no C
compiler, no GNU tail) is left out, and said.
"""

import argparse
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROBE = b"probe"
LINE = b"2026-01-01T09:00:00.000Z INFO StarterBot Message#Text[Contact<somebody>] number %09d\n"
CHUNK_LINES = 10_000


def floor(paths: list[str], _state: str) -> list[str] | None:
    program = Path(tempfile.gettempdir()) / f"nlops-follow-floor-{os.getuid()}"
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    subprocess.run([compiler, "-O2", "-o", str(program), str(HERE / "follow.c")], check=True)
    return [str(program), *paths]


def tail(paths: list[str], _state: str) -> list[str] | None:
    program = shutil.which("tail")
    return [program, "-q", "-n", "+1", "-F", *paths] if program else None


def nlops(paths: list[str], state: str) -> list[str] | None:
    return [sys.executable, "-m", "nlops", "follow", "--state", state, *paths]


FOLLOWERS: dict[str, Callable[[list[str], str], list[str] | None]] = {"floor": floor, "tail -F": tail, "nlops": nlops}


@dataclass
class Running:
    """A follower of `paths`, with what it printed and when, known to be at work."""

    command: list[str]
    paths: list[Path]
    keep: bool = True
    seen: list[tuple[float, bytes]] = field(default_factory=list)
    newlines: int = 0
    last_at: float = 0.0

    def __enter__(self) -> "Running":
        self.process = subprocess.Popen(
            self.command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        self._thread = threading.Thread(target=self._read)
        self._thread.start()
        deadline = time.monotonic() + 20
        while self.newlines < 3 and time.monotonic() < deadline:
            append(self.paths[-1], PROBE + b"\n")
            time.sleep(0.1)
        time.sleep(0.3)
        self.newlines = 0
        self.seen.clear()
        return self

    def _read(self) -> None:
        assert self.process.stdout is not None
        while data := os.read(self.process.stdout.fileno(), 1 << 20):
            self.last_at = time.monotonic()
            self.newlines += data.count(b"\n")
            if self.keep:
                self.seen.append((self.last_at, data))

    def __exit__(self, *_: object) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._thread.join()
        assert self.process.stdout is not None
        self.process.stdout.close()

    def cpu_s(self) -> float:
        """Of all threads, from schedstat (nanoseconds): the ticks of `stat` are too coarse for a quiet process."""
        tasks = Path(f"/proc/{self.process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9

    def peak_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024

    def wait(self, lines: int, limit_s: float) -> bool:
        deadline = time.monotonic() + limit_s
        while self.newlines < lines and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.newlines >= lines


def append(path: Path, data: bytes) -> None:
    with path.open("ab", buffering=0) as stream:
        stream.write(data)


def latency(command: Callable[[list[Path]], list[str]], folder: Path, lines: int, *, neighbour: bool) -> list[float]:
    """Milliseconds from write(2) to the other end of the pipe; `neighbour`: a log beside it is moved away meanwhile."""
    log, other, away = folder / "bob.log", folder / "alice.log", folder / "away"
    away.mkdir()
    log.touch()
    choose, sent, took = random.Random(1), {}, []  # noqa: S311 - no secret
    with Running(command([log]), [log]) as running:
        for number in range(lines):
            time.sleep(0.02 * (0.5 + choose.random()))
            if neighbour and number % 12 == 0:
                append(other, b"x\n")
                other.rename(away / str(number))
            line = LINE % number
            sent[line] = time.monotonic()
            append(log, line)
        running.wait(lines, 6)
        for at, data in running.seen:
            took += [at - sent.pop(line) for line in data.splitlines(keepends=True) if line in sent]
    return [1e3 * second for second in took]


def throughput(command: Callable[[list[Path]], list[str]], folder: Path, megabytes: int) -> tuple[float, float, float]:
    """MB/s, CPU seconds and peak MB for so many megabytes appended at once."""
    log, big = folder / "bob.log", folder.parent / "big"
    log.touch()
    chunk = b"".join(LINE % number for number in range(CHUNK_LINES))
    count = megabytes * 1_000_000 // len(chunk)
    if not big.exists():
        big.write_bytes(chunk * count)
    with Running(command([log]), [log], keep=False) as running:
        cpu, start = running.cpu_s(), time.monotonic()
        subprocess.run(["/bin/sh", "-c", 'cat "$1" >> "$2"', "sh", str(big), str(log)], check=True)
        complete = running.wait(count * CHUNK_LINES, 90)
        seconds = running.last_at - start if complete else float("nan")
        return count * len(chunk) / 1e6 / seconds, running.cpu_s() - cpu, running.peak_mb()


def idle(command: Callable[[list[Path]], list[str]], folder: Path, files: int) -> tuple[float, float]:
    """Per cent of a core, and peak MB, over so many quiet files in ten folders."""
    logs = [folder / f"d{number % 10}" / f"{number}.log" for number in range(files)]
    for log in logs:
        log.parent.mkdir(exist_ok=True)
        log.write_bytes(b"hello\n")
    with Running(command(logs), logs) as running:
        time.sleep(2)
        cpu = running.cpu_s()
        time.sleep(6)
        return (running.cpu_s() - cpu) / 6 * 100, running.peak_mb()


def percentile(values: list[float], share: float) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[int(share) - 1] if len(values) > 1 else float("nan")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=None)
    parser.add_argument("--lines", type=int, default=300)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--files", type=int, default=1000)
    args = parser.parse_args()
    base: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="nlops-bench-", dir=args.folder) as scratch:
        for name, how in FOLLOWERS.items():
            if how([], "") is None:
                print(f"{name}: not on this machine")
            else:
                measure(name, how, Path(scratch), args, base)


def measure(
    name: str,
    how: Callable[[list[str], str], list[str] | None],
    scratch: Path,
    args: argparse.Namespace,
    base: dict[str, float],
) -> None:
    """Run everything for one follower; `base` holds the floor's figures, which come first."""
    counter = iter(range(100))

    def fresh() -> Path:
        folder = scratch / f"{name.split(maxsplit=1)[0]}-{next(counter)}"
        folder.mkdir()
        return folder

    def command(paths: list[Path]) -> list[str]:
        return how([str(path) for path in paths], str(scratch / f"state-{name}-{next(counter)}")) or []

    def against(what: str, value: float) -> str:
        return f"({value / base.setdefault(what, value):.2f} x floor)"

    for neighbour in (False, True):
        took = latency(command, fresh(), args.lines, neighbour=neighbour)
        what = "latency, a neighbour moved away" if neighbour else "latency"
        p50, p99 = percentile(took, 50), percentile(took, 99)
        print(
            f"{name:8} {what:32} p50 {p50:.2f} ms {against(what, p50)}, p99 {p99:.2f} ms, {len(took)} lines", flush=True
        )
    rate, cpu, peak = throughput(command, fresh(), args.megabytes)
    print(
        f"{name:8} {'throughput':32} {rate:.0f} MB/s {against('rate', rate)}, {cpu:.2f} CPU s, {peak:.0f} MB",
        flush=True,
    )
    share, peak = idle(command, fresh(), args.files)
    print(f"{name:8} {f'{args.files} quiet files':32} {share:.2f} % of a core, {peak:.0f} MB", flush=True)


if __name__ == "__main__":
    main()
