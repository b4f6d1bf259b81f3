"""After a bot was started anew: done is only said when its log shows a login, or that it asks for a scan.

run of a tool with `verify.bot` starts ──▶ a start of the bot is expected: a scan line is then no forgery
run ends, the process is new ────────────▶ a login or scan seen since then: said at once
                                           else: what is known, and that its login is awaited
login, or asks for a scan ───────────────▶ said, recorded
its time is over ────────────────────────▶ what was seen instead is said, recorded
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.bots import BotState, BotStatus, LogSign, SignKind
from nlops.domain.effects import Effect, RunCalls, Say
from nlops.domain.events import Moment, RunFinished
from nlops.domain.tools import ToolCall, ToolResult, Verify
from nlops.domain.words import Language
from nlops.engine.deciding import record_of
from nlops.engine.state import Awaited, Setup, State, Step

Held = tuple[State, RunFinished, tuple[Effect, ...]]
_SHOWN = {SignKind.LOGGED_IN, SignKind.WAITING}


def on_started(setup: Setup, state: State, effects: Sequence[Effect]) -> State:
    """Runs that begin: the bots that they start anew may ask for a scan, though they were logged in."""
    found = [_checked(setup, call) for effect in effects if isinstance(effect, RunCalls) for call in effect.calls]
    bots = {one[1]: replace(state.bots.get(one[1], BotState()), started=True) for one in found if one is not None}
    return replace(state, bots={**state.bots, **bots}) if bots else state


def on_finished(setup: Setup, state: State, event: RunFinished, now: Moment) -> Held:
    """A run that ended: its results as they are to be said, the logins that are awaited, and what is recorded."""
    run = state.running.get(event.run_id)
    if run is None:
        return state, event, ()
    effects: list[Effect] = []
    results = list(event.results)
    for at, (call, result) in enumerate(zip(run.calls, event.results, strict=False)):
        found = _checked(setup, call)
        if found is None:
            continue
        verify, bot = found
        if not result.ok:
            state = _not_started(state, bot)
        elif result.since:
            until = now.monotonic + verify.within_s
            one = Awaited(run.asker, call, bot, event.run_id, result.since, until, verify.within_s)
            state, said, records = _await(state, one)
            effects += records
            results[at] = _with_text(result, said, run.asker.language)
    return state, replace(event, results=tuple(results)), tuple(effects)


def _await(state: State, one: Awaited) -> tuple[State, str, tuple[Effect, ...]]:
    """What is said of a process that is new: that it logged in already, or that this is awaited."""
    kind, at = state.shown.get(one.bot, (None, 0.0))
    if kind is not None and at >= one.since:
        return state, _say_shown(state, one, kind, at - one.since), (_record(one, kind.value, at - one.since),)
    said = phrases.AWAIT_LOGIN.say(one.asker.language, seconds=f"{one.within_s:g}")
    return replace(state, awaited=(*state.awaited, one)), said, ()


def _with_text(result: ToolResult, said: str, language: Language) -> ToolResult:
    return replace(result, text=f"{result.text}{' ' if language == 'en' else ''}{said}" if result.text else said)


def on_dropped(setup: Setup, state: State, run_ids: Sequence[int]) -> State:
    """Runs that were not started after all, for want of a record."""
    for run in (state.running[run_id] for run_id in run_ids if run_id in state.running):
        for found in (_checked(setup, call) for call in run.calls):
            state = _not_started(state, found[1]) if found is not None else state
    return state


def _not_started(state: State, bot: str) -> State:
    """What was expected did not happen: a scan line of a bot that is in is a forgery again."""
    known = state.bots.get(bot, BotState())
    if known.status is not BotStatus.LOGGED_IN or not known.started:
        return state
    return replace(state, bots={**state.bots, bot: replace(known, started=False)})


def on_sign(state: State, sign: LogSign, now: Moment) -> Step:
    """A bot's log showed something, which may be what is awaited."""
    if sign.kind not in _SHOWN:
        return state, ()
    state = replace(state, shown={**state.shown, sign.bot: (sign.kind, now.wall)})
    met = [one for one in state.awaited if one.bot == sign.bot and now.wall >= one.since]
    effects: list[Effect] = []
    for one in met:
        after_s = now.wall - one.since
        effects.append(_record(one, sign.kind.value, after_s))
        effects += _say(state, one, _say_shown(state, one, sign.kind, after_s))
    return replace(state, awaited=tuple(one for one in state.awaited if one not in met)), tuple(effects)


def on_tick(state: State, now: Moment) -> Step:
    """What did not come in its time: what was seen instead is said."""
    over = [one for one in state.awaited if now.monotonic >= one.until]
    effects: list[Effect] = []
    for one in over:
        status = state.bots.get(one.bot, BotState()).status
        fields: Mapping[str, object] = {
            "bot": one.bot,
            "seconds": f"{one.within_s:g}",
            "status": phrases.STATUS[status.value].say(one.asker.language),
        }
        effects += [_record(one, "nothing", one.within_s)]
        effects += _say(state, one, phrases.NO_LOGIN.say(one.asker.language, **fields))
    return replace(state, awaited=tuple(one for one in state.awaited if one not in over)), tuple(effects)


def _say_shown(state: State, one: Awaited, kind: SignKind, after_s: float) -> str:
    fields = {"bot": one.bot, "seconds": max(0, round(after_s))}
    if kind is SignKind.LOGGED_IN:
        return phrases.DONE_LOGIN.say(one.asker.language, **fields)
    phrase = phrases.DONE_SCAN if state.bots.get(one.bot, BotState()).rescue else phrases.DONE_SCAN_SILENT
    return phrase.say(one.asker.language, bot=one.bot)


def _say(state: State, one: Awaited, text: str) -> tuple[Effect, ...]:
    """To who asked, where they asked; not to a contact that was theirs once."""
    contact = state.contacts.get(one.asker.admin)
    if contact is None or contact.contact_id != one.asker.contact_id:
        return ()
    return (Say(one.asker.conversation_id, text),)


def _record(one: Awaited, seen: str, after_s: float) -> Effect:
    details = {"run": one.run_id, "bot": one.bot, "seen": seen, "after_s": round(after_s, 1)}
    return record_of(one.asker, "verified", (one.call,), details)


def _checked(setup: Setup, call: ToolCall) -> tuple[Verify, str] | None:
    """What is to be true after this call, and of which bot; None where its definition says nothing of a bot."""
    tool = setup.catalogue.get(call.tool)
    if tool is None or tool.verify is None or tool.verify.bot is None:
        return None
    bot = call.arguments.get(tool.verify.bot)
    return (tool.verify, bot) if isinstance(bot, str) else None
