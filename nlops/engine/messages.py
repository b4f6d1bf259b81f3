"""Who speaks, where, and whether it counts: before any keyword and any model.

own account, empty text ─────────────────────────▶ nothing
room: a code ────────────────────────────────────▶ logged: codes are for the direct chat
      not allowed by its id, no admin ───────────▶ nothing (logged where nlops was addressed)
      neither addressed nor an answer to this room's proposal ▶ nothing
a stranger ──────────────────────────────────────▶ people.on_stranger
an admin: too old, no text, a pairing code ──────▶ one line, not again for a while
          words ─────────────────────────────────▶ orders.on_order
"""

from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.chat import ChatMessage
from nlops.domain.config import AdminConfig
from nlops.domain.effects import Effect, Log, Say
from nlops.domain.events import MessageReceived, Moment
from nlops.domain.words import Phrase
from nlops.engine.deciding import expire
from nlops.engine.orders import on_order
from nlops.engine.people import on_stranger, pairing_code_in
from nlops.engine.state import Asker, Setup, State, Step, language_for
from nlops.gate.codes import is_one_time_code, read_pairing_code
from nlops.gate.confirm import WAITS
from nlops.gate.policy import admin_of
from nlops.understand.fold import fold_strictly
from nlops.understand.keywords import Answer, read_keyword

STALE_AFTER_S = 300.0  # a message older than this is history that a reconnect brought, not an order
MISSED_EVERY_S = 60.0  # a reconnect may bring many old messages at once
TEXT_ONLY_EVERY_S = 600.0


def on_message(setup: Setup, state: State, event: MessageReceived, now: Moment) -> Step:
    """Who may not, ends here; an admin's words are an order. A message that came again after a restart (`is_again`) is
    like a new one: nothing was done for it."""
    message = event.message
    if message.is_own:
        return state, ()
    admin = admin_of(setup.config.admins, state.contacts, message.contact_id)
    if message.room_id is not None:
        ignored = _ignored_in_room(setup, state, message, admin)
        if ignored is not None:
            return state, ignored
    if admin is None:
        return on_stranger(setup, state, message)
    return _on_admin(setup, state, admin, message, now)


def _ignored_in_room(
    setup: Setup, state: State, message: ChatMessage, admin: AdminConfig | None
) -> tuple[Effect, ...] | None:
    """What is done instead of listening to a room's message; None where it counts."""
    who = f"{message.contact_id!r} in room {message.room_id!r}"
    folded = fold_strictly(message.text)
    if read_pairing_code(folded) or is_one_time_code(folded):
        return (Log("warning", f"ignored a code that {who} said: codes count in the direct chat only"),)
    if admin is None or message.room_id not in setup.config.chat.rooms:
        return (Log("warning", f"ignored a message of {who}"),) if message.is_addressed else ()
    return None if message.is_addressed or _is_answer(setup, state, message) else ()


def _is_answer(setup: Setup, state: State, message: ChatMessage) -> bool:
    """Whether a room's message answers a proposal that was made to its writer in that room."""
    order = read_keyword(message.text, setup.catalogue, "en")
    if not isinstance(order, Answer):
        return False
    place = (message.contact_id, message.conversation_id)
    mine = [one for one in state.proposals if (one.contact_id, one.conversation_id) == place]
    is_open = any(one.state in WAITS for one in mine)
    return any(one.code == order.code for one in mine) or (is_open and not order.bare)


def _on_admin(setup: Setup, state: State, admin: AdminConfig, message: ChatMessage, now: Moment) -> Step:
    state = replace(state, lost=state.lost - {admin.name})
    language = language_for(setup, state, admin, message.text)
    asker = Asker(admin.name, message.contact_id, message.conversation_id, language, message.text)
    if message.kind == "text" and not message.text.strip():
        return state, ()
    if now.wall - message.sent_at > STALE_AFTER_S:
        state, said = _say_once(state, asker, phrases.MISSED, MISSED_EVERY_S, now)
        return state, (
            Log("warning", f"a message of {now.wall - message.sent_at:.0f} s ago was not carried out"),
            *said,
        )
    if message.kind != "text":
        return _say_once(state, asker, phrases.TEXT_ONLY, TEXT_ONLY_EVERY_S, now)
    if pairing_code_in(setup, message):  # a contact is one person; and the code is nothing for a model to read
        return state, (Say(asker.conversation_id, phrases.PAIRED_ALREADY.say(language, admin=admin.name)),)
    state, records = expire(state, now)
    state = replace(state, languages={**state.languages, admin.name: language})
    state, effects = on_order(setup, state, asker, now)
    return state, (*records, *effects)


def _say_once(state: State, asker: Asker, phrase: Phrase, every_s: float, now: Moment) -> Step:
    """Say a hint, unless this admin heard it less than `every_s` seconds ago."""
    key = (asker.admin, phrase.en)
    if now.monotonic < state.told.get(key, -every_s) + every_s:
        return state, ()
    state = replace(state, told={**state.told, key: now.monotonic})
    return state, (Say(asker.conversation_id, phrase.say(asker.language)),)
