"""What the policy says to a call: rules by tool, risk, admin, argument and time; read-only, the switch, the hour."""

from dataclasses import replace
from typing import Any

import pytest

from nlops.domain.config import Bounds, Hours, PolicyConfig, RuleConfig, ToolPolicyConfig
from nlops.domain.standing import Standing, Stop
from nlops.domain.tools import Source, ToolCall, ToolSpec
from nlops.gate.policy import with_policy
from nlops.gate.rules import Asking, Change, Ruling, rule_on
from tests.support import at, make_config, shipped_catalogue

RESTART = ToolCall("restart", {"bot": "bob"})
TAIL = ToolCall("tail_logs", {"bot": "bob", "lines": 300})
STATUS = ToolCall("status", {})


def judge(
    *calls: ToolCall,
    policy: PolicyConfig | None = None,
    admin: str = "wei",
    source: Source = "keyword",
    standing: Standing | None = None,
    changes: tuple[Change, ...] = (),
    seconds: float = 0.0,
) -> Ruling:
    config = make_config(policy=policy or PolicyConfig())
    catalogue = shipped_catalogue(config)
    tools = [with_policy(tool, config) for call in calls if (tool := catalogue.get(call.tool))]
    return rule_on(calls, tools, Asking(admin, source, "en"), config, standing or Standing(), changes, at(seconds))


def by(**conditions: Any) -> PolicyConfig:
    return PolicyConfig(rules=(RuleConfig("deny", **conditions),))


@pytest.mark.parametrize(
    ("policy", "denied", "allowed"),
    [
        (by(tools=("restart",)), RESTART, TAIL),
        (by(risks=("change", "destroy")), RESTART, STATUS),
        (by(arguments=(("bot", ("bob",)),)), RESTART, ToolCall("restart", {"bot": "alice"})),
        (by(arguments=(("lines", Bounds(above=200)),)), TAIL, ToolCall("tail_logs", {"bot": "bob", "lines": 200})),
        (by(arguments=(("lines", Bounds(below=301)),)), TAIL, ToolCall("tail_logs", {"bot": "bob", "lines": 301})),
        (by(arguments=(("lines", (300,)),)), TAIL, RESTART),
        (by(tools=("restart", "status"), arguments=(("bot", ("bob",)),)), RESTART, STATUS),
    ],
)
def test_what_a_rule_matches(policy: PolicyConfig, denied: ToolCall, allowed: ToolCall) -> None:
    """Every condition that is given; an argument that a call does not have matches nothing."""
    assert "rule 1" in judge(denied, policy=policy).denial
    assert not judge(allowed, policy=policy).denial
    assert judge(allowed, denied, policy=policy).denial  # of several, all must be allowed


@pytest.mark.parametrize(("value", "wanted"), [(True, (1,)), (1, (True,)), ("1", (1,)), (True, Bounds(above=0))])
def test_a_value_is_of_its_type(value: object, wanted: Any) -> None:
    """True is no 1, and a text no number."""
    call = ToolCall("tail_logs", {"bot": "bob", "lines": value})
    assert not judge(call, policy=by(arguments=(("lines", wanted),))).denial


def test_an_item_of_a_list_is_enough() -> None:
    """Where an argument is a list."""
    call = ToolCall("restart", {"bot": ["alice", "bob"]})
    assert judge(call, policy=by(arguments=(("bot", ("bob",)),))).denial


def test_admins() -> None:
    """Those that are named, or all but those."""
    assert judge(RESTART, policy=by(admins=("lan",)), admin="lan").denial
    assert not judge(RESTART, policy=by(admins=("lan",))).denial
    assert judge(RESTART, policy=by(except_admins=("wei",)), admin="lan").denial
    assert not judge(RESTART, policy=by(except_admins=("wei",))).denial


def test_hours() -> None:
    """The tests' moment is 08:00 UTC, a Friday."""
    assert judge(RESTART, policy=by(hours=Hours(480, 540))).denial
    assert not judge(RESTART, policy=by(hours=Hours(480, 540)), seconds=3600).denial


def test_a_rule_that_asks() -> None:
    """A keyword that would run at once is shown first, with the factor; the reason is the operator's words."""
    rule = RuleConfig("confirm", tools=("restart",), auth=("totp",))
    ruling = judge(RESTART, policy=PolicyConfig(rules=(rule,)))
    assert (ruling.denial, ruling.confirm, ruling.auth) == ("", True, ("totp",))
    assert not judge(STATUS, policy=PolicyConfig(rules=(rule,))).confirm
    denies = PolicyConfig(rules=(rule, RuleConfig("deny", tools=("restart",), reason="ask Lan first")))
    assert judge(RESTART, policy=denies).denial == "ask Lan first"


def test_a_tools_own_policy_is_overridden() -> None:
    """Risk, confirmation, life; what is made to destroy asks by keyword too."""
    policy = PolicyConfig(tools={"restart": ToolPolicyConfig(risk="destroy", ttl_s=30), "status": ToolPolicyConfig()})
    ruling = judge(RESTART, policy=policy)
    assert ruling.confirm and ruling.ttl_s == 30 and judge(STATUS, policy=policy).ttl_s == 120
    policy = PolicyConfig(tools={"restart": ToolPolicyConfig(confirm="never")})
    assert not judge(RESTART, policy=policy, source="model").confirm


def test_factors_make_it_wait() -> None:
    """Whatever else says that it need not; `none` is none."""
    config = make_config(policy=PolicyConfig(confirm="never"))
    tool = shipped_catalogue(config).get("restart")
    assert isinstance(tool, ToolSpec)
    for auth, wanted in ((("none",), ()), (("sms", "second-admin"), ("sms", "second-admin"))):
        own = replace(tool, policy=replace(tool.policy, auth=auth))
        ruling = rule_on([RESTART], [own], Asking("wei", "keyword", "en"), config, Standing(), (), at(0))
        assert ruling.auth == wanted and ruling.confirm is bool(wanted)


def test_read_only_and_stopped() -> None:
    """Looking goes on; changing does not, in any order of calls."""
    stopped = Standing(Stop("lan", 0.0))
    for changes in ({"policy": PolicyConfig(read_only=True)}, {"standing": stopped}):
        assert judge(STATUS, RESTART, **changes).denial and not judge(STATUS, TAIL, **changes).denial
    assert "lan stopped" in judge(RESTART, standing=stopped).denial


def test_the_hours_limit() -> None:
    """So many changes in any hour, of all tools or of one; the wait is told; looking does not count."""
    policy = PolicyConfig(changes_per_hour=2, tools={"restart": ToolPolicyConfig(changes_per_hour=1)})
    used = (("other", 1000.0 - 3500), ("other", 1000.0 - 10))
    assert "in 2 min" in judge(RESTART, policy=policy, changes=used).denial
    assert not judge(RESTART, policy=policy, changes=used, seconds=101).denial
    assert "(restart)" in judge(RESTART, policy=policy, changes=(("restart", 999.0),)).denial
    assert "more at once" in judge(RESTART, RESTART, policy=policy).denial
    assert not judge(STATUS, policy=policy, changes=used).denial
    assert judge(RESTART, policy=PolicyConfig(changes_per_hour=0)).denial
