"""docker: what `docker inspect` prints is read; without a daemon the reason is said.

A machine that runs the tests seldom runs a Docker daemon; the outputs are those of Docker Engine 28.
"""

from pathlib import Path

import pytest

from nlops.adapters.docker import FORMAT, Docker, parse_inspect
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted

RUNNING = (
    '{"state":{"Status":"running","Running":true,"Paused":false,"Restarting":false,"OOMKilled":false,"Dead":false,'
    '"Pid":24967,"ExitCode":0,"Error":"","StartedAt":"2026-11-22T08:00:00.123456789Z",'
    '"FinishedAt":"0001-01-01T00:00:00Z"},"restarts":2}\n'
)
AT = 1795334400.0  # 2026-11-22T08:00:00Z


def test_a_running_container() -> None:
    """Up, with its start as its life."""
    seen = parse_inspect(RUNNING)
    assert seen.is_up and seen.life == "2026-11-22T08:00:00.123456789Z"
    assert str(seen.describe(AT + 180)) == "running, pid 24967, up 3 min, 2 restarts"


@pytest.mark.parametrize(
    ("changed", "to", "described"),
    [
        ('"Status":"running"', '"Status":"exited"', "exited, 2 restarts"),
        ('"Dead":false', '"Health":{"Status":"unhealthy","FailingStreak":3}', "running (unhealthy), 2 restarts"),
        (
            '"Dead":false',
            '"Health":{"Status":"healthy"}',
            "running (healthy), pid 24967, up 3 min, 2 restarts",
        ),
        ("2026-11-22T08:00:00.123456789Z", "0001-01-01T00:00:00Z", "running, pid 24967, 2 restarts"),
    ],
)
def test_other_states(changed: str, to: str, described: str) -> None:
    """What is stopped or unhealthy is not up; a container that never ran has no time."""
    assert str(parse_inspect(RUNNING.replace(changed, to)).describe(AT + 180)) == described


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"state": null}', '{"state": {"Status": "running"}}'])
def test_nonsense_is_a_value_error(text: str) -> None:
    """What is no inspection raises ValueError, nothing else."""
    with pytest.raises(ValueError, match=r".*"):
        parse_inspect(text)


def test_only_the_state_is_asked_for() -> None:
    """The environment of a container holds secrets, and is never read."""
    assert "Env" not in FORMAT and "{{json .}}" not in FORMAT and ".Config" not in FORMAT


async def test_without_docker(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No docker, no daemon, no container: a result in plain words."""
    bot = BotConfig("bob", (), docker="a-container-of-tests-that-nobody-has")
    assert isinstance(await Docker().restart(bot), NotRestarted)
    monkeypatch.setenv("PATH", str(tmp_path))
    result = await Docker().restart(bot)
    assert isinstance(result, NotRestarted) and str(result.why) == "there is no docker on the PATH"
