"""Labelled messages to what the model is to answer, and their variation.

A folder of `data/` holds `tools.json` (a list of definitions) and `phrases.jsonl`, or `bots.json` and phrases over the
four shipped tools. A line: {"id", "lang", "category", "text", "expect"}, where `expect` is one of

    {"tool", "args"}                        this call; arguments only where the text says them
    {"tools": [...], "ordered"}             these calls
    {"tool": null, "reply"}                 acknowledge | chat | explain | refuse | out_of_scope
    {"ask": true, "about", "tool", "args"}  what is missing ("?" in args) or impossible (as the text says it);
                                            about "condition" or "time": the call that is not for now; "action"

An argument of `args` that the labels leave open is "*": the model is not taught anything there. `followups.jsonl` has
lines that also carry "history": [{"text", "calls"}], the exchange before, without which the message says too little.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlops.domain.tools import BotName, BuiltinRun, Catalogue, JsonObject, ToolExample, ToolPolicy, ToolSpec
from nlops.understand.answer import ALL_BOTS, UNSAID, Mood, write_answer, write_call
from nlops.understand.schema import arguments_of

UNTAUGHT = "\x00"  # stands in an answer where nothing is taught; JSON writes it as \u0000
_UNTAUGHT_TEXT = json.dumps(UNTAUGHT)
_WHY = {"acknowledge": "not", "chat": "chat", "explain": "about", "refuse": "impossible", "out_of_scope": "impossible"}

# Of what was learnt before, so much is repeated while something new is learnt.
REPEATED = 0.08

Calls = tuple[tuple[str, Mapping[str, object]], ...]


@dataclass(frozen=True)
class Example:
    """A message, and what it means: calls of a mood, or the word for none."""

    text: str
    lang: str
    category: str
    mood: Mood = "now"
    calls: Calls = ()
    none: str = ""
    history: tuple[tuple[str, Calls, str], ...] = ()


@dataclass(frozen=True)
class Domain:
    """A catalogue and its messages. `bots` are empty where its tools are not about bots."""

    name: str
    tools: tuple[ToolSpec, ...]
    examples: tuple[Example, ...]
    bots: tuple[BotName, ...] = ()


@dataclass(frozen=True)
class Lesson:
    """One catalogue as the model sees it, and turns: a message and its answer, or an exchange before them as well.
    Answers hold UNTAUGHT places."""

    catalogue: Catalogue
    turns: tuple[tuple[str, ...], ...]


def read_tools(definitions: Sequence[Mapping[str, object]]) -> tuple[ToolSpec, ...]:
    """Definitions as tools; what a run needs is left out."""
    return tuple(_tool(definition) for definition in definitions)


def _tool(raw: Mapping[str, object]) -> ToolSpec:
    examples = raw.get("examples") or []
    assert isinstance(examples, list)
    hints = raw.get("annotations")
    reads = isinstance(hints, Mapping) and hints.get("readOnlyHint") is True
    schema = raw["inputSchema"]
    assert isinstance(schema, Mapping)
    return ToolSpec(
        name=str(raw["name"]),
        title=str(raw.get("title") or raw["name"]),
        description=str(raw.get("description") or ""),
        input_schema={"properties": {}, **schema},
        run=BuiltinRun("none"),
        policy=ToolPolicy("read" if reads else "change"),
        examples=tuple(ToolExample(one["text"], one["arguments"]) for one in examples),
    )


def read_domain(folder: Path, shipped: tuple[ToolSpec, ...]) -> Domain:
    """One folder of data."""
    files = [folder / name for name in ("phrases.jsonl", "followups.jsonl") if (folder / name).exists()]
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    rows = [json.loads(line) for line in lines if line.strip()]
    if (folder / "bots.json").exists():
        raw = json.loads((folder / "bots.json").read_text("utf-8"))
        bots = tuple(BotName(one["name"], tuple(one["aliases"])) for one in raw)
        examples = (_example(row, shipped, bots) for row in rows)
        return Domain(folder.name, shipped, tuple(one for one in examples if one is not None), bots)
    tools = read_tools(json.loads((folder / "tools.json").read_text("utf-8")))
    return Domain(folder.name, tools, tuple(one for row in rows if (one := _example(row, tools, ())) is not None))


def _example(row: Mapping[str, object], tools: tuple[ToolSpec, ...], bots: tuple[BotName, ...]) -> Example | None:
    expect = row["expect"]
    assert isinstance(expect, Mapping)
    bare = Example(str(row["text"]), str(row["lang"]), str(row["category"]), history=_history(row, bots))
    if "any_of" in expect:
        return None
    if "tools" in expect:
        return replace(bare, calls=_merged(tuple((c["tool"], _said(c)) for c in expect["tools"]), bots))
    if expect.get("ask"):
        return _asked(bare, expect, tools, bots)
    if expect.get("tool") is None:
        return replace(bare, none=_WHY[str(expect.get("reply") or "out_of_scope")])
    return replace(bare, calls=((str(expect["tool"]), _said(expect)),))


def _history(row: Mapping[str, object], bots: tuple[BotName, ...]) -> tuple[tuple[str, Calls, str], ...]:
    raw = row.get("history") or []
    assert isinstance(raw, list)
    calls = [_merged(tuple((c["tool"], _said(c)) for c in one["calls"]), bots) for one in raw]
    return tuple((one["text"], made, "" if made else "chat") for one, made in zip(raw, calls, strict=True))


def _said(call: Mapping[str, object]) -> dict[str, object]:
    """The arguments of a call; the first number of a range stands for it."""
    ranges = call.get("args_range") or {}
    assert isinstance(ranges, Mapping)
    args = call.get("args") or {}
    assert isinstance(args, Mapping)
    return {**args, **{name: bounds[-1] for name, bounds in ranges.items()}}


def _merged(calls: Calls, bots: tuple[BotName, ...]) -> Calls:
    """The same call for every bot is one call for all of them."""
    names = {bot.name for bot in bots}
    if len(names) > 2 and len(calls) == len(names) and {args.get("bot") for _, args in calls} == names:
        rest = [(tool, {k: v for k, v in args.items() if k != "bot"}) for tool, args in calls]
        if all(one == rest[0] for one in rest):
            return ((rest[0][0], {"bot": ALL_BOTS, **rest[0][1]}),)
    return calls


def _asked(
    bare: Example, expect: Mapping[str, object], tools: tuple[ToolSpec, ...], bots: tuple[BotName, ...]
) -> Example | None:
    about, name = str(expect.get("about", "")), expect.get("tool")
    mood: Mood = {"condition": "if", "time": "at"}.get(about, "now")  # type: ignore[assignment]
    if about == "action":
        return replace(bare, none="unclear")
    tool = next((tool for tool in tools if tool.name == name), None)
    if tool is None:
        return None
    required = tool.input_schema.get("required") or ()
    said = expect.get("args")
    known: dict[str, object] = dict(said) if isinstance(said, Mapping) else {}
    if "bot" in tool.properties and not known:
        named = [bot.name for bot in bots if any(alias.lower() in bare.text.lower() for alias in bot.all())]
        if mood != "now" and len(named) == 1:
            known["bot"] = named[0]
        elif mood == "now" and about == "bot":
            known["bot"] = UNSAID
        numbers = re.findall(r"(?<![\w.])\d{1,3}(?!\d)", bare.text)
        if "lines" in tool.properties and mood == "now" and about == "bot" and len(numbers) == 1:
            known["lines"] = int(numbers[0])
    open_ones = {key: UNTAUGHT for key in required if key not in known and key != about}
    args = {**open_ones, **{key: UNTAUGHT if value == "*" else value for key, value in known.items()}}
    if mood == "now" and about not in args:
        args[about] = UNSAID if bare.category in ("missing_arg", "missing_bot") else UNTAUGHT
    return replace(bare, mood=mood, calls=((tool.name, args),))


# ---- one answer


def turns_of(example: Example, catalogue: Catalogue) -> tuple[str, ...] | None:
    """The exchange before, the message and its answer; None where no lesson can be made of them."""
    turns: list[str] = []
    for text, calls, none in example.history:
        before = answer_of(replace(example, mood="now", calls=calls, none=none), catalogue)
        if before is None or any(catalogue.get(name) is None for name, _ in calls):
            return None
        turns += [text, before]
    answer = answer_of(example, catalogue)
    return None if answer is None else (*turns, example.text, answer)


def answer_of(example: Example, catalogue: Catalogue) -> str | None:
    """What the model is to answer over this catalogue; None where no lesson can be made of it."""
    if example.none:
        return write_answer({}, example.none)
    calls: list[JsonObject] = []
    for name, args in example.calls:
        tool = catalogue.get(name)
        if tool is None:
            return write_answer({}, "impossible") if len(example.calls) == 1 and example.mood == "now" else None
        calls.append(write_call(tool, args, catalogue))
    return write_answer({example.mood: calls})


def taught_parts(answer: str) -> Iterator[tuple[str, bool]]:
    """The answer in pieces, each with whether it is taught."""
    for at, piece in enumerate(answer.split(_UNTAUGHT_TEXT)):
        if at:
            yield '"?"', False
        if piece:
            yield piece, True


# ---- variation

_THEN = {
    "en": (", and ", " and ", ", then ", ". Also ", ", also ", "; ", ". ", " + ", "\n", ", plus ", " and then "),
    "zh": ("，", "，然后", "，再", "，顺便", "；", "。还有", "，另外", "\n", "，同时", "，接着", " "),
}
_IF = {
    "en": (
        "if it gets any worse, {}", "{} if nobody complains", "once Lin is back, {}", "when I say go: {}",
        "{} as soon as the customer has answered", "should that fail, {}", "{}, but only if it's really needed",
        "in case the boss asks, {}", "{} unless somebody objects", "wait until the test is green, then {}",
        "after the release is out, {}", "{} when the queue is empty", "if there are more than ten errors: {}",
        "whenever this happens again {}", "{} once I confirm", "provided nobody is using it, {}",
    ),
    "zh": (
        "要是还不行就{}", "如果没人反对，{}", "等老板点头了再{}", "万一又出问题，{}", "{}，不过要等客户确认之后",
        "一旦超过阈值就{}", "等测试过了{}", "只要小林回来了就{}", "要是再报错，{}", "客户没意见的话{}",
        "什么时候空下来了，{}", "每次出这种情况都{}", "没问题的话就{}", "除非有人投诉，否则{}", "等发布完了再{}",
    ),
}  # fmt: skip
_AT = {
    "en": (
        "tomorrow at nine: {}", "{} tonight", "{} at 3 am", "at half past six, {}", "{} later today",
        "every morning, {}", "on Friday {}", "{} in two hours", "{} after lunch", "next Monday {}",
        "{} at midnight please", "around noon {}", "{} in about 20 minutes", "every hour: {}", "{} before the weekend",
    ),
    "zh": (
        "明天早上九点{}", "今晚{}", "凌晨三点{}", "半小时后{}", "下班之前{}", "每天早上{}", "周五{}", "{}，晚点再弄",
        "过两个小时{}", "下周一{}", "午饭后{}", "等会儿十点整{}", "每隔一小时{}", "今天晚些时候{}", "周末{}",
    ),
}  # fmt: skip
_NOT = {
    "en": ("{} - no wait, don't", "{}... never mind, leave it", "do not do this: {}",
           "{} -- scratch that, all good now",
           "I was going to say: {}. But no, leave everything as it is", "{} oh wait, not needed anymore"),
    "zh": ("{}……算了，不用了", "{}，哦不，别弄了", "{}，等等，先别动", "本来想说{}，现在不用了",
           "{} 不对，取消，当我没说"),
}  # fmt: skip
_QUOTED = {
    "en": ('wei wrote: "{}"', 'he sent me this: "{}" - what does he mean?', "> {}\nno idea what that is about",
           'in the group they keep saying "{}", lol', 'the ticket says "{}". Whose job is that?',
           "[forwarded] {}", 'the sign on the door reads "{}"'),
    "zh": ("群里有人发「{}」", "他刚才跟我说“{}”，啥意思？", "[转发] {}", "老板原话：“{}”",
           "聊天记录：\n小王：{}\n小李：好的",
           "工单里写着「{}」，这归谁管"),
}  # fmt: skip
_POLITE = {
    "en": ("hey, {}", "{} please", "pls {}", "{} thanks", "good morning! {}", "{} asap", "{} 🙏", "ok {}",
           "hi there, {}",
           "{} when you get a sec", "could you {}", "sorry to bother, {}", "{}!!", "um {}", "{} thx"),
    "zh": ("麻烦{}", "{}，谢谢", "{}哈", "早！{}", "{}🙏", "辛苦了，{}", "帮忙{}", "好的，{}", "急！{}", "{}呗",
           "那个，{}",
           "在吗？{}", "{} 尽快", "嗯{}"),
}  # fmt: skip


@dataclass(frozen=True)
class Shares:
    """How often a message is varied, each as a probability."""

    joined: float = 0.12
    if_: float = 0.04
    at: float = 0.03
    not_: float = 0.025
    quoted: float = 0.03
    polite: float = 0.08
    number: float = 0.12
    cut: float = 0.05


def vary(example: Example, others: Sequence[Example], tools: Mapping[str, ToolSpec], rng: random.Random) -> Example:
    """The example, or a variation with its answer changed accordingly."""
    shares, draw = Shares(), rng.random()
    lang = "en" if example.lang == "en" else "zh"
    is_plain = example.mood == "now" and bool(example.calls) and "ask" not in example.category
    if is_plain and not example.history and example.category in ("direct", "paraphrase", "typo", "number_words"):
        if draw < shares.joined:
            return _joined(example, others, lang, rng)
        kinds = (
            (shares.if_, _IF, replace(example, mood="if", category="conditional")),
            (shares.at, _AT, replace(example, mood="at", category="conditional")),
            (shares.not_, _NOT, replace(example, calls=(), none="not", category="negation")),
            (shares.quoted, _QUOTED, replace(example, calls=(), none="about", category="quoted")),
        )
        draw -= shares.joined
        for share, frames, changed in kinds:
            if draw < share:
                return replace(changed, text=rng.choice(frames[lang]).format(example.text.strip(" .。!！")))
            draw -= share
        if draw < shares.cut:
            return _cut(example, tools, rng)
    if not example.history and rng.random() < shares.number:
        example = _renumbered(example, tools, rng)
    if rng.random() < shares.polite and example.category != "chitchat":
        return replace(example, text=rng.choice(_POLITE[lang]).format(example.text))
    return example


def _joined(example: Example, others: Sequence[Example], lang: str, rng: random.Random) -> Example:
    """Two requests in one message; the second may lack something."""
    fitting = [
        o
        for o in others
        if o.mood == "now" and o.calls and not o.history and o is not example and o.text != example.text
    ]
    if not fitting:
        return example
    other = rng.choice(fitting)
    if len(example.calls) + len(other.calls) > 4 or example.calls == other.calls:
        return example
    text = f"{example.text.strip(' .。!！')}{rng.choice(_THEN[lang])}{other.text}"
    return replace(example, text=text, calls=(*example.calls, *other.calls), category="multi")


_NUMBER = re.compile(r"(?<![\w.:/-])\d{1,4}(?![\w.:/-]|\s*(?:am|pm|点))")


def _renumbered(example: Example, tools: Mapping[str, ToolSpec], rng: random.Random) -> Example:
    """Another number in text and call, where one stands in both as it is; sometimes one that the schema refuses."""
    if len(example.calls) != 1:
        return example
    name, args = example.calls[0]
    properties = tools[name].properties if name in tools else {}
    for key, value in args.items():
        if isinstance(value, bool) or not isinstance(value, int) or key not in properties:
            continue
        found = [match for match in _NUMBER.finditer(example.text) if match[0] == str(value)]
        if len(found) != 1 or "enum" in properties[key]:
            continue
        low = properties[key].get("minimum", 1)
        high = properties[key].get("maximum", max(10 * value, 20))
        fresh = rng.randint(int(low), max(int(low), int(min(high, 5 * value + 10))))
        if rng.random() < 0.15 and "maximum" in properties[key]:
            fresh = int(high * rng.choice((1.5, 2, 3, 10)) + rng.randint(1, 9))
        text = f"{example.text[: found[0].start()]}{fresh}{example.text[found[0].end() :]}"
        return replace(example, text=text, calls=((name, {**args, key: fresh}),))
    return example


def _cut(example: Example, tools: Mapping[str, ToolSpec], rng: random.Random) -> Example:
    """A required argument taken out of text and call, where its value stands in the text as it is."""
    if len(example.calls) != 1:
        return example
    name, args = example.calls[0]
    required = list(tools[name].input_schema.get("required") or ()) if name in tools else []
    rng.shuffle(required)
    for key in required:
        shown = str(args.get(key, ""))
        is_exact = len(shown) > 2 and bool(re.search(r"\d", shown)) and example.text.count(shown) == 1
        if is_exact and not isinstance(args[key], list):
            text = re.sub(r"\s+", " ", example.text.replace(shown, " ")).strip()
            return replace(example, text=text, calls=((name, {**args, key: UNSAID}),), category="missing_arg")
    return example


# ---- lessons


def an_epoch(
    domains: Sequence[Domain],
    shipped: tuple[ToolSpec, ...],
    size: int,
    rng: random.Random,
    known: frozenset[str] = frozenset(),
) -> list[Lesson]:
    """Lessons with every message once, each over its own choice of tools, in its own order. Of the domains that are
    `known` already only some are repeated."""
    fleets = [domain for domain in domains if domain.bots]
    epoch: list[Lesson] = []
    for domain in domains:
        examples = list(domain.examples)
        rng.shuffle(examples)
        for at in range(0, len(examples), size):
            if domain.name not in known or rng.random() < REPEATED:
                epoch.append(_lesson(domain, examples[at : at + size], domains, fleets, shipped, rng))
    rng.shuffle(epoch)
    return epoch


def _lesson(
    domain: Domain,
    examples: Sequence[Example],
    domains: Sequence[Domain],
    fleets: Sequence[Domain],
    shipped: tuple[ToolSpec, ...],
    rng: random.Random,
) -> Lesson:
    tools = list(domain.tools)
    bots = domain.bots
    if not domain.bots and len(tools) > 4 and rng.random() < 0.4:
        tools = [tool for tool in tools if rng.random() > 0.2] or tools
    extra: list[Example] = []
    if not domain.bots and rng.random() < 0.5:
        fleet = rng.choice(fleets)
        bots, tools = fleet.bots, [*tools, *shipped]
        extra = rng.sample(fleet.examples, 6)
    elif (domain.bots and rng.random() < 0.5) or rng.random() < 0.15:
        other = rng.choice([one for one in domains if not one.bots and one is not domain])
        known = {tool.name for tool in tools}
        tools += [tool for tool in other.tools if tool.name not in known]
        extra = rng.sample(other.examples, 4) if domain.bots else []
    rng.shuffle(tools)
    if rng.random() < 0.2:
        tools = [replace(tool, examples=()) for tool in tools]
    catalogue = Catalogue(tuple(tools), bots)
    by_name = {tool.name: tool for tool in tools}
    turns = []
    for example in (*examples, *extra):
        same = [one for one in domain.examples if (one.lang == "en") == (example.lang == "en")]
        made = vary(example, same if example not in extra else (), by_name, rng)
        made = _after_another(made, same, rng)
        turn = turns_of(made, catalogue)
        if turn is not None:
            turns.append(turn)
    return Lesson(catalogue, tuple(turns))


def _after_another(example: Example, others: Sequence[Example], rng: random.Random) -> Example:
    """Sometimes a whole request comes right after another that has nothing to do with it, and takes nothing of it."""
    is_whole = not example.history and all(UNSAID not in args.values() for _, args in example.calls)
    if not is_whole or example.none == "unclear" or rng.random() > 0.12:
        return example
    other = rng.choice([one for one in others if not one.history] or [example])
    if other.mood != "now" or other.text == example.text or (other.calls and other.none):
        return example
    if any(UNTAUGHT in args.values() for _, args in other.calls):
        return example
    return replace(example, history=((other.text, other.calls, other.none),))


def check(domain: Domain) -> list[str]:
    """What is wrong with a domain's labels: tools and arguments that do not exist."""
    faults = []
    by_name = {tool.name: tool for tool in domain.tools}
    catalogue = Catalogue(domain.tools, domain.bots)
    for example in domain.examples:
        for name, args in example.calls:
            if name not in by_name:
                faults.append(f"{domain.name}: {example.text!r}: no tool {name}")
                continue
            known = {argument.name for argument in arguments_of(by_name[name], catalogue)}
            faults += [f"{domain.name}: {example.text!r}: no argument {key}" for key in args if key not in known]
    return faults
