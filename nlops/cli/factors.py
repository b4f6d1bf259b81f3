"""What nlops.toml says of second factors: `totp` and `phone` of an admin, [sms], [authy]; and whether what the tools
demand can be given. A factor that nobody could give stops the start: it is never taken for none."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from nlops.adapters.factors.sms import PLACEHOLDERS, unknown_placeholder
from nlops.domain.config import AdminConfig, AuthyConfig, CommandSms, Config, HttpSms, Secret, SmsConfig, TencentSms
from nlops.domain.errors import ConfigError
from nlops.domain.tools import Catalogue, ToolSpec
from nlops.gate.factors import CAN_GIVE, FACTORS
from nlops.gate.totp import fault_in
from nlops.toolbox.template import reference_in

LOOPBACK = ("127.0.0.1", "localhost", "::1")
Table = Mapping[str, Any]
# Reads one secret (`env:NAME`, `file:PATH`, or as it stands) of a place; None stays None. Raises ConfigError.
ReadSecret = Callable[[str | None, Path, str], Any]


def read_totp(raw: Table, file: Path, place: str, read: ReadSecret) -> Secret | None:
    """An admin's secret, without the spaces and in the capitals that people copy it with or without."""
    secret: Secret | None = read(raw.get("totp"), file, f"{place}.totp")
    if secret is None:
        return None
    text = re.sub(r"[\s-]", "", secret.reveal()).upper().rstrip("=")
    fault = fault_in(text)
    if fault is not None:
        raise ConfigError(str(file), f"{place}.totp", f"the secret {fault}")
    return Secret(text)


def read_authy(raw: Table | None, file: Path, read: ReadSecret) -> AuthyConfig | None:
    if raw is None:
        return None
    config = AuthyConfig(**{**raw, "token": read(raw["token"], file, "authy.token")})
    _check_url(config.base_url, file, "authy.base_url")
    return config


def read_sms(raw: Table | None, file: Path, read: ReadSecret) -> SmsConfig | None:
    if raw is None:
        return None
    rest = {key: value for key, value in raw.items() if key != "provider"}
    if raw["provider"] == "tencent":
        keys = {key: read(raw[key], file, f"sms.{key}") for key in ("secret_id", "secret_key")}
        parameters = tuple(raw.get("parameters", ("{code}",)))
        _check_url(raw.get("endpoint", TencentSms.endpoint), file, "sms.endpoint")
        _check_templates(parameters, file, "sms.parameters")
        return TencentSms(**{**rest, **keys, "parameters": parameters})
    if raw["provider"] == "command":
        return _command_sms(rest, file)
    return _http_sms(rest, file, read)


def _command_sms(raw: Table, file: Path) -> CommandSms:
    _check_templates((*raw["command"], raw.get("stdin", "")), file, "sms.command")
    if unknown_placeholder(raw["command"][0]) or "{" in raw["command"][0]:
        raise ConfigError(str(file), "sms.command", "the first word is the program, without placeholders")
    _check_code_is_sent(raw, file)
    lists = {"command": tuple(raw["command"]), "accept": _accept(raw)}
    return CommandSms(**{**raw, **lists})


def _accept(raw: Table) -> tuple[str, str] | None:
    return (raw["accept"]["pointer"], raw["accept"]["equals"]) if "accept" in raw else None


def _http_sms(raw: Table, file: Path, read: ReadSecret) -> HttpSms:
    _check_url(re.sub(r"\{[a-z]+\}", "0", raw["url"]), file, "sms.url")
    if "form" in raw and "json" in raw:
        raise ConfigError(str(file), "sms", "form and json exclude each other: one of them is the body")
    if ("user" in raw) != ("password" in raw):
        raise ConfigError(str(file), "sms", "user and password stand together, or not at all")
    secrets: list[Secret] = []

    def value(text: str, place: str) -> str:
        """A template with its reference, if it is one, read."""
        found = reference_in(text)
        if found is None:
            _check_templates((text,), file, place)
            return text
        secret = read(found[1], file, place)
        secrets.append(secret)
        return found[0] + str(secret.reveal())

    def table(key: str) -> tuple[tuple[str, Secret], ...]:
        return tuple((name, Secret(value(text, f"sms.{key}.{name}"))) for name, text in raw.get(key, {}).items())

    def body(one: Any, place: str) -> Any:
        if isinstance(one, str):
            return value(one, place)
        if isinstance(one, list):
            return [body(item, f"{place}[{at}]") for at, item in enumerate(one)]
        return {key: body(item, f"{place}.{key}") for key, item in one.items()} if isinstance(one, dict) else one

    _check_templates((raw["url"],), file, "sms.url")
    config = HttpSms(
        url=raw["url"],
        method=raw.get("method", "POST"),
        headers=table("headers"),
        user=raw.get("user"),
        password=read(raw.get("password"), file, "sms.password"),
        form=table("form"),
        json=Secret(json.dumps(body(raw["json"], "sms.json"), ensure_ascii=False)) if "json" in raw else None,
        accept=_accept(raw),
        timeout_s=raw.get("timeout_s", 10.0),
    )
    _check_code_is_sent(raw, file)
    known = (*secrets, *([config.password] if config.password is not None else []))
    return HttpSms(**{**config.__dict__, "secrets": tuple(known)})


