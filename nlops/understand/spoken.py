"""What was spoken of a moment ago, for whatever a tool requires that is no bot: "it", "the other one", "both", "same
again". Where the conversation has more than the message tells apart, it is asked.
"""

import re
from collections.abc import Mapping, Sequence

from nlops.domain.tools import Catalogue, ToolCall
from nlops.understand.facts import Facts
from nlops.understand.fold import fold
from nlops.understand.offer import Offer
from nlops.understand.outcomes import ABSENT, Impossible, Said, describe
from nlops.understand.sayings import mentioned
from nlops.understand.schema import Argument, fitting, is_of_ids

_UNDOES = re.compile(
    r"\b(?:(?:undo|revert)\s+(?:that|it|this|the\s+last)|(?:take|put|set|change|move|bring)\s+(?:that|it|them|her|him)\s+back)\b"
    r"|\bback\s+to\s+(?:what|how|where)\s+(?:it|they|she|he)\s+(?:was|were)\b"
    r"|\bback\s+to\s+the\s+(?:one|value|number|setting|way\s+it\s+was)\s+before\b|[按用改换调][回成]?第一次那"
    r"|撤[销回]|还原|[改换调]回去?|\bundo\s*[那刚上这]"
)
_CORRECTS = re.compile(
    r"\b(?:typo|oops|i\s+mea?nt?)\b|^(?:no|nope|wait|sorry)\b|[打说搞写弄报填输]错|不对|^(?:应该是|改成是)"
)
_POINTS = re.compile(
    r"\b(?:it|its|her|hers|him|his|she|he|them|they|their|that|this|those|these)\b|[他她它]|[那这]|刚才|刚刚|刚那|上面|上一"
    rf"|说回|{_CORRECTS.pattern}"  # a second thought is about the first
)
_SAME = re.compile(
    r"\b(?:same|again|once\s+more|ditto|repeat|as\s+before)\b|一样|照旧|同样|再来一|再[^,，。]{1,3}[一两][次遍回轮]|再[送发做跑加充]一|重复|跟刚才|和刚才"
)
_OTHER = re.compile(
    r"\bother\s+(?:one|guy|girl|lot|band|bot)?\b(?!\s+(?:than|people|day))|另外?(?:一|那一?)[^\W\d]|另[个条台位张份只间辆]"
)
_FIRST = re.compile(
    r"\bfirst\s+(?:one|lot|guy|girl|two|couple|band)\b|第一[个条台位张份只间辆单]|前[一面]那?[个条台位张份只间辆单]|最早那"
)
# Who is done tells so, and whoever wants one more names another.
_PRAISES = re.compile(
    r"^(?:perfect|great|nice|good|lovely|thanks|thank\s+you|thx|ty|cheers)\b|\b(?:thanks|thx|ty|cheers)[\s.!]*$|谢|辛苦了"
)
_ONE_MORE = re.compile(r"\b(?:him|her|it|them|this|that|one)\s+(?:too|also|as\s+well)\b|[他她它个]也")
_BARE = re.compile(
    r"(?<![\w.:/-])(?P<n>\d+)(?=\s*(?:$|[?？,，。!！.]|[也呢号]|(?:too|also|as\s+well|please|pls|thx|thanks)\b))"
)
# "same for 152", "and 02?", 「152也要」
_NEIGHBOUR = re.compile(
    r"^(?:and|also|same|ditto)\b|\bsame\b|\b(?:too|also|as\s+well)\W*$|[也呢]|一样|同样|^\d+\s*[?？]?$"
)
_ADDED = re.compile(
    r"^(?:and|also|plus|add)\b.*\b(?:too|as\s+well|also)\b|^(?:and|also)?\s*add\b|也(?:加上|带上|要|开)|再加上?|还有"
)
_WRONG = re.compile(
    r"\b(?:that|it)\s+(?:was|is)\s+the\s+wrong\b|\bwrong\s+(?:one|guy|order|invoice|person)\b|[搞弄]错了"
)
_BOTH = re.compile(r"\b(?:both|each)\b|俩|[这那]两[个条台位张份只间辆单笔件家]|两[个条台位张份只间辆单笔件家]都")


def spoken(argument: Argument, facts: Said) -> tuple[object, ...]:
    """The values that the calls before had for an argument: of this name, or ids that its pattern describes, whatever
    they were called there. The latest first."""
    pattern = _pattern_of(argument)
    said: list[object] = []
    for row in facts.earlier:
        for name, value in row.items():
            items = value if isinstance(value, list) else [value]
            is_id = pattern is not None and all(isinstance(one, str) and re.search(pattern, one) for one in items)
            if is_id or (name == argument.name and argument.kind != "list"):
                said += items
    fit = (one for one in said if argument.kind == "list" or not argument.why_not(one))
    return tuple(dict.fromkeys(fit))


