"""Crashes at every await and every statement of SQL between a one-time code and the outcome of what it let run, made as
`tests.gate.crashing` makes them.

A life confirms and proves with the code of the step before, and is killed. The next one gets the same message again, as
a gateway that brings it back would, and then a code of this step.

    python -m tests.adapters.factors.crashing FOLDER [EVERY]     # every point, or each EVERYth
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from nlops.adapters.factors import SecondFactors
from nlops.adapters.follower import LogFollower
from nlops.adapters.models import NoModel
from nlops.adapters.qrcode import draw_qr
from nlops.adapters.runner import ToolRunner
from nlops.adapters.sqlite import SqliteStore
from nlops.domain.chat import ChatMessage
from nlops.domain.config import AdminConfig, Config, PolicyConfig, Secret, ToolPolicyConfig
from nlops.domain.events import LinkChanged
from nlops.engine import Setup
from nlops.gate.redact import Redactor
from nlops.gate.totp import STEP_S, code_at, step_at
from nlops.ports import ChatEvent, Commit
from nlops.runtime import Parts, Service
from tests.gate.crashing import CODE, POINTS, Fuse, ListChat, Stepped, _proposal, say, set_up
from tests.support import WEI

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
BETWEEN_S = 0.2  # messages: a code that comes while another is looked at is ignored


class SlowChat(ListChat):
    """Its people take a breath between two messages."""

    async def run(self, deliver: Callable[[ChatEvent], Awaitable[None]]) -> None:
        await deliver(LinkChanged(True))
        await self._ready.wait()
        self._fuse.is_armed = True
        for message in self._messages:
            await deliver(message)
            await asyncio.sleep(BETWEEN_S)
        await asyncio.Event().wait()


def set_up_factors(folder: Path) -> tuple[Config, Setup]:
    """The tool of the other crashes, which demands an authenticator here."""
    config, setup = set_up(folder)
    config = replace(
        config,
        admins=(AdminConfig("wei", WEI, "en", Secret(SECRET)),),
        policy=PolicyConfig(tools={"count": ToolPolicyConfig(auth=("totp",))}),
    )
    return config, replace(setup, config=config)


async def live(config: Config, setup: Setup, messages: list[ChatMessage], fuse: Fuse) -> None:
    """One life of the service, to its last word."""
    loop = asyncio.get_running_loop()
    loop.set_task_factory(lambda loop, coroutine, **kw: asyncio.Task(Stepped(coroutine, fuse), loop=loop, **kw))
    store, ready = SqliteStore(config.state_dir), asyncio.Event()
    store.database.connection.set_trace_callback(lambda _: fuse.tick())
    if not store.proposals():
        await store.commit(Commit(proposals=(replace(_proposal(setup), auth=("totp",)),)), time.time())
    chat = SlowChat(messages, ready, fuse, config.state_dir.parent / "said")
    runner = ToolRunner(config, setup.catalogue, {})
    factors = SecondFactors(config, store)
    parts = Parts(chat, NoModel(), LogFollower(None), runner, store, draw_qr, Redactor([]), factors=factors)
    service = Service(setup, parts, ready.set)
    task = asyncio.create_task(service.run())
    await asyncio.wait_for(chat.is_answered.wait(), 30)
    await service.drain(30)
    task.cancel()
    await asyncio.wait([task])
    store.close()


def in_a_process(config: Config, setup: Setup, messages: list[ChatMessage], point: int) -> bool:
    """Whether that life was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            asyncio.run(live(config, setup, messages, Fuse(point)))
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "that life ended by itself"
    return os.WIFSIGNALED(status)


def crash_at(folder: Path, point: int) -> dict[str, object]:
    """What came of a kill at this point, and of the life after it."""
    while time.time() % STEP_S > STEP_S - 8:  # both lives in one step of the clock
        time.sleep(0.5)
    config, setup = set_up_factors(folder)
    step = step_at(time.time())
    yes = say(1, f"yes {CODE} {code_at(SECRET, step - 1)}")
    is_killed = in_a_process(config, setup, [yes], point)
    if is_killed:
        again = [yes, say(2, f"yes {CODE} {code_at(SECRET, step - 1)}"), say(3, f"yes {CODE} {code_at(SECRET, step)}")]
        in_a_process(config, setup, [*again, say(4, "help")], 0)
    runs = (folder / "runs").read_text().split() if (folder / "runs").exists() else []
    store = SqliteStore(config.state_dir)
    (proposal,) = store.proposals()
    kinds = [record.kind for record in store.records()]
    store.close()
    return {"point": point, "killed": is_killed, "runs": runs, "state": proposal.state.value, "kinds": kinds}


def main(folder: Path, every: int = 1) -> list[dict[str, object]]:
    """All points until there are no more."""
    found = []
    for point in range(1, POINTS, every):
        found.append(crash_at(folder / str(point), point))
        if not found[-1]["killed"]:
            break
    return found


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 1)))
