"""The gateway program for Node (`gateway/`) as a child process: an order goes in, events come out.

gateway.mjs says which they are. The child gets its token by standard input, not by arguments or environment, where
others could read it. Its standard input stays open for as long as this process lives, and its end is the child's end:
no gateway is left behind.
"""

import hashlib
import json
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from nlops.adapters.node import Node
from nlops.domain.config import Secret
from nlops.domain.errors import GatewayError

STOP_WITHIN_S = 5.0  # the program gives itself 3 s
KEPT_LINES = 8  # of what it printed, shown when it dies

Event = Mapping[str, object]


@dataclass(frozen=True)
class Order:
    """What the program is to serve. `puppet` is the name of a package that is installed beside it, `session` the file
    that keeps the account logged in."""

    port: int
    token: Secret
    puppet: str
    session: Path

    def as_line(self) -> str:
        fields = {"port": self.port, "token": self.token.reveal(), "puppet": self.puppet, "session": str(self.session)}
        return json.dumps(fields) + "\n"


def put_beside(programs: Path, installed: Path) -> Path:
    """gateway.mjs, copied with its modules to where Node finds the packages of `installed`."""
    sources = sorted(programs.glob("*.mjs"))
    digest = hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()[:16]
    folder = installed / f"nlops-{digest}"
    folder.mkdir(exist_ok=True)
    for source in sources:
        shutil.copy(source, folder)
    return folder / "gateway.mjs"


class GatewayProcess:
    """One run of the program. `on_noise` gets, from another thread, each line that its libraries print."""

    def __init__(self, program: Path, node: Node, order: Order, on_noise: Callable[[str], None]) -> None:
        self._last: deque[str] = deque(maxlen=KEPT_LINES)
        self._on_noise = on_noise
        # Below `error` the libraries print every event, and at `verbose` the token.
        environment = {**node.environment(), "WECHATY_LOG": "error", "BROLOG_LEVEL": "error"}
        self._process = subprocess.Popen(  # noqa: S603  words of ours
            [str(node.program), "--no-deprecation", str(program)],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,  # Ctrl-C is for the parent, which then asks the child to end
        )
        self._noise = threading.Thread(target=self._listen, daemon=True)
        self._noise.start()
        self._give(order)

    def _give(self, order: Order) -> None:
        assert self._process.stdin is not None  # noqa: S101  asked for as a pipe
        with suppress(BrokenPipeError):  # where it died at once, `events` ends and `raise_for_end` has the reason
            self._process.stdin.write(order.as_line())
            self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stderr is not None  # noqa: S101  asked for as a pipe
        for line in self._process.stderr:
            self._last.append(line.rstrip())
            self._on_noise(line)

    def events(self) -> Iterator[Event]:
        """What the program tells, until it ends."""
        assert self._process.stdout is not None  # noqa: S101  asked for as a pipe
        for line in self._process.stdout:
            yield json.loads(line)

    def stop(self) -> None:
        """Ask it to end, and see that it does; returns at once, and may be called from a signal handler."""
        self._process.terminate()
        killer = threading.Timer(STOP_WITHIN_S, self._process.kill)
        killer.daemon = True
        killer.start()

    def raise_for_end(self) -> None:
        """To be called once `events` ended unasked. Raises GatewayError with the last lines."""
        code = self._process.wait()
        self._noise.join(timeout=1)
        lines = "".join(f"\n  {line}" for line in self._last)
        raise GatewayError(f"the gateway program ended by itself (exit {code}){':' if lines else ''}{lines}")

    def close(self) -> None:
        """End it now, where it still runs, and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        self._noise.join(timeout=1)
        for pipe in (self._process.stdin, self._process.stdout, self._process.stderr):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()
