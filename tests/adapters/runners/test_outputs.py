"""Output as text in pages, as a file, as an image."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nlops.adapters.runners.outputs import MAX_PAGE, fold_lines, pages, present
from nlops.domain.tools import ArgvRun, ToolPolicy, ToolSpec

TOOL = ToolSpec("t", "T", "d", {"properties": {}}, ArgvRun(("x",)), ToolPolicy("read"), max_lines=3)


def test_pages() -> None:
    """`max_lines` of a page; the first is the text, the rest waits."""
    result = present(TOOL, b"1\n2\n3\n4\n5\n6\n7\n", "en", 0)
    assert (result.text, result.rest) == ("1\n2\n3", ("4\n5\n6", "7"))


def test_equal_lines_are_folded() -> None:
    """With their count; empty lines stay."""
    assert list(fold_lines("a\na\na\nb\n\n\nb\n")) == ["a  (×3)", "b", "", "", "b"]


@given(
    st.lists(st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=9000), max_size=20),
    st.integers(1, 9),
)
def test_nothing_is_lost_between_pages(lines: list[str], most: int) -> None:
    """Every character stands on one page, in order, and no page is too long."""
    distinct = [f"{at}:{line}" for at, line in enumerate(lines)]
    found = pages("\n".join(distinct), most)
    assert "".join(found).replace("\n", "") == "".join(distinct)
    assert all(len(page) <= MAX_PAGE + 1 and page.count("\n") < most for page in found)


def test_colours_and_bad_bytes() -> None:
    """Control sequences go, what is not UTF-8 is marked."""
    assert present(TOOL, b"\x1b[31mred\x1b[0m \xff\r\n", "en").text == "red �"


def test_files_and_images() -> None:
    """By what the bytes are; what is no picture is not sent as one."""
    picture = b"\x89PNG\r\n\x1a\n..."
    assert present(replace(TOOL, output="image"), picture, "en").file == ("t.png", picture)
    assert not present(replace(TOOL, output="image"), b"no such thing", "en").ok
    assert present(replace(TOOL, output="file"), b"a,b\n", "en").file == ("t.txt", b"a,b\n")
    assert present(replace(TOOL, output="file"), b"\xff\x00", "en").file == ("t.bin", b"\xff\x00")
