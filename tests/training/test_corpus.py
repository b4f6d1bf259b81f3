"""The training data: every label is valid, and a variation changes the answer exactly as it changes the message."""

import json
import random
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

from nlops.domain.model import ModelReply
from nlops.domain.tools import Catalogue, JsonObject
from nlops.understand.answer import ALL_BOTS, MAX_CALLS, UNSAID
from nlops.understand.reply import read_reply
from tests.support import make_config, shipped_catalogue
from training.corpus import (
    UNTAUGHT,
    Domain,
    Example,
    Lesson,
    an_epoch,
    answer_of,
    check,
    read_domain,
    taught_parts,
    turns_of,
    vary,
)

ROOT = Path(__file__).resolve().parents[2] / "training"
SHIPPED = shipped_catalogue(make_config()).tools


@cache
def domains() -> tuple[Domain, ...]:
    folders = sorted(folder for part in ("data", "pairs") for folder in (ROOT / part).iterdir())
    return tuple(read_domain(folder, SHIPPED) for folder in folders if folder.is_dir())


def untaught_as_unsaid(answer: str) -> str:
    return "".join(piece for piece, _ in taught_parts(answer))


def test_every_label_names_tools_and_arguments_that_exist() -> None:
    """In all domains; and there are as many as the recipe says."""
    assert [fault for domain in domains() for fault in check(domain)] == []
    assert len(domains()) == 356 and sum(bool(domain.bots) for domain in domains()) == 24
    assert all(len(domain.examples) >= 40 for domain in domains())


def test_a_wrong_label_is_found() -> None:
    fleet = next(domain for domain in domains() if domain.bots)
    wrong = (
        Example("a", "en", "direct", calls=(("fly", {}),)),
        Example("b", "en", "direct", calls=(("qr", {"x": 1}),)),
    )
    assert len(check(Domain("wrong", fleet.tools, wrong, fleet.bots))) == 2


def test_every_message_has_an_answer_that_the_reader_takes() -> None:
    """Over its whole catalogue, and the exchange before as well; what is to be taught is what is read in use."""
    for domain in domains():
        catalogue = Catalogue(domain.tools, domain.bots)
        for example in domain.examples:
            turns = turns_of(example, catalogue)
            assert turns is not None and turns[-2] == example.text, example
            assert len(turns) == 2 + 2 * len(example.history)
            for answer in turns[1::2]:
                guess = read_reply(ModelReply(untaught_as_unsaid(answer)), catalogue)
                assert bool(guess.calls) != bool(guess.none)
            assert guess.none == example.none and len(guess.of(example.mood)) == len(example.calls)


def test_the_sets_that_are_measured_on_are_not_trained_on() -> None:
    """No message of theirs over tools of the same kind, and no tool's definition; a common name may come twice."""
    files = sorted((ROOT / "heldout").glob("*/phrases.jsonl"))
    assert len(files) == 135
    for file in files:
        definitions = file.with_name("tools.json")
        of_kind = [domain for domain in domains() if bool(domain.bots) != definitions.exists()]
        rows = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
        assert not {row["text"] for row in rows} & {one.text for domain in of_kind for one in domain.examples}
        if definitions.exists():
            described = {tool.description for domain in domains() for tool in domain.tools}
            assert not {one["description"] for one in json.loads(definitions.read_text("utf-8"))} & described


# Variation


def of_number(text: str, value: object) -> bool:
    return re.search(rf"(?<!\d){value}(?!\d)", text) is not None


def variations(seed: int) -> list[tuple[Domain, Example, Example]]:
    """Some thousand messages, each with what became of it."""
    rng, made = random.Random(seed), []  # noqa: S311
    for domain in domains():
        tools = {tool.name: tool for tool in domain.tools}
        for example in rng.sample(domain.examples, 20):
            same = [one for one in domain.examples if (one.lang == "en") == (example.lang == "en")]
            made.append((domain, example, vary(example, same, tools, rng)))
    return made


