"""The engine: one `step(state, event, now) -> (state, effects)`. It routes; what is decided is decided on floor 1.

SignSeen ──▶ monitor.machine ──▶ notices ──▶ ShowQr / Say to every admin
AlertSeen ──▶ monitor.alerts (folds) ──▶ notices ──▶ Say to every admin
MessageReceived ──▶ who? ──▶ keyword ──────────────┐
                         └─▶ AskModel … ModelAnswered ─▶ calls ──▶ policy ──▶ RunCalls, or a proposal
an answer to a proposal ──▶ gate.confirm ──▶ Record, RunCalls … RunFinished ──▶ Say, Record
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import assert_never

from nlops.domain import phrases
from nlops.domain.bots import BackOnline, BotState, BotStatus, LogAlert, Notice, OfferQr, SuspiciousScan, WentOffline
from nlops.domain.chat import KnownContact
from nlops.domain.config import AdminConfig, Config
from nlops.domain.effects import AskModel, Effect, KeepBots, Log, Record, RunCalls, Say
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
from nlops.domain.model import ModelFailure
from nlops.domain.tools import Catalogue, Interpretation, Proposal, ProposalState, ToolCall
from nlops.domain.words import Language, language_of
from nlops.gate import confirm
from nlops.gate.policy import admin_of, highest_risk, wants_confirmation
from nlops.monitor import alerts, machine
from nlops.monitor.alerts import Foldings
from nlops.replies import say_notice, say_proposal, say_results
from nlops.toolbox.arguments import check_call, with_defaults
from nlops.understand.interpret import Prompts, Question, begin, resume
from nlops.understand.keywords import Answer, AuditTail, Help, Mute, RescueSwitch, read_keyword

STALE_AFTER_S = 300.0  # a message older than this is history that a reconnect brought, not an order


@dataclass(frozen=True)
class Setup:
    """What stays the same while the service runs."""

    config: Config
    catalogue: Catalogue
    prompts: Prompts


@dataclass(frozen=True)
class Asker:
    """Who an answer goes to, and in which language."""

    admin: str
    contact_id: str
    language: Language
    words: str


@dataclass(frozen=True)
class Running:
    """A run that was started and is not over."""

    asker: Asker
    calls: tuple[ToolCall, ...]
    code: str


@dataclass(frozen=True)
class State:
    """Everything that changes. `contacts` are the admins' (`gate.policy.contacts_of`), by admin name; `languages` is
    the last language each admin wrote in."""

    bots: Mapping[str, BotState] = field(default_factory=dict)
    contacts: Mapping[str, KnownContact] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()
    questions: Mapping[int, tuple[Asker, Question]] = field(default_factory=dict)
    running: Mapping[int, Running] = field(default_factory=dict)
    languages: Mapping[str, Language] = field(default_factory=dict)
    alerts: Foldings = field(default_factory=dict)
    next_id: int = 1


Step = tuple[State, tuple[Effect, ...]]


def step(setup: Setup, state: State, event: Event, now: Moment) -> Step:
    """What `event` at `now` changes, and what it wants done. Never raises for anything that came from outside."""
    match event:
        case MessageReceived():
            return _on_message(setup, state, event, now)
        case SignSeen():
            return _on_sign(setup, state, event, now)
        case AlertSeen():
            return _on_alert(setup, state, event, now)
        case BacklogRead():
            return _on_backlog(setup, state, event, now)
        case ModelAnswered():
            return _on_answer_of_model(setup, state, event, now)
        case RunFinished():
            return _on_finished(state, event)
        case RecordRefused():
            return _on_record_refused(state, event)
        case LinkChanged():
            return state, (Log("info", f"link {'up' if event.up else 'down'}: {event.why}"),)
        case Ticked():
            return _on_tick(setup, state, now)
        case SendDoubtful() | Paired() | ContactsFound() | NameKnown():
            return state, ()
        case _:
            assert_never(event)


# The monitor's way: a sign in a log, to every admin


def _on_sign(setup: Setup, state: State, event: SignSeen, now: Moment) -> Step:
    bot = event.sign.bot
    before = state.bots.get(bot, BotState())
    after, notices = machine.step(bot, before, event.sign, now.wall)
    if after == before and not notices:
        return state, ()
    state = replace(state, bots={**state.bots, bot: after})
    told: list[Notice] = []
    for notice in notices:  # whoever can write into a log could send a flood of suspicious lines
        if isinstance(notice, SuspiciousScan):
            foldings, folded = alerts.see_suspicious(state.alerts, notice, now.monotonic)
            state = replace(state, alerts=foldings)
            told += folded
        else:
            told.append(notice)
    return state, (*_tell_all(setup, state, told), KeepBots({bot: after}))


def _on_alert(setup: Setup, state: State, event: AlertSeen, now: Moment) -> Step:
    bot = setup.config.bot(event.bot)
    alert = bot.alert(event.alert) if bot is not None else None
    if alert is None:
        return state, ()
    foldings, notices = alerts.see(state.alerts, event, alert.at_most, now.monotonic)
    return replace(state, alerts=foldings), _tell_all(setup, state, notices)


def _on_tick(setup: Setup, state: State, now: Moment) -> Step:
    foldings, notices = alerts.tick(state.alerts, now.monotonic)
    state, records = _expire(replace(state, alerts=foldings), now)
    return state, (*records, *_tell_all(setup, state, notices))


def _on_backlog(setup: Setup, state: State, event: BacklogRead, now: Moment) -> Step:
    """Old signs become state. Of what they would have told, only the last word on a bot is told, and only if it still
    holds."""
    bots = dict(state.bots)
    last: dict[str, Notice] = {}
    for sign in event.signs:
        bots[sign.bot], notices = machine.step(sign.bot, bots.get(sign.bot, BotState()), sign, now.wall)
        last.update({notice.bot: notice for notice in notices})
    news = [notice for name, notice in last.items() if _still_holds(notice, state.bots.get(name), bots[name])]
    return replace(state, bots=bots), (*_tell_all(setup, state, news), KeepBots(bots))


def _still_holds(notice: Notice, before: BotState | None, after: BotState) -> bool:
    match notice:
        case OfferQr():
            return after.payload == notice.payload
        case BackOnline():  # news only to who was told of the loss, in an earlier life of this process
            return after.status is BotStatus.LOGGED_IN and before is not None and before.lost_at is not None
        case WentOffline():
            return after.status is BotStatus.LOGGED_OUT and before is not None
        case SuspiciousScan() | LogAlert():
            return False
        case _:
            assert_never(notice)


def _tell_all(setup: Setup, state: State, notices: Sequence[Notice]) -> tuple[Effect, ...]:
    return tuple(effect for notice in notices for effect in tell_admins(setup, state, notice))


def tell_admins(setup: Setup, state: State, notice: Notice) -> tuple[Effect, ...]:
    """A notice to every admin, each in their language."""
    bot = setup.config.bot(notice.bot)
    return tuple(
        effect
        for admin in setup.config.admins
        if (contact := state.contacts.get(admin.name)) is not None
        for effect in say_notice(notice, bot, contact.contact_id, _language(setup, state, admin, ""))
    )


def _language(setup: Setup, state: State, admin: AdminConfig, text: str) -> Language:
    if admin.language is not None:
        return admin.language
    if setup.config.language != "auto":
        return setup.config.language
    return language_of(text) if text else state.languages.get(admin.name, "en")


# The chat's way: a message, to a keyword or the model, to calls


def _on_message(setup: Setup, state: State, event: MessageReceived, now: Moment) -> Step:
    message = event.message
    if message.is_own:
        return state, ()
    admin = admin_of(setup.config.admins, state.contacts, message.contact_id)
    if admin is None or message.room_id is not None:
        where = f" in room {message.room_id!r}" if message.room_id is not None else ""
        return state, (Log("warning", f"ignored a message of {message.contact_id!r}{where}"),)
    if message.kind != "text" or not message.text.strip():
        return state, ()
    if now.wall - message.sent_at > STALE_AFTER_S:
        return state, (Log("warning", f"ignored a message of {now.wall - message.sent_at:.0f} s ago"),)
    asker = Asker(admin.name, message.contact_id, _language(setup, state, admin, message.text), message.text)
    state, records = _expire(state, now)
    state = replace(state, languages={**state.languages, admin.name: asker.language})
    state, effects = _on_order(setup, state, asker, now)
    return state, (*records, *effects)


def _on_order(setup: Setup, state: State, asker: Asker, now: Moment) -> Step:
    order = read_keyword(asker.words, setup.catalogue, asker.language)
    if isinstance(order, Answer) and _is_just_a_word(state, asker, order):
        order = None
    match order:
        case None:
            meant = begin(asker.words, setup.catalogue, setup.prompts, asker.language)
            return _on_meaning(setup, state, asker, meant, now)
        case Interpretation():
            return _on_meaning(setup, state, asker, order, now)
        case Answer():
            return _on_answer(setup, state, asker, order)
        case Help():
            bots = ", ".join(bot.name for bot in setup.config.bots)
            keywords = phrases.KEYWORDS.say(asker.language)
            return state, (Say(asker.contact_id, phrases.HELP.say(asker.language, bots=bots, keywords=keywords)),)
        case RescueSwitch():
            return _switch_rescue(setup, state, asker, order)
        case AuditTail() | Mute():
            return state, (Say(asker.contact_id, phrases.NOT_YET.say(asker.language)),)
        case _:
            assert_never(order)


def _is_just_a_word(state: State, asker: Asker, answer: Answer) -> bool:
    """Four letters that are nobody's code are a word of a sentence to come, not a failed confirmation."""
    known = {one.code for one in state.proposals if one.contact_id == asker.contact_id}
    return answer.bare and answer.code not in known


