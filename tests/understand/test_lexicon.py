"""The lexicon: its file read as it is written, texts in pieces, and what lies near to what."""

import json
import math
from array import array

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.understand.lexicon import Lexicon, likeness, shipped, split

WORDS = ["red", "re", "d", "灯", "路灯", "7"]
ROWS = [(127, 0), (0, 127), (0, -127), (100, 100), (127, 127), (1, 0)]


def small() -> Lexicon:
    """Six words in two dimensions; the fourth one's scale is half of the others'."""
    scales = array("f", [1.0, 1.0, 1.0, 0.5, 1.0, 1.0]).tobytes()
    rows = array("b", [value for row in ROWS for value in row]).tobytes()
    head = json.dumps({"width": 2, "parts": [1.0, 0.5]})
    return Lexicon.from_bytes(f"{head}\n{' '.join(WORDS)}\n".encode() + scales + rows)


def test_a_file_is_read_as_it_is_written() -> None:
    """Rows by their words, each times its scale; a text's vector has length 1."""
    lexicon = small()
    assert lexicon.parts == (1.0, 0.5)
    assert lexicon.vector(["Red"]) == [1.0, 0.0]
    assert lexicon.vector(["灯"]) == pytest.approx([math.sqrt(0.5)] * 2)
    both = lexicon.vector(["red 灯"])
    assert both[0] / both[1] == pytest.approx((127 + 50) / 50)


def test_parts_weigh_as_they_are_told_to() -> None:
    lexicon = small()
    one = lexicon.vector(["red", "re"], lexicon.parts)
    assert one[0] / one[1] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("RED", ["red"]),
        ("redred", ["red", "red"]),
        ("rex", ["re"]),
        ("开路灯灯", ["路灯", "灯"]),
        ("d7 77", ["d", "7", "7", "7"]),
        ("ｒｅｄ", ["red"]),
        ("x y ~ 开", []),
    ],
)
def test_what_is_no_word_gives_the_longest_that_it_begins_with(text: str, pieces: list[str]) -> None:
    assert list(split(text, WORDS)) == pieces


@settings(deadline=None)  # the first text reads the table
@given(st.text(max_size=80))
def test_any_text_has_a_vector(text: str) -> None:
    """Of length 1, or nothing but zeros where no word is known."""
    vector = shipped().vector([text])
    assert math.hypot(*vector) == pytest.approx(1.0) or not any(vector)
    assert likeness(vector, vector) == pytest.approx(float(any(vector)))


@pytest.mark.parametrize(
    ("wish", "near", "far"),
    [
        ("把钱退给客人", "Refund an order to the customer", "Print a shipping label"),
        ("空调开低一点", "Set the temperature of a room", "Send an invoice"),
        ("the customer wants his money back", "给订单退款", "打印快递面单"),
        ("谁在值班", "Show who is on call", "Restart a service"),
        ("roll it back to yesterday's version", "回滚到上一个版本", "查看磁盘用量"),
    ],
)
def test_a_wish_lies_near_to_what_serves_it_in_the_other_language(wish: str, near: str, far: str) -> None:
    """No word is shared between them."""
    said, one, other = (shipped().vector([text]) for text in (wish, near, far))
    assert likeness(said, one) > likeness(said, other) + 0.1
