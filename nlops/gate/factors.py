"""Second factors: which of those that a proposal's policies demand are still missing.

A proposal that was confirmed and lacks one waits (`awaiting`) until its life is over; nothing of it runs before. What
is not given for exactly these calls, in this conversation, under these definitions, counts for nothing.
"""

from nlops.domain.tools import Approval, Proposal

FACTORS = ("totp", "sms", "authy", "second-admin")
BUILT: frozenset[str] = frozenset()  # those that can be given: what demands another one does not start


def missing(proposal: Proposal) -> tuple[str, ...]:
    """The factors that are demanded and were not given, in the order they are demanded; empty where it may run. A
    factor that nobody knows is missing for ever."""
    given = {approval.factor for approval in proposal.approvals if _counts(approval, proposal)}
    return tuple(factor for factor in proposal.auth if factor not in given)


def _counts(approval: Approval, proposal: Proposal) -> bool:
    if approval.factor not in FACTORS or approval.fingerprint != proposal.fingerprint():
        return False
    return approval.factor != "second-admin" or approval.by != proposal.contact_id
