"""Keywords: what an admin types without a model. The whole message must be one; anything else goes to the model.

A tool's own words come from its definition. The forms are

    WORD [arguments]          restart bob · log bob 20 · 重启 bob · 重启bob
    [arguments] WORD          Chinese words only: bob 状态 · 爱丽丝的日志 20

and every argument must be one of the schema's: a bot's name or alias, a whole number, a value of an enum.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from nlops.domain.tools import CODE_ALPHABET, CODE_LENGTH, Catalogue, Interpretation, ToolCall, ToolSpec
from nlops.domain.words import Language, Phrase
from nlops.understand import phrases
from nlops.understand.fold import bare, fold, fold_strictly, has_cjk
from nlops.understand.ground import Lack
from nlops.understand.guide import find_topic
from nlops.understand.labels import names_of
from nlops.understand.names import EVERY_BOT, closest, name_at
from nlops.understand.narrow import holds_an_id_of
from nlops.understand.numbers import find_numbers
from nlops.understand.outcomes import describe
from nlops.understand.quantities import seconds_of
from nlops.understand.questions import ask_about
from nlops.understand.schema import Argument, arguments_of


@dataclass(frozen=True)
class Answer:
    """An answer to a proposal. `code` is upper case, None where only the word was said.

    `bare` is True where the code stood alone, without a word: if no open proposal has it, it was none.
    """

    yes: bool
    code: str | None
    bare: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Help:
    """The person wants the list of words, or to know more of a tool or a word."""

    topic: ToolSpec | Phrase | None = None


@dataclass(frozen=True)
class AuditTail:
    """The person wants records of the audit; `words` are what stands beside the keyword, folded."""

    words: str = ""


@dataclass(frozen=True)
class RescueSwitch:
    """Rescue on or off for `bot`, for all of them where it is None."""

    bot: str | None
    on: bool


@dataclass(frozen=True)
class Mute:
    """No notices of `bots` for `minutes`."""

    bots: tuple[str, ...]
    minutes: int


Order = Interpretation | Answer | Help | AuditTail | RescueSwitch | Mute

_YES = frozenset({"yes", "confirm", "确认"})
_NO = frozenset({"no", "cancel", "取消"})
# What people say for "yes" and what runs nothing: the word for that is told, so that nobody says it by the way.
_ASSENT_WORDS = """
ok, okay, k, sure, y, yep, yup, yeah, fine, right, correct, go, approve, approved, confirmed, yes please, yes do it
do it, yes go ahead, please do, go ahead, go for it, sounds good, run it
好, 好的, 好啊, 好吧, 可以, 可以的, 行, 行吧, 嗯, 嗯嗯, 对, 对的, 是, 是的, 没错, 同意, 执行, 执行吧, 没问题, 确定, ok的
"""
_ASSENTS = frozenset(re.split(r", |\n", _ASSENT_WORDS.strip()))
_CODE = f"[{CODE_ALPHABET.lower()}]{{{CODE_LENGTH}}}"
# Words that may stand where a bot's name does and are none.
_NO_NAME_WORDS = """
it him her them this that these those all every everyone everything both any one bot bots please pls now again today me
my the
"""
_NO_NAME = frozenset(_NO_NAME_WORDS.split())
_HELP = ("help", "?", "帮助")
_HOW = re.compile(r"(?:how (?:do|can|should) (?:i|you|we|one)|how to|怎么|怎样|如何)\s*")
_SHOW = re.compile(r"^(?:(?:please )?(?:show|give)(?: me| us)?(?: the)? |(?:给我)?[看查](?:看|一下|下)?)")
_AUDIT = ("audit", "audit tail", "审计")
MOST_AUDIT_WORDS = 3
_RESCUE = {"disable-qrrescue": False, "enable-qrrescue": True, "关闭救援": False, "开启救援": True}
_MUTE = ("mute", "静音")
_UNTIL = re.compile(r"(?:un)?till?\b|to\b|直?到")
_POLITE = re.compile(r"^(?:[把将]|一下|for\s)\s*|\s*(?:please|pls|吧|一下)$")
MOST_MINUTES = 7 * 24 * 60
DEFAULT_MINUTES = 30


def read_keyword(text: str, catalogue: Catalogue, language: Language) -> Order | None:
    """What a keyword message says, or None where the text is not one and belongs to the model.

    An exact form with a name that is missing or unknown gives a question (an Interpretation with `ask`).
    """
    folded = fold(text).rstrip(".!。")
    return (
        _read_fixed(folded, catalogue, language)
        or _read_tools(folded, catalogue, language)
        or _read_answer(fold_strictly(text))
    )


def is_assent(text: str) -> bool:
    """Whether the whole message is a yes in other words than the one that confirms."""
    return bare(text) in _ASSENTS and not re.search(r"[?？]", text)


def _read_answer(strict: str) -> Answer | None:
    if re.fullmatch(_CODE, strict):
        return Answer(yes=True, code=strict.upper(), bare=True)
    match = re.fullmatch(rf"([a-z]+|[\u4e00-\u9fff]+)(?: ?({_CODE}))?", strict)
    if match is None or match[1] not in _YES | _NO or (match[2] and match[1].isascii() and " " not in strict):
        return None
    return Answer(yes=match[1] in _YES, code=match[2].upper() if match[2] else None)


def _read_fixed(folded: str, catalogue: Catalogue, language: Language) -> Order | None:
    for _, rest in _splits(folded, _HELP):
        topic = find_topic(rest, catalogue) if rest else None
        if topic is not None or not rest:
            return Help(topic)
    how = _HOW.match(folded)
    topic = find_topic(folded[how.end() :].rstrip(" ?"), catalogue) if how is not None else None
    if topic is not None:
        return Help(topic)
    for _, rest in _splits(_SHOW.sub("", folded), _AUDIT):
        if len(rest.split()) <= MOST_AUDIT_WORDS and not re.search(r"[,，;；:：]", rest):
            return AuditTail(rest)
    for word, rest in _splits(folded, tuple(_RESCUE)):
        bot, left = _take_bot(rest, catalogue)
        if not left:
            return RescueSwitch(bot, _RESCUE[word])
        return _no_such_bot(left, catalogue, language)
    return next((_read_mute(rest, catalogue, language) for _, rest in _splits(folded, _MUTE)), None)


def _read_mute(rest: str, catalogue: Catalogue, language: Language) -> Order | None:
    bots, left = _take_bots(_POLITE.sub("", rest), catalogue)
    minutes = _minutes_in(_POLITE.sub("", left)) if left else DEFAULT_MINUTES
    if minutes is None:
        if not bots:
            return _no_such_bot(left, catalogue, language)
        return _ask(phrases.MUTE_HOW.say(language, bot=bots[0])) if _UNTIL.match(left) else None
    bots = bots or _at_most_one(_only_bot(catalogue))
    if not bots:
        return _ask(f"{phrases.WHICH_BOT.say(language)} {', '.join(bot.name for bot in catalogue.bots)}")
    if not 1 <= minutes <= MOST_MINUTES:
        return _ask(phrases.MUTE_BOUNDS.say(language, most=MOST_MINUTES))
    return Mute(bots, minutes)


def _take_bots(rest: str, catalogue: Catalogue) -> tuple[tuple[str, ...], str]:
    """The bot that `rest` begins with, or all of them; and what is left of it."""
    every = EVERY_BOT.match(rest)
    if every is not None:
        return tuple(bot.name for bot in catalogue.bots), _trim(rest[every.end() :])
    bot, left = _take_bot(rest, catalogue)
    return _at_most_one(bot), left


def _at_most_one(bot: str | None) -> tuple[str, ...]:
    return () if bot is None else (bot,)


def _minutes_in(folded: str) -> int | None:
    """Of a duration as people write it: 30m, 2小时, "an hour", 「一个半小时」. None where it is none."""
    number = next(iter(find_numbers(folded)), None)
    if number is None or number.start or number.low != number.high:
        return None
    seconds = seconds_of(folded[number.end :].strip() or number.unit or "min")
    return None if seconds is None else round(number.low * seconds / 60)


def _read_tools(folded: str, catalogue: Catalogue, language: Language) -> Interpretation | None:
    for tool in catalogue.tools:
        for _, rest in _splits(folded, tuple(fold(word) for word in tool.keywords)):
            order = _read_call(tool, rest, catalogue, language)
            if order is not None:
                return order
    return None


def _read_call(tool: ToolSpec, rest: str, catalogue: Catalogue, language: Language) -> Interpretation | None:
    arguments = arguments_of(tool, catalogue)
    values, left = _take_values(rest, arguments, catalogue)
    if left:
        wants_bot = any(a.is_bot and a.name not in values for a in arguments)
        return _unknown_bot(left, tool, values, catalogue, language) if wants_bot else None
    for argument in arguments:
        if argument.required and argument.name not in values:
            only = _only_bot(catalogue) if argument.is_bot else None
            if only is None:
                return _ask_for(tool, argument, values, language)
            values[argument.name] = only
    return _within_bounds(tool, arguments, values, language)


def _within_bounds(
    tool: ToolSpec, arguments: tuple[Argument, ...], values: dict[str, object], language: Language
) -> Interpretation:
    for argument in arguments:
        why = argument.why_not(values[argument.name]) if argument.name in values else None
        if why:
            known = {name: value for name, value in values.items() if name != argument.name}
            lack = Lack(tool, argument, values[argument.name], describe(argument), known)
            return ask_about(lack, language, source="keyword")
    return Interpretation(calls=(ToolCall(tool.name, values),), source="keyword")


def _take_values(rest: str, arguments: tuple[Argument, ...], catalogue: Catalogue) -> tuple[dict[str, object], str]:
    """As many arguments as `rest` begins with, and what is left of it."""
    values: dict[str, object] = {}
    while rest:
        for argument in arguments:
            taken = None if argument.name in values else _take(rest, argument, catalogue)
            if taken is not None:
                values[argument.name], rest = taken
                break
        else:
            return values, rest
    return values, ""


def _take(rest: str, argument: Argument, catalogue: Catalogue) -> tuple[object, str] | None:
    if argument.is_bot:
        bot, left = _take_bot(rest, catalogue)
        return None if bot is None else (bot, left)
    if argument.kind == "integer":
        match = re.match(r"(\d{1,9})\s*(?:lines?|行|条)?(?![a-z0-9.])", rest)
        return None if match is None else (int(match[1]), _trim(rest[match.end() :]))
    for value in argument.choices:
        shown = fold(str(value))
        if isinstance(value, str) and re.match(re.escape(shown) + r"(?![a-z0-9_])", rest):
            return value, _trim(rest[len(shown) :])
    return None


def _take_bot(rest: str, catalogue: Catalogue) -> tuple[str | None, str]:
    mention = name_at(rest, 0, catalogue.bots)
    if mention is None:
        return None, rest
    return mention.name, _trim(rest[mention.end :].removeprefix("'s").removeprefix("’s"))


def _trim(rest: str) -> str:
    return rest.lstrip(" ,，、").removeprefix("的").lstrip()


def _splits(folded: str, words: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The keyword and what stands beside it, for every form that fits; longer words first."""
    for word in sorted(words, key=len, reverse=True):
        if folded == word or (folded.startswith(word) and (has_cjk(word) or folded[len(word)] == " ")):
            yield word, _trim(folded[len(word) :])
        elif has_cjk(word) and word in folded:
            before, _, after = folded.partition(word)
            yield word, f"{before.strip().removesuffix('的').strip()} {_trim(after)}".strip()


