"""Guards between a proposed change and a call: what is forbidden or quoted, what hangs on a condition or a time.

The model was trained to tell these apart; the guards stand where it slips. They know a tool by its definition alone,
and only ever take away: a change that they stop is asked back.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from nlops.domain.tools import Catalogue, JsonObject, ToolCall, ToolSpec
from nlops.understand.clocks import find_clocks, find_span, says_a_clock
from nlops.understand.dates import find_dates, find_days, is_a_date
from nlops.understand.facts import Facts
from nlops.understand.fold import fold, words_of
from nlops.understand.moments import clock_of, find_until, has_a_clock, has_a_day, is_a_clock, is_an_end
from nlops.understand.moods import (
    ITS_CONDITION,
    Reading,
    asks_for_a_fact,
    asks_whether_done,
    hangs_on,
    wants_it_now,
    wants_to_be_told,
    without_waiting,
)
from nlops.understand.names import find_names
from nlops.understand.opposites import forbids, is_opposite
from nlops.understand.quantities import is_measured, readings
from nlops.understand.reply import Proposed
from nlops.understand.rest import spares
from nlops.understand.rows import is_left_out
from nlops.understand.sayings import mentioned
from nlops.understand.schema import Argument, arguments_of, choices_of, fitting
from nlops.understand.spoken import wants_undone
from nlops.understand.whom import means_beyond

# From this probability of "now" on, the model's word counts for more than a word list's.
SURE_OF_NOW = 0.9
_UNDOES = re.compile(
    r"releas\w*|open\w*|unlock\w*|unblock\w*|active|normal|on|enabled?|resum\w*|lift\w*|clear\w*|free|none|off"
)
_OF_TIME = re.compile(
    r"time|date|day|hour|when|start|until|from|week|month|at$|time|日期|时间|几点|星期|周", re.IGNORECASE
)

# A change waits for nothing only where the very name of what it requires says that it is a time; "update" does not.
_TIME_NAME = re.compile(r"\b(?:day|date|weekday|time|when|hour|month|week)s?\b")
_UNTIL_THEN = re.compile(r"(?:\b(?:un)?till?\b|[到至])[^,，;；。]*")
_DELAY_NAME = re.compile(r"\b(?:delay|countdown|wait)\b|^(?:in|after) (?:seconds|minutes|hours|days)$")
_UNTIL = re.compile(r"\b(?:until|before|from now|wait|after which)\b|[之以]?后(?:再|执行|开始)|多久后|[先再]等")
_DELAYED = re.compile(
    r"\bin\s+(?:an?|about|\d|one|two|three|four|five|ten|fifteen|twenty|thirty|half)|\bfrom\s+now\b|[之以]?后|\blater\b"
)
_FROM_A_DATE = re.compile(
    r"\b(?:from|starting(?:\s+on|\s+from)?|as\s+of|beginning|effective)\s+(?:the\s+)?\w+(?:\s+\w+){0,3}"
    r"|[从自]?(?:\d{4}年)?\d{1,2}月\d{1,2}[日号](?=起|开始|以后|之后)"
)
_DAY_TIMES = frozenset(
    {"morning", "noon", "midday", "afternoon", "evening", "night", "today", "tomorrow"}
    | {"breakfast", "lunch", "dinner", "supper"}
)
_OF_AN_HOUR = re.compile(r"24[ -]?h\b|hh:mm|clock|o'clock|几点|钟点|开始时间")
_OF_A_DAY = re.compile(r"\bdate|\bdays?\b|weekday|yyyy|tomorrow|monday|\bmon\b|日期|星期|明天|周一|当天|(?<!今)天")
_ANOTHER_DAY = re.compile(
    r"\b(?:(?:day after )?(?:tomorrow|tmrw?|tmw)"
    r"|(?:on|next|this coming) (?:mon|tues|wednes|thurs|fri|satur|sun)day)\b(?!['’]s)"
    r"|(?:明天|后天|明[早晚]|(?:下周|周|星期|礼拜)[一二三四五六日天])(?!的)"
)
_LOOKS = re.compile(
    r"(?:show|list|get|check|tell|count|look|find|search|how|which|whether|who|what)s?\b|[查看列数]|显示|检查|统计|哪|多少|谁"
)
# What is only for the case that another change does not help: "restart alice, if that doesn't help bob".
_FALLBACK = re.compile(
    r"[,，.。;；\s](?:\s*(?:and|or)\s+)?(?:\bif\s+(?:that|this|it|he|she|they)(?:['’]s|['’]re|\s+(?:is|are))?\s+still\b"
    r"|\bif\s+(?:that|this|it)\s+(?:(?:does|did|do|wo|is|has|was)n['’]?t|(?:does|did|do|will|is|has)\s+not|never)"
    r"\s+(?:help|work|do\s+it|fix|solve|enough)"
    r"|\bif\s+(?:that|this|it)\s+fail(?:s|ed)\b|\bif\s+not\s*,|\bfailing\s+(?:that|which)\b"
    r"|(?:(?:要是|如果)?还是?|要是|如果|若|再)?(?:不行|不好使?|没用|没好|不管用|没起来|起不来|没反应|失败)了?(?:的话)?"
    r"[,，]?\s*(?:就|再|则|那就|换))"
)
# "…, and if support is down, support too", but not "if that's okay": for one of several changes only.
_CASE = re.compile(
    r"\bif\s+(?!(?:that|it|this)(?:['’]s|\s+is)\s+(?:ok|okay|fine|possible|alright|all\s+right|not\s+too|no\s+trouble)\b)"
    r"(?:\w+\s+){1,3}?(?:is|are|was|has|have|does|did|goes|fails|looks|seems|dies|drops|(?:is|are|was|has|have|does|did)n['’]?t)\b"
)
# Between two changes: "…, wait a minute, then bob".
_A_WAIT = re.compile(
    r"\b(?:and|then)\s+wait\b[^.;。]{0,30}\bthen\b"
    r"|等[个上]?[\d一二两三四五六七八九十半几]+个?(?:分钟|秒钟?|小时)[^,，]{0,3}[,，]?\s*再"
)
_WHETHER = re.compile(r"\b(?:check|see|look|tell\s+me|know|find\s+out|verify|ask|wonder(?:ing)?|sure)\s+if\b")
_TELLS = re.compile(
    r"\b(?:tell|notif|alert|warn|remind|alarm|messag|ping|call|text|subscri|watch|wake)|通知|提醒|告警|报警|告诉|告知|叫|喊|订阅|闹钟"
)
# A whole message that asks for a fact and nothing else.
_A_QUESTION = re.compile(r"(?:what(?:['’]?s|\s+is|\s+are)|who(?:['’]?s)?|which|how\s+many)\b[^,.;:!?]*\??$")
_A_START = re.compile(r"\b(?:departs?|departure|leaves?|start|starts|at|from|begin|begins|when|time)\b")
# "Guard: does nothing above so many seconds", 「延迟超过就不切」
_A_GUARD = re.compile(
    r"\bguard\b|\bonly\s+(?:if|when|those)\b|\bdoes\s+nothing\s+(?:if|when|above|below|unless)\b|\bunless\b|超过[^,，。;；]{0,6}就?不|才[^,，。;；能]"
)
_A_TIME = re.compile(r"\d{1,2}:\d{2}|\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2})?")


def is_excluded(one: Proposed, tool: ToolSpec, facts: Facts, others: Sequence[Proposed] = ()) -> bool:
    """Whether a change is the opposite of what is ordered, the very one that is to be undone, or about an id or a bot
    that stands only in what is forbidden or quoted. Of the `others` of the message those of other tools have words and
    ids of their own: "PJ-1101 不要了, PJ-1102 挪到财务那台" cancels one and moves the other."""
    if tool.policy.risk == "read":
        return False
    said = one.call.arguments
    if said and any(_is_same(one.call, call) for call in facts.before) and wants_undone(facts.reading.live):
        return True  # "undo that" is not the same again
    if _is_left_out(one, tool, facts, others) or forbids(tool, facts.reading):
        return True
    further = [other.call for other in others if other.call.tool != tool.name]
    is_turned = not further and is_opposite(tool, _without_values(facts.reading.live, one))
    if is_turned and not _is_told(said, tool, facts):
        return True
    claimed = {fold(str(value)) for call in further for value in call.arguments.values()}
    if any(_is_spared(value, tool.properties.get(name, {}), facts.reading, claimed) for name, value in said.items()):
        return True
    known = {bot.name for bot in facts.bots}
    names = {value for value in said.values() if isinstance(value, str) and value in known}
    if not names or names & set(facts.names) or means_beyond(facts):
        return False
    if names & facts.spared:  # whatever was spoken of before
        return True
    quoted = {mention.name for quote in facts.reading.quotes for mention in find_names(quote, facts.bots)}
    return bool(names & quoted) and not any(map(facts.was_said, names))


def _is_same(one: ToolCall, other: ToolCall) -> bool:
    return one.tool == other.tool and dict(one.arguments) == dict(other.arguments)


def _is_left_out(one: Proposed, tool: ToolSpec, facts: Facts, others: Sequence[Proposed]) -> bool:
    """Whether a change is about a value that the message only leaves out, beside the same change about one that it
    orders: of "on for the shop but not for pay" no second call switches pay off."""
    for argument in arguments_of(tool, Catalogue((), facts.bots)):
        value = one.call.arguments.get(argument.name)
        same = [other.call.arguments.get(argument.name) for other in others if other.call.tool == tool.name]
        if argument.kind == "text" and is_left_out(value, facts.reading.whole) and {*same} - {value, None}:
            return True
        if argument.kind != "choice" or not argument.required or value is None:
            continue
        ordered = mentioned(argument, facts.reading.live)
        is_out = value not in ordered and any(value in mentioned(argument, part) for part in facts.reading.forbidden)
        if is_out and any(other in ordered for other in same):
            return True
    return False


def _is_told(said: JsonObject, tool: ToolSpec, facts: Facts) -> bool:
    """Whether a value of an enum is said, or undoes by itself: "恢复上线" of a tool that pauses, 「解封」 of one that
    holds and releases."""
    chosen = [a for a in arguments_of(tool, Catalogue((), facts.bots)) if a.kind == "choice" and a.name in said]
    undoes = any(a.required and _UNDOES.fullmatch(fold(str(said[a.name]))) for a in chosen)
    return undoes or any(said[a.name] in mentioned(a, facts.reading.live) for a in chosen)


def _is_spared(value: object, schema: JsonObject, reading: Reading, claimed: Collection[str]) -> bool:
    """Whether an id stands only in what is forbidden, and another of its kind, not `claimed` by another tool, in what
    is ordered ("close A12 but not B13"; of "A12 不用确认，静音 45 分钟" it is A12 that is meant), or only among what is
    quoted."""
    if not isinstance(value, str) or not re.search(r"\d", value):
        return False
    if spares(value, reading.whole):
        return True
    word = re.compile(rf"(?<![a-z0-9]){re.escape(fold(value))}(?![a-z0-9])")
    if word.search(reading.live):
        return False
    is_quoted = any(word.search(quote) and quote != fold(value) for quote in reading.quotes)
    pattern = schema.get("pattern")
    others = fitting(pattern, reading.live) if isinstance(pattern, str) else re.findall(r"\d+", reading.live)
    free = [other for other in others if fold(other) not in claimed]
    return is_quoted or (any(map(word.search, reading.forbidden)) and bool(free))


def _without_values(folded: str, one: Proposed) -> str:
    """The words that order, without those that are only passed on: "put up a sign: shop closed"."""
    for value in one.call.arguments.values():
        if isinstance(value, str) and len(value) > 1:
            folded = folded.replace(fold(value), " ")
    return folded


def _without_texts(folded: str, one: Proposed, tool: ToolSpec) -> str:
    """The words without the texts of any content that are only passed on, and without the time at which it shall end,
    where the tool takes one."""
    folded = _without_end(folded, tool)
    for argument in arguments_of(tool, Catalogue(())):
        value = one.call.arguments.get(argument.name)
        if argument.is_free_text and isinstance(value, str):
            folded = folded.replace(fold(value), " ")
    return folded


def _without_end(folded: str, tool: ToolSpec) -> str:
    """The words without "until half past six", where the tool takes such an end."""
    ends = any(is_an_end(argument) for argument in arguments_of(tool, Catalogue(())))
    return _UNTIL_THEN.sub(" ", folded) if ends and find_until(folded) else folded


def is_only_asked(one: Proposed, tool: ToolSpec, facts: Facts) -> bool:
    """Whether a change answers a question: "did you restart her?", or where it lacks something required, "who is on
    call?", wants nothing changed; nor does "tell me when she drops", unless the tool is one that tells."""
    if tool.policy.risk == "read":
        return False
    lacks = one.unsaid & frozenset(tool.input_schema.get("required") or ())
    if _A_QUESTION.match(facts.reading.live):
        lacks |= {a.name for a in arguments_of(tool, Catalogue(())) if _is_only_guessed(a, one, facts)}
    is_fact = bool(lacks) and asks_for_a_fact(_without_values(facts.reading.live, one))
    is_to_be_told = wants_to_be_told(facts.reading.live) and not _tells(tool)
    return is_fact or is_to_be_told or is_asked_whether_made(tool, facts.reading)


