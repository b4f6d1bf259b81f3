"""How much understanding loses where a catalogue is one of many: the same messages beside 200 tools.

python benchmarks/many_tools.py training/heldout/parcel_lockers [--tools 200]

Scores `phrases.jsonl` of the folder with the embedded model over its own `tools.json` and the shipped four, then over
these among others of `training/data`, up to so many. Prints the two scores, the difference in points (goal: at most 3),
and the times of a message. Where one of the others happens to do what a message wants although no tool of its own
catalogue does, it counts as wrong; so the difference is an upper bound. The others were trained on, the set's own not.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.catalogues import others


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tools", type=int, default=200)
    args = parser.parse_args()
    own = args.folder / "tools.json"
    with tempfile.TemporaryDirectory() as name:
        more = Path(name) / "others.json"
        more.write_text(json.dumps(others(own, args.tools, Path(name)), ensure_ascii=False))
        alone, among = score(args.folder, own), score(args.folder, own, more)
    for count, one in (("its own", alone), (str(args.tools), among)):
        share = 100 * one["correct"] / one["phrases"]
        print(
            f"{count:>8} tools: {one['correct']} of {one['phrases']} right ({share:.1f} %), "
            f"{len(one['dangerous'])} dangerous; {one['ms_median']:.0f} ms, 95 % below {one['ms_p95']:.0f} ms"
        )
    print(f"difference: {100 * (among['correct'] - alone['correct']) / alone['phrases']:+.1f} points")


def score(folder: Path, *tools: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "nlops", "eval", str(folder / "phrases.jsonl"), "--json"]
    for one in tools:
        command += ["--tools", str(one)]
    figures: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return figures


if __name__ == "__main__":
    main()