def _only_bot(catalogue: Catalogue) -> str | None:
    return catalogue.bots[0].name if len(catalogue.bots) == 1 else None


def _ask(reply: str) -> Interpretation:
    return Interpretation(ask=True, reply=reply, source="keyword")


def _ask_for(tool: ToolSpec, argument: Argument, known: dict[str, object], language: Language) -> Interpretation:
    return ask_about(Lack(tool, argument, known=known), language, source="keyword")


def _unknown_bot(
    left: str, tool: ToolSpec, known: dict[str, object], catalogue: Catalogue, language: Language
) -> Interpretation | None:
    """A question where `left` may be a name, else None: free text."""
    word = _name_in(left, catalogue)
    if word is None:
        return None
    bot = next(argument for argument in arguments_of(tool, catalogue) if argument.is_bot)
    lack = Lack(tool, bot, word, closest(word, catalogue.bots) or "", known)
    return ask_about(lack, language, source="keyword")


def _no_such_bot(left: str, catalogue: Catalogue, language: Language) -> Interpretation | None:
    word = _name_in(left, catalogue)
    if word is None:
        return None
    guess, names = closest(word, catalogue.bots), ", ".join(bot.name for bot in catalogue.bots)
    phrase = phrases.DID_YOU_MEAN if guess else phrases.NO_SUCH_BOT
    return _ask(f"{phrase.say(language, word=word, guess=guess)} {names}")


def _name_in(left: str, catalogue: Catalogue) -> str | None:
    """The one word that could be a bot's name; a number may follow. Only Latin words: a Chinese one may be any part of
    a sentence (「重启一下」), which the model reads better. None that a tool has for something of its own: "restart
    nginx" is no slip where another tool restarts services."""
    match = re.fullmatch(r"([a-z][a-z0-9_.-]{0,31})(?: \d+)?", left)
    if match is None or not catalogue.bots or match[1] in _NO_NAME:
        return None
    return None if any(_knows(tool, match[1], catalogue) for tool in catalogue.tools) else match[1]


def _knows(tool: ToolSpec, word: str, catalogue: Catalogue) -> bool:
    """Whether a word is a value of one of a tool's choices, or an id as it wants them."""
    choices = (argument for argument in arguments_of(tool, catalogue) if argument.choices and not argument.is_bot)
    return holds_an_id_of(word, tool) or any(word in names for one in choices for names in names_of(one).values())
