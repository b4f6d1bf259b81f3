"""The pace: no minute and no day with more news than the budget, wherever it begins; what is urgent overdraws."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.effects import Urgency
from nlops.outgoing.pace import DAY_S, GAP_S, LIMITS, MINUTE_S, Pace, after_sending, room, wait_s

URGENCIES: list[Urgency] = ["rescue", "answer", "notice"]


def most_in(times: list[float], window_s: float) -> int:
    """The most that any window holds; it is enough to look at those that begin with a message."""
    return max((sum(start <= time < start + window_s for time in times) for start in times), default=0)


def play(pace: Pace, arrivals: list[tuple[float, Urgency]]) -> list[tuple[float, Urgency]]:
    """Each message comes so many seconds after the one before left, and leaves once it may."""
    now, left = 0.0, []
    for after_s, urgency in arrivals:
        now += after_s
        while (wait := wait_s(pace, urgency, now)) > 0:
            now += wait
        pace = after_sending(pace, urgency, now, 0.5)
        left.append((now, urgency))
    return left


@given(
    st.integers(1, 6),
    st.integers(4, 20),
    st.lists(st.tuples(st.sampled_from([0.0, 0.3, 7.0, 61.0]), st.sampled_from(URGENCIES)), max_size=80),
)
def test_no_window_holds_more_than_its_budget(
    per_minute: int, per_day: int, arrivals: list[tuple[float, Urgency]]
) -> None:
    """News within the budgets, answers within their minute's; and everything leaves in the end."""
    left = play(Pace(per_minute, per_day), arrivals)
    news = [at for at, urgency in left if urgency == "notice"]
    assert most_in(news, MINUTE_S) <= per_minute and most_in(news, DAY_S) <= per_day
    answers = [at for at, urgency in left if urgency != "rescue"]
    assert most_in(answers, MINUTE_S) <= 3 * per_minute
    assert len(left) == len(arrivals)


def test_codes_never_wait_for_the_minute() -> None:
    """Two hundred bots fall at once: their codes leave at once, and news then waits."""
    pace = Pace(20, 1000)
    codes: list[tuple[float, Urgency]] = [(0.0, "rescue")] * 400
    left = play(pace, [*codes, (0.0, "notice")])
    assert {at for at, _ in left[:400]} == {0.0} and left[400][0] == MINUTE_S


def test_past_the_days_bound_an_urgent_one_goes_each_minute() -> None:
    """A bot that shows fresh codes for ever: bounded, and never silent."""
    pace, most = Pace(20, 100), LIMITS["rescue"][1] * 100
    left = play(pace, [(0.0, "rescue")] * (most + 3))
    assert [at for at, _ in left[most:]] == [MINUTE_S, 2 * MINUTE_S, 3 * MINUTE_S]


def test_between_two_notices_is_a_gap_by_chance() -> None:
    """Its bounds, and none before what is urgent."""
    for chance, gap in ((0.0, GAP_S[0]), (0.999999, GAP_S[1])):
        pace = after_sending(Pace(20, 1000), "notice", 10.0, chance)
        assert abs(wait_s(pace, "notice", 10.0) - gap) < 1e-5
        assert wait_s(pace, "answer", 10.0) == wait_s(pace, "rescue", 10.0) == 0.0
    assert wait_s(after_sending(Pace(20, 1000), "rescue", 10.0, 0.5), "notice", 10.0) == 0.0


def test_room() -> None:
    """The smaller of both budgets; overdrawn it is below zero; what is a day old is forgotten."""
    assert room(Pace(2, 1000, (1.0,)), 1.0) == 1
    assert room(Pace(20, 2, (1.0, 1.5)), 100.0) == 0
    assert room(Pace(2, 1000, (1.0, 1.0, 1.0)), 1.0) == -1
    pace = after_sending(replace(Pace(2, 2), sent=(0.0, 1.0)), "notice", DAY_S, 0.5)
    assert pace.sent == (1.0, DAY_S)
