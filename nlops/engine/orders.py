"""The chat's way: an admin's words, to a keyword or the model, to calls that run or are proposed."""

from dataclasses import replace
from typing import assert_never

from nlops.domain import phrases
from nlops.domain.bots import BotState
from nlops.domain.effects import AskModel, KeepBots, Log, Say
from nlops.domain.events import ModelAnswered, Moment
from nlops.domain.model import ModelFailure
from nlops.domain.tools import Interpretation, Proposal, ProposalState, ToolCall
from nlops.engine.deciding import go_on, on_answer, record_of
from nlops.engine.state import Asker, Setup, State, Step
from nlops.gate import confirm
from nlops.gate.policy import factors_of, highest_risk, wants_confirmation
from nlops.replies import say_proposal
from nlops.toolbox.arguments import check_call, with_defaults
from nlops.understand.interpret import Question, begin, resume
from nlops.understand.keywords import Answer, AuditTail, Help, Mute, RescueSwitch, read_keyword


def on_order(setup: Setup, state: State, asker: Asker, now: Moment) -> Step:
    """An admin's words: a keyword, an answer to a proposal, or free text for the model."""
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
            return on_answer(setup, state, asker, order, now)
        case Help():
            bots = ", ".join(bot.name for bot in setup.config.bots)
            keywords = phrases.KEYWORDS.say(asker.language)
            return state, (Say(asker.conversation_id, phrases.HELP.say(asker.language, bots=bots, keywords=keywords)),)
        case RescueSwitch():
            return _switch_rescue(setup, state, asker, order)
        case AuditTail() | Mute():
            return state, (Say(asker.conversation_id, phrases.NOT_YET.say(asker.language)),)
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
        return state, (Say(asker.conversation_id, meant.reply),)
    reason = next(filter(None, (check_call(call, setup.catalogue) for call in meant.calls)), None)
    if reason is not None:
        return state, (Say(asker.conversation_id, phrases.REFUSED.say(asker.language, reason=reason)),)
    return _on_calls(setup, state, asker, meant, now)


def _on_calls(setup: Setup, state: State, asker: Asker, meant: Interpretation, now: Moment) -> Step:
    """Checked calls: run, or be proposed first. Defaults are filled in here, so that what is shown is what runs."""
    tools = [tool for call in meant.calls if (tool := setup.catalogue.get(call.tool))]
    calls = tuple(ToolCall(tool.name, with_defaults(call, tool)) for call, tool in zip(meant.calls, tools, strict=True))
    waits = any(wants_confirmation(tool, meant.source, setup.config) for tool in tools)
    ttl_s = setup.config.policy.ttl_s
    proposal = Proposal(
        code=confirm.make_code(now.nonce, state.proposals) if waits else "",
        admin=asker.admin,
        contact_id=asker.contact_id,
        conversation_id=asker.conversation_id,
        calls=calls,
        digests=tuple(tool.digest for tool in tools),
        risk=highest_risk(tools),
        words=asker.words,
        source=meant.source,
        expires_at=now.monotonic + ttl_s,
        state=ProposalState.OPEN if waits else ProposalState.CONFIRMED,
        id=state.next_id,
        until=now.wall + ttl_s,
        boot=now.boot,
        language=asker.language,
        auth=factors_of(tools),
        made_at=now.wall,
    )
    state = replace(state, next_id=state.next_id + 1)
    if not waits:
        return go_on(setup, state, asker, proposal, now, "allowed")
    record = record_of(asker, "proposed", calls, {"source": meant.source, "code": proposal.code})
    text = say_proposal(proposal, ttl_s, asker.language)
    return replace(state, proposals=confirm.add(state.proposals, proposal)), (record, Say(asker.conversation_id, text))


def on_request(setup: Setup, state: State, asker: Asker, call: ToolCall, now: Moment) -> Step:
    """A call that another program asks for: the way of one that was read from words."""
    return _on_meaning(setup, state, asker, Interpretation(calls=(call,), source="mcp"), now)


def on_answer_of_model(setup: Setup, state: State, event: ModelAnswered, now: Moment) -> Step:
    """The model's answer to an open question, or why there is none."""
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
            Say(asker.conversation_id, text),
        )
    return _on_meaning(setup, state, asker, resume(question, event.answer), now)


def _switch_rescue(setup: Setup, state: State, asker: Asker, order: RescueSwitch) -> Step:
    names = [order.bot] if order.bot else [bot.name for bot in setup.config.bots]
    changed = {name: replace(state.bots.get(name, BotState()), rescue=order.on) for name in names}
    bots = {**state.bots, **changed}
    phrase = phrases.RESCUE_ON if order.on else phrases.RESCUE_OFF
    who = order.bot or phrases.ALL_BOTS.say(asker.language)
    record = record_of(asker, "allowed", (), {"rescue": order.on, "bots": names})
    return replace(state, bots=bots), (
        record,
        KeepBots(bots),
        Say(asker.conversation_id, phrase.say(asker.language, bot=who)),
    )
