"""Who may, and what wants a confirmation first. Nothing here looks at what a model said about itself."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlops.domain.chat import KnownContact
from nlops.domain.config import AdminConfig, Config
from nlops.domain.tools import Risk, Source, ToolSpec

_ORDER: tuple[Risk, ...] = ("read", "change", "destroy")


def contacts_of(admins: Sequence[AdminConfig], kept: Mapping[str, KnownContact]) -> dict[str, KnownContact]:
    """Each admin's contact by the admin's name: the configured id, or else the one that was paired (`kept`, from the
    store). Without an entry: who is not paired yet. A display name counts for the id it was seen with only; a contact
    is one person, and a configured id goes before a paired one."""
    contacts: dict[str, KnownContact] = {}
    taken = {"", *(admin.contact for admin in admins if admin.contact is not None)}
    for admin in admins:
        known = kept.get(admin.name, KnownContact(""))
        if admin.contact is not None:
            contacts[admin.name] = known if known.contact_id == admin.contact else KnownContact(admin.contact)
        elif known.contact_id not in taken:
            contacts[admin.name] = known
            taken.add(known.contact_id)
    return contacts


def admin_of(
    admins: Sequence[AdminConfig], contacts: Mapping[str, KnownContact], contact_id: str
) -> AdminConfig | None:
    """The admin whose contact has exactly this id. An empty id is nobody's."""
    name = next((name for name, one in contacts.items() if contact_id and one.contact_id == contact_id), None)
    return next((admin for admin in admins if admin.name == name), None)


def highest_risk(tools: Sequence[ToolSpec]) -> Risk:
    """The risk of several calls is that of the riskiest."""
    return max((tool.policy.risk for tool in tools), key=_ORDER.index)


def with_policy(tool: ToolSpec, config: Config) -> ToolSpec:
    """The tool with its policy as [policy.TOOL] wants it."""
    own = config.policy.tools.get(tool.name)
    if own is None:
        return tool
    policy = tool.policy
    risk = own.risk or policy.risk
    # What was made to destroy asks, as a definition that says so does.
    confirm = own.confirm or policy.confirm or ("always" if risk == "destroy" else None)
    auth = policy.auth if own.auth is None else own.auth
    return replace(tool, policy=replace(policy, risk=risk, confirm=confirm, auth=auth))


def wants_confirmation(tool: ToolSpec, source: Source, config: Config) -> bool:
    """Whether a call of `tool` waits for its admin's word, by its own policy and [policy]. A program's change always
    does: it is nobody's order yet."""
    if source == "mcp" and tool.policy.risk != "read":
        return True
    match tool.policy.confirm or config.policy.confirm:
        case "always":
            return True
        case "never":
            return False
        case "natural-language":
            return source == "model"
