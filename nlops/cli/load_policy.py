"""[policy], [policy.TOOL], [[policy.rule]] and [[maintenance]] of nlops.toml. What is unknown stops the start."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from nlops.domain.config import (
    Bounds,
    Config,
    Hours,
    MaintenanceConfig,
    PolicyConfig,
    RuleConfig,
    ToolPolicyConfig,
)
from nlops.domain.errors import ConfigError
from nlops.domain.tools import Catalogue, ToolSpec
from nlops.gate.factors import BUILT
from nlops.gate.policy import with_policy

Table = Mapping[str, Any]

KEYS = ("confirm", "ttl_s", "read_only", "changes_per_hour", "rule")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)")


def check_keys(raw: Mapping[str, object], file: Path, enabled: Sequence[str]) -> None:
    """Whether each key of [policy] is one, or a tool of the allowlist. Raises ConfigError."""
    policy = raw.get("policy")
    if not isinstance(policy, Mapping):
        return
    for key in policy:
        if key not in KEYS and key not in enabled:
            known = f"{', '.join(KEYS)}; or an enabled tool: {', '.join(enabled)}"
            raise ConfigError(str(file), f"policy.{key}", f"unknown; known are {known}")


def read_policy(raw: Table, file: Path) -> PolicyConfig:
    """The policy, its shape checked. Raises ConfigError."""
    rest = {key: value for key, value in raw.items() if key in KEYS and key != "rule"}
    tools = {key: _tool(value, file, f"policy.{key}") for key, value in raw.items() if key not in KEYS}
    rules = tuple(_rule(rule, file, f"policy.rule[{at}]") for at, rule in enumerate(raw.get("rule", ())))
    return PolicyConfig(**rest, tools=tools, rules=rules)


def read_maintenance(raw: Sequence[Table], file: Path) -> tuple[MaintenanceConfig, ...]:
    """The windows. Raises ConfigError."""
    return tuple(
        MaintenanceConfig(_hours(one, file, f"maintenance[{at}]"), tuple(one.get("bots", ())))
        for at, one in enumerate(raw)
    )


def _tool(raw: Table, file: Path, place: str) -> ToolPolicyConfig:
    auth = _auth(raw.get("auth"), file, place)
    return ToolPolicyConfig(**{**raw, "auth": auth if "auth" in raw else None})


def _auth(raw: str | list[str] | None, file: Path, place: str) -> tuple[str, ...]:
    listed = [raw] if isinstance(raw, str) else raw or []
    factors = tuple(factor for factor in listed if factor != "none")
    if factors and len(factors) != len(listed):
        raise ConfigError(str(file), f"{place}.auth", '"none" stands alone, or not at all')
    unbuilt = next((factor for factor in factors if factor not in BUILT), None)
    if unbuilt is not None:
        # What cannot be asked for must not be promised.
        raise ConfigError(str(file), f"{place}.auth", f"{unbuilt!r} is not part of this version")
    return factors


def _rule(raw: Table, file: Path, place: str) -> RuleConfig:
    lists = {key: tuple(raw.get(key, ())) for key in ("tools", "admins", "except_admins")}
    hours = _hours(raw, file, place) if "hours" in raw or "days" in raw else None
    auth = _auth(raw.get("auth"), file, place)
    if auth and raw["then"] == "deny":
        raise ConfigError(str(file), f"{place}.auth", 'what is denied needs no factor; then = "confirm"')
    arguments = tuple((name, _wanted(value)) for name, value in raw.get("arguments", {}).items())
    return RuleConfig(
        then=raw["then"],
        **lists,
        risks=tuple(raw.get("risk", ())),
        arguments=arguments,
        hours=hours,
        auth=auth,
        reason=raw.get("reason", ""),
    )


def _wanted(raw: Any) -> tuple[object, ...] | Bounds:
    if isinstance(raw, Mapping):
        return Bounds(**raw)
    return tuple(raw) if isinstance(raw, list) else (raw,)


def _hours(raw: Table, file: Path, place: str) -> Hours:
    """`hours = "22:00-07:00"`, `days = ["sat", "sun"]`; without hours the whole of those days."""
    text = raw.get("hours", "00:00-24:00")
    match = _SPAN.fullmatch(text)
    start, end = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
    if not match or end > 1440 or start == end:
        raise ConfigError(str(file), f"{place}.hours", f'{text!r} is no span of a day; write "22:00-07:00", local time')
    return Hours(start, end % 1440, frozenset(DAYS.index(day) for day in raw.get("days", ())))


def check_names(config: Config) -> None:
    """Whether rules and windows name what there is. Raises ConfigError."""
    for place, key, name, known in _names(config):
        if name not in known:
            raise ConfigError(str(config.file), place, f"no {key} {name!r}; there are: {', '.join(known)}")


def _names(config: Config) -> Iterator[tuple[str, str, str, Sequence[str]]]:
    admins, bots = [admin.name for admin in config.admins], [bot.name for bot in config.bots]
    for at, rule in enumerate(config.policy.rules):
        place = f"policy.rule[{at}]"
        yield from ((f"{place}.tools", "enabled tool", name, config.tools.enable) for name in rule.tools)
        yield from ((f"{place}.admins", "admin", name, admins) for name in rule.admins)
        yield from ((f"{place}.except_admins", "admin", name, admins) for name in rule.except_admins)
    for at, window in enumerate(config.maintenance):
        yield from ((f"maintenance[{at}].bots", "bot", name, bots) for name in window.bots)


def apply_policy(catalogue: Catalogue, config: Config) -> Catalogue:
    """The catalogue with each tool's policy as [policy.TOOL] wants it. Raises ConfigError where a rule's argument is
    none of its tools'."""
    for at, rule in enumerate(config.policy.rules):
        tools = [tool for tool in catalogue.tools if not rule.tools or tool.name in rule.tools]
        for name, wanted in rule.arguments:
            _check_argument(tools, name, wanted, catalogue, str(config.file), f"policy.rule[{at}].arguments.{name}")
    return replace(catalogue, tools=tuple(with_policy(tool, config) for tool in catalogue.tools))


def _check_argument(
    tools: Sequence[ToolSpec],
    name: str,
    wanted: tuple[object, ...] | Bounds,
    catalogue: Catalogue,
    file: str,
    place: str,
) -> None:
    """A rule that can never match is a rule that somebody believes in."""
    schemas = [tool.properties[name] for tool in tools if name in tool.properties]
    if not schemas:
        known = dict.fromkeys(one for tool in tools for one in tool.properties)
        raise ConfigError(file, place, f"no such argument; there are: {', '.join(known) or 'none'}")
    bots = [bot.name for bot in catalogue.bots]
    if not isinstance(wanted, Bounds) and all(schema.get("format") == "bot" for schema in schemas):
        unknown = next((one for one in wanted if one not in bots), None)
        if unknown is not None:
            raise ConfigError(file, place, f"no bot {unknown!r}; there are: {', '.join(bots)}")
