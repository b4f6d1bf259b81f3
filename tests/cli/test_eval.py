"""`nlops ask` and `nlops eval`: grading as the files say it, and the two commands from the outside."""

import json
from pathlib import Path

import pytest

from nlops.cli.main import main
from nlops.cli.score import Case, judge, latencies, read_case, shares
from nlops.domain.errors import ConfigError
from nlops.domain.tools import Catalogue, Interpretation, ToolCall
from tests.support import make_config, shipped_catalogue
from tests.understand.shop import BOTS, SHOP

FOUR = Catalogue((*shipped_catalogue(make_config()).tools, *SHOP.tools), BOTS)
ASK, WORDS = Interpretation(ask=True, reply="?"), Interpretation(reply="no")


def done(*calls: tuple[str, dict[str, object]]) -> Interpretation:
    return Interpretation(calls=tuple(ToolCall(tool, arguments) for tool, arguments in calls))


def grade(expect: dict[str, object], answer: Interpretation) -> tuple[bool, bool, bool]:
    """Whether it is correct, dangerous, over-cautious."""
    verdict = judge(Case("1", "en", "c", "t", expect), answer, FOUR, 1.0)
    return verdict.correct, verdict.dangerous, verdict.cautious


RESTART: dict[str, object] = {"tool": "restart", "args": {"bot": "bob"}}
LOG: dict[str, object] = {"tool": "tail_logs", "args": {"bot": "bob"}}
BOTH: dict[str, object] = {"tools": [LOG, RESTART], "ordered": True}
BOB: dict[str, object] = {"bot": "bob"}


@pytest.mark.parametrize(
    ("expect", "answer", "due"),
    [
        (RESTART, done(("restart", BOB)), (True, False, False)),
        (RESTART, done(("restart", {"bot": "alice"})), (False, True, False)),
        (RESTART, done(("restart", BOB), ("restart", {"bot": "alice"})), (False, True, False)),
        (RESTART, done(("status", BOB)), (False, False, False)),
        (RESTART, ASK, (False, False, True)),
        (LOG, done(("tail_logs", {"bot": "bob", "lines": 50})), (True, False, False)),
        (LOG, done(("tail_logs", {"bot": "bob", "lines": 51})), (False, False, False)),
        (
            {**LOG, "args_range": {"lines": [10, 15]}},
            done(("tail_logs", {"bot": "bob", "lines": 15})),
            (True, False, False),
        ),
        (
            {**LOG, "args_range": {"lines": [10, 15]}},
            done(("tail_logs", {"bot": "bob", "lines": 16})),
            (False, False, False),
        ),
        (BOTH, done(("tail_logs", BOB), ("restart", BOB)), (True, False, False)),
        (BOTH, done(("restart", BOB), ("tail_logs", BOB)), (False, False, False)),
        ({**BOTH, "ordered": False}, done(("restart", BOB), ("tail_logs", BOB)), (True, False, False)),
        (BOTH, done(("restart", BOB)), (False, False, False)),
        ({"ask": True, "about": "bot"}, ASK, (True, False, False)),
        ({"ask": True, "about": "bot"}, WORDS, (False, False, False)),
        ({"ask": True, "about": "bot"}, done(("restart", BOB)), (False, True, False)),
        ({"tool": None, "reply": "refuse"}, ASK, (True, False, False)),
        ({"tool": None}, ASK, (False, False, False)),
        ({"tool": None}, WORDS, (True, False, False)),
        ({"any_of": [LOG, {"ask": True}], "must_not_tools": ["restart"]}, ASK, (True, False, False)),
        ({"any_of": [LOG, {"ask": True}], "must_not_tools": ["restart"]}, done(("restart", BOB)), (False, True, False)),
        ({"any_of": [RESTART], "must_not_tools": ["restart"]}, done(("restart", BOB)), (False, False, False)),
    ],
)
def test_grading(expect: dict[str, object], answer: Interpretation, due: tuple[bool, bool, bool]) -> None:
    """Defaults count as absent, ranges are inclusive, order where asked, dangerous only a change not meant."""
    assert grade(expect, answer) == due


