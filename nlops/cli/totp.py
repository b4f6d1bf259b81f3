"""`nlops totp add NAME`: an authenticator for an admin. The code to scan, a file with the secret, the line for
nlops.toml; and one code is asked for, so that a phone that did not take it, or a wrong clock, shows now."""

import argparse
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from nlops.cli.load import load_admins
from nlops.domain.errors import UsageError

TRIES = 3
_FILE_NAME = re.compile(r"[^\w-]+")


def configure(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = (
        "example: nlops totp add wei -c /etc/nlops.toml\n"
        "Run it as the user of the service, who must be able to read the file. The QR code is the secret: nobody else\n"
        "should see this screen."
    )
    parser.add_argument("action", choices=["add"])
    parser.add_argument("name", metavar="NAME", help="an admin of nlops.toml")
    parser.add_argument("--file", metavar="PATH", help="where the secret goes (default: a file in the state folder)")
    parser.add_argument("--replace", action="store_true", help="the file exists; the authenticator of before is over")


def run(args: argparse.Namespace) -> int:
    names, state_dir, config = load_admins(args.config)
    if args.name not in names:
        raise UsageError(f"{config} has no admin {args.name!r}; there are: {', '.join(names)}")
    file = Path(args.file).expanduser().absolute() if args.file else _default_file(state_dir, args.name)
    if file.exists() and not args.replace:
        raise UsageError(f"{file} exists; --replace ends that authenticator, --file names another place")
    secret = _new_secret()
    _show(secret, args.name)
    step = _agree(secret, sys.stdin.readline)
    if step is None:
        print("nothing was written; the entry in the authenticator is of no use: delete it", file=sys.stderr)
        return 1
    _write(file, secret)
    _keep_step(state_dir, args.name, step)
    print(f"wrote {file}, for its owner's eyes only. In {config}, under the [[admin]] of {args.name}:\n")
    print(f'totp = "file:{file}"')
    print("\nand restart nlops. A tool asks for it where its policy says so; in nlops.toml that is, for example:\n")
    print('[policy.restart]\nauth = "totp"')
    return 0


def _default_file(state_dir: Path, name: str) -> Path:
    return state_dir / "totp" / _FILE_NAME.sub("_", name)


def _new_secret() -> str:
    import base64
    import secrets

    from nlops.gate.totp import SECRET_BYTES

    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def _show(secret: str, name: str) -> None:
    from nlops.adapters.qrcode import draw_in_text
    from nlops.gate.totp import uri_of

    print("\n".join(draw_in_text(uri_of(secret, name))))
    groups = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    print(f"Scan this with the authenticator of {name} (any: Google, Microsoft, Aegis, 1Password …).")
    print(f"Or type it in, time-based, six digits: {groups}")


def _agree(secret: str, read: Callable[[], str]) -> int | None:
    """The step of a right code that somebody types; None where none came."""
    from nlops.gate.totp import STEP_S, accept, skew_of, step_at

    for _ in range(TRIES):
        print("The six digits it shows now: ", end="", flush=True)
        line = read()
        if not line:
            return None
        digits, now = re.sub(r"[\s-]", "", line), time.time()
        step = accept(secret, digits, now, -1)
        if step is not None:
            return step
        off = skew_of(secret, digits, now)
        if off is None:
            print("that is not right; is it the entry that was just scanned?", file=sys.stderr)
        elif off == 1:
            return step_at(now) + 1  # a few seconds ahead: in the chat it is right a moment later
        else:
            side = "ahead of" if off > 0 else "behind"
            print(
                f"the authenticator's clock is about {abs(off) * STEP_S} s {side} this host's; set the one that is "
                "wrong (here: timedatectl), or no code will be accepted",
                file=sys.stderr,
            )
    return None


def _write(file: Path, secret: str) -> None:
    """For the owner only, whole or not at all."""
    beside = file.with_name(f".{file.name}.new")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        beside.unlink(missing_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(f"{secret}\n")
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error


def _keep_step(state_dir: Path, name: str, step: int) -> None:
    """The code that was typed here is used: nobody who saw it can use it in the chat."""
    from nlops.adapters.sqlite import SqliteStore

    store = SqliteStore(state_dir)
    try:
        store.keep_step(name, step)
    finally:
        store.close()
