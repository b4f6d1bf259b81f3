"""The routing: each event to its way."""

from typing import assert_never

from nlops.domain.effects import Log
from nlops.domain.events import (
    AlertSeen,
    BacklogRead,
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
)
from nlops.engine import deciding, orders, watching
from nlops.engine.state import Setup, State, Step


def step(setup: Setup, state: State, event: Event, now: Moment) -> Step:
    """What `event` at `now` changes, and what it wants done. Never raises for anything that came from outside."""
    match event:
        case MessageReceived():
            return orders.on_message(setup, state, event, now)
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
        case LinkChanged():
            return state, (Log("info", f"link {'up' if event.up else 'down'}: {event.why}"),)
        case Ticked():
            return _on_tick(setup, state, now)
        case SendDoubtful() | Paired() | ContactsFound() | NameKnown():
            return state, ()
        case _:
            assert_never(event)


def _on_tick(setup: Setup, state: State, now: Moment) -> Step:
    """What expires, expires; what was only counted is told."""
    state, told = watching.on_tick(setup, state, now)
    state, records = deciding.expire(state, now)
    return state, (*records, *told)
