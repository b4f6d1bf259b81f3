"""Free text to an interpretation, as a conversation with a model that some caller holds: begin, then resume.

    text, and the exchange before → question → reply read strictly → guards → grounded → calls, or a question back

Nothing here believes the model: it only ever chooses between what the message says.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from nlops.domain.model import ModelReply, ModelRequest
from nlops.domain.tools import Catalogue, Interpretation, ToolCall, ToolSpec
from nlops.domain.words import Language, Phrase
from nlops.understand import phrases
from nlops.understand.fold import fold
from nlops.understand.ground import Facts, gather, ground_calls
from nlops.understand.guards import is_about_a_time, is_excluded, is_later, is_only_asked
from nlops.understand.moods import Reading, read_moods
from nlops.understand.narrow import holds_an_id_of, is_nearer, pages_for, wishes_in
from nlops.understand.prompt import Prompts, make_request
from nlops.understand.questions import ask_about
from nlops.understand.reply import Guess, Proposed, UnreadableReplyError, read_reply
from nlops.understand.talk import Exchange, earlier_calls, read_answer, turns

__all__ = ["MAX_TEXT_CHARS", "Prompts", "Question", "begin", "from_texts", "resume", "warm_up_requests"]

# A wish of a person is a few sentences; what is longer is pasted text, and would cost seconds of reading.
MAX_TEXT_CHARS = 1000
# Below this probability of "now", a change is asked back: the model wavers between doing and not doing.
SURE_OF_CHANGE = 0.55
# Tools named in a reply that says what is possible; more than that is no help in a chat.
_SHOWN_TOOLS = 12
# Where "no tool does it" leaves "now" at least so probable, the model is asked once more, what it would then be; and
# believed where it is so sure of the whole call.
MAYBE_NOW = 0.3
SURE_OF_SECOND = 0.85
_SHORTEST_WISH = 8  # characters


def from_texts(files: Mapping[str, str], *, with_turns: bool = True) -> Prompts:
    """The prompts of a folder's files, by name. Raises ConfigError."""
    return Prompts.from_texts(files, with_turns=with_turns)


@dataclass(frozen=True)
class Question:
    """A question for the model, and what is needed to go on with its answer.

    `pages` are the parts of the catalogue that are still to be asked about, the one asked about first. `parted`,
    `fitted`, `pressed`: it is a second question, about a part of the message, among the tools that take such ids, or
    for a call in any case. `kept` is what an earlier answer gave, and stands if no further one knows better: one whose
    tool takes such an id as the message has, then one whose calls are more probable. Of a message with wishes over
    several pages, `waiting` are those that come after this one, and `done` the calls of those before.
    """

    request: ModelRequest
    text: str
    facts: Facts
    pages: tuple[Catalogue, ...]
    catalogue: Catalogue
    prompts: Prompts
    language: Language
    exchanges: tuple[Exchange, ...] = ()
    parted: bool = False
    fitted: bool = False
    pressed: bool = False
    kept: tuple[Interpretation, tuple[bool, float]] | None = None
    waiting: tuple[str, ...] = ()
    done: tuple[ToolCall, ...] = ()


def begin(
    text: str, catalogue: Catalogue, prompts: Prompts, language: Language, exchanges: Sequence[Exchange] = ()
) -> Question | Interpretation:
    """What to ask the model about `text`; an interpretation where no model is needed. `exchanges` are those before it
    that are still fresh."""
    if len(text) > MAX_TEXT_CHARS:
        return Interpretation(reply=phrases.TOO_LONG.say(language))
    if not any(char.isalnum() for char in text):
        return Interpretation(reply=phrases.HELLO.say(language))
    answer = read_answer(text, exchanges, catalogue)
    if answer is not None:
        return answer
    first, *more = _wishes(text, catalogue)
    wanted = frozenset(call.tool for call in earlier_calls(exchanges))
    return replace(_ask(first, catalogue, prompts, language, exchanges, wanted), waiting=tuple(more))


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
    facts = gather(read_moods(fold(text), names), catalogue, earlier_calls(exchanges), beside)
    pages = pages_for(text, catalogue, wanted)
    request = _request(text, pages[0], prompts, exchanges)
    return Question(request, text, facts, pages, catalogue, prompts, language, tuple(exchanges))


