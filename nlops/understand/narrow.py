"""Many tools, and a small model: the catalogue in pages, and the pages in the order in which a message points at them.

A page holds what is alike, so that the model sees side by side what could be confused, and is the same for every
message, so that what the model has read of it serves again. Alike is what shares words and, Chinese having no spaces,
pairs of characters, each weighted by how few tools have it (TF-IDF).
"""

import math
import re
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache

from nlops.domain.tools import Catalogue, ToolSpec
from nlops.understand.fold import fold, is_cjk

# Beyond this many tools the pages begin: about 2,000 tokens, read in some seconds at the first start.
ONE_PAGE = 24
PAGE = 12
# A message that no tool of a page serves is asked about the next one, so often at most: each costs a second.
MOST_ASKED = 3

Weights = Mapping[str, float]


def pages_for(text: str, catalogue: Catalogue, wanted: frozenset[str], *, every: bool = False) -> tuple[Catalogue, ...]:
    """The pages to ask about, the likeliest first; all of them with `every`. `wanted` are tools of the conversation."""
    if len(catalogue.tools) <= ONE_PAGE:
        return (catalogue,)
    names, weights, rarity = _paged(tuple((tool.name, _vocabulary(tool)) for tool in catalogue.tools))
    tools = {tool.name: tool for tool in catalogue.tools}
    pages = [tuple(tools[name] for name in page) for page in names]
    said = _weigh(_terms(text), rarity)

    def nearness(page: tuple[ToolSpec, ...]) -> float:
        best = max(_cosine(said, weights[tool.name]) for tool in page)
        return best + (1.0 if any(tool.name in wanted for tool in page) else 0.0)

    ordered = sorted(pages, key=nearness, reverse=True)
    return tuple(Catalogue(page, catalogue.bots) for page in (ordered if every else ordered[:MOST_ASKED]))


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
