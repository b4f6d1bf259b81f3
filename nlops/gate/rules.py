"""What the operator's policy says to a call: denied, shown first, with which factors.

    the definition's policy ◀── [policy.TOOL] overrides it (when the catalogue is made)
    confirm                 ◀── that, or [policy]
    [[policy.rule]]             tightens: each that matches counts, a denial above all
    read-only, stopped, the hour's changes are used up: denied, unless it only looks

A denial is asked for twice: when the calls are understood, and again when they are about to begin.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from nlops.domain import phrases
from nlops.domain.config import Bounds, Config, RuleConfig
from nlops.domain.events import Moment
from nlops.domain.standing import Standing
from nlops.domain.tools import Source, ToolCall, ToolSpec
from nlops.domain.words import Language
from nlops.gate.hours import ends_at
from nlops.gate.policy import wants_confirmation

HOUR_S = 3600.0
Change = tuple[str, float]
"""A tool that changed something, and when: monotonic seconds."""


@dataclass(frozen=True)
class Asking:
    """Who asks for calls, and how."""

    admin: str
    source: Source
    language: Language


@dataclass(frozen=True)
class Ruling:
    """What holds for several calls together. `denial` is why they may not be, in words; empty where they may."""

    denial: str = ""
    confirm: bool = False
    auth: tuple[str, ...] = ()
    ttl_s: float = field(default=0.0)


def rule_on(
    calls: Sequence[ToolCall],
    tools: Sequence[ToolSpec],
    asking: Asking,
    config: Config,
    standing: Standing,
    changes: Sequence[Change],
    now: Moment,
) -> Ruling:
    """The strictest of what holds for each call. `calls` have their defaults; `tools` are theirs, in order."""
    matched = [
        rule
        for call, tool in zip(calls, tools, strict=True)
        for rule in config.policy.rules
        if matches(rule, call, tool, asking.admin, now)
    ]
    factors = [factor for tool in tools for factor in tool.policy.auth]
    factors += [factor for rule in matched for factor in rule.auth]
    auth = tuple(dict.fromkeys(factor for factor in factors if factor != "none"))
    asks = any(wants_confirmation(tool, asking.source, config) for tool in tools)
    denied = next((rule for rule in matched if rule.then == "deny"), None)
    denial = _hold(tools, asking.language, config, standing, changes, now)
    if denied is not None and not denial:
        denial = denied.reason or phrases.DENIED_BY_RULE.say(asking.language, nth=config.policy.rules.index(denied) + 1)
    return Ruling(denial, bool(asks or auth or matched), auth, _ttl(tools, config))


def _ttl(tools: Sequence[ToolSpec], config: Config) -> float:
    own = (config.policy.tools[tool.name].ttl_s for tool in tools if tool.name in config.policy.tools)
    return min((ttl_s for ttl_s in own if ttl_s is not None), default=config.policy.ttl_s)


def matches(rule: RuleConfig, call: ToolCall, tool: ToolSpec, admin: str, now: Moment) -> bool:
    """Whether every condition of the rule holds for this call of this admin, now."""
    return (
        (not rule.tools or tool.name in rule.tools)
        and (not rule.risks or tool.policy.risk in rule.risks)
        and (not rule.admins or admin in rule.admins)
        and admin not in rule.except_admins
        and (rule.hours is None or ends_at(rule.hours, now.wall, now.offset_s) is not None)
        and all(_is_value(call.arguments.get(name), wanted) for name, wanted in rule.arguments)
    )


def _is_value(value: object, wanted: tuple[object, ...] | Bounds) -> bool:
    """Whether a value is one of these; of a list, whether any of its items is."""
    if isinstance(value, list | tuple):
        return any(_is_value(item, wanted) for item in value)
    if isinstance(wanted, Bounds):
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (wanted.above is None or value > wanted.above) and (wanted.below is None or value < wanted.below)
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in wanted)


def _hold(
    tools: Sequence[ToolSpec],
    language: Language,
    config: Config,
    standing: Standing,
    changes: Sequence[Change],
    now: Moment,
) -> str:
    """Why nothing may change now; empty where it may, or nothing would."""
    changing = [tool.name for tool in tools if tool.policy.risk != "read"]
    if not changing:
        return ""
    if standing.stopped is not None:
        return phrases.IS_STOPPED.say(language, admin=standing.stopped.by)
    if config.policy.read_only:
        return phrases.IS_READ_ONLY.say(language)
    return _over_limit(changing, language, config, changes, now)


def _over_limit(
    changing: Sequence[str], language: Language, config: Config, changes: Sequence[Change], now: Moment
) -> str:
    recent = in_the_hour(changes, now)
    limits: list[tuple[str | None, int | None]] = [(None, config.policy.changes_per_hour)]
    limits += [(name, own.changes_per_hour) for name, own in config.policy.tools.items()]
    for name, most in limits:
        wanted = sum(1 for tool in changing if name in (None, tool))
        used = [at for tool, at in recent if name in (None, tool)]
        if most is None or not wanted or len(used) + wanted <= most:
            continue
        fields = {"most": most, "tool": name or phrases.ALL_TOOLS.say(language)}
        if wanted > most:
            return phrases.OVER_LIMIT_EVER.say(language, **fields)
        wait_s = used[len(used) + wanted - most - 1] + HOUR_S - now.monotonic
        return phrases.OVER_LIMIT.say(language, **fields, minutes=max(1, round(wait_s / 60 + 0.5)))
    return ""


def in_the_hour(changes: Sequence[Change], now: Moment) -> tuple[Change, ...]:
    """Those of the last hour, oldest first."""
    return tuple(sorted((one for one in changes if now.monotonic - one[1] < HOUR_S), key=lambda one: one[1]))
