"""The chat's way: an admin's words, to a keyword or the model, to calls that run or are proposed."""

from dataclasses import replace
from typing import assert_never

from nlops.domain import audit_phrases, phrases
from nlops.domain.audit import AuditQuery
from nlops.domain.effects import AskModel, Log, Say
from nlops.domain.events import ModelAnswered, Moment
from nlops.domain.model import ModelFailure, ModelReply
from nlops.domain.programs import PLACE
from nlops.domain.tools import Interpretation, Proposal, ProposalState, ToolCall, ToolSpec
from nlops.domain.words import Language, Phrase
from nlops.engine import lasting, paging
from nlops.engine.deciding import on_answer
from nlops.engine.hints import with_hint, with_states
from nlops.engine.history import on_query, read_query
from nlops.engine.muting import mute
from nlops.engine.proposing import edit, on_calls
from nlops.engine.proving import asked_of, on_other, open_ask
from nlops.engine.rescuing import switch_rescue
from nlops.engine.standing import on_standing_word, read_standing_word
from nlops.engine.state import Asker, Setup, State, Step
from nlops.gate import confirm
from nlops.gate.phrases import WHICH_APPROVAL
from nlops.gate.policy import with_policy
from nlops.replies import show_call
from nlops.understand.described import with_names
from nlops.understand.guide import explain, titles_without_words, words_for
from nlops.understand.interpret import Question, begin, do_without, resume
from nlops.understand.keywords import Answer, AuditTail, Help, Mute, RescueSwitch, is_assent, read_keyword
from nlops.understand.small import wonders
from nlops.understand.talk import Talk
from nlops.understand.untaken import untaken

DAY_S = 86_400


def on_order(setup: Setup, state: State, asker: Asker, now: Moment) -> Step:
    """An admin's words: a keyword, an answer to a proposal, or free text for the model."""
    taken = lasting.on_words(state, asker) or paging.on_words(state, asker)
    if taken is not None:
        return taken
    word = read_standing_word(asker.words, setup.catalogue)
    if word is not None:
        return on_standing_word(setup, state, asker, word, now)
    order = read_keyword(asker.words, setup.catalogue, asker.language)
    if isinstance(order, Answer) and _is_just_a_word(state, order):
        order = None
    asked = read_query(setup, state, asker, order.words) if isinstance(order, AuditTail) else ""
    if asked is None:  # a sentence that begins with the word
        order = None
    if order is None or (isinstance(order, Interpretation) and not order.calls):
        return _on_sentence(setup, state, asker, order, now)
    match order:
        case Interpretation():
            return _on_meaning(setup, state, asker, order, now)
        case Answer():
            return _on_answer(setup, state, asker, order, now)
        case Help(topic):
            return state, (Say(asker.conversation_id, _help(setup, asker.language, topic)),)
        case RescueSwitch():
            return switch_rescue(setup, state, asker, order)
        case AuditTail():
            return _on_audit(state, asker, asked or "")
        case Mute():
            return mute(setup, state, asker, order.bots, order.minutes, now)
        case _:
            assert_never(order)


def _help(setup: Setup, language: Language, topic: ToolSpec | Phrase | None) -> str:
    if isinstance(topic, ToolSpec):
        tool = with_policy(topic, setup.config)
        text = explain(tool, setup.catalogue, language)
        if not tool.policy.auth:
            return text
        return f"{text}\n{phrases.ABOUT_FACTORS.say(language, what=phrases.say_factors(tool.policy.auth, language))}"
    if topic is not None:
        return topic.say(language)
    bots = ", ".join(bot.name for bot in setup.config.bots)
    text = phrases.HELP.say(language, bots=bots, keywords=words_for(setup.catalogue, language))
    others = titles_without_words(setup.catalogue, language)
    return f"{text}\n{phrases.HELP_OTHERS.say(language, titles=others)}" if others else text


def _open_here(state: State, asker: Asker) -> Proposal | None:
    place = (asker.contact_id, asker.conversation_id)
    here = [one for one in state.proposals if confirm.place_of(one) == place and one.state is ProposalState.OPEN]
    return here[-1] if here else None


def _on_sentence(setup: Setup, state: State, asker: Asker, read: Interpretation | None, now: Moment) -> Step:
    """A change of the proposal that waits here, or free text; `read` where a keyword already says what to answer."""
    waits = _open_here(state, asker)
    if waits is not None and is_assent(asker.words):
        return state, (Say(asker.conversation_id, phrases.CODE_NEEDED.say(asker.language, code=waits.code)),)
    if waits is not None and wonders(asker.words):
        waiting = "\n".join(f"{nth}. {show_call(call)}" for nth, call in enumerate(waits.calls, 1))
        said = phrases.STILL_OPEN.say(asker.language, calls=waiting, code=waits.code)
        return state, (Say(asker.conversation_id, said),)
    state, effects, calls = edit(setup, state, asker, now)
    if calls:
        return _remember(state, asker, Interpretation(calls=calls), now), effects
    before = _talk(state, asker).fresh(now.monotonic)
    meant = read or begin(_with_names(setup, state, asker), setup.catalogue, setup.prompts, asker.language, before)
    # "2" answers a question about a message that may have said "for an hour"
    is_answer = bool(before) and before[-1].asked is not None and isinstance(meant, Interpretation)
    state, more = _on_meaning(setup, state, asker, meant, now, before=before[-1].text if is_answer else "")
    return state, (*effects, *more)


