"""Hold the rules of `nlops.understand` against the labels: `python -m training.rules [DOMAIN ...]`.

Every label of `data/` and `pairs/` is given to the rules as the answer of a model that is certain of it; what does not
come out again is printed, with what came out, and counted. So a rule that is in the way of a right answer shows itself
without a model, over twenty thousand messages in a minute and a half.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from nlops.cli.ask import Understanding
from nlops.cli.cases import Case, read_case, read_lines
from nlops.cli.load import load_catalogue, load_config, load_prompts
from nlops.cli.resources import data_path
from nlops.cli.score import judge
from nlops.domain.errors import ConfigError
from nlops.domain.model import ModelReply, ModelRequest, WarmUp
from nlops.domain.tools import Catalogue
from nlops.domain.words import language_of
from training.corpus import UNTAUGHT, answer_of, read_domain

_HERE = Path(__file__).parent
_OPEN = (json.dumps(UNTAUGHT), '"*"')  # of an answer that a label leaves open nothing can be said


class Certain:
    """A model that answers what it is told to."""

    def __init__(self) -> None:
        self.answer = ""

    async def start(self) -> None:
        """Nothing to make ready."""

    async def stop(self) -> None:
        """Nothing to end."""

    async def renew(self, warm_up: WarmUp) -> None:
        """Nothing to read ahead."""

    async def ask(self, request: ModelRequest) -> ModelReply:
        del request
        return ModelReply(self.answer)


def labelled(folder: Path, catalogue: Catalogue) -> Iterator[tuple[Case, str]]:
    """The messages of a domain, each with its label as an answer."""
    domain = read_domain(folder, catalogue.tools)
    answers = {
        (example.text, tuple(text for text, _, _ in example.history)): answer_of(example, catalogue)
        for example in domain.examples
    }
    rows = (one for name in ("phrases.jsonl", "followups.jsonl") for one in _rows(folder / name))
    for line, row in rows:
        try:
            case = read_case(row, str(folder), line)
        except ConfigError:  # a shape that only training knows
            continue
        answer = answers.get((case.text, tuple(one.text for one in case.before)))
        if answer and not any(mark in answer for mark in _OPEN):
            yield case, answer


def _rows(file: Path) -> Iterator[tuple[int, object]]:
    return read_lines(file) if file.is_file() else iter(())


async def main() -> None:
    shipped = load_catalogue(load_config(str(data_path("examples") / "eval.toml")))
    prompts, found = load_prompts(), Counter[str]()
    wanted = frozenset(sys.argv[1:])
    folders = sorted(path.parent for kind in ("data", "pairs") for path in (_HERE / kind).glob("*/tools.json"))
    unknown = wanted - {one.name for one in folders}
    if unknown:
        sys.exit(f"training.rules: no such domain of tools: {', '.join(sorted(unknown))}")
    for folder in (one for one in folders if not wanted or one.name in wanted):
        own = read_domain(folder, shipped.tools).tools
        known = {tool.name for tool in own}
        catalogue = replace(shipped, tools=(*own, *(tool for tool in shipped.tools if tool.name not in known)))
        model = Certain()
        understanding = Understanding(catalogue, prompts, model)
        for case, model.answer in labelled(folder, catalogue):
            answer, ms = await understanding.of(case.text, language_of(case.text), case.before)
            verdict = judge(case, answer, catalogue, ms)
            kind = "right" if verdict.correct else "dangerous" if verdict.dangerous else "wrong"
            found[kind] += 1
            if not verdict.correct:
                came = "; ".join(f"{call.tool} {dict(call.arguments)}" for call in answer.calls) or answer.reply[:120]
                print(f"{kind} {case.id} | {case.text} | {model.answer} | {came}")
    print(f"{found.total()} labels: {found['right']} right, {found['wrong']} wrong, {found['dangerous']} dangerous")


if __name__ == "__main__":
    asyncio.run(main())
