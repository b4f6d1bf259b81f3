"""Any history of the gate, over the true engine, journal and SQLite store: messages of two admins and a stranger,
confirmations, edits, models' answers, second factors, clocks that jump, machines that sleep or start anew, full disks,
and crashes between any two of: a message is kept, its step is kept, a call is noted, it ran, its end is kept.

`tests.gate.witness` judges each step: whether somebody asked for what runs.

    python -m tests.gate.histories 2000     # so many histories of 50 steps; prints what happened in them
"""

import asyncio
import json
import logging
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from nlops.adapters.sqlite import SqliteStore
from nlops.domain.chat import ChatMessage
from nlops.domain.config import ChatConfig, PolicyConfig, Secret
from nlops.domain.effects import AskModel, Effect, KeepProposals, Record, RunCalls, StopRuns
from nlops.domain.events import (
    Event,
    MessageReceived,
    ModelAnswered,
    Moment,
    RecordRefused,
    RunFinished,
    Ticked,
    TookOver,
)
from nlops.domain.model import ModelReply
from nlops.domain.tools import Approval, ProposalState, ToolResult
from nlops.engine import Setup, State, deciding, step, steps
from nlops.gate.policy import contacts_of
from nlops.gate.rules import HOUR_S
from nlops.journal import Journal
from tests.gate.witness import CONFIRMS, COUNTS, EDITS, FREE, ORDERS, OTHER, ROOM, WALL, Witness
from tests.support import LAN, MALLORY, WEI, make_config, make_setup


