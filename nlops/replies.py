"""What the engine's decisions look like in the chat: values in, effects that say them out."""

from collections.abc import Mapping, Sequence
from typing import assert_never

from nlops.domain import phrases
from nlops.domain.bots import BackOnline, LogAlert, LogHit, Notice, OfferQr, SuspiciousScan, WentOffline
from nlops.domain.config import BotConfig
from nlops.domain.effects import Effect, GiveFile, Outgoing, Say, ShowQr
from nlops.domain.events import Moment
from nlops.domain.standing import Standing
from nlops.domain.tools import Proposal, ToolCall, ToolResult, canonical_json
from nlops.domain.words import Language, duration

MAX_SAY = 4000  # characters; beyond that a phone is no place to read, and some puppets cut: it goes as a file
DOUBT_CHARS = 60  # of a message that may not have arrived: enough to know it again


def say_notice(notice: Notice, bot: BotConfig | None, contact_id: str, language: Language) -> tuple[Effect, ...]:
    """A notice of the monitor's, for one admin. A loss and a return are heard over any budget, as the codes are."""
    match notice:
        case OfferQr():
            caption = phrases.OFFER_QR.say(language, bot=notice.bot, nth=notice.nth)
            return (ShowQr(contact_id, notice.bot, notice.payload, caption),)
        case BackOnline():
            return _say_back(notice, bot, contact_id, language)
        case WentOffline():
            return (Say(contact_id, phrases.WENT_OFFLINE.say(language, bot=notice.bot), "rescue"),)
        case SuspiciousScan():
            return (Say(contact_id, _say_suspicious(notice, language), "notice"),)
        case LogAlert():
            return (Say(contact_id, _say_alert(notice, language)[:MAX_SAY], "notice"),)
        case _:
            assert_never(notice)


def _say_back(notice: BackOnline, bot: BotConfig | None, contact_id: str, language: Language) -> tuple[Effect, ...]:
    if notice.after_s is None:
        texts = [phrases.BACK_UNSEEN.say(language, bot=notice.bot)]
    else:
        texts = [phrases.BACK.say(language, bot=notice.bot, duration=duration(notice.after_s))]
    if bot and bot.account and notice.account and notice.account != bot.account:
        fields = {"bot": notice.bot, "account": notice.account, "expected": bot.account}
        texts.append(phrases.WRONG_ACCOUNT.say(language, **fields))
    if bot and bot.login_test:
        texts.append(bot.login_test)
    return tuple(Say(contact_id, text, "rescue") for text in texts)


def _say_suspicious(notice: SuspiciousScan, language: Language) -> str:
    if notice.again:
        return phrases.SUSPICIOUS_AGAIN.say(language, bot=notice.bot, line=notice.line, count=notice.count)
    return phrases.SUSPICIOUS.say(language, bot=notice.bot, line=notice.line)


def _say_alert(notice: LogAlert, language: Language) -> str:
    parts = [_say_hit(hit, language) for hit in notice.hits]
    if notice.more:
        parts.append(phrases.ALERT_MORE.say(language, count=notice.more))
    between = "\n\n" if any(hit.before or hit.after for hit in notice.hits) else "\n"
    phrase = phrases.ALERT_AGAIN if notice.again else phrases.ALERT
    return phrase.say(language, bot=notice.bot, alert=notice.alert, text=between.join(parts))


def _say_hit(hit: LogHit, language: Language) -> str:
    """The line with its count, and marked where others stand around it."""
    line = hit.line if hit.count == 1 else phrases.ALERT_TIMES.say(language, line=hit.line, count=hit.count)
    around = hit.before or hit.after
    return "\n".join((*hit.before, f"▸ {line}" if around else line, *hit.after))


def show_call(call: ToolCall) -> str:
    """A call with its exact arguments, untruncated: `tail_logs  bot = alice, lines = 20`."""
    arguments = ", ".join(f"{name} = {_show_value(value)}" for name, value in call.arguments.items())
    return f"{call.tool}  {arguments}".rstrip()


def _show_value(value: object) -> str:
    # Words as they are, anything that could be mistaken (spaces, commas, numbers in strings) as JSON.
    return value if isinstance(value, str) and value.isidentifier() else canonical_json(value)


def say_not_kept(left: Sequence[str], language: Language) -> str:
    """Pieces of a message that no call takes."""
    quoted = tuple(phrases.QUOTED.of(text=piece) for piece in left)
    return phrases.NOT_KEPT.say(language, pieces=quoted)


