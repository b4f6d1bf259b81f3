"""The audit's way: `audit`, asked in chat by bot or by person, answered in plain words, page by page.

    audit · audit bob · audit lan 20 · audit me · audit more      审计 · 审计 bob · 审计 我 · 审计 更多

The answer goes into the direct chat of who asked: it holds what others said. Its last line is a checkpoint: in that
chat it lies outside of the reach of whoever has the host.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from nlops.domain import audit_phrases, phrases
from nlops.domain.audit import AuditEntry, AuditPage, AuditQuery
from nlops.domain.effects import ReadAudit, Say
from nlops.domain.events import AuditRead, AuditTampered
from nlops.domain.tools import ToolCall
from nlops.domain.words import Language
from nlops.engine.state import Asker, Setup, State, Step
from nlops.engine.telling import tell_all
from nlops.gate.escape import escape
from nlops.replies import show_call

MOST = 30  # records in one message: a phone's screen or three
LINE_CHARS, WORDS_CHARS = 120, 60
_MORE = frozenset({"more", "next", "更多", "下一页"})
_ME = frozenset({"me", "mine", "my", "我", "我的"})
_SAID = ("reason", "factor", "bot", "minutes", "seen", "name", "server", "change")  # details that phrases name
_COUNT = re.compile(r"([1-9]\d{0,3})\s*(?:条|records?)?")


def read_query(setup: Setup, state: State, asker: Asker, words: str) -> AuditQuery | str | None:
    """What stands behind `audit` (folded): a query, a word that is nobody's name, or None where it is a sentence."""
    query = AuditQuery()
    parts = words.split()
    if len(parts) == 1 and parts[0] in _MORE:
        return state.audit_pages.get(asker.admin, query)
    for part in parts:
        found = _narrowed(setup, query, asker, part)
        if found is None:
            return part if len(parts) <= 2 and part.isascii() else None
        query = found
    return query


def _narrowed(setup: Setup, query: AuditQuery, asker: Asker, part: str) -> AuditQuery | None:
    if count := _COUNT.fullmatch(part):
        return replace(query, count=min(MOST, int(count[1])))
    if part in _ME:
        return replace(query, admin=asker.admin)
    config = setup.config
    bot = next((one.name for one in config.bots if part in map(str.casefold, one.called().all())), None)
    if bot is not None:
        return replace(query, bot=bot)
    admin = next((one.name for one in config.admins if one.name.casefold() == part), None)
    return replace(query, admin=admin) if admin is not None else None


def on_query(state: State, asker: Asker, query: AuditQuery) -> Step:
    """Ask the store."""
    audits = {**state.audits, state.next_id: (asker, query)}
    return replace(state, audits=audits, next_id=state.next_id + 1), (ReadAudit(state.next_id, query),)


def on_event(setup: Setup, state: State, event: AuditRead | AuditTampered) -> Step:
    """The audit's own news."""
    return on_read(state, event) if isinstance(event, AuditRead) else on_tampered(setup, state, event)


def on_tampered(setup: Setup, state: State, event: AuditTampered) -> Step:
    """Every admin hears it."""
    return state, tell_all(setup, state, audit_phrases.TAMPERED.of(reason=event.reason))


def on_read(state: State, event: AuditRead) -> Step:
    """What the store found, said."""
    entry = state.audits.get(event.question_id)
    if entry is None:
        return state, ()
    asker, query = entry
    page = event.page
    last = page.entries[-1].seq if page.entries else query.before
    pages = {**state.audit_pages, asker.admin: replace(query, before=last)}
    audits = {key: value for key, value in state.audits.items() if key != event.question_id}
    said = [Say(asker.contact_id, say_page(page, query, asker.language))]
    if asker.conversation_id != asker.contact_id:
        said.append(Say(asker.conversation_id, phrases.SENT_DIRECTLY.say(asker.language)))
    return replace(state, audits=audits, audit_pages=pages), tuple(said)


def say_page(page: AuditPage, query: AuditQuery, language: Language) -> str:
    """A page as a message."""
    if page.fault:
        return audit_phrases.UNREAD.say(language, reason=page.fault)
    if not page.entries:
        return (audit_phrases.END if query.before else audit_phrases.NONE).say(language)
    about = "、".join(filter(None, (query.bot, query.admin))) or audit_phrases.ALL.say(language)
    lines = [audit_phrases.HEAD.say(language, about=about)]
    lines += [_line(entry, language) for entry in page.entries]
    if page.older:
        lines.append(audit_phrases.MORE.say(language))
    lines.append(audit_phrases.CHECKPOINT.say(language, checkpoint=page.checkpoint))
    return "\n".join(lines)


def _line(entry: AuditEntry, language: Language) -> str:
    """One record: `#231 11-26 09:14 wei …`. What people typed stays in its line."""
    text = escape(f"#{entry.seq} {entry.when} {_say_entry(entry, language)}")
    return text if len(text) <= LINE_CHARS else f"{text[: LINE_CHARS - 1]}…"


def _say_entry(entry: AuditEntry, language: Language) -> str:
    details = entry.details
    words = _short(str(details.get("words", "")))
    fields = {
        "who": entry.admin or "nlops",
        "calls": _calls(details.get("calls")) or "—",
        "code": f" [{details['code']}]" if details.get("code") else "",
        "words": words,
        "contact": entry.contact_id,
        **{name: _short(str(details.get(name, "—"))) for name in _SAID},
    }
    if "rescue" in details:
        bots = details.get("bots")
        phrase = audit_phrases.RESCUE_ON if details["rescue"] else audit_phrases.RESCUE_OFF
        return phrase.say(language, **fields, bots=", ".join(map(str, bots)) if isinstance(bots, list) else "")
    if entry.kind == "ran":
        return audit_phrases.RAN.say(language, **fields, outcome=_outcome(details.get("results"), language))
    if entry.kind in audit_phrases.KINDS:
        return audit_phrases.KINDS[entry.kind].say(language, **fields)
    return audit_phrases.OTHER.say(language, **fields, kind=entry.kind)


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= WORDS_CHARS else f"{words[: WORDS_CHARS - 1]}…"


def _calls(calls: object) -> str:
    """`restart bot = bob; qr bot = bob`."""
    given = calls if isinstance(calls, list) else []
    return "; ".join(
        " ".join(show_call(ToolCall(str(call.get("tool")), call.get("arguments") or {})).split())
        for call in given
        if isinstance(call, Mapping) and isinstance(call.get("arguments") or {}, Mapping)
    )


def _outcome(results: object, language: Language) -> str:
    given = [one for one in results if isinstance(one, Mapping)] if isinstance(results, list) else []
    failed = next((one for one in given if not one.get("ok")), None)
    if failed is None:
        return audit_phrases.DONE.say(language)
    if failed.get("exit") is None:
        return audit_phrases.FAILED.say(language)
    return audit_phrases.FAILED_EXIT.say(language, exit=failed["exit"])
