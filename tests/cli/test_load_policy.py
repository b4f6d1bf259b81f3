"""[policy], its rules, and [[maintenance]]: read as they stand; what is unknown stops the start, with its place."""

from pathlib import Path

import pytest

from nlops.cli.load import load_catalogue, load_config
from nlops.domain.config import Bounds, Config, Hours, MaintenanceConfig, RuleConfig, ToolPolicyConfig
from nlops.domain.errors import ConfigError
from nlops.gate.factors import FACTORS

GOOD = """
[chat]
endpoint = "127.0.0.1:8788"
token = "not-so-secret"
[[admin]]
name = "wei"
contact = "wxid_wei"
[[admin]]
name = "lan"
contact = "wxid_lan"
[[bot]]
name = "bob"
log = "bob.log"
"""
POLICY = """
[policy]
confirm = "always"
ttl_s = 60
read_only = true
changes_per_hour = 6
[policy.restart]
risk = "destroy"
auth = "none"
ttl_s = 30
changes_per_hour = 2
[[policy.rule]]
then = "deny"
tools = ["restart"]
except_admins = ["wei"]
hours = "22:00-07:00"
days = ["sat", "sun"]
reason = "ask Wei"
[[policy.rule]]
then = "confirm"
risk = ["read"]
admins = ["lan"]
arguments = { lines = { above = 200 }, bot = "bob" }
[[maintenance]]
hours = "03:00-04:30"
[[maintenance]]
hours = "00:00-24:00"
days = ["mon"]
bots = ["bob"]
"""


def load(folder: Path, text: str) -> Config:
    file = folder / "nlops.toml"
    file.write_text(text, "utf-8")
    return load_config(str(file))


def test_it_is_read_as_it_stands(tmp_path: Path) -> None:
    """Every key; and the catalogue's tools have the policy that it gives them."""
    config = load(tmp_path, GOOD + POLICY)
    policy = config.policy
    assert (policy.confirm, policy.ttl_s, policy.read_only, policy.changes_per_hour) == ("always", 60, True, 6)
    assert policy.tools == {"restart": ToolPolicyConfig("destroy", None, (), 30, 2)}
    nights = Hours(22 * 60, 7 * 60, frozenset({5, 6}))
    deny = RuleConfig("deny", ("restart",), except_admins=("wei",), hours=nights, reason="ask Wei")
    arguments = (("lines", Bounds(above=200)), ("bot", ("bob",)))
    assert policy.rules == (deny, RuleConfig("confirm", risks=("read",), admins=("lan",), arguments=arguments))
    whole = MaintenanceConfig(Hours(0, 0, frozenset({0})), ("bob",))
    assert config.maintenance == (MaintenanceConfig(Hours(180, 270)), whole)
    restart = load_catalogue(config).get("restart")
    assert restart and restart.policy.risk == "destroy" and restart.policy.confirm == "always"


RULE = '[[policy.rule]]\nthen = "deny"\n'


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("[policy]\nconfrim = 'always'", "policy.confrim", "read_only"),
        ("[policy.restrat]\nconfirm = 'always'", "policy.restrat", "restart"),
        ("[policy.restart]\nconfrim = 'always'", "policy.restart.confrim", "'confirm'"),
        ("[policy.restart]\nconfirm = 'often'", "policy.restart.confirm", "always"),
        ("[policy.restart]\nrisk = 'none'", "policy.restart.risk", "destroy"),
        ("[policy.restart]", "policy.restart", ""),
        ("[policy.restart]\nauth = 'retina'", "policy.restart.auth", "retina"),
        ("[policy.restart]\nauth = ['none', 'none']", "policy.restart.auth", ""),
        ("[policy]\nread_only = 'yes'", "policy.read_only", "boolean"),
        ("[policy]\nchanges_per_hour = -1", "policy.changes_per_hour", "minimum"),
        ("[[policy.rule]]\nthen = 'allow'\ntools = ['restart']", "policy.rule[0].then", "deny"),
        (RULE, "policy.rule[0]", ""),
        (RULE + "tool = ['restart']", "policy.rule[0].tool", "'tools'"),
        (RULE + "tools = ['reboot']", "policy.rule[0].tools", "reboot"),
        (RULE + "admins = ['eve']", "policy.rule[0].admins", "wei, lan"),
        (RULE + "except_admins = ['eve']", "policy.rule[0].except_admins", "eve"),
        (RULE + "hours = '22-7'", "policy.rule[0].hours", "22:00-07:00"),
        (RULE + "hours = '07:00-07:00'", "policy.rule[0].hours", "no span"),
        (RULE + "hours = '07:00-24:30'", "policy.rule[0].hours", "no span"),
        (RULE + "days = ['caturday']", "policy.rule[0].days[0]", "sat"),
        (RULE + "risk = ['high']", "policy.rule[0].risk[0]", "read"),
        (RULE + "arguments = { lines = { over = 2 } }", "policy.rule[0].arguments.lines", ""),
        (RULE + "tools = ['restart']\nauth = 'totp'", "policy.rule[0].auth", ""),
        ("[[maintenance]]\nbots = ['bob']", "maintenance[0]", "hours"),
        ("[[maintenance]]\nhours = '03:00'", "maintenance[0].hours", "span"),
        ("[[maintenance]]\nhours = '03:00-04:00'\nbots = ['carol']", "maintenance[0].bots", "carol"),
    ],
)
def test_what_is_unknown_stops_the_start(tmp_path: Path, text: str, place: str, words: str) -> None:
    """One error with file and place, and what would do."""
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, f"{GOOD}{text}\n")
    assert caught.value.place == place and words in caught.value.message, str(caught.value)
    assert caught.value.file == str(tmp_path / "nlops.toml")


@pytest.mark.parametrize(
    ("arguments", "words"), [("{ colour = 'red' }", "lines, bot"), ("{ bot = ['bob', 'bbo'] }", "no bot 'bbo'")]
)
def test_a_rule_that_could_never_match_stops_the_start(tmp_path: Path, arguments: str, words: str) -> None:
    """Somebody would believe in it."""
    config = load(tmp_path, f"{GOOD}{RULE}tools = ['tail_logs']\narguments = {arguments}\n")
    with pytest.raises(ConfigError) as caught:
        load_catalogue(config)
    assert caught.value.place.startswith("policy.rule[0].arguments.")
    assert all(word in caught.value.message for word in words.split(", "))


def test_factors_of_a_tool(tmp_path: Path) -> None:
    """Each that is known; `none` demands nothing. Whether it can be given is looked at when the tools are known."""
    for factor in FACTORS:
        text = f"{GOOD}[policy.restart]\nauth = ['{factor}']\n"
        assert load(tmp_path, text).policy.tools["restart"].auth == (factor,)
    assert load(tmp_path, f"{GOOD}[policy.restart]\nauth = 'none'\n").policy.tools["restart"].auth == ()
