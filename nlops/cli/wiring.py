"""Putting the parts together for the commands that need them."""

import logging
import sys
from collections.abc import Callable
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path

from nlops.adapters.children import Children
from nlops.adapters.factors import SecondFactors
from nlops.adapters.managers import make_managers
from nlops.adapters.mcp.desk import Desk
from nlops.adapters.mcp.watch import PinWatch
from nlops.adapters.models import make_model
from nlops.adapters.runner import ToolRunner
from nlops.adapters.sqlite import SqliteStore
from nlops.adapters.sqlite.rotation import keep_rotated
from nlops.cli.factors import check_factors
from nlops.cli.load import load_catalogue, load_prompts
from nlops.cli.logs import SafeFormatter, safe_hook
from nlops.cli.resources import cache_dir
from nlops.cli.watching import watch_definitions
from nlops.domain.config import Config
from nlops.engine import Setup
from nlops.gate.redact import Redactor, secrets_in
from nlops.ports import Chat
from nlops.runtime import Parts
from nlops.understand.sayings import load_sounds
from nlops.understand.warm_up import warm_up_requests

LOG_BYTES, LOG_FILES = 5_000_000, 3


def make_setup(config: Config) -> Setup:
    """The configuration with its catalogue and prompts. Raises ConfigError, ToolError."""
    catalogue = load_catalogue(config)
    check_factors(config, catalogue)
    return Setup(config, catalogue, load_prompts(config.model))


def make_parts(setup: Setup, store: SqliteStore, progress: Callable[[str], None], chat: Chat | None = None) -> Parts:
    """The true parts of the service. `progress` gets what takes longer than a moment, as lines for a person; no `chat`
    means the gateway of the configuration."""
    from nlops.adapters.follower import LogFollower
    from nlops.adapters.qrcode import draw_qr
    from nlops.adapters.wechaty.chat import WechatyChat

    load_sounds()  # takes up to a second: the first Chinese name would hold up everything for it
    config = setup.config
    children = Children(config.bots)
    definitions = watch_definitions(config, setup.catalogue)
    desk = Desk(config.state_dir) if config.mcp_server is not None else None
    return Parts(
        chat=chat or WechatyChat(config.chat),
        model=make_model(
            config.model,
            cache_dir(),
            warm_up=warm_up_requests(setup.catalogue, setup.prompts),
            progress=progress,
            ledger=store,
        ),
        follower=LogFollower(config.state_dir / "cursors"),
        runner=ToolRunner(config, setup.catalogue, make_managers(children)),
        store=store,
        draw_qr=draw_qr,
        redactor=Redactor(secrets_in(config)),
        background=(children.run, partial(keep_rotated, store)),
        factors=SecondFactors(config, store),
        sources=(PinWatch(config.mcp, lambda: definitions.current), *((desk,) if desk is not None else ())),
        answer=desk.answer if desk is not None else lambda _: None,
        look_at_tools=definitions.look,
    )


def start_logging(config: Config) -> Path:
    """Log into `<state_dir>/nlops.log` (rotated), warnings to standard error too; what the libraries warn of likewise,
    and an error that ends the process. Returns the file."""
    config.state_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = config.state_dir / "nlops.log"
    redactor = Redactor(secrets_in(config))
    formatter = SafeFormatter(redactor)
    to_file = RotatingFileHandler(file, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    to_screen = logging.StreamHandler(sys.stderr)
    to_screen.setLevel(logging.WARNING)
    for handler in (to_file, to_screen):
        handler.setFormatter(formatter)
    logger = logging.getLogger("nlops")
    logger.setLevel(logging.INFO)
    logger.propagate = False
    logger.handlers = [to_file, to_screen]
    logging.getLogger().handlers = [to_file, to_screen]
    sys.excepthook = safe_hook(redactor)
    return file
