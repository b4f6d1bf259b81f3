"""Bots that nobody wants to hear of for a while: `mute BOT 30m`, and the maintenance windows of nlops.toml.

What the monitor would have told is counted, and told as one summary when the mute ends, by itself or by `unmute`; with
the login code that counts then. A login as a wrong account is told all the same: it can't wait for a window's end.
What an admin asks for (`qr bob`) is answered as ever.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.bots import BackOnline, BotState, LogAlert, Notice, SuspiciousScan
from nlops.domain.effects import Effect, Say, ShowQr
from nlops.domain.events import Moment
from nlops.domain.standing import Muting
from nlops.engine.deciding import record_of
from nlops.engine.state import Asker, Setup, State, Step
from nlops.engine.telling import everybody, tell_all
from nlops.gate.hours import ends_at
from nlops.replies import say_notice, show_time


def tell(setup: Setup, state: State, notices: Sequence[Notice], now: Moment) -> Step:
    """Each notice to every admin in their language, unless its bot is muted: then it is counted."""
    state = _enter_windows(setup, state, {notice.bot for notice in notices}, now)
    effects: list[Effect] = []
    for notice in notices:
        muting = state.standing.mutes.get(notice.bot)
        if muting is None or _is_over(muting, now) or _is_wrong_account(setup, notice):
            effects += _to_all(setup, state, notice)
        else:
            kind, count = type(notice).__name__, _count(notice)
            held = {**muting.held, kind: muting.held.get(kind, 0) + count}
            state = _with_mute(state, notice.bot, replace(muting, held=held))
    return state, tuple(effects)


def _to_all(setup: Setup, state: State, notice: Notice) -> Iterator[Effect]:
    bot = setup.config.bot(notice.bot)
    for contact_id, language in everybody(setup, state):
        yield from say_notice(notice, bot, contact_id, language)


def _is_wrong_account(setup: Setup, notice: Notice) -> bool:
    if not isinstance(notice, BackOnline):
        return False
    bot = setup.config.bot(notice.bot)
    wanted = bot.account if bot is not None else None
    return bool(wanted and notice.account and notice.account != wanted)


def _count(notice: Notice) -> int:
    if isinstance(notice, LogAlert):
        return sum(hit.count for hit in notice.hits) + notice.more
    return notice.count if isinstance(notice, SuspiciousScan) else 1


def _enter_windows(setup: Setup, state: State, bots: set[str], now: Moment) -> State:
    """Bots in a maintenance window are muted until its end."""
    for window in setup.config.maintenance:
        until = ends_at(window.hours, now.wall, now.offset_s)
        if until is None:
            continue
        for name in sorted(bots & set(window.bots or bots)):
            muting = state.standing.mutes.get(name)
            if muting is None or muting.until < until:
                before = muting or Muting(now.wall, until, 0.0)
                state = _with_mute(state, name, replace(before, until=until, ends_at=now.monotonic + until - now.wall))
    return state


def _is_over(muting: Muting, now: Moment) -> bool:
    """By whichever clock comes first: a wall clock that is put back makes no mute longer."""
    return now.wall >= muting.until or now.monotonic >= muting.ends_at


def _with_mute(state: State, bot: str, muting: Muting | None) -> State:
    mutes = {name: one for name, one in state.standing.mutes.items() if name != bot}
    if muting is not None:
        mutes[bot] = muting
    return replace(state, standing=replace(state.standing, mutes=mutes))


def mute(setup: Setup, state: State, asker: Asker, bots: Sequence[str], minutes: int, now: Moment) -> Step:
    """No news of `bots` for so long from now; a mute that is on is made longer or shorter. Every admin hears of it."""
    length_s = minutes * 60.0
    new = Muting(now.wall, now.wall + length_s, now.monotonic + length_s, asker.admin)
    for bot in bots:
        before = state.standing.mutes.get(bot)
        kept = new if before is None else replace(new, since=before.since, held=before.held)
        state = _with_mute(state, bot, kept)
    records = [record_of(asker, "muted", (), {"bot": bot, "minutes": minutes}) for bot in bots]
    named = {"bots": ", ".join(bots), "bot": bots[0] if len(bots) == 1 else "all"}
    fields = {"admin": asker.admin, **named, "minutes": minutes, "until": show_time(new.until, now)}
    muted = phrases.MUTED.of(**fields)
    said = (
        Say(asker.conversation_id, muted.say(asker.language)),
        *tell_all(setup, state, muted, besides=asker.contact_id),
    )
    return state, (*records, *said)


def unmute_all(setup: Setup, state: State, asker: Asker, now: Moment) -> Step:
    """Every bot that an admin muted is heard again."""
    effects: list[Effect] = []
    for bot in [name for name, muting in state.standing.mutes.items() if muting.by]:
        state, more = unmute(setup, state, asker, bot, now)
        effects += more
    return state, tuple(effects) or (Say(asker.conversation_id, phrases.NONE_MUTED.say(asker.language)),)


def unmute(setup: Setup, state: State, asker: Asker, bot: str, now: Moment) -> Step:
    """`bot` is heard again from now on, with the summary. A window of nlops.toml ends by itself only."""
    muting = state.standing.mutes.get(bot)
    if muting is None:
        return state, (Say(asker.conversation_id, phrases.NOT_MUTED.say(asker.language, bot=bot)),)
    if not muting.by:
        text = phrases.IN_WINDOW.say(asker.language, bot=bot, until=show_time(muting.until, now))
        return state, (Say(asker.conversation_id, text),)
    state, effects = _end(setup, state, bot, muting, now)
    return state, (record_of(asker, "unmuted", (), {"bot": bot}), *effects)


def on_tick(setup: Setup, state: State, now: Moment) -> Step:
    """Windows begin, mutes end."""
    state = _enter_windows(setup, state, {bot.name for bot in setup.config.bots}, now)
    effects: list[Effect] = []
    for bot, muting in tuple(state.standing.mutes.items()):
        if _is_over(muting, now):
            state, said = _end(setup, state, bot, muting, now)
            effects += said
    return state, tuple(effects)


def _end(setup: Setup, state: State, bot: str, muting: Muting, now: Moment) -> Step:
    """One summary, and the code that waits to be scanned. A window in which nothing happened ends silently."""
    state = _with_mute(state, bot, None)
    if (not muting.by and not muting.held) or setup.config.bot(bot) is None:
        return state, ()
    known = state.bots.get(bot, BotState())
    held = tuple(phrases.HELD[kind].of(count=count) for kind, count in muting.held.items() if kind in phrases.HELD)
    over = phrases.MUTE_OVER.of(
        bot=bot,
        minutes=max(1, round((now.wall - muting.since) / 60)),
        held=held or phrases.HELD_NOTHING.of(),
        status=phrases.STATUS[known.status].of(),
    )
    effects: list[Effect] = []
    for contact_id, language in everybody(setup, state):
        effects.append(Say(contact_id, over.say(language), "notice"))
        if known.payload is not None and known.rescue:
            effects.append(ShowQr(contact_id, bot, known.payload, phrases.QR_CAPTION.say(language, bot=bot)))
    return state, tuple(effects)
