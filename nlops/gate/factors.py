"""Second factors: which of those that a proposal's policies demand are still missing.

A proposal that was confirmed and lacks one waits (`awaiting`) until its life is over; nothing of it runs before. What
is not given for exactly these calls, in this conversation, under these definitions, counts for nothing.
"""

from collections.abc import Callable, Mapping

from nlops.domain.config import AdminConfig, Config
from nlops.domain.tools import SECOND_FACTORS, Approval, Proposal

FACTORS = SECOND_FACTORS
BY_CODE = ("totp", "sms", "authy")  # six digits of the person who asked

# Whether the configuration lets an admin give a factor.
CAN_GIVE: Mapping[str, Callable[[Config, AdminConfig], bool]] = {
    "totp": lambda _config, admin: admin.totp is not None,
    "sms": lambda config, admin: config.sms is not None and admin.phone is not None,
    "authy": lambda config, admin: config.authy is not None and admin.phone is not None,
    "second-admin": lambda config, admin: any(other.name != admin.name for other in config.admins),
}


def missing(proposal: Proposal) -> tuple[str, ...]:
    """The factors that are demanded and were not given, in the order they are demanded; empty where it may run. A
    factor that nobody knows is missing for ever."""
    given = {approval.factor for approval in proposal.approvals if _counts(approval, proposal)}
    return tuple(factor for factor in proposal.auth if factor not in given)


def next_of(proposal: Proposal) -> str | None:
    """The missing factor that is asked for now: one at a time, in the order they are demanded, and another person is
    troubled only when all that the first can give is given. None where nothing is missing."""
    left = missing(proposal)
    return next((factor for factor in left if factor != "second-admin"), left[0] if left else None)


def _counts(approval: Approval, proposal: Proposal) -> bool:
    if approval.factor not in FACTORS or approval.fingerprint != proposal.fingerprint():
        return False
    return approval.factor != "second-admin" or approval.by != proposal.contact_id
