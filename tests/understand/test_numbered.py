"""Values that a number, a letter or a size tells apart."""

import pytest

from nlops.domain.tools import Catalogue
from nlops.understand.numbered import is_size_open, numbered, other_numbers, other_places, sized
from nlops.understand.schema import Argument, arguments_of
from tests.understand.shop import tool


def argument(name: str, values: list[str], description: str = "") -> Argument:
    made = tool("t", "T.", {name: {"type": "string", "enum": values, "description": description}}, (name,))
    return arguments_of(made, Catalogue((made,)))[0]


GATE = argument("gate", ["G1", "G2", "G3"], "Gate, 1号门..3号门.")
ZONE = argument("zone", ["A", "B", "C", "roof"], "A-C 区, roof 屋顶.")
GAS = argument("goods", ["gas_5", "gas_15", "gas_50", "water"])
HOUSE = argument("house", ["glass_a", "tunnel"], "glass_a 番茄棚 tomatoes; tunnel 草莓棚 strawberries")


@pytest.mark.parametrize(
    ("of", "text", "values"),
    [
        (GATE, "open gate three", ("G3",)),
        (GATE, "二号门关一下", ("G2",)),
        (ZONE, "water zone b now", ("B",)),
        (ZONE, "b区浇水", ("B",)),
        (ZONE, "give bob a hand", ()),
    ],
)
def test_a_number_or_a_letter_beside_its_noun_is_a_value(of: Argument, text: str, values: tuple[str, ...]) -> None:
    assert numbered(of, text) == values


def test_a_number_that_no_value_has_is_another() -> None:
    assert other_numbers(GATE, "open gate ten") == ("10",) and other_numbers(GATE, "开十号门") == ("10",)
    assert other_places(HOUSE, "茄子棚灯开到60") == ("茄子棚",) and not other_places(HOUSE, "番茄棚灯开到60")


def test_of_sizes_the_one_is_meant_that_is_said() -> None:
    """And where none is said, it is open; where values are only counted, there is no size."""
    assert sized(GAS, "gas_50", "一瓶15公斤的气") == "gas_15" and not is_size_open(GAS, "gas_15", "一瓶15公斤的气")
    assert is_size_open(GAS, "gas_5", "要两瓶气")
    shard = argument("shard", ["east-1", "east-2"])
    assert sized(shard, "east-1", "两个都关") == "east-1" and not is_size_open(shard, "east-1", "华东关掉")
