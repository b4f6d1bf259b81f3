"""What the gate costs a message, beside what cannot be less: the step alone, and the whole of it up to the disk.

python benchmarks/gate.py [--messages 2000] [--rules 20]

Floors: reading the keyword alone, for the pure step; one synced SQLite insert of the record, for the whole. The gate is
asked with `--rules` rules of [policy], twenty closed proposals and a limit of changes.
"""

import argparse
import asyncio
import json
import os
import shutil
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from nlops.adapters.sqlite import SqliteStore
from nlops.cli.load import load_prompts, load_tool
from nlops.cli.resources import data_path
from nlops.domain.chat import ChatMessage, KnownContact
from nlops.domain.config import (
    AdminConfig,
    BotConfig,
    Bounds,
    ChatConfig,
    Config,
    Hours,
    PolicyConfig,
    RuleConfig,
    Secret,
)
from nlops.domain.effects import Effect, Record, RunCalls
from nlops.domain.events import Event, MessageReceived, Moment, RunFinished
from nlops.domain.tools import Catalogue, ToolResult
from nlops.engine import Setup, State, step
from nlops.journal import Journal
from nlops.understand.keywords import read_keyword


def make_setup(folder: Path, rules: int) -> Setup:
    many = tuple(
        RuleConfig(
            "confirm",
            tools=("tail_logs",),
            except_admins=("wei",),
            arguments=(("lines", Bounds(above=float(at))),),
            hours=Hours(22 * 60, 7 * 60),
        )
        for at in range(rules)
    )
    bots = tuple(BotConfig(name, (folder / f"{name}.log",)) for name in ("alice", "bob"))
    config = Config(
        file=folder / "nlops.toml",
        state_dir=folder / "state",
        chat=ChatConfig("127.0.0.1:1", Secret("a-token")),
        admins=(AdminConfig("wei", "wxid_wei", "en"), AdminConfig("lan", "wxid_lan", "zh")),
        bots=bots,
        policy=PolicyConfig(confirm="always", changes_per_hour=10_000, rules=many),
    )
    tools = tuple(load_tool(data_path("tools") / f"{name}.json") for name in config.tools.enable)
    return Setup(config, Catalogue(tools, tuple(bot.called() for bot in bots)), load_prompts())


class Gate:
    """Orders, their confirmations and their ends, one after the other."""

    def __init__(self, setup: Setup) -> None:
        self.setup, self.count = setup, 0
        self.state = State(contacts={"wei": KnownContact("wxid_wei"), "lan": KnownContact("wxid_lan")})
        self.steps: list[float] = []
        self.records: list[Record] = []

    def __call__(self, event: Event) -> tuple[Effect, ...]:
        self.count += 1
        moment = Moment(1_800_000_000.0 + self.count, 1000.0 + self.count, os.urandom(16))
        start = time.thread_time()
        self.state, effects = step(self.setup, self.state, event, moment)
        if isinstance(event, MessageReceived):
            self.steps.append(time.thread_time() - start)
        self.records += [effect for effect in effects if isinstance(effect, Record)]
        return effects

    def say(self, text: str) -> MessageReceived:
        at = 1_800_000_000.0 + self.count
        return MessageReceived(ChatMessage(f"m{self.count}", "wxid_wei", None, text, at))


Take = Callable[[Event], tuple[Effect, ...]]


def play(gate: Gate, take: Take, messages: int) -> None:
    """Half of them orders, half of them confirmations."""
    for _ in range(messages // 2):
        (proposed, *_) = [one for one in take(gate.say("restart bob")) if isinstance(one, Record)]
        (run,) = [one for one in take(gate.say(f"yes {proposed.details['code']}")) if isinstance(one, RunCalls)]
        take(RunFinished(run.run_id, (ToolResult(True, "restarted"),)))


def show(name: str, times: Sequence[float], floor: Sequence[float]) -> None:
    def at(values: Sequence[float], part: float) -> float:
        return sorted(values)[min(len(values) - 1, int(part * len(values)))] * 1000

    ratio = statistics.median(times) / statistics.median(floor)
    print(
        f"{name:28} p50 {at(times, 0.5):7.3f} ms   p99 {at(times, 0.99):7.3f} ms   "
        f"floor p50 {at(floor, 0.5):7.3f} ms   ratio {ratio:.1f}"
    )


def pure(setup: Setup, messages: int) -> None:
    gate = Gate(setup)
    play(gate, gate, messages)
    floor = []
    for text in ("restart bob", "yes 7K3F") * (messages // 2):
        start = time.thread_time()
        read_keyword(text, setup.catalogue, "en")
        floor.append(time.thread_time() - start)
    show("the step, CPU", gate.steps, floor)


def whole(setup: Setup, folder: Path, messages: int) -> None:
    """With the transaction: what stands between a message and its run. The floor is taken in turns with it, for other
    work on the machine and the disk."""
    store, loop = SqliteStore(setup.config.state_dir), asyncio.new_event_loop()
    journal, gate = Journal(store), Gate(setup)
    db = sqlite3.connect(folder / "floor.sqlite3", isolation_level=None)
    for statement in ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "CREATE TABLE record (details TEXT)"):
        db.execute(statement)
    times: list[float] = []
    floor: list[float] = []

    def take(event: Event) -> tuple[Effect, ...]:
        start = time.perf_counter()
        effects = gate(event)
        _, refused = loop.run_until_complete(journal.keep(event, effects, [], time.time()))
        assert not refused, refused
        if isinstance(event, MessageReceived):
            times.append(time.perf_counter() - start)
            start = time.perf_counter()
            db.execute("INSERT INTO record VALUES (?)", (json.dumps(dict(gate.records[-1].details)),))
            floor.append(time.perf_counter() - start)
        return effects

    play(gate, take, messages)
    db.close()
    store.close()
    loop.close()
    show("with its transaction, wall", times, floor)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--rules", type=int, default=20)
    args = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="nlops-bench-"))
    try:
        setup = make_setup(folder, args.rules)
        pure(setup, args.messages)
        whole(setup, folder, args.messages)
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
