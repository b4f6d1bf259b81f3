"""An operator's own format: read like a shipped one, and refused with the place of what is wrong."""

from dataclasses import replace

import pytest

from nlops.domain.bots import LogSign, SignKind
from nlops.domain.config import FormatConfig, PatternConfig
from nlops.monitor.formats import FORMATS
from nlops.monitor.own import fault_in, known_formats
from nlops.monitor.scan import Scanner
from nlops.monitor.which import count_signs

CODE = "http://weixin.qq.com/x/QfsfuToGOs-EVGgaa-gn"
WAITING = PatternConfig(
    SignKind.WAITING,
    r"\[\d+\] please scan (?P<payload>\S+)",
    (f"[17] please scan {CODE}",),
    ("[17] please scan https://evil.example/x/QfsfuToGOs-EVGgaa-gn", f"he said: [17] please scan {CODE}"),
    "plain",
)
PICTURE = PatternConfig(
    SignKind.TIMEOUT,
    r"\[\d+\] too late (?P<payload>\S+)",
    ("[18] too late https://wechaty.js.org/qrcode/http%3A%2F%2Fweixin.qq.com%2Fx%2FQfsfuToGOs-EVGgaa-gn",),
    ("[18] too late https://wechaty.js.org/qrcode/x",),
    "picture",
)
LOGIN = PatternConfig(SignKind.LOGGED_IN, r"\[\d+\] I am (?P<account>.+)", ("[19] I am 小明",), ("[19] I am ",))
STARTED = PatternConfig(SignKind.STARTED, r"\[\d+\] hello", ("[1] hello",), ("[1] hello you",))
OWN = FormatConfig("mine", "my own bot", (WAITING, PICTURE, LOGIN, STARTED))


def read(name: str, *lines: str) -> list[LogSign]:
    block = "".join(f"{line}\n" for line in lines).encode()
    return Scanner("bob", known_formats([OWN])[name]).scan(block, "g:0")


def test_it_is_read_like_a_shipped_one() -> None:
    """Kind, payload, account and place; colours, a carriage return and noise beside it."""
    lines = (
        "noise [17] hello",
        f"\x1b[1m[17]\x1b[0m please scan {CODE}\r",
        PICTURE.samples[0],
        "[19] I am 小明",
        "[1] hello",
    )
    assert fault_in((OWN,)) is None
    assert [(sign.kind, sign.payload, sign.account) for sign in read("mine", *lines)] == [
        (SignKind.WAITING, CODE, None),
        (SignKind.TIMEOUT, CODE, None),
        (SignKind.LOGGED_IN, None, "小明"),
        (SignKind.STARTED, None, None),
    ]
    assert read("mine", *lines)[0].key == f"g:{len(lines[0]) + 1}"


def test_below_a_process_manager() -> None:
    """Its carried forms exist by themselves, and the bare one does not read them."""
    line = "0|mine  | 2026-01-01T09:00:00: [1] hello"
    assert [sign.kind for sign in read("mine-pm2", line)] == [SignKind.STARTED]
    assert [sign.kind for sign in read("mine-timestamped", "2026-01-01 09:00:00 [1] hello")] == [SignKind.STARTED]
    assert read("mine", line) == []


def test_shipped_ones_stay() -> None:
    assert list(known_formats([OWN])) == [*FORMATS, "mine", "mine-pm2", "mine-timestamped"]
    assert known_formats([]) == FORMATS


@pytest.mark.parametrize(
    ("pattern", "place", "said"),
    [
        (replace(STARTED, line="(?=x)hello"), "line", "look-around"),
        (replace(STARTED, line="(?P<nick>hello)"), "line", "no group 'nick'"),
        (replace(STARTED, line="(?P<payload>hello)", payload="plain"), "line", "started has no payload"),
        (replace(WAITING, line=r"scan (?P<account>.+)", payload=None), "line", "waiting has no account"),
        (replace(WAITING, payload=None), "payload", "want each other"),
        (replace(STARTED, payload="plain"), "payload", "want each other"),
        (replace(STARTED, samples=("[1] hello", "[x] hello")), "samples[1]", "is not read"),
        (replace(WAITING, samples=("[1] please scan https://evil.example/l/abc",)), "samples[0]", "no login host"),
        (replace(WAITING, payload="picture"), "samples[0]", "no login host"),
        (replace(STARTED, near_misses=("[1] hi", "[2] hello")), "near_misses[1]", "is read as started"),
    ],
)
def test_what_is_wrong_has_its_place(pattern: PatternConfig, place: str, said: str) -> None:
    """The expression, its groups, a sample that is not read, a near miss that is."""
    fault = fault_in((OWN, FormatConfig("other", "another", (STARTED, pattern))))
    assert fault is not None
    assert fault[0] == f"[1].pattern[1].{place}" and said in fault[1], fault


def test_a_sample_that_an_earlier_pattern_takes_is_refused() -> None:
    """The first pattern that matches speaks: one that hides behind it would never."""
    greedy = PatternConfig(SignKind.LOGGED_OUT, r"\[\d+\] .*", ("[1] bye",), ("bye",))
    fault = fault_in((FormatConfig("mine", "my own", (greedy, STARTED)),))
    assert fault == ("[0].pattern[1].samples[0]", "is read as logged_out, by a pattern that stands before")


@pytest.mark.parametrize("names", [("starterbot",), ("mine", "mine"), ("mine", "mine-pm2"), ("mine-pm2", "mine")])
def test_a_name_is_taken_once(names: tuple[str, ...]) -> None:
    """Shipped names, other own ones, and their carried forms."""
    fault = fault_in(tuple(replace(OWN, name=name) for name in names))
    assert fault is not None and fault[0] == f"[{len(names) - 1}].name" and "already" in fault[1]


def test_which_formats_read_a_log() -> None:
    """The most signs first; a format that reads none is left out."""
    log = b"[1] hello\n09:00:30 INFO StarterBot Contact<Bob> login\n2026-01-01 09:00:00: [2] hello\n"
    counts = count_signs(log, known_formats([OWN]))
    assert counts == {"mine-pm2": 2, "starterbot": 1, "starterbot-pm2": 1, "mine": 1}
    assert next(iter(counts)) == "mine-pm2"
