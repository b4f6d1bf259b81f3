"""The word `restart`, from inside a bot, with the real pm2."""

import pytest

from nlops.adapters.pm2 import Pm2
from nlops.plugin import restart_pm2
from tests.adapters.test_pm2 import pm2_home as pm2_home  # noqa: PLC0414 - a fixture
from tests.plugin.world import World, until
from tests.support import WEI


@pytest.mark.usefixtures("pm2_home")
async def test_restart(world: World) -> None:
    """By name only that one, without a name both; bob has a new process each time, and carol, whom pm2 does not know,
    gets a word."""
    world.use(restart_pm2("bob", WEI, language="en"), restart_pm2("carol; touch x", WEI, name="carol", language="en"))
    await world.start_bot()
    world.say("restart BOB")
    await until(lambda: len(world.texts()) == 1, 60)
    assert world.texts()[0].startswith("bob restarted: pid ")
    world.say("重启")
    await until(lambda: len(world.texts()) == 3, 60)
    assert "carol was not restarted: pm2 knows no process 'carol; touch x'" in world.texts()
    processes = await Pm2().processes()
    assert isinstance(processes, list) and processes[0].restarts == 2
    assert not (world.folder / "x").exists()
