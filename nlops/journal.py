"""The journal: what a step decided goes into the store as one transaction, with the message that it answers.

A message is answered by the step that takes it, or, where that asks the model, by the one that handles the last answer
to it. While the store can't write, memory does what it can: what is said is said from there, and what is answered is
noted with the next transaction that succeeds.
"""

import logging
from collections.abc import Sequence
from itertools import count

from nlops.domain.chat import ChatMessage
from nlops.domain.effects import AskModel, Effect, KeepBots, KeepProposals, KeepStanding, Outgoing, Record
from nlops.domain.errors import ProposalTaken, StoreError
from nlops.domain.events import Event, MessageReceived, ModelAnswered, SendDoubtful
from nlops.domain.outbox import Waiting
from nlops.domain.standing import Standing
from nlops.domain.tools import Proposal
from nlops.gate.confirm import LIVES
from nlops.ports import Commit, Store

log = logging.getLogger("nlops")


class Journal:
    """Knows which messages are not answered yet, and keeps what is decided."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._open: set[str] = set()  # ids of messages that are kept and not answered
        self._asked: dict[int, str] = {}  # question to the model: the message it is about
        self._answered: tuple[str, ...] = ()  # not noted yet
        self._proposals: dict[int, Proposal] = {}  # changed, and not kept yet
        self._standing: Standing | None = None  # as well
        self._numbers = count(-1, -1)  # outbox ids of what could not be kept
        self._store_fails = False

    def take_over(self) -> list[MessageReceived]:
        """The messages that an earlier process did not answer. Raises StoreError."""
        messages = self._store.unsettled()
        self._open = {message.id for message in messages}
        return [MessageReceived(message, is_again=True) for message in messages]

    async def receive(self, message: ChatMessage) -> bool:
        """Keep a message. False where it was ever seen; one that can't be kept is taken all the same."""
        try:
            is_new = await self._store.receive(message)
        except StoreError as error:
            self._complain(error)
            return True
        if is_new:
            self._open.add(message.id)
        return is_new

    async def keep(
        self, event: Event, effects: Sequence[Effect], outgoing: Sequence[Outgoing], at: float
    ) -> tuple[list[Waiting], str]:
        """Keep what the step of `event` decided. Returns its messages for the outbox, and why it could not be kept;
        empty where it was."""
        commit = self._commit(event, effects, outgoing)
        if commit == Commit():
            return [], ""
        try:
            ids, reason = await self._store.commit(commit, at), ""
        except ProposalTaken as error:  # by another process: it will never be ours to run
            self._proposals = {key: one for key, one in self._proposals.items() if one.state not in LIVES}
            ids, reason = tuple(next(self._numbers) for _ in outgoing), str(error)
        except StoreError as error:
            self._complain(error)
            ids, reason = tuple(next(self._numbers) for _ in outgoing), str(error)
        else:
            self._answered, self._proposals, self._standing = (), {}, None
            self._store_fails = False
        return [Waiting(number, effect, at) for number, effect in zip(ids, outgoing, strict=True)], reason

    def _commit(self, event: Event, effects: Sequence[Effect], outgoing: Sequence[Outgoing]) -> Commit:
        self._note_answered(event, effects)
        self._note_changed(effects)
        return Commit(
            records=tuple(effect for effect in effects if isinstance(effect, Record)),
            proposals=tuple(self._proposals.values()),
            standing=self._standing,
            bots={name: bot for effect in effects if isinstance(effect, KeepBots) for name, bot in effect.bots.items()},
            outgoing=tuple(outgoing),
            settled=self._answered,
            doubted=event.outbox_ids if isinstance(event, SendDoubtful) else (),
        )

    def _note_changed(self, effects: Sequence[Effect]) -> None:
        """What is as it is now in memory, and not yet in the store: after an outage it goes with what comes next."""
        for effect in effects:
            if isinstance(effect, KeepProposals):
                self._proposals.update({one.id: one for one in effect.proposals})
            elif isinstance(effect, KeepStanding):
                self._standing = effect.standing

    def _note_answered(self, event: Event, effects: Sequence[Effect]) -> None:
        """Whether this step answers a message, or the model is still asked about it."""
        match event:
            case MessageReceived(message):
                about = message.id
            case ModelAnswered(question_id):
                about = self._asked.pop(question_id, "")
            case _:
                return
        self._asked.update({effect.question_id: about for effect in effects if isinstance(effect, AskModel)})
        if about in self._open and about not in self._asked.values():
            self._open.remove(about)
            self._answered += (about,)

    def _complain(self, error: StoreError) -> None:
        """Once, not with every message of an outage."""
        if not self._store_fails:
            log.error("the store cannot write, so a restart would forget what happens now: %s", error)
        self._store_fails = True
