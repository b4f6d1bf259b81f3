"""What admins set until further notice: the kill switch, and the end of a mute. Everybody hears of it.

stop ──────▶ what waits here is dropped, and the words for the rest are told
stop all ──▶ what runs is ended, what waits is dropped, nothing that changes something begins, over restarts too
resume ────▶ changes are possible again; what was dropped stays dropped
"""

from dataclasses import dataclass, replace

from nlops.domain import phrases
from nlops.domain.effects import Effect, Say, StopRuns
from nlops.domain.events import Moment
from nlops.domain.standing import Stop
from nlops.domain.tools import Catalogue
from nlops.domain.words import Sentence
from nlops.engine.deciding import close, record_of
from nlops.engine.muting import unmute, unmute_all
from nlops.engine.state import Asker, Setup, State, Step
from nlops.engine.telling import tell_all
from nlops.gate import confirm
from nlops.understand.fold import fold
from nlops.understand.names import EVERY_BOT, name_at

_JUST_STOP = frozenset({"stop", "halt", "停", "停止", "停下", "住手"})
_STOP = frozenset(
    {"stop all", "stop everything", "全部停止", "全停", "都停", "停止全部", "停止一切", "全部停下", "紧急停止"}
)
_RESUME = frozenset({"resume", "resume all", "恢复", "全部恢复", "恢复执行", "解除停止"})
_UNMUTE = ("unmute", "取消静音", "解除静音")
_UNMUTE_ALL = frozenset({"全部取消静音", "取消全部静音", "取消所有静音", "解除全部静音", "解除所有静音"})


@dataclass(frozen=True)
class StopAll:
    """The kill switch."""


@dataclass(frozen=True)
class JustStop:
    """Somebody wants something stopped, and does not say what."""


@dataclass(frozen=True)
class Resume:
    """Its end."""


@dataclass(frozen=True)
class Unmute:
    """`bot` is to be heard again; all that are muted where it is None."""

    bot: str | None


Word = StopAll | JustStop | Resume | Unmute


def read_standing_word(text: str, catalogue: Catalogue) -> Word | None:
    """The whole message must be one of these."""
    folded = fold(text).rstrip(".!。！")
    if folded in _STOP:
        return StopAll()
    if folded in _JUST_STOP and not any(folded == fold(word) for tool in catalogue.tools for word in tool.keywords):
        return JustStop()
    if folded in _RESUME:
        return Resume()
    if folded in _UNMUTE_ALL:
        return Unmute(None)
    word = next((word for word in _UNMUTE if folded.startswith(word)), None)
    if word is None:
        return None
    rest = folded.removeprefix(word).strip()
    if EVERY_BOT.fullmatch(rest):
        return Unmute(None)
    only = catalogue.bots[0].name if len(catalogue.bots) == 1 and not rest else None
    mention = name_at(rest, 0, catalogue.bots) if rest else None
    named = mention.name if mention is not None and mention.end == len(rest) else only
    return Unmute(named) if named is not None else None


def on_standing_word(setup: Setup, state: State, asker: Asker, word: Word, now: Moment) -> Step:
    match word:
        case StopAll():
            return _stop(setup, state, asker, now)
        case JustStop():
            return _just_stop(state, asker)
        case Resume():
            return _resume(setup, state, asker)
        case Unmute(bot):
            if bot is None:
                return unmute_all(setup, state, asker, now)
            return unmute(setup, state, asker, bot, now)


def _stop(setup: Setup, state: State, asker: Asker, now: Moment) -> Step:
    """Once more while all is stopped: looks may run or wait since, and are ended and dropped too."""
    former = state.standing.stopped
    waiting = [one for one in state.proposals if one.state in confirm.WAITS]
    runs = tuple(state.running)
    state, closed = close(state, tuple(confirm.move(one, "no") for one in state.proposals))
    state = replace(state, standing=replace(state.standing, stopped=former or Stop(asker.admin, now.wall)))
    if former is not None and not (runs or waiting):
        return state, (Say(asker.conversation_id, phrases.STOPPED_ALREADY.say(asker.language, admin=former.by)),)
    effects: list[Effect] = [record_of(asker, "stopped", (), {"runs": list(runs), "proposals": len(waiting)}), *closed]
    if runs:
        effects.append(StopRuns(runs))
    fields = {"admin": asker.admin, "runs": len(runs), "proposals": len(waiting)}
    return state, (*effects, *_tell(setup, state, asker, phrases.STOPPED_ALL.of(**fields)))


def _just_stop(state: State, asker: Asker) -> Step:
    here = (asker.contact_id, asker.conversation_id)
    dropped = [one for one in state.proposals if one.state in confirm.WAITS and confirm.place_of(one) == here]
    state, closed = close(state, tuple(confirm.move(one, "no") if one in dropped else one for one in state.proposals))
    lines = [phrases.DENIED.say(asker.language, code=one.code) for one in dropped]
    runs = phrases.STOP_WHAT.say(asker.language, runs=len(state.running))
    text = "\n".join((*lines, runs if state.running else phrases.NONE_RUNS.say(asker.language)))
    return state, (*closed, Say(asker.conversation_id, text))


def _resume(setup: Setup, state: State, asker: Asker) -> Step:
    if state.standing.stopped is None:
        return state, (Say(asker.conversation_id, phrases.NOT_STOPPED.say(asker.language)),)
    stopped = state.standing.stopped
    state = replace(state, standing=replace(state.standing, stopped=None))
    record = record_of(asker, "resumed", (), {"by": stopped.by, "since": stopped.at})
    return state, (record, *_tell(setup, state, asker, phrases.RESUMED_ALL.of(admin=asker.admin)))


def _tell(setup: Setup, state: State, asker: Asker, sentence: Sentence) -> tuple[Say, ...]:
    """Who asked, where they asked; every other admin in their direct chat."""
    said = Say(asker.conversation_id, sentence.say(asker.language), "rescue")
    return (said, *tell_all(setup, state, sentence, "rescue", besides=asker.contact_id))
