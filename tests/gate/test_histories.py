"""No history runs a call that lacks a matching, fresh, single approval; a thousand times more by command."""

from tests.gate import histories


def test_any_history() -> None:
    """What `histories` says; and that these histories were worth it. `python -m tests.gate.histories 2000` is the
    larger run."""
    counted = histories.run(60)
    for what in ("runs by confirmation", "runs by keyword", "processes", "clock", "calls begun"):
        assert counted[what], counted
