"""Who asked shows who they are, and another admin agrees: what is said to a proposal that waits for second factors.

BeginFactor … FactorBegun ──▶ what to do now is told; for a second admin's approval, each other admin gets the calls and
                              a code of their own
a one-time code ──▶ CheckCode … FactorChecked ──▶ right: on, to the next factor or the run · wrong: told, counted
                                                  the fifth: locked, everybody told, what waits is closed
another admin's yes or no with their code ──▶ approved, or closed

A code counts in the direct chat only, for one proposal, while that waits; it never gets into a record, a log or a
model's question.
"""

import hashlib
from dataclasses import replace

from nlops.domain.effects import CheckCode, Effect, Log, Record, Say
from nlops.domain.events import FactorBegun, FactorChecked, Moment
from nlops.domain.phrases import ELSEWHERE, EXPIRED, PROPOSAL_STATE, STILL_MISSING, say_factors
from nlops.domain.tools import Approval, Ask, Proposal, ProposalState
from nlops.engine.deciding import asker_of, on_answer, on_approval, record_of, refuse
from nlops.engine.demanding import wait_s
from nlops.engine.state import Asker, Setup, State, Step, language_for
from nlops.engine.telling import tell_all
from nlops.gate import confirm, phrases
from nlops.gate.codes import OneTimeCode
from nlops.gate.factors import BY_CODE, missing, next_of
from nlops.replies import show_call
from nlops.understand.keywords import Answer


def on_factor(setup: Setup, state: State, event: FactorBegun | FactorChecked, now: Moment) -> Step:
    """What the world says of a factor."""
    if isinstance(event, FactorBegun):
        return on_begun(setup, state, event, now)
    return on_checked(setup, state, event, now)


# A code that was given


def on_code(setup: Setup, state: State, asker: Asker, given: OneTimeCode, now: Moment) -> Step:
    """A one-time code in the direct chat; its words are without it already."""
    mine = [one for one in state.proposals if one.contact_id == asker.contact_id and one.code]
    if given.proposal is not None:
        met = next((one for one in reversed(mine) if one.code == given.proposal), None)
        if met is None or met.state is not ProposalState.AWAITING:
            return _confirm_with(setup, state, asker, given, now)
    else:
        waiting = [one for one in mine if one.state is ProposalState.AWAITING and next_of(one) in BY_CODE]
        if len(waiting) != 1:
            return state, (Say(asker.conversation_id, _say_which(mine, waiting, asker)),)
        met = waiting[0]
    return _check(state, asker, met, given)


def _say_which(mine: list[Proposal], waiting: list[Proposal], asker: Asker) -> str:
    """Why a code alone is not enough."""
    if waiting:
        return phrases.WHICH_CODE.say(asker.language, code=waiting[-1].code)
    unconfirmed = [one for one in mine if one.state is ProposalState.OPEN and next_of(one) == "totp"]
    if unconfirmed:
        return phrases.WORD_FIRST.say(asker.language, code=unconfirmed[-1].code)
    return phrases.NO_CODE_WANTED.say(asker.language)


def _confirm_with(setup: Setup, state: State, asker: Asker, given: OneTimeCode, now: Moment) -> Step:
    """`yes 7K3F 123456`: the word and the authenticator's code at once. A code that had to be sent first can't be
    known yet, so that it is left alone."""
    state, effects = on_answer(setup, state, asker, Answer(yes=True, code=given.proposal), now)
    met = next(
        (one for one in state.proposals if one.code == given.proposal and one.contact_id == asker.contact_id), None
    )
    if met is None or met.state is not ProposalState.AWAITING or next_of(met) != "totp":
        return state, effects
    state, checks = _check(state, asker, met, given)
    return state, (*(one for one in effects if isinstance(one, Record)), *checks)


def _check(state: State, asker: Asker, met: Proposal, given: OneTimeCode) -> Step:
    factor = next_of(met)
    if factor not in BY_CODE:
        what = say_factors(missing(met), asker.language)
        return state, (Say(asker.conversation_id, STILL_MISSING.say(asker.language, code=met.code, what=what)),)
    if met.id in state.judging:  # the same code twice, or guesses faster than they are judged
        return state, (Log("warning", f"a code of {asker.admin} came while another was looked at, and is ignored"),)
    effect = CheckCode(met.id, factor, asker.admin, asker.contact_id, met.fingerprint(), given.digits)
    return replace(state, judging=state.judging | {met.id}), (effect,)


def on_checked(setup: Setup, state: State, event: FactorChecked, now: Moment) -> Step:
    """What became of a code. Nothing where its proposal waits no more, except that a lock is a lock."""
    state = replace(state, judging=state.judging - {event.proposal_id})
    met = next((one for one in state.proposals if one.id == event.proposal_id), None)
    if met is None:
        return state, ()
    asker = asker_of(met)
    if event.trouble == "locked":
        return _on_locked(setup, state, asker, event)
    is_late = met.state is not ProposalState.AWAITING or confirm.is_over(met, now)
    if is_late or next_of(met) != event.factor or event.contact_id != met.contact_id:
        log = Log("warning", f"a code of {met.admin} came too late for {met.code}")
        is_theirs = is_late and event.contact_id == met.contact_id
        return state, (log, Say(met.contact_id, _say_over(met, met.code, asker))) if is_theirs else (log,)
    if event.is_right:
        approval = Approval(event.factor, event.contact_id, now.wall, met.fingerprint())
        return on_approval(setup, state, replace(asker, words=""), met.id, approval, now)
    record = record_of(replace(asker, words=""), "refused", met.calls, _why(met, event))
    return state, (record, Say(met.contact_id, _say_trouble(met, event, asker)))


