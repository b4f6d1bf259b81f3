"""Guards between a guess and a call: a wish for something else, a question, a report of the past.

They know a tool by its definition alone: its words are those of its name, title, description, keywords and examples.
"""

import re

from rapidfuzz.distance import OSA

from nlops.domain.tools import Catalogue, ToolCall, ToolSpec
from nlops.understand.fold import fold, has_cjk, is_cjk
from nlops.understand.lists import STOP, STOP_HAN, VERBS_EN, VERBS_ZH
from nlops.understand.moods import Reading
from nlops.understand.parts import cues, says_cue, strong_cues

_EN = re.compile(rf"(?<![a-z-])(?:{'|'.join(VERBS_EN)})(?![a-z])")
_ZH = re.compile("|".join(sorted(VERBS_ZH, key=len, reverse=True)))


def vocabulary(tool: ToolSpec) -> str:
    """All that a definition says of its tool, folded."""
    examples = " ".join(example.text for example in tool.examples)
    return fold(f"{tool.name} {tool.title} {tool.description} {' '.join(tool.keywords)} {examples}")


def is_foreign(tool: ToolSpec, reading: Reading) -> bool:
    """Whether the message orders something that the tool's definition nowhere speaks of."""
    if is_elsewhere(tool, reading):
        return True
    known = vocabulary(tool)
    ordered = {match[0] for pattern in (_EN, _ZH) for match in pattern.finditer(reading.live)}
    return any(verb not in known for verb in ordered)


def is_not_an_order(tool: ToolSpec, reading: Reading) -> bool:
    """Whether a change is only asked about or told of. What only looks may answer a question."""
    if tool.policy.risk == "read":
        return False
    words = frozenset(word for word in (*tool.keywords, *tool.name.split("_")) if len(word) > 1)
    return reading.is_about(frozenset(map(fold, words)))


def settle(call: ToolCall, reading: Reading, catalogue: Catalogue) -> ToolCall | None:
    """The call, or the one that the message names where the model took another; None where it cannot be either.

    A tool that the message names by its own word beats one that it does not name. A change is never put in this way.
    """
    named = [tool for tool in catalogue.tools if says_cue(reading.live, strong_cues(tool))]
    if not named or any(tool.name == call.tool for tool in named):
        return call
    if len(named) > 1 or named[0].policy.risk != "read":
        return None
    return ToolCall(named[0].name, {k: v for k, v in call.arguments.items() if k in named[0].properties})


def is_unfounded(tool: ToolSpec, reading: Reading, names: tuple[str, ...]) -> bool:
    """Whether what could have led to a call was quoted or forbidden: what is left names neither a bot nor the tool."""
    return bool(reading.quotes or reading.forbidden) and not names and not says_cue(reading.live, cues(tool))


# Nothing goes anywhere but into the chat at hand, unless a definition says so.
_ELSEWHERE = re.compile(
    r"(?:发|转|推送?|分享)[到给在].{0,8}?(?:群|大家|所有人|朋友圈|频道|客户|用户)"
    r"|\b(?:send|post|share|forward|give)\b.*\b(?:to|in|with)\s+(?:the\s+|our\s+|all\s+)?(?:\w+\s+)?"
    r"(?:group|room|channel|everyone|everybody|customers|users|public)\b"
)


def has_evidence(tool: ToolSpec, text: str, catalogue: Catalogue) -> bool:
    """Whether a folded text holds a word by which the definition of this tool, and of no other, is known.

    A model that takes a tool without any such word is guessing. Where the definition speaks another language than the
    text, nothing can be told, and the guess stands.
    """
    own = _content(vocabulary(tool))
    if has_cjk(text) and not any(has_cjk(word) for word in own):
        return True
    own -= {word for other in catalogue.tools if other.name != tool.name for word in _content(vocabulary(other))}
    own |= _content(fold(" ".join((*tool.keywords, tool.name.replace("_", " ")))))
    own -= {fold(alias) for bot in catalogue.bots for alias in bot.all()}
    return any(_is_near(word, known) for word in _content(text) for known in own)


def _content(text: str) -> set[str]:
    """The words that carry meaning: Latin words and, Chinese having no spaces, pairs of characters."""
    latin = set(re.findall(r"[a-z][a-z0-9]+", text)) - STOP
    pairs = {text[at : at + 2] for at in range(len(text) - 1)}
    return latin | {pair for pair in pairs if all(is_cjk(char) and char not in STOP_HAN for char in pair)}


def _is_near(word: str, known: str) -> bool:
    """Equal, or a slip of the hand away; Latin words also with another ending."""
    if word == known:
        return True
    if has_cjk(word) or has_cjk(known):
        return len(word) == len(known) == 2 and word[0] == known[0]
    stem = min(len(word), len(known))
    if stem >= 4 and word[:stem] == known[:stem] and abs(len(word) - len(known)) <= 3:
        return True
    return stem >= 5 and OSA.distance(word, known) <= (2 if stem >= 7 else 1)


def is_elsewhere(tool: ToolSpec, reading: Reading) -> bool:
    """Whether the message wants something sent to others, of which the tool's definition does not speak."""
    match = _ELSEWHERE.search(reading.live)
    return match is not None and match[0] not in vocabulary(tool)