class Histories(RuleBasedStateMachine):
    """The machine of the tests. Rules are what can happen; the checks stand in `Witness` and `_begin`."""

    @initialize(confirm=st.sampled_from(["always", "natural-language"]), guarded=st.booleans())
    def start(self, confirm: Any, guarded: bool) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="nlops-histories-", dir=_memory()))
        chat = ChatConfig("127.0.0.1:1", Secret("a-token"), rooms=(ROOM,))
        config = make_config(self.folder, policy=PolicyConfig(confirm=confirm, ttl_s=120.0), chat=chat)
        self.setup = _guarded(make_setup(config)) if guarded else make_setup(config)
        self.loop = asyncio.new_event_loop()
        self.true, self.skew, self.boots, self.boot_at = 0.0, 0.0, 0, 0.0
        self.numbers, self.about = 0, ""
        self.witness, self.durable = Witness(), Witness()
        self.begun: set[tuple[int, int]] = set()
        self.unfinished: set[int] = set()  # begun in a life that ended
        self.is_stuck = False
        self._live()

    # The process

    def _live(self) -> None:
        """A process begins, over what the last one left."""
        self.store = SqliteStore(self.folder / "state")
        self.journal = Journal(self.store)
        contacts = contacts_of(self.setup.config.admins, {})
        self.state = State(
            contacts=contacts,
            proposals=self.store.proposals(),
            standing=self.store.standing(),
            next_id=self.store.next_proposal_id(),
        )
        self.questions: dict[int, str] = {}  # to the model: the words they are about
        self.handed: dict[int, tuple[RunCalls, int]] = {}  # runs of this life, and how many calls of each have begun
        self.under_way: set[int] = set()  # runs of which a call has begun and not ended
        self.is_stuck = False
        told = self._step(TookOver(self.store.decided(self._wall() - HOUR_S)))
        unknown = [one.details["run"] for one in told if isinstance(one, Record) and one.kind == "unknown"]
        assert set(unknown) == self.unfinished and len(unknown) == len(set(unknown)), "an unknown outcome is told once"
        COUNTS["unknown outcomes told"] += len(unknown)
        self.unfinished = set()
        for event in self.journal.take_over():
            self._step(event)

    def _wall(self) -> float:
        return WALL + self.true + self.skew

    def _now(self) -> Moment:
        self.numbers += 1
        nonce = self.numbers.to_bytes(4, "big") * 4
        nonce = bytes((byte * 37 + at * 11 + self.numbers * 7) % 256 for at, byte in enumerate(nonce))
        return Moment(self._wall(), 50.0 + self.true - self.boot_at, nonce, f"boot {self.boots}")

    def _step(self, event: Event, keep: bool = True) -> tuple[Effect, ...]:
        """As the runtime does: a step, its transaction, then what it wants done. Not `keep`: the process ends there."""
        now = self._now()
        state, effects = step(self.setup, self.state, event, now)
        COUNTS["steps"] += 1
        self.witness.judge(self.setup, event, effects, self.true, now.wall)
        self.state = state
        return self._keep(event, effects) if keep else ()

    def _keep(self, event: Event, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
        _, refused = self.loop.run_until_complete(self.journal.keep(event, effects, [], self._wall()))
        assert not refused or self.is_stuck, refused
        runs = [effect for effect in effects if isinstance(effect, RunCalls)]
        if refused:
            for run in runs:
                del self.witness.granted[run.run_id]
            if runs or any(isinstance(effect, Record) for effect in effects):
                self._step(RecordRefused(refused, tuple(run.run_id for run in runs)))
            return ()
        # What changed before, while the disk was full, is durable with it.
        if any(isinstance(effect, Record | KeepProposals) for effect in effects):
            self.durable = deepcopy(self.witness)
        for run in runs:
            self.handed[run.run_id] = (run, 0)
            if isinstance(event, MessageReceived):
                self.durable.by_message[event.message.id] = self.witness.by_message[event.message.id] = run.run_id
        words = event.message.text if isinstance(event, MessageReceived) else self.about
        self.questions |= {effect.question_id: words for effect in effects if isinstance(effect, AskModel)}
        for effect in effects:
            if isinstance(effect, StopRuns):
                for run_id in effect.run_ids:
                    self._end(run_id, ended=True)
        return effects

    # What can be said

    def _say(self, who: str, text: str, room: bool, crash: int) -> None:
        """A message, and a crash after it is kept (1), or after its step is decided and before that is kept (2)."""
        self.numbers += 1
        where = ROOM if room else None
        message = ChatMessage(f"m{self.numbers}", who, where, text, self._wall(), is_addressed=room)
        COUNTS["messages"] += 1
        if who != MALLORY:
            self.loop.run_until_complete(self.journal.receive(message))
        if crash == 1:
            return self._crash()
        self._step(MessageReceived(message), keep=crash != 2)
        return self._crash() if crash == 2 else None

    people = st.sampled_from([WEI, WEI, LAN, MALLORY])
    crashes = st.sampled_from([0] * 12 + [1, 2])
    rooms = st.sampled_from([False, False, False, True])

    @rule(who=people, text=st.sampled_from([*ORDERS, *ORDERS, *EDITS, *OTHER, *FREE]), room=rooms, crash=crashes)
    def say(self, who: str, text: str, room: bool, crash: int) -> None:
        self._say(who, text, room, crash)

    @rule(
        who=people,
        form=st.sampled_from(CONFIRMS),
        which=st.integers(1, 3),
        room=rooms,
        crash=crashes,
        mine=st.sampled_from([True, True, False]),
    )
    def confirm(self, who: str, form: str, which: int, room: bool, crash: int, mine: bool) -> None:
        """A code that was shown lately, mostly one's own, where it was shown."""
        shown = [(code, one) for code, one in self.witness.shown.items() if not mine or one.place[0] == who]
        if shown:
            code, one = shown[-min(which, len(shown))]
            self._say(who, form.format(code), one.place[1] == ROOM if mine or which < 3 else room, crash)

    @rule(
        who=st.sampled_from([WEI, LAN]),
        texts=st.lists(st.sampled_from([*ORDERS, *ORDERS, *FREE, *EDITS]), min_size=1, max_size=2),
        form=st.sampled_from([*CONFIRMS, "yes", "确认"]),
        other=st.sampled_from([None, None, WEI, LAN]),
        crash=crashes,
        seconds=st.sampled_from([0.5, 5.0, 118.0, 120.0]),
        befalls=st.sampled_from([None, None, None, None, "crash", "boot", -60.0, -3600.0, 60.0]),
    )
    def order_and_confirm(
        self,
        who: str,
        texts: list[str],
        form: str,
        other: str | None,
        crash: int,
        seconds: float,
        befalls: str | float | None,
    ) -> None:
        """What most people do, the first code that was shown confirmed last; but there may be a second order, the
        clock may be set meanwhile, the process end, or the other admin be quicker."""
        before = set(self.witness.shown)
        for text in texts:
            self._say(who, text, False, 0)
            while self.questions and text in FREE:
                self.model_answers(keep=True)
        shown = [code for code in self.witness.shown if code not in before]
        self.true += seconds
        if isinstance(befalls, str):
            self.something_happens(befalls, 0.0, 1.0)
        self.skew += befalls if isinstance(befalls, float) else 0.0
        if other is not None and shown:
            self._say(other, form.format(shown[0]), False, 0)
        if shown:
            self._say(who, form.format(shown[0]), False, crash)

    @rule(who=people, word=st.sampled_from(["yes", "确认", "no", "取消", "cancel"]), room=rooms, crash=crashes)
    def bare_word(self, who: str, word: str, room: bool, crash: int) -> None:
        self._say(who, word, room, crash)

    @precondition(lambda self: self.questions)
    @rule(keep=st.sampled_from([True, True, True, False]))
    def model_answers(self, keep: bool) -> None:
        question_id = min(self.questions)
        self.about = self.questions.pop(question_id)
        self._step(ModelAnswered(question_id, ModelReply("", FREE.get(self.about, ()))), keep)
        if not keep:
            self._crash()

    @precondition(lambda self: any(one.state is ProposalState.AWAITING for one in self.state.proposals))
    @rule(is_right=st.booleans())
    def factor(self, is_right: bool) -> None:
        """A second factor for a proposal that waits for it; or one that was given for other calls."""
        (one, *_) = [one for one in self.state.proposals if one.state is ProposalState.AWAITING]
        shown, now = self.witness.shown[one.code], self._now()
        given = Approval("totp", one.contact_id, now.wall, one.fingerprint() if is_right else "another")
        asker = deciding.asker_of(one)
        state, effects = deciding.on_approval(self.setup, self.state, asker, one.id, given, now)
        state, effects = steps.settle(self.state, state, effects)
        for run in (effect for effect in effects if isinstance(effect, RunCalls)):
            assert (
                is_right
                and shown.state == "open"
                and self.true - shown.at < 120.0
                and shown.calls == [call.as_json() for call in run.calls]
            )
            assert not (self.witness.stopped and any(call.tool == "restart" for call in run.calls))
            shown.state, self.witness.granted[run.run_id] = "used", len(run.calls)
            COUNTS["runs by a second factor"] += 1
        self.witness.see(self.setup, effects, self.true)
        self.state = state
        self._keep(Ticked(), effects)

    # What runs

    @precondition(lambda self: self.handed)
    @rule(which=st.integers(0, 5), crash=st.sampled_from([False] * 8 + [True]))
    def run_on(self, which: int, crash: bool) -> None:
        """The next call of a run begins, or ends and is told with the last; or the process ends after that."""
        run_id = list(self.handed)[which % len(self.handed)]
        run, begun = self.handed[run_id]
        if run_id in self.under_way or self.is_stuck:
            self.under_way.discard(run_id)
            if begun == len(run.calls) or self.is_stuck:
                self._end(run_id)
        else:
            assert self._begin(run_id, begun + 1), "a run that was handed out begins"
            self.handed[run_id] = (run, begun + 1)
            self.under_way.add(run_id)
        if crash:
            self._crash()

    def _begin(self, run_id: int, nth: int) -> bool:
        may = self.loop.run_until_complete(self.store.begin_call(run_id, nth))
        if may:
            assert (run_id, nth) not in self.begun, "no call begins twice"
            assert run_id in self.handed and nth <= self.witness.granted[run_id], "nothing begins that was not granted"
            self.begun.add((run_id, nth))
            COUNTS["calls begun"] += 1
        return may

    def _end(self, run_id: int, ended: bool = False) -> None:
        if run_id in self.handed:
            run, _ = self.handed.pop(run_id)
            results = tuple(ToolResult(not ended, "done") for _ in run.calls)
            self._step(RunFinished(run_id, results, ended))

    @precondition(lambda self: not self.is_stuck and self.witness.granted)
    @rule(which=st.integers(0, 8), nth=st.integers(1, 3))
    def begin_again(self, which: int, nth: int) -> None:
        """Any call of any run that ever was: only what comes next in a run that is under way begins."""
        run_id = sorted(self.witness.granted)[-1 - which % len(self.witness.granted)]
        run, begun = self.handed.get(run_id, (None, 0))
        if run is None or nth != begun + 1:
            assert not self._begin(run_id, nth), "only what was handed out begins, and once"

    # What befalls it

    @rule(seconds=st.sampled_from([0.1, 1.0, 1.0, 20.0, 59.0, 61.0, 119.0, 121.0, 3700.0]), ticks=st.booleans())
    def time_passes(self, seconds: float, ticks: bool) -> None:
        self.true += seconds
        if ticks:
            self._step(Ticked())

    @rule(
        what=st.sampled_from(["clock", "clock", "crash", "boot", "full disk"]),
        seconds=st.sampled_from([-86_400.0, -3600.0, -119.0, -60.0, 60.0, 119.0, 86_400.0]),
        away=st.sampled_from([1.0, 60.0, 200.0]),
    )
    def something_happens(self, what: str, seconds: float, away: float) -> None:
        """Somebody sets the wall clock; the process ends, with all it knew, and another begins; the machine starts
        anew, with another monotonic clock and a wall clock that may be wrong; the disk is full, or is so no more."""
        COUNTS[what] += 1
        if what == "clock":
            self.skew += seconds
        elif what == "full disk":
            self.is_stuck = not self.is_stuck
            self.store.database.connection.execute(f"PRAGMA query_only = {'ON' if self.is_stuck else 'OFF'}")
        else:
            if what == "boot":
                self.boots, self.true, self.skew = self.boots + 1, self.true + away, self.skew + seconds
                self.boot_at = self.true
            self._crash()

    def _crash(self) -> None:
        COUNTS["processes"] += 1
        self.store.close()
        self.unfinished |= {run_id for run_id in self.handed if (run_id, 1) in self.begun}
        self.witness = deepcopy(self.durable)
        self._live()

    @invariant()
    def no_more_calls_than_granted(self) -> None:
        if hasattr(self, "begun"):
            assert len(self.begun) <= sum(self.witness.granted.values())

    def teardown(self) -> None:
        COUNTS["histories"] += 1
        if hasattr(self, "store"):
            self.store.close()
            self.loop.close()
            shutil.rmtree(self.folder)


def _memory() -> str | None:
    """A folder in memory where there is one: these crashes are of the process, not of the power."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - mkdtemp makes it ours


def _guarded(setup: Setup) -> Setup:
    """With a tool that demands a second factor."""
    tools = tuple(
        replace(tool, policy=replace(tool.policy, auth=("totp",))) if tool.name == "tail_logs" else tool
        for tool in setup.catalogue.tools
    )
    return replace(setup, catalogue=replace(setup.catalogue, tools=tools))


def run(histories: int, steps_each: int = 50, *, shrinks: bool = True) -> Counter[str]:
    """Play so many; what happened in them. One that fails is made small, which takes its time, unless told not to."""
    COUNTS.clear()
    logging.getLogger("nlops").setLevel(logging.CRITICAL)  # full disks are a part of it
    profile = settings(
        max_examples=histories,
        stateful_step_count=steps_each,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=(Phase.generate, Phase.shrink) if shrinks else (Phase.generate,),
    )
    run_state_machine_as_test(Histories, settings=profile)
    return COUNTS


if __name__ == "__main__":
    began = time.monotonic()
    counted = run(int(sys.argv[1]) if len(sys.argv) > 1 else 200, shrinks="--fast" not in sys.argv)
    print(json.dumps(dict(counted.most_common()), indent=2))
    print(f"nothing ran that lacked a matching, fresh, single approval; {time.monotonic() - began:.0f} s")
