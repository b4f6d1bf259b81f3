"""A bot's state, played through as histories: (sign, moment, what the admins hear)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.domain.bots import (
    BackOnline,
    BotState,
    BotStatus,
    LogSign,
    Notice,
    OfferQr,
    SignKind,
    SuspiciousScan,
    WentOffline,
)
from nlops.monitor.machine import TABLE, step

P1, P2, P3 = (f"https://login.weixin.qq.com/l/code{n}AbCd==" for n in (1, 2, 3))

STARTED = LogSign("bob", SignKind.STARTED, "started")
SCANNED = LogSign("bob", SignKind.SCANNED, "scanned")
CONFIRMED = LogSign("bob", SignKind.CONFIRMED, "confirmed")
CANCELLED = LogSign("bob", SignKind.CANCELLED, "cancelled")
TIMEOUT = LogSign("bob", SignKind.TIMEOUT, "timeout", P1)
LOGIN = LogSign("bob", SignKind.LOGGED_IN, "login", account="Bob")
LOGOUT = LogSign("bob", SignKind.LOGGED_OUT, "logout", account="Bob")


def waiting(payload: str | None) -> LogSign:
    return LogSign("bob", SignKind.WAITING, f"waiting {payload}", payload)


History = list[tuple[LogSign, float, tuple[Notice, ...]]]

HISTORIES: dict[str, tuple[History, BotStatus, str | None]] = {
    "a first login at first start is no news": (
        [(STARTED, 1, ()), (LOGIN, 2, ())],
        BotStatus.LOGGED_IN,
        None,
    ),
    "a rescue, from the loss to the login": (
        [
            (LOGIN, 1, ()),
            (LOGOUT, 10, (WentOffline("bob"),)),
            (waiting(P1), 12, (OfferQr("bob", P1, 1),)),
            (SCANNED, 20, ()),
            (CONFIRMED, 22, ()),
            (LOGIN, 25, (BackOnline("bob", 15, "Bob"),)),
        ],
        BotStatus.LOGGED_IN,
        None,
    ),
    "the first code tells the loss where no logout was logged": (
        [(STARTED, 1, ()), (waiting(P1), 2, (OfferQr("bob", P1, 1),)), (LOGIN, 9, (BackOnline("bob", 7, "Bob"),))],
        BotStatus.LOGGED_IN,
        None,
    ),
    "each new code is offered once, and counted": (
        [
            (waiting(P1), 1, (OfferQr("bob", P1, 1),)),
            (waiting(P1), 2, ()),
            (waiting(P2), 60, (OfferQr("bob", P2, 2),)),
            (TIMEOUT, 119, ()),
            (waiting(P3), 120, (OfferQr("bob", P3, 3),)),
        ],
        BotStatus.WAITING,
        P3,
    ),
    "the count begins anew after a login": (
        [
            (waiting(P1), 1, (OfferQr("bob", P1, 1),)),
            (LOGIN, 2, (BackOnline("bob", 1, "Bob"),)),
            (LOGOUT, 3, (WentOffline("bob"),)),
            (waiting(P2), 4, (OfferQr("bob", P2, 1),)),
        ],
        BotStatus.WAITING,
        P2,
    ),
    "an expired code is not held, and the same one again is no news": (
        [(waiting(P1), 1, (OfferQr("bob", P1, 1),)), (TIMEOUT, 2, ()), (TIMEOUT, 3, ())],
        BotStatus.TIMEOUT,
        None,
    ),
    "a scanned code is still held: whoever scanned it may step back": (
        [(waiting(P1), 1, (OfferQr("bob", P1, 1),)), (SCANNED, 2, ()), (SCANNED, 3, ())],
        BotStatus.SCANNED,
        P1,
    ),
    "a cancelled code is not": (
        [(waiting(P1), 1, (OfferQr("bob", P1, 1),)), (SCANNED, 2, ()), (CANCELLED, 3, ())],
        BotStatus.CANCELLED,
        None,
    ),
    "a cancel before the first code, as some puppets print it": (
        [(CANCELLED, 1, ()), (waiting(P1), 2, (OfferQr("bob", P1, 1),))],
        BotStatus.WAITING,
        P1,
    ),
    "a code while logged in is suspicious, each time, and changes nothing": (
        [
            (LOGIN, 1, ()),
            (waiting(P1), 2, (SuspiciousScan("bob", f"waiting {P1}"),)),
            (waiting(P2), 3, (SuspiciousScan("bob", f"waiting {P2}"),)),
        ],
        BotStatus.LOGGED_IN,
        None,
    ),
    "after a suspicious code the rest of a scan is not followed": (
        [
            (LOGIN, 1, ()),
            (waiting(P1), 2, (SuspiciousScan("bob", f"waiting {P1}"),)),
            (SCANNED, 3, ()),
            (CONFIRMED, 4, ()),
            (CANCELLED, 5, ()),
            (TIMEOUT, 6, ()),
            (LOGIN, 7, ()),
        ],
        BotStatus.LOGGED_IN,
        None,
    ),
    "after a start a code is expected": (
        [(LOGIN, 1, ()), (STARTED, 2, ()), (waiting(P1), 3, (OfferQr("bob", P1, 1),))],
        BotStatus.WAITING,
        P1,
    ),
    "a restart that needs no code: the loss was not seen": (
        [(LOGIN, 1, ()), (STARTED, 2, ()), (LOGIN, 3, (BackOnline("bob", None, "Bob"),)), (LOGIN, 4, ())],
        BotStatus.LOGGED_IN,
        None,
    ),
    "the start line of the same start may come after the login, and a late line of the used code after that": (
        [
            (waiting(P1), 1, (OfferQr("bob", P1, 1),)),
            (LOGIN, 2, (BackOnline("bob", 1, "Bob"),)),
            (STARTED, 3, ()),
            (waiting(P1), 4, ()),
        ],
        BotStatus.LOGGED_IN,
        None,
    ),
    "a start line that comes after the first code takes nothing back": (
        [(waiting(P1), 1, (OfferQr("bob", P1, 1),)), (STARTED, 2, ()), (waiting(P1), 3, ())],
        BotStatus.WAITING,
        P1,
    ),
    "a logout is told once, and not where the bot was lost already": (
        [
            (LOGOUT, 1, (WentOffline("bob"),)),
            (LOGOUT, 2, ()),
            (waiting(P1), 3, (OfferQr("bob", P1, 1),)),
            (LOGOUT, 4, ()),
        ],
        BotStatus.LOGGED_OUT,
        None,
    ),
    "a clock that was set back gives no negative time": (
        [(LOGOUT, 100, (WentOffline("bob"),)), (LOGIN, 40, (BackOnline("bob", 0.0, "Bob"),))],
        BotStatus.LOGGED_IN,
        None,
    ),
}


@pytest.mark.parametrize("name", HISTORIES)
def test_history(name: str) -> None:
    """As the history's name says."""
    history, status, payload = HISTORIES[name]
    state = BotState()
    for number, (sign, now, expected) in enumerate(history):
        state, notices = step("bob", state, sign, now)
        assert notices == expected, (number, sign)
    assert (state.status, state.payload) == (status, payload)


