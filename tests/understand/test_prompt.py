"""The question to the model: built from the definitions alone, the same up to the message, in the trained text."""

import json
from dataclasses import replace
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from nlops.domain.errors import ConfigError
from nlops.domain.model import ModelReply
from nlops.domain.tools import Catalogue, ToolExample
from nlops.understand.answer import answer_schema
from nlops.understand.prompt import MAX_DESCRIPTION_CHARS, Prompts, make_request, system_text
from nlops.understand.reply import read_reply
from tests.understand.saying import FOUR, PROMPTS
from tests.understand.shop import BOTS, DIM, FREEZE, MARKET, PRINT

TURNS = replace(PROMPTS, with_turns=True)


def test_only_the_message_differs() -> None:
    """So that a prefix cache serves, with and without turns of examples."""
    for prompts in (PROMPTS, TURNS):
        one, two = make_request("restart bob", FOUR, prompts), make_request("看看日志", FOUR, prompts)
        assert one.messages[:-1] == two.messages[:-1] and one.schema == two.schema == answer_schema(FOUR)
        assert one.messages[-1] == ("user", "restart bob")


def test_a_tool_stands_in_the_prompt_with_all_that_its_schema_says() -> None:
    """Types, bounds, choices, patterns, what may be left out; bots by all their names."""
    lines = system_text(MARKET, PROMPTS).splitlines()
    (dim,), (freeze,), (log,) = ([line for line in lines if f"- {one.name}(" in line] for one in (DIM, FREEZE, PRINT))
    assert "lamp: kitchen|hall (kitchen: 厨房; hall: 走廊); percent: integer 0..100; minutes?: integer 1..240" in dim
    assert "warm?: boolean (Warm light)" in dim and dim.endswith("调节灯的亮度。")
    assert "order: text /^Q[0-9]{4}$/" in freeze and "shelves?: [north|south]" in freeze
    assert "color?: red|blue|null" in log
    assert lines[-1] == "Bots: alice = 爱丽丝, bob = 鲍勃 = bobby, archy = 学习助手 = study bot"
    assert "bot: bot" in system_text(FOUR, PROMPTS)


def test_the_trained_model_gets_no_turns_and_tells_how_sure_it_is() -> None:
    """Others get examples as whole turns, and native tools."""
    trained, hosted = make_request("hello", FOUR, PROMPTS), make_request("hello", FOUR, TURNS)
    assert len(trained.messages) == 2 and trained.wants_sure and not trained.tools
    assert not hosted.wants_sure and len(hosted.messages) > 20
    assert [tool["type"] for tool in hosted.tools] == ["function"] * 4


def test_every_turn_of_an_example_is_an_answer_as_agreed() -> None:
    """It keeps the schema, and the reply's own reader takes it."""
    check = Draft202012Validator(answer_schema(FOUR))
    turns = make_request("hello", FOUR, TURNS).messages[1:-1]
    assert [role for role, _ in turns] == ["user", "assistant"] * (len(turns) // 2)
    for _, answer in turns[1::2]:
        check.validate(json.loads(answer))
        read_reply(ModelReply(answer), FOUR)


def test_native_functions_are_the_definitions_with_the_bots_as_choices() -> None:
    offered: list[Any] = list(make_request("hi", FOUR, TURNS).tools)
    functions = {one["function"]["name"]: one["function"] for one in offered}
    parameters = functions["restart"]["parameters"]
    Draft202012Validator.check_schema(parameters)
    assert parameters["properties"]["bot"]["enum"] == ["alice", "bob", "archy"]
    assert "format" not in parameters["properties"]["bot"] and parameters["additionalProperties"] is False


def test_examples_speak_of_the_bots_that_there_are() -> None:
    """A definition's examples name a bot of their author's; the prompt names the user's."""
    catalogue = Catalogue(FOUR.tools, BOTS[:1])
    for prompts in (PROMPTS, TURNS):
        text = " ".join(content for _, content in make_request("hello", catalogue, prompts).messages)
        assert "bob" not in text and "alice" in text


def test_an_exchange_before_stands_right_before_the_message() -> None:
    request = make_request("and bob?", FOUR, PROMPTS, (("how is alice?", "{}"),))
    assert request.messages[1:] == (("user", "how is alice?"), ("assistant", "{}"), ("user", "and bob?"))


def test_a_long_description_is_cut_and_one_example_of_each_language_shown() -> None:
    examples = tuple(ToolExample(text, {}) for text in ("first one", "second one", "第一句", "第二句"))
    wordy = replace(PRINT, description="x" * 5000, examples=examples)
    text = system_text(Catalogue((wordy,)), PROMPTS)
    assert text.count("x") < MAX_DESCRIPTION_CHARS + 10 and "e.g. first one / 第一句" in text
    assert "second" not in text and "第二句" not in text and "Bots: -" in text


def test_a_users_prompts_are_read_or_the_line_is_named() -> None:
    files = {"system.txt": "Do {tools} for {bots}.", "examples.txt": "# mine\n\nchat: hello there\nnot: leave it\n"}
    own = Prompts.from_texts(files)
    assert own.examples == (("hello there", '{"none":"chat"}'), ("leave it", '{"none":"not"}')) and own.with_turns
    assert system_text(Catalogue((), BOTS[:1]), own) == "Do  for alice = 爱丽丝."
    for files, said in (
        ({}, "system.txt"),
        ({"system.txt": "Do it."}, "{tools}"),
        ({"system.txt": "{tools}", "examples.txt": "chat: hi\nrestart: bob"}, "line 2"),
        ({"system.txt": "{tools}", "examples.txt": "hello"}, "line 1"),
    ):
        with pytest.raises(ConfigError, match=said.replace("{", r"\{")):
            Prompts.from_texts(files)
