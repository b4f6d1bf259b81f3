"""What a definition says of each value of an enum: only words that tell it from the others count."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.understand.fold import fold
from nlops.understand.glosses import told_of
from nlops.understand.schema import Argument
from tests.understand.test_sayings import choice

WHY = choice("water", "power", "wind", description="water = reservoir low; power = grid limit; wind = snow blown off.")
HOW = choice("oral", "injection", "topical", description="How it was given: by mouth, with a needle, on the skin.")
WHEN = choice("immediately", "next_renewal", description="Switch over straight away, or at the next renewal date.")
REASON = choice(
    "switched",
    "not_used",
    description="The reason. `switched` means they went to a competitor, `not_used` that they hardly used it.（原因）",
)
FOOD = choice("renal", "weight_loss", description="renal (kidneys) 肾病粮, weight_loss 减肥粮")
BOOT = choice("now", "next_reboot", description="When to install.")
PARTS = choice(
    "sand_fill", "wash", description="sand_fill tops up the sandboxes. wash is a run through the hall. 加沙、洗车。"
)
SALES = choice("open", "shut", description="open sells to anybody, shut sells nothing. Left out, nothing changes.")
BARE = choice("north", "south", description="Which team.")


@pytest.mark.parametrize(
    ("argument", "text", "values"),
    [
        (WHY, "the reservoir's nearly dry", ("water",)),
        (WHY, "it is snowing", ("wind",)),
        (WHY, "the grid and the reservoirs", ("water", "power")),
        (WHY, "low", ("water",)),
        (WHY, "something else", ()),
        (HOW, "by mouth", ("oral",)),
        (HOW, "with needles", ("injection",)),
        (WHEN, "straight away please", ("immediately",)),
        (REASON, "they have gone to a competitor", ("switched",)),
        (REASON, "原因不明", ()),
        (FOOD, "has bad kidneys", ("renal",)),
        (FOOD, "吃减肥粮", ("weight_loss",)),
        (BOOT, "等它下次重新启动的时候", ("next_reboot",)),
        (PARTS, "top up her sandboxes", ("sand_fill",)),
        (PARTS, "once through the hall", ("wash",)),
        (SALES, "sell it to anybody", ()),
        (BARE, "which team", ()),
        (BARE, "the northern team, north", ("north",)),
    ],
)
def test_a_word_tells_the_value_that_it_explains(argument: Argument, text: str, values: tuple[str, ...]) -> None:
    """In whatever form it stands; of a row of as many pieces as values each explains its own."""
    assert told_of(argument, fold(text)) == values


@given(st.lists(st.text(max_size=3), min_size=1, unique=True), st.text(alphabet="ab=: ,'`；是", max_size=60), st.text())
def test_nothing_breaks_the_reading(values: list[str], description: str, text: str) -> None:
    """Not an empty value either, nor two that are one when folded."""
    assert set(told_of(choice(*values, description=description), fold(text))) <= set(values)
