"""Free text to an interpretation, as a conversation with a model that some caller holds: begin, then resume.

    text → moods taken apart → question → reply read strictly → guards → grounded → validated → calls, or a question

Nothing here believes the model: it only ever chooses between what the message says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from nlops.domain.model import ModelReply, ModelRequest
from nlops.domain.tools import Catalogue, Interpretation, ToolCall, ToolSpec
from nlops.domain.words import Language, Phrase
from nlops.understand import phrases
from nlops.understand.fold import fold
from nlops.understand.ground import Facts, Lack, gather_parts, ground_calls, says_all, says_bots
from nlops.understand.guards import has_evidence, is_foreign, is_not_an_order, is_unfounded, settle
from nlops.understand.moods import Reading, is_question, read_moods
from nlops.understand.prompt import Prompts, make_request
from nlops.understand.reply import Guess, UnreadableReplyError, read_reply

__all__ = ["MAX_TEXT_CHARS", "Prompts", "Question", "begin", "from_texts", "resume", "warm_up_request"]

# A wish of a person is a few sentences; what is longer is pasted text, and would cost seconds of reading.
MAX_TEXT_CHARS = 1000


def from_texts(files: Mapping[str, str]) -> Prompts:
    """The prompts of a folder's files, by name. Raises ConfigError."""
    return Prompts.from_texts(files)


@dataclass(frozen=True)
class Question:
    """A question for the model, and what is needed to go on with its answer; one for each request in a text."""

    request: ModelRequest
    reading: Reading
    parts: tuple[Facts, ...]
    guesses: tuple[Guess, ...]
    catalogue: Catalogue
    prompts: Prompts
    language: Language


def begin(text: str, catalogue: Catalogue, prompts: Prompts, language: Language) -> Question | Interpretation:
    """What to ask the model about `text`; an interpretation where no model is needed."""
    if len(text) > MAX_TEXT_CHARS:
        return Interpretation(reply=phrases.TOO_LONG.say(language))
    names = frozenset(fold(alias) for bot in catalogue.bots for alias in bot.all())
    reading = read_moods(fold(text), names)
    if not any(char.isalnum() for char in reading.live):
        return Interpretation(reply=(phrases.NOTHING_DONE if reading.forbidden else phrases.HELLO).say(language))
    parts = gather_parts(reading, catalogue)
    request = make_request(parts[0].reading.live, catalogue, prompts)
    return Question(request, reading, parts, (), catalogue, prompts, language)


def resume(question: Question, reply: ModelReply) -> Question | Interpretation:
    """The next question, as long as there are parts; then what all the replies mean."""
    try:
        guesses = (*question.guesses, read_reply(reply, question.catalogue))
    except UnreadableReplyError:
        return Interpretation(reply=phrases.UNREADABLE.say(question.language))
    if len(guesses) < len(question.parts):
        text = question.parts[len(guesses)].reading.live
        return replace(question, request=make_request(text, question.catalogue, question.prompts), guesses=guesses)
    return _Decision(question.reading, question.catalogue, question.language).of(question.parts, guesses)


def warm_up_request(catalogue: Catalogue, prompts: Prompts) -> ModelRequest:
    """A question whose only use is that the model has read the prefix of all later ones."""
    return replace(make_request("hello", catalogue, prompts), max_tokens=4)