def _with_names(setup: Setup, state: State, asker: Asker) -> str:
    return with_names(asker.words, setup.catalogue, {name: bot.status for name, bot in state.bots.items()})


def _on_audit(state: State, asker: Asker, asked: AuditQuery | str) -> Step:
    if isinstance(asked, AuditQuery):
        return on_query(state, asker, asked)
    return state, (Say(asker.conversation_id, audit_phrases.WHO.say(asker.language, word=asked)),)


def _is_just_a_word(state: State, answer: Answer) -> bool:
    """Four letters that are no code are a word of a sentence to come, not a failed confirmation; with a digit they are
    no word either."""
    known = {one.code for one in state.proposals} | {ask.code for one in state.proposals for ask in one.asks}
    return answer.bare and answer.code is not None and answer.code.isalpha() and answer.code not in known


def _on_answer(setup: Setup, state: State, asker: Asker, given: Answer, now: Moment) -> Step:
    """An answer to the asker's own proposal, or to another admin's that they were asked to approve."""
    asked = asked_of(state, asker, given)
    if asked is not None:
        return on_other(setup, state, asker, given, asked, now)
    is_own = any(one.contact_id == asker.contact_id and one.state in confirm.WAITS for one in state.proposals)
    ask = None if given.code or is_own else open_ask(state, asker)
    if ask is not None:
        text = WHICH_APPROVAL.say(asker.language, code=ask.code)
        return state, (Say(asker.contact_id, text),)
    return on_answer(setup, state, asker, given, now)


def _on_meaning(
    setup: Setup, state: State, asker: Asker, meant: Question | Interpretation, now: Moment, *, before: str = ""
) -> Step:
    """What was understood, as a question to the model, words, or calls; `before` is the message that these words make
    whole."""
    if isinstance(meant, Question):
        questions = {**state.questions, state.next_id: (asker, meant)}
        effect = AskModel(state.next_id, meant.request)
        return replace(state, questions=questions, next_id=state.next_id + 1), (effect,)
    state = _remember(state, asker, meant, now)
    if not meant.calls:
        told = with_states(setup, state, meant, asker.language) if meant.asked else with_hint(setup, meant, asker)
        return state, (Say(asker.conversation_id, told),)
    said = f"{before}\n{asker.words}"
    left = untaken(said, meant.calls, setup.catalogue) if meant.source == "model" else ()
    return on_calls(setup, state, asker, meant.calls, meant.source, now, left=left)


def _remember(state: State, asker: Asker, meant: Interpretation, now: Moment) -> State:
    talk = _talk(state, asker).after(asker.words, meant, now.monotonic)
    return replace(state, talks={**state.talks, (asker.contact_id, asker.conversation_id): talk})


def _talk(state: State, asker: Asker) -> Talk:
    """What was said and understood here a moment ago, by keyword or in free text: what a "him" can mean."""
    return state.talks.get((asker.contact_id, asker.conversation_id), Talk())


def on_request(setup: Setup, state: State, asker: Asker, call: ToolCall, now: Moment) -> Step:
    """A call that another program asks for: the way of one that was read from words. Where a person is to answer for
    it, it is shown to them first."""
    return on_calls(setup, state, asker, (call,), "mcp", now, shown=not asker.contact_id.startswith(PLACE))


def on_answer_of_model(setup: Setup, state: State, event: ModelAnswered, now: Moment) -> Step:
    """The model's answer to an open question, or why there is none."""
    entry = state.questions.get(event.question_id)
    if entry is None:  # an answer to nothing: late, or twice
        return state, ()
    asker, question = entry
    state = replace(state, questions={k: v for k, v in state.questions.items() if k != event.question_id})
    if isinstance(event.answer, ModelReply):
        return _on_meaning(setup, state, asker, resume(question, event.answer), now)
    noted = Log("warning", f"model: {event.answer.reason}: {event.answer.detail}")
    meant = do_without(question)
    if meant is not None:
        state, effects = _on_meaning(setup, state, asker, meant, now)
        return state, (noted, *effects)
    state, text = _without_model(setup, state, asker, event.answer, now)
    return state, (noted, Say(asker.conversation_id, text))


def _without_model(setup: Setup, state: State, asker: Asker, failure: ModelFailure, now: Moment) -> tuple[State, str]:
    """What is said where the model gave no answer. That the day's tokens are spent is explained once a day (UTC) to an
    admin, and is one line after that."""
    keywords = words_for(setup.catalogue, asker.language)
    if failure.reason != "budget":
        reason = phrases.MODEL_REASON[failure.reason].say(asker.language)
        return state, phrases.MODEL_AWAY.say(asker.language, reason=reason, keywords=keywords)
    key = (asker.admin, f"{phrases.BUDGET_SPENT.en} {now.wall // DAY_S:.0f}")
    if key in state.told:
        return state, phrases.BUDGET_STILL_SPENT.say(asker.language)
    state = replace(state, told={**state.told, key: now.monotonic})
    return state, phrases.BUDGET_SPENT.say(asker.language, detail=failure.detail, keywords=keywords)
