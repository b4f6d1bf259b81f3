"""Many tools, and a small model: the catalogue in pages, a table of its contents, and which page a message is about.

A page holds what is alike, so that the model sees side by side what could be confused, and is the same for every
message, so that what the model has read of it serves again. Alike is what shares words and, Chinese having no spaces,
pairs of characters, each weighted by how few tools have it (TF-IDF). A message in one language shares no words with a
definition in the other: a model that was trained for it is therefore asked first which tools of the table it means.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache

from nlops.domain.tools import Catalogue, ToolSpec
from nlops.understand.fold import fold, is_cjk

# Beyond this many tools the pages begin: about 2,000 tokens, read in some seconds at the first start.
ONE_PAGE = 24
PAGE = 12
# A message that no tool of a page serves is asked about the next one, so often at most: each costs a second.
MOST_ASKED = 3
# The table of contents has so many columns of text in all, a line at most so many: 200 lines are some 4,500 tokens.
_TABLE, _COLUMNS = 12_000, 80
# A longer table would not fit before a small model; the pages that share the most words are asked about instead.
MOST_LISTED = 400
# What a model's pick from the table counts beside the likeness of words. On two sets of 200 tools the two together find
# the page in 84 of 100, the model alone in 73 and the words alone in 70; among the two likeliest pages it is in 89.
_TRUST = 0.3
# Tools of several pages are put on one of their own, each with so many that are like it.
_BESIDE = 2

Weights = Mapping[str, float]


def pages_for(
    text: str,
    catalogue: Catalogue,
    wanted: frozenset[str],
    *,
    chosen: Mapping[str, float] = {},
    every: bool = False,
) -> tuple[Catalogue, ...]:
    """The pages to ask about, the likeliest first; all of them with `every`. `wanted` are tools of the conversation,
    `chosen` those that a model picked from the table of contents, with how sure it was."""
    if len(catalogue.tools) <= ONE_PAGE:
        return (catalogue,)
    names, weights, rarity = _paged(tuple((tool.name, _vocabulary(tool)) for tool in catalogue.tools))
    tools = {tool.name: tool for tool in catalogue.tools}
    pages = [tuple(tools[name] for name in page) for page in names]
    said = _weigh(_terms(text), rarity)

    def nearness(page: tuple[ToolSpec, ...]) -> float:
        best = max(_cosine(said, weights[tool.name]) for tool in page)
        picked = max(chosen.get(tool.name, 0.0) for tool in page)
        return best + _TRUST * math.sqrt(picked) + (1.0 if any(tool.name in wanted for tool in page) else 0.0)

    ordered = sorted(pages, key=nearness, reverse=True)
    return tuple(Catalogue(page, catalogue.bots) for page in (ordered if every else ordered[:MOST_ASKED]))


def has_contents(catalogue: Catalogue) -> bool:
    """Whether a catalogue has several pages, and a table of contents that a small model can read."""
    return ONE_PAGE < len(catalogue.tools) <= MOST_LISTED


def contents(catalogue: Catalogue) -> Catalogue:
    """The table of contents: every tool by its name and what it is for, in a line, without arguments."""
    columns = min(_COLUMNS, _TABLE // max(1, len(catalogue.tools)))
    return replace(catalogue, tools=tuple(_line(tool, columns) for tool in catalogue.tools))


def _line(tool: ToolSpec, columns: int) -> ToolSpec:
    told = tool.description or tool.title
    said = " ".join((told if tool.title in ("", tool.name, told) else f"{tool.title}: {told}").split())
    schema = {"type": "object", "properties": {}}
    return replace(tool, title=tool.name, description=_first_columns(said, columns), input_schema=schema, examples=())


def _first_columns(text: str, columns: int) -> str:
    width = 0
    for at, char in enumerate(text):
        width += 2 if is_cjk(char) else 1
        if width > columns:
            return text[:at].rstrip()
    return text


def page_with(wanted: Iterable[str], catalogue: Catalogue) -> Catalogue:
    """The page that holds these tools; where they are on several, one of them and of what is like them."""
    chosen = [name for name in dict.fromkeys(wanted) if catalogue.get(name) is not None]
    names, weights, _ = _paged(tuple((tool.name, _vocabulary(tool)) for tool in catalogue.tools))
    page = next((page for page in names if set(chosen) <= set(page)), None)
    if page is None:
        page = tuple(dict.fromkeys(like for name in chosen for like in _likest(name, weights)))[:PAGE]
    tools = {tool.name: tool for tool in catalogue.tools}
    return Catalogue(tuple(tools[name] for name in page), catalogue.bots)


@lru_cache(maxsize=4)
def _paged(tools: tuple[tuple[str, str], ...]) -> tuple[tuple[tuple[str, ...], ...], Mapping[str, Weights], Weights]:
    """The pages of tools given as (name, vocabulary), each tool's weights, and how rare each term is. A definition
    itself holds its schema, which has no hash."""
    terms = {name: _terms(vocabulary) for name, vocabulary in tools}
    spread = Counter(term for own in terms.values() for term in own)
    rarity = {term: math.log(1 + len(tools) / count) for term, count in spread.items()}
    weights = {name: _weigh(own, rarity) for name, own in terms.items()}
    left, pages = [name for name, _ in tools], []
    while left:
        page = [left.pop(0)]
        while left and len(page) < PAGE:
            nearest = max(left, key=lambda name: max(_cosine(weights[name], weights[one]) for one in page))
            left.remove(nearest)
            page.append(nearest)
        pages.append(tuple(page))
    return tuple(pages), weights, rarity


def _likest(name: str, weights: Mapping[str, Weights]) -> list[str]:
    """A tool, and those that are most like it."""
    return sorted(weights, key=lambda other: (other != name, -_cosine(weights[name], weights[other])))[: _BESIDE + 1]


def _vocabulary(tool: ToolSpec) -> str:
    examples = " ".join(example.text for example in tool.examples)
    inputs = " ".join(
        f"{name} {schema.get('description', '')} {schema.get('enum', '')}" for name, schema in tool.properties.items()
    )
    return f"{tool.name} {tool.title} {tool.description} {' '.join(tool.keywords)} {examples} {inputs}".replace(
        "_", " "
    )


def _terms(text: str) -> Counter[str]:
    folded = fold(text)
    latin = [_stem(word) for word in re.findall(r"[a-z][a-z0-9]+", folded)]
    pairs = [folded[at : at + 2] for at in range(len(folded) - 1) if is_cjk(folded[at]) and is_cjk(folded[at + 1])]
    return Counter((*latin, *pairs))


def _stem(word: str) -> str:
    return re.sub(r"(?:ing|ed|es|s)$", "", word) if len(word) > 4 else word


def _weigh(terms: Counter[str], rarity: Weights) -> Weights:
    weighted = {term: (1 + math.log(count)) * rarity[term] for term, count in terms.items() if term in rarity}
    length = math.sqrt(sum(weight * weight for weight in weighted.values()))
    return {term: weight / length for term, weight in weighted.items()} if length else {}


def _cosine(one: Weights, other: Weights) -> float:
    small, large = sorted((one, other), key=len)
    return sum(weight * large.get(term, 0.0) for term, weight in small.items())
