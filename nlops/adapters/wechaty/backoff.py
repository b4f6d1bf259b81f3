"""How long to wait before the next attempt to connect: doubling, with jitter, and anew after a connection that held."""

from collections.abc import Callable


class Backoff:
    """Waits of `first_s`, twice that, and so on up to `most_s`, each cut by up to a half at random.

    The cut keeps clients of one gateway apart. `random` gives numbers in [0, 1).
    """

    def __init__(self, first_s: float, most_s: float, random: Callable[[], float]) -> None:
        self._first_s, self._most_s, self._random = first_s, most_s, random
        self._next_s = first_s

    def next_s(self) -> float:
        """The wait before the next attempt, in seconds."""
        wait_s = self._next_s
        self._next_s = min(wait_s * 2, self._most_s)
        return wait_s * (1 - self._random() / 2)

    def reset(self) -> None:
        self._next_s = self._first_s