def _check_code_is_sent(raw: Table, file: Path) -> None:
    """A request that names neither the number nor the code would be accepted, and nothing would arrive."""
    text = json.dumps({key: raw.get(key) for key in ("url", "headers", "form", "json", "command", "stdin")})
    if not any(f"{{{name}}}" in text for name in ("code", "text")):
        raise ConfigError(str(file), "sms", "nothing holds {code} or {text}: no code would be sent")
    if not any(f"{{{name}}}" in text for name in ("phone", "digits", "local")):
        raise ConfigError(str(file), "sms", "nothing holds {phone}, {digits} or {local}: it would go to nobody")


def _check_templates(templates: tuple[str, ...], file: Path, place: str) -> None:
    unknown = next(filter(None, (unknown_placeholder(one) for one in templates)), None)
    if unknown is not None:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise ConfigError(str(file), place, f"no placeholder {{{unknown}}}; there are: {known}")


def _check_url(url: str, file: Path, place: str) -> None:
    """Codes and keys go over TLS, except on this machine."""
    try:
        where = urlsplit(url)
        is_well = where.scheme == "https" or (where.scheme == "http" and where.hostname in LOOPBACK)
        is_well = is_well and bool(where.hostname) and where.username is None and where.port != 0
    except ValueError:
        is_well = False
    if not is_well:
        raise ConfigError(str(file), place, "an https:// address (http:// on this machine only), without a password")


def check_meaning(config: Config) -> None:
    """What a schema can't say of second factors. Raises ConfigError."""
    file = str(config.file)
    for field in ("totp", "phone"):
        seen: dict[str, str] = {}
        for at, admin in enumerate(config.admins):
            value = admin.totp.reveal() if field == "totp" and admin.totp else admin.phone if field == "phone" else None
            if value is not None and value in seen:
                why = f"{seen[value]} has the same; a factor that two people hold tells nobody who it was"
                raise ConfigError(file, f"admin[{at}].{field}", why)
            if value is not None:
                seen[value] = admin.name


def check_factors(config: Config, catalogue: Catalogue) -> None:
    """Whether each factor that is demanded can be given, by somebody. Raises ConfigError with where it is demanded."""
    for file, place, factor in _demands(config, catalogue):
        why = why_never(config, factor)
        if why is not None:
            raise ConfigError(file, place, f"{factor} is demanded, and {why}")


def _demands(config: Config, catalogue: Catalogue) -> Iterator[tuple[str, str, str]]:
    """File, place and factor of each demand: of a definition, of [policy.TOOL], of a rule."""
    for tool in catalogue.tools:
        own = config.policy.tools.get(tool.name)
        is_own = own is not None and own.auth is not None
        where = (str(config.file), f"policy.{tool.name}.auth") if is_own else (tool.file or tool.name, "$.policy.auth")
        yield from ((*where, factor) for factor in tool.policy.auth)
    for at, rule in enumerate(config.policy.rules):
        yield from ((str(config.file), f"policy.rule[{at}].auth", factor) for factor in rule.auth)


def why_never(config: Config, factor: str) -> str | None:
    """Why nobody could ever give this factor; None where somebody can."""
    if factor == "none":
        return None
    if factor not in FACTORS:
        return f"there is no such factor; there are: {', '.join(FACTORS)}"
    if factor in ("sms", "authy") and getattr(config, factor) is None:
        return f"{config.file} has no [{factor}]"
    if not any(CAN_GIVE[factor](config, admin) for admin in config.admins):
        missing = {"totp": "no [[admin]] has totp", "second-admin": "there is one [[admin]] only"}
        return f"in {config.file} {missing.get(factor, 'no [[admin]] has a phone')}"
    return None


def lacking(config: Config, catalogue: Catalogue) -> Iterator[tuple[AdminConfig, str, str]]:
    """Who could not give which factor, and who demands it."""
    for admin in config.admins:
        for tool in catalogue.tools:
            demanded = dict.fromkeys((*tool.policy.auth, *_of_rules(config, admin, tool)))
            yield from ((admin, tool.name, one) for one in demanded if not CAN_GIVE[one](config, admin))


def _of_rules(config: Config, admin: AdminConfig, tool: ToolSpec) -> Iterator[str]:
    for rule in config.policy.rules:
        is_theirs = not rule.admins or admin.name in rule.admins
        if is_theirs and admin.name not in rule.except_admins and (not rule.tools or tool.name in rule.tools):
            yield from rule.auth
