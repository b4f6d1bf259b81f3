"""`nlops ask`: what a text would be taken to mean. Runs nothing, sends nothing."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from nlops.cli.load import load_catalogue, load_config, load_prompts
from nlops.cli.resources import cache_dir, data_path
from nlops.cli.stopwatch import Stopwatch
from nlops.domain.config import Config
from nlops.domain.errors import ModelError
from nlops.domain.model import ModelReply, WarmUp
from nlops.domain.tools import Catalogue, Interpretation
from nlops.domain.words import Language, Phrase, language_of
from nlops.ports import Model
from nlops.replies import say_not_kept
from nlops.understand.interpret import Prompts, begin, do_without, resume
from nlops.understand.keywords import Order, read_keyword
from nlops.understand.talk import Exchange, Talk
from nlops.understand.untaken import untaken
from nlops.understand.warm_up import warm_up_requests

_NOT_A_CALL = Phrase(
    "That is a word of its own ({what}); it calls no tool, and nothing is open here that it could answer.",
    "这是一个单独的词（{what}），不调用工具，这里也没有等待它的操作。",
)
_NO_MODEL = Phrase(
    "The language model does not answer ({why}); keywords work without it.",
    "语言模型没有回答（{why}）；关键词不需要它也能用。",
)


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = 'example: nlops ask "bob seems down, send me his code"'
    parser.add_argument("text", metavar="TEXT", help="the message")
    parser.add_argument("--json", action="store_true", help="print JSON only")


def run(args: argparse.Namespace) -> int:
    config = load_config(find_config(args.config))
    understanding = make_understanding(config)
    watch = Stopwatch(understanding.model)
    answer, ms = asyncio.run(_answer(args.text, replace(understanding, model=watch), config))
    if args.json:
        print(json.dumps(as_json(answer, ms), ensure_ascii=False))
    else:
        print(_for_people(args.text, answer, ms, understanding.catalogue, reply_language(config, args.text)))
    return 1 if watch.failures and not answer.calls else 0


def find_config(path: str | None) -> str:
    """The configuration that was named, else ./nlops.toml, else the shipped one whose bots are only names."""
    if path is not None:
        return path
    return "nlops.toml" if Path("nlops.toml").is_file() else str(data_path("examples") / "eval.toml")


def as_json(answer: Interpretation, ms: float) -> dict[str, object]:
    """The answer in the shape of the contract."""
    calls = [call.as_json() for call in answer.calls]
    return {"calls": calls, "ask": answer.ask, "reply": answer.reply, "source": answer.source, "ms": round(ms, 1)}


@dataclass(frozen=True)
class Understanding:
    """Text to interpretation, over one catalogue and one model that is already started."""

    catalogue: Catalogue
    prompts: Prompts
    model: Model

    async def of(self, text: str, language: Language, before: Sequence[Exchange] = ()) -> tuple[Interpretation, float]:
        """What the text means after what was said before, and the milliseconds that took."""
        if not all(one.calls or one.asked for one in before):
            before = await self._talked(before, language)
        begun = time.perf_counter()
        order = read_keyword(text, self.catalogue, language)
        answer = await self._free_text(text, language, before) if order is None else _as_interpretation(order, language)
        return answer, (time.perf_counter() - begun) * 1000

    async def _talked(self, before: Sequence[Exchange], language: Language) -> tuple[Exchange, ...]:
        """What was said before as the bot remembers it: a message from which nothing came with the question that it
        asked back."""
        talk = Talk()
        for one in before:
            if one.calls or one.asked:
                talk = Talk((*talk.exchanges, one))
                continue
            meant = await self._free_text(one.text, language, talk.exchanges)
            talk = talk if meant.calls else talk.after(one.text, meant, talk.at)
        return talk.exchanges

    async def _free_text(self, text: str, language: Language, before: Sequence[Exchange]) -> Interpretation:
        step = begin(text, self.catalogue, self.prompts, language, before)
        while not isinstance(step, Interpretation):
            reply = await self.model.ask(step.request)
            if isinstance(reply, ModelReply):
                step = resume(step, reply)
            elif (following := do_without(step)) is not None:
                step = following
            else:
                why = f"{reply.reason}: {reply.detail}" if reply.detail else reply.reason
                return Interpretation(reply=_NO_MODEL.say(language, why=why))
        return step


def _as_interpretation(order: Order, language: Language) -> Interpretation:
    if isinstance(order, Interpretation):
        return order
    return Interpretation(reply=_NOT_A_CALL.say(language, what=type(order).__name__), source="keyword")


def make_understanding(
    config: Config, more: Callable[[Catalogue], Catalogue] = lambda known: known, *, waits: bool = False
) -> Understanding:
    """The parts that a configuration names; the model not yet started. `more` may add tools. With `waits` the model
    reads all that it may read later before it is up, so that the first answer is like the last."""
    from nlops.adapters.models import make_model

    catalogue, prompts = more(load_catalogue(config)), load_prompts(config.model)
    warm_up = warm_up_requests(catalogue, prompts)
    if waits:
        warm_up = WarmUp((*warm_up.first, *warm_up.later))
    return Understanding(catalogue, prompts, make_model(config.model, cache_dir(), warm_up=warm_up, progress=_say))


def reply_language(config: Config, text: str) -> Language:
    """The configured language; with `auto`, the text's own."""
    return language_of(text) if config.language == "auto" else config.language


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


async def _answer(text: str, understanding: Understanding, config: Config) -> tuple[Interpretation, float]:
    language = reply_language(config, text)
    if read_keyword(text, understanding.catalogue, language) is not None:
        return await understanding.of(text, language)
    try:
        await understanding.model.start()
    except ModelError as error:
        _say(str(error))
    try:
        return await understanding.of(text, language)
    finally:
        await understanding.model.stop()


def _for_people(text: str, answer: Interpretation, ms: float, catalogue: Catalogue, language: Language) -> str:
    lines = [f"{call.tool} {json.dumps(dict(call.arguments), ensure_ascii=False)}" for call in answer.calls]
    left = untaken(text, answer.calls, catalogue) if answer.calls and answer.source == "model" else ()
    lines += [say_not_kept(left, language)] if left else []
    lines += [answer.reply] if answer.reply else []
    return "\n".join([*lines, f"({answer.source}, {ms:.0f} ms)"])
