"""Free text to an interpretation, as a conversation with a model that some caller holds: begin, then resume.

    text, and the exchange before → question → reply read strictly → guards → grounded → calls, or a question back
                                       ↑                                                │
                                       └─ of more pages, the same page turned, a part ──┘

Nothing here believes the model: it only ever chooses between what the message says.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from nlops.domain.model import ModelReply, ModelRequest
from nlops.domain.tools import Catalogue, Interpretation, ToolCall
from nlops.domain.words import Language
from nlops.understand import phrases
from nlops.understand.alike import contradict, holds_all_of, joined
from nlops.understand.among import (
    is_worded_otherwise,
    looks_of,
    of_such_ids,
    of_such_texts,
    of_such_words,
    that_show,
)
from nlops.understand.decide import Decision, offer, shown
from nlops.understand.dictated import tidied, without_sounds
from nlops.understand.endorsed import with_endorsed
from nlops.understand.facts import Facts, gather
from nlops.understand.fold import fold
from nlops.understand.moods import read_moods, says_must, takes_back, without_report
from nlops.understand.narrow import holds_an_id_of, is_nearer, pages_for, parts_of, wishes_in
from nlops.understand.parting import Part, is_left_open, is_settled, parts_in
from nlops.understand.prompt import Prompts, make_request
from nlops.understand.reply import Guess, UnreadableReplyError, read_reply
from nlops.understand.second_thoughts import put_right
from nlops.understand.small import read_small
from nlops.understand.talk import Exchange, earlier_calls, latest_bots, read_answer, turns
from nlops.understand.warm_up import turned

__all__ = ["MAX_TEXT_CHARS", "Prompts", "Question", "begin", "do_without", "from_texts", "resume"]

# A wish of a person is a few sentences; what is longer is pasted text, and would cost seconds of reading.
MAX_TEXT_CHARS = 1000
# Where "no tool does it" leaves "now" at least so probable, the model is asked once more, what it would then be; and
# believed where it is so sure of the whole call.
MAYBE_NOW = 0.3
SURE_OF_SECOND = 0.85
# A model of this size leans on where a tool stands. Calls that it is less sure of than this are read once more, over
# the same tools in the opposite order; what that says otherwise is taken from so sure on. Of 1,190 messages of 13 sets
# 1,074 are then right and 14 changes are proposed that nobody asked for, in place of 1,068 and 18.
SURE_OF_CALLS = 0.4
SURE_OF_TURNED = 0.75
SURE_OF_SHOWN = 0.5  # a look that answers a question which first no tool could answer
_NOTIFIES = re.compile(r"\b(?:notif|alert|remind|subscri|announc|alarm)|通知|提醒|告警|报警|订阅")
_SHORTEST_WISH = 8  # characters


def from_texts(files: Mapping[str, str], *, with_turns: bool = True) -> Prompts:
    """The prompts of a folder's files, by name. Raises ConfigError."""
    return Prompts.from_texts(files, with_turns=with_turns)


# A page is asked about twice at most: the second time about the part of the message that is not forbidden, among the
# tools that take such an id, have such a keyword or only look, for a call in any case, or in the opposite order.
Second = Literal["part", "ids", "words", "looks", "shows", "call", "turned"]


@dataclass(frozen=True)
class Question:
    """A question for the model, and what is needed to go on with its answer.

    `pages` are the parts of the catalogue that are still to be asked about, the one asked about first; `second` says
    that it is asked about once more, and how. `kept` is what an earlier answer gave, and stands if no further one knows
    better: one whose tool takes such an id as the message has, then one whose calls are more probable. Of a message
    with wishes over several pages, `waiting` are those that come after this one, and `done` the calls of those before.
    Of one that is read part by part `whole` is what the whole was taken to mean, and stands where the parts know no
    better; `is_apart` says that nothing of the part before holds for this one.
    """

    request: ModelRequest
    text: str
    facts: Facts
    pages: tuple[Catalogue, ...]
    catalogue: Catalogue
    prompts: Prompts
    language: Language
    exchanges: tuple[Exchange, ...] = ()
    second: Second | None = None
    kept: tuple[Interpretation, tuple[bool, float]] | None = None
    waiting: tuple[Part, ...] = ()
    done: tuple[ToolCall, ...] = ()
    whole: Interpretation | None = None
    is_apart: bool = True


