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
from nlops.understand.ground import Facts, Lack, gather, ground_calls
from nlops.understand.guards import is_foreign, is_not_an_order
from nlops.understand.moods import Reading, read_moods
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
    """A question for the model, and what is needed to go on with its answer."""

    request: ModelRequest
    facts: Facts
    catalogue: Catalogue
    language: Language


def begin(text: str, catalogue: Catalogue, prompts: Prompts, language: Language) -> Question | Interpretation:
    """What to ask the model about `text`; an interpretation where no model is needed."""
    if len(text) > MAX_TEXT_CHARS:
        return Interpretation(reply=phrases.TOO_LONG.say(language))
    names = frozenset(fold(alias) for bot in catalogue.bots for alias in bot.all())
    reading = read_moods(fold(text), names)
    if not any(char.isalnum() for char in reading.live):
        return Interpretation(reply=(phrases.NOTHING_DONE if reading.forbidden else phrases.HELLO).say(language))
    facts = gather(reading, catalogue)
    return Question(make_request(reading.live, catalogue, prompts), facts, catalogue, language)


def resume(question: Question, reply: ModelReply) -> Question | Interpretation:
    """What the model's reply means."""
    try:
        guess = read_reply(reply, question.catalogue)
    except UnreadableReplyError:
        return Interpretation(reply=phrases.UNREADABLE.say(question.language))
    return _Decision(question.facts, question.catalogue, question.language).of(guess)


def warm_up_request(catalogue: Catalogue, prompts: Prompts) -> ModelRequest:
    """A question whose only use is that the model has read the prefix of all later ones."""
    return replace(make_request("hello", catalogue, prompts), max_tokens=4)


@dataclass(frozen=True)
class _Decision:
    """The way from a guess to an interpretation, for one message."""

    facts: Facts
    catalogue: Catalogue
    language: Language

    def of(self, guess: Guess) -> Interpretation:
        if not guess.calls:
            return self._without_calls(guess.none)
        kept = [call for call in guess.calls if not is_foreign(self._tool(call), self._reading)]
        kept = [call for call in kept if not is_not_an_order(self._tool(call), self._reading)]
        if not kept:
            return self._say(phrases.CAN_DO, tools=self._tools())
        calls, lacks = ground_calls(kept, self.facts, self.catalogue)
        if self._reading.time or (self._reading.condition and any(self._changes(call.tool) for call in kept)):
            return self._later(calls)
        if lacks:
            return self._ask(lacks[0])
        return Interpretation(calls=calls)

    @property
    def _reading(self) -> Reading:
        return self.facts.reading

    def _tool(self, call: ToolCall) -> ToolSpec:
        tool = self.catalogue.get(call.tool)
        if tool is None:
            raise LookupError(call.tool)
        return tool

    def _changes(self, name: str) -> bool:
        tool = self.catalogue.get(name)
        return tool is None or tool.policy.risk != "read"

    def _later(self, calls: tuple[ToolCall, ...]) -> Interpretation:
        """Not for now: what only looks may be done first, unless a time was said; a change is asked back."""
        looks = tuple(call for call in calls if not self._changes(call.tool))
        if looks and not self._reading.time:
            return Interpretation(calls=looks)
        shown = ", ".join(_shown(call) for call in calls) or self._tools()
        return Interpretation(ask=True, reply=phrases.NOT_NOW.say(self.language, calls=shown))

    def _without_calls(self, none: str) -> Interpretation:
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
