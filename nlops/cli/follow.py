"""`nlops follow`: print every complete line of files as it comes, through rotations."""

import argparse
import os
import signal
import threading
from pathlib import Path

_EPILOG = """example:
  nlops follow /var/log/bob.log
  nlops follow --state ~/.local/state/bob-lines ~/.pm2/logs/*-out.log"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.add_argument(
        "--state", metavar="DIR", type=Path, help="keep the cursor here and go on from it (default: from the beginning)"
    )
    parser.add_argument("paths", metavar="PATH", nargs="+", type=Path, help="files; they may appear later")


def run(args: argparse.Namespace) -> int:
    from nlops.adapters.follower import LogFollower

    done = threading.Event()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    follower = LogFollower(args.state)

    def deliver(_path: Path, block: bytes, _key: str) -> None:
        try:
            _print(block)
        except BrokenPipeError:
            done.set()
            follower.stop()
            raise  # not delivered: the next one with this state gets it

    try:
        follower.start(args.paths, deliver)
        done.wait()
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    finally:
        follower.stop()
    return 0


def _print(block: bytes) -> None:
    """To standard output, whole, with no buffer between."""
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(1, rest) :]
