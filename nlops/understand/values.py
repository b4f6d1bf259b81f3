"""One argument's value, out of what a model proposes and what the message says.

said in the text, in whatever form       kept, in the schema's own form
said in the text, otherwise               the text's own value, where only one fits
not said, the model sure                  kept for a look; for a change it must be surer
not said                                  absent, or impossible where the schema has no such value
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from nlops.understand.amounts import ground_number
from nlops.understand.clocks import find_clocks
from nlops.understand.directions import is_taken_away
from nlops.understand.flags import is_refused, overheard_flag, says_no_end, says_null, special_number
from nlops.understand.fold import fold
from nlops.understand.glosses import told_by_several, told_of, told_plainly
from nlops.understand.labels import key, names_of
from nlops.understand.measures import is_beside, is_numeric, is_only_measured, is_said_in_unit, measured_in, numbered_in
from nlops.understand.moments import form_of_choices
from nlops.understand.moods import Reading, without_done, without_waiting
from nlops.understand.numbered import is_size_open, lettered, sized
from nlops.understand.offer import SURE_TO_ASK, SURE_TO_CHANGE, SURE_TO_CHOOSE, Offer
from nlops.understand.outcomes import ABSENT, Absent, Impossible, Said, describe
from nlops.understand.quantities import COUNTERS
from nlops.understand.rest import all_but, excepted, instead, kept
from nlops.understand.rows import ground_items
from nlops.understand.sayings import (
    FAINT,
    led,
    mentioned,
    must_be_named,
    named,
    resolve,
    says_every,
    strange,
    without_faint,
)
from nlops.understand.schema import Argument
from nlops.understand.second_thoughts import turns
from nlops.understand.spoken import adds
from nlops.understand.texts import ground_text, overheard_text

SURE_OF_BOTH = 0.8  # a value that two calls have, where the text says it once
SURE_TO_LIST = 0.5  # a list with values that the text does not name beside those that it does
SURE_OF_ALL = 0.3  # every value of a list, where the text speaks of all
_EVERY = re.compile(r"\b(?:all|every\w*|each|both)\b|全|所有|每|都|各|统统|通通")
# That all of a kind are meant, and not "not at all", "all right", "once and for all".
_ALL_OF_THEM = re.compile(
    r"(?<!at )(?<!after )(?<!for )(?<!\bit )(?<!that )\ball\b"
    r"(?!\s+(?:right|good|day|night|set|over|done|the\s+way|of\s+(?:it|that|this)))"
    r"|\b(?:every(?:thing|body)|every(?!\s+(?:\w+\s+)?(?:\d|second|min|hour|day|night|week|month|time|other|one|two|three|four|five|six|ten))|each)\b"
    r"|所有|全部|全都|每一?个(?!小时|钟|月)|统统|通通"
)
# Words by which of the values that a message says not all are meant.
_TAKES_OUT = re.compile(
    r"\b(?:stays?|remains?|keeps?|but|bar|except|only|just|not|no|without|every\w*|all)\b|n't\b|除|只|别|不|没|所有|全"
)
_EXCEPTS = re.compile(
    r"\b(?:but|bar|barring|except|excluding|save\s+for|minus|without|other\s+than|apart\s+from|aside\s+from|the\s+rest|others)\b"
    r"|除|别的|其他|其它|其余|剩下"
)
# By which other days than the one that is named are meant: 「周一三五」, "all but Sunday".
_OTHER_DAYS = re.compile(
    r"(?:周|星期|礼拜)[一二三四五六日天]{2,}|\b(?:but|except|not|without|every\w*|all|onwards?)\b|n't\b"
    r"|除|别|不|没|所有|全|起|开始"
)
# By which there shall be one: "set a limit", 「设个自动回复」.
_SETS_ONE = re.compile(r"\b(?:set(?:\s+up)?|add|put\s+up)\s+an?\b|[设加]一?个|新增")
_CLAUSES = re.compile(r"[,，;；。]|\b(?:and|but)\b|然后|再")
_AN_ID = re.compile(r"(?<![a-z0-9])[a-z]+-?\d+")
_ALSO = re.compile(r"\b(?:too|also|well|same|likewise|both|all|each|ditto|so|ones?|another)\b|[也都同各]|一[样起并]")
_DEED = 3  # words, or Chinese characters
_ANOTHER = re.compile(r"\b(?:another|other|different|else)\b|另|别的|其他|换")


def ground_value(offer: Offer, facts: Said) -> object:
    """The value, ABSENT, or Impossible."""
    argument, said = offer.argument, offer.said
    if isinstance(said, Absent):
        return ABSENT
    if argument.kind in ("integer", "number") and said != 0 and not facts.numbers:
        special = special_number(argument, facts.reading.live)
        if special is not None:
            return _checked(argument, special)
    if said is None or (said == "null" and argument.nullable):
        return _null(offer, facts)
    if offer.changes and is_taken_away(argument, _clauses_of(said, facts.reading.live)):
        return None
    match argument.kind:
        case "integer" | "number":
            value = ground_number(offer, facts)
            is_open = argument.nullable and not facts.numbers
            value = None if is_open and says_no_end(argument, facts.reading.live) else value
        case "boolean":
            is_heard = isinstance(said, bool) and overheard_flag(argument, facts.reading.live) is said
            value = said if is_heard or (isinstance(said, bool) and offer.is_enough(facts)) else ABSENT
            # of several calls nobody knows which one is meant
            value = False if not offer.elsewhere and is_refused(argument, facts.reading.live) else value
        case "choice":
            measured = _measured(offer, facts)
            value = _choice(offer, facts) if measured is None else measured
            is_one = not isinstance(value, Impossible) and value in argument.choices
            value = _put_right(argument, [value], facts.reading.whole)[0] if is_one else value
        case "list":
            value = _list(offer, facts)
            if isinstance(value, list) and argument.choices:
                value = _put_right(argument, value, facts.reading.whole)
        case _:
            value = ground_text(argument, said, facts)
    if value is ABSENT and argument.nullable and says_null(argument, facts.reading.live):
        return None
    return _checked(argument, value)


def _null(offer: Offer, facts: Said) -> object:
    """Null, where the model is sure of it or the message has its words; of a text what the message says after all."""
    argument, live = offer.argument, facts.reading.live
    if argument.kind == "text" and not isinstance(heard := overheard_text(argument, facts), Absent):
        return _checked(argument, heard)
    is_sure = offer.sure >= SURE_TO_CHANGE and not _SETS_ONE.search(live)
    is_sure = is_sure or facts.was_said(None) or says_null(argument, live)
    return None if argument.nullable and is_sure else ABSENT


def _clauses_of(said: object, live: str) -> str:
    """The clauses of a folded message that have a value; all of it where none has."""
    clauses = _CLAUSES.split(live)
    own = [clause for clause in clauses if isinstance(said, str) and fold(said) in clause]
    return " ".join(own) or live


def _checked(argument: Argument, value: object) -> object:
    if isinstance(value, Absent | Impossible):
        return value
    why = argument.why_not(value)
    return Impossible(value, describe(argument)) if why else value


# ---- words


def _choice(offer: Offer, facts: Said) -> object:
    argument, said = offer.argument, offer.said
    heard = resolve(argument, said)
    value = lettered(argument, heard, facts.reading.live)
    value = None if value is None else sized(argument, value, facts.reading.whole)
    spared = (*_spared(argument, facts.reading), *excepted(argument, facts.reading.whole))
    own, others = led(argument, facts.reading.whole)
    spared += tuple(one for one in others if one not in own) + instead(argument, facts.reading.whole)
    spoken = tuple(one for one in _named_in(argument, facts) if one not in spared)
    if value == said not in (*spoken, *spared, *offer.beside) and offer.sure >= SURE_TO_CHOOSE:  # names know better
        plain = _without_others(offer, facts)
        told = named(argument, plain if value in FAINT else without_faint(plain))
        spoken = tuple(one for one in told if one not in (*spared, *offer.beside))
    if len(own) == 1 and own[0] not in spared:
        return own[0]
    plainly = tuple(one for one in told_plainly(argument, facts.reading.live) if one not in offer.elsewhere)
    if not spoken and plainly and value not in plainly and offer.sure >= SURE_TO_CHOOSE:
        return Impossible(None, describe(argument))  # which of the two knows better, nobody can tell
    spoken = spoken or plainly
    if not spoken and says_every(argument, facts.reading.live):
        return None
    is_said = fold(str(said)) in facts.reading.whole
    if value is not None and value != said and not is_said and value not in spoken and offer.changes:
        value = None  # a word that is neither the schema's nor the message's
    taken = (*spared, *(one for one in offer.elsewhere if one != value))
    ordered = tuple(one for one in mentioned(argument, without_done(facts.reading.whole)) if one not in taken)
    if len(ordered) == 1 and value not in ordered and value in spoken:
        return ordered[0]  # "alice's are done, now bob's"
    if value is None:
        # what a model hardly believes in and nobody said is no option
        is_none = not (argument.required or is_said or spoken) and offer.sure < SURE_TO_ASK
        lost = ABSENT if is_none else Impossible(said if is_said else None, describe(argument))
        return spoken[0] if len(spoken) == 1 and not offer.changes else lost
    if value in spared:
        is_other = bool(spoken) or value in others or _ANOTHER.search(facts.reading.live) is not None
        is_it = offer.sure >= SURE_TO_CHOOSE and not is_other  # "no more water on the orchard" stops it there
        return spoken[0] if len(spoken) == 1 else value if is_it else ABSENT
    is_word = said != value and (is_said or value != heard)  # the message's own word for it, or its letter or size
    return _believed_choice(offer, value, spoken, facts, is_word=is_word)


def _believed_choice(offer: Offer, value: object, spoken: Sequence[object], facts: Said, *, is_word: bool) -> object:
    """The value of a choice that a model heard, or the only one that the message says, as far as the message, its other
    calls, the conversation or the model's own certainty bears it out."""
    argument, elsewhere = offer.argument, offer.elsewhere
    if _is_said_of_another(offer, value, facts.reading.whole):
        return ABSENT
    is_alike = bool(elsewhere) and all(one == value for one in elsewhere)
    is_for_all = is_alike and len(spoken) == 1 and _EVERY.search(facts.reading.live) is not None
    is_for_both = tuple(spoken) == (value,) and offer.sure >= SURE_OF_BOTH  # "open gate two and gate three"
    if value in spoken and (offer.sure >= SURE_TO_CHOOSE or value not in elsewhere or is_for_all or is_for_both):
        return value
    if len(spoken) == 1 and spoken[0] not in elsewhere:
        return spoken[0]  # before what the conversation said
    if facts.was_said(value):
        # "wipe everything" is not about what was spoken of a moment ago
        is_all = offer.changes and _means_all(argument, value, facts.reading.live)
        return Impossible(None, describe(argument)) if is_all else value
    return value if is_word else _unnamed(offer, value, facts, spoken)


