"""Reading what the operator wrote: nlops.toml, tool definitions, prompts. Each error names file and place."""

import json
import os
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nlops.cli import factors
from nlops.cli.definitions import load_catalogue, load_tool
from nlops.cli.load_policy import check_keys, check_names, read_maintenance, read_policy
from nlops.cli.mcp.config import check_mcp
from nlops.cli.resources import cache_dir, data_path, default_state_dir
from nlops.domain.bots import SignKind
from nlops.domain.config import (
    AdminConfig,
    AlertConfig,
    BotConfig,
    ChatConfig,
    Config,
    FormatConfig,
    McpConfig,
    McpServerConfig,
    ModelConfig,
    PatternConfig,
    PolicyConfig,
    Secret,
    ToolsConfig,
)
from nlops.domain.errors import ConfigError
from nlops.monitor.formats import FORMATS, LogFormat
from nlops.monitor.linear import fault_of, groups_of
from nlops.monitor.own import fault_in, known_formats
from nlops.toolbox.faults import nearest
from nlops.understand.interpret import Prompts, from_texts

__all__ = [
    "cache_dir",
    "check_shape",
    "load_admins",
    "load_catalogue",
    "load_chat",
    "load_config",
    "load_formats",
    "load_prompts",
    "load_tool",
    "read_end",
]

LOG_BYTES = 4 << 20  # of a log's end: enough to see in what format it is written

# TOML is typed by the schema before anything is read out of it.
Table = Mapping[str, Any]


def load_config(path: str | None, *, has_gateway: bool = True) -> Config:
    """Read and check a configuration; None means `nlops.toml` in the working folder. Without a gateway of its own
    (`attach`: the bot has one) what `[chat]` says of it is not read, and need not stand there. Raises ConfigError."""
    file = _file(path)
    raw = _read(file, has_gateway=has_gateway)
    config = _build(raw, file)
    _check_meaning(config)
    return config


def load_chat(path: str | None) -> tuple[ChatConfig, Path] | None:
    """`[chat]` and the state folder alone, as `nlops gateway` needs them: no other secret is read. None where no file
    is named and none stands in the working folder. Raises ConfigError."""
    file = _file(path)
    if path is None and not file.exists():
        return None
    raw = _read(file)
    return _chat(raw["chat"], file), _state_dir(raw, file.parent)


def load_admins(path: str | None) -> tuple[tuple[str, ...], Path, Path]:
    """The admins' names, the state folder, and the file: no secret is read. Raises ConfigError."""
    file = _file(path)
    raw = _read(file)
    return tuple(admin["name"] for admin in raw["admin"]), _state_dir(raw, file.parent), file


def load_tools_config(file: Path) -> tuple[ToolsConfig, PolicyConfig]:
    """`[tools]` and `[policy]` alone, of a file that is checked as a whole; secrets are left alone. Raises
    ConfigError."""
    raw = _read(file, has_gateway=False)
    return _tools(raw, file.parent), read_policy(raw.get("policy", {}), file)


def load_formats(path: str | None) -> Mapping[str, LogFormat]:
    """The formats that can be named: the shipped ones, and those of the configuration, where one is named or stands in
    the working folder. Secrets are left alone. Raises ConfigError."""
    file = _file(path)
    if path is None and not file.exists():
        return FORMATS
    own = _formats(_read(file))
    _check_formats(own, file)
    return known_formats(own)


def _file(path: str | None) -> Path:
    return Path(path or "nlops.toml").expanduser().absolute()


# What stands in [chat] for a gateway that nobody will connect to.
_NO_GATEWAY = {"endpoint": "127.0.0.1:1", "token": "-", "tls": False}


