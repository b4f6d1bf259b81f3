"""The way of other programs: what they ask for, which goes the way of a chat order, and what they are told.

CallAsked ──▶ not offered, too long, nobody to ask, one waits already ──▶ AnswerCall: why not
          ──▶ a look ──▶ orders.on_request as the program itself ──▶ RunCalls … what is said to its place is its answer
          ──▶ more ────▶ orders.on_request as the admin of [mcp_server], who is told who asks ──▶ a proposal
the proposal's end, or the end of the run that followed ──▶ AnswerCall (`settle` watches both; nothing else knows)
CallDropped ──▶ an open proposal is withdrawn, and the admin told
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import assert_never

from nlops.domain import mcp_phrases as phrases
from nlops.domain.config import McpServerConfig
from nlops.domain.effects import AnswerCall, Effect, GiveFile, Log, Record, Say, ShowQr
from nlops.domain.events import CallAsked, CallDropped, Event, Moment, PinChanged, RunFinished
from nlops.domain.programs import PLACE, place_of
from nlops.domain.tools import Proposal, ProposalState, ToolCall, ToolResult, canonical_json
from nlops.engine import orders
from nlops.engine.deciding import close, record_of, ruling_on
from nlops.engine.state import Asker, Requested, Setup, State, Step, language_for
from nlops.engine.telling import tell_all
from nlops.gate import confirm
from nlops.toolbox.arguments import check_call

MAX_ARGUMENTS = 1500  # characters: what is to be confirmed is shown in one message, whole
MAX_RUNNING = 4  # calls of programs at a time


def on_event(setup: Setup, state: State, event: CallAsked | CallDropped | PinChanged, now: Moment) -> Step:
    match event:
        case CallAsked():
            return _on_call(setup, state, event, now)
        case CallDropped():
            return _on_dropped(state, event)
        case PinChanged():
            return _on_tool_changed(setup, state, event)
        case _:
            assert_never(event)


def _on_call(setup: Setup, state: State, event: CallAsked, now: Moment) -> Step:
    place, server = place_of(event.request_id), setup.config.mcp_server
    program = Asker(f"{PLACE}{event.program.name}", place, place, "en", event.program.describe())
    refusal = _refusal(setup, state, event, server)
    if refusal or server is None:
        return state, (_refused(program, event.call, refusal), AnswerCall(event.request_id, False, refusal))
    if not _waits(setup, state, program, event.call, now):
        return orders.on_request(setup, state, program, event.call, now)
    refusal = _nobody_to_ask(state, server)
    if refusal:
        return state, (_refused(program, event.call, refusal), AnswerCall(event.request_id, False, refusal))
    return _propose(setup, state, event, server, now)


def _refused(program: Asker, call: ToolCall, reason: str) -> Record:
    return record_of(program, "refused", (call,), {"source": "mcp", "reason": reason})


def _waits(setup: Setup, state: State, program: Asker, call: ToolCall, now: Moment) -> bool:
    """Whether the policy wants a person's word for it: then it is theirs to be denied, too."""
    return ruling_on(setup, state, program, (call,), "mcp", now).confirm


def _refusal(setup: Setup, state: State, event: CallAsked, server: McpServerConfig | None) -> str:
    """Why nothing is done; empty where something may be."""
    if server is None:
        return phrases.NOT_SERVING.say("en")
    tool = setup.catalogue.get(event.call.tool)
    if tool is None or tool.name not in server.enable:
        return phrases.NOT_OFFERED.say("en", tool=event.call.tool)
    if reason := check_call(event.call, setup.catalogue):
        return reason
    length = len(canonical_json(dict(event.call.arguments)))
    if length > MAX_ARGUMENTS:
        return phrases.LONG_ARGUMENTS.say("en", count=length, most=MAX_ARGUMENTS)
    running = sum(run.asker.conversation_id.startswith(PLACE) for run in state.running.values())
    if running >= MAX_RUNNING:
        return phrases.BUSY.say("en", count=running)
    return ""


def _nobody_to_ask(state: State, server: McpServerConfig) -> str:
    """Why the admin of [mcp_server] cannot be asked now; empty where they can."""
    if server.admin not in state.contacts:
        return phrases.NOBODY_TO_ASK.say("en", admin=server.admin)
    return phrases.ONE_AT_A_TIME.say("en", admin=server.admin) if state.requested else ""


def _propose(setup: Setup, state: State, event: CallAsked, server: McpServerConfig, now: Moment) -> Step:
    """The proposal of a chat order, to the admin who answers for programs, in their direct chat."""
    contact_id, words = state.contacts[server.admin].contact_id, event.program.describe()
    admin = next(one for one in setup.config.admins if one.name == server.admin)
    language = language_for(setup, state, admin, "")
    asker = Asker(admin.name, contact_id, contact_id, language, words)
    after, effects = orders.on_request(setup, state, asker, event.call, now)
    new = [one for one in after.proposals if one.source == "mcp" and one not in state.proposals]
    if not new:  # the gate had a reason of its own, and said it
        return after, tuple(_readdress(effects, contact_id, place_of(event.request_id)))
    told = phrases.PROGRAM_ASKS.say(language, program=words)
    effects = tuple(replace(one, text=f"{told}\n{one.text}") if isinstance(one, Say) else one for one in effects)
    requested = {**after.requested, event.request_id: Requested(event.program, new[-1].id)}
    waits = phrases.WAITS.say("en", admin=admin.name, seconds=f"{setup.config.policy.ttl_s:g}")
    return replace(after, requested=requested), (*effects, AnswerCall(event.request_id, None, waits))


