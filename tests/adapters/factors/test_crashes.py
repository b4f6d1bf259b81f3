"""Killed anywhere between a one-time code and the outcome of what it let run: no call runs twice, and no code is good
twice."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

EVERY = 19  # of the points; all of them: python -m tests.adapters.factors.crashing FOLDER


def test_no_crash_makes_a_code_good_twice(tmp_path: Path) -> None:
    """One approval at most is ever recorded, each call runs once at most and only after it; and a code that was used up
    by a life that was killed costs one more code, no more: the proposal waits on."""
    command = (sys.executable, "-m", "tests.adapters.factors.crashing", str(tmp_path / "lives"), str(EVERY))
    done = subprocess.run(command, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr[-2000:]
    outcomes: list[dict[str, Any]] = json.loads(done.stdout)
    assert len(outcomes) > 4 and not outcomes[-1]["killed"] and all(one["killed"] for one in outcomes[:-1])
    for one in outcomes:
        assert one["runs"] in ([], ["first"], ["first", "second"]), one
        assert one["state"] in ("finished", "unknown", "denied"), one
        assert one["state"] != "finished" or one["runs"] == ["first", "second"], one
        assert one["kinds"].count("approved") == one["kinds"].count("confirmed") == 1, one
        assert one["kinds"].count("ran") == (one["state"] == "finished"), one