def _is_only_guessed(argument: Argument, one: Proposed, facts: Facts) -> bool:
    """Whether a choice that a tool requires is one that the message does not say."""
    value = one.call.arguments.get(argument.name)
    is_choice = argument.kind == "choice" and argument.required and value is not None
    return is_choice and value not in mentioned(argument, facts.reading.live) and not facts.was_said(value)


def _tells(tool: ToolSpec) -> bool:
    """Whether the definition speaks of telling people something."""
    told = " ".join(
        (words_of(tool.name), fold(tool.title), fold(tool.description), *(fold(e.text) for e in tool.examples))
    )
    return _TELLS.search(told) is not None


def is_asked_whether_made(tool: ToolSpec, reading: Reading) -> bool:
    """Whether the message only asks if a change was made. A tool that shows something, by its description or by its own
    examples ("is her disk full?"), is no change, whatever its definition leaves unsaid."""
    texts = [fold(one.text) for one in tool.examples]
    looks = _LOOKS.match(fold(tool.description)) or any(asks_for_a_fact(one) or asks_whether_done(one) for one in texts)
    return tool.policy.risk != "read" and not looks and asks_whether_done(reading.live)


def is_later(
    one: Proposed, tool: ToolSpec, facts: Facts, sure: float, *, alone: bool = False, looked: bool = False
) -> bool:
    """Whether the words that order hang a change on a condition or a time, and the tool takes no time itself. Of
    another day nobody is sure where the tool takes an hour and no day: "room 9, tomorrow at two"; of a clock's time
    where the call is `alone`, so that the time is no other's (in the training data 72 of 74 such wait); and of a
    condition where something is `looked` at before: "check his log, and if it is full of errors restart him"; or where
    it is for the case that another change does not help, or for some time after one."""
    if _is_for_another_day(one, tool, facts) or waits_by_itself(one, facts) or _is_from_a_date(one, tool, facts):
        return True
    live = without_waiting(facts.reading.live)
    words = _without_values(_without_end(live, tool), one)
    case = _WHETHER.sub(" ", _without_texts(live, one, tool))
    is_between = _A_WAIT.search(words) or _CASE.search(case)
    if _FALLBACK.search(words) or (is_between and not alone) or (looked and hangs_on(_WHETHER.sub(" ", words))[0]):
        return True
    if sure >= SURE_OF_NOW:
        own = words if alone else _own_clause(one, facts)
        return says_a_clock(own) and not times_of(tool) and not wants_it_now(own)
    condition, time = hangs_on(words)
    time = time and not wants_it_now(words)
    return condition or (time and not times_of(tool))