def _readdress(effects: Iterable[Effect], contact_id: str, place: str) -> Iterable[Effect]:
    for one in effects:
        yield replace(one, conversation_id=place) if isinstance(one, Say) and one.conversation_id == contact_id else one


def _on_dropped(state: State, event: CallDropped) -> Step:
    """What nobody waits for is not confirmed any more. A run that has begun goes on: its admin hears of its end."""
    request = state.requested.get(event.request_id)
    if request is None:
        return state, ()
    state = replace(state, requested={k: v for k, v in state.requested.items() if k != event.request_id})
    return _withdraw(state, [one for one in state.proposals if one.id == request.proposal_id])


def on_take_over(state: State) -> Step:
    """The programs that an earlier process heard are gone with it."""
    return _withdraw(state, [one for one in state.proposals if one.source == "mcp"])


def _withdraw(state: State, proposals: Iterable[Proposal]) -> Step:
    """Close those of these that wait for a word, and tell whose word it was."""
    waiting = {one.id: one for one in proposals if one.state in confirm.WAITS}
    closed = tuple(confirm.move(one, "newer") if one.id in waiting else one for one in state.proposals)
    state, records = close(state, closed)
    said = tuple(
        Say(one.conversation_id, phrases.WITHDRAWN.say(one.language, code=one.code)) for one in waiting.values()
    )
    return state, (*records, *said)


def settle(before: State, after: State, effects: tuple[Effect, ...], event: Event) -> Step:
    """What a step means for programs: what it says into their places, and the proposals and runs that it ended."""
    answers = [*_said(before, after, event, effects)]
    left: dict[str, Requested] = {}
    for request_id, request in after.requested.items():
        answer = _ended(before, after, event, request_id, request)
        answers += [answer] if answer else []
        left |= {} if answer else {request_id: request}
    if not answers:
        return after, effects
    rest = tuple(one for one in effects if not _is_for_program(one))
    pages = {key: one for key, one in after.pages.items() if not key[1].startswith(PLACE)}  # it gets all at once
    return replace(after, requested=left, pages=pages), (*rest, *answers)


def _is_for_program(effect: Effect) -> bool:
    match effect:
        case Say(place) | GiveFile(place) | ShowQr(place):
            return place.startswith(PLACE)
        case _:
            return False


def _said(before: State, after: State, event: Event, effects: Sequence[Effect]) -> Iterable[AnswerCall]:
    """What programs asked for themselves: that a look goes on, its outcome, or why there is none."""
    if isinstance(event, RunFinished):
        run = before.running.get(event.run_id)
        if run is not None and run.asker.conversation_id.startswith(PLACE):
            yield _outcome(run.asker.conversation_id.removeprefix(PLACE), event.results)
        return
    texts: dict[str, list[str]] = {}
    for one in effects:
        if isinstance(one, Say) and _is_for_program(one):
            texts.setdefault(one.conversation_id.removeprefix(PLACE), []).append(one.text)
    running = {run.asker.conversation_id for run in after.running.values()}
    for request_id, said in texts.items():
        yield AnswerCall(request_id, None if place_of(request_id) in running else False, "\n".join(said))


def _outcome(request_id: str, results: Sequence[ToolResult]) -> AnswerCall:
    """All that a run gave, in one piece: a program has no screen. Never a login code."""
    texts = [
        phrases.NO_CODES.say("en") if result.qr is not None else "\n".join((result.text, *result.rest))
        for result in results
    ]
    files = tuple(result.file for result in results if result.file is not None)
    return AnswerCall(request_id, all(result.ok for result in results), "\n".join(filter(None, texts)), files)


def _ended(before: State, after: State, event: Event, request_id: str, request: Requested) -> AnswerCall | None:
    """What a program is told whose request an admin was asked about; None while there is nothing to tell."""
    if isinstance(event, RunFinished) and event.run_id == request.proposal_id and event.run_id in before.running:
        return _outcome(request_id, event.results)
    proposal = next((one for one in after.proposals if one.id == request.proposal_id), None)
    if proposal is not None and proposal.state in confirm.LIVES:
        return None
    state = proposal.state if proposal is not None else ProposalState.SUPERSEDED
    how = phrases.HOW.get(state.value, phrases.HOW["superseded"]).say("en")
    return AnswerCall(request_id, False, phrases.NOT_RUN.say("en", how=how))


def _on_tool_changed(setup: Setup, state: State, event: PinChanged) -> Step:
    """Every admin hears that a tool is off, and what the server changed."""
    fields = {"name": event.name, "server": event.server, "tool": event.tool, "change": event.change}
    said = tell_all(setup, state, phrases.TOLD_CHANGED.of(**fields))
    log = Log("warning", f"{event.name} is off: the MCP server {event.server} changed {event.tool}")
    return state, (Record("changed", "", "", fields), log, *said)
