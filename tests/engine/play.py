"""A history of events in the making, and what its tests need."""

from dataclasses import replace
from typing import Any

from nlops.domain.bots import LogSign, SignKind
from nlops.domain.chat import ChatMessage, KnownContact
from nlops.domain.effects import Effect, KeepProposals, KeepStanding
from nlops.domain.events import Event, MessageReceived
from nlops.domain.tools import Proposal, ToolCall
from nlops.engine import Setup, State, step
from nlops.gate.confirm import add
from nlops.gate.policy import contacts_of
from tests.support import WEI, at, make_setup

QR = "http://weixin.qq.com/x/AbCdEf"


class Play:
    """A history in the making: `play(event, seconds)` returns the effects, and remembers the state."""

    def __init__(self, setup: Setup | None = None, **kept: KnownContact) -> None:
        """`kept` are the contacts that the store remembers, by admin name."""
        self.setup = setup or make_setup()
        self.state = State(contacts=contacts_of(self.setup.config.admins, kept))
        self.count = 0
        self.kept: list[Proposal] = []  # what the store was told of proposals

    def __call__(self, event: Event, seconds: float = 0.0) -> tuple[Any, ...]:
        self.count += 1
        self.state, effects = step(self.setup, self.state, event, at(seconds, self.count))
        self.kept += [one for effect in effects if isinstance(effect, KeepProposals) for one in effect.proposals]
        # Any: a test that reads a field of the wrong effect fails at once
        return tuple(effect for effect in effects if not isinstance(effect, KeepProposals | KeepStanding))

    def say(self, text: str, who: str = WEI, seconds: float = 0.0, **changes: Any) -> tuple[Any, ...]:
        message = ChatMessage(f"m{self.count}", who, None, text, at(seconds).wall)
        return self(MessageReceived(replace(message, **changes)), seconds)

    def propose(self, *calls: ToolCall, seconds: float = 0.0, code: str = "7K3F", place: str = WEI) -> None:
        """An open proposal of `calls`, as the model's answer would make one."""
        now = at(seconds, self.count)
        digests = tuple(tool.digest for call in calls if (tool := self.setup.catalogue.get(call.tool)))
        expires = now.monotonic + self.setup.config.policy.ttl_s
        one = Proposal(code, "wei", WEI, place, calls, digests, "change", "words", "model", expires)
        one = replace(one, id=self.state.next_id, until=expires + now.wall - now.monotonic)
        self.state = replace(self.state, proposals=add(self.state.proposals, one), next_id=one.id + 1)


def of(kind: type[Effect], effects: tuple[Any, ...]) -> list[Any]:
    return [effect for effect in effects if isinstance(effect, kind)]


def sign(kind: SignKind, payload: str | None = None, bot: str = "bob", account: str | None = None) -> LogSign:
    return LogSign(bot, kind, "the line", payload, account, "k:0")


RESTART = ToolCall("restart", {"bot": "bob"})
