"""A bot's log, block by block: the lines its alerts wait for, with what stands around them, however it is cut."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.bots import SignKind
from nlops.domain.config import AlertConfig
from nlops.domain.events import AlertSeen
from nlops.monitor.formats import FORMATS
from nlops.monitor.watch import MAX_LINE_CHARS, MAX_SHAPES, LogWatch

ERRORS = AlertConfig("ERROR|FATAL", "errors")
LOGIN = "09:00:30 INFO StarterBot Contact<Bob> login"


def watch(*alerts: AlertConfig) -> LogWatch:
    return LogWatch("bob", "bob.log", FORMATS["starterbot"], alerts)


def block(*lines: str) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


def read(one: LogWatch, *lines: str) -> list[AlertSeen]:
    return one.read(block(*lines), "g:0")[1]


def test_signs_and_alerts_of_one_block() -> None:
    """Both come of one pass; a line may be both; an alert that finds nothing says nothing."""
    logins = AlertConfig("login$", "logins")
    signs, events = watch(ERRORS, logins, AlertConfig("x{9}", "none")).read(block("ERROR a", LOGIN, "noise"), "g:7")
    assert [(sign.kind, sign.key) for sign in signs] == [(SignKind.LOGGED_IN, "g:15")]
    assert [(event.alert, [hit.line for hit in event.hits]) for event in events] == [
        ("errors", ["ERROR a"]),
        ("logins", [LOGIN]),
    ]


def test_lines_that_differ_in_numbers_are_one_shape() -> None:
    """Times, counts and ids apart, the same line is folded; the first one stands for all."""
    (event,) = read(
        watch(ERRORS), "09:00 ERROR 17 in deadbeef01", "ERROR other", "09:01 ERROR 4 in 0123456789ab", "10:00 INFO"
    )
    assert [(hit.line, hit.count) for hit in event.hits] == [("09:00 ERROR 17 in deadbeef01", 2), ("ERROR other", 1)]


def test_more_shapes_than_fit_are_counted() -> None:
    (event,) = read(watch(ERRORS), *(f"ERROR {chr(0x4E00 + number)}" for number in range(MAX_SHAPES + 3)))
    assert len(event.hits) == MAX_SHAPES and event.more == 3


def test_colours_and_line_ends_are_gone() -> None:
    (event,) = read(watch(ERRORS), "\x1b[31mERR\x1b[0mOR a\r")
    assert event.hits[0].line == "ERROR a"


def test_a_secret_is_cleaned_before_a_line_is_cut() -> None:
    """Half a secret would not be known as one any more."""
    one = LogWatch("bob", "", FORMATS["starterbot"], (ERRORS,), lambda line: line.replace("hunter2" * 9, "***"))
    (event,) = read(one, "ERROR " + "x" * (MAX_LINE_CHARS - 30) + "hunter2" * 9 + "y" * 90)
    assert "hunter2" not in event.hits[0].line and "***" in event.hits[0].line
    assert len(event.hits[0].line) == MAX_LINE_CHARS


def test_a_backlog_is_not_alerted_but_stands_before_what_is() -> None:
    one = watch(AlertConfig("ERROR", "errors", around=2))
    assert [sign.kind for sign in one.signs(block("ERROR old", LOGIN, "last"), "g:0")] == [SignKind.LOGGED_IN]
    (event,) = read(one, "ERROR new")
    assert event.hits[0].before == (LOGIN, "last")


def told(events: Sequence[AlertSeen], around: int) -> list[tuple[tuple[str, ...], str, tuple[str, ...]]]:
    """Each hit with what stands around it, once the lines after it came in later events."""
    hits: list[list[object]] = []
    for event in events:
        for hit in hits:
            hit[2] = (*hit[2], *event.following)[:around]  # type: ignore[misc]  # tuples of lines
        hits += [[hit.before, hit.line, hit.after] for hit in event.hits]
    return [tuple(hit) for hit in hits]  # type: ignore[misc]


@given(
    # Letters only, and each line of its own: no two hits are of one shape, so each has its own surroundings.
    marks=st.lists(st.booleans(), max_size=26),
    cuts=st.lists(st.integers(0, 26), max_size=6),
    around=st.integers(0, 3),
)
def test_any_blocks_give_the_same_hits(marks: list[bool], cuts: list[int], around: int) -> None:
    """However the log is cut, each hit has the lines before and after it."""
    lines = [f"{'ERROR' if marked else 'noise'} {chr(ord('g') + number)}" for number, marked in enumerate(marks)]
    wanted = [
        (tuple(lines[max(0, at - around) : at]), line, tuple(lines[at + 1 : at + 1 + around]))
        for at, line in enumerate(lines)
        if line.startswith("ERROR")
    ]
    one, events, start = watch(AlertConfig("ERROR", "errors", around=around)), list[AlertSeen](), 0
    for cut in [*sorted(cuts), len(lines)]:
        # No block holds more shapes than are told apart: that many lines at most are given at once.
        for at in range(start, min(cut, len(lines)), MAX_SHAPES):
            events += read(one, *lines[at : min(cut, at + MAX_SHAPES)])
        start = max(start, min(cut, len(lines)))
    assert told(events, around) == wanted
