"""Free text to an interpretation, as a conversation with a model that some caller holds: begin, then resume."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from nlops.domain.model import ModelReply, ModelRequest
from nlops.domain.tools import Catalogue, Interpretation
from nlops.domain.words import Language
from nlops.understand import phrases

MAX_TEXT_CHARS = 2000


@dataclass(frozen=True)
class Prompts:
    """The prompts folder's files by name without suffix."""

    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_texts(cls, files: Mapping[str, str]) -> "Prompts":
        return cls(dict(files))


@dataclass(frozen=True)
class Question:
    """A question for the model, and what is needed to go on with its answer."""

    request: ModelRequest
    text: str
    catalogue: Catalogue
    prompts: Prompts
    language: Language
    round: int = 1


def begin(text: str, catalogue: Catalogue, prompts: Prompts, language: Language) -> Question | Interpretation:
    """What to ask the model about `text`; an interpretation where no model is needed."""
    if len(text) > MAX_TEXT_CHARS:
        return Interpretation(ask=True, reply=phrases.TOO_LONG.say(language))
    return Question(ModelRequest((("user", text),), {}), text, catalogue, prompts, language)


def resume(question: Question, reply: ModelReply) -> Question | Interpretation:
    """What the model's reply means, or one more question. Bounded: at most two questions a text."""
    return Interpretation(ask=True, reply=phrases.UNREADABLE.say(question.language))
