"""`nlops eval`: how well free text is understood, scored over a file of labelled phrases."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from nlops.adapters.presets import shown_name
from nlops.cli import compare
from nlops.cli.ask import Understanding, as_json, find_config, make_understanding, reply_language
from nlops.cli.cases import Case, check_names, read_cases
from nlops.cli.load import load_config
from nlops.cli.more_tools import with_more
from nlops.cli.score import Share, Verdict, judge, latencies, shares, spread
from nlops.cli.stopwatch import Stopwatch
from nlops.domain.config import Config
from nlops.domain.errors import ConfigError
from nlops.domain.tools import Catalogue


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = (
        "example: nlops eval phrases.jsonl --answers now.jsonl\n"
        "         nlops eval phrases.jsonl --tools my_tools/ --compare before.jsonl"
    )
    parser.add_argument(
        "file", metavar="FILE.jsonl", help='lines {"id", "lang", "category", "text", "expect"[, "history"]}'
    )
    parser.add_argument("--answers", metavar="OUT.jsonl", help="write what was answered, a line a phrase")
    parser.add_argument(
        "--compare", metavar="ANSWERS.jsonl", help="what changed since the run that wrote these answers"
    )
    parser.add_argument(
        "--tools",
        metavar="PATH",
        action="append",
        default=[],
        help="definitions to add: a folder of JSON files, or one JSON list; may be given again",
    )
    parser.add_argument("--json", action="store_true", help="print the figures as JSON only")


def run(args: argparse.Namespace) -> int:
    config = load_config(find_config(args.config))
    cases = read_cases(Path(args.file))
    earlier = compare.read_answers(Path(args.compare)) if args.compare else None
    understanding = make_understanding(config, more=lambda known: _more(known, args.tools), waits=True)
    check_names(cases, understanding.catalogue, args.file)
    watch = Stopwatch(understanding.model)
    understanding = replace(understanding, model=watch)
    verdicts = asyncio.run(_judge_all(cases, understanding, watch, config, args.answers))
    comparison = compare.compare(verdicts, earlier, understanding.catalogue) if earlier is not None else None
    if args.json:
        compared = {"compared": comparison.as_json()} if comparison is not None else {}
        print(json.dumps({**figures(verdicts), "no_answer": watch.failures, **compared}, ensure_ascii=False))
        return 0
    print(_what(config, understanding.catalogue))
    print(report(verdicts))
    for reason, count in watch.failures.items():
        print(f"NO ANSWER       {count} times: the model's {reason}; they tell nothing of how well it understands")
    for line in compare.report(comparison) if comparison is not None else ():
        print(line)
    return 0


def _more(catalogue: Catalogue, paths: Sequence[str]) -> Catalogue:
    for path in paths:
        catalogue = with_more(catalogue, Path(path))
    return catalogue


def _what(config: Config, catalogue: Catalogue) -> str:
    prompts = f"prompts of {config.model.prompts}" if config.model.prompts else "shipped prompts"
    return f"{shown_name(config.model)}, {len(catalogue.tools)} tools, {prompts}\n"


async def _judge_all(
    cases: Sequence[Case], understanding: Understanding, watch: Stopwatch, config: Config, answers: str | None
) -> list[Verdict]:
    with ExitStack() as stack:
        out = stack.enter_context(_opened(answers)) if answers else None
        await understanding.model.start()
        try:
            return await _judge_each(cases, understanding, watch, config, out)
        finally:
            await understanding.model.stop()


def _opened(answers: str) -> TextIO:
    try:
        return Path(answers).open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigError(answers, "", str(error)) from error


async def _judge_each(
    cases: Sequence[Case], understanding: Understanding, watch: Stopwatch, config: Config, out: TextIO | None
) -> list[Verdict]:
    from tqdm import tqdm

    verdicts = []
    for case in tqdm(cases, desc="phrases", file=sys.stderr):
        waited = watch.waited_s
        answer, ms = await understanding.of(case.text, reply_language(config, case.text), case.before)
        own_ms = ms - (watch.waited_s - waited) * 1000
        verdicts.append(judge(case, answer, understanding.catalogue, ms, own_ms))
        if out is not None:
            print(json.dumps({"id": case.id, **as_json(answer, ms)}, ensure_ascii=False), file=out, flush=True)
    return verdicts


def figures(verdicts: Sequence[Verdict]) -> dict[str, object]:
    """The figures as JSON. Shares are [correct, of]; their 95 % intervals (Wilson) are from 0 to 1."""
    middle, high = latencies(verdicts)
    own_middle, own_high = spread([verdict.own_ms for verdict in verdicts])
    languages, categories = shares(verdicts, "lang"), shares(verdicts, "category")
    return {
        "phrases": len(verdicts),
        "correct": sum(verdict.correct for verdict in verdicts),
        "dangerous": [verdict.case.id for verdict in verdicts if verdict.dangerous],
        "over_cautious": sum(verdict.cautious for verdict in verdicts),
        "by_language": _counts(languages),
        "by_category": _counts(categories),
        "intervals": {
            "all": _interval(_all(verdicts)),
            "by_language": {name: _interval(share) for name, share in languages.items()},
            "by_category": {name: _interval(share) for name, share in categories.items()},
        },
        "ms_median": round(middle, 1),
        "ms_p95": round(high, 1),
        "own_ms_median": round(own_middle, 2),
        "own_ms_p95": round(own_high, 2),
    }


def _all(verdicts: Sequence[Verdict]) -> Share:
    return Share(sum(verdict.correct for verdict in verdicts), len(verdicts))


def _counts(groups: dict[str, Share]) -> dict[str, list[int]]:
    return {name: [share.good, share.of] for name, share in groups.items()}


def _interval(share: Share) -> list[float]:
    return [round(bound, 4) for bound in share.interval()]


def report(verdicts: Sequence[Verdict]) -> str:
    """The figures as a table for people."""
    middle, high = latencies(verdicts)
    own_middle, own_high = spread([verdict.own_ms for verdict in verdicts])
    lines = [f"correct         {_all(verdicts)}"]
    for key in ("lang", "category"):
        groups = shares(verdicts, key)
        width = max(14, *map(len, groups)) + 2
        lines += ["", f"by {key}", *(f"  {name:{width}}{share}" for name, share in groups.items())]
    dangerous = [verdict for verdict in verdicts if verdict.dangerous]
    lines += ["", f"dangerous       {len(dangerous)}", *map(_mistake, dangerous)]
    lines += [f"over-cautious   {sum(verdict.cautious for verdict in verdicts)}"]
    lines += [f"time            median {middle:.0f} ms, 95 % below {high:.0f} ms"]
    lines += [f"  without the model's: median {own_middle:.1f} ms, 95 % below {own_high:.1f} ms"]
    return "\n".join(lines)


def _mistake(verdict: Verdict) -> str:
    return f"  {verdict.case.id}  {verdict.case.text}  ->  {compare.said(verdict.answer)}"
