"""What loading and linting five hundred definitions costs, and what a run costs over plain `subprocess`.

python benchmarks/tools.py [--definitions 500] [--runs 200]
"""

import argparse
import asyncio
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from nlops.adapters.definitions import Folders, make_catalogue
from nlops.adapters.runner import ToolRunner
from nlops.domain.config import ChatConfig, Config, Secret
from nlops.domain.tools import ArgvRun, Catalogue, ToolCall, ToolPolicy, ToolSpec


def write(folder: Path, count: int) -> list[str]:
    """Definitions as people write them: an enum, a number, a pattern, four examples each."""
    names = [f"tool_{at:03}" for at in range(count)]
    for at, name in enumerate(names):
        properties = {
            "queue": {"type": "string", "enum": ["mail", "orders", f"queue{at}"]},
            "count": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
            "order": {"type": "string", "pattern": f"^[A-Z]{{2}}[0-9]{{4}}-{at}$"},
        }
        example = {"queue": "mail", "count": 5, "order": f"AB1234-{at}"}
        raw = {
            "name": name,
            "description": f"Replay the orders of queue {at}. 重放队列。",
            "inputSchema": {
                "type": "object",
                "properties": properties,
                "required": ["queue"],
                "additionalProperties": False,
            },
            "keywords": [f"replay{at}"],
            "examples": [
                {"text": text, "arguments": example} for text in ("replay it", "again please", "重放", "再来")
            ],
            "run": {"argv": ["/bin/echo", "{queue}", "--count={count}", "{order}"]},
            "policy": {"risk": "change"},
        }
        (folder / f"{name}.json").write_text(json.dumps(raw, ensure_ascii=False, indent=2), "utf-8")
        (folder / f"{name}.json").chmod(0o644)
    return names


def lint(count: int) -> None:
    with tempfile.TemporaryDirectory(prefix="nlops-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        names = write(folder, count)
        for _ in range(3):
            start, cpu = time.perf_counter(), time.process_time()
            catalogue = make_catalogue(Folders(folder), names, ())
            took, cpu = time.perf_counter() - start, time.process_time() - cpu
            print(f"{len(catalogue.tools)} definitions loaded and linted: {took:.2f} s, {cpu:.2f} s of it on the CPU")


async def run(count: int) -> None:
    program = shutil.which("true") or "/bin/true"
    schema = {"type": "object", "properties": {"x": {"type": "string", "maxLength": 9}}, "additionalProperties": False}
    tool = ToolSpec("t", "T", "d", schema, ArgvRun((program, "{x}")), ToolPolicy("read"))
    config = Config(Path("nlops.toml"), Path(), ChatConfig("127.0.0.1:1", Secret("x")), (), ())
    runner = ToolRunner(config, Catalogue((tool,)), {})
    plain, ours, cpu = [], [], [0.0, 0.0]
    for _ in range(count):
        start, busy = time.perf_counter(), time.process_time()
        subprocess.run([program, "x"], stdin=subprocess.DEVNULL, capture_output=True, check=True)  # noqa: ASYNC221 - the floor
        plain.append(time.perf_counter() - start)
        cpu[0] += time.process_time() - busy
        start, busy = time.perf_counter(), time.process_time()
        await runner.run(ToolCall("t", {"x": "x"}), {}, "en")
        ours.append(time.perf_counter() - start)
        cpu[1] += time.process_time() - busy
    for what, of in (("median", statistics.median), ("quickest tenth", lambda all_: sorted(all_)[len(all_) // 10])):
        one, two = of(plain) * 1000, of(ours) * 1000
        print(f"a run, {what} of {count}: subprocess {one:.2f} ms, nlops {two:.2f} ms, {two - one:+.2f} ms")
    # Other work on the machine makes the wall clock of a wake-up long, and leaves this as it is.
    one, two = (seconds / count * 1000 for seconds in cpu)
    print(f"a run, of it on the CPU: subprocess {one:.2f} ms, nlops {two:.2f} ms, {two - one:+.2f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--definitions", type=int, default=500)
    parser.add_argument("--runs", type=int, default=200)
    args = parser.parse_args()
    lint(args.definitions)
    asyncio.run(run(args.runs))


if __name__ == "__main__":
    main()
