"""The words of the shipped operations: `restart`, `log bob 50`, `鲍勃的状态`; a message is one as a whole, or none."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nlops.domain.tools import BotName
from nlops.understand.fold import fold, has_cjk


@dataclass(frozen=True)
class Order:
    """`word` is what the typed one stands for; `number` is None where none was typed."""

    word: str
    number: int | None = None


def read_order(text: str, words: Mapping[str, str], called: BotName) -> Order | None:
    """The order in `text`, None where it is none, or is for another bot. `words` maps typed words to what they stand
    for. Case and width do not count; a bot's name may be left out."""
    folded = fold(text).rstrip(".!。")
    name = f"(?:{'|'.join(re.escape(fold(one)) for one in called.all())})"
    for word, means in words.items():
        match = re.fullmatch(_form(fold(word), name), folded)
        if match is not None:
            return Order(means, int(match["number"]) if match["number"] else None)
    return None


def _form(word: str, name: str) -> str:
    """Chinese wants no spaces, and may put the name first."""
    space = r"\s*" if has_cjk(word) else " "
    before = rf"(?:{name}\s*的?\s*)?" if has_cjk(word) else ""
    number = rf"(?:{space}(?P<number>\d{{1,6}})(?:\s*(?:lines?|行|条))?)?"
    return rf"{before}{word}(?:{space}{name})?{number}"
