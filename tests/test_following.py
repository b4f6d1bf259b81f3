"""From a log on the disk to events, over the true follower."""

import asyncio
import threading
import time
from pathlib import Path

import pytest

from nlops.adapters.follower import LogFollower
from nlops.domain.events import Event, SignSeen
from nlops.following import Following
from nlops.monitor.watch import LogWatch
from tests.serving import SCAN
from tests.support import make_config


async def test_a_code_between_the_past_and_what_comes_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is still being read when the service learns that the past is over."""
    config = make_config(tmp_path)
    log = config.bots[0].log[0]
    log.write_text("10:00:00 INFO nothing yet\n")
    reading = threading.Event()

    def read_slowly(method: str) -> None:
        as_it_is = getattr(LogWatch, method)

        def slow(watch: LogWatch, block: bytes, key: str) -> object:
            if b"onScan" in block:
                reading.set()
                time.sleep(0.3)
            return as_it_is(watch, block, key)

        monkeypatch.setattr(LogWatch, method, slow)

    class Follower(LogFollower):
        """Which comes back from its start while its thread is at work."""

        def start(self, *given: object) -> None:
            super().start(*given)  # type: ignore[arg-type]  # as they came
            with log.open("a") as file:
                file.write(SCAN.format("AbCdEf0123456789"))
            assert reading.wait(10)

    read_slowly("signs")
    read_slowly("read")
    queue: asyncio.Queue[Event] = asyncio.Queue()
    following = Following(config, Follower(tmp_path / "cursor"), lambda line: line, queue)
    try:
        past = await following.start()
        async with asyncio.timeout(5):
            event = await queue.get()
    finally:
        await following.stop()
    assert past.signs == () and isinstance(event, SignSeen)
