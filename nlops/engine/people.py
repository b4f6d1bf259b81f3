"""Who is who: pairing by a code, and contacts that a login gave other ids. Names are for talking, and give no right.

a stranger's code ──▶ ClaimPairing … Paired ──▶ bound: recorded, welcomed, everybody else told
link up ──▶ FindContacts … ContactsFound ──▶ names kept; whose contact is unknown to the account is lost
a stranger, while somebody is lost ──▶ AskName … NameKnown ──▶ a lost admin's name: told once how to pair again
a message by the exact id ──▶ not lost (`messages`)
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.chat import ChatMessage, KnownContact
from nlops.domain.config import AdminConfig
from nlops.domain.effects import AskName, ClaimPairing, Effect, KeepContact, Log, Say
from nlops.domain.events import ContactsFound, NameKnown, Paired
from nlops.engine.deciding import lapse
from nlops.engine.state import Setup, State, Step, language_for
from nlops.engine.telling import tell_all
from nlops.gate.codes import read_pairing_code
from nlops.gate.policy import admin_of
from nlops.understand.fold import fold_strictly

MOST_ASKED = 200  # strangers whose names are asked for in one login: a crowd is none of our business


def pairing_code_in(setup: Setup, message: ChatMessage) -> str | None:
    """The pairing code that a message is, and is nothing else, while the configuration has somebody to pair."""
    is_direct_text = message.room_id is None and message.kind == "text"
    if not is_direct_text or all(admin.contact is not None for admin in setup.config.admins):
        return None
    return read_pairing_code(fold_strictly(message.text))


def on_stranger(setup: Setup, state: State, message: ChatMessage) -> Step:
    """A direct message of somebody who is no admin: it may be a pairing code; else it is ignored."""
    who = message.contact_id
    code = pairing_code_in(setup, message)
    if code and who:
        return state, (Log("info", f"{who!r} said what looks like a pairing code"), ClaimPairing(who, code))
    ignored = Log("warning", f"ignored a message of {who!r}")
    if not state.lost or not who or who in state.asked or len(state.asked) >= MOST_ASKED:
        return state, (ignored,)
    return replace(state, asked={**state.asked, who: True}), (ignored, AskName(who))


def on_paired(setup: Setup, state: State, event: Paired) -> Step:
    """The contact gave an admin's code, and the store bound it and recorded that: everybody else hears of it, and who
    was bound before too."""
    contact_id = event.contact_id
    admin = next((one for one in setup.config.admins if one.name == event.admin and one.contact is None), None)
    if admin is None or any(one.contact == contact_id for one in setup.config.admins):
        void = f"a pairing code of {event.admin!r} came from {contact_id!r} and is void: nlops.toml names a contact"
        return state, (Log("warning", void),)
    former = state.contacts.get(admin.name, KnownContact("")).contact_id
    effects: list[Effect] = []
    others = {name: known for name, known in state.contacts.items() if known.contact_id != contact_id}
    # What was asked of this contact under another name is over too: a contact is one person, the newest binding holds.
    for left in (former, contact_id):
        state, lapsed = lapse(state, left, contact_id)
        effects += lapsed
    contacts = {**others, admin.name: KnownContact(contact_id)}
    state = replace(state, contacts=contacts, lost=state.lost & set(others) - {admin.name})
    effects.append(Log("warning", f"{admin.name} is paired with {contact_id!r}"))
    return state, (*effects, *_tell_of_pairing(setup, state, admin, former), AskName(contact_id))


def _tell_of_pairing(setup: Setup, state: State, admin: AdminConfig, former: str) -> Iterator[Say]:
    contact_id, own = state.contacts[admin.name].contact_id, language_for(setup, state, admin, "")
    yield Say(contact_id, phrases.PAIRED.say(own, admin=admin.name))
    other = phrases.PAIRED_OTHER.of(admin=admin.name, contact=contact_id)
    yield from tell_all(setup, state, other, "answer", besides=contact_id)
    if former and former != contact_id:
        yield Say(former, phrases.PAIRED_AWAY.say(own, admin=admin.name))


def on_contacts_found(setup: Setup, state: State, event: ContactsFound) -> Step:
    """What the account calls the admins' contacts. An answer about a contact that was bound anew since is nothing."""
    same = {name for name, known in state.contacts.items() if state.sought.get(name) == known.contact_id}
    found = {name: called for name, called in event.names.items() if name in same}
    state, kept = _remember(setup, state, {name: called for name, called in found.items() if called})
    lost = {name for name, called in found.items() if called is None}
    state = replace(state, lost=(state.lost - set(found)) | lost)
    logs = tuple(Log("warning", _mend(admin)) for admin in setup.config.admins if admin.name in lost)
    return state, (*kept, *logs)


def _mend(admin: AdminConfig) -> str:
    if admin.contact is None:
        return f"{admin.name}'s contact is unknown to the chat account; on this host run: nlops pair {admin.name}"
    return (
        f"{admin.name}'s contact in nlops.toml is unknown to the chat account; correct it, or put pairing = true in "
        f"its place and run: nlops pair {admin.name}"
    )


def _remember(setup: Setup, state: State, names: Mapping[str, str]) -> Step:
    """Remember what admins' contacts are called, admin name to display name. Paired ones are kept in the store; had it
    a configured one too, that would stay bound after it was taken out of nlops.toml."""
    changed = {
        admin: KnownContact(state.contacts[admin].contact_id, name)
        for admin, name in names.items()
        if state.contacts[admin].name != name
    }
    paired = {admin.name for admin in setup.config.admins if admin.contact is None}
    kept = tuple(KeepContact(admin, contact) for admin, contact in changed.items() if admin in paired)
    return replace(state, contacts={**state.contacts, **changed}), kept


def on_name_known(setup: Setup, state: State, event: NameKnown) -> Step:
    """An admin's name is remembered. A stranger who bears a lost admin's name hears, once, how to pair again."""
    admins = setup.config.admins
    admin = admin_of(admins, state.contacts, event.contact_id)
    if admin is not None:
        return _remember(setup, state, {admin.name: event.name} if event.name else {})
    if not state.asked.get(event.contact_id):
        return state, ()
    state = replace(state, asked={**state.asked, event.contact_id: False})
    lost = [one for one in admins if one.name in state.lost and event.name]
    namesake = next((one for one in lost if state.contacts[one.name].name == event.name), None)
    if namesake is None:
        return state, ()
    phrase = phrases.PAIR_AGAIN if namesake.contact is None else phrases.PAIR_INSTEAD
    text = phrase.say(language_for(setup, state, namesake, ""))
    log = Log("warning", f"{event.contact_id!r} bears the name of {namesake.name}, and was told how to pair again")
    return state, (log, Say(event.contact_id, text))
