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
    signal.signal(signal.SIGTERM, lambda *_: done.set())
    printer = _Printer(done)
    follower = LogFollower(args.state)
    follower.start(args.paths, printer)
    try:
        done.wait()
    except KeyboardInterrupt:
        pass
    finally:
        follower.stop()
    return 0


class _Printer:
    """Writes blocks to standard output whole, with no buffer between. When nobody reads any longer, `done` is set."""

    def __init__(self, done: threading.Event) -> None:
        self._done = done

    def __call__(self, _path: Path, block: bytes, _key: str) -> None:
        rest = memoryview(block)
        try:
            while rest:
                rest = rest[os.write(1, rest) :]
        except BrokenPipeError:
            self._done.set()
            raise