@dataclass(frozen=True)
class _Decision:
    """The way from guesses to an interpretation, for one message."""

    reading: Reading
    catalogue: Catalogue
    language: Language

    def of(self, parts: tuple[Facts, ...], guesses: tuple[Guess, ...]) -> Interpretation:
        calls: list[ToolCall] = []
        lacks: list[Lack] = []
        whys: list[str] = []
        for facts, guess in zip(parts, guesses, strict=True):
            kept, why = self._kept(facts, guess)
            made, missing = ground_calls(kept, facts, self.catalogue)
            calls += [call for call in made if call not in calls]
            lacks += missing
            whys.append(why)
        if not calls and not lacks:
            return self._without_calls(whys)
        if self.reading.time or (self.reading.condition and self._any_change(calls, lacks)):
            return self._later(calls)
        return self._ask(lacks[0]) if lacks else Interpretation(calls=tuple(calls))

    def _kept(self, facts: Facts, guess: Guess) -> tuple[list[ToolCall], str]:
        """The calls of a guess that no guard takes out, and the word for why there is none."""
        kept: list[ToolCall] = []
        why = guess.none or "impossible"
        for call in guess.calls:
            settled = settle(call, facts.reading, self.catalogue)
            tool = self.catalogue.get(settled.tool) if settled else None
            if settled is None or tool is None:
                why = "unclear"
            elif not is_foreign(tool, facts.reading) and not is_unfounded(tool, self.reading, facts.names):
                if is_not_an_order(tool, facts.reading):
                    why = "about"
                elif self._is_guessed(tool, facts):
                    why = "unclear"
                else:
                    kept.append(settled)
        return kept, why

    def _is_guessed(self, tool: ToolSpec, facts: Facts) -> bool:
        """Whether nothing in the message points at the tool: enough to ask back for a change, and for a look at nothing
        in particular."""
        text = facts.reading.live
        if tool.policy.risk == "read" and (facts.names or says_bots(text) or (says_all(facts) and is_question(text))):
            return False
        return not has_evidence(tool, text, self.catalogue)

    def _any_change(self, calls: list[ToolCall], lacks: list[Lack]) -> bool:
        return any(
            self._changes(name) for name in (*(call.tool for call in calls), *(lack.tool.name for lack in lacks))
        )

    def _changes(self, name: str) -> bool:
        tool = self.catalogue.get(name)
        return tool is None or tool.policy.risk != "read"

    def _later(self, calls: list[ToolCall]) -> Interpretation:
        """Not for now: what only looks may be done first, unless a time was said; a change is asked back."""
        looks = tuple(call for call in calls if not self._changes(call.tool))
        if looks and not self.reading.time:
            return Interpretation(calls=looks)
        shown = ", ".join(_shown(call) for call in calls) or self._tools()
        return Interpretation(ask=True, reply=phrases.NOT_NOW.say(self.language, calls=shown))

    def _without_calls(self, whys: list[str]) -> Interpretation:
        none = next((why for why in whys if why != "chat"), "chat")
        if none == "unclear":
            return Interpretation(ask=True, reply=phrases.UNCLEAR.say(self.language, tools=self._tools()))
        if none == "chat":
            return self._say(phrases.HELLO)
        return self._say(phrases.EXPLAIN if none == "about" else phrases.CAN_DO, tools=self._tools())

    def _ask(self, lack: Lack) -> Interpretation:
        names = ("、" if self.language == "zh" else ", ").join(map(str, lack.argument.choices))
        fields: dict[str, object] = {"tool": lack.tool.title, "what": lack.argument.title}
        if lack.argument.is_bot:
            return Interpretation(ask=True, reply=phrases.WHICH_BOT.say(self.language, names=names))
        if lack.why:
            fields |= {"got": lack.got, "why": lack.why}
            return Interpretation(ask=True, reply=phrases.OUT_OF_BOUNDS.say(self.language, **fields))
        question = phrases.MISSING.say(self.language, **fields)
        if names:
            question += " " + phrases.CHOICES.say(self.language, choices=names)
        return Interpretation(ask=True, reply=question)

    def _say(self, phrase: Phrase, **fields: object) -> Interpretation:
        return Interpretation(reply=phrase.say(self.language, **fields))

    def _tools(self) -> str:
        return ("；" if self.language == "zh" else "; ").join(tool.title for tool in self.catalogue.tools)


def _shown(call: ToolCall) -> str:
    return f"{call.tool}({', '.join(f'{name}={value}' for name, value in call.arguments.items())})"
