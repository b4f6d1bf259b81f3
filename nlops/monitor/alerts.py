"""How often the admins hear of what a log keeps saying: a few messages a minute, repeats folded into one with a count.

Rules, for each alert of each bot, and for its suspicious scan lines (time is monotonic, in seconds):

1. The first line of its shape (`LogHit.shape`) is told at once, or as soon as the lines after it are there, which are
   waited for `WAIT_S` at most.
2. In any minute at most `at_most` messages go.
3. What comes again within a minute after it was told, or over that limit, is held: one entry a shape, with its count.
   What is held goes as one message, a minute after the first of it was held.
4. At most `MAX_HELD` shapes are held; what is over is counted, and the count is told. Nothing goes uncounted.

What decides (signs, orders, confirmations) never takes this way: here things may be dropped, there never.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from nlops.domain.bots import LogAlert, LogHit, Notice, SuspiciousScan
from nlops.domain.events import AlertSeen

MINUTE_S = 60.0
WAIT_S = 2.0
MAX_HELD = 10
SUSPICIOUS_AT_MOST = 1

SUSPICIOUS = ""  # in the place of an alert's name, which is never empty
Key = tuple[str, str]  # bot, alert


@dataclass(frozen=True)
class Open:
    """A hit that is to be told when the lines after it are there."""

    hit: LogHit
    source: str
    at: float


@dataclass(frozen=True)
class Folding:
    """One alert now. `told` are the times of its messages in the last minute, `known` the shapes told in it, and when;
    `held` waits since `held_at`, and `more` lines are only counted."""

    at_most: int
    told: tuple[float, ...] = ()
    known: Mapping[str, float] = field(default_factory=dict)
    open: tuple[Open, ...] = ()
    held: tuple[LogHit, ...] = ()
    held_at: float | None = None
    more: int = 0


Foldings = Mapping[Key, Folding]
Step = tuple[Foldings, tuple[Notice, ...]]


def see(foldings: Foldings, seen: AlertSeen, at_most: int, now: float) -> Step:
    """An alert's lines came."""
    key = (seen.bot, seen.alert)
    before = _aged(foldings.get(key, Folding(at_most)), now)
    flushed, first = _flush(key, before, now)
    folding = _followed(flushed, seen)
    for hit in seen.hits:
        folding = _taken(folding, hit, seen.source, now)
    folding, second = _tell_open(key, _counted(folding, seen.more, now), now)
    return _with(foldings, key, folding), (*first, *second)


def see_suspicious(foldings: Foldings, notice: SuspiciousScan, now: float) -> Step:
    """A suspicious scan line came: all of a bot's are of one shape."""
    hit = LogHit("", notice.line, notice.count)
    return see(foldings, AlertSeen(notice.bot, SUSPICIOUS, "", (hit,)), SUSPICIOUS_AT_MOST, now)


def tick(foldings: Foldings, now: float) -> Step:
    """Time went by: what waited long enough is told."""
    notices: list[Notice] = []
    for key, before in foldings.items():
        folding, flushed = _flush(key, _aged(before, now), now)
        folding, told = _tell_open(key, folding, now)
        foldings = _with(foldings, key, folding)
        notices += [*flushed, *told]
    return foldings, tuple(notices)


def _with(foldings: Foldings, key: Key, folding: Folding) -> Foldings:
    rest = {name: one for name, one in foldings.items() if name != key}
    return rest if folding == Folding(folding.at_most) else {**rest, key: folding}


def _aged(folding: Folding, now: float) -> Folding:
    """Without what is over a minute old."""
    told = tuple(at for at in folding.told if now - at < MINUTE_S)
    known = {shape: at for shape, at in folding.known.items() if now - at < MINUTE_S}
    return replace(folding, told=told, known=known)


def _may_tell(folding: Folding) -> bool:
    return len(folding.told) + len(folding.open) < folding.at_most


def _is_due(folding: Folding, now: float) -> bool:
    return folding.held_at is not None and now - folding.held_at >= MINUTE_S


def _flush(key: Key, folding: Folding, now: float) -> tuple[Folding, tuple[Notice, ...]]:
    """Tell what is held, if it is time."""
    if not (_is_due(folding, now) and _may_tell(folding)):
        return folding, ()
    known = {**folding.known, **dict.fromkeys((hit.shape for hit in folding.held), now)}
    after = replace(folding, told=(*folding.told, now), known=known, held=(), held_at=None, more=0)
    return after, (_notice(key, folding.held, folding.more, again=True),)


def _followed(folding: Folding, seen: AlertSeen) -> Folding:
    """Give the open hits of this log the lines after them."""
    waiting = tuple(
        replace(one, hit=_lengthened(one.hit, seen.following)) if one.source == seen.source else one
        for one in folding.open
    )
    return replace(folding, open=waiting)


def _lengthened(hit: LogHit, lines: tuple[str, ...]) -> LogHit:
    mine = lines[: hit.wants]
    return replace(hit, after=(*hit.after, *mine), wants=hit.wants - len(mine))


def _taken(folding: Folding, hit: LogHit, source: str, now: float) -> Folding:
    """A hit joins the open one of its shape, becomes an open one, or is held."""
    same = next((one for one in folding.open if one.hit.shape == hit.shape), None)
    if same is not None:
        joined = replace(same, hit=replace(same.hit, count=same.hit.count + hit.count))
        return replace(folding, open=tuple(joined if one is same else one for one in folding.open))
    # What is due goes first, or a log that says ever new things would keep it back.
    is_new = hit.shape not in folding.known and all(hit.shape != one.shape for one in folding.held)
    if is_new and _may_tell(folding) and not _is_due(folding, now):
        return replace(folding, open=(*folding.open, Open(hit, source, now)))
    return _held(folding, hit, now)


def _held(folding: Folding, hit: LogHit, now: float) -> Folding:
    shapes = [one.shape for one in folding.held]
    if hit.shape not in shapes and len(shapes) >= MAX_HELD:
        return _counted(folding, hit.count, now)
    held_at = now if folding.held_at is None else folding.held_at
    if hit.shape not in shapes:
        return replace(folding, held=(*folding.held, hit), held_at=held_at)
    held = tuple(replace(one, count=one.count + hit.count) if one.shape == hit.shape else one for one in folding.held)
    return replace(folding, held=held, held_at=held_at)


def _counted(folding: Folding, more: int, now: float) -> Folding:
    if not more:
        return folding
    return replace(folding, more=folding.more + more, held_at=now if folding.held_at is None else folding.held_at)


def _tell_open(key: Key, folding: Folding, now: float) -> tuple[Folding, tuple[Notice, ...]]:
    """Tell the hits whose surroundings are complete, or were waited for long enough."""
    ready = tuple(one for one in folding.open if not one.hit.wants or now - one.at >= WAIT_S)
    known = {**folding.known, **dict.fromkeys((one.hit.shape for one in ready), now)}
    waiting = tuple(one for one in folding.open if one not in ready)
    after = replace(folding, told=(*folding.told, *(now for _ in ready)), known=known, open=waiting)
    return after, tuple(_notice(key, (one.hit,), 0, again=False) for one in ready)


def _notice(key: Key, hits: tuple[LogHit, ...], more: int, *, again: bool) -> Notice:
    bot, alert = key
    if alert == SUSPICIOUS:
        return SuspiciousScan(bot, hits[0].line, hits[0].count, again)
    return LogAlert(bot, alert, hits, more, again)
