"""Proposals and the answers to them: a small machine with a literal table.

    open ──yes──▶ confirmed ──start──▶ running ──end──▶ finished
      │             │    ▲                 ├───lost───▶ unknown     the process ended between start and end
      │           wait factors             └──refuse──▶ denied      it never began: no record, no run
      │             ▼    │
      │           awaiting         a second factor is missing
      │             │
      └─────────────┴──no, refuse──▶ denied
                    ├──time────────▶ expired       the first of two clocks: the machine's monotonic one, the wall's
                    └──newer───────▶ superseded    a person has at most one open proposal in a conversation

`confirmed` is passed through within a step: it ends running, awaiting or denied, so that no code is good twice. What
needs no word begins as confirmed. Whatever else arrives (a late "yes", a second one, a code of somebody else's or of
another conversation) changes nothing and is told why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nlops.domain.events import Moment
from nlops.domain.phrases import (
    CODE_NEEDED,
    ELSEWHERE,
    EXPIRED,
    NO_SUCH_CODE,
    NOTHING_OPEN,
    PROPOSAL_STATE,
    STILL_MISSING,
    USED,
    say_factors,
)
from nlops.domain.tools import CODE_ALPHABET, CODE_LENGTH, Proposal
from nlops.domain.tools import ProposalState as State
from nlops.domain.words import Language
from nlops.gate.factors import missing

Input = Literal["yes", "no", "time", "newer", "refuse", "wait", "factors", "start", "end", "lost"]

TABLE: dict[tuple[State, Input], State] = {
    (State.OPEN, "yes"): State.CONFIRMED,
    (State.OPEN, "no"): State.DENIED,
    (State.OPEN, "refuse"): State.DENIED,
    (State.OPEN, "time"): State.EXPIRED,
    (State.OPEN, "newer"): State.SUPERSEDED,
    (State.CONFIRMED, "start"): State.RUNNING,
    (State.CONFIRMED, "wait"): State.AWAITING,
    (State.CONFIRMED, "refuse"): State.DENIED,
    (State.AWAITING, "factors"): State.CONFIRMED,
    (State.AWAITING, "no"): State.DENIED,
    (State.AWAITING, "refuse"): State.DENIED,
    (State.AWAITING, "time"): State.EXPIRED,
    (State.AWAITING, "newer"): State.SUPERSEDED,
    (State.RUNNING, "end"): State.FINISHED,
    (State.RUNNING, "lost"): State.UNKNOWN,
    (State.RUNNING, "refuse"): State.DENIED,
}

WAITS = frozenset({State.OPEN, State.AWAITING})  # somebody may still say something to it
LIVES = WAITS | {State.CONFIRMED, State.RUNNING}  # something may still happen with it
KEEP_CLOSED = 20  # closed proposals remembered, so that a late answer hears what became of its code


def _ways() -> dict[State, frozenset[State]]:
    """From each state, all that can ever follow."""
    ways = {state: {after for (before, _), after in TABLE.items() if before is state} for state in State}
    for _ in State:
        ways = {state: after.union(*(ways[one] for one in after)) for state, after in ways.items()}
    return {state: frozenset(after) for state, after in ways.items()}


_WAYS = _ways()


def can_become(before: State, after: State) -> bool:
    """Whether the table leads from one state to the other, in however many moves; a state stays itself."""
    return before is after or after in _WAYS[before]


@dataclass(frozen=True)
class Verdict:
    """What an answer did. `proposal` is the one it met, in its new state; `refusal` says why nothing was done."""

    proposal: Proposal | None
    refusal: str = ""


def make_code(nonce: bytes, taken: Sequence[Proposal]) -> str:
    """A code from fresh random bytes (at least CODE_LENGTH + 1), unlike any that is remembered. Raises ValueError
    when the bytes are too few."""
    codes = {proposal.code for proposal in taken}
    for start in range(len(nonce) - CODE_LENGTH + 1):
        # 256 is no multiple of the alphabet's length: a bias of one in eight hundred, nothing for four-letter codes
        code = "".join(CODE_ALPHABET[byte % len(CODE_ALPHABET)] for byte in nonce[start : start + CODE_LENGTH])
        if code not in codes:
            return code
    raise ValueError("no fresh code in these random bytes")


def move(proposal: Proposal, what: Input) -> Proposal:
    """The proposal after `what`; the same where the table has no way."""
    return replace(proposal, state=TABLE.get((proposal.state, what), proposal.state))


def place_of(proposal: Proposal) -> tuple[str, str]:
    """Whose it is, and where: contact and conversation."""
    return proposal.contact_id, proposal.conversation_id


def add(proposals: tuple[Proposal, ...], new: Proposal) -> tuple[Proposal, ...]:
    """Open `new`; what the same person had open in the same conversation is superseded."""
    place = (new.contact_id, new.conversation_id)
    older = tuple(move(one, "newer") if (one.contact_id, one.conversation_id) == place else one for one in proposals)
    return (*older, new)


def put(proposals: tuple[Proposal, ...], changed: Proposal) -> tuple[Proposal, ...]:
    """The proposals with the one of this id as it is now; a new one comes last."""
    if all(one.id != changed.id for one in proposals):
        return (*proposals, changed)
    return tuple(changed if one.id == changed.id else one for one in proposals)


def forget(proposals: tuple[Proposal, ...]) -> tuple[Proposal, ...]:
    """Keep what lives, and the last closed ones that had a code."""
    closed = [one.id for one in proposals if one.state not in LIVES and one.code][-KEEP_CLOSED:]
    return tuple(one for one in proposals if one.state in LIVES or one.id in closed)


def is_over(proposal: Proposal, now: Moment) -> bool:
    """Whether its time is up. A wall clock that is put back changes nothing, for the monotonic one goes on; of a
    proposal from an earlier life of the machine nobody knows how old it is, so it is over."""
    return now.monotonic >= proposal.expires_at or now.wall >= proposal.until or now.boot != proposal.boot


def expire(proposals: tuple[Proposal, ...], now: Moment) -> tuple[Proposal, ...]:
    """Close what is over its time."""
    if not any(one.state in WAITS and is_over(one, now) for one in proposals):
        return proposals
    return tuple(move(one, "time") if is_over(one, now) else one for one in proposals)


def lapse(proposals: tuple[Proposal, ...], contact_id: str) -> tuple[Proposal, ...]:
    """Close what a contact has open: it is nobody's any more."""
    return tuple(move(one, "newer") if one.contact_id == contact_id else one for one in proposals)