def _read(file: Path, *, has_gateway: bool = True) -> Table:
    try:
        raw = tomllib.loads(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise ConfigError(str(file), "", "no such file; write one (see README), or name it with -c FILE") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(str(file), "", str(error)) from error
    if not has_gateway:
        chat = raw.get("chat", {})
        raw["chat"] = {**(chat if isinstance(chat, dict) else {}), **_NO_GATEWAY}
    check_keys(raw, file, _enabled(raw))
    check_shape(raw, file)
    return raw


def _enabled(raw: Mapping[str, object]) -> tuple[str, ...]:
    tools = raw.get("tools")
    named = tools.get("enable") if isinstance(tools, Mapping) else None
    return tuple(map(str, named)) if isinstance(named, list) else ToolsConfig().enable


def check_shape(raw: Mapping[str, object], file: Path) -> None:
    """Whether the tables of a configuration have the shape of its schema. Raises ConfigError."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads((Path(__file__).parent / "config.schema.json").read_text("utf-8"))
    errors = list(Draft202012Validator(schema).iter_errors(raw))
    # What is written wrongly tells more than what is missing for it: [[bots]] more than "no bot".
    unknown = next((error for error in errors if error.validator == "additionalProperties"), None)
    error = unknown or best_match(errors)
    if error is None:
        return
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path).lstrip(".")
    if unknown is not None:
        known = unknown.schema.get("properties", {})
        key = next(key for key in unknown.instance if key not in known)
        raise ConfigError(str(file), f"{place}.{key}".lstrip("."), f"there is no such key; {nearest(key, known)}")
    # A value may be a secret: say what is allowed, and show only what the schema shows.
    parts = {str(part) for part in error.absolute_path}
    secret = parts & {"token", "api_key", "totp", "phone", "password", "headers", "form", "json", "targets", "env"}
    secret |= parts & {"secret_id", "secret_key"}
    raise ConfigError(str(file), place, "not allowed here" if secret else error.message)


def _build(raw: Table, file: Path) -> Config:
    folder = file.parent
    model = raw.get("model", {})
    policy = raw.get("policy", {})
    return Config(
        file=file,
        state_dir=_state_dir(raw, folder),
        language=raw.get("language", "auto"),
        chat=_chat(raw["chat"], file),
        model=_model(model, file, folder),
        admins=tuple(_admin(admin, file, f"admin[{at}]") for at, admin in enumerate(raw["admin"])),
        bots=tuple(_bot(bot, folder) for bot in raw["bot"]),
        tools=_tools(raw, folder),
        policy=read_policy(policy, file),
        formats=_formats(raw),
        sms=factors.read_sms(raw.get("sms"), file, _secret),
        authy=factors.read_authy(raw.get("authy"), file, _secret),
        mcp=tuple(_mcp(one, folder) for one in raw.get("mcp", ())),
        mcp_server=_mcp_server(raw.get("mcp_server"), file),
        maintenance=read_maintenance(raw.get("maintenance", ()), file),
    )


def _mcp(raw: Table, folder: Path) -> McpConfig:
    pairs = {key: tuple(raw[key].items()) for key in ("env", "headers") if key in raw}
    where = {"cwd": _path(raw["cwd"], folder)} if "cwd" in raw else {}
    return McpConfig(**{**raw, **pairs, **where, "command": tuple(raw.get("command", ()))})


def _mcp_server(raw: Table | None, file: Path) -> McpServerConfig | None:
    if raw is None:
        return None
    return McpServerConfig(tuple(raw["enable"]), raw["admin"], _secret(raw.get("token"), file, "mcp_server.token"))


def _tools(raw: Table, folder: Path) -> ToolsConfig:
    tools = raw.get("tools", {})
    return ToolsConfig(
        paths=tuple(_path(path, folder) for path in tools.get("paths", ())),
        enable=tuple(tools["enable"]) if "enable" in tools else ToolsConfig().enable,
        targets=tools.get("targets", {}),
    )


def _chat(raw: Table, file: Path) -> ChatConfig:
    token = _secret(raw["token"], file, "chat.token")
    return ChatConfig(**{**raw, "token": token, "rooms": tuple(raw.get("rooms", ()))})


def _state_dir(raw: Table, folder: Path) -> Path:
    return _path(raw["state_dir"], folder) if "state_dir" in raw else default_state_dir()


def _admin(raw: Table, file: Path, place: str) -> AdminConfig:
    if ("contact" in raw) == raw.get("pairing", False):
        message = 'either contact = "the exact contact id", or pairing = true and then: nlops pair NAME'
        raise ConfigError(str(file), place, f"{message}; got {'both' if 'contact' in raw else 'neither'}")
    totp = factors.read_totp(raw, file, place, _secret)
    return AdminConfig(raw["name"], raw.get("contact"), raw.get("language"), totp, raw.get("phone"))


def _bot(raw: Table, folder: Path) -> BotConfig:
    logs = [raw["log"]] if isinstance(raw["log"], str) else raw["log"]
    lists = {key: tuple(raw[key]) for key in ("aliases", "command") if key in raw}
    alerts = tuple(AlertConfig(**{"name": alert["pattern"], **alert}) for alert in raw.get("alert", ()))
    rest = {key: value for key, value in raw.items() if key != "alert"}
    return BotConfig(**{**rest, **lists, "alerts": alerts, "log": tuple(_path(log, folder) for log in logs)})


def _formats(raw: Table) -> tuple[FormatConfig, ...]:
    return tuple(
        FormatConfig(one["name"], one["description"], tuple(_pattern(pattern) for pattern in one["pattern"]))
        for one in raw.get("format", ())
    )


def _pattern(raw: Table) -> PatternConfig:
    lists = {key: tuple(raw[key]) for key in ("samples", "near_misses")}
    return PatternConfig(**{**raw, **lists, "sign": SignKind(raw["sign"])})


def _path(text: str, folder: Path) -> Path:
    """A path as written: `~` is the home, a relative one stands beside the configuration."""
    return folder / Path(text).expanduser()


def _secret(text: str | None, file: Path, place: str) -> Any:
    """A secret given as it is, as env:NAME or as file:PATH; None stays None."""
    if text is None:
        return None
    if text.startswith("env:"):
        value = os.environ.get(text[4:], "")
        if not value:
            raise ConfigError(str(file), place, f"the environment has no {text[4:]}, or it is empty")
        return Secret(value)
    if text.startswith("file:"):
        path = _path(text[5:], file.parent)
        try:
            return Secret(path.read_text("utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(str(file), place, f"cannot read {path}: {error}") from error
    return Secret(text)


def _check_meaning(config: Config) -> None:
    """What a schema cannot say: names are unique, formats exist, plain text stays on loopback."""
    file = str(config.file)
    host = config.chat.endpoint.rsplit(":", 1)[0]
    if not (config.chat.tls or config.chat.insecure or host in ("127.0.0.1", "localhost")):
        raise ConfigError(
            file, "chat.tls", f"false is refused, for {host} is not this machine; tls = true, or insecure = true"
        )
    _check_unique(file, "admin", "contact", [admin.contact for admin in config.admins if admin.contact])
    _check_unique(file, "admin", "name", [admin.name for admin in config.admins])
    _check_unique(file, "bot", "name or alias", [n.casefold() for bot in config.bots for n in bot.called().all()])
    factors.check_meaning(config)
    check_mcp(config)
    check_names(config)
    _check_formats(config.formats, config.file)
    formats = known_formats(config.formats)
    for at, bot in enumerate(config.bots):
        _check_alerts(file, f"bot[{at}]", bot.alerts)
        if bot.format not in formats:
            raise ConfigError(file, f"bot[{at}].format", f"no format {bot.format!r}; there are: {', '.join(formats)}")
        named = [key for key in ("pm2", "systemd", "docker", "supervisor", "command") if getattr(bot, key)]
        if len(named) > 1:
            why = f"{' and '.join(named)} exclude each other: one of them restarts the bot"
            raise ConfigError(file, f"bot[{at}]", why)


def _check_formats(formats: tuple[FormatConfig, ...], file: Path) -> None:
    fault = fault_in(formats)
    if fault is not None:
        raise ConfigError(str(file), f"format{fault[0]}", fault[1])


def _check_alerts(file: str, place: str, alerts: Sequence[AlertConfig]) -> None:
    _check_unique(file, f"{place}.alert", "name", [alert.name for alert in alerts])
    for at, alert in enumerate(alerts):
        fault = fault_of(alert.pattern) or ("an alert has no named groups" if groups_of(alert.pattern) else None)
        if fault is not None:
            raise ConfigError(file, f"{place}.alert[{at}].pattern", fault)


def _check_unique(file: str, table: str, key: str, values: list[str]) -> None:
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise ConfigError(file, table, f"{key} {twice!r} stands here twice")


def read_end(log: Path) -> bytes:
    """The last whole lines of a log, LOG_BYTES at most; a last line without its end counts too. Raises OSError."""
    with log.open("rb") as file:
        cut = file.seek(max(0, log.stat().st_size - LOG_BYTES)) > 0
        block = file.read(LOG_BYTES)
    return block[block.find(b"\n") + 1 if cut else 0 :] + b"\n"


def _model(raw: Mapping[str, Any], file: Path, folder: Path) -> ModelConfig:
    prompts = _path(raw["prompts"], folder) if "prompts" in raw else None
    return ModelConfig(**{**raw, "api_key": _secret(raw.get("api_key"), file, "model.api_key"), "prompts": prompts})


def load_prompts(model: ModelConfig | None = None) -> Prompts:
    """The texts the model is told: the shipped ones, and those of `[model] prompts` in their place. The embedded model
    was trained for this and needs no examples; others get them. Raises ConfigError."""
    model = model or ModelConfig()
    folders = [data_path("prompts"), *([model.prompts] if model.prompts else [])]
    if model.prompts and not model.prompts.is_dir():
        raise ConfigError(str(model.prompts), "", "[model] prompts is no folder")
    texts = {file.name: file.read_text("utf-8") for folder in folders for file in sorted(folder.glob("*.txt"))}
    return from_texts(texts, with_turns=model.provider != "embedded")
