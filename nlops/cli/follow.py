"""`nlops follow`: print every complete line of files as it comes, through rotations."""

import argparse
import os
import signal
import sys
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

    for path in args.paths:
        _tell_if_unread(path)
    end = _End()
    follower = LogFollower(args.state)

    def deliver(_path: Path, block: bytes, _key: str) -> None:
        try:
            if end.is_asked:
                raise BrokenPipeError
            _print(block)
        except BrokenPipeError:
            end.ask()
            follower.stop()
            raise  # not delivered: the next one with this state gets it

    try:
        follower.start(args.paths, deliver)
        end.wait()
    except BrokenPipeError:
        pass
    finally:
        follower.stop()
    return 0


def _tell_if_unread(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDONLY | os.O_NONBLOCK))  # a pipe without a writer would keep us waiting
    except OSError as error:
        print(f"nlops: {path}: {error.strerror}; waiting for it", file=sys.stderr)


class _End:
    """Asked for by SIGINT, SIGTERM, or whoever finds that nobody reads any more.

    A signal raises nothing: an exception between any two lines would leave locks held and threads half started.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self._ears, self._mouth = os.pipe()
        os.set_blocking(self._mouth, False)
        signal.set_wakeup_fd(self._mouth, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: object) -> None:
        self.is_asked = True

    def ask(self) -> None:
        self.is_asked = True
        os.write(self._mouth, b"\0")

    def wait(self) -> None:
        while not self.is_asked:
            os.read(self._ears, 1)


def _print(block: bytes) -> None:
    """To standard output, whole, with no buffer between."""
    rest = memoryview(block)
    while rest:
        rest = rest[os.write(1, rest) :]