def test_without_rescue_nothing_is_offered_but_the_code_is_held() -> None:
    """An admin who switched rescue off can still ask for the code; switched on again, the same code is news."""
    state, notices = step("bob", BotState(rescue=False), waiting(P1), 1)
    assert (notices, state.payload, state.offers) == ((), P1, 0)
    _, notices = step("bob", replace(state, rescue=True), waiting(P1), 2)
    assert notices == (OfferQr("bob", P1, 1),)


def test_a_loss_is_timed_from_its_first_sign() -> None:
    """`lost_at` is when the bot was first seen without a login, `since` when its status changed."""
    state = BotState()
    for sign, now in ((LOGOUT, 5.0), (waiting(P1), 8.0), (waiting(P2), 9.0)):
        state, _ = step("bob", state, sign, now)
    assert (state.lost_at, state.since) == (5.0, 8.0)
    state, _ = step("bob", state, LOGIN, 11.0)
    assert (state.lost_at, state.since, state.offers) == (None, 11.0, 0)


def test_the_table_is_whole() -> None:
    """Every sign has a move in every state."""
    assert {kind: set(row) for kind, row in TABLE.items()} == {kind: set(BotStatus) for kind in SignKind}


SIGNS = st.sampled_from([STARTED, SCANNED, CONFIRMED, CANCELLED, TIMEOUT, LOGIN, LOGOUT, *map(waiting, (P1, P2, None))])


@given(st.lists(SIGNS), st.booleans())
def test_what_holds_after_any_signs(signs: list[LogSign], rescue: bool) -> None:
    """No order of signs is an error; a code is held only while it may be scanned, and none offered while logged in."""
    state = BotState(rescue=rescue)
    for now, sign in enumerate(signs):
        before = state
        state, notices = step("bob", state, sign, float(now))
        assert state.rescue is rescue
        assert (state.lost_at is None) == (state.status in {BotStatus.LOGGED_IN, BotStatus.UNKNOWN})
        if state.payload is not None:
            assert state.status in {BotStatus.WAITING, BotStatus.SCANNED}
        for notice in notices:
            if isinstance(notice, OfferQr):
                assert rescue and notice.payload == state.payload and state.status is BotStatus.WAITING
                assert before.status is not BotStatus.LOGGED_IN or before.started
            if isinstance(notice, SuspiciousScan):
                assert state == before


@given(st.lists(SIGNS), SIGNS)
def test_a_sign_that_repeats_at_once_is_no_news(signs: list[LogSign], last: LogSign) -> None:
    """A program that logs a sign twice (starter and plugin do) tells the admins once, but for a suspicious code."""
    state = BotState()
    for now, sign in enumerate([*signs, last]):
        state, _ = step("bob", state, sign, float(now))
    again, notices = step("bob", state, last, 1000.0)
    assert not [notice for notice in notices if not isinstance(notice, SuspiciousScan)]
    assert again == state
