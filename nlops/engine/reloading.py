"""Definitions that changed while nlops runs: the new ones as a whole, or the old ones stay. Either is told.

The setup is the new one already when this event is handled. Proposals that were made under another definition lapse.
"""

from collections.abc import Callable, Mapping

from nlops.domain import phrases
from nlops.domain.effects import Effect, Log, Record, Say
from nlops.domain.events import ToolsChanged
from nlops.domain.tools import Catalogue, Proposal
from nlops.domain.words import Language
from nlops.engine.deciding import close
from nlops.engine.state import Setup, State, Step, language_for
from nlops.gate import confirm


def on_tools_changed(setup: Setup, state: State, event: ToolsChanged) -> Step:
    """Tell every admin; close what no longer holds."""
    if event.catalogue is None:
        log = Log("error", f"the tools are not loaded anew, the old ones stay: {event.fault}")
        return state, (
            log,
            *_tell(setup, state, lambda language: phrases.NOT_RELOADED.say(language, fault=event.fault)),
        )
    changed = _changes(event.before, event.catalogue)
    state, closed = _lapse(state, event.catalogue)
    digests = {tool.name: tool.digest for tool in event.catalogue.tools}
    record = Record("reloaded", "", "", {"changes": dict(changed), "definitions": digests})
    told = _tell(setup, state, lambda language: phrases.RELOADED.say(language, changes=_say_changes(changed, language)))
    return state, (record, *closed, *told)


def _changes(before: Catalogue, after: Catalogue) -> Mapping[str, str]:
    """Each tool that is not as it was: `new`, `changed` or `gone`."""
    old, new = ({tool.name: tool.digest for tool in one.tools} for one in (before, after))
    found = {name: "new" if name not in old else "changed" for name in new if new[name] != old.get(name)}
    return found | {name: "gone" for name in old if name not in new}


def _say_changes(changes: Mapping[str, str], language: Language) -> str:
    return ", ".join(f"{name} {phrases.CHANGE[what].say(language)}" for name, what in changes.items())


def _lapse(state: State, catalogue: Catalogue) -> Step:
    lapsed: list[Proposal] = []
    for one in state.proposals:
        now_digests = tuple(tool.digest if (tool := catalogue.get(call.tool)) else "" for call in one.calls)
        if one.state in confirm.WAITS and now_digests != one.digests:
            lapsed.append(one)
    moved = tuple(confirm.move(one, "newer") if one in lapsed else one for one in state.proposals)
    state, records = close(state, moved)
    said = (Say(one.conversation_id, phrases.LAPSED.say(one.language, code=one.code)) for one in lapsed)
    return state, (*records, *said)


def _tell(setup: Setup, state: State, say: Callable[[Language], str]) -> tuple[Effect, ...]:
    return tuple(
        Say(contact.contact_id, say(language_for(setup, state, admin, "")), "notice")
        for admin in setup.config.admins
        if (contact := state.contacts.get(admin.name)) is not None
    )
