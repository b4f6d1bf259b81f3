"""The routing: each event to its way."""

from dataclasses import replace
from typing import assert_never

from nlops.domain.effects import Effect, KeepProposals, KeepStanding
from nlops.domain.events import (
    AlertSeen,
    AuditRead,
    AuditTampered,
    BacklogRead,
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
    RecordRefused,
    RunFinished,
    SendDoubtful,
    SignSeen,
    Ticked,
    TookOver,
)
from nlops.engine import deciding, history, link, messages, muting, orders, people, proving, resuming, watching
from nlops.engine.state import Setup, State, Step
from nlops.gate.confirm import forget


def step(setup: Setup, state: State, event: Event, now: Moment) -> Step:
    """What `event` at `now` changes, and what it wants done. Never raises for anything that came from outside."""
    return settle(state, *_route(setup, state, event, now))


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


def _route(setup: Setup, state: State, event: Event, now: Moment) -> Step:  # noqa: PLR0912 - a case for each event
    match event:
        case TookOver():
            return resuming.on_take_over(setup, state, event, now)
        case MessageReceived():
            return messages.on_message(setup, state, event, now)
        case SignSeen():
            return watching.on_sign(setup, state, event, now)
        case AlertSeen():
            return watching.on_alert(setup, state, event, now)
        case BacklogRead():
            return watching.on_backlog(setup, state, event, now)
        case ModelAnswered():
            return orders.on_answer_of_model(setup, state, event, now)
        case RunFinished():
            return deciding.on_finished(setup, state, event, now)
        case FactorBegun() | FactorChecked():
            return proving.on_factor(setup, state, event, now)
        case RecordRefused():
            return deciding.on_record_refused(state, event)
        case LinkChanged() | SendDoubtful() | Paired() | ContactsFound() | NameKnown():
            return _on_account(setup, state, event)
        case AuditRead() | AuditTampered():
            return history.on_event(setup, state, event)
        case Ticked():
            return _on_tick(setup, state, now)
        case _:
            assert_never(event)


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
    return state, (*records, *told, *ended)
