"""The monitor's way: a sign or an alert in a log, to every admin."""

from dataclasses import replace
from typing import assert_never

from nlops.domain.bots import BackOnline, BotState, BotStatus, LogAlert, Notice, OfferQr, SuspiciousScan, WentOffline
from nlops.domain.effects import KeepBots
from nlops.domain.events import AlertSeen, BacklogRead, Moment, SignSeen
from nlops.engine.muting import tell
from nlops.engine.state import Setup, State, Step
from nlops.monitor import alerts, machine


def on_sign(setup: Setup, state: State, event: SignSeen, now: Moment) -> Step:
    """A sign moves its bot's state; what that means is told."""
    bot = event.sign.bot
    before = state.bots.get(bot, BotState())
    after, notices = machine.step(bot, before, event.sign, now.wall)
    if after == before and not notices:
        return state, ()
    state = replace(state, bots={**state.bots, bot: after})
    told: list[Notice] = []
    for notice in notices:  # whoever can write into a log could send a flood of suspicious lines
        if isinstance(notice, SuspiciousScan):
            foldings, folded = alerts.see_suspicious(state.alerts, notice, now.monotonic)
            state = replace(state, alerts=foldings)
            told += folded
        else:
            told.append(notice)
    state, effects = tell(setup, state, told, now)
    return state, (*effects, KeepBots({bot: after}))


def on_alert(setup: Setup, state: State, event: AlertSeen, now: Moment) -> Step:
    """Lines that somebody waits for: told, or counted to be told later."""
    bot = setup.config.bot(event.bot)
    alert = bot.alert(event.alert) if bot is not None else None
    if alert is None:
        return state, ()
    foldings, notices = alerts.see(state.alerts, event, alert.at_most, now.monotonic)
    return tell(setup, replace(state, alerts=foldings), notices, now)


def on_backlog(setup: Setup, state: State, event: BacklogRead, now: Moment) -> Step:
    """Old signs become state. Of what they would have told, only the last word on a bot is told, and only if it still
    holds."""
    bots = dict(state.bots)
    last: dict[str, Notice] = {}
    for sign in event.signs:
        bots[sign.bot], notices = machine.step(sign.bot, bots.get(sign.bot, BotState()), sign, now.wall)
        last.update({notice.bot: notice for notice in notices})
    news = [notice for name, notice in last.items() if _still_holds(notice, state.bots.get(name), bots[name])]
    state, effects = tell(setup, replace(state, bots=bots), news, now)
    return state, (*effects, KeepBots(bots))


def _still_holds(notice: Notice, before: BotState | None, after: BotState) -> bool:
    match notice:
        case OfferQr():
            return after.payload == notice.payload
        case BackOnline():  # news only to who was told of the loss, in an earlier life of this process
            return after.status is BotStatus.LOGGED_IN and before is not None and before.lost_at is not None
        case WentOffline():
            return after.status is BotStatus.LOGGED_OUT and before is not None
        case SuspiciousScan() | LogAlert():
            return False
        case _:
            assert_never(notice)


def on_tick(setup: Setup, state: State, now: Moment) -> Step:
    """Tell what was only counted, once its minute is over."""
    foldings, notices = alerts.tick(state.alerts, now.monotonic)
    return tell(setup, replace(state, alerts=foldings), notices, now)
