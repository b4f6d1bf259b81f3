"""Alerts, played through: what a log says, when, and exactly what the admins hear of it."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.bots import LogAlert, LogHit, Notice, SuspiciousScan
from nlops.domain.events import AlertSeen
from nlops.monitor.alerts import MAX_HELD, MINUTE_S, WAIT_S, Foldings, see, see_suspicious, tick

History = Sequence[tuple[float, AlertSeen | None, list[dict[str, int]]]]


def hit(line: str, count: int = 1, wants: int = 0) -> LogHit:
    return LogHit(line, line, count, (), (), wants)


def seen(*hits: LogHit, more: int = 0, following: tuple[str, ...] = (), source: str = "log") -> AlertSeen:
    return AlertSeen("bob", "errors", source, hits, more, following)


def said(notices: Sequence[Notice]) -> list[dict[str, int]]:
    """Each message as line → count; `+` is what was only counted."""
    messages = []
    for notice in notices:
        assert isinstance(notice, LogAlert)
        more = {"+": notice.more} if notice.more else {}
        messages.append({one.line: one.count for one in notice.hits} | more)
    return messages


def play(history: History, at_most: int) -> Foldings:
    """A history of (now, event or None for a tick, the messages expected)."""
    foldings: Foldings = {}
    for now, event, expected in history:
        foldings, notices = tick(foldings, now) if event is None else see(foldings, event, at_most, now)
        assert said(notices) == expected, f"at {now}"
    return foldings


HISTORIES: dict[str, tuple[int, History]] = {
    "once": (3, [(0, seen(hit("a")), [{"a": 1}]), (1, None, []), (61, None, [])]),
    "repeats in one block": (3, [(0, seen(hit("a", 40)), [{"a": 40}])]),
    "repeats wait a minute, then come as one with their count": (
        3,
        [
            (0, seen(hit("a")), [{"a": 1}]),
            (1, seen(hit("a")), []),
            (30, seen(hit("a", 5)), []),
            (60.9, None, []),
            (61, None, [{"a": 6}]),
            (62, seen(hit("a")), []),
            (121.9, None, []),
            (122, None, [{"a": 1}]),
        ],
    ),
    "another line is told at once, up to the limit": (
        2,
        [
            (0, seen(hit("a")), [{"a": 1}]),
            (1, seen(hit("b")), [{"b": 1}]),
            (2, seen(hit("c"), hit("d", 2)), []),
            (61, None, []),
            (62, None, [{"c": 1, "d": 2}]),
        ],
    ),
    "what is due goes before what is new": (
        1,
        [
            (0, seen(hit("a")), [{"a": 1}]),
            (1, seen(hit("b")), []),
            (61, seen(hit("c")), [{"b": 1}]),
            (121, None, [{"c": 1}]),
        ],
    ),
    "after a quiet minute it is news again": (3, [(0, seen(hit("a")), [{"a": 1}]), (60, seen(hit("a")), [{"a": 1}])]),
    "what the scanner only counted is told": (3, [(0, seen(more=7), []), (60, None, [{"+": 7}])]),
    "a hit waits for the lines after it": (
        3,
        [
            (0, seen(hit("a", wants=1)), []),
            (0.5, seen(hit("a", wants=1)), []),
            (0.6, seen(following=("after",), source="another log"), []),
            (1, seen(following=("after",)), [{"a": 2}]),
        ],
    ),
    "but not for long": (3, [(0, seen(hit("a", wants=1)), []), (WAIT_S, None, [{"a": 1}])]),
    "a hit that waits counts as a message": (
        1,
        [(0, seen(hit("a", wants=1), hit("b")), []), (2, None, [{"a": 1}]), (61, None, []), (62, None, [{"b": 1}])],
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_histories(name: str) -> None:
    """What is told when, and that nothing is kept of what is over."""
    at_most, history = HISTORIES[name]
    foldings = play(history, at_most)
    end = max(now for now, _, _ in history)
    assert tick(foldings, end + 2 * MINUTE_S)[1] == ()
    assert tick(foldings, end + 4 * MINUTE_S)[0] == {}


def test_the_lines_after_a_hit_stand_in_its_message() -> None:
    foldings, _ = see({}, seen(LogHit("a", "a", 1, ("before",), ("one",), 2)), 3, 0)
    foldings, notices = see(foldings, seen(following=("two", "three", "four")), 3, 1)
    (notice,) = notices
    assert isinstance(notice, LogAlert)
    assert (notice.hits[0].before, notice.hits[0].after) == (("before",), ("one", "two", "three"))


def test_more_shapes_than_are_held_are_counted() -> None:
    """The rule of overflow: dropped, and told as a number."""
    many = [hit(f"line {chr(97 + number)}") for number in range(MAX_HELD + 5)]
    foldings, _ = see({}, seen(hit("first")), 1, 0)
    foldings, _ = see(foldings, seen(*many), 1, 1)
    _, notices = tick(foldings, 61)
    (message,) = said(notices)
    assert message["+"] == 5 and len(message) == MAX_HELD + 1


def test_a_flood_of_suspicious_lines_is_one_message_a_minute() -> None:
    """The first at once; the rest as a number."""
    foldings, notices = see_suspicious({}, SuspiciousScan("bob", "forged 0"), 0)
    assert notices == (SuspiciousScan("bob", "forged 0"),)
    for number in range(1, 500):
        foldings, notices = see_suspicious(foldings, SuspiciousScan("bob", f"forged {number}"), number / 10)
        assert notices == ()
    foldings, notices = tick(foldings, 60.1)
    assert notices == (SuspiciousScan("bob", "forged 1", 499, again=True),)


STEPS = st.lists(
    st.tuples(
        st.floats(0, 40, allow_nan=False),
        st.lists(st.tuples(st.sampled_from("abcdefghijklmnop"), st.integers(1, 3), st.integers(0, 2)), max_size=6),
        st.integers(0, 2),
        st.lists(st.just("after"), max_size=2),
    ),
    max_size=40,
)


@given(steps=STEPS, at_most=st.integers(1, 4))
def test_never_more_than_at_most_a_minute_and_nothing_uncounted(steps: list[tuple[object, ...]], at_most: int) -> None:
    """In any minute at most so many messages, and in the end every line stands in one message's count."""
    foldings: Foldings = {}
    now, came, told, times = 0.0, 0, 0, list[float]()

    def hear(notices: Sequence[Notice]) -> None:
        nonlocal told
        told += sum(sum(message.values()) for message in said(notices))
        times.extend(now for _ in notices)

    for wait, hits, more, following in steps:
        now += wait  # type: ignore[operator]  # drawn as the strategy says
        event = seen(*(hit(*one) for one in hits), more=more, following=tuple(following))  # type: ignore
        came += sum(one.count for one in event.hits) + event.more
        foldings, notices = see(foldings, event, at_most, now)
        hear(notices)
        foldings, notices = tick(foldings, now)
        hear(notices)
    while foldings:
        now += 1
        foldings, notices = tick(foldings, now)
        hear(notices)
    assert told == came
    for at, start in enumerate(times):
        assert sum(1 for time in times[at:] if time - start < MINUTE_S) <= at_most