def waits_by_itself(one: Proposed, facts: Facts) -> bool:
    """Whether a call hangs on a condition that its own clause has right behind its id, and so no other's."""
    return ITS_CONDITION.match(_own_clause(one, facts)) is not None


def _own_clause(one: Proposed, facts: Facts) -> str:
    """Of the clauses of a message the one that says an id of the call, where no other does."""
    rows = (value if isinstance(value, list) else [value] for value in one.call.arguments.values())
    ids = [fold(value) for row in rows for value in row if isinstance(value, str) and re.search(r"\d", value)]
    clauses = [
        part for part in re.split(r"[,，;；。]|\band\b|\bthen\b", facts.reading.live) if any(own in part for own in ids)
    ]
    return clauses[0] if len(clauses) == 1 else ""


def is_passed_on(one: Proposed, tool: ToolSpec, facts: Facts) -> bool:
    """Whether all that speaks of a condition or a time stands in a text that is only passed on, so that nothing waits:
    "tell everyone: maintenance at 10 tonight"."""
    rest = _without_texts(facts.reading.live, one, tool)
    return any(hangs_on(facts.reading.live)) and not any(hangs_on(rest))


def _is_for_another_day(one: Proposed, tool: ToolSpec, facts: Facts) -> bool:
    texts = {name: f"{words_of(name)} {fold(str(schema))}" for name, schema in tool.properties.items()}
    hours = {name for name, text in texts.items() if "hour" in words_of(name).split() or _OF_AN_HOUR.search(text)}
    takes_a_day = any(_OF_A_DAY.search(text) for text in texts.values())
    is_said = _ANOTHER_DAY.search(_without_values(facts.reading.live, one)) is not None
    return bool(hours & one.call.arguments.keys()) and not takes_a_day and is_said


