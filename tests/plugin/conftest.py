"""For every test of the plugin: a gateway, people, a folder with bob's log, and a bot; no task may be left behind."""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

import nlops.plugin  # noqa: F401 - before tests.plugin.world, which imports wechaty
from tests.plugin.world import World


@pytest.fixture
def nothing_left(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No exception that nobody took, which asyncio only logs; and none of the folders that python-wechaty makes in the
    working directory, which is the world's one."""
    yield
    gc.collect()
    assert [record.getMessage() for record in caplog.get_records("call") if record.name == "asyncio"] == []
    assert not [path.name for path in tmp_path.iterdir() if "wechaty" in path.name or path.name == "logs"]


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing_left: None) -> AsyncIterator[World]:
    """Around a bot of python-wechaty, as it comes."""
    async with World(tmp_path, monkeypatch) as world:
        yield world


@pytest.fixture(params=["upstream", "leashed"])
async def any_world(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, nothing_left: None
) -> AsyncIterator[World]:
    """Once around a bot of python-wechaty, once around nlops's own."""
    async with World(tmp_path, monkeypatch, leashed=request.param == "leashed") as world:
        yield world