def _why(met: Proposal, event: FactorChecked) -> dict[str, object]:
    reason = {"": "a wrong code", "over": "no code is open", "clock": "the clock went back"}
    return {"code": met.code, "factor": event.factor, "reason": reason.get(event.trouble, "it could not be checked")}


def _say_trouble(met: Proposal, event: FactorChecked, asker: Asker) -> str:
    match event.trouble:
        case "over":
            return phrases.CODE_OVER.say(asker.language, code=met.code)
        case "clock":
            return phrases.CLOCK_BACK.say(asker.language)
        case "away" | "wait":
            return phrases.FACTOR_AWAY.say(asker.language, reason=event.detail)
        case _:
            return phrases.WRONG_CODE.say(asker.language, left=event.left)


def _on_locked(setup: Setup, state: State, asker: Asker, event: FactorChecked) -> Step:
    """Everything of this admin's that waits for a factor is closed. Who is told where: they themselves, and, when the
    lock falls, everybody else, for it may be a stolen phone."""
    state = replace(state, locked=state.locked | {asker.admin})
    state, effects = _close_waiting(state, asker)
    text = phrases.LOCKED.say(asker.language, admin=asker.admin)
    said: list[Effect] = [Say(asker.contact_id, text)]
    if event.locks_now:
        said.append(Log("warning", f"{asker.admin} is locked: five wrong codes"))
        locked = phrases.LOCKED_OTHER.of(admin=asker.admin)
        said += tell_all(setup, state, locked, "answer", besides=asker.contact_id)
    return state, (*effects, *said)


def _close_waiting(state: State, asker: Asker) -> Step:
    effects: tuple[Effect, ...] = ()
    for one in state.proposals:
        if one.contact_id == asker.contact_id and one.state is ProposalState.AWAITING:
            state, said = refuse(state, replace(asker_of(one), words=""), one, "locked")
            effects += tuple(effect for effect in said if isinstance(effect, Record))
    return state, effects


# A factor that was asked for


def on_begun(setup: Setup, state: State, event: FactorBegun, now: Moment) -> Step:
    """What whoever asked does now. Nothing where the proposal waits no more."""
    if event.locked or not event.trouble:
        state = replace(state, locked=event.locked)
    met = next((one for one in state.proposals if one.id == event.proposal_id), None)
    if met is None or met.state is not ProposalState.AWAITING or next_of(met) != event.factor:
        return state, ()
    asker = asker_of(met)
    match event.trouble:
        case "locked":
            return refuse(state, asker, met, phrases.LOCKED.say(asker.language, admin=met.admin))
        case "wait":
            text = phrases.SENT_LATELY.say(asker.language, code=met.code, seconds=event.detail)
            return state, (Say(asker.conversation_id, text),)
        case "":
            pass
        case _:
            text = phrases.NOT_SENT.say(asker.language, code=met.code, reason=event.detail)
            return state, (Say(asker.conversation_id, text),)
    if event.factor == "second-admin":
        return _ask_others(setup, state, asker, met, now)
    return _ask_code(setup, state, asker, met, event.factor)


def _ask_code(setup: Setup, state: State, asker: Asker, met: Proposal, factor: str) -> Step:
    where = "" if asker.conversation_id == asker.contact_id else phrases.HERE.say(asker.language)
    fields = {"code": met.code, "where": where, "seconds": round(wait_s(setup, factor))}
    if factor == "totp":
        return state, (Say(asker.conversation_id, phrases.ASK_TOTP.say(asker.language, **fields)),)
    admin = setup.config.admin(met.admin)
    phone = _mask(admin.phone if admin is not None and admin.phone else "")
    phrase = phrases.ASK_SMS if factor == "sms" else phrases.ASK_AUTHY
    record = record_of(replace(asker, words=""), "asked", met.calls, {"code": met.code, "factor": factor, "to": phone})
    return state, (record, Say(asker.conversation_id, phrase.say(asker.language, phone=phone, **fields)))


def _mask(phone: str) -> str:
    """The end of a number: enough for its owner."""
    return f"…{phone[-4:]}"


# Another admin's approval


