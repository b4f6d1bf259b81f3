"""The waits between attempts to connect."""

from hypothesis import given
from hypothesis import strategies as st

from nlops.adapters.wechaty.backoff import Backoff


def test_doubles_up_to_the_most_and_starts_anew() -> None:
    backoff = Backoff(0.5, 30, lambda: 0.0)
    assert [backoff.next_s() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    backoff.reset()
    assert backoff.next_s() == 0.5


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=50))
def test_jitter_cuts_at_most_a_half(chances: list[float]) -> None:
    """So that no wait is 0, however the dice fall, and none is past the most."""
    dice = iter(chances)
    backoff = Backoff(0.5, 30, lambda: next(dice))
    for count in range(len(chances)):
        full = min(0.5 * 2**count, 30)
        assert full / 2 <= backoff.next_s() <= full
