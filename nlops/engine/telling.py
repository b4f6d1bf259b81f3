"""What every admin hears: each in their own language, in their direct chat."""

from collections.abc import Iterator

from nlops.domain.effects import Say, Urgency
from nlops.domain.words import Language, Sentence
from nlops.engine.state import Setup, State, language_for


def everybody(setup: Setup, state: State) -> Iterator[tuple[str, Language]]:
    """The contact of each admin who has one, and their language."""
    for admin in setup.config.admins:
        known = state.contacts.get(admin.name)
        if known is not None:
            yield known.contact_id, language_for(setup, state, admin, "")


def tell_all(
    setup: Setup, state: State, sentence: Sentence, urgency: Urgency = "notice", besides: str = ""
) -> tuple[Say, ...]:
    """The sentence for everybody but the contact `besides`, who knows already."""
    return tuple(
        Say(contact_id, sentence.say(language), urgency)
        for contact_id, language in everybody(setup, state)
        if contact_id != besides
    )