def resume(question: Question, reply: ModelReply) -> Question | Interpretation:
    """What the reply means; the next question, where none of the page's tools does what is asked, or more is asked."""
    meant = _understood(question, reply)
    if isinstance(meant, Question) or not (question.waiting or question.done):
        return meant
    done = (*question.done, *meant.calls)
    if meant.asked is not None:
        return replace(meant, asked=replace(meant.asked, before=(*done, *meant.asked.before)))
    if meant.ask and done:
        not_run = phrases.NOT_RUN.say(question.language, calls=", ".join(map(_shown, done)))
        return replace(meant, reply=f"{meant.reply}\n{not_run}")
    if question.waiting:
        first, *more = question.waiting
        before = (*question.exchanges, Exchange(question.text, meant.calls)) if meant.calls else question.exchanges
        following = _ask(first, question.catalogue, question.prompts, question.language, before, beside=done)
        return replace(following, waiting=tuple(more), done=done)
    return Interpretation(calls=done) if done else meant


def _understood(question: Question, reply: ModelReply) -> Question | Interpretation:
    """What the reply means of the wish that was asked about."""
    try:
        guess = read_reply(reply, question.pages[0])
    except UnreadableReplyError:
        unreadable = Interpretation(reply=phrases.UNREADABLE.say(question.language))
        return question.kept[0] if question.kept else unreadable
    left = question.pages[1:]
    if left and guess.none == "impossible":
        request = _request(question.text, left[0], question.prompts, question.exchanges)
        return replace(question, request=request, pages=left, fitted=False)
    if guess.none == "impossible" and guess.now >= MAYBE_NOW and not question.pressed:
        request = _request(question.text, question.pages[0], question.prompts, question.exchanges, must_call=True)
        return replace(question, request=request, pressed=True)
    if question.pressed:
        is_sure = all(one.whole >= SURE_OF_SECOND for one in guess.calls)
        guess = replace(guess, sure=1.0) if is_sure else Guess(none="impossible")
    rest = question.facts.reading.live
    if guess.none == "not" and len(rest) >= _SHORTEST_WISH and not question.parted:
        # "show me her log but do not restart her": what is not forbidden is asked about by itself
        request = _request(rest, question.pages[0], question.prompts, question.exchanges)
        return replace(question, request=request, parted=True)
    return _settled(question, guess, left)


def _settled(question: Question, guess: Guess, left: tuple[Catalogue, ...]) -> Question | Interpretation:
    """What a guess comes to, or what to ask next: those of this page that take the message's id, or the next."""
    meant = _Decision(question.facts, question.catalogue, question.language).of(guess)
    is_for_now = bool(guess.calls) and len(guess.of("now")) == len(guess.calls)
    sure = min(one.whole for one in guess.calls) if meant.calls else 0.0
    called = [one.call.tool for one in guess.calls]
    is_fit = any(holds_an_id_of(question.text, tool) for tool in question.pages[0].tools if tool.name in called)
    kept = question.kept
    if kept is None or (is_fit, sure) > kept[1]:
        kept = meant, (is_fit, sure)
    fitting = _of_such_ids(question, called) if meant.ask and is_for_now and not question.fitted else None
    if fitting is not None:
        request = _request(question.text, question.pages[0], question.prompts, question.exchanges, among=fitting)
        return replace(question, request=request, fitted=True, kept=kept)
    if left and is_for_now and _is_for_next(question, meant, called, left[0], is_fit=is_fit):
        request = _request(question.text, left[0], question.prompts, question.exchanges)
        return replace(question, request=request, pages=left, kept=kept, fitted=False)
    return kept[0]


def _of_such_ids(question: Question, called: Sequence[str]) -> Catalogue | None:
    """The tools of the page that take such an id as the message has, where none of those called does."""
    page = question.pages[0]
    fitting = tuple(tool for tool in page.tools if holds_an_id_of(question.text, tool))
    is_misfit = fitting and not {tool.name for tool in fitting} & set(called)
    return Catalogue(fitting, page.bots) if is_misfit else None


def _is_for_next(
    question: Question, meant: Interpretation, called: Sequence[str], page: Catalogue, *, is_fit: bool
) -> bool:
    """Whether the next page is asked as well: by whose tools take the message's id, and where that tells nothing, by
    what is lacking, or by which tools lie nearer."""
    fits_there = any(holds_an_id_of(question.text, tool) for tool in page.tools)
    if fits_there != is_fit:
        return fits_there
    return meant.ask or is_nearer(question.text, page, called, question.catalogue)