def _is_said_of_another(offer: Offer, value: object, whole: str) -> bool:
    """Whether a message says a value only where it speaks of another call's id, and of this call's id something else:
    "K1 takes the base load and K4 goes off"."""
    if value not in offer.elsewhere or not offer.changes:
        return False
    ids = [fold(one) for one in offer.beside if isinstance(one, str) and _AN_ID.search(fold(one))]
    clauses = _CLAUSES.split(whole)
    own = [clause for clause in clauses if any(one in clause for one in ids)]
    saying = [clause for clause in clauses if value in mentioned(offer.argument, clause)]
    is_other = bool(own) and bool(saying) and not set(own) & set(saying)
    is_other = is_other and all(set(_AN_ID.findall(clause)) - {key(value)} for clause in saying)
    return is_other and not any(_ALSO.search(clause) or _is_short(clause, ids) for clause in own)


def _is_short(clause: str, ids: Sequence[str]) -> bool:
    """Whether nothing is said of an id in a clause."""
    for one in ids:
        clause = clause.replace(one, " ")
    return len(re.findall(r"[a-z]+", clause)) < _DEED and len(re.findall(r"[\u3400-\u9fff]", clause)) < _DEED


def _named_in(argument: Argument, facts: Said) -> tuple[object, ...]:
    """The values of a choice that a message says; of numbers in a unit no others than it measures: "30s" are no 30
    minutes."""
    said = mentioned(argument, facts.reading.whole) or numbered_in(argument, facts)
    is_measure = is_numeric(argument) and is_said_in_unit(argument, facts)
    return tuple(one for one in said if one in measured_in(argument, facts)) if is_measure else said


