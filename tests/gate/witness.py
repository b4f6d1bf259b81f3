"""The judge of the gate's histories. It knows what was sent and shown, and a clock that nobody can set, and nothing of
the engine's state: a run is right only where exactly one message, or one factor, of the right person asked for exactly
those calls, in time, for the first time.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from nlops.domain.effects import Effect, Record, RunCalls
from nlops.domain.events import Event, MessageReceived
from nlops.domain.tools import ToolCall
from nlops.engine import STALE_AFTER_S, Setup
from tests.support import LAN, WEI

ROOM = "ops@chatroom"
COUNTS: Counter[str] = Counter()
WALL = 1_800_000_000.0

# What can be said, and what it asks for where it runs by itself.
ORDERS: dict[str, ToolCall] = {
    "restart bob": ToolCall("restart", {"bot": "bob"}),
    "重启 alice": ToolCall("restart", {"bot": "alice"}),
    "log bob 20": ToolCall("tail_logs", {"bot": "bob", "lines": 20}),
    "status bob": ToolCall("status", {"bot": "bob"}),
}
CHANGES = ("make that alice", "30 lines instead", "改成 bob", "actually something else", "wait")
EDITS = (*CHANGES, "alice")
NO = ("no", "取消", "cancel")
TTL_S = 120.0
OTHER = ("help", "hello there", "stop all", "resume", "mute bob 5m", "123456", "7K3F please", "yes?")
FREE = {
    "please be so kind and restart bob": (("restart", '{"bot": "bob"}'),),
    "请看一下 alice 最后 40 行日志": (("tail_logs", '{"bot": "alice", "lines": 40}'),),
    "please restart both alice and bob": (("restart", '{"bot": "alice"}'), ("restart", '{"bot": "bob"}')),
}
CONFIRMS = ("{}", "yes {}", "确认 {}", "confirm {}", "ＹＥＳ {}")


@dataclass
class Shown:
    """A proposal as its owner saw it. `at` is on the true clock."""

    place: tuple[str, str]
    calls: list[Any]
    at: float
    auth: list[str] = field(default_factory=list)
    state: str = "open"
    given: set[str] = field(default_factory=set)


@dataclass
class Witness:
    """What is known of the outside. A crash takes it back to what was durable."""

    shown: dict[str, Shown] = field(default_factory=dict)
    granted: dict[int, int] = field(default_factory=dict)  # run to the number of its calls
    by_message: dict[str, int] = field(default_factory=dict)
    stopped: bool = False

    def open_at(self, place: tuple[str, str], now: float) -> list[str]:
        return [
            code
            for code, one in self.shown.items()
            if one.place == place and one.state == "open" and now - one.at < TTL_S
        ]

    def judge(self, setup: Setup, event: Event, effects: tuple[Effect, ...], now: float, wall: float) -> None:
        """Whether each run of a step was asked for; then what its messages showed and closed. `wall` is the machine's
        clock: what it takes for old is no order."""
        runs = [effect for effect in effects if isinstance(effect, RunCalls)]
        place: tuple[str, str] | None = None
        words = ""
        if isinstance(event, MessageReceived):
            words, place = event.message.text, (event.message.contact_id, event.message.conversation_id)
            assert event.message.id not in self.by_message or not runs, "one message, one run"
        for run in runs:
            assert len(runs) == 1 and place is not None, f"{type(event).__name__} runs nothing"
            assert place[0] in (WEI, LAN), "a stranger runs nothing"
            self._judge_run(setup, run, words, place, now)
            self.granted[run.run_id] = len(run.calls)
        if isinstance(event, MessageReceived) and place is not None and wall - event.message.sent_at <= STALE_AFTER_S:
            self._hear(words, place, now)
        self.see(setup, effects, now)

    def _judge_run(self, setup: Setup, run: RunCalls, words: str, place: tuple[str, str], now: float) -> None:
        calls = [call.as_json() for call in run.calls]
        assert not (self.stopped and "restart" in str(calls)), "nothing changes while everything is stopped"
        if words in ORDERS:
            assert calls == [ORDERS[words].as_json()] and setup.config.policy.confirm == "natural-language"
            assert not any(demands(setup, call.tool) for call in run.calls), "a factor is demanded"
            COUNTS["runs by keyword"] += 1
            return
        waiting = self.open_at(place, now)
        code = words[-4:].upper() if words[-4:].upper() in self.shown else None
        if code is None:
            assert words in ("yes", "确认") and len(waiting) == 1, f"{words!r} confirms nothing: {waiting}"
            code = waiting[0]
        assert code in waiting, f"{code} is not open for {place}: {self.shown[code]} at {now}"
        shown = self.shown[code]
        assert shown.calls == calls, "what was shown is what runs"
        assert set(shown.auth) <= shown.given, "a factor is missing"
        shown.state = "used"
        COUNTS["runs by confirmation"] += 1

    def _hear(self, words: str, place: tuple[str, str], now: float) -> None:
        """What an admin's words close, whatever the engine makes of them."""
        waiting = self.open_at(place, now)
        if words in CHANGES:
            for code in waiting:
                self.shown[code].state = "changed"
        elif words in NO and waiting:
            self.shown[waiting[-1]].state = "denied"
        elif words == "stop all" and place[0] in (WEI, LAN):
            for one in self.shown.values():
                one.state = "stopped" if one.state == "open" else one.state

    def see(self, setup: Setup, effects: tuple[Effect, ...], now: float) -> None:
        """What the records of a step say was shown, or closed."""
        for effect in effects:
            if not isinstance(effect, Record):
                continue
            code = str(effect.details.get("code", ""))
            if effect.kind == "proposed":
                assert code not in self.shown or self.shown[code].state != "open", "a code is one's own"
                where = (effect.contact_id, str(effect.details.get("room", effect.contact_id)))
                for one in self.shown.values():
                    if one.place == where and one.state == "open":
                        one.state = "superseded"
                calls: Any = effect.details["calls"]
                auth = ["totp"] if any(demands(setup, call["tool"]) for call in calls) else []
                self.shown[code] = Shown(where, calls, now, auth)
                COUNTS["proposals"] += 1
            elif effect.kind in ("denied", "expired", "superseded") and code in self.shown:
                self.shown[code].state = effect.kind
            elif effect.kind in ("stopped", "resumed"):
                self.stopped = effect.kind == "stopped"


def demands(setup: Setup, name: str) -> bool:
    """Whether a tool demands a second factor."""
    tool = setup.catalogue.get(name)
    return tool is not None and bool(tool.policy.auth)