def warm_up_requests(catalogue: Catalogue, prompts: Prompts) -> tuple[ModelRequest, ...]:
    """Questions whose only use is that the model has read the prefixes of all later ones."""
    pages = pages_for("", catalogue, frozenset(), every=True)
    return tuple(replace(make_request("hello", page, prompts), max_tokens=4) for page in pages)


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


@dataclass(frozen=True)
class _Decision:
    """The way from a guess to an interpretation, for one message."""

    facts: Facts
    catalogue: Catalogue
    language: Language

    @property
    def reading(self) -> Reading:
        return self.facts.reading

    def of(self, guess: Guess) -> Interpretation:
        timed = [one for one in guess.of("at") if self._is_about_a_time(one)]
        kept = [one for one in (*guess.of("now"), *timed) if not self._is_excluded(one)]
        calls, lacks = ground_calls(kept, self.facts, self.catalogue)
        later = [one for one in (*guess.of("if"), *guess.of("at")) if one not in timed]
        is_unsure = guess.sure < SURE_OF_CHANGE and bool(guess.of("now"))
        wavers = is_unsure and any(self._changes(one.call.tool) for one in kept)
        if later or self._is_for_later(kept, guess):
            return self._later((*kept, *later), calls)
        if wavers and not lacks:
            return self._say(phrases.DO_YOU_MEAN, ask=True, calls=self._shown(calls))
        if lacks:
            return ask_about(lacks[0], self.language, calls)
        if calls:
            return Interpretation(calls=calls)
        return self._without_calls(guess.none or ("impossible" if guess.calls else "unclear"))

    def _is_excluded(self, one: Proposed) -> bool:
        tool = self.catalogue.get(one.call.tool)
        return tool is None or is_excluded(one, tool, self.facts) or is_only_asked(one, tool, self.facts)

    def _is_about_a_time(self, one: Proposed) -> bool:
        tool = self.catalogue.get(one.call.tool)
        return tool is not None and is_about_a_time(one, tool)

    def _is_for_later(self, kept: Sequence[Proposed], guess: Guess) -> bool:
        """Whether the words speak of a condition or a time although the model heard none: a change is asked back."""
        named = [(one, tool) for one in kept if (tool := self.catalogue.get(one.call.tool)) is not None]
        return any(is_later(one, tool, self.facts, guess.sure) for one, tool in named if tool.policy.risk != "read")

    def _changes(self, name: str) -> bool:
        tool = self.catalogue.get(name)
        return tool is None or tool.policy.risk != "read"

    def _later(self, proposed: Sequence[Proposed], calls: Sequence[ToolCall]) -> Interpretation:
        """Not for now: told what it would be now. What only looks is done at once where nothing else was asked."""
        if calls and all(not self._changes(one.call.tool) for one in proposed) and not self.reading.time:
            return Interpretation(calls=tuple(calls))
        made, _ = ground_calls(proposed, self.facts, self.catalogue)
        shown = self._shown(made) or self._shown([one.call for one in proposed])
        return self._say(phrases.NOT_NOW, ask=True, calls=shown)

    def _without_calls(self, none: str) -> Interpretation:
        if none == "unclear":
            return self._say(phrases.UNCLEAR, ask=True, tools=self._tools())
        if none == "not":
            return self._say(phrases.NOTHING_DONE)
        if none == "chat":
            return self._say(phrases.HELLO)
        return self._say(phrases.EXPLAIN if none == "about" else phrases.CAN_DO, tools=self._tools())

    def _say(self, phrase: Phrase, *, ask: bool = False, **fields: object) -> Interpretation:
        return Interpretation(ask=ask, reply=phrase.say(self.language, **fields))

    def _shown(self, calls: Sequence[ToolCall]) -> str:
        return ", ".join(_shown(call) for call in calls)

    def _tools(self) -> str:
        titles = [_title(tool) for tool in self.catalogue.tools]
        more = ["…"] if len(titles) > _SHOWN_TOOLS else []
        return ("；" if self.language == "zh" else "; ").join([*titles[:_SHOWN_TOOLS], *more])


def _title(tool: ToolSpec) -> str:
    return re.sub(r"\s+", " ", tool.title)


def _shown(call: ToolCall) -> str:
    return f"{call.tool}({', '.join(f'{name}={value}' for name, value in call.arguments.items())})"
