"""From a guess of the model to an interpretation: calls, a question back, or words.

The guards and the message's own words decide what becomes of each call; a change that the model is not sure of is shown
and not proposed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from nlops.domain.tools import Catalogue, Interpretation, ToolCall
from nlops.domain.words import Language, Phrase
from nlops.understand import phrases
from nlops.understand.alike import contradict
from nlops.understand.facts import Facts
from nlops.understand.fold import fold
from nlops.understand.ground import ground_calls
from nlops.understand.guards import (
    is_about_a_condition,
    is_about_a_time,
    is_excluded,
    is_later,
    is_only_asked,
    is_passed_on,
    waits_by_itself,
    with_time,
)
from nlops.understand.guide import titles
from nlops.understand.moods import (
    Reading,
    asks_how,
    decides_later,
    gives_a_reason,
    is_for_another,
    is_undecided,
    only_tells,
    takes_back,
    wants_it_now,
)
from nlops.understand.order import in_order
from nlops.understand.questions import ask_about
from nlops.understand.reply import Guess, Proposed
from nlops.understand.rest import excepted_in_vain
from nlops.understand.spoken import as_it_was, is_only_praised, is_repeated, wants_undone

# Below this probability of "now", a change is asked back: the model wavers between doing and not doing.
SURE_OF_CHANGE = 0.55
_OPINIONS = re.compile(r"\b(?:says?|said|wants?|thinks?|reckons?|asks?|asked|prefers?)\b|说|想|要|觉得|希望")
# Of several calls one that is less probable is no wish: it is not asked what such a one lacks.
SURE_OF_ONE_MORE = 0.005


@dataclass(frozen=True)
class Decision:
    """The way from a guess to an interpretation, for one message."""

    facts: Facts
    catalogue: Catalogue
    language: Language

    @property
    def reading(self) -> Reading:
        return self.facts.reading

    def of(self, guess: Guess) -> Interpretation:
        was = as_it_was(self.facts, self.catalogue)
        if was is not None and guess.none != "not":
            return Interpretation(calls=(was,))
        guess = self._as_wanted(guess)
        timed = [one for one in guess.of("at") if self._is_about_a_time(one)]
        timed += [one for one in guess.of("if") if self._is_about_a_condition(one)]
        timed += [one for one in (*guess.of("if"), *guess.of("at")) if one not in timed and self._is_passed_on(one)]
        meant = (*guess.of("now"), *timed)
        kept = [one for one in meant if not self._is_excluded(one, [other for other in meant if other is not one])]
        kept, waiting = self._without_waiting(kept, guess)
        calls, lacks = ground_calls(kept, self.facts, self.catalogue)
        believed = [one for one in kept if _is_believed(one)]
        if lacks and 0 < len(believed) < len(kept):
            kept = believed
            calls, lacks = ground_calls(kept, self.facts, self.catalogue)
        others = [one for one in (*guess.of("if"), *guess.of("at")) if one not in (*timed, *waiting)]
        later = [one for one in others if not self._is_only_asked(one)]
        is_unsure = guess.sure < SURE_OF_CHANGE and bool(guess.of("now"))
        wavers = is_unsure and any(self._changes(one.call.tool) for one in kept)
        if later or self._is_for_later(kept, guess):
            return self._later((*kept, *later), calls)
        if wavers and not lacks:
            return offer(phrases.DO_YOU_MEAN, calls, self.language)
        if lacks:
            return ask_about(lacks[0], self.language, calls)
        if calls:
            return self._meant(in_order(calls, self.facts))
        return self._without_calls(guess.none or ("impossible" if guess.calls else "unclear"))

    def _without_waiting(self, kept: list[Proposed], guess: Guess) -> tuple[list[Proposed], list[Proposed]]:
        """The calls that do not wait, and those that do, each for a condition of its own; none of these where no other
        is left."""
        waiting = [one for one in guess.calls if waits_by_itself(one, self.facts)]
        now = [one for one in kept if one not in waiting]
        return (now, waiting) if now else (kept, [])

    def _as_wanted(self, guess: Guess) -> Guess:
        """The guess with the times of its calls, and without changes where all is taken back or only told."""
        if not guess.calls:
            return guess
        calls = tuple(self._with_time(one) for one in guess.calls)
        looks = any(not self._changes(one.call.tool) for one in calls)
        whole = self.reading.whole
        names = [fold(alias) for bot in self.catalogue.bots for alias in bot.all()]
        names += [fold(str(value)) for one in calls for value in one.call.arguments.values()]
        if (
            takes_back(whole)
            or only_tells(whole)
            or is_for_another(whole, names)
            or (looks and decides_later(whole))
            or asks_how(whole)
        ):
            calls = tuple(one for one in calls if not self._changes(one.call.tool))
        if wants_it_now(self.reading.live):
            calls = tuple(replace(one, mood="now") if one.mood == "at" else one for one in calls)
        none = "about" if asks_how(whole) else "not"
        return replace(guess, calls=calls, none=guess.none if calls else none)

    def _with_time(self, one: Proposed) -> Proposed:
        tool = self.catalogue.get(one.call.tool)
        return one if tool is None else with_time(one, tool, self.facts)

    def _meant(self, calls: tuple[ToolCall, ...]) -> Interpretation:
        """The calls; as a question where a change would take in what the message leaves out and no tool can."""
        changes = any(self._changes(call.tool) for call in calls)
        whole = self.reading.whole
        if changes and is_only_praised(calls, self.facts):
            return self._without_calls("chat")
        if changes and (is_repeated(calls, self.facts) or is_undecided(whole) or _contradict(calls, whole)):
            return offer(phrases.DO_YOU_MEAN, calls, self.language)
        vain = excepted_in_vain(calls, self.facts, self.catalogue)
        if vain:
            return offer(phrases.NOT_LEFT_OUT, calls, self.language, part=vain)
        return Interpretation(calls=calls)

    def _is_excluded(self, one: Proposed, others: Sequence[Proposed]) -> bool:
        tool = self.catalogue.get(one.call.tool)
        return tool is None or is_excluded(one, tool, self.facts, others) or is_only_asked(one, tool, self.facts)

    def _is_only_asked(self, one: Proposed) -> bool:
        tool = self.catalogue.get(one.call.tool)
        return tool is not None and is_only_asked(one, tool, self.facts)

    def _is_about_a_time(self, one: Proposed) -> bool:
        tool = self.catalogue.get(one.call.tool)
        return tool is not None and is_about_a_time(one, tool, self.facts)

    def _is_about_a_condition(self, one: Proposed) -> bool:
        """Whether nothing waits for the condition: the tool itself looks after it, or it is a reason."""
        tool = self.catalogue.get(one.call.tool)
        is_its = tool is not None and is_about_a_condition(one, tool, self.facts)
        return is_its or gives_a_reason(self.reading.live)

    def _is_passed_on(self, one: Proposed) -> bool:
        tool = self.catalogue.get(one.call.tool)
        return tool is not None and is_passed_on(one, tool, self.facts)

    def _is_for_later(self, kept: Sequence[Proposed], guess: Guess) -> bool:
        """Whether the words speak of a condition or a time although the model heard none: a change is asked back."""
        named = [(one, tool) for one in kept if (tool := self.catalogue.get(one.call.tool)) is not None]
        alone = len(kept) == 1
        looks = [tool.policy.risk == "read" for _, tool in named]
        return any(
            is_later(one, tool, self.facts, guess.sure, alone=alone, looked=_is_believed(one) and any(looks[:nth]))
            for nth, (one, tool) in enumerate(named)
            if not looks[nth] and not self._is_about_a_condition(one)
        )

    def _changes(self, name: str) -> bool:
        tool = self.catalogue.get(name)
        return tool is None or tool.policy.risk != "read"

    def _later(self, proposed: Sequence[Proposed], calls: Sequence[ToolCall]) -> Interpretation:
        """Not for now: told what it would be now. What only looks is done at once where nothing else was asked."""
        if calls and all(not self._changes(one.call.tool) for one in proposed) and not self.reading.time:
            return Interpretation(calls=tuple(calls))
        made, lacks = ground_calls(proposed, self.facts, self.catalogue)
        if made and not lacks:
            return offer(phrases.NOT_NOW, made, self.language)
        if self.reading.forbidden:
            return self._without_calls("not")  # "don't touch it until she says so"
        told = shown(made) or shown([one.call for one in proposed])
        return self._say(phrases.NOT_NOW_AGAIN, ask=True, calls=told)

    def _without_calls(self, none: str) -> Interpretation:
        if none == "unclear":
            return self._say(phrases.UNCLEAR, ask=True, tools=titles(self.catalogue, self.language))
        if none == "not":
            return self._say(phrases.NOTHING_DONE)
        if none == "impossible" and wants_undone(self.reading.live):
            return self._say(phrases.NOT_UNDONE, ask=True)
        if none == "chat":
            return self._say(phrases.HELLO)
        return self._say(
            phrases.EXPLAIN if none == "about" else phrases.CAN_DO, tools=titles(self.catalogue, self.language)
        )

    def _say(self, phrase: Phrase, *, ask: bool = False, **fields: object) -> Interpretation:
        return Interpretation(ask=ask, reply=phrase.say(self.language, **fields))


def _contradict(calls: Sequence[ToolCall], folded: str) -> bool:
    """Whether two calls set the same thing to different values by what two people want: "Lin wants 2 degrees, Zhou says
    3"."""
    return len(_OPINIONS.findall(folded)) > 1 and contradict(calls)


def _is_believed(one: Proposed) -> bool:
    return one.whole >= SURE_OF_ONE_MORE


def offer(phrase: Phrase, calls: Sequence[ToolCall], language: Language, **fields: object) -> Interpretation:
    """A question whether these calls are meant, and now; `fields` are what else the phrase says."""
    return Interpretation(ask=True, reply=phrase.say(language, calls=shown(calls), **fields), offered=tuple(calls))


def shown(calls: Sequence[ToolCall]) -> str:
    """Calls as a person may read them."""
    return ", ".join(map(_shown, calls))


def _shown(call: ToolCall) -> str:
    return f"{call.tool}({', '.join(f'{name}={value}' for name, value in call.arguments.items())})"
