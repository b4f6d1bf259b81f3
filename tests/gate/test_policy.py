"""Who may, and what waits for a word."""

from dataclasses import replace

import pytest

from nlops.domain.chat import KnownContact
from nlops.domain.config import AdminConfig, PolicyConfig
from nlops.domain.tools import Confirm, Source, ToolPolicy
from nlops.gate.policy import admin_of, contacts_of, highest_risk, wants_confirmation
from tests.support import LAN, MALLORY, WEI, make_config, shipped_catalogue


@pytest.mark.parametrize("contact", ["", "wei", WEI.upper(), WEI + " ", " " + WEI, "wxid_weі", "wxid_mallory"])
def test_only_the_exact_id_is_an_admin(contact: str) -> None:
    """Case, spaces, a name, a look-alike letter, an empty id: nobody."""
    admins = make_config().admins
    assert admin_of(admins, contacts_of(admins, {}), contact) is None


def test_the_exact_id_is_the_admin() -> None:
    """The id as configured is its admin."""
    admins = make_config().admins
    admin = admin_of(admins, contacts_of(admins, {}), WEI)
    assert admin and admin.name == "wei"


def test_a_paired_contact_is_the_admins() -> None:
    """As the store remembers it; without one, nobody is that admin; who is not configured has no rights."""
    admins = (AdminConfig("wei", None), AdminConfig("lan", None))
    kept = {"wei": KnownContact(WEI, "薇"), "eve": KnownContact(MALLORY)}
    contacts = contacts_of(admins, kept)
    assert contacts == {"wei": KnownContact(WEI, "薇")}
    found = admin_of(admins, contacts, WEI)
    assert found is admins[0] and admin_of(admins, contacts, MALLORY) is None and admin_of(admins, contacts, "") is None


def test_the_configured_contact_goes_before_any_paired_one() -> None:
    """A contact that was once paired counts no more; the configured one is nobody else's; a name is its id's only."""
    admins = (AdminConfig("lan", None), AdminConfig("wei", WEI), AdminConfig("mei", None))
    kept = {"lan": KnownContact(WEI, "薇"), "wei": KnownContact(LAN, "岚"), "mei": KnownContact("")}
    assert contacts_of(admins, kept) == {"wei": KnownContact(WEI)}
    assert contacts_of(admins, {"wei": KnownContact(WEI, "薇")}) == {"wei": KnownContact(WEI, "薇")}


def test_one_contact_is_one_admin() -> None:
    """However the store came to hold it twice."""
    admins = (AdminConfig("lan", None), AdminConfig("wei", None))
    assert list(contacts_of(admins, {"wei": KnownContact(WEI), "lan": KnownContact(WEI)})) == ["lan"]


@pytest.mark.parametrize(
    ("tool_says", "config_says", "source", "waits"),
    [
        (None, "natural-language", "model", True),
        (None, "natural-language", "keyword", False),
        (None, "always", "keyword", True),
        (None, "never", "model", False),
        ("always", "never", "keyword", True),
        ("never", "always", "model", False),
    ],
)
def test_confirmation(tool_says: Confirm | None, config_says: Confirm, source: Source, waits: bool) -> None:
    """The tool's own word goes before the configuration's."""
    config = make_config(policy=PolicyConfig(confirm=config_says))
    tool = replace(shipped_catalogue(config).tools[1], policy=ToolPolicy("change", tool_says))
    assert wants_confirmation(tool, source, config) is waits


def test_risk_of_several_is_the_highest() -> None:
    """A look beside a restart is a change."""
    tools = shipped_catalogue(make_config()).tools
    assert highest_risk([tools[0]]) == "read" and highest_risk(tools) == "change"
