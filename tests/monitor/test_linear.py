"""Operators' expressions: what is refused, and that whole blocks are searched as each line by itself would be."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.monitor.linear import LineFinder, fault_of, groups_of, line_reader, line_test, literally, whole_line

EXPRESSIONS = ("a+b", "^a", "b$", "[^a]b", "a|bb", r"\d\s", "(?i)AB", "(?P<payload>a)b", "é", r"x\Q$^\E")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a(?=b)", "look-around"),
        (r"(a)\1", "back references"),
        ("(a", "missing"),
        ("a)(b", "unexpected"),
        ("a{1001}", "repetition"),
        ("(?:[a-z]{99}){99}", "repetition"),
        ("x" * 3000, "too large"),
        ("a*", "empty line"),
        ("^$", "empty line"),
        ("a|", "empty line"),
        (r"\Aa", "no place here"),
        (r"a\z", "no place here"),
        (r"a\Cb", "no place here"),
        ("(?-m)^a", "no place here"),
        ("(?im:^a)", "no place here"),
        ("(?P<a>x)(?P<a>y)", "twice"),
    ],
)
def test_what_is_refused(text: str, said: str) -> None:
    """What no linear engine can do, what is too large, what matches every line, what knows of more than a line."""
    assert said in (fault_of(text) or "")


@pytest.mark.parametrize(
    "text", ["ERROR|FATAL", r"\\Ax", "(?i)m", r"\(\?P<x>", "[一-龥]{1,64}", r"(?P<payload>\S+)", "^a$"]
)
def test_what_is_taken(text: str) -> None:
    assert fault_of(text) is None


def test_groups_are_read_by_name() -> None:
    assert groups_of("(?P<payload>a)(b)(?<account>c)?") == {"payload", "account"}
    read = line_reader("(?P<payload>[^ ]+)(?: (?P<account>.+))?")
    assert read("a") == {"payload": "a", "account": None} and read("码 张三") == {"payload": "码", "account": "张三"}
    assert read(" a") is None and read("a\nb") is None


@given(
    chosen=st.lists(st.sampled_from(EXPRESSIONS), min_size=1, max_size=4),
    lines=st.lists(st.text(alphabet="abAB1é $^x\r", max_size=8), max_size=12),
    rest=st.text(alphabet="ab", max_size=3),
)
def test_a_block_is_its_lines(chosen: list[str], lines: list[str], rest: str) -> None:
    """A line is found exactly where one of the expressions matches in it alone; half a line at the end never is."""
    block = "".join(f"{line}\n" for line in lines).encode() + rest.encode()
    tests = [line_test(text) for text in chosen]
    wanted, at = [], 0
    for line in lines:
        end = at + len(line.encode())
        if any(test(line.encode()) for test in tests):
            wanted.append((at, end))
        at = end + 1
    assert list(LineFinder(chosen).find(block)) == wanted


@given(st.lists(st.text(alphabet="ab\r", max_size=4), max_size=8))
def test_a_whole_line_may_end_in_a_carriage_return(lines: list[str]) -> None:
    """`whole_line` finds what `line_reader` reads, on Windows too."""
    block = "".join(f"{line}\n" for line in lines).encode()
    read = line_reader("a+b?")
    found = [block[start:end].decode() for start, end in LineFinder([whole_line("a+b?")]).find(block)]
    assert found == [line for line in lines if read(line.removesuffix("\r")) is not None]


@given(st.text(min_size=1).filter(lambda text: "\n" not in text))
def test_a_literal_is_found_as_it_is(text: str) -> None:
    block = f"x\n{text}\n".encode()
    assert [block[start:end] for start, end in LineFinder([literally(text)]).find(block)][-1] == text.encode()


@given(st.binary())
def test_any_bytes_are_survived(block: bytes) -> None:
    """Also what is not UTF-8: a literal part is still found beside it."""
    finder = LineFinder(["ERR", "^.+é$"])
    list(finder.find(block))
    line = block.replace(b"\n", b"") + b"ERR"
    assert list(finder.find(line + b"\n")) == [(0, len(line))]


def test_nothing_to_look_for_finds_nothing() -> None:
    assert list(LineFinder([]).find(b"a\n")) == []


def test_a_class_that_excludes_little_stays_in_its_line() -> None:
    """[^"] would reach over line ends in most engines."""
    assert re.search(b'"[^"]+x', b'a"\nx\n')
    assert list(LineFinder(['"[^"]+x']).find(b'a"\nx\n')) == []
