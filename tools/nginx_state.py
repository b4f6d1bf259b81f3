"""What runs after `nginx_reload`: fresh workers, or the old ones where nginx kept its configuration."""

import os
from pathlib import Path

FRESH_S = 60.0


def workers() -> str:
    """How many workers take connections, and since when the youngest does."""
    ages = [age for age in map(_age, Path("/proc").glob("[0-9]*")) if age is not None]
    if not ages:
        return "no worker of nginx is running"
    state = "fresh" if min(ages) < FRESH_S else "old"
    return f"{len(ages)} workers, the youngest is {state}: {min(ages):.0f} s"


def _age(process: Path) -> float | None:
    """The seconds since a worker of nginx was started; None of any other process."""
    try:
        words = (process / "cmdline").read_bytes()
        if not words.startswith(b"nginx: worker process") or b"shutting down" in words:
            return None
        # proc_pid_stat(5): field 22, in clock ticks since the machine's start; the name before may hold anything.
        started = int((process / "stat").read_text().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
        return float(Path("/proc/uptime").read_text().split()[0]) - started
    except (OSError, ValueError, IndexError):
        return None
