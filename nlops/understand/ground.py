"""Grounding: a call that a model proposes is believed only as far as the message says it, in both directions.

What is not said is taken out or asked for; what is said otherwise is put right. All of it follows from the JSON Schema
of the tool at hand: bots by their names, numbers by the numbers in the text and their units, values of an enum by their
names, aliases and sound, patterns by what matches them, free text by being a part of the message. Where a text cannot
tell, the model's own certainty decides, and a change wants more of it than a look.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from nlops.domain.tools import Catalogue, ToolCall, ToolSpec
from nlops.understand.answer import ALL_BOTS
from nlops.understand.claimed import without_claimed, without_names, without_rivals, without_texts
from nlops.understand.codes import told_alike
from nlops.understand.facts import Facts
from nlops.understand.fold import fold
from nlops.understand.measures import in_unit_of, is_numeric
from nlops.understand.misplaced import in_place
from nlops.understand.moments import clock_left, is_a_clock, is_an_end, is_unsaid
from nlops.understand.names import closest
from nlops.understand.offer import SURE_TO_ASK, Offer
from nlops.understand.outcomes import ABSENT, Absent, Impossible, describe
from nlops.understand.overhear import overheard
from nlops.understand.relative import is_relative, reckoned
from nlops.understand.reply import Proposed
from nlops.understand.rest import all_but
from nlops.understand.sayings import in_one_row, mentioned
from nlops.understand.schema import Argument, arguments_of, is_of_ids
from nlops.understand.spoken import adds, both, neighbour, pointed_at, recalled, told_before
from nlops.understand.texts import says_default
from nlops.understand.values import ground_value
from nlops.understand.whom import bots_meant, says_all


@dataclass(frozen=True)
class Lack:
    """An argument that cannot be taken from the message. `got` is what was said and the schema refuses, `why` says in a
    few words what would do; `known` are the other arguments of the call."""

    tool: ToolSpec
    argument: Argument
    got: object = None
    why: str = ""
    known: Mapping[str, object] = field(default_factory=dict)


_REPLACES = re.compile(r"\breplaces?\b|\boverwrit|覆盖|整[表组]|\bfull list\b")
_FOR_EACH = re.compile(r"\b(?:both|each|all)\b|都")
_HARDLY = 0.2  # how sure a model is of an option that it invents


def ground_calls(
    proposed: Iterable[Proposed], facts: Facts, catalogue: Catalogue
) -> tuple[tuple[ToolCall, ...], tuple[Lack, ...]]:
    """Each call with what the message supports, in order and without repeats; and what is lacking."""
    done: list[ToolCall] = []
    lacks: list[Lack] = []
    calls = _as_sure(list(proposed)) if _FOR_EACH.search(facts.reading.live) else list(proposed)
    for one in calls:
        tool = catalogue.get(one.call.tool)
        if tool is None:  # the reply's reader lets no such call through
            continue
        others = [other.call.arguments for other in calls if other is not one]
        values, missing = _ground(one, tool, facts, catalogue, others)
        bot = next((a for a in arguments_of(tool, catalogue) if a.is_bot), None)
        rows = [values] if bot is None else _rows(one, bot, tool, facts, values, missing, alone=len(calls) == 1)
        alike = all(other.call == one.call for other in calls if other.call.tool == tool.name)
        rows, missing = _spread(rows, missing, arguments_of(tool, catalogue), facts, alike=alike)
        lacks += [replace(lack, known=rows[0]) for lack in missing] if len(rows) == 1 else missing
        for call in (ToolCall(tool.name, row) for row in rows if not missing):
            same = next((at for at, other in enumerate(done) if _are_one(call, other, tool)), None)
            if same is None:
                done.append(call)
            else:
                done[same] = ToolCall(tool.name, _joined(done[same].arguments, call.arguments))
    return tuple(done), tuple(lacks)


def _as_sure(calls: list[Proposed]) -> list[Proposed]:
    """The calls of what holds for each, every value as sure as the surest that another call of its tool has it: of "A
    and B are both late, the berth is taken" one reason is meant."""

    def surest(one: Proposed, name: str) -> float:
        value = one.call.arguments.get(name)
        alike = [other for other in calls if other.call.tool == one.call.tool and name in other.call.arguments]
        return max((other.sure.get(name, 1.0) for other in alike if other.call.arguments[name] == value), default=1.0)

    return [replace(one, sure={name: surest(one, name) for name in one.sure}) for one in calls]


