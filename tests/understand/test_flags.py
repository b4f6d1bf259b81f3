"""Flags and null, by the words that their descriptions have for them."""

import pytest

from nlops.domain.tools import Catalogue, JsonObject
from nlops.understand.flags import is_refused, overheard_flag, says_no_end, says_null, special_number
from nlops.understand.schema import Argument, arguments_of
from tests.understand.shop import BOTS, tool
from tests.understand.test_ground import ground, lacking


def flag(name: str, description: str, *, default: bool) -> Argument:
    schema: JsonObject = {"type": "boolean", "default": default, "description": description}
    made = tool("t", "T.", {name: schema}, ())
    return arguments_of(made, Catalogue((made,)))[0]


STONE = flag("tombstone", "Leave a 'removed' notice on the address. 留撤稿说明。", default=True)
RESTOCK = flag("restock", "Put the items back on stock 退回库存.", default=True)
FEE = flag("fee", "charge the usual late fee; false = free 免费", default=True)
ESCORT = flag("escort", "Nurse comes along 护士陪同.", default=False)
CLEAR = flag("clear", "true = also end the rental 退柜", default=False)


@pytest.mark.parametrize(
    ("argument", "text", "value"),
    [
        (STONE, "no notice on the page", False),
        (STONE, "撤了吧，不留说明", False),
        (STONE, "leave a notice", None),
        (STONE, "no rush, pull it", None),
        (RESTOCK, "don't put anything back on stock", False),
        (RESTOCK, "库存别加回去", False),
        (RESTOCK, "don't wait, cancel it", None),
        (FEE, "老客人了，免费", False),
        (ESCORT, "B4，护士陪同", True),
        (ESCORT, "B4，不用护士陪同", None),
        (ESCORT, "B4，护士知道了", None),
        (CLEAR, "A007 退柜", True),
        (CLEAR, "open A007", None),
        (flag("tell", "true = 客人 also gets a text", default=False), "客人投诉了", None),
    ],
)
def test_a_flag_is_said_by_its_own_words_or_not_at_all(argument: Argument, text: str, value: bool | None) -> None:
    assert overheard_flag(argument, text) is value


def test_what_is_refused_is_off_although_a_model_has_it_on() -> None:
    """Where it is one call's alone."""
    pull = tool("pull", "Pull it.", {"tombstone": STONE.schema}, ())
    every = Catalogue((pull,), BOTS)
    assert is_refused(STONE, "no notice please") and not is_refused(ESCORT, "no nurse please")
    assert ground("pull it, no notice please", "pull", every, tombstone=True)[0] == [{"tombstone": False}]
    assert ground("pull it, with a notice", "pull", every, tombstone=True)[0] == [{"tombstone": True}]


LIFT = tool(
    "embargo",
    "Embargo.",
    {
        "article": {"type": "string", "pattern": "^PO-[0-9]{4}$"},
        "until": {
            "type": ["string", "null"],
            "pattern": "^[0-9]{2}-[0-9]{2}$",
            "description": "MM-DD of the embargo. null: lift it 解禁.",
        },
        "hours": {"type": ["integer", "null"], "minimum": 1, "description": "null: until replaced 一直."},
    },
    ("article", "until"),
)
ALL = Catalogue((LIFT,), BOTS)


@pytest.mark.parametrize("text", ["PO-4440解禁吧", "lift the embargo on PO-4440"])
def test_null_is_said_by_what_it_stands_for(text: str) -> None:
    assert ground(text, "embargo", ALL, article="PO-4440")[0] == [{"article": "PO-4440", "until": None}]
    assert lacking(ground("embargo PO-4440", "embargo", ALL, article="PO-4440")) == ["until"]


def test_words_that_a_value_has_as_well_are_not_nulls() -> None:
    argument = arguments_of(LIFT, ALL)[1]
    assert says_null(argument, "lift it") and not says_null(argument, "embargo it")


def test_what_goes_on_has_no_number_of_a_models_own() -> None:
    said = {"article": "PO-4440", "until": "03-02"}
    text = "PO-4440 3月2号，一直挂着"
    assert ground(text, "embargo", ALL, article="PO-4440", until="03-02", hours=24)[0] == [{**said, "hours": 24}]
    found = ground("PO-4440解禁，一直挂着", "embargo", ALL, article="PO-4440", until=None, hours=24)
    assert found[0] == [{"article": "PO-4440", "until": None, "hours": None}]


def test_what_somebody_keeps_doing_is_no_end() -> None:
    argument = arguments_of(LIFT, ALL)[2]
    assert says_no_end(argument, "横幅换了,一直挂着") and not says_no_end(argument, "客人一直在问,横幅换了")


@pytest.mark.parametrize(
    ("description", "text", "number"),
    [
        ("From now. 0 reopens 恢复. null: until told 不限时", "恢复接单", 0),
        ("-1 = no limit 不限", "不限了", -1),
        ("-1 = no limit 不限", "限一下", None),
        ("0 to 100 调光比例", "把灯调光", None),
        ("0 关闭, 1 关闭一半", "关闭", None),  # no word of its own
        ("up to 10 分钟", "几分钟", None),
    ],
)
def test_a_number_has_words_of_its_own(description: str, text: str, number: int | None) -> None:
    minutes: JsonObject = {"type": "integer", "description": description}
    (one,) = arguments_of(tool("t", "T.", {"minutes": minutes}, ()), Catalogue(()))
    assert special_number(one, text) == number