def _measured(offer: Offer, facts: Said) -> object | None:
    """Of numbers to choose from the one that the message says in a unit, of 30, 60 and 90 minutes "an hour and a half";
    of times of the day the one that it says. Where it says several, the one that the model heard."""
    argument = offer.argument
    said: Collection[object]
    if is_numeric(argument):
        said = measured_in(argument, facts)
    elif form := form_of_choices(argument):
        said = frozenset(form.write("", clock) for clock in find_clocks(facts.reading.whole))
    else:
        return None
    meant = [one for one in argument.choices if one in said]
    value = resolve(argument, offer.said)
    is_measure = is_numeric(argument) and is_only_measured(argument, facts)
    is_one = len(meant) == 1 and (offer.sure < SURE_TO_CHOOSE or value is None or is_measure)
    if is_numeric(argument) and not meant:
        beside = is_beside(argument, measured_in(argument, facts))
        if beside is not None:
            return beside
    return value if value in meant else meant[0] if is_one else None


def _unnamed(offer: Offer, value: object, facts: Said, spoken: Sequence[object]) -> object:
    """A value for which the message has no name: the model's, where nothing speaks against it and it is sure."""
    argument = offer.argument
    if not spoken and (other := strange(argument, _without_others(offer, facts))):
        return Impossible(other[0], describe(argument))
    others = [one for one in spoken if one not in offer.elsewhere]
    if len(others) > 1 and offer.changes and value not in told_of(argument, facts.reading.live):
        return Impossible(None, describe(argument))  # others are said
    if not spoken and offer.changes and is_size_open(argument, value, facts.reading.whole):
        return Impossible(None, describe(argument))
    return value if offer.is_enough(facts) else offer.in_doubt()


