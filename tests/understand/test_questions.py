"""Questions back about one argument: in both languages, with numbered choices, keeping what is known."""

import pytest

from nlops.domain.tools import Asked, ToolCall, ToolExample
from nlops.domain.words import Language
from nlops.understand.ground import Lack
from nlops.understand.questions import ask_about
from nlops.understand.schema import arguments_of
from tests.understand.saying import FOUR
from tests.understand.shop import DIM, FREEZE, MARKET, tool

ARGUMENTS = {argument.name: argument for argument in arguments_of(DIM, MARKET)}
RESTART = FOUR.get("restart")
assert RESTART is not None
(BOT,) = arguments_of(RESTART, FOUR)


def test_a_text_of_a_pattern_is_shown_by_an_example() -> None:
    """And never by the pattern, which is nothing to read in a chat."""
    version = {"version": {"type": "string", "pattern": "^v[0-9]$"}}
    ship = tool("ship", "Ship.", version, ("version",), examples=(ToolExample("ship v7", {"version": "v7"}),))
    (argument,) = arguments_of(ship, FOUR)
    assert ask_about(Lack(ship, argument), "en").reply == "For “Ship” I still need: version, as in v7."
    assert ask_about(Lack(ship, argument), "zh").reply == "要执行“Ship”，还需要：version，例如 v7。"
    wrong = ask_about(Lack(ship, argument, "7", "^v[0-9]$"), "en").reply
    assert wrong == "7 is no version that “Ship” takes. One looks like this: v7."


def test_a_text_that_is_too_long_is_said_to_be() -> None:
    (note,) = (one for one in arguments_of(FREEZE, MARKET) if one.name == "note")
    reply = ask_about(Lack(FREEZE, note, "x" * 21), "en").reply
    assert reply.startswith("note for “Freeze order” may have 20 characters at most; what you wrote has 21.")
    assert "最多 20 个字，你写了 21 个" in ask_about(Lack(FREEZE, note, "x" * 21), "zh").reply


@pytest.mark.parametrize(
    ("lack", "language", "first", "last"),
    [
        (Lack(RESTART, BOT), "en", "Which bot", "3. archy"),
        (Lack(RESTART, BOT), "zh", "哪个机器人", "3. archy"),
        (Lack(RESTART, BOT, "carol"), "en", "no bot called “carol”", "3. archy"),
        (Lack(RESTART, BOT, "alcie", "alice"), "en", "Did you mean alice?", "3. archy"),
        (Lack(RESTART, BOT, "alcie", "alice"), "zh", "你是指 alice 吗", "3. archy"),
        (Lack(DIM, ARGUMENTS["percent"]), "en", "still need: percent", "percent."),
        (Lack(DIM, ARGUMENTS["percent"], 200, "0–100"), "en", "is 200, which I may not do (0–100)", "be?"),
        (Lack(DIM, ARGUMENTS["percent"], 200, "0–100"), "zh", "200，超出允许范围（0–100）", "换一个值。"),
        (Lack(DIM, ARGUMENTS["lamp"]), "en", "still need: lamp", "2. hall"),
        (Lack(DIM, ARGUMENTS["lamp"], "cellar"), "en", "no lamp called “cellar”", "2. hall"),
        (Lack(DIM, ARGUMENTS["lamp"], "书房"), "zh", "没有“书房”", "2. hall"),
    ],
)
def test_a_question_says_what_is_missing_or_wrong_and_what_would_do(
    lack: Lack, language: Language, first: str, last: str
) -> None:
    meant = ask_about(lack, language)
    assert meant.ask and not meant.calls and first in meant.reply and meant.reply.endswith(last)


def test_it_keeps_what_an_answer_completes() -> None:
    before = (ToolCall("status"),)
    meant = ask_about(Lack(DIM, ARGUMENTS["lamp"], known={"percent": 20}), "en", before, source="keyword")
    assert meant.asked == Asked("dim_lamp", "lamp", ("kitchen", "hall"), {"percent": 20}, before, "keyword")
    assert meant.source == "keyword"