def begin(
    text: str, catalogue: Catalogue, prompts: Prompts, language: Language, exchanges: Sequence[Exchange] = ()
) -> Question | Interpretation:
    """What to ask the model about `text`; an interpretation where no model is needed. `exchanges` are those before it
    that are still fresh."""
    if len(text) > MAX_TEXT_CHARS:
        return Interpretation(reply=phrases.TOO_LONG.say(language))
    answer = read_answer(text, exchanges, catalogue, language) or read_small(text, exchanges, catalogue, language)
    if answer is not None:
        return answer
    first, *more = _wishes(
        _without_report(with_endorsed(without_sounds(put_right(tidied(text)))), catalogue), catalogue
    )
    wanted = frozenset(call.tool for call in earlier_calls(exchanges))
    waiting = tuple(Part(one, is_apart=True) for one in more)
    return replace(_ask(first, catalogue, prompts, language, exchanges, wanted), waiting=waiting)


def _without_report(text: str, catalogue: Catalogue) -> str:
    """The text without "and tell me when it's done", which nlops does by itself; as it is where a tool tells people."""
    return (
        text
        if any(_NOTIFIES.search(fold(" ".join(parts_of(tool)))) for tool in catalogue.tools)
        else without_report(text)
    )


def _wishes(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """A condition, or what is forbidden or quoted, may hold for the whole: then it is not parted."""
    parts = wishes_in(text, catalogue)
    if len(parts) == 1:
        return parts
    reading = read_moods(fold(text), frozenset())
    return (text,) if reading.condition or reading.forbidden or reading.quotes else parts


def _ask(
    text: str,
    catalogue: Catalogue,
    prompts: Prompts,
    language: Language,
    exchanges: Sequence[Exchange],
    wanted: frozenset[str] = frozenset(),
    beside: Sequence[ToolCall] = (),
) -> Question:
    names = frozenset(fold(alias) for bot in catalogue.bots for alias in bot.all())
    facts = gather(
        read_moods(fold(text), names), catalogue, earlier_calls(exchanges), beside, latest_bots(exchanges, catalogue)
    )
    facts = replace(facts, texts=tuple(fold(one.text) for one in reversed(exchanges)))
    pages = pages_for(text, catalogue, wanted)
    request = _request(text, pages[0], prompts, exchanges)
    return Question(request, text, facts, pages, catalogue, prompts, language, tuple(exchanges))


def resume(question: Question, reply: ModelReply) -> Question | Interpretation:
    """What the reply means; the next question, where none of the page's tools does what is asked, or more is asked."""
    meant = _understood(question, reply)
    if isinstance(meant, Question):
        return meant
    if question.whole is not None:
        return _parted(question, meant, question.whole)
    if not (question.waiting or question.done):
        parts = parts_in(question.text, question.catalogue)
        if len(parts) == 1 or not is_left_open(question.text, parts, meant, question.catalogue):
            return meant
        return replace(_next(replace(question, waiting=parts), question.exchanges), whole=meant)
    done = (*question.done, *meant.calls)
    if meant.asked is not None:
        return replace(meant, asked=replace(meant.asked, before=(*done, *meant.asked.before)))
    if meant.ask and done:
        not_run = phrases.NOT_RUN.say(question.language, calls=shown(done))
        return replace(meant, reply=f"{meant.reply}\n{not_run}")
    if question.waiting:
        return _next(replace(question, done=done), _with(question, meant))
    return Interpretation(calls=done) if done else meant


def _with(question: Question, meant: Interpretation) -> tuple[Exchange, ...]:
    return (*question.exchanges, Exchange(question.text, meant.calls)) if meant.calls else question.exchanges


def _next(question: Question, before: Sequence[Exchange]) -> Question:
    """The question about the part that waits."""
    first, *more = question.waiting
    following = _ask(first.text, question.catalogue, question.prompts, question.language, before, beside=question.done)
    return replace(following, waiting=tuple(more), done=question.done, whole=question.whole, is_apart=first.is_apart)


def _parted(question: Question, meant: Interpretation, whole: Interpretation) -> Question | Interpretation:
    """The next part; at the last one what all came to, or what the whole was taken to mean, where they do not know
    better."""
    done = (*question.done, *meant.calls)
    is_next_apart = not question.waiting or question.waiting[0].is_apart
    if meant.asked is not None:
        if whole.asked is not None or not done:
            return whole
        return replace(meant, asked=replace(meant.asked, before=(*done, *meant.asked.before)))
    if not meant.calls and not (is_settled(question.facts.reading, meant) and question.is_apart and is_next_apart):
        return whole
    if question.waiting:
        return _next(replace(question, done=done), _with(question, meant))
    return Interpretation(calls=joined(done)) if done and not contradict(done) else whole


def do_without(question: Question) -> Question | Interpretation | None:
    """Where a model gives no answer: what an earlier one of this message comes to, as after an unreadable one. None
    where there is no earlier one."""
    return None if question.kept is None else resume(question, ModelReply(""))


def _understood(question: Question, reply: ModelReply) -> Question | Interpretation:
    """What the reply means of the wish that was asked about."""
    try:
        guess = read_reply(reply, question.pages[0])
    except UnreadableReplyError:
        if question.kept is None:
            return Interpretation(reply=phrases.UNREADABLE.say(question.language))
        return _asked_about(question, question.kept[0]) if question.second == "turned" else question.kept[0]
    if question.second == "turned" and question.kept:
        first, (_, sure) = question.kept
        return _of_both(question, first, sure, guess)
    called = [one.call.tool for one in guess.calls]
    looks = looks_of(question.pages[0], question.facts.reading, called) if question.second is None else None
    if looks is not None:  # "did you restart her?" wants to know how she is
        return _once_more(question, "looks", among=looks)
    left = question.pages[1:]
    if left and guess.none == "impossible":
        return _next_page(question)
    is_nothing = guess.none in ("impossible", "about") or _is_only_asked(question, guess)
    among = that_show(question.pages[0], question.facts.reading) if is_nothing and question.second is None else None
    if among is not None:
        asked = _once_more(question, "shows", must_call=True, among=among)
        return replace(asked, kept=(_decide(question, guess), (False, 0.0)))
    is_ordered = guess.none == "not" and says_must(question.facts.reading.whole)
    is_maybe = guess.none == "impossible" and guess.now >= MAYBE_NOW
    if (is_maybe or is_ordered) and question.second is None:
        return _once_more(question, "call", must_call=True)
    if question.second == "shows" and question.kept is not None:
        shown_by = _decide(question, guess)
        if shown_by.ask:  # "how many points has she left" of a look that has no such word for what to show
            guess = guess.without_options(question.pages[0])
            shown_by = _decide(question, guess)
        is_sure = shown_by.calls and all(one.whole >= SURE_OF_SHOWN for one in guess.calls)
        return shown_by if is_sure else question.kept[0]
    if question.second == "call":
        pressed = replace(guess, sure=1.0)
        guess = pressed if _is_pressed(question, pressed) else Guess(none="impossible")
    if question.second == "part":
        meant = _settled(question, guess)
        # what stands beside "don't lock it" was no wish of its own, where it lacks something
        lacks = isinstance(meant, Interpretation) and meant.ask and not meant.offered
        return _decide(question, Guess(none="not")) if lacks else meant
    rest = question.facts.reading.live
    is_all = takes_back(question.facts.reading.whole)
    if guess.none == "not" and len(rest) >= _SHORTEST_WISH and question.second is None and not is_all:
        # "show me her log but do not restart her": what is not forbidden is asked about by itself
        return _once_more(question, "part", text=rest)
    return _settled(question, guess)


def _is_pressed(question: Question, guess: Guess) -> bool:
    """Whether what a model calls for that had to call for something counts: it is sure, or something of it is said, and
    more must be."""
    meant = _decide(question, guess)
    called = Interpretation(calls=tuple(one.call for one in guess.calls))
    least = SURE_OF_SECOND if _changes(called, question.catalogue) else SURE_OF_SHOWN
    if all(one.whole >= least for one in guess.calls):
        return True
    text = fold(question.text)
    known = meant.asked.known.values() if meant.asked is not None else ()
    return any(not isinstance(one, str) or 2 * len(one) < len(text) for one in known)


def _is_only_asked(question: Question, guess: Guess) -> bool:
    """Whether nothing is left of what a model would change, since the message only asks."""
    meant = _decide(question, guess) if guess.calls else None
    return meant is not None and not (meant.calls or meant.ask)


def _once_more(
    question: Question, how: Second, *, text: str = "", must_call: bool = False, among: Catalogue | None = None
) -> Question:
    request = _request(
        text or question.text,
        question.pages[0],
        question.prompts,
        question.exchanges,
        must_call=must_call,
        among=among,
    )
    return replace(question, request=request, second=how)


def _next_page(question: Question) -> Question:
    left = question.pages[1:]
    request = _request(question.text, left[0], question.prompts, question.exchanges)
    return replace(question, request=request, pages=left, second=None)


def _settled(question: Question, guess: Guess) -> Question | Interpretation:
    """What a guess comes to, or what to ask next: those of this page that take the message's id, the next page, or
    this one turned."""
    meant = _decide(question, guess)
    if question.second == "looks" and not meant.calls:  # nobody wants to be asked what to look at
        meant = _decide(question, Guess(none="impossible"))
    is_for_now = bool(guess.calls) and len(guess.of("now")) == len(guess.calls)
    sure = guess.sure_of(meant.calls, question.catalogue) if meant.calls else 0.0
    called = [one.call.tool for one in guess.calls]
    page = question.pages[0]
    is_fit = any(holds_an_id_of(question.text, tool) for tool in page.tools if tool.name in called)
    kept = question.kept
    if question.second == "ids" and kept and _changes(meant, question.catalogue) and sure < SURE_OF_TURNED:
        return kept[0]  # no other tools were asked: what one of these changes must be sure
    if kept is None or (is_fit, sure) > kept[1]:
        kept = meant, (is_fit, sure)
    question = replace(question, kept=kept)
    is_first = question.second is None
    worded = _of_such_words(question, called) or of_such_texts(page, question.text, called) if is_first else None
    if worded is not None:
        return _once_more(replace(question, kept=None), "words", among=worded)
    fitting = of_such_ids(page, question.text, called) if meant.ask and is_for_now and is_first else None
    if fitting is not None:
        return _once_more(question, "ids", among=fitting)
    if meant.calls and is_first and not is_fit and is_worded_otherwise(page, question.text, called):
        return _asked_about(question, meant)
    if is_for_now and _is_for_next(question, called, is_fit=is_fit):
        return _next_page(question)
    if kept[0] is meant and meant.calls and sure < SURE_OF_CALLS and question.second is None:
        request = _request(question.text, turned(page), question.prompts, question.exchanges)
        return replace(question, request=request, second="turned")
    return kept[0]


def _decide(question: Question, guess: Guess) -> Interpretation:
    return Decision(question.facts, question.catalogue, question.language).of(guess)


def _changes(meant: Interpretation, catalogue: Catalogue) -> bool:
    tools = [catalogue.get(call.tool) for call in meant.calls]
    return any(tool is None or tool.policy.risk != "read" for tool in tools)


def _of_both(question: Question, first: Interpretation, first_sure: float, guess: Guess) -> Interpretation:
    """What two readings come to: what both say, or what the second is sure of; of two looks the surer one. Any other
    change is asked about."""
    second = _decide(question, guess)
    sure = guess.sure_of(second.calls, question.catalogue)
    if second.calls == first.calls or _of_such_words(question, [one.call.tool for one in guess.calls]) is not None:
        return first
    for one, other in ((first, second), (second, first)):  # an option that one leaves open is no other call
        is_own = not question.exchanges or _changes(one, question.catalogue)  # a look takes much from the talk
        if one.calls and is_own and holds_all_of(one.calls, other.calls):
            return one
    if second.calls and sure >= SURE_OF_TURNED:
        return second
    if not _changes(first, question.catalogue) and not _changes(second, question.catalogue):
        return second if sure > first_sure and not (second.ask and first.calls) else first
    return second if second.ask else _asked_about(question, first)


def _asked_about(question: Question, meant: Interpretation) -> Interpretation:
    """A change as a question; what changes nothing stands."""
    if not _changes(meant, question.catalogue):
        return meant
    return offer(phrases.DO_YOU_MEAN, meant.calls, question.language)


def _of_such_words(question: Question, called: Sequence[str]) -> Catalogue | None:
    return of_such_words(question.pages[0], question.text, called, earlier_calls(question.exchanges))


def _is_for_next(question: Question, called: Sequence[str], *, is_fit: bool) -> bool:
    """Whether there is a next page, and it is asked as well: by whose tools take the message's id, and where that tells
    nothing, by which tools lie nearer. What the first page's answer lacks is no reason: it is the right page in 97 of
    100."""
    if len(question.pages) == 1:
        return False
    page = question.pages[1]
    fits_there = any(holds_an_id_of(question.text, tool) for tool in page.tools)
    if fits_there != is_fit:
        return fits_there
    return is_nearer(question.text, page, called, question.catalogue)


def _request(
    text: str,
    page: Catalogue,
    prompts: Prompts,
    exchanges: Sequence[Exchange],
    *,
    must_call: bool = False,
    among: Catalogue | None = None,
) -> ModelRequest:
    return make_request(text, page, prompts, turns(exchanges, page), must_call=must_call, among=among)
