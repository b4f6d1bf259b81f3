"""`nlops demo` as a stranger starts it: the play with and without pm2, the page, a second demo, an orderly end."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlops.sandbox.wechat import WeChat, is_running
from tests.node import installed, node_environment

PM2 = Path(__file__).resolve().parent.parent / "pm2"
# The model may have to be fetched first.
PLAY_TIMEOUT_S = 1800
START_TIMEOUT_S = 60


def environment(folder: Path, with_pm2: bool) -> dict[str, str]:
    """This environment with a state folder of its own. The model's cache stays, so that it is fetched once."""
    env = {**os.environ, "XDG_STATE_HOME": str(folder)}
    if with_pm2:
        return {**env, "PATH": f"{installed(PM2) / 'node_modules' / '.bin'}{os.pathsep}{node_environment()['PATH']}"}
    without = [part for part in env["PATH"].split(os.pathsep) if not (Path(part) / "pm2").exists()]
    return {**env, "PATH": os.pathsep.join(without)}


def left_behind(folder: Path) -> list[str]:
    """The processes that still run on this demo's folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_running(int(entry.name)):
            try:
                words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            except OSError:  # it ended meanwhile
                continue
            if str(folder) in words:
                found.append(words)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("with_pm2", [True, False], ids=["pm2", "nlops keeps the bots"])
def test_the_play_comes_true(tmp_path: Path, with_pm2: bool) -> None:
    """The whole story, with the true service, gateway, bots and model; nothing is left running."""
    words = [sys.executable, "-m", "nlops", "demo", "--play"]
    env = environment(tmp_path, with_pm2)
    done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=PLAY_TIMEOUT_S)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"All of it came true: \d+ checks\.", done.stdout)
    assert ("kept by pm2" in done.stdout) == with_pm2
    assert left_behind(tmp_path) == []


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running `nlops demo`, and the address it printed."""
    words = [sys.executable, "-m", "nlops", "demo"]
    process = subprocess.Popen(
        words, env=environment(tmp_path, False), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    end = time.monotonic() + START_TIMEOUT_S
    address = None
    while address is None:
        assert time.monotonic() < end
        address = re.search(r"http://127\.0\.0\.1:\d+/\?key=\S+", process.stdout.readline())
    yield process, address.group()
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_page_is_up_and_all_of_it_ends(demo: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    """The printed address answers, the bots run; a second demo is refused with it (exit 2); Ctrl-C ends everything."""
    process, address = demo
    bots = WeChat(tmp_path / "nlops" / "demo" / "wechat")
    end = time.monotonic() + START_TIMEOUT_S
    while not all(bots.pid(bot) for bot in ("alice", "bob")):
        assert time.monotonic() < end
        time.sleep(0.1)
    pids = [bots.pid(bot) or 0 for bot in ("alice", "bob")]
    assert all(is_running(pid) for pid in pids)
    port = int(re.findall(r":(\d+)/", address)[0])
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", address.split(str(port), 1)[1])
    assert connection.getresponse().status == 303
    connection.close()
    words = [sys.executable, "-m", "nlops", "demo"]
    second = subprocess.run(
        words, env=environment(tmp_path, False), capture_output=True, text=True, timeout=START_TIMEOUT_S
    )
    assert second.returncode == 2
    assert address in second.stderr
    process.send_signal(signal.SIGINT)
    assert process.wait(30) == 130
    assert not any(is_running(pid) for pid in pids)
    assert left_behind(tmp_path) == []


def test_a_taken_port_is_said(tmp_path: Path) -> None:
    """`--port` names what is wrong, exit 2, and nothing was started."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        words = [sys.executable, "-m", "nlops", "demo", "--port", port]
        done = subprocess.run(
            words, env=environment(tmp_path, False), capture_output=True, text=True, timeout=START_TIMEOUT_S
        )
    assert done.returncode == 2
    assert done.stderr.startswith(f"nlops: --port {port}: ")
    assert left_behind(tmp_path) == []
