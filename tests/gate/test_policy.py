"""Who may, and what waits for a word."""

from dataclasses import replace

import pytest

from nlops.domain.config import PolicyConfig
from nlops.domain.tools import Confirm, Source, ToolPolicy
from nlops.gate.policy import admin_of, contacts_of, highest_risk, wants_confirmation
from tests.support import WEI, make_config, shipped_catalogue


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