def _put_right(argument: Argument, values: Sequence[object], folded: str) -> list[object]:
    """The values with those of a second thought in the place of the first ones: "as a cook no sorry as a driver"."""
    right = list(values)
    for before, behind in turns(folded):
        firsts = sorted(mentioned(argument, before), key=lambda one: _place(argument, one, before))
        seconds = [one for one in mentioned(argument, behind) if one not in firsts[-1:]]
        if firsts and len(seconds) == 1 and firsts[-1] in right:
            right[right.index(firsts[-1])] = seconds[0]
    return list(dict.fromkeys(right))


def _place(argument: Argument, value: object, folded: str) -> int:
    """Where a folded text has a name of a value last; -1 where it has none as it stands."""
    return max(folded.rfind(name) for name in names_of(argument)[key(value)])


def _means_all(argument: Argument, value: object, live: str) -> bool:
    """Whether a text speaks of all there are, and the value is one of them and not the one that stands for all."""
    names = names_of(argument)[key(value)]
    return _ALL_OF_THEM.search(live) is not None and not any(_ALL_OF_THEM.search(name) for name in names)


def _without_others(offer: Offer, facts: Said) -> str:
    """The folded message without the texts and ids of the call's other arguments: the page "support/gdpr" is not for
    those at "support"."""
    whole = facts.reading.whole
    for value in offer.beside:
        if isinstance(value, str) and value not in offer.argument.choices and len(value) > 1:
            whole = whole.replace(fold(value), " ")
    return whole


def _spared(argument: Argument, reading: Reading) -> tuple[object, ...]:
    """The values that a message only forbids or excepts ("not the east roof, the west one")."""
    if not reading.forbidden or not any(char.isalnum() for char in reading.live):
        return ()
    live = mentioned(argument, reading.live)
    return tuple(one for part in reading.forbidden for one in mentioned(argument, part) if one not in live)


