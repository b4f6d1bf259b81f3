"""Two runs over the same phrases: which answers changed, what was gained and lost, and whether that may be chance."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb
from pathlib import Path

from nlops.cli.cases import read_lines
from nlops.cli.score import Verdict, judge
from nlops.domain.errors import ConfigError
from nlops.domain.tools import Catalogue, Interpretation, ToolCall


@dataclass(frozen=True)
class Comparison:
    """`pairs` are (earlier, now) of the phrases that both runs have; `missing` is how many the earlier one lacks."""

    pairs: tuple[tuple[Verdict, Verdict], ...]
    missing: int = 0

    @property
    def gained(self) -> list[tuple[Verdict, Verdict]]:
        return [pair for pair in self.pairs if pair[1].correct and not pair[0].correct]

    @property
    def lost(self) -> list[tuple[Verdict, Verdict]]:
        return [pair for pair in self.pairs if pair[0].correct and not pair[1].correct]

    @property
    def changed(self) -> list[tuple[Verdict, Verdict]]:
        """Another answer of the same worth."""
        return [
            pair
            for pair in self.pairs
            if pair[0].correct == pair[1].correct and said(pair[0].answer) != said(pair[1].answer)
        ]

    def as_json(self) -> dict[str, object]:
        def ids(pairs: Sequence[tuple[Verdict, Verdict]]) -> list[str]:
            return [now.case.id for _, now in pairs]

        return {
            "phrases": len(self.pairs),
            "missing": self.missing,
            "correct_before": sum(before.correct for before, _ in self.pairs),
            "correct": sum(now.correct for _, now in self.pairs),
            "dangerous_before": [before.case.id for before, _ in self.pairs if before.dangerous],
            "gained": ids(self.gained),
            "lost": ids(self.lost),
            "changed": ids(self.changed),
            "p": p_of(len(self.gained), len(self.lost)),
        }


def p_of(gained: int, lost: int) -> float:
    """McNemar's exact test, two-sided: how probable at least so uneven a split is if gains and losses are a coin's."""
    both = gained + lost
    tail = sum(comb(both, count) for count in range(min(gained, lost) + 1))
    return float(min(Fraction(1), Fraction(2 * tail, 2**both)))  # exact: thousands of phrases overflow a float


def compare(verdicts: Sequence[Verdict], earlier: Mapping[str, Interpretation], catalogue: Catalogue) -> Comparison:
    """The earlier answers are graded now, by the phrases and the catalogue of now."""
    known = [one for one in verdicts if one.case.id in earlier]
    pairs = tuple((judge(one.case, earlier[one.case.id], catalogue, 0.0), one) for one in known)
    return Comparison(pairs, len(verdicts) - len(known))


def read_answers(file: Path) -> dict[str, Interpretation]:
    """The answers of an earlier run (`--answers`), by the phrase's id. Raises ConfigError."""
    answers = {}
    for line, value in read_lines(file):
        try:
            if not isinstance(value, Mapping):
                raise TypeError("no object")
            answers[str(value["id"])] = _interpretation(value)
        except (KeyError, TypeError) as error:
            wrong = f'not {{"id", "calls": [{{"tool", "arguments"}}], "ask", "reply"}}: {error}'
            raise ConfigError(str(file), f"line {line}", wrong) from error
    return answers


def _interpretation(value: Mapping[str, object]) -> Interpretation:
    raw = value["calls"]
    if not isinstance(raw, list):
        raise TypeError("calls is no list")
    calls = tuple(ToolCall(str(one["tool"]), dict(one["arguments"])) for one in raw)
    return Interpretation(calls=calls, ask=value.get("ask") is True, reply=str(value.get("reply", "")))


def said(answer: Interpretation) -> str:
    """An answer in a line: its calls, a question, or words."""
    calls = "; ".join(f"{call.tool} {dict(call.arguments)}" for call in answer.calls)
    words = " ".join(answer.reply.split())
    return calls or f"{'asks' if answer.ask else 'says'}: {words[:100]}"


def report(comparison: Comparison) -> Iterator[str]:
    """For people: the sums, then each phrase whose answer changed."""
    count, gained, lost = len(comparison.pairs), comparison.gained, comparison.lost
    missing = f"; {comparison.missing} are not in it" if comparison.missing else ""
    yield f"compared with the earlier run, over {count} phrases{missing}"
    before, now = (sum(pair[at].correct for pair in comparison.pairs) for at in (0, 1))
    yield f"  correct       {before} before, {now} now: {len(gained)} gained, {len(lost)} lost"
    yield f"  by chance     p = {p_of(len(gained), len(lost)):.2g} (McNemar, exact, two-sided)"
    dangerous = [sum(pair[at].dangerous for pair in comparison.pairs) for at in (0, 1)]
    yield f"  dangerous     {dangerous[0]} before, {dangerous[1]} now"
    for name, pairs in (("lost", lost), ("gained", gained), ("changed", comparison.changed)):
        for one, other in pairs:
            danger = "  DANGEROUS" if other.dangerous else ""
            yield f"  {name:8}{other.case.id}  {other.case.text}{danger}"
            yield f"            before  {said(one.answer)}"
            yield f"            now     {said(other.answer)}"
