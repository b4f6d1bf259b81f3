"""Many tools, and a small model: the catalogue in pages, and which of them a message is about.

A page holds what is alike, so that the model sees side by side what could be confused, and is the same for every
message, so that what the model has read of it serves again. How near a message is to a tool is told by three things:
what its words are about in either language (`lexicon`), the words that it shares with the definition, weighted by how
few tools have them (TF-IDF; of Chinese, which has no spaces, pairs of characters), and whether it holds something like
an id that a pattern of the tool's arguments describes.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from nlops.domain.tools import Catalogue, JsonObject, ToolSpec
from nlops.understand.fold import fold, has_cjk, is_cjk, words_of
from nlops.understand.lexicon import Vector, likeness, shipped
from nlops.understand.schema import fitting, is_of_ids

# Beyond this many tools the pages begin: about 2,000 tokens, read in some seconds at the first start.
ONE_PAGE = 24
PAGE = 16
# A message that no tool of a page serves is asked about the next one, so often at most: each costs a second.
MOST_ASKED = 2
# What shared words, and what an id of the right shape, count beside the likeness of words. Chosen on catalogues of
# `training/data` that the lexicon was not trained on.
_SHARED, _SHAPE = 0.3, 0.2

# A part of a message is a wish of its own from this nearness on, where it is so much nearer to its page than to that of
# the wish before it, and that one to its own. Of 1,052 messages with one request or none 10 are parted so, of 23 with
# two over two pages 16.
_OF_A_WISH, _APART, _APART_BACK = 0.5, 0.3, 0.1
_MOST_PAGES = 3  # that the wishes of one message can be on
_JOINT = re.compile(
    r"[,;，；。!！?？\n]+\s*|\.\s+|\s+(?=(?:and|also|plus)\b)|(?<!\band)\s+(?=then\b)|(?=然后|顺便|另外|接着|同时|并且|再(?![次来多]))"
)
_MARKS = " ,;，；\n"

Weights = Mapping[str, float]


def pages_for(text: str, catalogue: Catalogue, wanted: frozenset[str], *, every: bool = False) -> tuple[Catalogue, ...]:
    """The pages to ask about, the likeliest first; all of them with `every`. `wanted` are tools of the conversation."""
    if len(catalogue.tools) <= ONE_PAGE:
        return (catalogue,)
    shelf = _shelf_of(catalogue)
    ordered = _ordered(shelf, shelf.whole(text), wanted)
    tools = {tool.name: tool for tool in catalogue.tools}
    asked = ordered if every else ordered[:MOST_ASKED]
    return tuple(Catalogue(tuple(tools[name] for name in page), catalogue.bots) for page in asked)


def _ordered(shelf: "_Shelf", near: Weights, wanted: frozenset[str] = frozenset()) -> list[tuple[str, ...]]:
    def nearest(page: tuple[str, ...]) -> float:
        return max(near[name] + (2.0 if name in wanted else 0.0) for name in page)

    return sorted(shelf.pages, key=nearest, reverse=True)


def wishes_in(text: str, catalogue: Catalogue) -> tuple[str, ...]:
    """A message in the parts that are about tools of different pages; whole where all is about those of one page."""
    if len(catalogue.tools) <= ONE_PAGE:
        return (text,)
    clauses = list(_clauses(text))
    if len(clauses) < 2:
        return (text,)
    shelf = _shelf_of(catalogue)
    pages = _ordered(shelf, shelf.whole(text))[:_MOST_PAGES]
    starts, before = [0], None
    for start, part in clauses:
        near = shelf.nearness(part, chain.from_iterable(pages))
        nearest = max(near, key=near.__getitem__)
        page = next(page for page in pages if nearest in page)
        if near[nearest] < _OF_A_WISH or (before and not _is_apart((near, page), before)):
            continue
        starts += [start] if before else []
        before = near, page
    return tuple(text[start:end].strip(_MARKS) for start, end in pairwise([*starts, len(text)]))


def _is_apart(wish: tuple[Weights, Iterable[str]], before: tuple[Weights, Iterable[str]]) -> bool:
    """Whether two wishes lie each on its own page, and not near to the other's."""
    near, page = wish
    earlier, its_page = before
    away = max(near[name] for name in page) - max(near[name] for name in its_page)
    back = max(earlier[name] for name in its_page) - max(earlier[name] for name in page)
    return away >= _APART and back >= _APART_BACK


def _clauses(text: str) -> Iterator[tuple[int, str]]:
    """The parts of a message between its joints, each with its place."""
    places = [0, *(match.end() for match in _JOINT.finditer(text)), len(text)]
    yield from ((start, text[start:end]) for start, end in pairwise(places) if start < end)


def is_nearer(text: str, page: Catalogue, called: Iterable[str], catalogue: Catalogue) -> bool:
    """Whether a tool of a page lies nearer to a message than all tools that were called."""
    names = [tool.name for tool in page.tools]
    near = _shelf_of(catalogue).whole(text)
    return max(near[name] for name in names) > max((near[name] for name in called), default=0.0)


