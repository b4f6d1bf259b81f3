"""The service: one queue of events, one interpreter of effects, one task group; it starts and stops the parts.

    logs (a thread) ─┐                          ┌─▶ store ─▶ sender ─▶ chat
    chat ─▶ store ───┼─▶ queue ─▶ engine.step ──┼─▶ model ─┐
    clock ───────────┘      ▲                   ├─▶ runs ──┤
                            └───────────────────┴──────────┘

One step, one transaction: what a step wants recorded, kept and said, and which message it answers, is on the disk
together before a run starts or a word leaves. So a process that is killed at any moment goes on where it was:

    killed before                        what the next start does
    the message is kept                  nothing; the gateway has forgotten it (it was not answered either)
    the step that answers it is kept     takes the message up again
    what was said has left               sends it; what was being sent is doubtful, and told to be so
    the run is over                      never runs it again: tells that nobody knows how it ended

The queue is bounded: a full one holds up the logs (the lines wait on the disk) and the chat (messages wait in the
store), and nothing is thrown away, except log alerts: while the queue is half full they are only counted.
"""

import asyncio
import logging
import os
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from pathlib import Path
from typing import assert_never

from nlops import auditing
from nlops.domain.chat import ChatMessage
from nlops.domain.effects import (
    AnswerCall,
    AskModel,
    AskName,
    BeginFactor,
    CheckCode,
    ClaimPairing,
    Effect,
    FindContacts,
    GiveFile,
    KeepBots,
    KeepContact,
    KeepProposals,
    KeepStanding,
    Log,
    Outgoing,
    ReadAudit,
    Record,
    RunCalls,
    Say,
    ShowQr,
    StopRuns,
)
from nlops.domain.errors import LinkError, ModelError, StoreError
from nlops.domain.events import (
    ContactsFound,
    Event,
    FactorBegun,
    FactorChecked,
    LinkChanged,
    MessageReceived,
    ModelAnswered,
    Moment,
    NameKnown,
    Paired,
    RecordRefused,
    Ticked,
    TookOver,
    ToolsChanged,
)
from nlops.domain.model import WarmUp
from nlops.domain.tools import Catalogue
from nlops.engine import Setup, State, step
from nlops.following import Following
from nlops.gate.cleaning import clean_effect, clean_message
from nlops.gate.policy import admin_of, contacts_of
from nlops.gate.redact import Redactor
from nlops.gate.rules import HOUR_S
from nlops.journal import Journal
from nlops.outgoing.box import split
from nlops.ports import Chat, ChatEvent, Factors, Follower, Model, Runner, Source, Store
from nlops.running import Runs
from nlops.sender import Sender
from nlops.understand.warm_up import warm_up_requests

log = logging.getLogger("nlops")

QUEUE_SIZE = 1000
TICK_S = 1.0
TOOLS_EVERY_S = 1.0
DRAIN_S = 5.0


@dataclass
class Parts:
    """The outside world, as ports. `background` are further things that run as long as the service does, `sources`
    those of them that have events to tell; `answer` takes what other programs are told. `look_at_tools` says what
    became of the definitions on the disk: others, why they can't be taken, or None where they are as they were."""

    chat: Chat
    model: Model
    follower: Follower
    runner: Runner
    store: Store
    draw_qr: Callable[[str], bytes]
    redactor: Redactor
    background: tuple[Callable[[], Coroutine[object, object, None]], ...] = ()
    factors: Factors | None = None
    sources: tuple[Source, ...] = ()
    answer: Callable[[AnswerCall], None] = lambda _: None
    look_at_tools: Callable[[], Catalogue | str | None] | None = None


