"""What an earlier process left, at the start of this one: proposals that still wait, and runs that were under way.

open, awaiting   wait on, unless their time is up, or their admin is another contact now
running          never begun (so the store's note says): closed, told; begun: nobody knows how it ended. That is told
                 with what to look at, and it is never run again by itself.
"""

from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.effects import Effect, Log, Record, Say
from nlops.domain.events import Moment, TookOver
from nlops.domain.standing import Standing
from nlops.domain.tools import Proposal, ProposalState
from nlops.domain.words import Language
from nlops.engine.deciding import close, expire, tools_of
from nlops.engine.state import Setup, State, Step, language_for
from nlops.gate import confirm
from nlops.gate.policy import admin_of
from nlops.gate.rules import Change
from nlops.replies import show_call


def on_take_over(setup: Setup, state: State, event: TookOver, now: Moment) -> Step:
    """Look at every proposal that lives; set the clocks of what was counted in another process."""
    state = replace(state, standing=_from_now(state.standing, now), changes=_changes(setup, event, now))
    state, effects = close(state, tuple(_owned(setup, state, one) for one in state.proposals))
    state, expired = expire(state, now)
    effects += expired
    for one in [one for one in state.proposals if one.state is ProposalState.RUNNING]:
        after = confirm.move(one, "lost" if one.begun else "refuse")
        state = replace(state, proposals=confirm.put(state.proposals, after))
        effects += (_record(after), *_tell(setup, state, after))
    if state.standing.stopped is not None:
        by = state.standing.stopped.by
        effects += (Log("warning", f"{by} stopped everything that changes something; “resume” in chat ends it"),)
    return state, effects


def _from_now(standing: Standing, now: Moment) -> Standing:
    """A mute ends when the wall clock says so, and lasts no longer from now than it was meant to at all."""
    mutes = {
        bot: replace(one, ends_at=now.monotonic + min(max(0.0, one.until - now.wall), one.until - one.since))
        for bot, one in standing.mutes.items()
    }
    return replace(standing, mutes=mutes)


def _changes(setup: Setup, event: TookOver, now: Moment) -> tuple[Change, ...]:
    """The changes of the last hour on this process's clock. What seems to come from the future is of now."""
    return tuple(
        (tool.name, now.monotonic - max(0.0, now.wall - one.decided_at))
        for one in event.decided
        for tool in tools_of(setup, one.calls)
        if tool.policy.risk != "read"
    )


def _owned(setup: Setup, state: State, one: Proposal) -> Proposal:
    """Closed where its contact is not its admin's any more, or its room not allowed."""
    admin = admin_of(setup.config.admins, state.contacts, one.contact_id)
    is_heard = one.conversation_id in (one.contact_id, *setup.config.chat.rooms)
    return one if admin is not None and admin.name == one.admin and is_heard else confirm.move(one, "newer")


def _record(one: Proposal) -> Record:
    kind = "unknown" if one.state is ProposalState.UNKNOWN else "refused"
    calls = [call.as_json() for call in one.calls]
    details = {"code": one.code, "calls": calls, "run": one.id, "begun": one.begun, "reason": "the process ended"}
    return Record(kind, one.admin, one.contact_id, details)


def _tell(setup: Setup, state: State, one: Proposal) -> tuple[Effect, ...]:
    """To who asked, where they asked; where that is nobody's any more, to every admin."""
    admin = admin_of(setup.config.admins, state.contacts, one.contact_id)
    is_heard = one.conversation_id in (one.contact_id, *setup.config.chat.rooms)
    if admin is not None and is_heard:
        return (Say(one.conversation_id, _text(setup, one, one.language)),)
    known = [(admin, state.contacts[admin.name]) for admin in setup.config.admins if admin.name in state.contacts]
    return tuple(
        Say(contact.contact_id, _text(setup, one, language_for(setup, state, admin, ""))) for admin, contact in known
    )


def _text(setup: Setup, one: Proposal, language: Language) -> str:
    lines = [f"{nth}. {_line(one, nth, language)}" for nth in range(1, len(one.calls) + 1)]
    if one.state is not ProposalState.UNKNOWN:
        return phrases.NOT_BEGUN.say(language, calls="\n".join(lines))
    look = _look(setup, one, language)
    return phrases.OUTCOME_UNKNOWN.say(language, calls="\n".join(lines), look=look)


def _line(one: Proposal, nth: int, language: Language) -> str:
    # A call begins when the one before it went well, and stops the rest where it did not.
    phrase = phrases.CALL_DONE if nth < one.begun else phrases.CALL_UNKNOWN
    return (phrases.CALL_NOT_BEGUN if nth > one.begun else phrase).say(language, call=show_call(one.calls[nth - 1]))


def _look(setup: Setup, one: Proposal, language: Language) -> str:
    """What tells how the call that was under way ended."""
    call = one.calls[one.begun - 1]
    tool = setup.catalogue.get(call.tool)
    bots = [value for value in call.arguments.values() if isinstance(value, str) and setup.config.bot(value)]
    if bots:
        return phrases.LOOK_AT_BOT.say(language, bot=bots[0])
    return phrases.LOOK_AT_TOOL.say(language, tool=tool.called(language) if tool is not None else call.tool)