def is_named(tool: ToolSpec, folded: str) -> bool:
    """Whether a folded text has a keyword of a tool, its name in words, or its title in either language."""
    names = {fold(word) for word in (*tool.keywords, tool.title, tool.title_zh, words_of(tool.name)) if word}
    return any(re.search(re.escape(name) if has_cjk(name) else rf"\b{re.escape(name)}\b", folded) for name in names)


def holds_an_id_of(text: str, tool: ToolSpec) -> bool:
    """Whether a message has something like an id that a pattern of the tool's arguments describes; bare digits can be
    anything."""
    folded = fold(text)
    ids = chain.from_iterable(fitting(pattern, folded) for pattern in filter(is_of_ids, _patterns_of(tool)))
    return any(not one.isdigit() for one in ids)


@dataclass(frozen=True, eq=False)
class _Very:
    """A catalogue as a key: equal to itself alone, since its definitions cannot be hashed."""

    catalogue: Catalogue

    def __hash__(self) -> int:
        return id(self.catalogue)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Very) and other.catalogue is self.catalogue


def _shelf_of(catalogue: Catalogue) -> "_Shelf":
    return _shelf(_Very(catalogue))


def parts_of(tool: ToolSpec) -> tuple[str, ...]:
    """What a definition says, in four parts: its names, its description, its examples, its arguments."""
    inputs = (f"{words_of(name)} {_told(schema)}" for name, schema in tool.properties.items())
    names = f"{words_of(tool.name)} {tool.title} {' '.join(tool.keywords)}"
    examples = " ".join(example.text for example in tool.examples)
    return names.replace("_", " "), tool.description, examples, " ".join(inputs).replace("_", " ")


def _told(schema: JsonObject) -> str:
    items = schema.get("items")
    said = [schema.get("description"), schema.get("enum"), items.get("enum") if isinstance(items, Mapping) else None]
    return " ".join(str(one) for one in said if one)


def _patterns_of(tool: ToolSpec) -> tuple[str, ...]:
    items = (schema.get("items") for schema in tool.properties.values())
    schemas = [*tool.properties.values(), *(one for one in items if isinstance(one, Mapping))]
    return tuple(str(schema["pattern"]) for schema in schemas if isinstance(schema.get("pattern"), str))


@dataclass(frozen=True, eq=False)
class _Shelf:
    """What is known of a catalogue's tools whatever the message: their pages, vectors, words and patterns by name, and
    how rare each word is."""

    pages: tuple[tuple[str, ...], ...]
    vectors: Mapping[str, Vector]
    weights: Mapping[str, Weights]
    patterns: Mapping[str, tuple[str, ...]]
    rarity: Weights

    @lru_cache(maxsize=64)  # noqa: B019 - shelves are few, and kept themselves
    def whole(self, text: str) -> Weights:
        """How near a message is to every tool."""
        return self.nearness(text, self.vectors)

    def nearness(self, text: str, names: Iterable[str]) -> Weights:
        """How near a message is to each of these tools."""
        about, said = shipped().vector([text]), _weigh(_terms(text), self.rarity)
        folded = fold(text)
        ids = {pattern: bool(fitting(pattern, folded)) for own in self.patterns.values() for pattern in own}
        return {
            name: likeness(about, self.vectors[name])
            + _SHARED * _cosine(said, self.weights[name])
            + _SHAPE * any(ids[pattern] for pattern in self.patterns[name])
            for name in names
        }


@lru_cache(maxsize=4)
def _shelf(key: _Very) -> _Shelf:
    tools = [(tool.name, parts_of(tool), _patterns_of(tool)) for tool in key.catalogue.tools]
    lexicon = shipped()
    terms = {name: _terms(" ".join(parts)) for name, parts, _ in tools}
    spread = Counter(term for own in terms.values() for term in own)
    rarity = {term: math.log(1 + len(tools) / count) for term, count in spread.items()}
    vectors = {name: lexicon.vector(parts, lexicon.parts) for name, parts, _ in tools}
    return _Shelf(
        pages=_paged(vectors),
        vectors=vectors,
        weights={name: _weigh(own, rarity) for name, own in terms.items()},
        patterns={name: patterns for name, _, patterns in tools},
        rarity=rarity,
    )


def _paged(vectors: Mapping[str, Vector]) -> tuple[tuple[str, ...], ...]:
    """Pages of what is alike: the first tool that is left, and what is nearest to any on its page, one by one."""
    left, pages = list(vectors), []
    while left:
        page = [left.pop(0)]
        near = {name: likeness(vectors[name], vectors[page[0]]) for name in left}
        while left and len(page) < PAGE:
            nearest = max(left, key=near.__getitem__)
            left.remove(nearest)
            page.append(nearest)
            near = {name: max(near[name], likeness(vectors[name], vectors[nearest])) for name in left}
        pages.append(tuple(page))
    return tuple(pages)


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
