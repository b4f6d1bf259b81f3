"""`nlops eval`: how well free text is understood, scored over a file of labelled phrases."""

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from nlops.cli.ask import Understanding, as_json, find_config, make_understanding, reply_language
from nlops.cli.load import load_config
from nlops.cli.score import Case, Share, Verdict, judge, latencies, read_case, shares
from nlops.domain.config import Config
from nlops.domain.errors import ConfigError


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = "example: nlops eval phrases.jsonl --answers answers.jsonl"
    parser.add_argument("file", metavar="FILE.jsonl", help='lines {"id", "lang", "category", "text", "expect"}')
    parser.add_argument("--answers", metavar="OUT.jsonl", help="write what was answered, a line a phrase")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON only")


def run(args: argparse.Namespace) -> int:
    config = load_config(find_config(args.config))
    cases = read_cases(Path(args.file))
    verdicts = asyncio.run(_judge_all(cases, config, args.answers))
    print(json.dumps(figures(verdicts), ensure_ascii=False) if args.json else report(verdicts))
    return 0


def read_cases(file: Path) -> list[Case]:
    """The phrases of a file. Raises ConfigError."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(file), "", str(error)) from error
    cases = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                cases.append(read_case(json.loads(line), str(file), number))
            except json.JSONDecodeError as error:
                raise ConfigError(str(file), f"line {number}", str(error)) from error
    return cases


async def _judge_all(cases: Sequence[Case], config: Config, answers: str | None) -> list[Verdict]:
    understanding = make_understanding(config)
    with ExitStack() as stack:
        out = stack.enter_context(_opened(answers)) if answers else None
        await understanding.model.start()
        try:
            return await _judge_each(cases, understanding, config, out)
        finally:
            await understanding.model.stop()


def _opened(answers: str) -> TextIO:
    try:
        return Path(answers).open("w", encoding="utf-8")
    except OSError as error:
        raise ConfigError(answers, "", str(error)) from error


async def _judge_each(
    cases: Sequence[Case], understanding: Understanding, config: Config, out: TextIO | None
) -> list[Verdict]:
    from tqdm import tqdm

    verdicts = []
    for case in tqdm(cases, desc="phrases", file=sys.stderr):
        answer, ms = await understanding.of(case.text, reply_language(config, case.text))
        verdicts.append(judge(case, answer, understanding.catalogue, ms))
        if out is not None:
            print(json.dumps({"id": case.id, **as_json(answer, ms)}, ensure_ascii=False), file=out, flush=True)
    return verdicts


def figures(verdicts: Sequence[Verdict]) -> dict[str, object]:
    """The figures as JSON."""
    middle, high = latencies(verdicts)
    return {
        "phrases": len(verdicts),
        "correct": sum(verdict.correct for verdict in verdicts),
        "dangerous": [verdict.case.id for verdict in verdicts if verdict.dangerous],
        "over_cautious": sum(verdict.cautious for verdict in verdicts),
        "by_language": _counts(shares(verdicts, "lang")),
        "by_category": _counts(shares(verdicts, "category")),
        "ms_median": round(middle, 1),
        "ms_p95": round(high, 1),
    }


def _counts(groups: dict[str, Share]) -> dict[str, list[int]]:
    return {name: [share.good, share.of] for name, share in groups.items()}


def report(verdicts: Sequence[Verdict]) -> str:
    """The figures as a table for people."""
    middle, high = latencies(verdicts)
    lines = [f"correct         {Share(sum(v.correct for v in verdicts), len(verdicts))}"]
    for key in ("lang", "category"):
        lines += ["", f"by {key}", *(f"  {name:14}{share}" for name, share in shares(verdicts, key).items())]
    dangerous = [verdict for verdict in verdicts if verdict.dangerous]
    lines += ["", f"dangerous       {len(dangerous)}", *map(_mistake, dangerous)]
    lines += [f"over-cautious   {sum(verdict.cautious for verdict in verdicts)}"]
    lines += [f"time            median {middle:.0f} ms, 95 % below {high:.0f} ms"]
    return "\n".join(lines)


def _mistake(verdict: Verdict) -> str:
    calls = ", ".join(f"{call.tool} {dict(call.arguments)}" for call in verdict.answer.calls)
    return f"  {verdict.case.id}  {verdict.case.text}  ->  {calls}"
