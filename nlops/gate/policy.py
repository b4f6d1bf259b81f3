"""Who may, and what wants a confirmation first. Nothing here looks at what a model said about itself."""

from collections.abc import Sequence

from nlops.domain.config import AdminConfig, Config
from nlops.domain.tools import Risk, Source, ToolSpec

_ORDER: tuple[Risk, ...] = ("read", "change", "destroy")


def admin_of(config: Config, contact_id: str) -> AdminConfig | None:
    """The admin with exactly this contact id. An empty id is nobody's."""
    return next((admin for admin in config.admins if contact_id and admin.contact == contact_id), None)


def highest_risk(tools: Sequence[ToolSpec]) -> Risk:
    """The risk of several calls is that of the riskiest."""
    return max((tool.policy.risk for tool in tools), key=_ORDER.index)


def wants_confirmation(tool: ToolSpec, source: Source, config: Config) -> bool:
    """Whether a call of `tool` waits for its admin's word."""
    match tool.policy.confirm or config.policy.confirm:
        case "always":
            return True
        case "never":
            return False
        case "natural-language":
            return source != "keyword"