def _list(offer: Offer, facts: Said) -> object:
    argument, said = offer.argument, offer.said
    items = said if isinstance(said, list) else [said]
    if not argument.choices:
        return ground_items(argument, items, facts, offer.beside)
    resolved = [(item, resolve(argument, item)) for item in items]
    unknown = [item for item, value in resolved if value is None]
    if spared := kept(argument, facts.reading.whole):
        return list(spared)
    spoken = mentioned(argument, without_waiting(facts.reading.live))
    if unknown and (not spoken or any(fold(str(item)) in facts.reading.whole for item in unknown)):
        return Impossible(", ".join(map(str, unknown)), describe(argument))
    if unknown and (others := strange(argument, facts.reading.whole)):
        return Impossible(", ".join(others), describe(argument))
    out = instead(argument, facts.reading.whole)
    spoken = tuple(one for one in spoken if one not in out)
    values = list(dict.fromkeys(value for _, value in resolved if value is not None and value not in out))
    left = [one for one in values if one not in _spared(argument, facts.reading)]
    if 0 < len(left) < len(values) and set(left) <= {*spoken, *told_of(argument, facts.reading.live)}:
        return left  # "only the hills, not the old town"
    if rest := all_but(argument, facts.reading.whole):
        if set(values) <= set(rest) and 2 * len(values) > len(rest):  # the text may except more, in words of its own
            return values
        return [value for value in values if value in rest] + [value for value in rest if value not in values]
    told = [one for one in told_by_several(argument, facts.reading.live) if one not in offer.elsewhere]
    if len(fuller := tuple(one for one in argument.choices if one in spoken or one in told)) == len(values):
        spoken = fuller  # as many as the model heard: these, then
    if set(spoken) < set(values) and _is_count(len(spoken), facts):
        return list(spoken)  # 「西湖拱墅临平三个区」
    if _are_the_rest(values, spoken, argument) and _EXCEPTS.search(facts.reading.whole):
        return values
    missed = _missed(offer, values, spoken, facts)
    more = missed | set(values) == set(spoken) and not _TAKES_OUT.search(facts.reading.whole)
    if spoken and (not set(values) & set(spoken) or len(values) == len(spoken) or more):
        left = [value for value in spoken if value in missed]
        return [value for value in values if value in spoken] + left or ABSENT
    if not spoken and (other := strange(argument, facts.reading.whole)):
        return Impossible(", ".join(other), describe(argument))
    return _believed(values, spoken, offer, facts)


def _missed(offer: Offer, values: Sequence[object], spoken: Sequence[object], facts: Said) -> set[object]:
    """The values of a list that a message says and a model did not hear. Of several calls each has what stands in a
    clause with its own: "the centre to 1.5, the campus back to normal"."""
    missed = {value for value in spoken if value not in values and value not in offer.elsewhere}
    if not offer.elsewhere or not set(values) & set(spoken):
        return missed
    clauses = [set(mentioned(offer.argument, clause)) for clause in _CLAUSES.split(facts.reading.live)]
    return missed & {value for named in clauses if named & set(values) for value in named}


def _believed(values: list[object], spoken: Sequence[object], offer: Offer, facts: Said) -> object:
    """The values that a model heard, as far as the message, the conversation, or its own certainty bears them out."""
    argument, whole = offer.argument, facts.reading.whole
    items = offer.said if isinstance(offer.said, list) else [offer.said]
    is_said = (
        bool(spoken)
        or any(map(facts.was_said, values))
        or any(fold(str(item)) in whole for item in items)
        or (bool(values) and set(values) <= set(told_of(argument, facts.reading.live)))
        or (offer.sure >= SURE_OF_ALL and set(values) == set(argument.choices) and _EVERY.search(whole) is not None)
    )
    # no weekday but the one that is named
    is_alone = len(spoken) == 1 and must_be_named(argument) and not _OTHER_DAYS.search(facts.reading.live)
    is_of_talk = bool(set(values) & set(spoken)) and all(map(facts.was_said, values)) and not adds(facts.reading.live)
    is_doubtful = (is_of_talk or offer.sure < SURE_TO_LIST) and not _TAKES_OUT.search(whole)
    if spoken and offer.changes and (is_alone or is_doubtful):
        values = [value for value in values if value in spoken]  # for the others nothing speaks
    if is_said or offer.is_enough(facts):
        return values
    each = offer.sure ** (1 / max(1, len(values)))  # that all are right is less probable than that each is
    return replace(offer, sure=each).in_doubt()


def _is_count(count: int, facts: Said) -> bool:
    """Whether a message says how many it means, and it is so many."""
    return count > 1 and any(one.low == one.high == count and one.unit in COUNTERS for one in facts.numbers)


def _are_the_rest(values: Sequence[object], spoken: Sequence[object], argument: Argument) -> bool:
    """Whether these are all but those that the message says: "everything but the masks"."""
    return bool(spoken) and len(values) + len(spoken) == len(argument.choices) == len({*values, *spoken})
