"""What a model may say, written by hand, and a message played through as many questions as it takes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from nlops.cli.load import load_prompts
from nlops.domain.model import ModelReply
from nlops.domain.tools import Catalogue, Interpretation
from nlops.domain.words import Language
from nlops.understand.interpret import Prompts, Question, begin, resume
from nlops.understand.talk import Exchange
from tests.support import make_config, shipped_catalogue
from tests.understand.shop import BOTS

FOUR = Catalogue(shipped_catalogue(make_config()).tools, BOTS)
PROMPTS = load_prompts()
# For a model that was not trained for this, and is therefore shown examples.
HOSTED = replace(PROMPTS, with_turns=True)
Call = tuple[str, Mapping[str, object]]


def calls(*made: Call, mood: str = "now") -> str:
    """An answer that calls these tools."""
    return json.dumps({mood: [{tool: arguments} for tool, arguments in made]}, ensure_ascii=False)


def none(why: str) -> str:
    """An answer that calls nothing, and why."""
    return json.dumps({"none": why})


def sure(content: str, first: float = 1.0, **values: float) -> ModelReply:
    """An answer with the probability of its first key, and of the value of each argument; 1.0 of all else."""
    marks = [(content.index('"') + 1, first)]
    for name, probability in values.items():
        marks.append((content.index(":", content.index(f'"{name}"')) + 2, probability))
    tokens, at = [], 0
    for place, probability in sorted(marks):
        tokens += [(content[at:place], 1.0), (content[place], probability)]
        at = place + 1
    return ModelReply(content, tokens_sure=(*tokens, (content[at:], 1.0)))


def play(
    text: str,
    *replies: str | ModelReply,
    catalogue: Catalogue = FOUR,
    language: Language = "en",
    exchanges: Sequence[Exchange] = (),
    prompts: Prompts = PROMPTS,
) -> Interpretation:
    """One message through as many questions as it takes; the last reply answers all that are left."""
    step = begin(text, catalogue, prompts, language, exchanges)
    for asked in range(10):
        if isinstance(step, Interpretation):
            return step
        reply = replies[min(asked, len(replies) - 1)]
        step = resume(step, reply if isinstance(reply, ModelReply) else ModelReply(reply))
    raise AssertionError("questions without end")


def asked_once(
    text: str, catalogue: Catalogue = FOUR, exchanges: Sequence[Exchange] = (), prompts: Prompts = PROMPTS
) -> Question:
    """The question about a message that needs the model."""
    step = begin(text, catalogue, prompts, "en", exchanges)
    assert isinstance(step, Question), step
    return step
