"""The gate's way: an answer to a proposal, to a run, to its outcome; each decision with its record."""

from collections.abc import Mapping
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.effects import Log, Record, RunCalls, Say
from nlops.domain.events import Moment, RecordRefused, RunFinished
from nlops.domain.tools import Proposal, ProposalState, ToolCall
from nlops.engine.state import Asker, Running, Setup, State, Step
from nlops.gate import confirm
from nlops.replies import say_results
from nlops.understand.keywords import Answer


def on_answer(setup: Setup, state: State, asker: Asker, given: Answer) -> Step:
    """A yes or no to a proposal of the asker's own."""
    proposals, verdict = confirm.answer(
        state.proposals, asker.contact_id, asker.conversation_id, given.code, given.yes, asker.language
    )
    state = replace(state, proposals=confirm.forget(proposals))
    met = verdict.proposal
    if met is None or verdict.refusal:
        details: dict[str, object] = {"code": given.code, "reason": verdict.refusal}
        return state, (record_of(asker, "refused", (), details), Say(asker.conversation_id, verdict.refusal))
    if met.state is ProposalState.DENIED:
        text = phrases.DENIED.say(asker.language, code=met.code)
        return state, (record_of(asker, "denied", met.calls, {"code": met.code}), Say(asker.conversation_id, text))
    now_digests = tuple(tool.digest if (tool := setup.catalogue.get(call.tool)) else "" for call in met.calls)
    if now_digests != met.digests:
        text = phrases.LAPSED.say(asker.language, code=met.code)
        return state, (record_of(asker, "refused", met.calls, {"code": met.code}), Say(asker.conversation_id, text))
    details = {"source": met.source, "asked": met.words, "fingerprint": met.fingerprint()}
    return start(state, asker, met.calls, "confirmed", met.code, details)


def start(
    state: State, asker: Asker, calls: tuple[ToolCall, ...], kind: str, code: str, details: Mapping[str, object]
) -> Step:
    """The one place a run begins: its record first."""
    run = Running(asker, calls, code)
    record = record_of(asker, kind, calls, {**details, "code": code, "run": state.next_id})
    effect = RunCalls(state.next_id, calls, state.bots, asker.language)
    running = {**state.running, state.next_id: run}
    return replace(state, running=running, next_id=state.next_id + 1), (record, effect)


def record_of(asker: Asker, kind: str, calls: tuple[ToolCall, ...], details: Mapping[str, object]) -> Record:
    """An audit record of what `asker` said and what followed; in a room, with the room."""
    room = {} if asker.conversation_id == asker.contact_id else {"room": asker.conversation_id}
    where = {"where": "room" if room else "direct", **room}
    body = {"words": asker.words, "calls": [call.as_json() for call in calls], **details, **where}
    return Record(kind, asker.admin, asker.contact_id, body)


def on_finished(state: State, event: RunFinished) -> Step:
    """What a run gave, recorded and said to who asked."""
    run = state.running.get(event.run_id)
    if run is None:
        return state, ()
    results = [{"ok": result.ok, "exit": result.exit, "output": result.fingerprint()} for result in event.results]
    record = record_of(run.asker, "ran", run.calls, {"run": event.run_id, "code": run.code, "results": results})
    asker = run.asker
    said = say_results(run.calls, event.results, asker.contact_id, asker.conversation_id, asker.language)
    running = {key: value for key, value in state.running.items() if key != event.run_id}
    return replace(state, running=running), (record, *said)


def on_record_refused(state: State, event: RecordRefused) -> Step:
    """What was dropped for want of a record is forgotten, and who asked hears it."""
    dropped = [state.running[key].asker for key in event.dropped_runs if key in state.running]
    running = {key: value for key, value in state.running.items() if key not in event.dropped_runs}
    said = tuple(
        Say(asker.conversation_id, phrases.NOT_RECORDED.say(asker.language, reason=event.reason)) for asker in dropped
    )
    return replace(state, running=running), (Log("error", f"the audit could not be written: {event.reason}"), *said)


def expire(state: State, now: Moment) -> Step:
    """Close the proposals that are over their time; each closing is recorded."""
    return _close(state, confirm.expire(state.proposals, now.monotonic))


def lapse(state: State, former_id: str, contact_id: str) -> Step:
    """An admin is bound to another contact: what the former one was asked or has asked is over. A run that is under way
    goes on, and the new contact hears of its end."""
    questions = {key: entry for key, entry in state.questions.items() if entry[0].contact_id != former_id}
    running = {
        key: replace(run, asker=_moved(run.asker, contact_id)) if run.asker.contact_id == former_id else run
        for key, run in state.running.items()
    }
    return _close(replace(state, questions=questions, running=running), confirm.lapse(state.proposals, former_id))


def _moved(asker: Asker, contact_id: str) -> Asker:
    is_direct = asker.conversation_id == asker.contact_id
    return replace(asker, contact_id=contact_id, conversation_id=contact_id if is_direct else asker.conversation_id)


def _close(state: State, proposals: tuple[Proposal, ...]) -> Step:
    """Proposals as they are now; a record of each that is not as it was."""
    closed = [new for old, new in zip(state.proposals, proposals, strict=True) if old != new]
    records = tuple(
        Record(
            one.state.value, one.admin, one.contact_id, {"code": one.code, "calls": [c.as_json() for c in one.calls]}
        )
        for one in closed
    )
    return replace(state, proposals=confirm.forget(proposals)) if closed else state, records
