"""Definitions that changed while nlops runs: the new ones as a whole, or the old ones stay. Either is told.

The setup is the new one already when this event is handled. Proposals that were made under another definition lapse.
"""

from collections.abc import Mapping

from nlops.domain import phrases
from nlops.domain.effects import Log, Record, Say
from nlops.domain.events import ToolsChanged
from nlops.domain.tools import Catalogue, Proposal
from nlops.engine.deciding import close
from nlops.engine.state import Setup, State, Step
from nlops.engine.telling import tell_all
from nlops.gate import confirm


def on_tools_changed(setup: Setup, state: State, event: ToolsChanged) -> Step:
    """Tell every admin; close what no longer holds."""
    if event.catalogue is None:
        log = Log("error", f"the tools are not loaded anew, the old ones stay: {event.fault}")
        return state, (log, *tell_all(setup, state, phrases.NOT_RELOADED.of(fault=event.fault)))
    changed = _changes(event.before, event.catalogue)
    state, closed = _lapse(state, event.catalogue)
    digests = {tool.name: tool.digest for tool in event.catalogue.tools}
    reason = ", ".join(f"{name}: {what}" for name, what in changed.items())
    record = Record("reloaded", "", "", {"reason": reason, "changes": dict(changed), "definitions": digests})
    said = tuple(phrases.CHANGE[what].of(name=name) for name, what in changed.items())
    told = tell_all(setup, state, phrases.RELOADED.of(changes=said))
    return state, (record, *closed, *told)


def _changes(before: Catalogue, after: Catalogue) -> Mapping[str, str]:
    """Each tool that is not as it was: `new`, `changed` or `gone`."""
    old, new = ({tool.name: tool.digest for tool in one.tools} for one in (before, after))
    found = {name: "new" if name not in old else "changed" for name in new if new[name] != old.get(name)}
    return found | {name: "gone" for name in old if name not in new}


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
