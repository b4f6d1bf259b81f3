"""What waits to leave: the order, the digest, and what is let go of."""

from dataclasses import dataclass, field, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.effects import GiveFile, Outgoing, Say, ShowQr, Urgency
from nlops.domain.outbox import Outcome, Waiting
from nlops.outgoing.box import MOST_WAITING, Due, next_due, sift, split, urgency_of, without
from nlops.outgoing.pace import DAY_S, MINUTE_S, Pace, after_sending

QR = "http://weixin.qq.com/x/AbCdEf"
LONGEST = 60


@dataclass
class World:
    """bob offers QR; wei and lan are heard."""

    codes: dict[str, str] = field(default_factory=lambda: {"bob": QR})

    def offered(self, bot: str) -> str | None:
        return self.codes.get(bot)

    def is_heard(self, conversation_id: str) -> bool:
        return conversation_id in ("wei", "lan")


def queue(*effects: Outgoing, at: float = 0.0) -> tuple[Waiting, ...]:
    return tuple(Waiting(number, effect, at) for number, effect in enumerate(effects, 1))


def test_a_code_leaves_as_picture_and_caption() -> None:
    """Both of them bear the code; what is split already stays as it is."""
    picture, caption = split(ShowQr("wei", "bob", QR, "scan me"))
    assert picture == ShowQr("wei", "bob", QR, "")
    assert caption == Say("wei", "scan me", "rescue", code=("bob", QR))
    assert split(picture) == (picture,) and split(caption) == (caption,)


def test_urgent_first() -> None:
    """Codes, answers and files, news; the oldest of each first."""
    news, answer, file, code = (
        Say("wei", "n", "notice"),
        Say("wei", "a"),
        GiveFile("wei", "f", b""),
        split(ShowQr("wei", "bob", QR, "c")),
    )
    waiting, order = queue(news, answer, *code, file, replace(answer, text="b")), []
    while waiting:
        due = next_due(waiting, Pace(20, 1000), 0.0, LONGEST)
        assert isinstance(due, Due)
        waiting = without(waiting, due.items)
        order.append(due.items[0].id)
    assert order == [3, 4, 2, 5, 6, 1]


def test_news_past_the_budget_goes_together() -> None:
    """With room for all, each goes by itself; without, a conversation's news is one message, in order, while it fits;
    what is another's, or a note of doubt, stays."""
    texts = [Say("wei", text * 20, "notice") for text in "abc"]
    doubt = replace(texts[0], is_doubt=True)
    waiting = queue(texts[0], Say("lan", "x", "notice"), doubt, *texts[1:])
    assert next_due(waiting, Pace(5, 1000), 0.0, LONGEST) == Due(texts[0], waiting[:1])
    due = next_due(waiting, Pace(4, 1000), 0.0, LONGEST)
    text = f"{'a' * 20}\n\n{'b' * 20}"
    assert due == Due(Say("wei", text, "notice"), (waiting[0], waiting[3])) and len(text) <= LONGEST
    rest = without(waiting, due.items)
    assert next_due(rest, Pace(2, 1000), 0.0, LONGEST) == Due(rest[0].effect, rest[:1])


def test_news_too_long_for_company_goes_alone() -> None:
    """It is neither cut nor stuck."""
    waiting = queue(Say("wei", "a" * 2 * LONGEST, "notice"), Say("wei", "b", "notice"))
    due = next_due(waiting, Pace(1, 1000), 0.0, LONGEST)
    assert due == Due(waiting[0].effect, waiting[:1])


def test_nothing_may_leave_yet() -> None:
    """The seconds until something may; None where nothing waits."""
    spent = Pace(1, 1000, (10.0,))
    assert next_due((), spent, 10.0, LONGEST) is None
    assert next_due(queue(Say("wei", "n", "notice")), spent, 15.0, LONGEST) == MINUTE_S - 5.0
    assert isinstance(next_due(queue(Say("wei", "n", "notice"), Say("wei", "a")), spent, 15.0, LONGEST), Due)