def _spread(
    rows: list[dict[str, object]], missing: list[Lack], arguments: Sequence[Argument], facts: Facts, *, alike: bool
) -> tuple[list[dict[str, object]], list[Lack]]:
    """A call as several, one for each value that is meant of a required argument: "all but mail", and "both" or "mail
    and shop" where the message's calls of this tool are `alike`."""
    for argument in (a for a in arguments if a.required and a.kind in ("choice", "text")):
        meant = all_but(argument, facts.reading.whole) if argument.kind == "choice" else ()
        meant = meant or (both(argument, facts) if alike else ())
        if not meant and alike and len(rows) == 1 and _is_apart(argument, arguments):
            meant = in_one_row(argument, rows[0].get(argument.name), facts.reading.live)
        if meant and all(lack.argument.name == argument.name for lack in missing):
            return [{**row, argument.name: value} for row in rows for value in meant], []
    return rows, missing


def _is_apart(argument: Argument, arguments: Sequence[Argument]) -> bool:
    """Whether no other argument of the tool has one of its values."""
    others = [value for other in arguments if other is not argument for value in other.choices]
    return argument.kind == "choice" and not {*map(str, argument.choices)} & {*map(str, others)}


def _are_one(one: ToolCall, other: ToolCall, tool: ToolSpec) -> bool:
    """Whether two calls come to one: they are the same, or differ in one list alone, or each has options that the other
    leaves open, or look at the same thing and differ in flags that may be left out."""
    keys = one.arguments.keys() | other.arguments.keys()
    both = one.arguments.keys() & other.arguments.keys()
    differ = [key for key in keys if one.arguments.get(key) != other.arguments.get(key)]
    if one.tool == other.tool and both and all(one.arguments[key] == other.arguments[key] for key in both):
        return True
    lists = [isinstance(call.arguments.get(key), list) for key in differ for call in (one, other)]
    if one.tool == other.tool and len(differ) == 1 and all(lists):
        return True
    if one.tool != other.tool or tool.policy.risk != "read":
        return one == other
    required = frozenset(tool.input_schema.get("required") or ())
    values = [call.arguments[key] for key in differ for call in (one, other) if key in call.arguments]
    return not set(differ) & required and all(isinstance(value, bool) for value in values)


def _joined(one: Mapping[str, object], other: Mapping[str, object]) -> dict[str, object]:
    flags = {key: one.get(key, value) or value for key, value in other.items() if isinstance(value, bool)}
    lists = {
        key: list(dict.fromkeys([*own, *value]))
        for key, value in other.items()
        if isinstance(value, list) and isinstance(own := one.get(key, []), list)
    }
    return {**one, **other, **flags, **lists}


def _ground(
    one: Proposed, tool: ToolSpec, facts: Facts, catalogue: Catalogue, others: Sequence[Mapping[str, object]]
) -> tuple[dict[str, object], list[Lack]]:
    """The values of every argument but a bot, and what is lacking of them."""
    values: dict[str, object] = {}
    lacks: list[Lack] = []
    # "market" of "the Brazil market" is that argument's name, and not what to group by
    taken = [*one.call.arguments.values(), *tool.properties]
    arguments = told_alike([a for a in arguments_of(tool, catalogue) if not a.is_bot])
    one = in_place(one, arguments)
    arguments = [in_unit_of(a, one.call.arguments, arguments) for a in arguments]
    numeric = [a for a in arguments if a.kind in ("integer", "number")]
    for argument in arguments:
        said = one.call.arguments.get(argument.name, ABSENT)
        sure = one.sure.get(argument.name, 1.0)
        alone = argument in numeric and len(numeric) == 1
        elsewhere = [other[argument.name] for other in others if argument.name in other]
        if argument.kind == "list":
            every = (value for other in others for value in other.values())
            elsewhere = [one for value in every for one in (value if isinstance(value, list) else [value])]
        changes = tool.policy.risk != "read"
        is_number = argument in numeric or is_numeric(argument)
        free = without_claimed(argument, one, arguments, facts, others) if is_number else facts
        if said is ABSENT and not (argument.kind == "boolean" and others):
            own = free if argument.required else without_rivals(argument, arguments, free, others)
            heard = overheard(argument, without_names(argument, one, arguments, own))
            said = _free(heard, (*elsewhere, *taken))
        free = without_texts(argument, one, arguments, free) if argument.kind == "list" else free
        beside = [value for name, value in one.call.arguments.items() if name != argument.name]
        offer = Offer(argument, said, sure=sure, changes=changes, alone=alone, elsewhere=elsewhere, beside=beside)
        value = _of_talk(_own(ground_value(offer, free), offer), offer, tool, facts, values)
        if isinstance(value, Impossible) and _is_invented(offer, value, one.call.arguments):
            value = _of_talk(ABSENT, offer, tool, facts, values)
        if is_an_end(argument) and value in [values[a.name] for a in arguments if a.name in values]:
            value = ABSENT  # of one time that is said the start has it
        if isinstance(value, Impossible):
            lacks.append(Lack(tool, argument, value.got, value.why))
        elif value is not ABSENT:
            values[argument.name] = value
        elif argument.required:
            lacks.append(Lack(tool, argument))
    return values, [Lack(lack.tool, lack.argument, lack.got, lack.why, values) for lack in lacks]


