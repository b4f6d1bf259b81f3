"""Calls that were understood: denied, run at once, or proposed; and proposals that are edited before they run."""

from collections.abc import Sequence
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.effects import Effect, Record, Say
from nlops.domain.events import Moment
from nlops.domain.tools import Proposal, ProposalState, Source, ToolCall, ToolSpec
from nlops.engine.deciding import close, go_on, record_of, ruling_on, tools_of
from nlops.engine.editing import read_edit
from nlops.engine.state import Asker, Setup, State, Step
from nlops.gate import confirm
from nlops.gate.policy import highest_risk
from nlops.replies import say_proposal
from nlops.toolbox.arguments import check_call, with_defaults


def on_calls(
    setup: Setup,
    state: State,
    asker: Asker,
    calls: Sequence[ToolCall],
    source: Source,
    now: Moment,
    edits: str = "",
    *,
    shown: bool = False,
    left: Sequence[str] = (),
) -> Step:
    """What was understood. Defaults are filled in here, so that what is shown is what runs. `edits` is the code of the
    proposal that these calls stand in for: what was edited is always shown again. `shown`: it is shown first, whatever
    the policy says. `left` are pieces of the message that no call takes: that is told."""
    reason = next(filter(None, (check_call(call, setup.catalogue) for call in calls)), None)
    if reason is not None:
        return state, (Say(asker.conversation_id, phrases.REFUSED.say(asker.language, reason=reason)),)
    tools = tools_of(setup, calls)
    filled = tuple(ToolCall(tool.name, with_defaults(call, tool)) for call, tool in zip(calls, tools, strict=True))
    ruling = ruling_on(setup, state, asker, filled, source, now)
    if ruling.denial:
        text = phrases.REFUSED.say(asker.language, reason=ruling.denial)
        details = {"source": source, "reason": ruling.denial, **({"edits": edits} if edits else {})}
        return state, (record_of(asker, "refused", filled, details), Say(asker.conversation_id, text))
    waits = ruling.confirm or bool(edits) or shown
    proposal = Proposal(
        code=confirm.make_code(now.nonce, state.proposals) if waits else "",
        admin=asker.admin,
        contact_id=asker.contact_id,
        conversation_id=asker.conversation_id,
        calls=filled,
        digests=tuple(tool.digest for tool in tools),
        risk=highest_risk(tools),
        words=asker.words,
        source=source,
        expires_at=now.monotonic + ruling.ttl_s,
        state=ProposalState.OPEN if waits else ProposalState.CONFIRMED,
        id=state.next_id,
        until=now.wall + ruling.ttl_s,
        boot=now.boot,
        language=asker.language,
        auth=ruling.auth,
        made_at=now.wall,
    )
    state, records = _supersede(replace(state, next_id=state.next_id + 1), proposal, tools)
    proposal = replace(proposal, needs_code=bool(records or edits or source == "mcp"))
    codes = [one.details["code"] for one in records if isinstance(one, Record)]
    void = "".join(f"{phrases.REPLACED.say(asker.language, code=code)}\n" for code in codes)
    if not waits:
        state, effects = go_on(setup, state, asker, proposal, now, "allowed")
        said = (Say(asker.conversation_id, void.rstrip()),) if void else ()
        return state, (*records, *said, *effects)
    details = {"source": source, "code": proposal.code, **({"edits": edits} if edits else {})}
    text = void + say_proposal(proposal, ruling.ttl_s, asker.language, left)
    state = replace(state, proposals=(*state.proposals, proposal))
    return state, (*records, record_of(asker, "proposed", filled, details), Say(asker.conversation_id, text))


def _supersede(state: State, new: Proposal, tools: Sequence[ToolSpec]) -> Step:
    """A new proposal takes the place of what its person had open in this conversation; a run at once of what concerns
    the same tools: who says `restart bob` while `restart archy` waits has changed their mind, who says `status` only
    looks. What a program asks for is not the person's own: neither takes the other's place."""
    if new.source == "mcp":
        return state, ()
    names = {tool.name for tool in tools}
    over = tuple(
        confirm.move(one, "newer")
        if confirm.place_of(one) == confirm.place_of(new)
        and one.source != "mcp"
        and (new.code or names & {call.tool for call in one.calls})
        else one
        for one in state.proposals
    )
    return close(state, over)


def edit(
    setup: Setup, state: State, asker: Asker, now: Moment
) -> tuple[State, tuple[Effect, ...], tuple[ToolCall, ...]]:
    """What the words change about the proposal that is open here. The last value is what they ask for now; where there
    is nothing, they are read as any others, and if they only sound like a change, the proposal is void."""
    place = (asker.contact_id, asker.conversation_id)
    here = [one for one in state.proposals if confirm.place_of(one) == place and one.state in confirm.WAITS]
    open_here = [one for one in here if one.source != "mcp"]  # what a program asked for is not the person's to word
    if not open_here:
        return state, (), ()
    old = open_here[-1]
    read = read_edit(asker.words, old, setup.catalogue)
    if read is None:
        return state, (), ()
    state, records = _void(state, asker, old)
    void = Say(asker.conversation_id, phrases.VOID.say(asker.language, code=old.code))
    if not read.calls:
        return state, (*records, void), ()
    state, effects = on_calls(setup, state, asker, read.calls, old.source, now, old.code)
    return state, (*records, *_after(void, effects)), read.calls


def _void(state: State, asker: Asker, old: Proposal) -> Step:
    state = replace(state, proposals=confirm.put(state.proposals, confirm.move(old, "newer")))
    return state, (record_of(asker, "superseded", old.calls, {"code": old.code}),)


def _after(void: Say, effects: Sequence[Effect]) -> tuple[Effect, ...]:
    """One message: what is void, and what stands in its place."""
    return tuple(replace(one, text=f"{void.text}\n{one.text}") if isinstance(one, Say) else one for one in effects)
