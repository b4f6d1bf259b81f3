"""`nlops check`: every part is tried, a line each, with the mend."""

import argparse
import asyncio
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nlops.cli.load import load_config, read_end
from nlops.domain.chat import ChatMessage
from nlops.domain.config import BotConfig, Config
from nlops.domain.errors import ConfigError, LinkError, ModelError, NlopsError, StoreError
from nlops.domain.events import LinkChanged
from nlops.domain.model import ModelFailure

if TYPE_CHECKING:
    from nlops.monitor.formats import LogFormat

LINK_TIMEOUT_S = 10.0
Finding = tuple[bool, str, str]  # is it well, what was looked at, what was seen and the mend


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops check -c /etc/nlops.toml"
    parser.add_argument("--no-model", action="store_true", help="leave the model out (it may have to be fetched)")


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    logging.getLogger("nlops").addHandler(logging.NullHandler())  # what goes wrong is a finding, said below
    findings = [_print(finding) for finding in _look(config)]
    findings.append(_print(asyncio.run(_try_gateway(config))))
    if config.mcp or config.mcp_server:
        from nlops.cli.mcp.check import look_at_mcp

        findings += [_print(finding) for finding in look_at_mcp(config)]
    if not args.no_model:
        findings.append(_print(asyncio.run(_try_model(config))))
    return 0 if all(well for well, _, _ in findings) else 1


def _print(finding: Finding) -> Finding:
    well, what, seen = finding
    print(f"{'ok ' if well else 'BAD'} {what}: {seen}", flush=True)
    return finding


def _look(config: Config) -> Iterator[Finding]:
    """What can be seen without a network."""
    from nlops.adapters.hosts import is_here
    from nlops.cli.wiring import make_setup
    from nlops.monitor.own import known_formats

    yield True, "configuration", str(config.file)
    yield _attempt("tools", lambda: _tools(config, [tool.name for tool in make_setup(config).catalogue.tools]))
    yield _attempt("state", lambda: _try_state(config))
    yield _attempt("audit", lambda: _try_audit(config))
    yield from _admins(config)
    yield from _factors(config)
    formats = known_formats(config.formats)
    here = [bot for bot in config.bots if is_here(bot.host)]
    for bot in config.bots:
        if bot not in here:
            yield (
                False,
                f"host of {bot.name}",
                f"{bot.host} is not this machine: neither watched nor restarted from here",
            )
    for bot in here:
        for path in bot.log:
            yield _log(bot, path, formats)
    for bot in here:
        if _is_managed(bot):
            yield asyncio.run(_try_manager(bot))
    for bot in here:
        if bot.command:
            found = shutil.which(bot.command[0])
            yield bool(found), f"command of {bot.name}", found or f"{bot.command[0]} is not a program on the PATH"
    yield time.time() > 1.6e9, "clock", time.strftime("%Y-%m-%d %H:%M:%S %z")


def _attempt(what: str, look: Callable[[], str]) -> Finding:
    try:
        return True, what, look()
    except (NlopsError, OSError) as error:
        return False, what, str(error)


def _tools(config: Config, enabled: Sequence[str]) -> str:
    """Those that are enabled, and which definitions of the operator's own folders are not."""
    from nlops.cli.definitions import folders_of

    folders = folders_of(config)
    off = [name for name, file in folders.files().items() if name not in enabled and not folders.is_shipped(file)]
    more = f"; defined and not in [tools] enable: {', '.join(off)}" if off else ""
    return f"{', '.join(enabled)}{more}"


def _try_state(config: Config) -> str:
    from nlops.adapters.sqlite import SqliteStore

    SqliteStore(config.state_dir).close()
    free = shutil.disk_usage(config.state_dir).free // 1_000_000
    mode = config.state_dir.stat().st_mode & 0o777
    if mode & 0o077:
        raise OSError(f"{config.state_dir} is open to others (mode {mode:o}); chmod 700 it")
    return f"{config.state_dir}, {free} MB free"


def _try_audit(config: Config) -> str:
    """Whether it reaches its seal; the whole walk is `nlops audit verify`."""
    from nlops.adapters.sqlite.reader import AuditReader

    reader = AuditReader(config.state_dir)
    try:
        fault = reader.fault_at_seal()
        if fault:
            raise StoreError(f"{fault}; run: nlops audit verify")
        return f"{reader.head[0]} records, reaches its seal"
    finally:
        reader.close()


def _admins(config: Config) -> Iterator[Finding]:
    """Who is bound to each admin. One who is not paired yet is well, as long as anybody else can give orders."""
    from nlops.adapters.sqlite import SqliteStore
    from nlops.cli.pair import who_is
    from nlops.gate.policy import contacts_of

    try:
        store = SqliteStore(config.state_dir)
    except StoreError:  # said above
        return
    try:
        contacts = contacts_of(config.admins, store.contacts())
        locked = store.locked()
    finally:
        store.close()
    for admin in config.admins:
        yield bool(contacts), f"admin {admin.name}", who_is(admin, contacts)
        if admin.name in locked:
            mend = f"who typed them? then: nlops unlock {admin.name}"
            yield False, f"admin {admin.name}", f"locked after five wrong codes; {mend}"


