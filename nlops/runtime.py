"""The service: one queue of events, one interpreter of effects, one task group; it starts and stops the parts.

    follower (a thread) ─┐                          ┌─▶ outbox ─▶ chat
    chat ────────────────┼─▶ queue ─▶ engine.step ──┼─▶ model ─┐
    clock ───────────────┘      ▲                   ├─▶ runs ──┤
                                └───────────────────┴──────────┘

The queue is bounded: a full one holds up the follower (the lines wait on the disk) and the chat (they wait at the
gateway), and nothing is thrown away, except log alerts: while the queue is half full they are only counted, and the
count is told later. The outbox is bounded too: when it overflows, the oldest notice goes, counted in the log."""

import asyncio
import logging
import os
import time
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as FutureTimeout
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from nlops.domain.bots import LogSign
from nlops.domain.chat import ChatMessage
from nlops.domain.effects import (
    AskModel,
    AskName,
    ClaimPairing,
    Effect,
    FindContacts,
    GiveFile,
    KeepBots,
    KeepContact,
    Log,
    Outgoing,
    Record,
    RunCalls,
    Say,
    ShowQr,
)
from nlops.domain.errors import LinkDown, LinkError, ModelError, StoreError
from nlops.domain.events import (
    AlertSeen,
    BacklogRead,
    Event,
    LinkChanged,
    MessageReceived,
    ModelAnswered,
    Moment,
    RecordRefused,
    RunFinished,
    SignSeen,
    Ticked,
)
from nlops.domain.tools import ToolResult
from nlops.engine import Setup, State, step
from nlops.gate.policy import admin_of, contacts_of
from nlops.gate.redact import Redactor
from nlops.monitor.own import known_formats
from nlops.monitor.watch import LogWatch
from nlops.ports import Chat, ChatEvent, Follower, Model, Runner, Store

log = logging.getLogger("nlops")

QUEUE_SIZE = 1000
OUTBOX_SIZE = 1000
TICK_S = 1.0
DRAIN_S = 5.0


@dataclass
class Parts:
    """The outside world, as ports. `background` are further things that run as long as the service does."""

    chat: Chat
    model: Model
    follower: Follower
    runner: Runner
    store: Store
    draw_qr: Callable[[str], bytes]
    redactor: Redactor
    background: tuple[Callable[[], Coroutine[object, object, None]], ...] = ()


def now() -> Moment:
    return Moment(time.time(), time.monotonic(), os.urandom(16))


