"""`nlops tools check --ask`: whether each definition's own examples are understood as they say."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace

from nlops.cli.ask import Understanding, find_config, make_understanding, reply_language
from nlops.cli.cases import Case
from nlops.cli.compare import said
from nlops.cli.load import load_config
from nlops.cli.score import Verdict, judge
from nlops.domain.config import Config
from nlops.domain.tools import BotName, Catalogue, ToolSpec
from nlops.domain.words import language_of


def try_examples(tools: Sequence[ToolSpec], config_path: str | None) -> list[Verdict]:
    """Every example of `tools`, asked with all of them and what the configuration enables offered together. The case's
    category is the tool's name. Raises ConfigError, ModelError."""
    config = load_config(find_config(config_path))
    understanding = make_understanding(config, more=lambda known: _beside(known, tools), waits=True)
    return asyncio.run(_try_all(tools, understanding, config))


def _beside(catalogue: Catalogue, tools: Sequence[ToolSpec]) -> Catalogue:
    """The definitions that are looked at stand in for enabled ones of the same name."""
    names = {tool.name for tool in tools}
    return replace(catalogue, tools=(*(one for one in catalogue.tools if one.name not in names), *tools))


async def _try_all(tools: Sequence[ToolSpec], understanding: Understanding, config: Config) -> list[Verdict]:
    from tqdm import tqdm

    cases = [case for tool in tools for case in cases_of(tool, understanding.catalogue.bots)]
    verdicts = []
    await understanding.model.start()
    try:
        for case in tqdm(cases, desc="examples", file=sys.stderr):
            answer, ms = await understanding.of(case.text, reply_language(config, case.text))
            verdicts.append(judge(case, answer, understanding.catalogue, ms))
    finally:
        await understanding.model.stop()
    return verdicts


def cases_of(tool: ToolSpec, bots: Sequence[BotName]) -> Iterator[Case]:
    """The examples as phrases. A definition cannot know what the bots are called: the names in its examples stand for
    those that there are."""
    for at, example in enumerate(tool.examples):
        text, arguments = example.text, dict(example.arguments)
        for name, schema in tool.properties.items():
            bot = arguments.get(name)
            if schema.get("format") == "bot" and isinstance(bot, str) and bots:
                real = next((one for one in bots if bot in one.all()), bots[at % len(bots)]).name
                if bot not in {alias for one in bots for alias in one.all()}:
                    text = text.replace(bot, real)
                arguments[name] = real
        expect = {"tool": tool.name, "args": arguments}
        yield Case(f"{tool.name}[{at}]", language_of(text), tool.name, text, expect)


def report(verdicts: Sequence[Verdict]) -> Iterator[str]:
    """A line for each example, and the sum."""
    for one in verdicts:
        yield f"{'right' if one.correct else 'WRONG'}  {one.case.id}  {one.case.text}  ->  {said(one.answer)}"
        if not one.correct:
            yield f"       expected {one.case.expect['tool']} {one.case.expect['args']}"
    yield f"{sum(one.correct for one in verdicts)} of {len(verdicts)} examples are understood"


def rows(verdicts: Sequence[Verdict], tool: ToolSpec) -> list[dict[str, object]]:
    """The examples of a tool, for programs."""
    return [
        {"text": one.case.text, "right": one.correct, "understood": said(one.answer)}
        for one in verdicts
        if one.case.category == tool.name
    ]