@pytest.mark.parametrize(
    ("effect", "age_s", "outcome"),
    [
        (ShowQr("wei", "bob", QR, ""), DAY_S * 2, None),
        (ShowQr("wei", "bob", QR + "old", ""), 0.0, "stale"),
        (ShowQr("wei", "alice", QR, ""), 0.0, "stale"),
        (Say("wei", "c", "rescue", code=("bob", QR)), 0.0, None),
        (Say("wei", "c", "rescue", code=("bob", QR + "old")), 0.0, "stale"),
        (Say("wei", "n", "notice"), DAY_S, None),
        (Say("wei", "n", "notice"), DAY_S + 1, "old"),
        (Say("wei", "a"), DAY_S * 2, None),
        (ShowQr("mallory", "bob", QR, ""), 0.0, "stale"),
        (Say("mallory", "n", "notice"), 0.0, "stale"),
        (Say("mallory", "back", "rescue"), 0.0, "stale"),
        (GiveFile("mallory", "f", b""), 0.0, "stale"),
        (Say("mallory", "you are paired away"), 0.0, None),
    ],
)
def test_what_is_let_go_of(effect: Outgoing, age_s: float, outcome: Outcome | None) -> None:
    """Outdated codes with their captions, yesterday's news, and what was meant for somebody who is no admin now."""
    waiting = queue(effect, at=1000.0)
    kept, dropped = sift(waiting, World(), 1000.0 + age_s)
    assert (kept, dropped) == ((waiting, ()) if outcome is None else ((), ((waiting[0], outcome),)))


def test_too_much() -> None:
    """The oldest news goes first, then the oldest answers; codes last."""
    news = [Say("wei", f"n{n}", "notice") for n in range(2)]
    answers = [Say("wei", f"a{n}") for n in range(MOST_WAITING)]
    waiting = queue(ShowQr("wei", "bob", QR, ""), answers[0], *news, *answers[1:])
    kept, dropped = sift(waiting, World(), 0.0)
    assert [one.id for one, why in dropped if why == "overflow"] == [3, 4, 2] and len(dropped) == 3
    assert len(kept) == MOST_WAITING and kept == without(waiting, [one for one, _ in dropped])


URGENCIES: list[Urgency] = ["rescue", "answer", "notice"]
ARRIVALS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 20.0, 70.0]), st.sampled_from(URGENCIES), st.sampled_from(["wei", "lan"])),
    max_size=60,
)


@given(st.integers(1, 5), ARRIVALS)
def test_any_order_of_messages(per_minute: int, arrivals: list[tuple[float, Urgency, str]]) -> None:
    """Whatever comes when: nothing is lost or sent twice, a conversation's messages of an urgency leave in their order,
    nothing urgent leaves behind news that came later than it, and no minute sees more news than the budget."""
    pace, now, came = Pace(per_minute, 1000), 0.0, 0.0
    to_come = []
    for number, (after_s, urgency, who) in enumerate(arrivals, 1):
        came += after_s
        to_come.append((came, Waiting(number, Say(who, f"<{number}>", urgency), came)))
    waiting: tuple[Waiting, ...] = ()
    left: list[tuple[float, Say, tuple[Waiting, ...]]] = []
    while waiting or to_come:
        arrived = [one for at, one in to_come if at <= now]
        to_come = [(at, one) for at, one in to_come if at > now]
        waiting += tuple(arrived)
        due = next_due(waiting, pace, now, LONGEST)
        if isinstance(due, Due):
            assert isinstance(due.effect, Say)
            if due.effect.urgency == "notice":
                assert all(urgency_of(one.effect) == "notice" for one in waiting)
            left.append((now, due.effect, due.items))
            pace, waiting = after_sending(pace, due.effect.urgency, now, 0.5), without(waiting, due.items)
        else:
            now = min(now + due if due is not None else float("inf"), to_come[0][0] if to_come else float("inf"))
    assert sorted(one.id for _, _, items in left for one in items) == list(range(1, len(arrivals) + 1))
    for who in ("wei", "lan"):
        for urgency in URGENCIES:
            said = "\n\n".join(s.text for _, s, _ in left if (s.conversation_id, s.urgency) == (who, urgency))
            mine = [n for n, (_, u, w) in enumerate(arrivals, 1) if (u, w) == (urgency, who)]
            assert said == "\n\n".join(f"<{n}>" for n in mine)
    news = [at for at, say, _ in left if say.urgency == "notice"]
    assert all(sum(start <= at < start + MINUTE_S for at in news) <= per_minute for start in news)
