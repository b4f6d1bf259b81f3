"""Ids as people say them, in the form that a pattern wants; what would be a guess is left alone."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.understand.fold import fold
from nlops.understand.ids import is_padded, spelt


@pytest.mark.parametrize(
    ("pattern", "text", "ids"),
    [
        (r"^[A-Z]{3}-E[0-9]{2}$", "HRB 5号梯有人摔伤", ("HRB-E05",)),
        (r"^[A-Z]{3}-E[0-9]{2}$", "WES 六号梯 and hrb-e12", ("WES-E06", "HRB-E12")),
        (r"^R[0-9]{2}$", "put room 8 on outside air", ("R08",)),
        (r"^R[0-9]{2}$", "4号房采干净了", ("R04",)),
        (r"^[A-F]-[0-9]{2}$", "berth c 7 is free", ("C-07",)),
        (r"^WO-[0-9]{5}$", "wo 30871 and WO30872", ("WO-30871", "WO-30872")),
        (r"^[A-Z]{4}[0-9]{7}$", "container TCLU 662 0148", ()),
        (r"^[A-Z]{4}[0-9]{7}$", "container TCLU 6620148", ("TCLU6620148",)),
        (r"^C\d{4}$", "customer no. 4021", ("C4021",)),
        (r"^(CT|MR|DX)-[0-9]{2}$", "is mr 3 alive, or dx-11", ("MR-03", "DX-11")),
        (r"^(CT|MR|DX)-[0-9]{2}$", "is us 3 alive", ()),
    ],
)
def test_an_id_is_found_in_the_form_it_is_said(pattern: str, text: str, ids: tuple[str, ...]) -> None:
    assert spelt(pattern, fold(text)) == ids


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^WO-[0-9]{5}$", "close wo-308"),  # two digits are missing, and nobody knows which
        (r"^[a-z]+$", "close it"),
        (r"^(0[0-9]|1[0-2])$", "3"),
        (r"^[^@]+@[^@]+$", "a@b"),
        (r"^[A-Z]{3}-E[0-9]{2}$", "hr 5"),
    ],
)
def test_what_would_be_a_guess_is_none(pattern: str, text: str) -> None:
    assert spelt(pattern, fold(text)) == ()


@given(st.sampled_from([r"^[A-Z]{3}-E[0-9]{2}$", r"^R\d{2}$", "^[Z-a]{1,3}$", "a|b", "", "^.+$"]), st.text(max_size=60))
def test_no_text_is_too_odd(pattern: str, text: str) -> None:
    assert all(re.search(pattern, one) for one in spelt(pattern, fold(text)))


def test_a_long_gap_takes_no_time() -> None:
    assert spelt(r"^[A-Z]{3}-E[0-9]{2}$", "hrb" + " " * 100_000) == ()


@pytest.mark.parametrize(
    ("description", "is_told"),
    [
        ("Episode number, padded to four digits", True),
        ("Four digits with leading zeros", True),
        ("单集编号，不足四位前面补零", True),
        ("Episode (96 is EP-0096)", True),
        ("Episode, as in EP-0096", False),
        ("One of 96 episodes, as in EP-1096", False),
        ("", False),
    ],
)
def test_a_definition_may_say_that_short_numbers_get_zeros(description: str, is_told: bool) -> None:
    """Then "episode 96" of four digits is said whole; else digits are missing."""
    assert is_padded(r"^EP-[0-9]{4}$", description) == is_told
    found = spelt(r"^EP-[0-9]{4}$", "ep 96, 第210期", padded=is_told)
    assert found == (("EP-0096", "EP-0210") if is_told else ())
