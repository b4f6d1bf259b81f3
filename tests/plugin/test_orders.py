"""The words of the shipped operations."""

import pytest

from nlops.domain.tools import BotName
from nlops.plugin.orders import Order, read_order

WORDS = {"log": "log", "日志": "log", "disable-qrrescue": "off"}
BOB = BotName("bob", ("鲍勃", "study bot"))


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("log", Order("log")),
        (" LOG. ", Order("log")),
        ("ｌｏｇ　５０", Order("log", 50)),
        ("log bob", Order("log")),
        ("log Bob 50 lines", Order("log", 50)),
        ("log Study  Bot 5", Order("log", 5)),
        ("disable-qrRescue", Order("off")),
        ("日志", Order("log")),
        ("日志50", Order("log", 50)),
        ("日志鲍勃 50行", Order("log", 50)),
        ("鲍勃的日志 20", Order("log", 20)),
        ("bob 日志。", Order("log")),
    ],
)
def test_orders(text: str, order: Order) -> None:
    """In any case and width, in both languages, with and without a name and a number."""
    assert read_order(text, WORDS, BOB) == order


@pytest.mark.parametrize(
    "text",
    [
        "",
        "logs",
        "log carol",
        "log bobby",
        "logbob",
        "log50",
        "log bob carol",
        "my log",
        "log 50 60",
        "看看日志",
        "log -5",
    ],
)
def test_what_is_no_order(text: str) -> None:
    """Another bot's, or a part of a sentence."""
    assert read_order(text, WORDS, BOB) is None


def test_names_are_no_expressions() -> None:
    assert read_order("log a.b", WORDS, BotName("a.b")) and read_order("log axb", WORDS, BotName("a.b")) is None
