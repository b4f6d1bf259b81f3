"""Crashes at every await, and at every statement of SQL, between a confirmation and its outcome: the true runtime,
store and runner, and two true commands that count their runs in a file. The chat alone is a list.

For each point a process confirms an open proposal of two calls and is killed (SIGKILL) there; another one, over the
same folder, gets the same message again and the code once more, and is left to end. What each call was run, and what
was said, comes out as JSON.

    python -m tests.gate.crashing FOLDER [EVERY]     # every point, or each EVERYth
"""

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from pathlib import Path
from typing import Any

from nlops.adapters.definitions import load_file
from nlops.adapters.follower import LogFollower
from nlops.adapters.models import NoModel
from nlops.adapters.qrcode import draw_qr
from nlops.adapters.runner import ToolRunner
from nlops.adapters.sqlite import SqliteStore
from nlops.cli.load import load_prompts
from nlops.domain.chat import ChatMessage
from nlops.domain.config import Config
from nlops.domain.events import LinkChanged
from nlops.domain.tools import Catalogue, Proposal, ToolCall
from nlops.engine import Setup
from nlops.gate.redact import Redactor
from nlops.ports import ChatEvent, Commit
from nlops.runtime import Parts, Service, now
from tests.support import WEI, make_config

CODE = "7K3F"
CALLS = (ToolCall("count", {"nth": "first"}), ToolCall("count", {"nth": "second"}))
POINTS = 400  # more than there are


class Fuse:
    """Kills the process at its `point`th tick; 0 never. Ticks count from `arm` on."""

    def __init__(self, point: int) -> None:
        self.point, self.ticks, self.is_armed = point, 0, False

    def tick(self) -> None:
        if self.is_armed:
            self.ticks += 1
            if self.ticks == self.point:
                os.kill(os.getpid(), signal.SIGKILL)


class Stepped(Coroutine[Any, Any, Any]):
    """A coroutine that ticks each time it is gone on with: before all that follows an await."""

    def __init__(self, coroutine: Any, fuse: Fuse) -> None:
        self._coroutine, self._fuse = coroutine, fuse

    def send(self, value: Any) -> Any:
        self._fuse.tick()
        return self._coroutine.send(value)

    def throw(self, *error: Any) -> Any:
        return self._coroutine.throw(*error)

    def close(self) -> None:
        self._coroutine.close()

    def __await__(self) -> Generator[Any, Any, Any]:
        return self  # type: ignore[return-value]  # it is gone on with by `send`, as a generator is


class ListChat:
    """A chat whose people say what stands in a list, each once the answer to the one before has come."""

    def __init__(self, messages: list[ChatMessage], ready: asyncio.Event, fuse: Fuse, said: Path) -> None:
        self._messages, self._ready, self._fuse, self._said = messages, ready, fuse, said
        self.is_answered = asyncio.Event()

    async def run(self, deliver: Callable[[ChatEvent], Awaitable[None]]) -> None:
        await deliver(LinkChanged(True))
        await self._ready.wait()
        self._fuse.is_armed = True
        for message in self._messages:
            await deliver(message)
        await asyncio.Event().wait()

    async def send_text(self, conversation_id: str, text: str) -> None:
        with self._said.open("a", encoding="utf-8") as said:
            said.write(json.dumps(text) + "\n")
        # The last word of a life: the outcome of the confirmed run, or the list of words that was asked for last.
        if "printed nothing" in text and "second" in text and len(self._messages) == 1:
            self.is_answered.set()
        if "These words" in text:
            self.is_answered.set()

    async def send_file(self, conversation_id: str, name: str, data: bytes) -> None:
        raise AssertionError("nothing is sent as a file")

    async def known_contacts(self) -> frozenset[str]:
        return frozenset({WEI})

    async def name_of(self, contact_id: str) -> str:
        return "wei"