def _own(value: object, offer: Offer) -> object:
    """A value, but no id that the model has for another argument: where someone is taken from is not where to."""
    is_id = isinstance(value, str) and offer.argument.kind == "text" and re.search("[A-Za-z]", value) is not None
    return ABSENT if is_id and value != offer.said and value in offer.beside else value


def _free(heard: object, taken: Sequence[object]) -> object:
    """What was overheard, without what other arguments have."""
    if isinstance(heard, list):
        return [one for one in heard if one not in taken] or ABSENT
    return ABSENT if heard in taken else heard


def _of_talk(value: object, offer: Offer, tool: ToolSpec, facts: Facts, values: Mapping[str, object]) -> object:
    """The value that the message says, or what it comes to by the other calls of the message and by the conversation.
    `values` are those of the call's other arguments, as far as they are known."""
    argument = offer.argument
    if is_a_clock(argument) and isinstance(value, Impossible | Absent):
        value = clock_left(argument, offer.elsewhere, facts, value)
    if argument.kind in ("integer", "number"):
        value = _reckoned(value, tool, argument, facts, alone=offer.alone)
    if value is ABSENT and _is_an_option_lost(offer, argument) and not is_unsaid(argument, facts):
        value = Impossible(None, describe(argument))
    if value is ABSENT and argument.required:
        value = _spoken_of(argument, offer.said, tool, facts, values)
    if value is ABSENT:
        value = _kept(argument, tool, facts)
    value = _with_more(_whole(value, offer, tool, facts), offer, tool, facts)
    return neighbour(pointed_at(value, offer, facts), offer, facts)


def _with_more(value: object, offer: Offer, tool: ToolSpec, facts: Facts) -> object:
    """A list to which something is added, of a tool that replaces the old one: with what the last call of it had."""
    last = _of_last(offer.argument, tool, facts)
    told = fold(f"{tool.description} {offer.argument.told}")
    if not (isinstance(value, list) and isinstance(last, list) and _REPLACES.search(told)):
        return value
    before = [one for row in facts.earlier[:1] for one in row.values() if isinstance(one, str)]
    is_more = any(one in offer.beside for one in before) and adds(facts.reading.live)
    return [*last, *(one for one in value if one not in last)] if is_more else value


def _whole(value: object, offer: Offer, tool: ToolSpec, facts: Facts) -> object:
    """A list of an enum's values of which the message says nothing and the last call had more: all of that."""
    last = _of_last(offer.argument, tool, facts)
    if not (offer.argument.choices and isinstance(value, list) and isinstance(last, list) and set(value) < set(last)):
        return value
    return value if mentioned(offer.argument, facts.reading.whole) else last


def _reckoned(value: object, tool: ToolSpec, argument: Argument, facts: Facts, *, alone: bool) -> object:
    """A number that is said as so much more or less, from what was set a moment ago; Impossible where nothing was."""
    is_open = value is ABSENT and argument.required
    is_more = is_relative(value, tool, argument, facts, alone=alone)
    set_to = (call.arguments.get(argument.name) for call in facts.before if call.tool == tool.name)
    base = next((one for one in set_to if isinstance(one, int | float) and not isinstance(one, bool)), None)
    wanted = base if is_open or is_more else None
    total = None if wanted is None else reckoned(wanted, argument, tool, facts, alone=alone)
    if total is not None:
        return Impossible(total, describe(argument)) if argument.why_not(total) else total
    return Impossible(None, "") if is_more else value


