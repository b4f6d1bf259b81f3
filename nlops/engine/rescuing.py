"""QR rescue, switched on and off: every admin hears of it, for their codes are concerned too. Switched on, a code that
waits to be scanned comes at once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.bots import BotState
from nlops.domain.effects import KeepBots, Say, ShowQr
from nlops.engine.deciding import record_of
from nlops.engine.state import Asker, Setup, State, Step
from nlops.engine.telling import everybody, tell_all
from nlops.understand.keywords import RescueSwitch


def switch_rescue(setup: Setup, state: State, asker: Asker, order: RescueSwitch) -> Step:
    """For one bot, or for all where the order names none."""
    names = [order.bot] if order.bot else [bot.name for bot in setup.config.bots]
    before = {name: state.bots.get(name, BotState()) for name in names}
    after = {name: replace(bot, rescue=order.on) for name, bot in before.items()}
    changed = [name for name in names if before[name].rescue != order.on]
    state = replace(state, bots={**state.bots, **after})
    who = order.bot or phrases.ALL_BOTS.of()
    said = phrases.RESCUE_ON.of(bot=who) if order.on else phrases.RESCUE_OFF.of(bot=who, name=names[0])
    told = phrases.RESCUE_BY[order.on].of(who=asker.admin, bots=", ".join(changed))
    return state, (
        record_of(asker, "allowed", (), {"rescue": order.on, "bots": names}),
        KeepBots(state.bots),
        Say(asker.conversation_id, said.say(asker.language)),
        *(tell_all(setup, state, told, besides=asker.contact_id) if changed else ()),
        *(_codes(setup, state, changed) if order.on else ()),
    )


def _codes(setup: Setup, state: State, bots: Sequence[str]) -> Iterator[ShowQr]:
    """The codes that wait, of those that are not muted."""
    for bot in bots:
        payload = state.bots[bot].payload
        if payload is not None and bot not in state.standing.mutes:
            for contact_id, language in everybody(setup, state):
                yield ShowQr(contact_id, bot, payload, phrases.QR_CAPTION.say(language, bot=bot))
