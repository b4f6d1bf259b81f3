"""A bot's state, as a machine that is stepped with each sign of its log.

States: unknown (nothing seen yet), waiting (a code waits to be scanned), scanned, confirmed, cancelled, timeout (the
code expired, the next one is awaited), logged_in, logged_out.

Rules:

1. A new payload is offered once, counted since the bot was lost; the same one again is no news. While rescue is off
   nothing is offered, but the payload is held for an admin who asks.
2. A code that was confirmed, cancelled, expired or used is not held any longer; a scanned one still is, since whoever
   scanned it may step back.
3. A bot is lost from the first sign that it is not logged in. A login after that is BackOnline; so is a login after a
   start that came while the bot was in (the loss itself was then not seen). A first login at first start is no news.
4. A code while the bot is logged in, with neither a logout nor a start since, is suspicious: reported, not offered, and
   nothing changes. Once a start was seen, only the code that was used for the last login is passed over as a late line.
5. A start changes no status: the starter prints its line when `start()` has returned, which may be after the first code
   or even after the login.
6. What repeats or comes late changes nothing; no sequence of signs is an error.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType

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

Move = Callable[[BotState, LogSign, float], tuple[BotState, tuple[Notice, ...]]]


def step(bot: str, state: BotState, sign: LogSign, now: float) -> tuple[BotState, tuple[Notice, ...]]:
    """The state after `sign`, and what the admins should hear. `now` is wall time in unix seconds.

    `bot` is the name the notices carry.
    """
    return TABLE[sign.kind][state.status](state, replace(sign, bot=bot), now)


def _stay(state: BotState, _sign: LogSign, _now: float) -> tuple[BotState, tuple[Notice, ...]]:
    return state, ()


def _start(state: BotState, _sign: LogSign, _now: float) -> tuple[BotState, tuple[Notice, ...]]:
    return replace(state, started=True), ()


def _lose(state: BotState, status: BotStatus, payload: str | None, now: float) -> BotState:
    """Without a login from now on, or since earlier."""
    since = state.since if state.status is status else now
    lost_at = now if state.lost_at is None else state.lost_at
    return replace(state, status=status, payload=payload, since=since, lost_at=lost_at)


def _wait(state: BotState, sign: LogSign, now: float) -> tuple[BotState, tuple[Notice, ...]]:
    after = _lose(state, BotStatus.WAITING, sign.payload, now)
    if sign.payload is None or sign.payload == state.offered or not state.rescue:
        return after, ()
    after = replace(after, offers=after.offers + 1, offered=sign.payload)
    return after, (OfferQr(sign.bot, sign.payload, after.offers),)


def _rewait(state: BotState, sign: LogSign, now: float) -> tuple[BotState, tuple[Notice, ...]]:
    if not state.started:
        return state, (SuspiciousScan(sign.bot, sign.line),)
    return (state, ()) if sign.payload == state.offered else _wait(state, sign, now)


def _scan(state: BotState, _sign: LogSign, now: float) -> tuple[BotState, tuple[Notice, ...]]:
    return _lose(state, BotStatus.SCANNED, state.payload, now), ()


def _confirm(state: BotState, _sign: LogSign, now: float) -> tuple[BotState, tuple[Notice, ...]]:
    return _lose(state, BotStatus.CONFIRMED, None, now), ()


def _cancel(state: BotState, _sign: LogSign, now: float) -> tuple[BotState, tuple[Notice, ...]]:
    return _lose(state, BotStatus.CANCELLED, None, now), ()


def _expire(state: BotState, _sign: LogSign, now: float) -> tuple[BotState, tuple[Notice, ...]]:
    return _lose(state, BotStatus.TIMEOUT, None, now), ()


def _login(state: BotState, sign: LogSign, now: float) -> tuple[BotState, tuple[Notice, ...]]:
    after = replace(
        state,
        status=BotStatus.LOGGED_IN,
        payload=None,
        since=now,
        lost_at=None,
        offers=0,
        offered=state.payload or state.offered,
        started=False,
    )
    if state.lost_at is not None:
        return after, (BackOnline(sign.bot, max(0.0, now - state.lost_at), sign.account),)
    return after, ()


def _relogin(state: BotState, sign: LogSign, now: float) -> tuple[BotState, tuple[Notice, ...]]:
    if not state.started:
        return state, ()
    return replace(state, since=now, started=False), (BackOnline(sign.bot, None, sign.account),)


def _logout(state: BotState, sign: LogSign, now: float) -> tuple[BotState, tuple[Notice, ...]]:
    after = _lose(state, BotStatus.LOGGED_OUT, None, now)
    return after, (WentOffline(sign.bot),) if state.lost_at is None else ()


# fmt: off
# In the order of BotStatus:  unknown   waiting   scanned   confirmed cancelled timeout   logged_in logged_out
_ROWS: Mapping[SignKind, tuple[Move, ...]] = MappingProxyType({
    SignKind.STARTED:     (_start,   _start,   _start,   _start,   _start,   _start,   _start,   _start),
    SignKind.WAITING:     (_wait,    _wait,    _wait,    _wait,    _wait,    _wait,    _rewait,  _wait),
    SignKind.SCANNED:     (_scan,    _scan,    _stay,    _stay,    _scan,    _scan,    _stay,    _scan),
    SignKind.CONFIRMED:   (_confirm, _confirm, _confirm, _stay,    _confirm, _confirm, _stay,    _confirm),
    SignKind.CANCELLED:   (_cancel,  _cancel,  _cancel,  _cancel,  _stay,    _cancel,  _stay,    _cancel),
    SignKind.TIMEOUT:     (_expire,  _expire,  _expire,  _expire,  _expire,  _stay,    _stay,    _expire),
    SignKind.LOGGED_IN:   (_login,   _login,   _login,   _login,   _login,   _login,   _relogin, _login),
    SignKind.LOGGED_OUT:  (_logout,  _logout,  _logout,  _logout,  _logout,  _logout,  _logout,  _stay),
})
# fmt: on

TABLE: Mapping[SignKind, Mapping[BotStatus, Move]] = MappingProxyType(
    {kind: MappingProxyType(dict(zip(BotStatus, row, strict=True))) for kind, row in _ROWS.items()}
)
"""What each sign does in each state: complete, so that nothing that a log says is an error."""
