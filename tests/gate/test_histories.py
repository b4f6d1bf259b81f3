"""No history runs a call that lacks a matching, fresh, single approval; a thousand times more by command."""

from collections import Counter

from tests.gate import histories

WORTH_IT = {"runs by confirmation", "runs by keyword", "processes", "clock", "calls begun"}


def test_any_history() -> None:
    """What `histories` says; and that these histories were worth it. `python -m tests.gate.histories 2000` is the
    larger run, and makes one that fails small, which may take minutes."""
    counted: Counter[str] = Counter()
    for _ in range(3):  # which rules a history leaves out is drawn: one may be missing in all of sixty
        counted += histories.run(60, shrinks=False)
        if counted.keys() >= WORTH_IT:
            return
    raise AssertionError(counted)
