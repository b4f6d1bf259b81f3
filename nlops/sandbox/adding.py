"""A tool from zero, as the README tells it: the questions of `nlops tools new`, the linter, a name in nlops.toml."""

# ruff: noqa: S108  /tmp is a folder to look at

import subprocess
import sys
from collections.abc import Iterator

from nlops.sandbox.place import Place

NAME = "disk_free"
FOLDER = "tools"
# What somebody types; README.md and README.zh.md show the same, and a test compares them.
ANSWERS = (
    NAME,
    "Show how much space is left on a file system",
    "查看磁盘剩余空间",
    "read",
    "command",
    "df -h {path}",
    "choice",
    "which file system",
    "/,/tmp,/var/log",
    "disk,磁盘",
    "how full is /var/log",
    "/tmp 还剩多少空间",
)
KEYWORDS = ("disk /tmp", "磁盘 /var/log")
IN_WORDS, PLACE = "/tmp 还剩多少空间", "/tmp"
TIMEOUT_S = 30.0


def new_tool(place: Place) -> Iterator[str]:
    """Write the definition and lint it, in the demo's folder; the lines that a terminal would show. Raises
    RuntimeError."""
    yield "$ nlops tools new"
    yield from _nlops(place, "tools", "new", text="\n".join(ANSWERS) + "\n")
    yield f"$ nlops tools check {FOLDER}"
    yield from _nlops(place, "tools", "check", FOLDER)


def enable(place: Place) -> str:
    """Add the folder and the name to `[tools]` of the demo's nlops.toml; the lines as they are now."""
    before, mark, after = place.config.read_text("utf-8").partition("[tools]\n")
    first, _, rest = after.partition("\n")
    lines = f'paths = ["{FOLDER}"]\n{first.rstrip("]")}, "{NAME}"]'
    place.config.write_text(f"{before}{mark}{lines}\n{rest}", "utf-8")
    return f"[tools]\n{lines}"


def _nlops(place: Place, *words: str, text: str = "") -> list[str]:
    command = [sys.executable, "-P", "-m", "nlops", *words]
    # One pipe for both, so that questions and answers stand in their order.
    done = subprocess.run(  # noqa: S603  our own words
        command,
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=place.root,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"nlops {' '.join(words)}: exit {done.returncode}: {done.stdout.strip()}")
    return [line for line in done.stdout.splitlines() if line]
