"""Proposals and the answers to them: a small machine with a literal table.

    open ──yes──▶ confirmed        one way out of `open`, once; every other state is an end
         ──no───▶ denied
         ──time─▶ expired          on the monotonic clock
         ──newer▶ superseded       a person has at most one open proposal in a conversation

Whatever else arrives (a late "yes", a second one, a code of somebody else's or of another conversation) changes nothing
and is told why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nlops.domain.phrases import CODE_NEEDED, ELSEWHERE, EXPIRED, NO_SUCH_CODE, NOTHING_OPEN, USED
from nlops.domain.tools import CODE_ALPHABET, CODE_LENGTH, Proposal
from nlops.domain.tools import ProposalState as State
from nlops.domain.words import Language

Input = Literal["yes", "no", "time", "newer"]

TABLE: dict[tuple[State, Input], State] = {
    (State.OPEN, "yes"): State.CONFIRMED,
    (State.OPEN, "no"): State.DENIED,
    (State.OPEN, "time"): State.EXPIRED,
    (State.OPEN, "newer"): State.SUPERSEDED,
}

KEEP_CLOSED = 20  # closed proposals remembered, so that a late answer hears what became of its code


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


def add(proposals: tuple[Proposal, ...], new: Proposal) -> tuple[Proposal, ...]:
    """Open `new`; what the same person had open in the same conversation is superseded."""
    place = (new.contact_id, new.conversation_id)
    # What a program asks for is not the person's own: neither takes the other's place.
    older = tuple(
        move(one, "newer")
        if (one.contact_id, one.conversation_id) == place and "mcp" not in (one.source, new.source)
        else one
        for one in proposals
    )
    return forget((*older, new))


def forget(proposals: tuple[Proposal, ...]) -> tuple[Proposal, ...]:
    """Keep every open proposal and the last closed ones."""
    closed = [one for one in proposals if one.state is not State.OPEN][-KEEP_CLOSED:]
    return tuple(one for one in proposals if one.state is State.OPEN or one in closed)


def expire(proposals: tuple[Proposal, ...], monotonic: float) -> tuple[Proposal, ...]:
    """Close what is over its time."""
    return tuple(move(one, "time") if monotonic >= one.expires_at else one for one in proposals)


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
    own = [one for one in proposals if one.contact_id == contact_id]
    mine = [one for one in own if one.conversation_id == conversation_id]
    still_open = [one for one in mine if one.state is State.OPEN]
    if code is None:
        met = ([one for one in still_open if one.source != "mcp"] or still_open or [None])[-1]
        if met is None:
            return proposals, Verdict(None, NOTHING_OPEN.say(language))
        if yes and (len(still_open) != 1 or met.risk == "destroy" or met.source == "mcp"):
            return proposals, Verdict(met, CODE_NEEDED.say(language, code=met.code))
    else:
        met = next((one for one in mine if one.code == code.upper()), None)
        if met is None:
            phrase = ELSEWHERE if any(one.code == code.upper() for one in own) else NO_SUCH_CODE
            return proposals, Verdict(None, phrase.say(language, code=code.upper()))
    if met.state is not State.OPEN:
        phrase = EXPIRED if met.state is State.EXPIRED else USED
        fields = {"code": met.code} if phrase is EXPIRED else {"code": met.code, "state": met.state.value}
        return proposals, Verdict(met, phrase.say(language, **fields))
    after = move(met, "yes" if yes else "no")
    return tuple(after if one is met else one for one in proposals), Verdict(after)