def _pattern_of(argument: Argument) -> str | None:
    """The pattern of an argument's ids, of its items' in a list; None where plain words fit as well."""
    schema = argument.schema.get("items", {}) if argument.kind == "list" else argument.schema
    pattern = schema.get("pattern") if isinstance(schema, Mapping) else None
    return pattern if isinstance(pattern, str) and is_of_ids(pattern) else None


def recalled(said: object, argument: Argument, facts: Said) -> object:
    """The one value that the conversation has for what the message points at, or wants again; ABSENT where it has none
    or several, or where what a model `said` stands in part in the message. A number is only ever the same again."""
    values, live = spoken(argument, facts), facts.reading.live
    if said is ABSENT and len(values) == 1 and _OTHER.search(live):
        return _other_in_text(argument, values[0], facts)
    runs = re.findall(r"\d+", str(said)) if said is not ABSENT else []
    if said is not ABSENT and (not runs or any(re.search(rf"(?<!\d){run}(?!\d)", facts.reading.whole) for run in runs)):
        return ABSENT
    if said in _ids_in_texts(argument, facts) and any(one.search(live) for one in (_OTHER, _POINTS, _SAME)):
        return said
    points = _SAME.search(live) is not None and said is ABSENT
    points = points or (_tells_things_apart(argument) and _POINTS.search(live) is not None)
    if argument.kind == "list" and len(values) == 2 and _BOTH.search(live):
        return list(values[::-1])
    if len(values) != 1 or not points:
        return ABSENT
    return [values[0]] if argument.kind == "list" else values[0]


def pointed_at(value: object, offer: Offer, facts: Said) -> object:
    """The value as it is, or where it is the latest one and "the other" or "the first" is spoken of, that one. With
    more that was taken from the conversation it is asked, as where there are several."""
    argument, live = offer.argument, facts.reading.live
    values = spoken(argument, facts)
    if isinstance(value, list):
        return _listed(value, argument, values, live)
    if isinstance(value, Impossible) and value.got is None and argument.kind == "choice":
        return values[0] if len(values) == 1 and _SAME.search(live) else value  # "his mate gets the same"
    is_corrected = any(isinstance(one, str) and not facts.was_said(one) for one in offer.beside)
    is_corrected = is_corrected or (_OTHER.search(live) is not None and any(map(_is_id, offer.beside)))
    if argument.kind == "choice" and values and value not in values and is_corrected and _CORRECTS.search(live):
        return value if mentioned(argument, facts.reading.whole) else values[0]  # one thing is put right at a time
    if len(values) == 1 and value == values[0] and _OTHER.search(live) and not _is_said(value, facts):
        other = _other_in_text(argument, value, facts)
        return value if other is ABSENT else other
    if len(values) < 2 or value != values[0] or not _tells_things_apart(argument) or _is_said(value, facts):
        return value
    if not (_OTHER.search(live) or _FIRST.search(live)):
        return value
    # the other one has values of its own where it was spoken of in such a call
    rows = [row for row in facts.earlier if values[1] in row.values()]
    is_more_taken = any(
        isinstance(one, str) and facts.was_said(one) and not _is_said(one, facts) for one in offer.beside
    ) and any(len(row) > 1 for row in rows)
    return Impossible(None, describe(argument)) if len(values) > 2 or is_more_taken else values[1]


def neighbour(value: object, offer: Offer, facts: Facts) -> object:
    """The value as it is, or where it is one of the talk and the message has but one bare number, which is none of its
    own, the id with that number: GW-0152 of "same for 152" behind GW-0151."""
    one = value[0] if isinstance(value, list) and len(value) == 1 else value
    pattern = _pattern_of(offer.argument)
    numbers = [match["n"] for match in _BARE.finditer(facts.reading.live)]
    if any(run.lstrip("0") in numbers for beside in offer.beside for run in re.findall(r"\d+", str(beside))):
        return value  # week 23 of W23
    if not isinstance(one, str) or pattern is None or len(numbers) != 1 or not facts.was_said(one):
        return value
    digits = re.search(r"\d+$", one)
    if (
        digits is None
        or not one[0].isalpha()
        or numbers[0] in one
        or abs(len(digits[0].lstrip("0")) - len(numbers[0])) > 1
    ):
        return value
    other = one[: digits.start()] + numbers[0].zfill(len(digits[0]))
    if not re.search(pattern, other) or not _NEIGHBOUR.search(facts.reading.live):
        return value
    return [other] if isinstance(value, list) else other