def answer(
    proposals: tuple[Proposal, ...],
    contact_id: str,
    conversation_id: str,
    code: str | None,
    yes: bool,
    language: Language,
) -> tuple[tuple[Proposal, ...], Verdict]:
    """Apply one answer of `contact_id`. Only that contact's own proposals of that conversation are looked at: another
    person's do not exist for them, and their own of another conversation are answered there."""
    own = [one for one in proposals if one.contact_id == contact_id and one.code]
    mine = [one for one in own if one.conversation_id == conversation_id]
    waiting = [one for one in mine if one.state in WAITS]
    if code is None:
        met = ([one for one in waiting if one.source != "mcp"] or waiting)[-1] if waiting else None
        if met is None:
            return proposals, Verdict(None, NOTHING_OPEN.say(language))
        if yes and met.state is State.OPEN and (len(waiting) != 1 or met.risk == "destroy" or met.needs_code):
            return proposals, Verdict(met, CODE_NEEDED.say(language, code=met.code))
    else:
        met = next((one for one in mine if one.code == code.upper()), None)
        if met is None:
            phrase = ELSEWHERE if any(one.code == code.upper() for one in own) else NO_SUCH_CODE
            return proposals, Verdict(None, phrase.say(language, code=code.upper()))
    refusal = _refusal(met, yes, language)
    if refusal:
        return proposals, Verdict(met, refusal)
    after = move(met, "yes" if yes else "no")
    return tuple(after if one is met else one for one in proposals), Verdict(after)


def _refusal(met: Proposal, yes: bool, language: Language) -> str:
    """Why this answer can't count for this proposal; empty where it does."""
    if met.state is State.OPEN:
        return ""
    if met.state is State.AWAITING:
        what = say_factors(missing(met), language)
        return STILL_MISSING.say(language, code=met.code, what=what) if yes else ""
    if met.state is State.EXPIRED:
        return EXPIRED.say(language, code=met.code)
    return USED.say(language, code=met.code, state=PROPOSAL_STATE[met.state.value].say(language))