def _boot() -> str:
    """This life of the machine: what its monotonic clock counts from. Where the system gives it no name, this process
    is all of it."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return os.urandom(8).hex()


BOOT = _boot()


# On Linux a clock that goes on while the machine sleeps; elsewhere the monotonic one.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


def now() -> Moment:
    wall = time.time()
    return Moment(wall, time.clock_gettime(_CLOCK), os.urandom(16), BOOT, time.localtime(wall).tm_gmtoff)


class Service:
    """Runs the engine over the parts until cancelled."""

    def __init__(self, setup: Setup, parts: Parts, on_ready: Callable[[], None] = lambda: None) -> None:
        """`on_ready` is called once, when link, logs and model are up (or the model is known not to come)."""
        self._setup, self._parts, self._on_ready = setup, parts, on_ready
        store, config = parts.store, setup.config
        self._state = State(
            bots=store.bots(),
            contacts=contacts_of(config.admins, store.contacts()),
            proposals=store.proposals(),
            standing=store.standing(),
            next_id=store.next_proposal_id(),
            locked=store.locked(),
        )
        self._queue: asyncio.Queue[Event] = asyncio.Queue(QUEUE_SIZE)
        self._questions: asyncio.Queue[AskModel | WarmUp] = asyncio.Queue()
        self._following = Following(config, parts.follower, parts.redactor.clean, self._queue)
        self._sender = Sender(config.chat, parts.chat, store, parts.draw_qr, self, self._queue.put)
        self._journal = Journal(store)
        self._runner, self._runs = parts.runner, Runs(store, parts.redactor, self._queue.put)

    def offered(self, bot: str) -> str | None:
        """The login payload that the bot's state offers now."""
        state = self._state.bots.get(bot)
        return state.payload if state is not None else None

    def is_heard(self, conversation_id: str) -> bool:
        """Whether it is an admin's contact, or an allowed room."""
        contacts = {known.contact_id for known in self._state.contacts.values()}
        return conversation_id in contacts or conversation_id in self._setup.config.chat.rooms

    async def run(self) -> None:
        """Start everything, run until cancelled, stop everything. Raises LinkError for what waiting cannot mend."""
        left: list[Event] = [*self._sender.take_over(), *self._journal.take_over()]
        before = TookOver(self._parts.store.decided(time.time() - HOUR_S))
        try:
            async with asyncio.TaskGroup() as self._tasks:
                self._tasks.create_task(self._parts.chat.run(self._on_chat))
                self._tasks.create_task(self._answer_questions())
                self._tasks.create_task(self._tick())
                if self._parts.look_at_tools is not None:
                    self._tasks.create_task(self._watch_tools(self._parts.look_at_tools))
                self._tasks.create_task(auditing.watch(self._parts.store, self._queue.put))
                for start in self._parts.background:
                    self._tasks.create_task(start())
                await self._handle(before)
                for source in self._parts.sources:
                    self._tasks.create_task(source.run(self._queue.put))
                # What the logs say comes first: an answer, or a code that waits, may be outdated by it.
                await self._handle(await self._following.start())
                self._tasks.create_task(self._sender.run())
                self._tasks.create_task(self._interpret(left))
                await asyncio.gather(self._sender.link_up.wait(), self._start_model())
                self._on_ready()
        finally:
            await self._following.stop()
            await self._parts.model.stop()

    async def drain(self, timeout_s: float = DRAIN_S) -> None:
        """Before a stop: let runs end and messages leave, for at most `timeout_s` seconds. What must wait longer (for
        the link, or for the budget) waits in the store."""
        # Polled: three things change in three places, and this happens once in the life of a service.
        for _ in range(int(timeout_s / 0.05)):
            if not (self._sender.is_busy or self._state.running):
                return
            await asyncio.sleep(0.05)

    # What comes in

    async def _on_chat(self, event: ChatEvent) -> None:
        if isinstance(event, LinkChanged):
            self._sender.link(event.up)
            await self._queue.put(event)
            return
        message = clean_message(event, self._parts.redactor)
        if await self._is_new(message):
            await self._queue.put(MessageReceived(message))

    async def _is_new(self, message: ChatMessage) -> bool:
        """Whether an admin's message was never seen, in this life or an earlier one. What others say is not worth a
        record, nor is what is said where no order counts."""
        config = self._setup.config
        admin = admin_of(config.admins, self._state.contacts, message.contact_id)
        if message.is_own or admin is None or not self.is_heard(message.conversation_id):
            return True
        return await self._journal.receive(message)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            self._following.offer_counted()
            await self._queue.put(Ticked())

    # What goes on

    async def _interpret(self, first: list[Event]) -> None:
        for event in first:
            await self._handle(event)
        while True:
            await self._handle(await self._queue.get())

    async def _handle(self, event: Event | None) -> None:
        """A step, and the steps that its refused records make: past the queue, for whoever empties that must never wait
        for room in it."""
        while event is not None:
            self._take_tools(event)
            self._state, effects = step(self._setup, self._state, event, now())
            event = await self._execute(event, effects)

    async def _execute(self, event: Event, effects: tuple[Effect, ...]) -> RecordRefused | None:
        """Keep what a step decided, then carry it out. Where that was not kept, its runs are dropped, and what it says
        is said from memory: no run without a record, and no silence."""
        effects = tuple(clean_effect(effect, self._parts.redactor) for effect in effects)
        messages = [part for effect in effects if isinstance(effect, Outgoing) for part in split(effect)]
        waiting, refused = await self._journal.keep(event, effects, messages, time.time())
        self._sender.put(waiting)
        dropped: list[int] = []
        for effect in effects:
            if isinstance(effect, RunCalls) and refused:
                dropped.append(effect.run_id)
            elif isinstance(effect, AnswerCall):
                self._parts.answer(effect)
            else:
                self._carry_out(effect)
        if refused and (dropped or any(isinstance(effect, Record) for effect in effects)):
            return RecordRefused(refused, tuple(dropped))
        return None

    def _carry_out(self, effect: Effect) -> None:
        """Start what the world is asked for. Nothing here is waited for: the interpreter goes on."""
        match effect:
            case AskModel():
                self._questions.put_nowait(effect)
            case RunCalls():
                self._runs.begin(effect.run_id)
                self._tasks.create_task(self._runs.run(effect, self._runner))
            case StopRuns(run_ids):
                self._runs.stop(run_ids)
            case ClaimPairing():
                self._tasks.create_task(self._claim_pairing(effect))
            case FindContacts():
                self._tasks.create_task(self._find_contacts(effect))
            case BeginFactor() | CheckCode():
                self._tasks.create_task(self._judge(effect))
            case AskName():
                self._tasks.create_task(self._ask_name(effect))
            case KeepContact():
                self._tasks.create_task(self._keep_contact(effect))
            case ReadAudit():
                self._tasks.create_task(auditing.read(self._parts.store, effect, self._queue.put))
            case Log():
                level = logging.getLevelNamesMapping()[effect.level.upper()]
                log.log(level, "%s", effect.text)
            case (
                Say() | ShowQr() | GiveFile() | AnswerCall() | Record() | KeepBots() | KeepProposals() | KeepStanding()
            ):
                pass  # it is in the store, with the sender, or told
            case _:
                assert_never(effect)

    async def _watch_tools(self, look: Callable[[], Catalogue | str | None]) -> None:
        """Look whether the definitions on the disk have changed; the interpreter takes what is new."""
        while True:
            await asyncio.sleep(TOOLS_EVERY_S)
            found = await asyncio.to_thread(look)
            if found is not None:
                before = self._setup.catalogue
                news = found if isinstance(found, Catalogue) else None
                fault = found if isinstance(found, str) else ""
                await self._queue.put(ToolsChanged(before, news, self._parts.redactor.clean(fault)))

    def _take_tools(self, event: Event) -> None:
        """From this event on the new definitions hold: for what is understood, decided and run. What runs goes on."""
        if isinstance(event, ToolsChanged) and event.catalogue is not None:
            self._setup = replace(self._setup, catalogue=event.catalogue)
            self._runner = self._runner.using(event.catalogue)
            # Before the next question: the model reads the new definitions once, and no message waits for that twice.
            self._questions.put_nowait(warm_up_requests(event.catalogue, self._setup.prompts))

    async def _start_model(self) -> None:
        try:
            await self._parts.model.start()
        except ModelError as error:
            log.error("free text will not be read, keywords work: %s", error)

    async def _answer_questions(self) -> None:
        """One question at a time: the embedded model has one place, and hosted ones have limits."""
        while True:
            question = await self._questions.get()
            if not isinstance(question, AskModel):
                await self._parts.model.renew(question)
                continue
            log.info("model call %s", question.question_id)
            answer = await self._parts.model.ask(question.request)
            await self._queue.put(ModelAnswered(question.question_id, answer))

    async def _judge(self, effect: BeginFactor | CheckCode) -> None:
        """Without the part that judges second factors none is ever given."""
        factors, number, factor = self._parts.factors, effect.proposal_id, effect.factor
        if isinstance(effect, BeginFactor):
            nobody = FactorBegun(number, factor, "away", "nothing here judges second factors")
            await self._queue.put(await factors.begin(effect) if factors is not None else nobody)
        else:
            wrong = FactorChecked(number, factor, effect.contact_id, is_right=False, trouble="away")
            await self._queue.put(await factors.check(effect) if factors is not None else wrong)

    # Who the admins are

    async def _claim_pairing(self, effect: ClaimPairing) -> None:
        try:
            admin = await self._parts.store.claim_pairing(effect.code, effect.contact_id, time.time())
        except StoreError as error:
            log.error("a pairing code could not be looked at: %s", error)
            return
        if admin is None:
            log.warning("%r gave a pairing code that is not open", effect.contact_id)
        else:
            await self._queue.put(Paired(admin, effect.contact_id))

    async def _find_contacts(self, effect: FindContacts) -> None:
        chat = self._parts.chat
        try:
            known = await chat.known_contacts()
            names = {name: await chat.name_of(one) if one in known else None for name, one in effect.contacts.items()}
        except LinkError as error:
            log.warning("whether the account knows the admins could not be asked: %s", error)
            return
        await self._queue.put(ContactsFound(names))

    async def _ask_name(self, effect: AskName) -> None:
        try:
            name = await self._parts.chat.name_of(effect.contact_id)
        except LinkError as error:
            log.warning("a name could not be asked: %s", error)
            return
        await self._queue.put(NameKnown(effect.contact_id, name))

    async def _keep_contact(self, effect: KeepContact) -> None:
        try:
            await self._parts.store.keep_contact(effect.admin, effect.contact)
        except StoreError as error:
            log.error("the contact of %s is not kept: %s", effect.admin, error)
