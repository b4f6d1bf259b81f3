"""The scanner: any way of cutting a log into blocks of whole lines reads the same signs, at the same places."""

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.bots import LogSign, SignKind
from nlops.monitor.formats import FORMATS
from nlops.monitor.scan import MAX_SIGN_BYTES, Scanner

SAMPLES = Path(__file__).parent / "samples"
FORMAT = FORMATS["python-starter"]  # has both: single lines, and a line that needs the one before


def _lines() -> list[str]:
    texts = [(SAMPLES / f"{name}.jsonl").read_text(encoding="utf-8") for name in ("signs", "near-misses")]
    rows = [json.loads(line) for text in texts for line in text.splitlines()]
    return [line for row in rows if row["format"].startswith("python-") for line in row["lines"]]


REAL = _lines()
LINES = st.lists(st.one_of(st.sampled_from(REAL), st.text().map(lambda text: text.replace("\n", " "))), max_size=30)
LOGIN = b"09:00:30 INFO StarterBot Contact<Bob> login"


def scan(log: bytes, cuts: list[int]) -> list[LogSign]:
    """Signs of the log, given in blocks that end at the line ends with these numbers."""
    scanner, lines, signs, start = Scanner("bob", FORMAT), log.splitlines(keepends=True), [], 0
    for cut in [*sorted(cuts), len(lines)]:
        before, block = b"".join(lines[:start]), b"".join(lines[start:cut])
        signs += scanner.scan(block, f"g:{len(before)}")
        start = max(start, cut)
    return signs


def as_log(lines: list[str]) -> bytes:
    # bytes.splitlines() splits on \r too, which the log does not: keep the test's own cutting simple
    return b"".join(line.encode().replace(b"\r", b" ") + b"\n" for line in lines)


@given(lines=LINES, data=st.data())
def test_any_blocks_give_the_same_signs(lines: list[str], data: st.DataObject) -> None:
    """Whole, line by line, and cut anywhere between: same signs, same keys."""
    log = as_log(lines)
    cuts = data.draw(st.lists(st.integers(0, len(lines)), max_size=5))
    whole = scan(log, [])
    assert scan(log, list(range(len(lines)))) == whole
    assert scan(log, cuts) == whole


@given(lines=LINES)
def test_a_key_is_the_place_of_the_line(lines: list[str]) -> None:
    """The offset in a sign's key is where its line begins in the file, colours or not."""
    coloured = [line if number % 2 else f"\x1b[31m{line}\x1b[0m" for number, line in enumerate(lines)]
    log = as_log(coloured)
    for sign in scan(log, []):
        start = int(sign.key.removeprefix("g:"))
        raw = log[start : log.index(b"\n", start)].decode()
        assert start == 0 or log[start - 1 : start] == b"\n"
        assert raw.replace("\x1b[31m", "").replace("\x1b[0m", "") == sign.line


@given(st.binary())
def test_any_bytes_are_survived(block: bytes) -> None:
    """Nothing that can stand in a file raises."""
    for log_format in FORMATS.values():
        Scanner("bob", log_format).scan(block, "g:0")


def test_half_a_line_is_left_alone() -> None:
    """What has no line end yet is no line."""
    scanner = Scanner("bob", FORMATS["starterbot"])
    assert scanner.scan(LOGIN) == []
    assert [sign.kind for sign in scanner.scan(LOGIN + b"\n" + LOGIN)] == [SignKind.LOGGED_IN]


def test_a_line_is_split_on_the_newline_only() -> None:
    """Other characters that Unicode calls line ends stay inside a line, so that they cannot begin a forged one."""
    for end in ("\u2028", "\u0085", "\v", "\f", "\r"):
        block = f"09:00:00 INFO StarterBot x{end}".encode() + LOGIN + b"\n"
        assert Scanner("bob", FORMATS["starterbot"]).scan(block) == []


def test_without_a_key_signs_have_none() -> None:
    """Lines from no file that is followed have no place."""
    (sign,) = Scanner("bob", FORMATS["starterbot"]).scan(LOGIN + b"\n")
    assert sign == LogSign("bob", SignKind.LOGGED_IN, LOGIN.decode(), account="Bob")


def test_what_is_longer_than_any_sign_is_none() -> None:
    """The length of what a pattern is tried on is bounded."""
    name = b"B" * MAX_SIGN_BYTES
    assert Scanner("bob", FORMATS["starterbot"]).scan(LOGIN.replace(b"Bob", name) + b"\n") == []


def test_a_name_that_is_no_utf8_is_still_a_login() -> None:
    """A broken character does not hide a sign."""
    (sign,) = Scanner("bob", FORMATS["starterbot"]).scan(LOGIN.replace(b"Bob", b"\xff") + b"\n")
    assert (sign.kind, sign.account) == (SignKind.LOGGED_IN, "\ufffd")
