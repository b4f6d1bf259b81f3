"""What the model's process holds in memory: after its warm-up, and after messages; the goal is below 900 MB.

python benchmarks/model_memory.py [--messages 50] [--tools 4]

Floor: the file that runs, mapped whole. Linux only (/proc). The first start of a catalogue reads its tools once,
which takes seconds a page; a later one finds that on the disk.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks.catalogues import catalogue_of, texts_of
from nlops.adapters.embedded.model import EmbeddedModel
from nlops.adapters.embedded.weights import weights_file
from nlops.cli.ask import Understanding
from nlops.cli.load import load_prompts
from nlops.cli.resources import cache_dir
from nlops.understand.warm_up import warm_up_requests


def memory_mb(pid: int | None) -> tuple[float, float]:
    """Resident memory of a process now, and at its peak."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    kib = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return kib["VmRSS"] * 1024 / 1e6, kib["VmHWM"] * 1024 / 1e6


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=50)
    parser.add_argument("--tools", type=int, default=4)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="nlops-bench-") as name:
        catalogue = catalogue_of(args.tools, Path(name))
    prompts = load_prompts()
    pages = warm_up_requests(catalogue, prompts)
    model = EmbeddedModel(cache_dir(), timeout_s=60, warm_up=pages, progress=print)
    begun = time.perf_counter()
    await model.start()
    try:
        print(f"{len(catalogue.tools)} tools, {len(pages.first)} page(s); up after {time.perf_counter() - begun:.1f} s")
        print(f"floor, the file's size    {weights_file(cache_dir()).stat().st_size / 1e6:6.0f} MB")
        print("after the warm-up         {:6.0f} MB, {:.0f} MB at its peak".format(*memory_mb(model.pid)))
        understanding = Understanding(catalogue, prompts, model)
        times = [(await understanding.of(text, "en"))[1] for text in texts_of(catalogue, args.messages)]
        print(
            "after {} messages         {:6.0f} MB, {:.0f} MB at its peak".format(args.messages, *memory_mb(model.pid))
        )
        high = sorted(times)[int(len(times) * 0.95)]
        print(f"a message                 median {statistics.median(times):.0f} ms, 95 % below {high:.0f} ms")
    finally:
        await model.stop()


if __name__ == "__main__":
    asyncio.run(main())
