"""An operation: what is done with a log's new lines and an admin's words. A value, so that anybody can write one."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from wechaty import Wechaty

from nlops.domain.tools import BotName
from nlops.domain.words import Language

OnLines = Callable[[Wechaty, Sequence[str]], Awaitable[None]]
OnCommand = Callable[[Wechaty, str], Awaitable[None]]
OnTick = Callable[[Wechaty], Awaitable[None]]


@dataclass(frozen=True)
class OperationConfig:
    """Whom an operation obeys and what it looks at.

    `admin` is an exact contact id, or the exact WeChat number (`weixin`) of a contact; nicknames never count.
    `log_file` need not exist yet. `name` is what the watched bot is called in chat, so that `restart bob` picks one
    operation of several; default: the log's name without its ending. `language` is that of the shipped operations.
    """

    admin: str
    log_file: str | Path | None = None
    name: str = ""
    aliases: tuple[str, ...] = ()
    language: Language = "zh"

    def __post_init__(self) -> None:
        if not self.admin.strip():
            raise ValueError(
                "admin must be a contact id or a WeChat number: an empty one would match nobody or everybody"
            )

    @property
    def path(self) -> Path | None:
        """The log's whole path; a relative one starts in the working directory."""
        return None if self.log_file is None else Path(self.log_file).expanduser().absolute()

    def called(self) -> BotName:
        name = self.name or (self.path.stem if self.path is not None else "bot")
        return BotName(name, self.aliases)


@dataclass(frozen=True)
class Operation:
    """What an operation wants to hear of; each part may be left out. What one raises is logged, and harms no other.

    All four are awaited one after the other, never two at a time, while the bot is logged in; each has 120 s.

    `on_log_file_changed(bot, new_lines)`: whole lines without their ends, in order, each once, through rotations.
    `on_command_received(bot, command)`: what the admin typed into the direct chat, as it was typed.
    `on_log_file_opened(bot, last_lines)`: once, before any other: the last lines (1 MiB at most) that were there.
    `on_tick(bot)`: every second, for what must be said later.
    """

    config: OperationConfig
    on_log_file_changed: OnLines | None = None
    on_command_received: OnCommand | None = None
    on_log_file_opened: OnLines | None = None
    on_tick: OnTick | None = None