def _factors(config: Config) -> Iterator[Finding]:
    """What tools demand beside a word."""
    from nlops.cli.check_factors import look
    from nlops.cli.load import load_catalogue

    try:
        catalogue = load_catalogue(config)
    except NlopsError:  # said above
        catalogue = None
    yield from look(config, catalogue)


def _log(bot: BotConfig, path: Path, formats: "Mapping[str, LogFormat]") -> Finding:
    """A log and what its folder's file system does, then the signs that each format reads in it."""
    from nlops.adapters.follower.mounts import nearest_folder, why_polled
    from nlops.monitor.which import count_signs

    what = f"log of {bot.name}"
    if not path.exists():
        return False, what, f"{path} does not exist (yet); nlops waits for it, but check the name"
    if not os.access(path, os.R_OK):
        return False, what, f"{path} cannot be read by this user"
    counts = count_signs(read_end(path), formats)
    well, seen = _signs(bot.format, counts)
    why = why_polled(nearest_folder(str(path.parent)))
    polled = f"; its folder is polled: {why}" if why else ""
    return well, what, f"{path}, {path.stat().st_size} bytes; {seen}{polled}"


def _signs(pinned: str, counts: dict[str, int]) -> tuple[bool, str]:
    """What the pinned format reads, and whether another one is meant."""
    others = ", ".join(f"{name} {count}" for name, count in counts.items() if name != pinned)
    if pinned in counts:
        return True, f"signs read by {pinned}: {counts[pinned]}" + (f" (others: {others})" if others else "")
    if counts:
        mend = f'set format = "{next(iter(counts))}"'
        return False, f"{pinned} reads no sign in it, but others do: {others}; {mend}"
    return True, f"no format reads a sign in it yet ({pinned} is set)"


def _is_managed(bot: BotConfig) -> bool:
    return any((bot.pm2, bot.systemd, bot.docker, bot.supervisor))


async def _try_manager(bot: BotConfig) -> Finding:
    """Whether the process manager that is named knows the bot's process."""
    from nlops.adapters.managers import make_managers, manager_of
    from nlops.domain.processes import Seen

    manager = manager_of(bot, make_managers())
    seen = await manager.look(bot) if manager is not None else "nobody is named"
    is_known = isinstance(seen, Seen)
    return is_known, f"process of {bot.name}", str(seen.describe(time.time()) if isinstance(seen, Seen) else seen)


async def _try_gateway(config: Config) -> Finding:
    from nlops.adapters.wechaty.chat import WechatyChat

    up: asyncio.Future[LinkChanged] = asyncio.get_running_loop().create_future()

    async def look(event: ChatMessage | LinkChanged) -> None:
        if isinstance(event, LinkChanged) and not up.done():
            up.set_result(event)

    async def connect() -> LinkChanged:
        """The link's first news; the link itself ends only with an error."""
        async with asyncio.TaskGroup() as group:
            link = group.create_task(WechatyChat(config.chat).run(look))
            news = await up
            link.cancel()
        return news

    try:
        async with asyncio.timeout(LINK_TIMEOUT_S):
            news = await connect()
        return news.up, "gateway", f"{config.chat.endpoint}: {news.why or 'connected, logged in'}"
    except TimeoutError:
        return False, "gateway", f"{config.chat.endpoint} gives no answer in {LINK_TIMEOUT_S:g} s; is it running?"
    except LinkError as error:
        return False, "gateway", str(error)
    except ExceptionGroup as group:
        return False, "gateway", str(group.exceptions[0])


async def _try_model(config: Config) -> Finding:
    from nlops.adapters.models import make_model
    from nlops.cli.load import load_catalogue, load_prompts
    from nlops.cli.resources import cache_dir
    from nlops.understand.warm_up import warm_up_requests

    if config.model.provider == "none":
        return True, "model", "none; keywords only"
    try:
        question = warm_up_requests(load_catalogue(config), load_prompts(config.model)).first[0]
    except ConfigError as error:
        return False, "model", f"it cannot be asked: {error}"
    model = make_model(config.model, cache_dir(), progress=lambda text: print(f"… {text}", file=sys.stderr))
    try:
        await model.start()
        answer = await model.ask(question)
        if isinstance(answer, ModelFailure):
            return (
                False,
                "model",
                f"{config.model.provider}: {answer.reason}: {answer.detail}; keywords work without it",
            )
        return True, "model", f"{config.model.provider} answers"
    except ModelError as error:
        return False, "model", f"{error}; keywords work without it"
    finally:
        await model.stop()
