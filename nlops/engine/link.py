"""The link's way: who is logged in, whom that account knows, and what may not have arrived."""

from dataclasses import replace

from nlops.domain.effects import Effect, FindContacts, GiveFile, Log, Say
from nlops.domain.events import LinkChanged, SendDoubtful
from nlops.domain.words import Language, language_of
from nlops.engine.state import Setup, State, Step, language_for
from nlops.gate.policy import admin_of
from nlops.replies import say_doubtful


def on_link(setup: Setup, state: State, event: LinkChanged) -> Step:
    """A login may have given the contacts other ids: they are looked for."""
    log = Log("info", f"link {'up' if event.up else 'down'}: {event.why}")
    if not event.up:
        return state, (log,)
    effects: list[Effect] = [log, *_say_unpaired(setup, state)]
    if event.account and state.account and event.account != state.account:
        effects.append(Log("warning", f"the chat account is another one: {event.account!r}, before {state.account!r}"))
    sought = {name: contact.contact_id for name, contact in state.contacts.items()}
    if sought:
        effects.append(FindContacts(sought))
    return replace(state, account=event.account or state.account, sought=sought, asked={}), tuple(effects)


def _say_unpaired(setup: Setup, state: State) -> tuple[Log, ...]:
    unpaired = [admin.name for admin in setup.config.admins if admin.name not in state.contacts]
    if not unpaired:
        return ()
    mend = " and ".join(f"nlops pair {name}" for name in unpaired)
    if not state.contacts:
        return (Log("warning", f"no admin is paired yet: nobody is told of anything or can give orders; run {mend}"),)
    return (Log("info", f"not paired yet: {', '.join(unpaired)}; run {mend}"),)


def on_doubtful(setup: Setup, state: State, event: SendDoubtful) -> Step:
    """Whoever was to hear it is told that it may not have arrived; once, and only who may still hear anything."""
    effect = event.effect
    conversation_id = effect.conversation_id if isinstance(effect, Say | GiveFile) else effect.contact_id
    log = Log("warning", f"a message to {conversation_id!r} may not have arrived")
    admin = admin_of(setup.config.admins, state.contacts, conversation_id)
    known = admin is not None or conversation_id in setup.config.chat.rooms
    if not known or (isinstance(effect, Say) and effect.is_doubt):
        return state, (log,)
    if admin is not None:
        language = language_for(setup, state, admin, "")
    else:
        language = _language_of_room(setup, effect.text if isinstance(effect, Say) else "")
    return state, (log, say_doubtful(effect, language))


def _language_of_room(setup: Setup, text: str) -> Language:
    return language_of(text) if setup.config.language == "auto" else setup.config.language