def set_up(folder: Path) -> tuple[Config, Setup]:
    """A tool whose command writes its argument into `runs`."""
    folder.mkdir(parents=True)
    script = folder / "count.sh"
    script.write_text(f'#!/bin/sh\necho "$1" >> {folder}/runs\n')
    script.chmod(0o755)
    definition = {
        "name": "count",
        "title": "Count",
        "description": "Write a line",
        "inputSchema": {
            "type": "object",
            "properties": {"nth": {"enum": ["first", "second"]}},
            "required": ["nth"],
            "additionalProperties": False,
        },
        "run": {"argv": [str(script), "{nth}"]},
        "policy": {"risk": "change"},
    }
    (folder / "count.json").write_text(json.dumps(definition))
    config = make_config(folder, bots=())
    return config, Setup(config, Catalogue((load_file(folder / "count.json"),)), load_prompts())


async def live(config: Config, setup: Setup, messages: list[ChatMessage], fuse: Fuse) -> None:
    """One life of the service, to its last word."""
    loop = asyncio.get_running_loop()
    loop.set_task_factory(lambda loop, coroutine, **kw: asyncio.Task(Stepped(coroutine, fuse), loop=loop, **kw))
    store, ready = SqliteStore(config.state_dir), asyncio.Event()
    store.database.connection.set_trace_callback(lambda _: fuse.tick())
    if not store.proposals():
        await store.commit(Commit(proposals=(_proposal(setup),)), time.time())
    chat = ListChat(messages, ready, fuse, config.state_dir.parent / "said")
    runner = ToolRunner(config, setup.catalogue, {})
    parts = Parts(chat, NoModel(), LogFollower(None), runner, store, draw_qr, Redactor([]))
    service = Service(setup, parts, ready.set)
    task = asyncio.create_task(service.run())
    await asyncio.wait_for(chat.is_answered.wait(), 30)
    await service.drain(30)
    await asyncio.sleep(0.3)  # an outcome that is being kept just now is neither a run nor with the sender
    await service.drain(30)
    task.cancel()
    await asyncio.wait([task])
    store.close()


def _proposal(setup: Setup) -> Proposal:
    moment, digest = now(), setup.catalogue.tools[0].digest
    return Proposal(
        code=CODE,
        admin="wei",
        contact_id=WEI,
        conversation_id=WEI,
        calls=CALLS,
        digests=(digest, digest),
        risk="change",
        words="count, please",
        source="model",
        expires_at=moment.monotonic + 120,
        id=1,
        until=moment.wall + 120,
        boot=moment.boot,
        made_at=moment.wall,
    )


def in_a_process(config: Config, setup: Setup, messages: list[ChatMessage], point: int) -> tuple[bool, int]:
    """Whether that life was killed, and after how many ticks it ended otherwise."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            fuse = Fuse(point)
            asyncio.run(live(config, setup, messages, fuse))
            os.write(writing, str(fuse.ticks).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as ticks:
        count = ticks.read()
    if os.WIFSIGNALED(status):
        return True, 0
    assert os.WEXITSTATUS(status) == 0, "that life ended by itself"
    return False, int(count)


def say(number: int, text: str) -> ChatMessage:
    return ChatMessage(f"m{number}", WEI, None, text, time.time())


def crash_at(folder: Path, point: int) -> dict[str, object]:
    """What came of a kill at this point, and of the life after it."""
    config, setup = set_up(folder)
    yes = say(1, f"yes {CODE}")
    is_killed, ticks = in_a_process(config, setup, [yes], point)
    if is_killed:
        in_a_process(config, setup, [yes, say(2, f"yes {CODE}"), say(3, "help")], 0)
    runs = (folder / "runs").read_text().split() if (folder / "runs").exists() else []
    store = SqliteStore(config.state_dir)
    (proposal,) = store.proposals()
    kinds = [record.kind for record in store.records()]
    store.close()
    said = [json.loads(line) for line in (folder / "said").read_text().splitlines()]
    return {
        "point": point,
        "killed": is_killed,
        "ticks": ticks,
        "runs": runs,
        "state": proposal.state.value,
        "kinds": kinds,
        "said": said,
    }


def main(folder: Path, every: int = 1) -> list[dict[str, object]]:
    """All points until there are no more."""
    found = []
    for point in range(1, POINTS, every):
        found.append(crash_at(folder / str(point), point))
        if not found[-1]["killed"]:
            break
    return found


if __name__ == "__main__":
    outcomes = main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    print(json.dumps(outcomes))
