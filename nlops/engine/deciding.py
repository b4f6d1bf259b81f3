"""The gate's way: an answer to a proposal, to a run, to its outcome; each decision with its record.

Whatever runs is a proposal that went along the table of `gate.confirm`; `go_on` is the one place where one begins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.effects import Log, Record, RunCalls, Say
from nlops.domain.events import Moment, RecordRefused, RunFinished
from nlops.domain.tools import Approval, BuiltinRun, Proposal, ProposalState, Source, ToolCall, ToolSpec
from nlops.engine.demanding import ask_for, asks_again, why_not
from nlops.engine.state import Asker, Running, Setup, State, Step
from nlops.gate import confirm
from nlops.gate.factors import missing
from nlops.gate.policy import with_policy
from nlops.gate.rules import Asking, Ruling, in_the_hour, rule_on
from nlops.replies import say_results, say_standing
from nlops.understand.keywords import Answer


def on_answer(setup: Setup, state: State, asker: Asker, given: Answer, now: Moment) -> Step:
    """A yes or no to a proposal of the asker's own."""
    proposals, verdict = confirm.answer(
        state.proposals, asker.contact_id, asker.conversation_id, given.code, given.yes, asker.language
    )
    met = verdict.proposal
    if met is not None and given.yes and met.state is ProposalState.AWAITING and asks_again(met):
        return _wait(setup, state, asker, met, now)
    if met is None or verdict.refusal:
        details: dict[str, object] = {"code": given.code, "reason": verdict.refusal}
        return state, (record_of(asker, "refused", (), details), Say(asker.conversation_id, verdict.refusal))
    state = replace(state, proposals=proposals)
    if met.state is ProposalState.DENIED:
        text = phrases.DENIED.say(asker.language, code=met.code)
        return state, (record_of(asker, "denied", met.calls, {"code": met.code}), Say(asker.conversation_id, text))
    return go_on(setup, state, asker, met, now)


def on_approval(setup: Setup, state: State, asker: Asker, proposal_id: int, approval: Approval, now: Moment) -> Step:
    """A second factor was given, and is right: the proposal goes on, or waits for the rest. `asker` is who gave it.
    Nothing where the proposal waits no more."""
    met = next((one for one in state.proposals if one.id == proposal_id), None)
    if met is None or met.state is not ProposalState.AWAITING or confirm.is_over(met, now):
        return state, ()
    met = replace(met, approvals=(*met.approvals, approval))
    record = record_of(asker, "approved", met.calls, {"code": met.code, "factor": approval.factor})
    state = replace(state, proposals=confirm.put(state.proposals, met))
    if missing(met):
        state, effects = _wait(setup, state, asker_of(met), met, now)
        return state, (record, *effects)
    state, effects = go_on(setup, state, asker_of(met), confirm.move(met, "factors"), now)
    return state, (record, *effects)


def go_on(
    setup: Setup,
    state: State,
    asker: Asker,
    proposal: Proposal,
    now: Moment,
    kind: str = "confirmed",
) -> Step:
    """A confirmed proposal: it runs, waits for a second factor, or may not run after all. The one place where a run
    begins: its record first. `kind` is the record's."""
    if _digests(setup, proposal.calls) != proposal.digests:
        text = phrases.LAPSED.say(asker.language, code=proposal.code)
        return refuse(state, asker, proposal, text)
    ruling = ruling_on(setup, state, asker, proposal.calls, proposal.source, now)
    if ruling.denial or set(ruling.auth) - set(proposal.auth):
        reason = ruling.denial or phrases.STRICTER_NOW.say(asker.language)
        return refuse(state, asker, proposal, phrases.REFUSED.say(asker.language, reason=reason))
    if missing(proposal):
        record = record_of(asker, "awaiting", proposal.calls, {"code": proposal.code, "auth": list(proposal.auth)})
        state, effects = _wait(setup, state, asker, confirm.move(proposal, "wait"), now)
        return state, (record, *effects)
    started = replace(confirm.move(proposal, "start"), decided_at=now.wall)
    if started.state is not ProposalState.RUNNING:
        raise AssertionError(f"{proposal.state} does not lead to a run")
    details = {
        "source": proposal.source,
        "asked": proposal.words,
        "fingerprint": proposal.fingerprint(),
        "code": proposal.code,
        "run": proposal.id,
        "policy": {"risk": proposal.risk, "auth": list(proposal.auth)},
        "approvals": [{"factor": one.factor, "by": one.by, "at": one.at} for one in proposal.approvals],
    }
    record = record_of(asker, kind, proposal.calls, details)
    effect = RunCalls(proposal.id, proposal.calls, state.bots, asker.language)
    running = {**state.running, proposal.id: Running(asker, proposal.calls, proposal.code)}
    proposals = confirm.put(state.proposals, started)
    changes = tuple(
        (tool.name, now.monotonic) for tool in tools_of(setup, proposal.calls) if tool.policy.risk != "read"
    )
    changes = (*in_the_hour(state.changes, now), *changes)
    return replace(state, running=running, proposals=proposals, changes=changes), (record, effect)


def ruling_on(
    setup: Setup, state: State, asker: Asker, calls: Sequence[ToolCall], source: Source, now: Moment
) -> Ruling:
    """What the policy says to these calls of this admin, now."""
    asking = Asking(asker.admin, source, asker.language)
    return rule_on(calls, tools_of(setup, calls), asking, setup.config, state.standing, state.changes, now)


