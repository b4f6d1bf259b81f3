"""What is added to an answer in words: what nlops's own words can do for a message that no tool answers, and how each
bot is where it is asked which one.
"""

import re

from nlops.domain import hint_phrases, phrases
from nlops.domain.bots import BotState, BotStatus
from nlops.domain.tools import Interpretation
from nlops.domain.words import Language, Phrase
from nlops.engine.state import Asker, Setup, State
from nlops.understand.fold import fold
from nlops.understand.moods import wants_to_be_told
from nlops.understand.names import find_names

# What a message speaks of, and what is told of it; the first that fits.
_HINTS: tuple[tuple[re.Pattern[str], Phrase], ...] = (
    (
        re.compile(
            r"\b(?:stop|don'?t|do not|no more|never)\b.{0,30}\b(?:codes?|qrs?)\b|\brescue\b"
            r"|(?:别|不要|不用|停止).{0,16}(?:二维码|码)|救援"
        ),
        hint_phrases.RESCUE,
    ),
    (
        re.compile(
            r"\b(?:un)?mut(?:e|ed|ing)\b|\bsilen(?:t|ce)|\bquiet\b|\bsnooze|\bshut up\b|\b(?:leave me alone|bother)\b"
            r"|\b(?:stop|don'?t|do not|no more|turn off)\b.{0,20}\b(?:tell|notif|remind|alert|warn|messag|spam)\w*"
            r"|静音|免打扰|安静|闭嘴|(?:别|不要|停止|关掉|关闭).{0,6}(?:提醒|通知|告警|报警|烦|吵|打扰|刷屏)"
        ),
        hint_phrases.MUTE,
    ),
    (
        re.compile(
            r"\bwho\b.{0,20}\b\w+ed\b|\bwho (?:did|ran|has|was|made|gave)\b|\baudit|\bhistory\b"
            r"|谁.{0,12}(?:过|了|的)|审计|操作记录|历史记录"
        ),
        hint_phrases.AUDIT,
    ),
    (re.compile(r"^\W*(?:please )?(?:stop|halt)\b|^停"), hint_phrases.STOP),
)
_ASKS = re.compile(
    r"[?？]|\b(?:why|when|what|how|since|last|show|see|look|check|logs?)\b|[看查]|日志|为什么|为啥|怎么|什么时候|几[次点时]|多少|多久|[吗呢么]"
)


def with_hint(setup: Setup, meant: Interpretation, asker: Asker) -> str:
    """A reply that asks for nothing more, and a line of what would do."""
    folded = fold(asker.words)
    is_told = wants_to_be_told(folded)
    if (meant.ask and not is_told) or meant.source == "keyword":
        return meant.reply
    named = [mention.name for mention in find_names(folded, setup.catalogue.bots)]
    known = [*named, *(bot.name for bot in setup.catalogue.bots)]
    hint = next((phrase for pattern, phrase in _HINTS if pattern.search(folded)), None)
    if is_told:
        hint = hint_phrases.TELLS
    if hint is None and named and _ASKS.search(folded):
        hint = hint_phrases.BOT
    if hint is None or not known:
        return meant.reply
    return f"{meant.reply}\n{hint.say(asker.language, bot=known[0])}"


def with_states(setup: Setup, state: State, meant: Interpretation, language: Language) -> str:
    """The reply; where it is asked which bot, with how each is: at night it is mostly the one that is down."""
    names = tuple(bot.name for bot in setup.catalogue.bots)
    if meant.asked is None or meant.asked.choices != names:
        return meant.reply
    question = meant.reply.split("\n")[: -len(names)]
    return "\n".join((*question, *(f"{nth}. {name}{_how(state, name, language)}" for nth, name in enumerate(names, 1))))


def _how(state: State, bot: str, language: Language) -> str:
    status = state.bots.get(bot, BotState()).status
    return "" if status is BotStatus.UNKNOWN else f" – {phrases.STATUS[status.value].say(language)}"
