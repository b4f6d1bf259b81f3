"""supervisor, the real one: a restart gives a new process, what cannot be is said, and its log can be read."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlops.adapters.supervisor import Supervisor, parse_status
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted, Restarted, Seen

BOB = BotConfig("bob", (), supervisor="bob")
CONFIG = """
[unix_http_server]
file={folder}/s.sock
[supervisord]
logfile={folder}/supervisord.log
pidfile={folder}/supervisord.pid
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://{folder}/s.sock
[program:bob]
command={python} -uc "import time; print('bob is here'); time.sleep(600)"
startsecs=0
[program:broken]
command={python} -c "raise SystemExit(3)"
startretries=0
autostart=false
"""


@pytest.fixture(scope="module")
def supervisor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    """A supervisord of its own, away from any that the machine has, with a process bob and one that cannot start."""
    folder = tmp_path_factory.mktemp("s")
    file = folder / "supervisord.conf"
    file.write_text(CONFIG.format(folder=folder, python=sys.executable))
    programs = Path(sys.executable).parent
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", str(programs), prepend=":")
        daemon = subprocess.Popen([str(programs / "supervisord"), "-n", "-c", str(file)], stdout=subprocess.DEVNULL)
        control = [str(programs / "supervisorctl"), "-c", str(file), "status", "bob"]
        for _ in range(200):
            if b"RUNNING" in subprocess.run(control, capture_output=True).stdout:
                break
            time.sleep(0.1)
        yield Supervisor(str(file))
        daemon.terminate()
        daemon.wait(20)


async def test_restart_gives_a_new_process(supervisor: Supervisor) -> None:
    """Another process id, and a line that tells of the running process."""
    before = await supervisor.look(BOB)
    result = await supervisor.restart(BOB)
    after = await supervisor.look(BOB)
    assert isinstance(result, Restarted) and " → " in result.describe(), result
    assert isinstance(before, Seen) and isinstance(after, Seen) and after.is_up and before.pid != after.pid


async def test_what_does_not_come_up_is_said(supervisor: Supervisor) -> None:
    """A program that ends at once is not called restarted; one that supervisor lacks is named."""
    broken = await supervisor.restart(BotConfig("broken", (), supervisor="broken"))
    assert isinstance(broken, NotRestarted), broken
    unknown = await supervisor.restart(BotConfig("carol", (), supervisor="carol"))
    assert isinstance(unknown, NotRestarted) and "carol" in str(unknown.why)


async def test_the_log(supervisor: Supervisor) -> None:
    """The last lines that the process printed."""
    assert await supervisor.logs(BOB, 1) == ["bob is here"]


@pytest.mark.parametrize(
    ("line", "described"),
    [
        ("bob                    RUNNING   pid 24967, uptime 0:00:05\n", "RUNNING, pid 24967, up 5 s"),
        ("bob                    RUNNING   pid 7, uptime 1 day, 2:03:04\n", "RUNNING, pid 7, up 26 h"),
        ("bob                    STOPPED   Nov 22 08:15 PM\n", "STOPPED"),
        ("bob                    FATAL     Exited too quickly (process log may have details)\n", "FATAL"),
    ],
)
def test_status_lines(line: str, described: str) -> None:
    """As supervisor 4.3 prints them."""
    seen = parse_status(line, 1_000_000.0)
    assert seen and str(seen.describe(1_000_000.0)) == described
    assert parse_status("bob: ERROR (no such process)\n", 0.0) is None
