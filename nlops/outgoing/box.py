"""The messages that wait to leave: how an effect becomes messages, which go next, which go together, which go nowhere.

Codes to scan go before answers to orders, those before news; within an urgency the oldest goes first. While there is
more news than the budget has room for, the news of a conversation leaves as one message, in its order: the digest.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from nlops.domain.effects import GiveFile, Outgoing, Say, ShowQr, Urgency
from nlops.domain.outbox import Outcome, Waiting
from nlops.outgoing.pace import DAY_S, Pace, room, wait_s

MOST_WAITING = 1000
FIRST_TO_LAST: tuple[Urgency, ...] = ("rescue", "answer", "notice")
BETWEEN = "\n\n"


@dataclass(frozen=True)
class Due:
    """A message that may leave now. It stands for `items`: one, or the news that was folded into it."""

    effect: Outgoing
    items: tuple[Waiting, ...]


Dropped = tuple[tuple[Waiting, Outcome], ...]


class Now(Protocol):
    """What holds now, when a message might leave that was made before."""

    def offered(self, bot: str) -> str | None:
        """The login payload that the bot's state offers."""

    def is_heard(self, conversation_id: str) -> bool:
        """Whether it is an admin's contact, or an allowed room."""


def split(effect: Outgoing) -> tuple[Outgoing, ...]:
    """The messages of an effect: a code leaves as its picture and then its caption, each by itself, so that a caption
    that goes wrong does not bring the picture twice. Splitting again changes nothing."""
    if not isinstance(effect, ShowQr) or not effect.caption:
        return (effect,)
    caption = Say(effect.contact_id, effect.caption, "rescue", code=(effect.bot, effect.payload))
    return (replace(effect, caption=""), caption)


def urgency_of(effect: Outgoing) -> Urgency:
    match effect:
        case Say():
            return effect.urgency
        case ShowQr():
            return "rescue"
        case GiveFile():
            return "answer"


def sift(waiting: Sequence[Waiting], world: Now, now: float) -> tuple[tuple[Waiting, ...], Dropped]:
    """What still wants to leave at `now` (unix seconds), and what does not, with the reason."""
    dropped = [(one, why) for one in waiting if (why := _why_not(one, world, now)) is not None]
    kept = without(waiting, [one for one, _ in dropped])
    if len(kept) <= MOST_WAITING:
        return kept, tuple(dropped)
    excess = sorted(kept, key=lambda one: -FIRST_TO_LAST.index(urgency_of(one.effect)))[: len(kept) - MOST_WAITING]
    return without(kept, excess), (*dropped, *((one, "overflow") for one in excess))


def without(waiting: Sequence[Waiting], gone: Sequence[Waiting]) -> tuple[Waiting, ...]:
    ids = {one.id for one in gone}
    return tuple(one for one in waiting if one.id not in ids)


def _why_not(one: Waiting, world: Now, now: float) -> Outcome | None:
    effect = one.effect
    code = _code_of(effect)
    if code is not None and world.offered(code[0]) != code[1]:
        return "stale"
    # An admin of then may be none now. Words in answer are the exception: that is how one hears of it.
    is_answer = isinstance(effect, Say) and effect.urgency == "answer"
    if not is_answer and not world.is_heard(conversation_of(effect)):
        return "stale"
    if urgency_of(effect) == "notice" and now - one.at > DAY_S:
        return "old"
    return None


def conversation_of(effect: Outgoing) -> str:
    return effect.contact_id if isinstance(effect, ShowQr) else effect.conversation_id


def _code_of(effect: Outgoing) -> tuple[str, str] | None:
    match effect:
        case Say():
            return effect.code
        case ShowQr():
            return effect.bot, effect.payload
        case GiveFile():
            return None


def next_due(waiting: Sequence[Waiting], pace: Pace, now: float, longest: int) -> Due | float | None:
    """What leaves now, or in how many seconds something may, or None where nothing waits. `now` is monotonic; `longest`
    is the length of a digest, in characters."""
    waits = []
    for urgency in FIRST_TO_LAST:
        items = [one for one in waiting if urgency_of(one.effect) == urgency]
        if not items:
            continue
        wait = wait_s(pace, urgency, now)
        if wait > 0:
            waits.append(wait)
        elif urgency == "notice" and len(items) > room(pace, now):
            return _digest(items, longest)
        else:
            return Due(items[0].effect, (items[0],))
    return min(waits, default=None)


def _digest(news: Sequence[Waiting], longest: int) -> Due:
    """The oldest news, and as much of its conversation's as fits behind it."""
    first, *rest = news
    if not isinstance(first.effect, Say):
        return Due(first.effect, (first,))
    items, text = [first], first.effect.text
    for one in rest:
        # All but the text must be the same: the conversation above all.
        if not isinstance(one.effect, Say) or replace(one.effect, text=first.effect.text) != first.effect:
            continue
        if len(text) + len(BETWEEN) + len(one.effect.text) > longest:
            break
        items.append(one)
        text += BETWEEN + one.effect.text
    return Due(replace(first.effect, text=text), tuple(items))