def say_proposal(proposal: Proposal, ttl_s: float, language: Language, left: Sequence[str] = ()) -> str:
    """What would run, what of the message would not be kept (`left`), how to say yes, and what is demanded then."""
    calls = "\n".join(f"{at}. {show_call(call)}" for at, call in enumerate(proposal.calls, 1))
    if left:
        calls = f"{calls}\n{say_not_kept(left, language)}"
    text = phrases.PROPOSE.say(language, calls=calls, code=proposal.code, seconds=round(ttl_s))
    if not proposal.auth:
        return text
    what = phrases.say_factors(proposal.auth, language)
    return f"{text}\n{phrases.ALSO_NEEDED.say(language, what=what)}"


def say_results(
    calls: Sequence[ToolCall],
    results: Sequence[ToolResult],
    contact_id: str,
    conversation_id: str,
    language: Language,
) -> tuple[Effect, ...]:
    """What each call gave, in order, and what was left out after a failure. In a room only words are said: pictures of
    codes and files go to the direct chat of who asked, and the room hears that they did."""
    effects = [
        effect
        for call, result in zip(calls, results, strict=False)
        for effect in _say_result(call, result, contact_id, conversation_id, language)
    ]
    left = calls[len(results) :]
    if left:
        shown = "\n".join(f"{nth}. {show_call(call)}" for nth, call in enumerate(left, len(results) + 1))
        effects.append(Say(conversation_id, phrases.STOPPED.say(language, count=len(left), calls=shown)))
    if conversation_id != contact_id and any(isinstance(effect, ShowQr | GiveFile) for effect in effects):
        effects.append(Say(conversation_id, phrases.SENT_DIRECTLY.say(language)))
    return tuple(effects)


def _say_result(
    call: ToolCall, result: ToolResult, contact_id: str, conversation_id: str, language: Language
) -> list[Effect]:
    arguments: Mapping[str, object] = call.arguments
    if not result.ok:
        return [Say(conversation_id, phrases.RUN_FAILED.say(language, tool=show_call(call), text=result.text))]
    if result.qr is not None:
        return [ShowQr(contact_id, str(arguments.get("bot", "")), result.qr, result.text)]
    effects: list[Effect] = []
    if result.file is not None:
        effects.append(GiveFile(contact_id, *result.file))
    if len(result.text) > MAX_SAY:
        head, _, _ = result.text.partition("\n")
        effects.append(GiveFile(contact_id, f"{call.tool}.txt", result.text.encode()))
        effects.append(Say(contact_id, head[:MAX_SAY]))
    elif result.text or result.file is None:
        text = result.text or phrases.EMPTY_OUTPUT.say(language, tool=show_call(call))
        effects.append(Say(conversation_id, text))
    return effects


def say_standing(standing: Standing, conversation_id: str, language: Language, now: Moment) -> tuple[Say, ...]:
    """What is stopped, and who is muted until when; nothing where all is as ever."""
    lines = []
    if standing.stopped is not None:
        lines.append(phrases.STATUS_STOPPED.say(language, admin=standing.stopped.by))
    for bot, muting in standing.mutes.items():
        lines.append(phrases.STATUS_MUTED.say(language, bot=bot, until=show_time(muting.until, now)))
    return (Say(conversation_id, "\n".join(lines)),) if lines else ()


def show_time(wall: float, now: Moment) -> str:
    """A time of day on the local clock: 04:00."""
    hours, minutes = divmod(int((wall + now.offset_s) // 60) % 1440, 60)
    return f"{hours:02}:{minutes:02}"


def say_doubtful(effect: Outgoing, language: Language) -> Say:
    """That nobody knows whether a message arrived, with how it begins."""
    match effect:
        case Say(conversation_id, text):
            begin = " ".join(text.split())
            what = begin if len(begin) <= DOUBT_CHARS else f"{begin[:DOUBT_CHARS]}…"
            said = phrases.DOUBTFUL.say(language, what=what)
        case ShowQr(conversation_id, bot):
            said = phrases.DOUBTFUL_QR.say(language, bot=bot)
        case GiveFile(conversation_id, name):
            said = phrases.DOUBTFUL.say(language, what=name)
        case _:
            assert_never(effect)
    return Say(conversation_id, said, "notice", is_doubt=True)