def test_every_kind_of_variation_keeps_what_it_promises() -> None:
    """Joined: both wishes; on a condition, at a time: the same calls of another mood; taken back or quoted: none;
    another number, a value cut out: in text and call alike; polite words: nothing."""
    seen: dict[str, int] = {}
    for domain, before, after in (one for seed in range(6) for one in variations(seed)):
        kind = kind_of(before, after)
        seen[kind] = seen.get(kind, 0) + 1
        core = before.text.strip(" .。!！")
        match kind:
            case "same" | "polite":
                assert before.text in after.text
            case "if" | "at":
                assert core in after.text and len(after.text) > len(core) and before.mood == "now"
            case "not" | "about":
                assert core in after.text and after.calls == () and before.calls
            case "joined":
                assert after.calls[: len(before.calls)] == before.calls and after.text.startswith(core)
                other = next(
                    one
                    for one in domain.examples
                    if after.text.endswith(one.text) and one.calls == after.calls[len(before.calls) :]
                )
                assert other.mood == after.mood == "now" and len(after.calls) <= MAX_CALLS
            case "number":
                ((name, old),), ((same, new),) = before.calls, after.calls
                (key,) = [one for one in new if new[one] != old[one]]
                assert name == same and of_number(before.text, old[key]) and of_number(after.text, new[key])
            case "cut":
                ((_, old),), ((_, new),) = before.calls, after.calls
                (key,) = [one for one in new if new[one] != old[one]]
                assert new[key] == UNSAID and str(old[key]) in before.text and str(old[key]) not in after.text
                assert after.category == "missing_arg"
            case _:
                raise AssertionError(kind)
        assert after.lang == before.lang and after.history == before.history
    assert set(seen) == {"same", "polite", "if", "at", "not", "about", "joined", "number", "cut"}, seen


def kind_of(before: Example, after: Example) -> str:
    """By what changed in the answer."""
    if after.mood != before.mood:
        return after.mood
    if after.none != before.none:
        return after.none
    if len(after.calls) > len(before.calls):
        return "joined"
    if after.calls != before.calls:
        ((_, new),) = after.calls
        ((_, old),) = before.calls
        (key,) = [one for one in new if new[one] != old[one]]
        return "cut" if new[key] == UNSAID else "number"
    return "same" if after.text == before.text else "polite"


def test_a_missing_message_is_not_joined_or_hung_on_anything() -> None:
    """Only plain requests get a frame; what was quoted, forbidden, asked or a follow-up stays what it was."""
    for _, before, after in variations(7):
        if before.category not in ("direct", "paraphrase", "typo", "number_words") or before.history:
            assert kind_of(before, after) in ("same", "polite", "number")


# Lessons


def some_lessons(seed: int, known: frozenset[str] = frozenset()) -> Sequence[Lesson]:
    fleets = [domain for domain in domains() if domain.bots]
    return an_epoch((*domains()[:4], *fleets[:2]), SHIPPED, 12, random.Random(seed), known)  # noqa: S311


def test_a_seed_gives_the_same_lessons() -> None:
    assert some_lessons(3) == some_lessons(3) != some_lessons(4)


def test_what_is_known_is_repeated_now_and_then() -> None:
    assert len(some_lessons(3, frozenset(domain.name for domain in domains()))) < len(some_lessons(3)) / 2


def test_a_message_whose_tool_is_gone_is_declined() -> None:
    """One call: "impossible"; of several, or put off, no lesson is made."""
    fleet = next(domain for domain in domains() if domain.bots)
    catalogue = Catalogue(tuple(tool for tool in fleet.tools if tool.name != "restart"), fleet.bots)
    one = ("restart", {"bot": fleet.bots[0].name})
    gone = Example("restart it", "en", "direct", calls=(one,))
    assert answer_of(gone, catalogue) == '{"none":"impossible"}'
    assert answer_of(Example("x", "en", "multi", calls=(one, ("status", {}))), catalogue) is None
    assert answer_of(Example("x", "en", "conditional", mood="if", calls=(one,)), catalogue) is None
    history = (("restart it", (one,), ""),)
    assert turns_of(Example("thanks", "en", "chat", none="chat", history=history), catalogue) is None


