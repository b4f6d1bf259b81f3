"""Killed anywhere between a confirmation and its outcome: no call is run twice, and nobody is left in the dark."""

import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

EVERY = 4  # of the points; all of them: python -m tests.gate.crashing FOLDER


def test_no_crash_runs_anything_twice(tmp_path: Path) -> None:
    """Each call at most once, the second only after the first; what became of it was said: its outcome, that it was not
    begun, or that nobody knows; and no proposal is left that runs."""
    command = (sys.executable, "-m", "tests.gate.crashing", str(tmp_path / "lives"), str(EVERY))
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    outcomes: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(outcomes) > 5 and not outcomes[-1]["killed"] and all(one["killed"] for one in outcomes[:-1])
    for one in outcomes:
        judge(one)
    states = Counter(one["state"] for one in outcomes)
    assert states["finished"] and states["unknown"], states


def judge(one: dict[str, Any]) -> None:
    """One point."""
    assert one["runs"] in ([], ["first"], ["first", "second"]), one
    assert one["state"] in ("finished", "unknown", "denied"), one
    words = "\n".join(one["said"])
    told = {
        "finished": "count  nth = second is done" in words,
        "unknown": "how it ended is not known" in words,
        "denied": "it was not run" in words,
    }
    # A message that was being sent when the process ended is told to be in doubt, with how it begins.
    assert told[one["state"]] or "may not have arrived" in words, one
    assert one["state"] != "denied" or one["runs"] == [], one
    assert one["state"] != "finished" or one["runs"] == ["first", "second"], one
    assert one["kinds"].count("confirmed") == 1, one
