"""The demo's own folder: one demo at a time, fresh at every start, and nothing of anybody else's removed."""

import fcntl
import os
import secrets
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from nlops.domain.errors import UsageError

# All that the demo makes in its folder. Whatever else lies there is somebody's, and stays.
OWN = ("nlops.toml", "token", "page", "service.pid", "state", "logs", "wechat", "pm2", "tools")
LEFTOVER_TIMEOUT_S = 10.0


class Place:
    """The paths of one demo."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.config = root / "nlops.toml"
        self.token_file = root / "token"
        self.page_file = root / "page"
        self.pid_file = root / "service.pid"
        self.state = root / "state"
        self.logs = root / "logs"
        self.wechat = root / "wechat"
        self.pm2 = root / "pm2"

    @property
    def token(self) -> str:
        return self.token_file.read_text("utf-8")

    def log(self, bot: str) -> Path:
        return self.logs / f"{bot}.log"

    @property
    def service_log(self) -> Path:
        return self.state / "nlops.log"


def demo_root() -> Path:
    """`$XDG_STATE_HOME/nlops/demo`; as the XDG base directory specification has it, a relative value doesn't count."""
    base = Path(os.environ.get("XDG_STATE_HOME", ""))
    return (base if base.is_absolute() else Path.home() / ".local" / "state") / "nlops" / "demo"


@contextmanager
def claimed(root: Path) -> Iterator[Place]:
    """The folder, fresh, and ours until the block ends. It stays to be looked at. UsageError where another has it, or
    where there can be none."""
    try:
        # The folder above is where a service keeps its own state: it too is nobody else's.
        root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        root.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"the demo has no place: {error.filename}: {error.strerror}. XDG_STATE_HOME names another"
        ) from error
    place = Place(root)
    # The lock is never removed: two demos must lock the same file.
    with (root / "lock").open("a+", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise UsageError(f"another demo is running{_address(place)}; stop it with Ctrl-C first") from None
        _end_leftovers(place)
        _fresh(place)
        yield place


def _address(place: Place) -> str:
    try:
        return f": {place.page_file.read_text('utf-8').strip()}"
    except OSError:
        return f" in {place.root}"


def _fresh(place: Place) -> None:
    for name in OWN:
        path = place.root / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    for folder in (place.state, place.logs, place.wechat):
        folder.mkdir(mode=0o700)
    place.token_file.touch(mode=0o600)
    place.token_file.write_text(secrets.token_urlsafe(24), "utf-8")


def _end_leftovers(place: Place) -> None:
    """A demo that was killed leaves its service behind, which would wait for its gateway for ever, and its pm2."""
    _end(place.pid_file, "cmdline", f"{place.config}\0")
    # pm2's daemon calls itself `PM2 v7.0.4: God Daemon (HOME)`, cut to the length of the words it was started with; its
    # environment is whole. On SIGTERM it ends its processes.
    _end(place.pm2 / "pm2.pid", "environ", f"PM2_HOME={place.pm2}\0")


def _end(pid_file: Path, kind: Literal["cmdline", "environ"], word: str) -> None:
    """End the process of that file if `word` is in its words or its environment, and wait until it is gone, 10 s at
    most."""
    try:
        pid = int(pid_file.read_text("utf-8"))
        end = time.monotonic() + LEFTOVER_TIMEOUT_S
        # By now the number may be another program's. One that has ended has neither words nor an environment.
        while os.fsencode(word) in Path(f"/proc/{pid}/{kind}").read_bytes() and time.monotonic() < end:
            os.kill(pid, signal.SIGTERM)
            time.sleep(0.2)
    except (OSError, ValueError):
        return
