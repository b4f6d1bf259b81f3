"""What each part of the understanding gives: the embedded model alone, then with one part more at a time.

python benchmarks/ablations.py training/heldout/bookshop [PHRASES.jsonl …]

Scores the folder's `phrases.jsonl` (or other files over the same `tools.json`) five times, as `nlops eval` does:
    model alone       the model as it is published, with examples before the message, its answer as it comes
    + training        with the adapter in its weights, which needs no examples
    + schema          held to the catalogue's schema while it decodes
    + grounding       what the message does not say is asked for: guards, second questions, pages
    + conversation    with the exchange before, where the phrases have one (nothing changes where they have none)
About five times the time of one `nlops eval`.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from tqdm import tqdm

from nlops.adapters.embedded.fetch import fetch_model
from nlops.adapters.embedded.model import EmbeddedModel
from nlops.adapters.openai_model import OpenAIModel
from nlops.adapters.presets import Mode
from nlops.cli.ask import Understanding
from nlops.cli.cases import Case, read_cases
from nlops.cli.load import load_catalogue, load_config, load_prompts
from nlops.cli.more_tools import with_more
from nlops.cli.resources import cache_dir, data_path
from nlops.cli.score import Share, judge
from nlops.domain.config import ModelConfig, Secret
from nlops.domain.model import ModelReply
from nlops.domain.tools import Catalogue, Interpretation, ToolCall
from nlops.domain.words import language_of
from nlops.understand.interpret import Prompts
from nlops.understand.prompt import make_request
from nlops.understand.reply import UnreadableReplyError, read_reply
from nlops.understand.warm_up import warm_up_requests

Answer = Callable[[Case], Awaitable[Interpretation]]


def as_it_comes(reply: ModelReply, catalogue: Catalogue) -> Interpretation:
    """The model believed: its calls where all are for now and lack nothing, else a question or words."""
    try:
        guess = read_reply(reply, catalogue)
    except UnreadableReplyError:
        return Interpretation(reply="unreadable")
    if any(one.mood != "now" or one.unsaid for one in guess.calls) or guess.none == "unclear":
        return Interpretation(ask=True, reply="?")
    return Interpretation(calls=tuple(ToolCall(one.call.tool, one.call.arguments) for one in guess.calls), reply="-")


def bare(model: OpenAIModel, catalogue: Catalogue, prompts: Prompts) -> Answer:
    async def answer(case: Case) -> Interpretation:
        reply = await model.ask(make_request(case.text, catalogue, prompts))
        return as_it_comes(reply, catalogue) if isinstance(reply, ModelReply) else Interpretation(reply=reply.reason)

    return answer


async def score(what: str, cases: Sequence[Case], catalogue: Catalogue, answer: Answer) -> None:
    verdicts = []
    for case in tqdm(cases, desc=what, file=sys.stderr, leave=False):
        verdicts.append(judge(case, await answer(case), catalogue, 0.0))
    right = Share(sum(one.correct for one in verdicts), len(verdicts))
    print(f"{what:16} {right}, {sum(one.dangerous for one in verdicts)} dangerous", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("phrases", type=Path, nargs="*")
    args = parser.parse_args()
    catalogue = load_catalogue(load_config(str(data_path("examples") / "eval.toml")))
    if (args.folder / "tools.json").exists():
        catalogue = with_more(catalogue, args.folder / "tools.json")
    cases = [case for file in args.phrases or [args.folder / "phrases.jsonl"] for case in read_cases(file)]
    trained, published = load_prompts(), load_prompts(ModelConfig("custom"))
    warm_up = warm_up_requests(catalogue, trained)
    with tempfile.TemporaryDirectory(prefix="nlops-bench-") as name:  # for the prefixes, which are another model's
        published_model = EmbeddedModel(
            Path(name), timeout_s=120, warm_up=warm_up_requests(catalogue, published), progress=tell
        )
        published_model._file = fetch_model(cache_dir(), tell)
        await published_model.start()
        try:
            await score(
                "model alone", cases, catalogue, bare(client_of(published_model, "plain"), catalogue, published)
            )
        finally:
            await published_model.stop()
    model = EmbeddedModel(cache_dir(), timeout_s=120, warm_up=warm_up, progress=tell)
    await model.start()
    try:
        await score("+ training", cases, catalogue, bare(client_of(model, "plain"), catalogue, trained))
        await score("+ schema", cases, catalogue, bare(client_of(model, "schema"), catalogue, trained))
        whole = Understanding(catalogue, trained, model)

        async def alone(case: Case) -> Interpretation:
            return (await whole.of(case.text, language_of(case.text)))[0]

        async def after(case: Case) -> Interpretation:
            return (await whole.of(case.text, language_of(case.text), case.before))[0]

        await score("+ grounding", cases, catalogue, alone)
        if any(case.before for case in cases):
            await score("+ conversation", cases, catalogue, after)
    finally:
        await model.stop()


def client_of(model: EmbeddedModel, mode: Mode) -> OpenAIModel:
    """A client of a running model that asks in one way."""
    url, key = model._at
    client = OpenAIModel(ModelConfig("custom", url, "embedded", Secret(key), 120, daily_tokens=sys.maxsize))
    client._mode = mode
    return client


def tell(line: str) -> None:
    print(line, file=sys.stderr)


if __name__ == "__main__":
    asyncio.run(main())