class Service:
    """Runs the engine over the parts until cancelled."""

    def __init__(self, setup: Setup, parts: Parts, on_ready: Callable[[], None] = lambda: None) -> None:
        """`on_ready` is called once, when link, logs and model are up (or the model is known not to come)."""
        self._setup, self._parts, self._on_ready = setup, parts, on_ready
        contacts = contacts_of(setup.config.admins, {})
        self._state = State(bots=parts.store.bots(), contacts=contacts)
        self._queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_SIZE)
        self._outbox: deque[Outgoing] = deque()
        self._outbox_filled = asyncio.Event()
        self._only_counted: dict[tuple[str, str], AlertSeen] = {}
        self._questions: asyncio.Queue[AskModel] = asyncio.Queue()
        self._sending = False
        self._link_up = asyncio.Event()
        self._closing = False
        self._following: asyncio.Future[None] | None = None

    async def run(self) -> None:
        """Start everything, run until cancelled, stop everything. Raises LinkError for what waiting cannot mend."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._tasks.create_task(self._interpret())
                self._tasks.create_task(self._send())
                self._tasks.create_task(self._parts.chat.run(self._on_chat))
                self._tasks.create_task(self._answer_questions())
                self._tasks.create_task(self._tick())
                for start in self._parts.background:
                    self._tasks.create_task(start())
                await self._follow(loop)
                await asyncio.gather(self._link_up.wait(), self._start_model())
                self._on_ready()
        finally:
            self._closing = True
            await self._stop_following()
            await self._parts.model.stop()

    async def _stop_following(self) -> None:
        """A thread cannot be cancelled: a follower that is still starting is stopped once it has started."""
        if self._following is not None:
            await asyncio.wait([self._following])
            await asyncio.to_thread(self._parts.follower.stop)

    async def drain(self, timeout_s: float = DRAIN_S) -> None:
        """Before a stop: let runs end and messages leave, for at most `timeout_s` seconds."""
        # Polled: three things change in three places, and this happens once in the life of a service.
        for _ in range(int(timeout_s / 0.05)):
            if not (self._outbox or self._sending or self._state.running):
                return
            await asyncio.sleep(0.05)

    # What comes in

    async def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        """Read what the logs already hold, then follow them on the follower's own thread."""
        watches = self._watches()
        backlog: list[LogSign] = []
        live = False

        def deliver(path: Path, block: bytes, key: str) -> None:
            for watch in watches.get(path, ()):
                if not live:
                    backlog.extend(watch.signs(block, key))
                    continue
                signs, alerts = watch.read(block, key)
                for sign in signs:
                    self._post_from_thread(loop, SignSeen(sign))
                for alert in alerts:
                    loop.call_soon_threadsafe(self._offer, alert)

        start = asyncio.to_thread(self._parts.follower.start, list(watches), deliver)
        self._following = asyncio.ensure_future(start)
        await asyncio.shield(self._following)
        live = True
        await self._queue.put(BacklogRead(tuple(backlog)))

    def _watches(self) -> dict[Path, list[LogWatch]]:
        config, clean = self._setup.config, self._parts.redactor.clean
        formats = known_formats(config.formats)
        watches: dict[Path, list[LogWatch]] = {}
        for bot in config.bots:
            for path in bot.log:
                watch = LogWatch(bot.name, str(path), formats[bot.format], bot.alerts, clean)
                watches.setdefault(path, []).append(watch)
        return watches

    def _offer(self, alert: AlertSeen) -> None:
        """Queue an alert, with those that were only counted; while the queue is half full, count this one too."""
        key = (alert.bot, alert.alert)
        missed = self._only_counted.pop(key, None)
        if missed is not None:
            alert = replace(alert, more=alert.more + missed.more)
        if self._queue.qsize() < QUEUE_SIZE // 2:
            self._queue.put_nowait(alert)
            return
        more = alert.more + sum(hit.count for hit in alert.hits)
        if more:
            self._only_counted[key] = replace(alert, hits=(), more=more, following=())

    def _post_from_thread(self, loop: asyncio.AbstractEventLoop, event: Event) -> None:
        """Put an event into the queue from another thread; a full queue holds that thread up."""
        future = asyncio.run_coroutine_threadsafe(self._queue.put(event), loop)
        while not self._closing and not future.done():
            with suppress(FutureTimeout):
                future.result(timeout=0.5)

    async def _on_chat(self, event: ChatEvent) -> None:
        if isinstance(event, LinkChanged):
            (self._link_up.set if event.up else self._link_up.clear)()
            await self._queue.put(event)
        elif await self._is_new(event):
            await self._queue.put(MessageReceived(event))

    async def _is_new(self, message: ChatMessage) -> bool:
        """Whether an admin's message was never seen, in this life or an earlier one. Others' are not worth a record."""
        if admin_of(self._setup.config.admins, self._state.contacts, message.contact_id) is None or message.is_own:
            return True
        try:
            return await asyncio.to_thread(self._parts.store.first_seen, f"message {message.id}")
        except StoreError as error:
            log.error("a message is not taken, for it cannot be remembered: %s", error)
            return False

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            counted, self._only_counted = self._only_counted, {}
            for alert in counted.values():
                self._offer(alert)
            await self._queue.put(Ticked())

    # What goes on

    async def _interpret(self) -> None:
        while True:
            event: Event | None = await self._queue.get()
            while event is not None:
                self._state, effects = step(self._setup, self._state, event, now())
                event = await self._execute(effects)

    async def _execute(self, effects: tuple[Effect, ...]) -> RecordRefused | None:
        """Carry out the effects of one step in order. A run starts only behind durable records; where one was refused,
        that is the next event. It goes past the queue: whoever empties that must never wait for room in it."""
        refused = ""
        dropped: list[int] = []
        for effect in effects:
            match effect:
                case Say() | ShowQr() | GiveFile():
                    self._put_out(effect)
                case AskModel():
                    self._questions.put_nowait(effect)
                case Record():
                    refused = refused or await self._keep(effect)
                case RunCalls():
                    if refused:
                        dropped.append(effect.run_id)
                    else:
                        self._tasks.create_task(self._run(effect))
                case KeepBots():
                    await self._keep_bots(effect)
                case Log():
                    log.log(
                        logging.getLevelNamesMapping()[effect.level.upper()], self._parts.redactor.clean(effect.text)
                    )
                case ClaimPairing() | FindContacts() | AskName() | KeepContact():
                    pass
                case _:
                    assert_never(effect)
        return RecordRefused(refused, tuple(dropped)) if refused else None

    async def _keep(self, record: Record) -> str:
        """Make a record durable; why not, or an empty string."""
        try:
            await self._parts.store.append(record, time.time())
        except StoreError as error:
            return str(error)
        return ""

    async def _keep_bots(self, effect: KeepBots) -> None:
        try:
            await self._parts.store.keep_bots(effect.bots)
        except StoreError as error:  # the logs tell again after a restart
            log.error("the states of the bots are not kept: %s", error)

    async def _run(self, effect: RunCalls) -> None:
        """Run the calls one after the other, stop at the first that fails."""
        results: list[ToolResult] = []
        for call in effect.calls:
            result = await self._parts.runner.run(call, effect.bots, effect.language)
            # Here, before it becomes a message or a file: both leave.
            result = replace(result, text=self._parts.redactor.clean(result.text))
            results.append(result)
            log.info("ran %s: %s", call.tool, "ok" if result.ok else "failed")
            if not result.ok:
                break
        await self._queue.put(RunFinished(effect.run_id, tuple(results)))

    async def _start_model(self) -> None:
        try:
            await self._parts.model.start()
        except ModelError as error:
            log.error("free text will not be read, keywords work: %s", error)

    async def _answer_questions(self) -> None:
        """One question at a time: the embedded model has one place, and hosted ones have limits."""
        while True:
            question = await self._questions.get()
            log.info("model call %s", question.question_id)
            answer = await self._parts.model.ask(question.request)
            await self._queue.put(ModelAnswered(question.question_id, answer))

    # What goes out

    def _put_out(self, effect: Outgoing) -> None:
        if len(self._outbox) >= OUTBOX_SIZE:
            self._outbox.popleft()
            log.error("the outbox is full: the oldest message was dropped")
        self._outbox.append(effect)
        self._outbox_filled.set()

    async def _send(self) -> None:
        """Send in order. While there is no link, everything waits; what may have been sent is never sent again."""
        while True:
            if not self._outbox:
                self._outbox_filled.clear()
                await self._outbox_filled.wait()
            await self._link_up.wait()
            effect = self._outbox.popleft()
            if self._is_stale(effect):
                log.info("an outdated code was not sent")
                continue
            self._sending = True
            try:
                await self._send_one(effect)
            except LinkDown:
                self._outbox.appendleft(effect)
                await asyncio.sleep(0.2)  # the link's own news of it may be a moment behind
            except LinkError as error:
                log.error("a message may not have arrived: %s", error)
            finally:
                self._sending = False

    def _is_stale(self, effect: Outgoing) -> bool:
        """A code that was refreshed while it waited here must not be scanned any more."""
        if not isinstance(effect, ShowQr):
            return False
        state = self._state.bots.get(effect.bot)
        return state is None or state.payload != effect.payload

    async def _send_one(self, effect: Outgoing) -> None:
        chat, clean = self._parts.chat, self._parts.redactor.clean
        match effect:
            case Say(contact_id, text):
                await chat.send_text(contact_id, clean(text))
            case ShowQr(contact_id, bot, payload, caption):
                await chat.send_file(contact_id, f"{bot}.png", self._parts.draw_qr(payload))
                self._outbox.appendleft(Say(contact_id, caption))  # by itself, so that the picture is not sent twice
            case GiveFile(contact_id, name, data):
                await chat.send_file(contact_id, name, data)