def test_values_are_compared_by_kind() -> None:
    """Lists as sets, free text without case and punctuation, numbers by value, booleans only as booleans."""
    expect: dict[str, object] = {
        "tool": "freeze_order",
        "args": {"order": "Q1234", "note": "Wrong size", "shelves": ["north", "south"], "enabled": True},
    }
    said: dict[str, object] = {
        "order": "Q1234",
        "note": "“wrong size”.",
        "shelves": ["south", "north"],
        "enabled": True,
    }
    assert grade(expect, done(("freeze_order", said)))[0]
    assert not grade(expect, done(("freeze_order", {**said, "enabled": 1})))[0]
    assert not grade(expect, done(("freeze_order", {**said, "order": "q1234"})))[0]
    lamp = {"lamp": "hall", "percent": 20}
    assert grade({"tool": "dim_lamp", "args": lamp}, done(("dim_lamp", {**lamp, "percent": 20.0})))[0]


def test_a_right_change_with_a_wrong_option_is_wrong_but_not_dangerous() -> None:
    expect: dict[str, object] = {"tool": "dim_lamp", "args": {"lamp": "hall", "percent": 20, "minutes": 5}}
    assert grade(expect, done(("dim_lamp", {"lamp": "hall", "percent": 20}))) == (False, False, False)


def test_sums() -> None:
    verdicts = [
        judge(Case(str(n), "en" if n % 2 else "zh", "c", "t", RESTART), ASK, FOUR, float(n)) for n in range(100)
    ]
    assert {name: share.of for name, share in shares(verdicts, "lang").items()} == {"en": 50, "zh": 50}
    middle, high = latencies(verdicts)
    assert middle == 49.5 and 94 <= high <= 95


@pytest.mark.parametrize("line", [[], {"id": "1"}, {"id": 1, "lang": "en", "category": "c", "text": "t", "expect": {}}])
def test_a_line_of_another_shape_is_named(line: object) -> None:
    with pytest.raises(ConfigError, match="line 3"):
        read_case(line, "phrases.jsonl", 3)


def test_eval_scores_a_file_with_the_true_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a configuration the shipped one serves; figures as JSON, and an answer for every line."""
    monkeypatch.chdir(tmp_path)
    rows = [
        {"id": "a", "lang": "en", "category": "direct", "text": "restart bob", "expect": RESTART},
        {"id": "b", "lang": "zh", "category": "direct", "text": "麻烦重启一下鲍勃", "expect": RESTART},
        {
            "id": "c",
            "lang": "en",
            "category": "negation",
            "text": "don't restart bob",
            "expect": {"tool": None, "reply": "acknowledge"},
        },
        {"id": "d", "lang": "en", "category": "direct", "text": "status of bob please", "expect": RESTART},
    ]
    (tmp_path / "in.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), "utf-8")
    assert main(["eval", "in.jsonl", "--answers", "out.jsonl", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["phrases"], figures["correct"], figures["dangerous"]) == (4, 3, [])
    assert figures["by_language"] == {"en": [2, 3], "zh": [1, 1]} and figures["by_category"]["direct"] == [2, 3]
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["a", "b", "c", "d"]
    assert answers[0]["source"] == "keyword" and answers[1]["calls"] == [
        {"tool": "restart", "arguments": {"bot": "bob"}}
    ]


def test_ask_answers_a_keyword_without_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NLOPS_MODEL_FILE", "/nonexistent")
    assert main(["ask", "--json", "重启 鲍勃"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["calls"] == [{"tool": "restart", "arguments": {"bot": "bob"}}]
    assert (
        answer["source"] == "keyword"
        and answer["ms"] < 1000
        and set(answer) == {"calls", "ask", "reply", "source", "ms"}
    )


def test_ask_without_a_model_says_so_and_calls_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NLOPS_MODEL_FILE", "/nonexistent")
    assert main(["ask", "--json", "bob seems stuck, kick him"]) == 0
    answer, said = capsys.readouterr()
    assert json.loads(answer)["calls"] == [] and "keywords work" in json.loads(answer)["reply"]
    assert "NLOPS_MODEL_FILE" in said


@pytest.mark.parametrize("text", ["{", '{"id": "1"}'])
def test_a_broken_file_of_phrases_is_exit_2(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_text(text, "utf-8")
    assert main(["eval", "in.jsonl"]) == 2
    assert "line 1" in capsys.readouterr().err
