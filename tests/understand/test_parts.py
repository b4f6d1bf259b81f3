"""Several requests in one message: parted where two are meant, left whole where one is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.understand.fold import fold
from nlops.understand.parts import MAX_PARTS, part
from tests.support import make_config, shipped_catalogue

FOUR = shipped_catalogue(make_config())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("restart bob, then show his log", ("restart bob", "show his log")),
        ("status of bob and restart alice", ("status of bob", "restart alice")),
        ("重启 bob，然后看状态", ("重启 bob", "看状态")),
        ("重启 bob，看下 alice 的日志", ("重启 bob", "看下 alice 的日志")),
        ("重启 bob 之前先看日志", ("看日志", "重启 bob")),
        ("before you restart bob, show his log", ("show his log", "restart bob")),
        ("restart alice and bob", ("restart alice and bob",)),
        ("bob seems down, send me his code", ("bob seems down, send me his code",)),
        ("bob 卡住了，重启一下", ("bob 卡住了，重启一下",)),
        ("看看 bob 的日志，三十行", ("看看 bob 的日志，三十行",)),
    ],
)
def test_requests_are_parted(text: str, parts: tuple[str, ...]) -> None:
    """In the order in which they are to be done."""
    assert part(text, FOUR) == parts


@given(st.text(max_size=200))
def test_parts_are_few_and_of_the_text(text: str) -> None:
    folded = fold(text)
    parts = part(folded, FOUR)
    assert 1 <= len(parts) <= MAX_PARTS
    assert all(one in folded for one in parts)