def _on_meaning(setup: Setup, state: State, asker: Asker, meant: Question | Interpretation, now: Moment) -> Step:
    if isinstance(meant, Question):
        questions = {**state.questions, state.next_id: (asker, meant)}
        effect = AskModel(state.next_id, meant.request)
        return replace(state, questions=questions, next_id=state.next_id + 1), (effect,)
    if not meant.calls:
        return state, (Say(asker.contact_id, meant.reply),)
    reason = next(filter(None, (check_call(call, setup.catalogue) for call in meant.calls)), None)
    if reason is not None:
        return state, (Say(asker.contact_id, phrases.REFUSED.say(asker.language, reason=reason)),)
    return _on_calls(setup, state, asker, meant, now)


def _on_calls(setup: Setup, state: State, asker: Asker, meant: Interpretation, now: Moment) -> Step:
    """Checked calls: run, or be proposed first. Defaults are filled in here, so that what is shown is what runs."""
    tools = [tool for call in meant.calls if (tool := setup.catalogue.get(call.tool))]
    calls = tuple(ToolCall(tool.name, with_defaults(call, tool)) for call, tool in zip(meant.calls, tools, strict=True))
    if not any(wants_confirmation(tool, meant.source, setup.config) for tool in tools):
        return _start(state, asker, calls, "allowed", "", {"source": meant.source})
    proposal = Proposal(
        code=confirm.make_code(now.nonce, state.proposals),
        admin=asker.admin,
        contact_id=asker.contact_id,
        calls=calls,
        digests=tuple(tool.digest for tool in tools),
        risk=highest_risk(tools),
        words=asker.words,
        source=meant.source,
        expires_at=now.monotonic + setup.config.policy.ttl_s,
    )
    record = _record(asker, "proposed", calls, {"source": meant.source, "code": proposal.code})
    text = say_proposal(proposal, setup.config.policy.ttl_s, asker.language)
    return replace(state, proposals=confirm.add(state.proposals, proposal)), (record, Say(asker.contact_id, text))


