"""systemd: what `systemctl show` prints is read; without a running systemd the reason is said.

A machine that runs the tests seldom runs systemd; the outputs are those of systemd 252 on Debian 12.
"""

from pathlib import Path

import pytest

from nlops.adapters.systemd import Systemd, parse_show
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted, Seen
from nlops.domain.words import Sentence

RUNNING = """MainPID=24967
NRestarts=2
ExecMainStartTimestamp=@1795376000
LoadState=loaded
ActiveState=active
SubState=running
InvocationID=3d1fd4ec4b2f4aa08c2a0c5b5d1b8a11
"""


def test_a_running_unit() -> None:
    """Up, with the process id, the time since the start, and the invocation as its life."""
    seen = parse_show(RUNNING, "bob.service")
    assert isinstance(seen, Seen) and seen.is_up and seen.life == "3d1fd4ec4b2f4aa08c2a0c5b5d1b8a11"
    assert str(seen.describe(1795376000.0 + 7200)) == "active (running), pid 24967, up 2 h, 2 restarts"


@pytest.mark.parametrize(
    ("changed", "to", "described"),
    [
        ("ActiveState=active\nSubState=running", "ActiveState=failed\nSubState=failed", "failed (failed), 2 restarts"),
        (
            "ActiveState=active\nSubState=running",
            "ActiveState=activating\nSubState=auto-restart",
            "activating (auto-restart), 2 restarts",
        ),
        ("ExecMainStartTimestamp=@1795376000", "ExecMainStartTimestamp=", "active (running), pid 24967, 2 restarts"),
    ],
)
def test_other_states(changed: str, to: str, described: str) -> None:
    """What is not up is not called up, and an unknown time is left out."""
    seen = parse_show(RUNNING.replace(changed, to), "bob.service")
    assert isinstance(seen, Seen) and str(seen.describe(1795376060.0)) == described
    assert seen.is_up == ("running" in described)


@pytest.mark.parametrize("text", [RUNNING.replace("loaded", "not-found"), "", "nonsense"])
def test_an_unknown_unit(text: str) -> None:
    """A unit that systemd does not know is named."""
    seen = parse_show(text, "carol.service")
    assert isinstance(seen, Sentence) and "carol.service" in str(seen)


@pytest.mark.parametrize("unit", ["bob.service", "user:bob.service"])
async def test_without_systemd(unit: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No systemctl is a result in plain words; so is one that has no such unit, or no systemd to talk to."""
    bot = BotConfig("bob", (), systemd=unit)
    assert isinstance(await Systemd().restart(bot), NotRestarted)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = await Systemd().restart(bot)
    assert isinstance(result, NotRestarted) and str(result.why) == "there is no systemctl on the PATH"
