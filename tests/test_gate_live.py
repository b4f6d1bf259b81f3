"""The gate in the true runtime, over a true store and a true command: what is stopped stops, what was cut off is told,
what was set stays set."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from nlops.adapters.follower import LogFollower
from nlops.adapters.models import NoModel
from nlops.adapters.qrcode import draw_qr
from nlops.adapters.runner import ToolRunner
from nlops.adapters.sqlite import SqliteStore
from nlops.cli.load import load_prompts
from nlops.domain.chat import ChatMessage
from nlops.domain.config import BotConfig, PolicyConfig
from nlops.domain.events import LinkChanged
from nlops.domain.tools import ArgvRun, Catalogue, ToolPolicy, ToolSpec
from nlops.engine import Setup
from nlops.gate.redact import Redactor
from nlops.ports import ChatEvent
from nlops.runtime import Parts, Service
from tests.serving import SCAN, until
from tests.support import LAN, WEI, make_config


class Talk:
    """A chat that is a queue in and a list out."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str]] = []
        self.pictures: list[str] = []
        self.count = 0

    async def run(self, deliver: Callable[[ChatEvent], Awaitable[None]]) -> None:
        self.deliver = deliver
        await deliver(LinkChanged(True))
        await asyncio.Event().wait()

    async def say(self, text: str, who: str = WEI) -> None:
        self.count += 1
        await self.deliver(ChatMessage(f"{time.time_ns()}", who, None, text, time.time()))

    async def send_text(self, conversation_id: str, text: str) -> None:
        self.said.append((conversation_id, text))

    async def send_file(self, conversation_id: str, name: str, data: bytes) -> None:
        self.pictures.append(name)

    async def known_contacts(self) -> frozenset[str]:
        return frozenset({WEI, LAN})

    async def name_of(self, contact_id: str) -> str:
        return contact_id

    def heard(self, words: str, who: str = WEI) -> bool:
        return any(words in text for to, text in self.said if to == who)


class Place:
    """A folder with a tool that takes its time, and a service over it."""

    def __init__(self, folder: Path, policy: PolicyConfig) -> None:
        bots = (BotConfig("bob", (folder / "bob.log",)),)
        bots[0].log[0].touch()
        self.folder, self.talk = folder, Talk()
        self.config = make_config(folder, bots=bots, policy=policy)
        script = folder / "slow.sh"
        script.write_text(f"#!/bin/sh\necho began >> {folder}/runs\nsleep 60\necho ended >> {folder}/runs\n")
        script.chmod(0o755)
        schema = {"type": "object", "properties": {}, "additionalProperties": False}
        run = ArgvRun((str(script),), cwd=str(folder))
        tool = ToolSpec("slow", "Slow", "Takes long", schema, run, ToolPolicy("change"), ("slow",), timeout_s=90.0)
        self.setup = Setup(self.config, Catalogue((tool,), (bots[0].called(),)), load_prompts())

    @property
    def runs(self) -> list[str]:
        file = self.folder / "runs"
        return file.read_text().split() if file.exists() else []

    @asynccontextmanager
    async def service(self, drains: bool = False) -> AsyncIterator[Talk]:
        """A life of it; cut off at the end, as a stop that does not wait, or that waits for what is being sent."""
        self.talk, ready = Talk(), asyncio.Event()
        store = SqliteStore(self.config.state_dir)
        runner = ToolRunner(self.config, self.setup.catalogue, {})
        follower = LogFollower(self.config.state_dir / "cursors")
        parts = Parts(self.talk, NoModel(), follower, runner, store, draw_qr, Redactor([]))
        service = Service(self.setup, parts, ready.set)
        task = asyncio.create_task(service.run())
        await asyncio.wait_for(ready.wait(), 20)
        try:
            yield self.talk
            if drains:  # what has left is noted a moment later; cut off between, it would be told once more as doubtful
                await service.drain()
        finally:
            task.cancel()
            await asyncio.wait([task])
            store.close()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, PolicyConfig())


async def test_stop_all_ends_what_runs(place: Place) -> None:
    """The command and what it started are gone, who asked hears that it was ended, everybody that all is stopped; and
    it stays stopped over a restart, until resume."""
    async with place.service() as talk:
        await talk.say("slow")
        await until(lambda: place.runs == ["began"])
        before = time.monotonic()
        await talk.say("stop all", LAN)
        await until(lambda: talk.heard("ended by a “stop”") and talk.heard("停止了一切", LAN))
        assert time.monotonic() - before < 10 and place.runs == ["began"]
    async with place.service() as talk:
        await talk.say("slow")
        await until(lambda: talk.heard("lan stopped everything"))
        await talk.say("resume")
        await until(lambda: talk.heard("可以执行改动了", LAN))
        await talk.say("slow")
        await until(lambda: place.runs == ["began", "began"])


async def test_a_run_that_was_cut_off_is_told_and_not_repeated(place: Place) -> None:
    """Once, after the next start; the start after that has nothing to tell."""
    async with place.service() as talk:
        await talk.say("slow")
        await until(lambda: place.runs == ["began"])
    async with place.service(drains=True) as talk:
        await until(lambda: talk.heard("how it ended is not known") and talk.heard("1. slow: begun"))
    async with place.service() as talk:
        await talk.say("help")
        await until(lambda: talk.heard("stop all / resume"))
        assert len(talk.said) == 1 and place.runs == ["began"]


async def test_a_proposal_is_confirmed_in_the_next_life(tmp_path: Path) -> None:
    """By its code, and once."""
    place = Place(tmp_path, PolicyConfig(confirm="always"))
    async with place.service() as talk:
        await talk.say("slow")
        await until(lambda: talk.heard("I would run"))
        code = talk.said[-1][1].partition("“yes ")[2][:4]
    async with place.service() as talk:
        await talk.say(f"yes {code}")
        await until(lambda: place.runs == ["began"])
        await talk.say(code)
        await until(lambda: talk.heard("is used up: it is running"))
        assert place.runs == ["began"]


async def test_a_mute_outlives_the_process(place: Place) -> None:
    """Muted in one life, silent in the next, and unmuted there with what was held back."""
    async with place.service() as talk:
        await talk.say("mute bob 30m")
        await until(lambda: talk.heard("muted bob for 30 min") and talk.heard("静音 30 分钟", LAN))
    async with place.service() as talk:
        (place.folder / "bob.log").write_text(SCAN.format("AbCdEf0123456789"))
        await asyncio.sleep(1.5)
        assert talk.pictures == []
        await talk.say("unmute bob")
        await until(lambda: talk.heard("1 login code(s)") and talk.pictures == ["bob.png"] * 2)


async def test_a_limit_of_changes_outlives_the_process(tmp_path: Path) -> None:
    """One an hour: not another one in the next life."""
    place = Place(tmp_path, replace(PolicyConfig(), changes_per_hour=1))
    async with place.service() as talk:
        await talk.say("slow")
        await until(lambda: place.runs == ["began"])
    async with place.service() as talk:
        await talk.say("slow")
        await until(lambda: talk.heard("at most 1 changes an hour"))
        assert place.runs == ["began"]