def _is_from_a_date(one: Proposed, tool: ToolSpec, facts: Facts) -> bool:
    """Whether a change shall hold from a day of the calendar on, and the tool takes no such day."""
    live = _without_texts(facts.reading.live, one, tool)
    match = _FROM_A_DATE.search(live)
    is_said = match is not None and bool(find_days(match[0]) or find_dates(match[0]))
    return is_said and not any(has_a_day(argument) for argument in arguments_of(tool, Catalogue(())))


def is_about_a_time(one: Proposed, tool: ToolSpec, facts: Facts) -> bool:
    """Whether the time that was said is an argument of the call, so that nothing waits: "what is on at the weekend?",
    "put her on the Friday shift". What changes must require it, by its name or as a clock's; a number is a duration."""
    said = one.call.arguments
    times = times_of(tool) & said.keys()
    if tool.policy.risk == "read":
        return bool(times)
    required = frozenset(tool.input_schema.get("required") or ())
    if any(_is_a_delay(name, tool) and isinstance(value, int) for name, value in said.items()):
        return True
    if any(clock_of(a, said.get(a.name)) in find_clocks(facts.reading.whole) for a in _starts(tool)):
        return True
    words = {name: value for name in times & required if isinstance(value := said[name], str)}
    if says_a_clock(facts.reading.live) and all(map(is_a_date, words.values())) and not _takes_a_clock(tool):
        return False  # "at five, when he is here, check him in until the 5th"
    return any(_TIME_NAME.search(words_of(name)) or _A_TIME.fullmatch(value) for name, value in words.items())