def _other_in_text(argument: Argument, value: object, facts: Said) -> object:
    """The one other id that the messages before had beside the one that was called for: "M-501 and M-502 both have
    mice, 501 first"."""
    others = [one for one in _ids_in_texts(argument, facts) if one != value]
    return others[0] if len(others) == 1 else ABSENT


def _ids_in_texts(argument: Argument, facts: Said) -> tuple[str, ...]:
    """The ids of an argument that the messages before had."""
    pattern = _pattern_of(argument)
    found = (one for text in facts.texts for one in fitting(pattern, text)) if pattern else ()
    return tuple(dict.fromkeys(found))


def told_before(argument: Argument, facts: Said) -> object:
    """The one value of a choice that the last message said, where no call took it: "F66310丢了" has a reason."""
    told = mentioned(argument, facts.texts[0]) if argument.kind == "choice" and facts.texts else ()
    return told[0] if len(told) == 1 and not spoken(argument, facts) else ABSENT


def _listed(value: list[object], argument: Argument, values: tuple[object, ...], live: str) -> object:
    """A list of what was spoken of: both of two, the other one, or the first."""
    if len(values) < 2 or argument.choices or not set(value) <= set(values):
        return value
    if len(values) == 2 and _BOTH.search(live):
        return list(values[::-1])
    if value == [values[0]] and (_OTHER.search(live) or _FIRST.search(live)):
        return [values[1]] if len(values) == 2 else Impossible(None, describe(argument))
    return value


def both(argument: Argument, facts: Said) -> tuple[object, ...]:
    """The two values that were spoken of, in that order, where a text means both and says neither."""
    values = spoken(argument, facts)
    if len(values) != 2 or not _tells_things_apart(argument) or not _BOTH.search(facts.reading.live):
        return ()
    return () if any(_is_said(value, facts) for value in values) else values[::-1]


def adds(folded: str) -> bool:
    """Whether a folded text adds to what was spoken of: "and C1 as well", 「18也带上」."""
    return _ADDED.search(folded) is not None


def wants_undone(folded: str) -> bool:
    """Whether a folded text wants a change of before taken back."""
    return _UNDOES.search(folded) is not None


def as_it_was(facts: Facts, catalogue: Catalogue) -> ToolCall | None:
    """The call that makes it as it was before the last one, where a text wants that and says nothing more, and the call
    before that one set the same thing, the tool's first argument, otherwise; else None."""
    if len(facts.before) < 2 or not wants_undone(facts.reading.live) or facts.numbers or facts.named:
        return None
    last, earlier = facts.before[:2]
    tool = catalogue.get(last.tool)
    if tool is None or tool.policy.risk != "change" or last.tool != earlier.tool:
        return None
    what = next(iter(tool.properties), "")
    is_same = what in last.arguments and last.arguments[what] == earlier.arguments.get(what)
    return earlier if is_same and dict(last.arguments) != dict(earlier.arguments) else None


def is_repeated(calls: Sequence[ToolCall], facts: Facts) -> bool:
    """Whether a call is the very one of before, although the message has a number of its own, or wants one more, and
    wants nothing again."""
    live = facts.reading.live
    taken = " ".join(fold(str(value)) for call in calls for value in call.arguments.values())
    own = [run for run in re.findall(r"\d+", live) if run not in taken]
    is_other = bool(own) or _ONE_MORE.search(live) is not None or _WRONG.search(live) is not None
    return is_other and _is_the_last(calls, facts)


def is_only_praised(calls: Sequence[ToolCall], facts: Facts) -> bool:
    """Whether a message thanks for what was done, and the call is the very one of that."""
    return _PRAISES.search(facts.reading.live) is not None and _is_the_last(calls, facts)


def _is_the_last(calls: Sequence[ToolCall], facts: Facts) -> bool:
    before = [(one.tool, dict(one.arguments)) for one in facts.before]
    again = _SAME.search(facts.reading.live) is not None
    if again or len(calls) != 1:
        return False
    own = calls[0].arguments.items()
    return any(tool == calls[0].tool and own <= arguments.items() for tool, arguments in before)


def _tells_things_apart(argument: Argument) -> bool:
    """Whether an argument names one of many things: by a pattern, or as one of the schema's values."""
    return argument.kind == "choice" or _pattern_of(argument) is not None


def _is_id(value: object) -> bool:
    items = value if isinstance(value, list) else [value]
    return any(isinstance(one, str) and re.search(r"\d", one) for one in items)


def _is_said(value: object, facts: Said) -> bool:
    return fold(str(value)) in facts.reading.whole