def _on_answer_of_model(setup: Setup, state: State, event: ModelAnswered, now: Moment) -> Step:
    entry = state.questions.get(event.question_id)
    if entry is None:  # an answer to nothing: late, or twice
        return state, ()
    asker, question = entry
    state = replace(state, questions={k: v for k, v in state.questions.items() if k != event.question_id})
    if isinstance(event.answer, ModelFailure):
        reason = phrases.MODEL_REASON[event.answer.reason].say(asker.language)
        keywords = phrases.KEYWORDS.say(asker.language)
        text = phrases.MODEL_AWAY.say(asker.language, reason=reason, keywords=keywords)
        return state, (
            Log("warning", f"model: {event.answer.reason}: {event.answer.detail}"),
            Say(asker.contact_id, text),
        )
    return _on_meaning(setup, state, asker, resume(question, event.answer), now)


# The gate's way: an answer to a proposal, to a run, to its outcome


def _on_answer(setup: Setup, state: State, asker: Asker, given: Answer) -> Step:
    proposals, verdict = confirm.answer(state.proposals, asker.contact_id, given.code, given.yes, asker.language)
    state = replace(state, proposals=confirm.forget(proposals))
    met = verdict.proposal
    if met is None or verdict.refusal:
        details: dict[str, object] = {"code": given.code, "reason": verdict.refusal}
        return state, (_record(asker, "refused", (), details), Say(asker.contact_id, verdict.refusal))
    if met.state is ProposalState.DENIED:
        text = phrases.DENIED.say(asker.language, code=met.code)
        return state, (_record(asker, "denied", met.calls, {"code": met.code}), Say(asker.contact_id, text))
    now_digests = tuple(tool.digest if (tool := setup.catalogue.get(call.tool)) else "" for call in met.calls)
    if now_digests != met.digests:
        text = phrases.LAPSED.say(asker.language, code=met.code)
        return state, (_record(asker, "refused", met.calls, {"code": met.code}), Say(asker.contact_id, text))
    details = {"source": met.source, "asked": met.words, "fingerprint": met.fingerprint()}
    return _start(state, asker, met.calls, "confirmed", met.code, details)


