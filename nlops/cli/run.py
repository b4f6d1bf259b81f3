"""`nlops run`: the service."""

import argparse
import asyncio
import signal
import sys

from nlops.cli.load import load_config
from nlops.domain.errors import LinkError
from nlops.runtime import Service


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops run -c /etc/nlops.toml"


def run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    from nlops.adapters.sqlite import SqliteStore
    from nlops.cli.wiring import make_parts, make_setup, start_logging

    setup = make_setup(config)
    store = SqliteStore(config.state_dir)
    try:
        _say(f"log: {start_logging(config)}")
        service = Service(setup, make_parts(setup, store, _say), on_ready=lambda: _say("ready"))
        _say(f"watching {', '.join(bot.name for bot in config.bots)}; gateway {config.chat.endpoint}")
        return asyncio.run(_until_stopped(service))
    finally:
        store.close()


def _say(text: str) -> None:
    print(f"nlops: {text}", flush=True)


async def _until_stopped(service: Service) -> int:
    """Run until SIGTERM or SIGINT; then let what is under way end, and stop. 1 where the gateway refused for good."""
    task = asyncio.create_task(service.run())
    stopping: list[asyncio.Task[None]] = []

    async def stop() -> None:
        await service.drain()
        task.cancel()

    def on_signal() -> None:
        if stopping:  # asked twice: now
            task.cancel()
        stopping.append(asyncio.create_task(stop()))

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, on_signal)
    try:
        await task
    except asyncio.CancelledError:
        _say("stopped")
    except ExceptionGroup as group:
        refusals, others = group.split(LinkError)
        if refusals is None or others is not None:
            raise
        print(f"nlops: {refusals.exceptions[0]}", file=sys.stderr)
        return 1
    return 0