def _ask_others(setup: Setup, state: State, asker: Asker, met: Proposal, now: Moment) -> Step:
    """Every other admin who could approve gets the exact calls, and a code that is good from their contact only."""
    others = [
        (other, known.contact_id)
        for other in setup.config.admins
        if (known := state.contacts.get(other.name)) is not None
        and other.name not in state.locked | {met.admin}
        and known.contact_id != met.contact_id
    ]
    if not others:
        return refuse(state, asker, met, phrases.NOBODY_ELSE.say(asker.language, code=met.code))
    asks: list[Ask] = []
    for other, contact_id in others:
        code = _code_for(state, asks, contact_id, met, now)
        asks.append(Ask(other.name, contact_id, code))
    state = replace(state, proposals=confirm.put(state.proposals, replace(met, asks=tuple(asks))))
    names = ("、" if asker.language == "zh" else ", ").join(one.admin for one in asks)
    seconds = round(wait_s(setup, "second-admin"))
    record = record_of(
        replace(asker, words=""),
        "asked",
        met.calls,
        {"code": met.code, "factor": "second-admin", "to": [one.admin for one in asks]},
    )
    told = phrases.ASKED_OTHERS.say(asker.language, code=met.code, names=names, seconds=seconds)
    calls = "\n".join(f"{at}. {show_call(call)}" for at, call in enumerate(met.calls, 1))
    said = tuple(
        Say(
            one.contact_id,
            phrases.ASK_APPROVAL.say(
                language_for(setup, state, other, ""), admin=met.admin, calls=calls, code=one.code, seconds=seconds
            ),
        )
        for (other, _), one in zip(others, asks, strict=True)
    )
    return state, (record, Say(asker.conversation_id, told), *said)


def _code_for(state: State, asks: list[Ask], contact_id: str, met: Proposal, now: Moment) -> str:
    """A code from the moment's randomness, each admin's another, and no code of anything else that is remembered."""
    seed = now.nonce + contact_id.encode() + met.fingerprint().encode()
    codes = {one.code for one in asks} | {ask.code for one in state.proposals for ask in one.asks}
    nonce = hashlib.sha256(seed).digest()
    while True:
        code = confirm.make_code(nonce, state.proposals)
        if code not in codes:
            return code
        nonce = hashlib.sha256(nonce).digest()


def asked_of(state: State, asker: Asker, given: Answer) -> tuple[Proposal, Ask] | None:
    """The approval that an answer's code is for, where this contact was asked for it."""
    pairs = [(one, ask) for one in state.proposals for ask in one.asks if ask.contact_id == asker.contact_id]
    return next(((one, ask) for one, ask in reversed(pairs) if given.code == ask.code), None)


def open_ask(state: State, asker: Asker) -> Ask | None:
    """The newest approval that waits for this contact."""
    asks = (
        ask
        for one in reversed(state.proposals)
        if one.state is ProposalState.AWAITING and next_of(one) == "second-admin"
        for ask in one.asks
        if ask.contact_id == asker.contact_id
    )
    return next(asks, None)


def on_other(setup: Setup, state: State, asker: Asker, given: Answer, asked: tuple[Proposal, Ask], now: Moment) -> Step:
    """Another admin's answer with the code they got."""
    met, ask = asked
    if asker.conversation_id != asker.contact_id:
        return state, (Say(asker.conversation_id, ELSEWHERE.say(asker.language, code=ask.code)),)
    if met.state is not ProposalState.AWAITING or confirm.is_over(met, now):
        return state, (_refused(asker, met, "it is over"), Say(asker.contact_id, _say_over(met, ask.code, asker)))
    if asker.admin in state.locked:
        text = phrases.LOCKED.say(asker.language, admin=asker.admin)
        return state, (_refused(asker, met, "the approver is locked"), Say(asker.contact_id, text))
    if ask.admin != asker.admin or asker.contact_id == met.contact_id or next_of(met) != "second-admin":
        return state, (
            _refused(asker, met, "not who was asked"),
            Say(asker.contact_id, _say_over(met, ask.code, asker)),
        )
    owner = asker_of(met)
    if not given.yes:
        state = replace(state, proposals=confirm.put(state.proposals, confirm.move(met, "no")))
        record = record_of(asker, "denied", met.calls, {"code": met.code, "asked_by": met.admin})
        text = phrases.REJECTED.say(owner.language, admin=asker.admin, code=met.code)
        yours = phrases.REJECTED_BY_YOU.say(asker.language, admin=met.admin)
        return state, (record, Say(asker.contact_id, yours), Say(owner.conversation_id, text))
    approval = Approval("second-admin", asker.contact_id, now.wall, met.fingerprint())
    state, effects = on_approval(setup, state, asker, met.id, approval, now)
    text = phrases.APPROVED.say(owner.language, admin=asker.admin, code=met.code)
    yours = phrases.APPROVED_BY_YOU.say(asker.language, admin=met.admin)
    return state, (*effects, Say(asker.contact_id, yours), Say(owner.conversation_id, text))


def _refused(asker: Asker, met: Proposal, reason: str) -> Record:
    return record_of(asker, "refused", (), {"code": met.code, "factor": "second-admin", "reason": reason})


def _say_over(met: Proposal, code: str, asker: Asker) -> str:
    if met.state in (ProposalState.EXPIRED, ProposalState.AWAITING, ProposalState.OPEN):
        return EXPIRED.say(asker.language, code=code)
    state = PROPOSAL_STATE[met.state.value].say(asker.language)
    return phrases.APPROVAL_OVER.say(asker.language, code=code, state=state)