def _start(
    state: State, asker: Asker, calls: tuple[ToolCall, ...], kind: str, code: str, details: Mapping[str, object]
) -> Step:
    """The one place a run begins: its record first."""
    run = Running(asker, calls, code)
    record = _record(asker, kind, calls, {**details, "code": code, "run": state.next_id})
    effect = RunCalls(state.next_id, calls, state.bots, asker.language)
    running = {**state.running, state.next_id: run}
    return replace(state, running=running, next_id=state.next_id + 1), (record, effect)


def _record(asker: Asker, kind: str, calls: tuple[ToolCall, ...], details: Mapping[str, object]) -> Record:
    body = {"words": asker.words, "calls": [call.as_json() for call in calls], **details}
    return Record(kind, asker.admin, asker.contact_id, body)


def _on_finished(state: State, event: RunFinished) -> Step:
    run = state.running.get(event.run_id)
    if run is None:
        return state, ()
    results = [{"ok": result.ok, "exit": result.exit, "output": result.fingerprint()} for result in event.results]
    record = _record(run.asker, "ran", run.calls, {"run": event.run_id, "code": run.code, "results": results})
    said = say_results(run.calls, event.results, run.asker.contact_id, run.asker.language)
    running = {key: value for key, value in state.running.items() if key != event.run_id}
    return replace(state, running=running), (record, *said)


def _on_record_refused(state: State, event: RecordRefused) -> Step:
    dropped = [state.running[key] for key in event.dropped_runs if key in state.running]
    running = {key: value for key, value in state.running.items() if key not in event.dropped_runs}
    said = tuple(
        Say(run.asker.contact_id, phrases.NOT_RECORDED.say(run.asker.language, reason=event.reason)) for run in dropped
    )
    return replace(state, running=running), (Log("error", f"the audit could not be written: {event.reason}"), *said)


def _expire(state: State, now: Moment) -> Step:
    """Close the proposals that are over their time; each closing is recorded."""
    proposals = confirm.expire(state.proposals, now.monotonic)
    if proposals == state.proposals:
        return state, ()
    expired = [new for old, new in zip(state.proposals, proposals, strict=True) if old != new]
    records = tuple(
        Record("expired", one.admin, one.contact_id, {"code": one.code, "calls": [c.as_json() for c in one.calls]})
        for one in expired
    )
    return replace(state, proposals=confirm.forget(proposals)), records


def _switch_rescue(setup: Setup, state: State, asker: Asker, order: RescueSwitch) -> Step:
    names = [order.bot] if order.bot else [bot.name for bot in setup.config.bots]
    changed = {name: replace(state.bots.get(name, BotState()), rescue=order.on) for name in names}
    bots = {**state.bots, **changed}
    phrase = phrases.RESCUE_ON if order.on else phrases.RESCUE_OFF
    who = order.bot or phrases.ALL_BOTS.say(asker.language)
    record = _record(asker, "allowed", (), {"rescue": order.on, "bots": names})
    return replace(state, bots=bots), (
        record,
        KeepBots(bots),
        Say(asker.contact_id, phrase.say(asker.language, bot=who)),
    )
