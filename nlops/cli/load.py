"""Reading what the operator wrote: nlops.toml, tool definitions, prompts. Each error names file and place."""

import json
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlops.cli.resources import cache_dir, data_path, default_state_dir
from nlops.domain.config import (
    AdminConfig,
    BotConfig,
    ChatConfig,
    Config,
    ModelConfig,
    PolicyConfig,
    Secret,
    ToolsConfig,
)
from nlops.domain.errors import ConfigError, ToolError
from nlops.domain.tools import Catalogue, ToolSpec
from nlops.monitor.formats import FORMATS
from nlops.toolbox.definition import parse_definition
from nlops.understand.interpret import Prompts, from_texts

__all__ = ["cache_dir", "load_catalogue", "load_config", "load_prompts", "load_tool"]

# TOML is typed by the schema before anything is read out of it.
Table = Mapping[str, Any]


def load_config(path: str | None) -> Config:
    """Read and check a configuration; None means `nlops.toml` in the working folder. Raises ConfigError."""
    file = Path(path or "nlops.toml").expanduser().absolute()
    try:
        raw = tomllib.loads(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        raise ConfigError(str(file), "", "no such file; write one (see README), or name it with -c FILE") from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(str(file), "", str(error)) from error
    _check_shape(raw, file)
    config = _build(raw, file)
    _check_meaning(config)
    return config


def _check_shape(raw: Mapping[str, object], file: Path) -> None:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import best_match

    schema = json.loads((Path(__file__).parent / "config.schema.json").read_text("utf-8"))
    error = best_match(Draft202012Validator(schema).iter_errors(raw))
    if error is not None:
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
        # A value may be a secret: say what is allowed, and show only what the schema shows.
        secret = {"token", "api_key"} & {str(part) for part in error.absolute_path}
        raise ConfigError(str(file), place.lstrip("."), "not allowed here" if secret else error.message)


def _build(raw: Table, file: Path) -> Config:
    folder = file.parent
    chat, model = raw["chat"], raw.get("model", {})
    tools, policy = raw.get("tools", {}), raw.get("policy", {})
    return Config(
        file=file,
        state_dir=_path(raw["state_dir"], folder) if "state_dir" in raw else default_state_dir(),
        language=raw.get("language", "auto"),
        chat=ChatConfig(
            endpoint=chat["endpoint"],
            token=_secret(chat["token"], file, "chat.token"),
            tls=chat.get("tls", False),
            insecure=chat.get("insecure", False),
        ),
        model=ModelConfig(**{**model, "api_key": _secret(model.get("api_key"), file, "model.api_key")}),
        admins=tuple(AdminConfig(**admin) for admin in raw["admin"]),
        bots=tuple(_bot(bot, folder) for bot in raw["bot"]),
        tools=ToolsConfig(
            paths=tuple(_path(path, folder) for path in tools.get("paths", ())),
            enable=tuple(tools["enable"]) if "enable" in tools else ToolsConfig().enable,
        ),
        policy=PolicyConfig(**policy),
    )


def _bot(raw: Table, folder: Path) -> BotConfig:
    logs = [raw["log"]] if isinstance(raw["log"], str) else raw["log"]
    lists = {key: tuple(raw[key]) for key in ("aliases", "command") if key in raw}
    return BotConfig(**{**raw, **lists, "log": tuple(_path(log, folder) for log in logs)})


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
    _check_unique(file, "admin", "contact", [admin.contact for admin in config.admins])
    _check_unique(file, "admin", "name", [admin.name for admin in config.admins])
    _check_unique(file, "bot", "name or alias", [n.casefold() for bot in config.bots for n in bot.called().all()])
    for at, bot in enumerate(config.bots):
        if bot.format not in FORMATS:
            raise ConfigError(file, f"bot[{at}].format", f"no format {bot.format!r}; there are: {', '.join(FORMATS)}")
        if bot.pm2 and bot.command:
            raise ConfigError(file, f"bot[{at}]", "pm2 and command exclude each other: one of them restarts the bot")


def _check_unique(file: str, table: str, key: str, values: list[str]) -> None:
    twice = next((value for value in values if values.count(value) > 1), None)
    if twice is not None:
        raise ConfigError(file, table, f"{key} {twice!r} stands here twice")


def load_tool(file: Path) -> ToolSpec:
    """Read one definition. Raises ToolError."""
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ToolError(str(file), "", str(error)) from error
    return parse_definition(text, str(file))


def load_catalogue(config: Config) -> Catalogue:
    """The allowlist of `[tools] enable`, from the shipped folder and the operator's own. Raises ToolError,
    ConfigError."""
    files: dict[str, Path] = {}
    for folder in (data_path("tools"), *config.tools.paths):
        if not folder.is_dir():
            raise ConfigError(str(config.file), "tools.paths", f"no such folder: {folder}")
        for file in sorted(folder.glob("*.json")):
            if file.stem in files:
                raise ToolError(str(file), "$.name", f"{file.stem!r} is already defined in {files[file.stem]}")
            files[file.stem] = file
    missing = next((name for name in config.tools.enable if name not in files), None)
    if missing is not None:
        raise ConfigError(str(config.file), "tools.enable", f"no tool {missing!r}; there are: {', '.join(files)}")
    tools = tuple(load_tool(files[name]) for name in config.tools.enable)
    return Catalogue(tools, tuple(bot.called() for bot in config.bots))


def load_prompts() -> Prompts:
    """The texts the model is told, as shipped."""
    texts = {file.name: file.read_text("utf-8") for file in sorted(data_path("prompts").glob("*.txt"))}
    return from_texts(texts)
