"""Which tools of a page are asked about once more, where what a model called for cannot be meant: those that take such
an id as the message has, whose word it begins with, or that only look.
"""

import re
from collections.abc import Mapping, Sequence

from nlops.domain.tools import Catalogue, ToolCall, ToolSpec
from nlops.understand.fold import fold
from nlops.understand.guards import is_asked_whether_made
from nlops.understand.ids import spelt
from nlops.understand.moods import Reading, asks_for_a_fact
from nlops.understand.narrow import holds_an_id_of, is_named, parts_of
from nlops.understand.sayings import named
from nlops.understand.schema import arguments_of, is_of_ids, passes_a_text_on


def of_such_ids(page: Catalogue, text: str, called: Sequence[str]) -> Catalogue | None:
    """The tools of the page that take such an id as the message has, where none of those called does."""
    fitting = tuple(tool for tool in page.tools if holds_an_id_of(text, tool))
    is_misfit = fitting and not {tool.name for tool in fitting} & set(called)
    return Catalogue(fitting, page.bots) if is_misfit else None


def of_such_words(page: Catalogue, text: str, called: Sequence[str], before: Sequence[ToolCall]) -> Catalogue | None:
    """The tools with whose keyword the message begins, where the model called for a change of before: "wipe it" after a
    restart restarts nothing."""
    folded = fold(text)
    changes = any(tool.name in called and tool.policy.risk != "read" for tool in page.tools)
    if not changes or not set(called) <= {call.tool for call in before}:
        return None
    worded = tuple(tool for tool in page.tools if any(_begins(folded, fold(word)) for word in tool.keywords))
    return Catalogue(worded, page.bots) if worded and not {tool.name for tool in worded} & set(called) else None


def is_worded_otherwise(page: Catalogue, text: str, called: Sequence[str]) -> bool:
    """Whether the message begins with the keyword of another change than those called, and nothing that their
    definitions say has that word: "restart nginx" reloads nothing."""
    folded = fold(text)
    others = [tool for tool in page.tools if tool.policy.risk != "read" and tool.name not in called]
    words = [fold(word) for tool in others for word in tool.keywords if _begins(folded, fold(word))]
    told = [fold(" ".join(parts_of(tool))) for tool in page.tools if tool.name in called]
    return bool(words) and bool(told) and not any(word in one for word in words for one in told)


def of_such_texts(page: Catalogue, text: str, called: Sequence[str]) -> Catalogue | None:
    """The tools that pass a text on and are named before the colon of a message, where something else that changes was
    called: "broadcast with support: restart bob" restarts nobody."""
    head, *rest = re.split(r"[:：]\s*(?=\D)", text, maxsplit=1)
    folded = fold(head)
    changes = any(tool.name in called and tool.policy.risk != "read" for tool in page.tools)
    if not rest or not changes:
        return None
    passing = tuple(tool for tool in page.tools if passes_a_text_on(tool, page) and is_named(tool, folded))
    return Catalogue(passing, page.bots) if passing and not {tool.name for tool in passing} & set(called) else None


def _begins(folded: str, word: str) -> bool:
    return re.match(rf"{re.escape(word)}(?![a-z0-9_-])", folded) is not None


def looks_of(page: Catalogue, reading: Reading, called: Sequence[str]) -> Catalogue | None:
    """The tools of the page that only look, where a change was called for a message that asks whether it was made."""
    is_asked = any(tool.name in called and is_asked_whether_made(tool, reading) for tool in page.tools)
    if not is_asked:
        return None
    looks = tuple(tool for tool in page.tools if tool.policy.risk == "read")
    return Catalogue(looks, page.bots) if looks else None


def that_show(page: Catalogue, reading: Reading) -> Catalogue | None:
    """The tools of the page that only look and take what a question names: of "how warm is RF088 now?" what no tool
    does is mostly what one of these shows."""
    if not asks_for_a_fact(reading.live):
        return None
    looks = tuple(
        tool for tool in page.tools if tool.policy.risk == "read" and _takes_what_is_named(tool, reading.live)
    )
    return Catalogue(looks, page.bots) if looks else None


def _takes_what_is_named(tool: ToolSpec, folded: str) -> bool:
    every = [one for one in arguments_of(tool, Catalogue(())) if not one.is_bot]
    items = (one.schema.get("items") if one.kind == "list" else one.schema for one in every)
    ids = (one.get("pattern") for one in items if isinstance(one, Mapping))
    return any(one.kind == "choice" and named(one, folded) for one in every) or any(
        isinstance(pattern, str) and is_of_ids(pattern) and spelt(pattern, folded) for pattern in ids
    )
