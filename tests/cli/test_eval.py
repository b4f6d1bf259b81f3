"""`nlops ask` and `nlops eval`: grading as the files say it, and the two commands from the outside."""

import json
from pathlib import Path

import pytest

from nlops.cli import compare
from nlops.cli.cases import Case, check_names, read_case
from nlops.cli.load import load_config, load_prompts
from nlops.cli.main import main
from nlops.cli.more_tools import with_more
from nlops.cli.resources import data_path
from nlops.cli.score import Share, judge, latencies, shares
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


NOTHING = {"type": "object", "properties": {}, "additionalProperties": False}
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


@pytest.mark.parametrize(
    ("good", "of", "low", "high"),
    [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (263, 300, 0.8347, 0.9091), (0, 0, 0, 1)],
)
def test_intervals_are_wilsons(good: int, of: int, low: float, high: float) -> None:
    """Against figures of the usual tables."""
    assert Share(good, of).interval() == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("gained", "lost", "p"), [(0, 0, 1.0), (1, 1, 1.0), (10, 0, 2 / 1024), (12, 3, 0.03515625), (0, 5000, 0.0)]
)
def test_chance_is_mcnemars(gained: int, lost: int, p: float) -> None:
    """Two-sided binomial, exact, and the same whichever run comes first."""
    assert compare.p_of(gained, lost) == compare.p_of(lost, gained) == pytest.approx(p)


def test_a_comparison_names_what_was_gained_lost_and_changed() -> None:
    """The earlier answers are graded by the phrases of now; a phrase that they lack is counted, not guessed."""
    cases = [Case(name, "en", "c", f"text {name}", RESTART) for name in "abcde"]
    now = [done(("restart", BOB)), ASK, WORDS, done(("restart", BOB)), ASK]
    verdicts = [judge(case, answer, FOUR, 1.0) for case, answer in zip(cases, now, strict=True)]
    earlier = {"a": ASK, "b": done(("restart", BOB)), "c": done(("restart", {"bot": "alice"})), "d": now[3]}
    found = compare.compare(verdicts, earlier, FOUR)
    assert found.as_json() == {
        "phrases": 4,
        "missing": 1,
        "correct_before": 2,
        "correct": 2,
        "dangerous_before": ["c"],
        "gained": ["a"],
        "lost": ["b"],
        "changed": ["c"],
        "p": 1.0,
    }
    text = "\n".join(compare.report(found))
    assert "1 gained, 1 lost" in text and "1 are not in it" in text and "dangerous     1 before, 0 now" in text
    assert "before  restart {'bot': 'alice'}" in text and "text d" not in text


@pytest.mark.parametrize(
    ("expect", "wrong"),
    [
        ({}, "nothing is expected"),
        ({"tool": 7}, "tool is no name"),
        ({"tool": "restart", "args": []}, "args is no object"),
        ({"tools": [{"args": {}}]}, "a call has no tool"),
        ({"tools": ["restart"]}, "a call has no tool"),
        ({"any_of": []}, "any_of is no list, or empty"),
        ({"any_of": [{"tool": "restart", "args_range": {"lines": [1]}}]}, "args_range"),
    ],
)
def test_an_expectation_of_another_shape_is_named(expect: object, wrong: str) -> None:
    with pytest.raises(ConfigError, match="line 7, expect: ") as caught:
        read_case({"id": "1", "lang": "en", "category": "c", "text": "t", "expect": expect}, "phrases.jsonl", 7)
    assert wrong in str(caught.value)


@pytest.mark.parametrize("history", ["x", [{}], [{"text": "t"}], [{"text": "t", "calls": [{"tool": 1}]}], [7]])
def test_a_conversation_of_another_shape_is_named(history: object) -> None:
    line = {"id": "1", "lang": "en", "category": "c", "text": "t", "expect": {"tool": None}, "history": history}
    with pytest.raises(ConfigError, match='line 7: "history" is not'):
        read_case(line, "phrases.jsonl", 7)


