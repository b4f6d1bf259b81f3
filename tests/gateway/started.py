"""`nlops gateway` as a process of its own, its folders, and the mock puppet that it is started with."""

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from nlops.adapters.node import parse_package, pin
from nlops.cli.resources import cache_dir, data_path
from nlops.domain.bots import SignKind
from nlops.monitor.formats import FORMATS
from nlops.monitor.scan import Scanner
from tests.adapters.wechaty.gateways import free_port
from tests.node import the_node

MOCK = "wechaty-puppet-mock@1.19.4"
TOKEN = "insecure_a-token-of-the-gateway"


class Started:
    """`nlops gateway` as a process of its own, with what it said so far."""

    def __init__(self, home: Path, *words: str, **environment: str) -> None:
        self.lines: list[str] = []
        variables = {**os.environ, "XDG_STATE_HOME": str(home), **environment}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nlops", "gateway", *words],
            cwd=home,
            env=variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as out:
            self.lines.extend(line.rstrip("\n") for line in iter(out.readline, ""))

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def ended(self, within_s: float = 60) -> int:
        """The exit status, once everything it said was read."""
        code = self.process.wait(within_s)
        self._reader.join(10)
        return code

    def says(self, text: str, times: int = 1, seconds: float = 120) -> None:
        """Wait for it; an end before that is a failure, with what was said."""
        wait_for(lambda: self.said.count(text) >= times or self.process.poll() is not None, seconds)
        assert self.said.count(text) >= times, f"it ended, and never said {text!r}:\n{self.said}"

    def stop(self) -> int:
        self.process.terminate()
        return self.ended()


def wait_for(is_so: Callable[[], bool], seconds: float) -> None:
    event = threading.Event()
    for _ in range(int(seconds / 0.02)):
        if is_so():
            return
        event.wait(0.02)
    raise AssertionError("waited in vain")


@contextmanager
def gateway(home: Path, *words: str, **environment: str) -> Iterator[Started]:
    started = Started(home, *words, **environment)
    try:
        yield started
    finally:
        started.process.kill()
        started.ended()


@cache
def mock_lock() -> Path:
    """The folder with the lock of MOCK, looked up by the real npm once in this cache."""
    manifest = json.loads((data_path("gateway") / "package.json").read_text("utf-8"))
    del manifest["dependencies"]["wechaty-puppet-wechat4u"]  # as `nlops gateway` does it
    package = parse_package(MOCK)
    folder = cache_dir() / "tests" / package.folder_name
    pin(package, manifest, folder, the_node(), print)
    return folder


def make_home(home: Path, **chat: object) -> int:
    """An nlops.toml in the working folder, and a state folder where MOCK is pinned already; returns the port."""
    port = free_port()
    folder = home / "nlops" / "gateway" / mock_lock().name
    folder.mkdir(parents=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(mock_lock() / name, folder)
    table = {"endpoint": f"127.0.0.1:{port}", "token": TOKEN, **chat}
    rows = [f"{key} = {json.dumps(value)}" for key, value in table.items()]
    model = ["[model]", 'api_key = "env:NOT_FOR_THE_GATEWAY"']
    people = ["[[admin]]", 'name = "a"', 'contact = "b"', "[[bot]]", 'name = "b"', 'log = "b"']
    (home / "nlops.toml").write_text("\n".join(["[chat]", *rows, *model, *people]))
    return port


def signs(log: str) -> list[SignKind]:
    """What nlops reads in a log of the gateway."""
    return [sign.kind for sign in Scanner("ops", FORMATS["starterbot"]).scan(f"{log}\n".encode())]
