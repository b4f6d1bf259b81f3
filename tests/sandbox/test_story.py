"""The story of `nlops demo --play` can fail: played against an nlops that lies in one thing, it says which."""

import asyncio
import io
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import segno

from nlops.sandbox.place import claimed
from nlops.sandbox.service import Service
from nlops.sandbox.story import NotTrueError, Story
from nlops.sandbox.transcript import Transcript, shortened
from nlops.sandbox.world import BOTS, MALLORY, WEI, Bubble, World, bot_commands, new_gateway

PROPOSAL = "I would run:\n1. {call}\nReply “yes {code}” to run it, “no” to drop it. Valid for 120 s."


class Liar:
    """An nlops in a few lines, over real bots. It is honest but for `lie`."""

    def __init__(self, world: World, lie: str) -> None:
        self.world, self.lie = world, lie
        self.processes: dict[str, asyncio.subprocess.Process] = {}
        self.tasks: list[asyncio.Task[None]] = []
        world.listen(self.hear)

    async def open(self) -> None:
        """Start both bots; returns when alice has 20 lines and bob is online."""
        for bot in BOTS:
            self.world.wechat.keep_session(bot.name)
            await self.start(bot.name)
        await self.until(lambda: len(self.world.log_lines("alice")) >= 21 and self.status() == "online")
        self.tasks.append(asyncio.create_task(self.watch()))

    async def close(self) -> None:
        self.tasks[0].cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for process in self.processes.values():
            process.terminate()
            await process.wait()

    async def start(self, bot: str) -> None:
        self.processes[bot] = await asyncio.create_subprocess_exec(*bot_commands(self.world.place)[bot])

    async def restart(self) -> None:
        self.processes["bob"].terminate()
        await self.processes["bob"].wait()
        await self.start("bob")
        self.say(f"bob restarted: pid {1 if self.lie == 'another id' else self.processes['bob'].pid}.")
        if self.lie != "never done":
            self.say("bob is restarted and logged in, 1 s after.")

    async def until(self, look: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not look():  # noqa: ASYNC110  what it looks at are files of other processes
                await asyncio.sleep(0.03)

    def status(self) -> str | None:
        now = self.world.bot("bob")
        return now.status if now else None

    async def watch(self) -> None:
        """The rescue, once: a code when bob waits, a word when he is back."""
        await self.until(lambda: self.status() == "waiting")
        lost_at = time.monotonic()
        self.send_code()
        await self.until(lambda: self.status() == "online")
        away_s = time.monotonic() - lost_at + (60 if self.lie == "a wrong time" else 0)
        self.say(f"bob is back after {away_s:.0f} s.")
        self.say("#ping")

    def hear(self, bubble: Bubble) -> None:
        if bubble.by_nlops:
            return
        self.world.gateway.calls["MessagePayload"] += 1
        if bubble.chat == WEI.id:
            self.answer(bubble.text)
        elif self.lie == "answers a stranger":
            self.world.gateway.send_text(MALLORY.id, "no")

    def answer(self, text: str) -> None:
        if text.startswith("bob seems"):
            self.model_call()
            if self.lie == "runs unconfirmed":
                self.send_code()
            call = "restart  bot = bob" if self.lie == "another tool" else "qr  bot = bob"
            self.say(PROPOSAL.format(call=call, code="7K3F"))
        elif text == "7K3F":
            self.send_code()
        elif text == "restart bob":
            self.answer_restart()
        elif text.startswith("看看"):
            self.say(PROPOSAL.format(call="tail_logs  bot = alice, lines = 20", code="H4XM"))
        elif text == "确认 H4XM":
            self.show_log()

    def answer_restart(self) -> None:
        if self.lie == "asks the model":
            self.model_call()
        if self.lie == "restarts nothing":
            self.say("bob restarted: pid 1 → 2.")
        else:
            self.tasks.append(asyncio.create_task(self.restart()))

    def show_log(self) -> None:
        lines = self.world.log_lines("alice")
        changed = [*lines[-20:-5], "not alice's", *lines[-4:]]
        shown = {"21 lines": lines[-21:], "an old log": lines[-21:-1], "a changed line": changed}
        self.say("\n".join(["Last 20 lines of alice's log:", *shown.get(self.lie, lines[-20:])]))

    def say(self, text: str) -> None:
        self.world.gateway.send_text(WEI.id, text)

    def model_call(self) -> None:
        with self.world.place.service_log.open("a") as log:
            log.write("model call 1\n")

    def send_code(self) -> None:
        now = self.world.bot("bob")
        payload = now.payload if now and now.payload else "http://weixin.qq.com/x/none"
        out = io.BytesIO()
        wrong = "x" if self.lie == "another payload" else ""
        segno.make(payload + wrong).save(out, kind="png", scale=6)
        self.world.gateway.send_file(WEI.id, "bob.png", out.getvalue())


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    with claimed(tmp_path / "demo") as place:
        yield World(place, new_gateway(place.token), Service(place.config, place.pid_file, print), None)


def make_story(world: World) -> Story:
    story = Story(world, Transcript())
    story.timeout_s, story.model_timeout_s, story.silence_s = 2.0, 2.0, 0.4
    return story


async def play(story: Story, steps: str) -> None:
    for step in steps.split():
        await getattr(story, step)()


LIES = [
    (
        "another payload",
        "bob_drops",
        "a picture with the code that bob shows\\nseen last: a picture bob.png, which says http",
    ),
    ("another tool", "bob_drops ask_for_code", "a proposal that names qr, bob"),
    ("runs unconfirmed", "bob_drops ask_for_code", "each code came once"),
    ("a wrong time", "bob_drops ask_for_code scan", "after how many seconds bob is back"),
    ("restarts nothing", "restart_bob", "another process of bob"),
    ("another id", "restart_bob", "the new process id"),
    ("never done", "restart_bob", "it is done, with the login"),
    ("asks the model", "restart_bob", "a keyword: no model call"),
    ("21 lines", "alices_log", "exactly 20 lines"),
    ("an old log", "alices_log", "the last ones"),
    ("a changed line", "alices_log", "the last ones"),
    ("answers a stranger", "stranger", "a stranger: no answer"),
]


@pytest.mark.parametrize(("lie", "steps", "why"), LIES, ids=[lie for lie, _, _ in LIES])
async def test_a_lie_is_found(world: World, lie: str, steps: str, why: str) -> None:
    """Each promise of the story, broken alone, ends it with that promise's name."""
    liar = Liar(world, lie)
    await liar.open()
    try:
        with pytest.raises(NotTrueError, match=why):
            await play(make_story(world), steps)
    finally:
        await liar.close()


async def test_without_a_lie_the_steps_come_true(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    """So that it is the lie, and not the stand-in, that ends the others."""
    liar = Liar(world, "")
    await liar.open()
    try:
        await play(make_story(world), "bob_drops ask_for_code scan restart_bob alices_log stranger")
    finally:
        await liar.close()
    assert "✗" not in capsys.readouterr().out


async def test_a_broken_audit_is_found(world: World) -> None:
    """The story asks the real `nlops audit verify`; where that says no, so does the story."""
    world.place.config.write_text("nonsense")
    with pytest.raises(NotTrueError, match="exit 2"):
        await make_story(world).audit()


async def test_an_nlops_that_ends_is_said_at_once(world: World) -> None:
    """No waiting for an answer that nobody can give."""
    world.service.ended.set()
    with pytest.raises(NotTrueError, match="nlops ended"):
        await make_story(world).start()


def test_only_the_print_is_shortened() -> None:
    """Short texts are printed whole; of long ones the first and the last lines, and how many are left out."""
    assert shortened(["a"] * 7) == ["a"] * 7
    assert shortened([str(n) for n in range(21)]) == ["0", "1", "2", "3", "… 15 more lines …", "19", "20"]
    assert shortened(["x" * 200]) == ["x" * 109 + "…"]
