"""`nlops unlock NAME`: an admin who was locked after wrong codes may try again; on the host only, and recorded."""

import argparse
import getpass
import time

from nlops.cli.load import load_admins
from nlops.domain.errors import UsageError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: nlops unlock wei -c /etc/nlops.toml\n"
        "Five wrong codes lock. Ask first who typed them: it may have been a thief with the phone."
    )
    parser.add_argument("name", metavar="NAME", nargs="?", help="an admin of nlops.toml; without it: who is locked")


def run(args: argparse.Namespace) -> int:
    names, state_dir, file = load_admins(args.config)
    if args.name is not None and args.name not in names:
        raise UsageError(f"{file} has no admin {args.name!r}; there are: {', '.join(names)}")
    from nlops.adapters.sqlite import open_existing

    store = open_existing(state_dir)
    try:
        locked = sorted(store.locked())
        if args.name is None:
            print(f"locked: {', '.join(locked)}" if locked else "nobody is locked")
            return 0
        was_locked = store.unlock(args.name, f"terminal:{getpass.getuser()}", time.time())
    finally:
        store.close()
    print(f"{args.name} is unlocked" if was_locked else f"{args.name} was not locked; wrong codes so far are forgotten")
    return 0
