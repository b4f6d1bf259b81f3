"""A confirmed proposal that lacks a second factor: it waits, and the factor is asked for, one after the other.

The world is asked first (BeginFactor: is the admin locked, does the SMS leave), and what it answers is said by
`proving`. What the configuration can't give is refused here.
"""

from dataclasses import replace

from nlops.domain.effects import BeginFactor
from nlops.domain.events import Moment
from nlops.domain.phrases import say_factors
from nlops.domain.tools import Proposal
from nlops.domain.words import Language
from nlops.engine.state import Setup
from nlops.gate import phrases
from nlops.gate.factors import CAN_GIVE, next_of

# For how long a factor is waited for, from when it is asked for: an SMS may take minutes, a person longer. A code of an
# authenticator is at hand: that has the life of a proposal.
WAIT_S = {"sms": 300.0, "authy": 600.0, "second-admin": 600.0}
MOST_WAIT_S = 1800.0  # of a proposal in all, however often a code is sent again


def wait_s(setup: Setup, factor: str) -> float:
    """How long a proposal waits for a factor, in seconds."""
    return max(setup.config.policy.ttl_s, WAIT_S.get(factor, 0.0))


def asks_again(proposal: Proposal) -> bool:
    """Whether another yes asks for the factor again: a code that is sent may get lost, and so may the asking, with the
    process. The store limits how often one is sent."""
    factor = next_of(proposal)
    return factor in ("sms", "authy") or factor != proposal.asked


def why_not(setup: Setup, proposal: Proposal, language: Language) -> str:
    """Why a factor that is missing can't be given by whoever asked; empty where it can."""
    factor, admin = next_of(proposal), setup.config.admin(proposal.admin)
    if factor is None or (factor in CAN_GIVE and admin is not None and CAN_GIVE[factor](setup.config, admin)):
        return ""
    what = say_factors((factor,), language)
    return phrases.CANNOT_GIVE.say(language, code=proposal.code, what=what, admin=proposal.admin)


def ask_for(setup: Setup, proposal: Proposal, now: Moment) -> tuple[Proposal, tuple[BeginFactor, ...]]:
    """The proposal as it waits for its next factor, and what asks for that."""
    factor = next_of(proposal)
    if factor is None:
        return proposal, ()
    seconds = min(wait_s(setup, factor), proposal.made_at + MOST_WAIT_S - now.wall)
    waits = replace(
        proposal,
        asked=factor,
        expires_at=max(proposal.expires_at, now.monotonic + seconds),
        until=max(proposal.until, now.wall + seconds),
    )
    tools = ", ".join(dict.fromkeys(call.tool for call in proposal.calls))
    effect = BeginFactor(
        proposal.id,
        factor,
        proposal.admin,
        proposal.contact_id,
        proposal.fingerprint(),
        f"{proposal.code} ({tools})",
        proposal.language,
    )
    return waits, (effect,)
