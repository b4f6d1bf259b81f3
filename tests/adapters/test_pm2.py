"""pm2, the real one: a restart gives a new process, and what pm2 says is read without its noise and its secrets."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from nlops.adapters.pm2 import Pm2, parse_jlist
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted, Restarted, Seen
from tests.node import installed, node_environment

BOB = "import time; print('bob is here'); time.sleep(600)"
PACKAGE = Path(__file__).resolve().parent.parent / "pm2"


@pytest.fixture(scope="module")
def pm2_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A pm2 of its own, away from any that the machine has, with one process called bob."""
    bin_folder = installed(PACKAGE) / "node_modules" / ".bin"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", f"{bin_folder}{os.pathsep}{node_environment()['PATH']}")
        patch.setenv("PM2_HOME", str(tmp_path_factory.mktemp("pm2")))
        start = ["pm2", "start", sys.executable, "--name", "bob", "--interpreter", "none", "--"]
        subprocess.run(
            [*start, "-uc", BOB],
            check=True,
            capture_output=True,
            timeout=60,
        )
        yield
        subprocess.run(["pm2", "kill"], check=True, capture_output=True, timeout=60)


@pytest.mark.usefixtures("pm2_home")
class TestRealPm2:
    async def test_restart_gives_a_new_process(self) -> None:
        """Restart by name and by id: each time another process id, seen in pm2's own list and alive."""
        bot = BotConfig("bob", (), pm2="bob")
        seen = []
        for target in (bot, BotConfig("bob", (), pm2="0")):
            result = await Pm2().restart(target)
            assert isinstance(result, Restarted), result
            processes = await Pm2().processes()
            assert isinstance(processes, list)
            seen.append(processes[0].pid)
            os.kill(processes[0].pid, 0)
        assert len(set(seen)) == 2

    async def test_describe(self) -> None:
        """One line: online, with the process id; and a plain word for a name that pm2 lacks."""
        seen = await Pm2().look(BotConfig("bob", (), pm2="bob"))
        assert isinstance(seen, Seen) and str(seen.describe(time.time())).startswith("online, pid ")
        assert "carol" in str(await Pm2().look(BotConfig("carol", (), pm2="carol")))

    async def test_the_log(self) -> None:
        """The last lines that the process printed, out of the files that pm2 keeps."""
        bot = BotConfig("bob", (), pm2="bob")
        for _ in range(200):
            lines = await Pm2().logs(bot, 100)
            if isinstance(lines, list) and "bob is here" in lines:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(await Pm2().logs(bot, 100))

    async def test_unknown_process_is_a_result(self) -> None:
        """Nothing is raised for a name that pm2 lacks, and nothing restarted."""
        result = await Pm2().restart(BotConfig("carol", (), pm2="carol"))
        assert isinstance(result, NotRestarted) and "carol" in str(result.why)


async def test_without_pm2(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No pm2 on the PATH is said in plain words."""
    monkeypatch.setenv("PATH", str(tmp_path))
    result = await asyncio.wait_for(Pm2().restart(BotConfig("bob", (), pm2="bob")), 5)
    assert isinstance(result, NotRestarted) and "no pm2" in str(result.why)


def test_noise_before_the_list_is_passed_over() -> None:
    """pm2 prints news before its JSON; of the JSON only the needed fields are kept."""
    noise = "[PM2] Spawning PM2 daemon\n>>>> In-memory PM2 is out-of-date\n"
    row = (
        '[{"name":"bob","pm_id":3,"pid":7,"pm2_env":{"status":"online","restart_time":2,"pm_uptime":1000,'
        '"env":{"API_KEY":"hunter2"}}}]'
    )
    process = parse_jlist(noise + row)[0]
    assert (process.name, process.pm_id, process.pid, process.restarts) == ("bob", 3, 7, 2)
    assert "hunter2" not in repr(process)


@pytest.mark.parametrize("text", ["", "no list", "[not json", '{"name": 1}'])
def test_nonsense_is_a_value_error(text: str) -> None:
    """What is no list of processes raises ValueError, nothing else."""
    with pytest.raises(ValueError, match=r".*"):
        parse_jlist(text)
