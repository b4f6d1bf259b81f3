"""Every pattern against real lines and near misses, kept as data beside the tests: `samples/`.

`signs.jsonl` holds lines as programs print them and what must be read; `near-misses.jsonl` lines of which nothing may
be read, and why; `carriers.jsonl` what process managers put before a line.
"""

import json
from pathlib import Path

import pytest

from nlops.domain.bots import LogSign
from nlops.monitor.formats import FORMATS, LogFormat
from nlops.monitor.payload import login_payload, pictured_payload
from nlops.monitor.scan import Scanner

SAMPLES = Path(__file__).parent / "samples"
OWN = [log_format for log_format in FORMATS.values() if not log_format.outer]
PATTERNS = [(log_format.name, pattern.name) for log_format in OWN for pattern in log_format.patterns]
# The starters cut a chat message so: brolog's Message.toString() and python-wechaty's Message.__str__.
MESSAGE_CUT = 70


def rows(name: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in (SAMPLES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


SIGNS, MISSES, CARRIERS = rows("signs"), rows("near-misses"), rows("carriers")


def lines_of(row: dict[str, object]) -> list[str]:
    lines = row["lines"]
    assert isinstance(lines, list)
    return lines


def read(log_format: str, lines: list[str], before: object = "") -> list[LogSign]:
    block = "".join(f"{before}{line}\n" for line in lines)
    return Scanner("bob", FORMATS[log_format]).scan(block.encode())


def said(signs: list[LogSign]) -> list[list[str | None]]:
    return [[sign.kind.value, sign.payload, sign.account] for sign in signs]


def shared(log_format: LogFormat, pattern: str) -> str:
    """The format whose samples stand for the pattern: python-starter takes python-wechaty's as they are."""
    borrowed = log_format.name == "python-starter" and pattern in {p.name for p in FORMATS["python-wechaty"].patterns}
    return "python-wechaty" if borrowed else log_format.name


@pytest.mark.parametrize("row", SIGNS, ids=lambda row: f"{row['format']}-{row['pattern']}")
def test_a_real_line_is_read(row: dict[str, object]) -> None:
    """What the program printed says exactly what it meant."""
    assert said(read(str(row["format"]), lines_of(row))) == row["signs"]


@pytest.mark.parametrize("row", MISSES, ids=lambda row: f"{row['format']}-{row['pattern']}: {row['why']}")
def test_of_a_near_miss_nothing_is_read(row: dict[str, object]) -> None:
    """A line that only resembles a sign is none."""
    assert read(str(row["format"]), lines_of(row)) == []


@pytest.mark.parametrize(("log_format", "pattern"), PATTERNS)
def test_a_pattern_has_samples_and_near_misses(log_format: str, pattern: str) -> None:
    """No pattern without a line that it reads, and one that it refuses although its literal stands in it."""
    home = shared(FORMATS[log_format], pattern)
    literal = next(p.literal for p in FORMATS[log_format].patterns if p.name == pattern)
    mine = [row for row in SIGNS if (row["format"], row["pattern"]) == (home, pattern)]
    misses = [row for row in MISSES if (row["format"], row["pattern"]) == (home, pattern)]
    assert mine and any(literal in line for row in misses for line in lines_of(row))


@pytest.mark.parametrize("row", SIGNS, ids=lambda row: f"{row['format']}-{row['pattern']}")
@pytest.mark.parametrize("carrier", CARRIERS, ids=lambda carrier: f"{carrier['carrier']}-{carrier['source']}")
def test_a_carried_line_is_read_in_the_carriers_form_only(row: dict[str, object], carrier: dict[str, object]) -> None:
    """With pm2's or a timestamper's prefix the same is read, and nothing where the prefix is another one."""
    signs = read(f"{row['format']}-{carrier['carrier']}", lines_of(row), carrier["prefix"])
    assert said(signs) == (row["signs"] if carrier["is_one"] else [])


@pytest.mark.parametrize("row", [row for row in SIGNS if str(row["format"]).startswith("python-wechaty")])
def test_the_python_starter_reads_the_librarys_lines_too(row: dict[str, object]) -> None:
    """Where both streams share a file, python-wechaty's own lines count."""
    assert said(read("python-starter", lines_of(row))) == row["signs"]


def test_no_line_with_a_code_fits_into_a_logged_chat_message() -> None:
    """A message is cut at 70 characters when it is logged: no forged code can stand in one as a line of its own."""
    coded = [row for row in SIGNS if any(payload for _, payload, _ in row["signs"])]  # type: ignore[attr-defined]
    shortest = min(len(line) for row in coded for line in lines_of(row) if "qr_code" in line or "://" in line)
    assert shortest > MESSAGE_CUT


def test_names_are_the_keys_and_literals_are_plain_text() -> None:
    """A format is found by its name, and every pattern's literal can stand in a line that the pattern matches."""
    assert [log_format.name for log_format in FORMATS.values()] == list(FORMATS)
    for log_format in FORMATS.values():
        assert log_format.description
        assert len({pattern.name for pattern in log_format.patterns}) == len(log_format.patterns)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://login.weixin.qq.com/l/",
        "https://login.weixin.qq.com/l/short",
        "https://login.weixin.qq.com/l/4aJ78Mkc5g===",
        "http://login.weixin.qq.com/l/4aJ78Mkc5g==",
        "HTTPS://login.weixin.qq.com/l/4aJ78Mkc5g==",
        "https://login.weixin.qq.com:443/l/4aJ78Mkc5g==",
        "https://login.weixin.qq.com/l/4aJ78Mkc5g==\n",
        "https://login.weixin.qq.com/l/4aJ78Mkc5g==?x=1",
        "https://wx.work.weixin.qq.com/cgi-bin/crtx_auth?key=2DCB7EEFBF63F1183BB67697AB61D85A&wx=1&next=x",
        "https://weixin.qq.com.evil.example/x/QfsfuToGOs-EVGgaa-gn",
        "2@abcdefgh,ijkl,mnop",
    ],
)
def test_what_no_login_host_issued_is_no_payload(text: str) -> None:
    """The whole payload is compared: scheme, host, path and token."""
    assert login_payload(text) is None
    assert pictured_payload(f"https://wechaty.js.org/qrcode/{text}") is None
