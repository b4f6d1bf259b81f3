"""`nlops demo`: everything on this machine, without an account or a key."""

import argparse
import asyncio
import signal
from collections.abc import Coroutine

DEFAULT_PORT = 8789


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops demo --play"
    parser.add_argument(
        "--play", action="store_true", help="play a story by itself; exit 0 only if all of it came true"
    )
    port = f"the page's port on this machine (default: {DEFAULT_PORT}, or a free one)"
    parser.add_argument("--port", type=int, metavar="N", help=port)


def run(args: argparse.Namespace) -> int:
    # Web server, gateway and picture libraries: 1 s that no other command should pay.
    from nlops.sandbox.place import claimed, demo_root

    with claimed(demo_root()) as place:
        if args.play:
            from nlops.sandbox.story import play

            return _until_stopped(play(place))
        from nlops.sandbox.show import show

        return _until_stopped(show(place, args.port, DEFAULT_PORT))


def _until_stopped(work: Coroutine[object, object, int]) -> int:
    """Run `work`; Ctrl-C and SIGTERM cancel it, so that it takes down what it brought up."""

    async def main() -> int:
        task = asyncio.create_task(work)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, task.cancel)
        try:
            return await task
        except asyncio.CancelledError:
            return 130

    return asyncio.run(main())
