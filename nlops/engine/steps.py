"""The routing: each event to its way."""

from typing import assert_never

from nlops.domain.events import (
    AlertSeen,
    BacklogRead,
    CallAsked,
    CallDropped,
    ContactsFound,
    Event,
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
    ToolChanged,
)
from nlops.engine import deciding, link, messages, orders, people, programs, watching
from nlops.engine.state import Setup, State, Step


def step(setup: Setup, state: State, event: Event, now: Moment) -> Step:
    """What `event` at `now` changes, and what it wants done. Never raises for anything that came from outside."""
    after, effects = _route(setup, state, event, now)
    return programs.settle(state, after, event, effects)


def _route(setup: Setup, state: State, event: Event, now: Moment) -> Step:
    match event:
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
            return deciding.on_finished(state, event)
        case RecordRefused():
            return deciding.on_record_refused(state, event)
        case LinkChanged() | SendDoubtful() | Paired() | ContactsFound() | NameKnown():
            return _on_account(setup, state, event)
        case CallAsked():
            return programs.on_call(setup, state, event, now)
        case CallDropped():
            return programs.on_dropped(setup, state, event)
        case ToolChanged():
            return programs.on_tool_changed(setup, state, event)
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
    state, records = deciding.expire(state, now)
    return state, (*records, *told)
