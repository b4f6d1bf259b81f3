"""A conversation as far as understanding needs it: what was said and understood a moment ago, and what was asked back.

    "restart him", "and her log?", "no, alice", 「再来50行」    the exchange before goes to the model with the message
    "2", "the kitchen"                                        answers a question back, without a model where it can

Nothing is kept beyond `KEPT` exchanges and `FRESH_S` seconds; a keyword's call is an exchange like any other.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nlops.domain.tools import Asked, Catalogue, Interpretation, JsonObject, ToolCall
from nlops.domain.words import Language
from nlops.understand.answer import UNSAID, write_answer, write_call
from nlops.understand.fold import bare, fold
from nlops.understand.ground import Lack
from nlops.understand.names import name_at
from nlops.understand.questions import ask_about
from nlops.understand.sayings import resolve
from nlops.understand.schema import Argument, arguments_of

KEPT = 2
# What somebody refers to lies a few minutes back.
FRESH_S = 300.0
_NUMBER = re.compile(r"(?:第|no\.?\s*|#)?\s*(?P<digit>\d{1,2}|[一二两三四五六七八九十])\s*(?:个|号|项|种)?[.。、)）]?")
_NTH = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_THE_NTH = re.compile(rf"(?:the\s+)?(?P<nth>{'|'.join(_NTH)}|last)(?:\s+one)?(?:\s+please)?")
_ON, _OFF = (
    ("on", "true", "yes", "开", "开启", "打开", "是", "要"),
    ("off", "false", "no", "关", "关闭", "关掉", "否", "不要"),
)
_SWITCH = {**dict.fromkeys(_ON, True), **dict.fromkeys(_OFF, False)}
# A bare yes is none: it confirms what is proposed, and nothing that is only spoken of.
_NOW_WORDS = """
now, now please, right now, do it now, then do it now, then now, yes now, just do it now, at once, do it at once
现在, 现在就做, 就现在, 那就现在, 那现在就做, 现在做, 马上, 立刻, 马上做, 现在执行, 马上执行, 立刻执行
"""
_NOW = frozenset(re.split(r", |\n", _NOW_WORDS.strip()))
_HAN = {char: value for value, char in enumerate("一二三四五六七八九十", 1)} | {"两": 2}


@dataclass(frozen=True)
class Exchange:
    """What a person wrote, and what it was taken to mean. `asked` is the question back that is still open; with
    `is_offer` it is open whether the calls are meant, and now."""

    text: str
    calls: tuple[ToolCall, ...] = ()
    asked: Asked | None = None
    is_offer: bool = False


@dataclass(frozen=True)
class Talk:
    """The latest exchanges of one person in one conversation. `at` is when the last one was, on the monotonic clock."""

    exchanges: tuple[Exchange, ...] = ()
    at: float = 0.0

    def after(self, text: str, meant: Interpretation, at: float) -> "Talk":
        """The talk once `text` was understood."""
        exchange = Exchange(text, meant.calls or meant.offered, meant.asked, bool(meant.offered))
        if not exchange.calls and exchange.asked is None:
            return replace(self, exchanges=tuple(replace(one, asked=None, is_offer=False) for one in self.exchanges))
        return Talk((*self.fresh(at), exchange)[-KEPT:], at)

    def fresh(self, at: float) -> tuple[Exchange, ...]:
        """The exchanges that still count at a time."""
        return self.exchanges if at - self.at <= FRESH_S else ()


def turns(exchanges: Sequence[Exchange], catalogue: Catalogue) -> tuple[tuple[str, str], ...]:
    """The last exchange as a message and the answer that a model would have given, where its tools are in the
    catalogue."""
    made = []
    for exchange in exchanges[-1:]:
        calls = [_written(call, catalogue) for call in earlier_calls((exchange,))]
        if calls and all(call is not None for call in calls):
            made.append((exchange.text, write_answer({"now": [call for call in calls if call is not None]})))
    return tuple(made)


def _written(call: ToolCall, catalogue: Catalogue) -> JsonObject | None:
    tool = catalogue.get(call.tool)
    return write_call(tool, call.arguments, catalogue) if tool is not None else None


def earlier_calls(exchanges: Sequence[Exchange]) -> tuple[ToolCall, ...]:
    """Every call of the exchanges, the open question's as far as it is known, behind those of its message that lacked
    nothing."""
    calls: list[ToolCall] = []
    for exchange in exchanges:
        calls += exchange.calls
        if exchange.asked is not None:
            calls += exchange.asked.before
            calls.append(ToolCall(exchange.asked.tool, exchange.asked.known))
    return tuple(calls)


def latest_bots(exchanges: Sequence[Exchange], catalogue: Catalogue) -> frozenset[str]:
    """The bots of the last exchange that was about any."""
    known = {bot.name for bot in catalogue.bots}
    about = (
        known.intersection(
            value for call in earlier_calls((one,)) for value in call.arguments.values() if isinstance(value, str)
        )
        for one in reversed(exchanges)
    )
    return frozenset(next(filter(None, about), ()))


def read_answer(
    text: str, exchanges: Sequence[Exchange], catalogue: Catalogue, language: Language
) -> Interpretation | None:
    """The call that a bare answer completes: a choice's number, its place, or its name; where more is missing, the next
    question. None where it is none."""
    last = exchanges[-1] if exchanges else Exchange("")
    if last.is_offer and says_now(text):
        return Interpretation(calls=last.calls)
    asked = last.asked
    if asked is None:
        return None
    tool = catalogue.get(asked.tool)
    argument = next((a for a in arguments_of(tool, catalogue) if a.name == asked.argument), None) if tool else None
    if tool is None or argument is None or not asked.choices:
        return None
    word = fold(text).strip(" .。!！?？,，")
    place = _place(word, len(asked.choices))
    is_number = argument.kind in ("integer", "number")
    value = asked.choices[place] if place is not None and not is_number else _named(word, argument, catalogue)
    if value is None or len(word) > 40:
        return None
    values: Mapping[str, object] = {**asked.known, argument.name: [value] if argument.kind == "list" else value}
    still = next(
        (a for a in arguments_of(tool, catalogue) if a.required and values.get(a.name, UNSAID) == UNSAID), None
    )
    if still is not None:
        return ask_about(Lack(tool, still, known=values), language, asked.before, asked.source)
    # "qr", "2" is "qr bob"; a change is shown before a number makes it
    is_chosen = tool.policy.risk == "read" and (place is not None or argument.is_bot)
    source = asked.source if is_chosen else "model"
    return Interpretation(calls=(*asked.before, ToolCall(tool.name, dict(values))), source=source)


def says_now(text: str) -> bool:
    """Whether the whole message says that what was offered is meant now."""
    return bare(text) in _NOW and not re.search(r"[?？]", text)


def ask_again(asked: Asked, catalogue: Catalogue, language: Language) -> Interpretation | None:
    """The open question once more; None where its tool is gone."""
    tool = catalogue.get(asked.tool)
    argument = next((a for a in arguments_of(tool, catalogue) if a.name == asked.argument), None) if tool else None
    if tool is None or argument is None:
        return None
    return ask_about(Lack(tool, argument, known=asked.known), language, asked.before, asked.source)


def _named(word: str, argument: Argument, catalogue: Catalogue) -> object | None:
    """The choice that a word names; of a bot an alias too, and no near miss, which the model may read."""
    if argument.kind == "boolean":
        return _SWITCH.get(word)
    if not argument.is_bot:
        return resolve(argument, word)
    mention = name_at(word, 0, catalogue.bots)
    return mention.name if mention is not None and mention.end == len(word) else None


def _place(word: str, count: int) -> int | None:
    """The index that "2", 「第二个」 or "the second one" means, among so many choices."""
    nth = _THE_NTH.fullmatch(word)
    if nth is not None:
        return count - 1 if nth["nth"] == "last" else _index(_NTH.index(nth["nth"]), count)
    match = _NUMBER.fullmatch(word)
    if match is None:
        return None
    digit = match["digit"]
    return _index((_HAN[digit] if digit in _HAN else int(digit)) - 1, count)


def _index(index: int, count: int) -> int | None:
    return index if 0 <= index < count else None