def tools_of(setup: Setup, calls: Sequence[ToolCall]) -> tuple[ToolSpec, ...]:
    """The tools of calls that were checked, each with the policy that the configuration gives it."""
    tools = (setup.catalogue.get(call.tool) for call in calls)
    return tuple(with_policy(tool, setup.config) for tool in tools if tool is not None)


def _wait(setup: Setup, state: State, asker: Asker, proposal: Proposal, now: Moment) -> Step:
    """The next factor is asked for; where it can't be given, the proposal is over."""
    reason = why_not(setup, proposal, asker.language)
    if reason:
        return refuse(state, asker, proposal, reason)
    waits, effects = ask_for(setup, proposal, now)
    return replace(state, proposals=confirm.put(state.proposals, waits)), effects


def refuse(state: State, asker: Asker, proposal: Proposal, reason: str) -> Step:
    """A proposal that may not run after all: closed, recorded, and told."""
    state = replace(state, proposals=confirm.put(state.proposals, confirm.move(proposal, "refuse")))
    record = record_of(asker, "refused", proposal.calls, {"code": proposal.code, "reason": reason})
    return state, (record, Say(asker.conversation_id, reason))


def _digests(setup: Setup, calls: tuple[ToolCall, ...]) -> tuple[str, ...]:
    return tuple(tool.digest if (tool := setup.catalogue.get(call.tool)) else "" for call in calls)


def asker_of(proposal: Proposal) -> Asker:
    """Who a proposal's answers go to: its own admin, where they asked."""
    return Asker(proposal.admin, proposal.contact_id, proposal.conversation_id, proposal.language, proposal.words)


def record_of(asker: Asker, kind: str, calls: tuple[ToolCall, ...], details: Mapping[str, object]) -> Record:
    """An audit record of what `asker` said and what followed; in a room, with the room."""
    room = {} if asker.conversation_id == asker.contact_id else {"room": asker.conversation_id}
    where = {"where": "room" if room else "direct", **room}
    body = {"words": asker.words, "calls": [call.as_json() for call in calls], **details, **where}
    return Record(kind, asker.admin, asker.contact_id, body)


def on_finished(setup: Setup, state: State, event: RunFinished, now: Moment) -> Step:
    """What a run gave, recorded and said to who asked. A status tells what is stopped or muted too."""
    run = state.running.get(event.run_id)
    if run is None:
        return state, ()
    results = [{"ok": result.ok, "exit": result.exit, "output": result.fingerprint()} for result in event.results]
    kind = "unknown" if event.ended else "ran"
    record = record_of(run.asker, kind, run.calls, {"run": event.run_id, "code": run.code, "results": results})
    asker = run.asker
    said = say_results(run.calls, event.results, asker.contact_id, asker.conversation_id, asker.language)
    if any(tool.run == BuiltinRun("status") for tool in tools_of(setup, run.calls)):
        said += say_standing(state.standing, asker.conversation_id, asker.language, now)
    return _without_run(state, event.run_id, "lost" if event.ended else "end"), (record, *said)


def _without_run(state: State, run_id: int, what: confirm.Input) -> State:
    running = {key: value for key, value in state.running.items() if key != run_id}
    proposals = tuple(confirm.move(one, what) if one.id == run_id else one for one in state.proposals)
    return replace(state, running=running, proposals=proposals)


def on_record_refused(state: State, event: RecordRefused) -> Step:
    """What was dropped for want of a record is closed, and who asked hears it."""
    dropped = [state.running[key].asker for key in event.dropped_runs if key in state.running]
    for key in event.dropped_runs:
        state = _without_run(state, key, "refuse")
    said = tuple(
        Say(asker.conversation_id, phrases.NOT_RECORDED.say(asker.language, reason=event.reason)) for asker in dropped
    )
    return state, (Log("error", f"the audit could not be written: {event.reason}"), *said)


def expire(state: State, now: Moment) -> Step:
    """Close the proposals that are over their time; each closing is recorded."""
    return close(state, confirm.expire(state.proposals, now))


def lapse(state: State, former_id: str, contact_id: str) -> Step:
    """An admin is bound to another contact: what the former one was asked or has asked is over. A run that is under way
    goes on, and the new contact hears of its end."""
    questions = {key: entry for key, entry in state.questions.items() if entry[0].contact_id != former_id}
    running = {
        key: replace(run, asker=_moved(run.asker, contact_id)) if run.asker.contact_id == former_id else run
        for key, run in state.running.items()
    }
    return close(replace(state, questions=questions, running=running), confirm.lapse(state.proposals, former_id))


def _moved(asker: Asker, contact_id: str) -> Asker:
    is_direct = asker.conversation_id == asker.contact_id
    return replace(asker, contact_id=contact_id, conversation_id=contact_id if is_direct else asker.conversation_id)


def close(state: State, proposals: tuple[Proposal, ...]) -> Step:
    """Proposals as they are now; a record of each that is not as it was."""
    before = {one.id: one for one in state.proposals}
    closed = [one for one in proposals if before.get(one.id) != one]
    records = tuple(
        Record(
            one.state.value, one.admin, one.contact_id, {"code": one.code, "calls": [c.as_json() for c in one.calls]}
        )
        for one in closed
    )
    return replace(state, proposals=proposals) if closed else state, records