def _is_an_option_lost(offer: Offer, argument: Argument) -> bool:
    """Whether a change would go without an option that the model heard in the message and the message does not say like
    this: "two versions back" is no version, and without it the change were another."""
    is_id = argument.kind == "text" and not argument.is_free_text and not argument.required
    is_id = is_id and not says_default(argument, str(offer.said))
    return is_id and offer.changes and isinstance(offer.said, str) and offer.sure >= SURE_TO_ASK


def _is_invented(offer: Offer, value: Impossible, said: Mapping[str, object]) -> bool:
    """Whether an option's number that the schema refuses is none of its own: the model hardly believed in another, or
    has the same for another argument, so that nobody is asked what humidity "four men" shall be."""
    argument = offer.argument
    if argument.required or argument.kind not in ("integer", "number"):
        return False
    elsewhere = [one for name, one in said.items() if name != argument.name]
    return (offer.sure < _HARDLY and value.got != offer.said) or value.got in elsewhere


_THE_REST = re.compile(
    r"(?:别的|其他|其它|其余|剩下)的?都?(?:不变|照旧|不动|一样)|\b(?:everything\s+else|all\s+else|the\s+rest)\s+(?:is\s+|stays?\s+)?(?:the\s+)?(?:same|unchanged)\b"
)


_SAME_TIME = re.compile(r"时间(?:也|都)?(?:一样|不变|照旧|相同)|(?:同一|老)时间|\bsame\s+(?:times?|hours|slot|shift)\b")


def _kept(argument: Argument, tool: ToolSpec, facts: Facts) -> object:
    """What the last call of the tool had for an argument, where a message changes one thing of it and no more."""
    is_kept = _THE_REST.search(facts.reading.live) or (is_a_clock(argument) and _SAME_TIME.search(facts.reading.live))
    return _of_last(argument, tool, facts) if is_kept else ABSENT


def _of_last(argument: Argument, tool: ToolSpec, facts: Facts) -> object:
    """What the last call of the tool had for an argument."""
    last = next((call for call in facts.before if call.tool == tool.name), None)
    return ABSENT if last is None else last.arguments.get(argument.name, ABSENT)


def _spoken_of(argument: Argument, said: object, tool: ToolSpec, facts: Facts, values: Mapping[str, object]) -> object:
    """What the wishes before it in the same message have for an argument, or else the conversation; ABSENT if nothing.
    `values` are those of the call's other arguments, as far as they are known."""
    value = _beside(argument, facts)
    if value is ABSENT:
        value = recalled(said, argument, facts)
    is_of_talk = any(map(facts.was_said, values.values()))
    if value is ABSENT and is_of_talk and argument.kind == "list" and said is not ABSENT:
        value = _of_last(argument, tool, facts)  # the model heard some of it, and the message says none
    return told_before(argument, facts) if value is ABSENT and is_of_talk else value


def _beside(argument: Argument, facts: Facts) -> object:
    """The one id of the wishes before it in the same message that the argument's pattern describes: of "R22 to the next
    phase, then the air to 22" the second one's room. A pattern that plain words fit describes no ids."""
    items = argument.schema.get("items") if argument.kind == "list" else argument.schema
    pattern = items.get("pattern") if isinstance(items, Mapping) else None
    if not isinstance(pattern, str) or not is_of_ids(pattern):
        return ABSENT
    ids = dict.fromkeys(
        value for row in facts.beside for value in row.values() if isinstance(value, str) and re.search(pattern, value)
    )
    if len(ids) != 1:
        return ABSENT
    return list(ids) if argument.kind == "list" else next(iter(ids))


def _rows(
    one: Proposed,
    bot: Argument,
    tool: ToolSpec,
    facts: Facts,
    values: dict[str, object],
    missing: list[Lack],
    *,
    alone: bool,
) -> list[dict[str, object]]:
    """The call's values for each bot that is meant; where none is, and one must be, that is lacking."""
    said = one.call.arguments.get(bot.name)
    is_unknown = bot.name in one.unsaid and not facts.names and not says_all(facts) and len(facts.bots) > 1
    meant = None if is_unknown else bots_meant(said, bot, tool, facts, alone=alone)
    if meant is None:
        word = said if isinstance(said, str) and said not in bot.choices and said != ALL_BOTS else None
        missing.insert(0, Lack(tool, bot, word, closest(word, facts.bots) or "" if word else "", values))
        return []
    return [{bot.name: name, **values} for name in meant] or [values]
