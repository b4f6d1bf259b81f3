"""The demo's bot as what it is: a process with a log, a session, a keeper."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from nlops.sandbox.keeper import bot_command
from nlops.sandbox.wechat import WeChat, is_running

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], timeout_s: float = 10.0) -> T:
    """What `look` sees, once it sees something; fails after `timeout_s`."""
    end = time.monotonic() + timeout_s
    while not (seen := look()):
        assert time.monotonic() < end, "it did not come"
        time.sleep(0.05)
    return seen


class Rig:
    """A folder and the processes started in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.wechat, self.log = folder, WeChat(folder), folder / "bob.log"
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self, format_name: str = "starterbot", refresh_s: float = 60) -> subprocess.Popen[bytes]:
        words = bot_command("bob", format_name, self.log, self.folder)
        process = subprocess.Popen([*words, "--pace", "0.2", "--refresh", str(refresh_s)])
        self.processes.append(process)
        return process

    def end(self, process: subprocess.Popen[bytes]) -> int:
        process.terminate()
        return process.wait(5)

    def count(self, text: str) -> int:
        return self.log.read_text("utf-8").count(text) if self.log.exists() else 0

    def payload(self) -> str | None:
        now = self.wechat.seen("bob")
        return now.payload if now else None


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    rig = Rig(tmp_path)
    yield rig
    for process in rig.processes:
        process.kill()
        process.wait()


def test_without_a_session_it_asks_for_a_scan_and_logs_in(rig: Rig) -> None:
    """Waiting with a payload → scanned → Scanned, Confirmed, login, in this order, and it chats after it."""
    process = rig.start()
    payload = wait_for(rig.payload)
    wait_for(lambda: rig.count("onScan: Waiting(2)"))
    rig.wechat.scan(payload)
    wait_for(lambda: rig.count("Message#Text"))
    words = ["Starter Bot Started.", "Waiting(2)", "Scanned(3)", "Confirmed(4)", "Contact<Bob> login", "Message#Text"]
    text = rig.log.read_text("utf-8")
    assert [text.count(word) for word in words[:-1]] == [1] * 5
    assert sorted(words, key=text.index) == words
    assert rig.wechat.has_session("bob")
    assert rig.end(process) == 0


def test_a_restart_with_a_session_needs_no_scan(rig: Rig) -> None:
    """The session outlives the process: the second one is another process, and logs in by itself."""
    rig.wechat.keep_session("bob")
    first = rig.start()
    wait_for(lambda: rig.count("login") == 1)
    assert rig.wechat.pid("bob") == first.pid
    assert rig.end(first) == 0
    second = rig.start()
    wait_for(lambda: rig.count("login") == 2)
    assert rig.wechat.pid("bob") == second.pid != first.pid
    assert rig.count("onScan") == 0


def test_the_phone_logs_it_out(rig: Rig) -> None:
    """The order → a logout line, then a fresh code; the session is gone, so a restart asks for a scan too."""
    rig.wechat.keep_session("bob")
    process = rig.start()
    wait_for(lambda: rig.count("login"))
    rig.wechat.ask_logout("bob")
    payload = wait_for(rig.payload)
    wait_for(lambda: rig.count("Waiting(2)"))
    assert rig.count("Contact<Bob> logout") == 1
    assert not rig.wechat.has_session("bob")
    rig.end(process)
    rig.start()
    wait_for(lambda: rig.count("Waiting(2)") == 2)
    assert wait_for(rig.payload) != payload


def test_codes_are_refreshed_and_an_old_one_is_dead(rig: Rig) -> None:
    """Each refresh shows another payload; a scan of an old one logs nobody in."""
    rig.start(refresh_s=0.5)
    old = wait_for(rig.payload)
    wait_for(lambda: rig.payload() != old)
    rig.wechat.scan(old)
    wait_for(lambda: rig.count("Waiting(2)") >= 4)
    assert rig.count("Scanned") == 0
    assert not rig.wechat.has_session("bob")


def test_every_line_is_whole_at_once(rig: Rig) -> None:
    """Whoever reads while it writes never finds a line without its end."""
    rig.wechat.keep_session("bob")
    rig.start()
    end = time.monotonic() + 1.5
    while time.monotonic() < end:
        data = rig.log.read_bytes() if rig.log.exists() else b""
        assert not data or data.endswith(b"\n")
    assert rig.count("Message#Text") >= 3


def test_python_wechaty_start_is_twenty_lines(rig: Rig) -> None:
    """alice's log holds 20 lines as soon as she is up, so that nobody has to wait for them."""
    rig.wechat.keep_session("bob")
    rig.start("python-wechaty")
    wait_for(lambda: rig.count("<login> event"))
    assert rig.count("\n") >= 20


def test_it_ends_when_its_keeper_is_gone(rig: Rig) -> None:
    """A keeper that is killed outright leaves no bot behind."""
    words = bot_command("bob", "starterbot", rig.log, rig.folder)
    keep = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(60)"
    keeper = subprocess.Popen([sys.executable, "-c", keep, *words])
    rig.processes.append(keeper)
    pid = wait_for(lambda: rig.wechat.pid("bob"))
    wait_for(lambda: rig.count("Waiting(2)"))
    keeper.send_signal(signal.SIGKILL)
    keeper.wait()
    wait_for(lambda: not is_running(pid))


def test_the_order_to_end_is_heard_at_any_moment() -> None:
    """Here a process does nothing but look for it: of ten orders some come in the midst of a look."""
    looks = "from nlops.sandbox.bot import Ending; stop = Ending(); print(flush=True)\nwhile not stop.wait(0): pass"
    for _ in range(10):
        process = subprocess.Popen([sys.executable, "-c", looks], stdout=subprocess.PIPE)
        try:
            assert process.stdout is not None
            process.stdout.readline()
            process.terminate()
            assert process.wait(10) == 0
        finally:
            process.kill()
            process.communicate()
