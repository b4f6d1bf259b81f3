"""The routing: each event to its way."""

from dataclasses import replace
from typing import assert_never

from nlops.domain.effects import Effect, KeepProposals, KeepStanding
from nlops.domain.events import (
    AlertSeen,
    AuditRead,
    AuditTampered,
    BacklogRead,
    CallAsked,
    CallDropped,
    ContactsFound,
    Event,
    FactorBegun,
    FactorChecked,
    LinkChanged,
    MessageReceived,
    ModelAnswered,
    Moment,
    NameKnown,
    Paired,
    PinChanged,
    RecordRefused,
    RunFinished,
    SendDoubtful,
    SignSeen,
    Ticked,
    TookOver,
    ToolsChanged,
)
from nlops.engine import (
    deciding,
    history,
    lasting,
    link,
    messages,
    muting,
    orders,
    paging,
    people,
    programs,
    proving,
    reloading,
    resuming,
    verifying,
    watching,
)
from nlops.engine.state import Setup, State, Step
from nlops.gate.confirm import forget


def step(setup: Setup, state: State, event: Event, now: Moment) -> Step:
    """What `event` at `now` changes, and what it wants done. Never raises for anything that came from outside."""
    after, effects = _route(setup, state, event, now)
    after, effects = programs.settle(state, verifying.on_started(setup, after, effects), effects, event)
    return settle(state, after, effects)


def settle(before: State, after: State, effects: tuple[Effect, ...]) -> Step:
    """The end of every step: proposals and standing orders that changed are kept, whichever way changed them; what was
    closed long ago is forgotten."""
    if after.standing != before.standing:
        effects = (*effects, KeepStanding(after.standing))
    if after.proposals is before.proposals:
        return after, effects
    were = {one.id: one for one in before.proposals}
    changed = tuple(one for one in after.proposals if were.get(one.id) != one)
    kept = (KeepProposals(changed),) if changed else ()
    return replace(after, proposals=forget(after.proposals)), (*effects, *kept)


def _route(setup: Setup, state: State, event: Event, now: Moment) -> Step:
    match event:
        case TookOver():
            state, effects = programs.on_take_over(state)
            state, resumed = resuming.on_take_over(setup, state, event, now)
            return state, (*effects, *resumed)
        case MessageReceived():
            return messages.on_message(setup, state, event, now)
        case SignSeen():
            state, told = watching.on_sign(setup, state, event, now)
            state, done = verifying.on_sign(state, event.sign, now)
            return state, (*told, *done)
        case AlertSeen():
            return watching.on_alert(setup, state, event, now)
        case BacklogRead():
            return watching.on_backlog(setup, state, event, now)
        case ModelAnswered():
            return orders.on_answer_of_model(setup, state, event, now)
        case RunFinished() | RecordRefused():
            return _on_run(setup, state, event, now)
        case FactorBegun() | FactorChecked():
            return proving.on_factor(setup, state, event, now)
        case AuditRead() | AuditTampered() | ToolsChanged() | Ticked():
            return _on_the_side(setup, state, event, now)
        case LinkChanged() | SendDoubtful() | Paired() | ContactsFound() | NameKnown():
            return _on_account(setup, state, event)
        case CallAsked() | CallDropped() | PinChanged():
            return programs.on_event(setup, state, event, now)
        case _:
            assert_never(event)


SideEvent = AuditRead | AuditTampered | ToolsChanged | Ticked


def _on_the_side(setup: Setup, state: State, event: SideEvent, now: Moment) -> Step:
    """What nobody in the chat began: time, what the audit says of itself, and definitions that changed."""
    match event:
        case Ticked():
            return _on_tick(setup, state, now)
        case ToolsChanged():
            return reloading.on_tools_changed(setup, state, event)
        case _:
            return history.on_event(setup, state, event)


def _on_run(setup: Setup, state: State, event: RunFinished | RecordRefused, now: Moment) -> Step:
    """What a run gave is said; what must be true after it is waited for; what did not fit is kept."""
    if isinstance(event, RecordRefused):
        state = verifying.on_dropped(setup, state, event.dropped_runs)
        return deciding.on_record_refused(state, event)
    state, event, verified = verifying.on_finished(setup, state, event, now)
    state, hints = paging.on_finished(state, event)
    state, told = deciding.on_finished(setup, state, event, now)
    return state, (*told, *verified, *hints)


AccountEvent = LinkChanged | SendDoubtful | Paired | ContactsFound | NameKnown


def _on_account(setup: Setup, state: State, event: AccountEvent) -> Step:
    """What the chat account knows, and what became of its messages."""
    match event:
        case LinkChanged():
            return link.on_link(setup, state, event)
        case SendDoubtful():
            return link.on_doubtful(setup, state, event)
        case Paired():
            return people.on_paired(setup, state, event)
        case ContactsFound():
            return people.on_contacts_found(setup, state, event)
        case NameKnown():
            return people.on_name_known(setup, state, event)
        case _:
            assert_never(event)


def _on_tick(setup: Setup, state: State, now: Moment) -> Step:
    """What expires, expires; what was only counted is told."""
    state, told = watching.on_tick(setup, state, now)
    state, ended = muting.on_tick(setup, state, now)
    state, records = deciding.expire(state, now)
    state, missed = verifying.on_tick(state, now)
    state, lasting_told = lasting.on_tick(state, now)
    return state, (*records, *told, *ended, *missed, *lasting_told)
