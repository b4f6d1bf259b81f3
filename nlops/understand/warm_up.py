"""What a model reads before anybody asks, so that it has read the prefixes of all questions."""

from dataclasses import replace

from nlops.domain.model import WarmUp
from nlops.domain.tools import Catalogue
from nlops.understand.narrow import pages_for
from nlops.understand.prompt import Prompts, make_request


def turned(page: Catalogue) -> Catalogue:
    """The same tools in the opposite order."""
    return replace(page, tools=page.tools[::-1])


def warm_up_requests(catalogue: Catalogue, prompts: Prompts) -> WarmUp:
    """Questions whose only use is that the model has read the prefixes of all others. Of many pages the turned ones,
    which one message in ten needs, can wait."""
    pages = pages_for("", catalogue, frozenset(), every=True)
    backwards = () if prompts.with_turns else tuple(map(turned, pages))
    asked, again = (
        tuple(replace(make_request("hello", page, prompts), max_tokens=4) for page in some)
        for some in (pages, backwards)
    )
    return WarmUp(asked, again) if len(pages) > 1 else WarmUp((*asked, *again))
