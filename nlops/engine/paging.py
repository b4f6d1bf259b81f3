"""Long output in pages: `more` (`更多`) shows the next one, `all` (`全部`) sends what is left as a file.

The pages of the last output are kept for each person and conversation, in memory only.
"""

from dataclasses import replace

from nlops.domain import phrases
from nlops.domain.effects import Effect, GiveFile, Say
from nlops.domain.events import RunFinished
from nlops.engine.state import Asker, Pages, State, Step
from nlops.understand.fold import fold_strictly

_MORE = frozenset(("more", "更多"))
_ALL = frozenset(("all", "全部"))


def on_finished(state: State, event: RunFinished) -> Step:
    """Keep what did not fit, before the run is forgotten; say how to see it."""
    run = state.running.get(event.run_id)
    if run is None:
        return state, ()
    asker, place = run.asker, (run.asker.contact_id, run.asker.conversation_id)
    kept = {key: pages for key, pages in state.pages.items() if key != place}
    long = [(call, result) for call, result in zip(run.calls, event.results, strict=False) if result.rest]
    if not long:
        return replace(state, pages=kept), ()
    call, result = long[-1]
    pages = {**kept, place: Pages(call.tool, result.rest)}
    return replace(state, pages=pages), (_hint(asker, len(result.rest)),)


def on_words(state: State, asker: Asker) -> Step | None:
    """What was said about pages; None where it is about something else."""
    word = fold_strictly(asker.words)
    if word not in _MORE | _ALL:
        return None
    place = (asker.contact_id, asker.conversation_id)
    pages = state.pages.get(place)
    if pages is None:
        return state, (Say(asker.conversation_id, phrases.NO_MORE.say(asker.language)),)
    kept = {key: one for key, one in state.pages.items() if key != place}
    if word in _ALL:
        file = GiveFile(asker.contact_id, f"{pages.tool}.txt", "\n".join(pages.rest).encode())
        return replace(state, pages=kept), (file, *_sent_directly(asker))
    first, *rest = pages.rest
    said: list[Effect] = [Say(asker.conversation_id, first)]
    if rest:
        kept[place] = replace(pages, rest=tuple(rest))
        said.append(_hint(asker, len(rest)))
    return replace(state, pages=kept), tuple(said)


def _sent_directly(asker: Asker) -> tuple[Effect, ...]:
    if asker.conversation_id == asker.contact_id:
        return ()
    return (Say(asker.conversation_id, phrases.SENT_DIRECTLY.say(asker.language)),)


def _hint(asker: Asker, count: int) -> Say:
    return Say(asker.conversation_id, phrases.MORE.say(asker.language, count=count))