def _takes_a_clock(tool: ToolSpec) -> bool:
    return any(has_a_clock(argument) for argument in arguments_of(tool, Catalogue(())))


def _starts(tool: ToolSpec) -> list[Argument]:
    """The arguments of a tool that are the time of the day at which it begins, or acts."""
    return [
        a for a in arguments_of(tool, Catalogue(())) if is_a_clock(a) and not is_an_end(a) and _A_START.search(a.words)
    ]


def with_time(one: Proposed, tool: ToolSpec, facts: Facts) -> Proposed:
    """A call for a time with the one time of today that the message says, where its tool takes that and the model has
    not written it, or another."""
    if one.mood == "at" and (delay := _delay_in(tool, one, facts)) is not None:
        return replace(one, call=ToolCall(tool.name, {**one.call.arguments, **delay}), unsaid=one.unsaid - delay.keys())
    live = _without_texts(facts.reading.live, one, tool)
    is_at = one.mood == "at"
    span = find_span(live)
    clocks = find_clocks(live) if span is None else {span.start}
    known = {a.name: one.call.arguments.get(a.name) for a in _starts(tool)}
    open_ = [a for a in _starts(tool) if not isinstance(known[a.name], str)]
    open_ = open_ or [a for a in _starts(tool) if is_at and clock_of(a, known[a.name]) not in clocks]
    starts = [a for a in open_ if is_at or (says_a_clock(live) and not a.required)]
    is_end = span is None and bool(find_until(live))
    if len(starts) != 1 or len(clocks) != 1 or is_end or _ANOTHER_DAY.search(live):
        return one
    call = ToolCall(tool.name, {**one.call.arguments, starts[0].name: min(clocks)})
    return replace(one, call=call, unsaid=one.unsaid - {starts[0].name})