def test_a_tool_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Figures over the wrong catalogue would mean nothing."""
    case = Case("1", "en", "c", "t", {"any_of": [{"ask": True}, {"tool": "launch", "args": {}}]}, line=4)
    with pytest.raises(ConfigError, match="line 4: no tool 'launch'"):
        check_names([case], FOUR, "phrases.jsonl")


def test_definitions_are_added_from_a_list_or_a_folder(tmp_path: Path) -> None:
    """With or without what runs; a fault names its file and place, a name that is taken too."""
    bare = {"name": "wash", "description": "Wash it.", "inputSchema": NOTHING}
    listed = tmp_path / "tools.json"
    listed.write_text(json.dumps([bare, {**bare, "name": "dry", "annotations": {"readOnlyHint": True}}]))
    both = with_more(FOUR, listed)
    assert [(tool.name, tool.policy.risk) for tool in both.tools[-2:]] == [("wash", "change"), ("dry", "read")]
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "wash.json").write_text(json.dumps({**bare, "run": {"argv": ["/bin/echo"]}}))
    assert with_more(FOUR, folder).tools[:-1] == FOUR.tools
    with pytest.raises(ConfigError, match="wash: a tool of this name"):
        with_more(both, folder)
    (folder / "wash.json").write_text(json.dumps({**bare, "inputSchema": {"type": "array"}}))
    with pytest.raises(ConfigError, match=r"wash\.json: .*inputSchema"):
        with_more(FOUR, folder)
    for text in ("", "[7]", '{"name": 1}'):
        listed.write_text(text)
        with pytest.raises(ConfigError, match=r"tools\.json"):
            with_more(FOUR, listed)


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
    assert figures["intervals"]["all"] == [0.3006, 0.9544] and 0 < figures["own_ms_median"] < figures["ms_median"]
    assert answers[0]["source"] == "keyword" and answers[1]["calls"] == [
        {"tool": "restart", "arguments": {"bot": "bob"}}
    ]


def test_eval_knows_more_tools_conversations_and_an_earlier_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--tools`, `history` and `--compare`, with keywords alone, so that it is known what must be said."""
    monkeypatch.chdir(tmp_path)
    config = (data_path("examples") / "eval.toml").read_text("utf-8").replace('"embedded"', '"none"')
    (tmp_path / "nlops.toml").write_text(config, "utf-8")
    wash = {"name": "wash", "description": "Wash it.", "inputSchema": NOTHING}
    (tmp_path / "tools.json").write_text(json.dumps([{**wash, "keywords": ["wash"]}]))
    row = {"lang": "en", "category": "direct", "expect": {"tool": "wash", "args": {}}}
    before = [{"text": "wash", "calls": [{"tool": "wash", "args": {}}]}]
    rows = [{**row, "id": "a", "text": "wash"}, {**row, "id": "b", "text": "once more", "history": before}]
    (tmp_path / "in.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "old.jsonl").write_text(json.dumps({"id": "a", "calls": [], "ask": True, "reply": "?"}), "utf-8")
    assert main(["eval", "in.jsonl"]) == 2 and "no tool 'wash'" in capsys.readouterr().err
    words = ["eval", "in.jsonl", "--tools", "tools.json", "--compare", "old.jsonl"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "NO ANSWER       1 times: the model's off" in said
    assert said.startswith("none, 5 tools, shipped prompts\n") and "1 gained, 0 lost" in said and "p = 1 " in said
    assert main([*words, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["compared"]["gained"] == ["a"]
    (tmp_path / "old.jsonl").write_text('{"id": "a", "calls": [{"tool": "wash"}]}', "utf-8")
    assert main(words) == 2 and "old.jsonl: line 1: not {" in capsys.readouterr().err


def test_prompts_of_ones_own_stand_in_for_the_shipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """By name, the others stay; what is wrong with them is one error that names them."""
    monkeypatch.chdir(tmp_path)
    own = tmp_path / "prompts"
    config = (data_path("examples") / "eval.toml").read_text("utf-8")
    (tmp_path / "nlops.toml").write_text(config.replace('"embedded"', '"none"\nprompts = "prompts"'), "utf-8")
    assert main(["eval", str(tmp_path / "in.jsonl")]) == 2  # no phrases
    capsys.readouterr()
    row = {"id": "a", "lang": "en", "category": "direct", "text": "status", "expect": {"tool": "status", "args": {}}}
    (tmp_path / "in.jsonl").write_text(json.dumps(row), "utf-8")
    assert main(["eval", "in.jsonl"]) == 2 and "prompts is no folder" in capsys.readouterr().err
    own.mkdir()
    (own / "system.txt").write_text("Do as you are told. {tools}", "utf-8")
    assert main(["eval", "in.jsonl"]) == 0 and f"prompts of {own}" in capsys.readouterr().out
    prompts = load_prompts(load_config("nlops.toml").model)
    assert prompts.system.startswith("Do as you") and prompts.examples == load_prompts().examples
    (own / "system.txt").write_text("no field", "utf-8")
    assert main(["eval", "in.jsonl"]) == 2 and "system.txt" in capsys.readouterr().err


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
    assert main(["ask", "--json", "bob seems stuck, kick him"]) == 1
    answer, said = capsys.readouterr()
    assert json.loads(answer)["calls"] == [] and "keywords work" in json.loads(answer)["reply"]
    assert "NLOPS_MODEL_FILE" in said


@pytest.mark.parametrize("text", ["{", '{"id": "1"}', "[" * 100_000])
def test_a_broken_file_of_phrases_is_exit_2(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.jsonl").write_text(text, "utf-8")
    assert main(["eval", "in.jsonl"]) == 2
    assert "line 1" in capsys.readouterr().err
