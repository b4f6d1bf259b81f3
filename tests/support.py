"""What several test modules need: a configuration, the shipped catalogue, prompts, moments; which processes run."""

from contextlib import suppress
from pathlib import Path

from nlops.cli.load import load_catalogue, load_prompts
from nlops.domain.config import AdminConfig, BotConfig, ChatConfig, Config, PolicyConfig, Secret
from nlops.domain.events import Moment
from nlops.domain.tools import Catalogue
from nlops.engine import Setup

WEI, LAN, MALLORY = "wxid_wei", "wxid_lan", "wxid_mallory"


def make_config(folder: Path = Path("/nowhere"), **changes: object) -> Config:
    """Two admins, two bots; `changes` replace fields."""
    fields: dict[str, object] = {
        "file": folder / "nlops.toml",
        "state_dir": folder / "state",
        "chat": ChatConfig("127.0.0.1:1", Secret("a-token-of-tests")),
        "admins": (AdminConfig("wei", WEI, "en"), AdminConfig("lan", LAN, "zh")),
        "bots": (
            BotConfig("alice", (folder / "alice.log",), ("爱丽丝",)),
            BotConfig("bob", (folder / "bob.log",), ("鲍勃", "bobby"), login_test="#ping"),
        ),
        "policy": PolicyConfig(),
    }
    return Config(**{**fields, **changes})  # type: ignore[arg-type]  # a test that errs here fails at once


def shipped_catalogue(config: Config) -> Catalogue:
    return load_catalogue(config)


def make_setup(config: Config | None = None) -> Setup:
    config = config or make_config()
    return Setup(config, shipped_catalogue(config), load_prompts())


def at(seconds: float, nonce: int = 0) -> Moment:
    """A moment `seconds` after the start of a test; different nonces give different codes."""
    return Moment(1_800_000_000.0 + seconds, 1000.0 + seconds, bytes((nonce * 7 + i * 13) % 256 for i in range(16)))


def processes_of(marker: str) -> list[str]:
    """The command lines that hold `marker`, from /proc: a small Debian has no `ps`."""
    lines = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):  # ended meanwhile
            lines.append(file.read_bytes().replace(b"\0", b" ").decode(errors="replace").strip())
    return [line for line in lines if marker in line]