def _delay_in(tool: ToolSpec, one: Proposed, facts: Facts) -> dict[str, object] | None:
    """The one delay that a message says, for the tool's argument that is how long it waits: "in ten minutes"."""
    arguments = [a for a in arguments_of(tool, Catalogue(())) if a.kind in ("integer", "number")]
    delays = [a for a in arguments if _is_a_delay(a.name, tool) and a.name not in one.call.arguments]
    said = [number for number in facts.numbers if any(is_measured(number, a) for a in delays)]
    if len(delays) != 1 or len(said) != 1 or not _DELAYED.search(facts.reading.whole):
        return None
    values = readings(said[0], delays[0]) or (said[0].high,)
    return {delays[0].name: values[0] if values[0] % 1 else int(values[0])}


def is_about_a_condition(one: Proposed, tool: ToolSpec, facts: Facts) -> bool:
    """Whether the condition that was said is an argument of the call, which the tool itself looks after: "provided the
    lag is 3 s or less" of one that does nothing above so many seconds."""
    if tool.policy.risk == "read":
        return False
    guards = [
        a
        for a in arguments_of(tool, Catalogue(()))
        if a.kind in ("integer", "number") and not a.required and _A_GUARD.search(fold(a.description))
    ]
    numbers = [value for a in guards if isinstance(value := one.call.arguments.get(a.name), int | float)]
    return len(numbers) == 1 and len(facts.numbers) == 1 and numbers[0] == facts.numbers[0].high


def times_of(tool: ToolSpec) -> frozenset[str]:
    """The arguments of a tool that are about time, by their words or by their values: a meal that may be dinner."""
    said = {
        name: f"{words_of(name)} {fold(str(schema.get('description', '')))}" for name, schema in tool.properties.items()
    }
    values = {name: frozenset(map(fold, map(str, choices_of(schema)))) for name, schema in tool.properties.items()}
    return frozenset(
        name for name in said if _OF_TIME.search(said[name]) or values[name] & _DAY_TIMES or _is_a_delay(name, tool)
    )


def _is_a_delay(name: str, tool: ToolSpec) -> bool:
    """Whether an argument is how long the tool itself waits before it does something."""
    told = fold(str(tool.properties.get(name, {}).get("description", "")))
    return _DELAY_NAME.search(words_of(name)) is not None and _UNTIL.search(told) is not None