def test_every_lessons_answer_is_read_over_its_own_catalogue() -> None:
    """Tools shuffled, dropped, mixed with another domain's: no answer calls what is not there."""
    for lesson in an_epoch(domains()[::12], SHIPPED, 12, random.Random(11)):  # noqa: S311
        assert len({tool.name for tool in lesson.catalogue.tools}) == len(lesson.catalogue.tools)
        for turns in lesson.turns:
            for answer in turns[1::2]:
                guess = read_reply(ModelReply(untaught_as_unsaid(answer)), lesson.catalogue)
                assert bool(guess.calls) != bool(guess.none)


# Labels


BOTS: list[JsonObject] = [{"name": name, "aliases": []} for name in ("ann", "ben", "cat")]
BEN: JsonObject = {"tool": "restart", "args": {"bot": "ben"}}


@pytest.mark.parametrize(
    ("text", "category", "expect", "answer"),
    [
        ("restart ben", "direct", BEN, '{"now":[{"restart":{"bot":"ben"}}]}'),
        (
            "restart every one",
            "multi",
            {"tools": [{"tool": "restart", "args": {"bot": name}} for name in ("ann", "ben", "cat")]},
            f'{{"now":[{{"restart":{{"bot":"{ALL_BOTS}"}}}}]}}',
        ),
        ("don't", "negation", {"tool": None, "reply": "acknowledge"}, '{"none":"not"}'),
        ("rain?", "out_of_scope", {"tool": None, "reply": "out_of_scope"}, '{"none":"impossible"}'),
        (
            "restart ben if he is down",
            "conditional",
            {"ask": True, "about": "condition", "tool": "restart"},
            '{"if":[{"restart":{"bot":"ben"}}]}',
        ),
        (
            "restart ben at nine",
            "conditional",
            {"ask": True, "about": "time", "tool": "restart", "args": {"bot": "ben"}},
            '{"at":[{"restart":{"bot":"ben"}}]}',
        ),
        (
            "restart",
            "missing_bot",
            {"ask": True, "about": "bot", "tool": "restart"},
            '{"now":[{"restart":{"bot":"?"}}]}',
        ),
        (
            "10 to 15 lines of ben",
            "numbers",
            {"tool": "tail_logs", "args": {"bot": "ben"}, "args_range": {"lines": [10, 15]}},
            '{"now":[{"tail_logs":{"bot":"ben","lines":15}}]}',
        ),
        ("do it", "unclear", {"ask": True, "about": "action"}, '{"none":"unclear"}'),
    ],
)
def test_a_label_says_what_is_answered(
    tmp_path: Path, text: str, category: str, expect: JsonObject, answer: str
) -> None:
    """Calls, all bots as one call, a no and why, what hangs on something, what is missing."""
    row = {"id": "1", "lang": "en", "category": category, "text": text, "expect": expect}
    (tmp_path / "bots.json").write_text(json.dumps(BOTS), "utf-8")
    (tmp_path / "phrases.jsonl").write_text(json.dumps(row), "utf-8")
    domain = read_domain(tmp_path, SHIPPED)
    (example,) = domain.examples
    assert answer_of(example, Catalogue(domain.tools, domain.bots)) == answer


def test_what_the_labels_leave_open_is_not_taught() -> None:
    """The pieces make up the answer; the open value stands as unsaid, and is marked."""
    fleet = next(domain for domain in domains() if domain.bots)
    example = Example("restart", "en", "direct", calls=(("restart", {"bot": UNTAUGHT}), ("restart", {"bot": "ann"})))
    answer = answer_of(example, Catalogue(fleet.tools, fleet.bots))
    assert answer is not None
    assert list(taught_parts(answer)) == [
        ('{"now":[{"restart":{"bot":', True),
        ('"?"', False),
        ('}},{"restart":{"bot":"ann"}}]}', True),
    ]
    assert list(taught_parts('{"none":"chat"}')) == [('{"none":"chat"}', True)]
