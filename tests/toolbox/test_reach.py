"""No argument reaches a shell, a flag, or another target: whatever it holds, and however a template takes it.

The suite takes a few hundred examples; the big run is

    NLOPS_EXAMPLES=100000 python -m pytest tests/toolbox/test_reach.py tests/adapters/runners/test_reach.py
"""

# ruff: noqa: E501  tables

import json
import os

from hypothesis import given, settings
from hypothesis import strategies as st

from nlops.domain.tools import ArgvRun, BotName, Catalogue, HttpRun, ToolCall
from nlops.toolbox.arguments import check_call
from nlops.toolbox.command import build_argv
from nlops.toolbox.definition import lint, parse_definition
from nlops.toolbox.request import build_request
from nlops.toolbox.targets import stand_for, with_targets
from nlops.toolbox.template import MAX_ARGUMENT, RefusedArgument

EXAMPLES = int(os.environ.get("NLOPS_EXAMPLES", "300"))

# What shells, options, paths, URLs and JSON make of characters, besides any text.
PIECES = ["-", "--", "-rf", "--force", "=", ";", "&&", "|", "$(id)", "`id`", "$IFS", "\n", "\r\n", "\0", "'", '"', "\\", " ", "*", "~",
          "..", "../", "/", "//", "%2e%2e", "%2f", "?", "#", "@", ":", "{x}", "{", "}", "%s", "<", ">", ",", "bob", "中", "\u2028", "−", "－"]  # fmt: skip
VALUES = st.one_of(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.text(max_size=30))
ITEMS = ("{x}", "--name={x}", "{x}{y}", "pre-{x}", "/srv/{x}.log", "https://host/{x}", "x={x} y={y}", "{y}-{x}")


@settings(max_examples=EXAMPLES, deadline=None)
@given(items=st.lists(st.sampled_from(ITEMS), min_size=1, max_size=4), x=VALUES, y=VALUES)
def test_commands(items: list[str], x: str, y: str) -> None:
    """One template item is one item, with the values as letters in it; it is a flag only where the template says so,
    and never a way out of a folder."""
    template = ("prog", *items)
    try:
        argv = build_argv(template, {"x": x, "y": y})
    except RefusedArgument:
        return
    assert len(argv) == len(template) and argv[0] == "prog"
    for item, text in zip(template, argv, strict=True):
        before, _, after = item.partition("{x}")
        if "{y}" not in item and "{x}" in item:
            assert text == before + x + after
        assert text.startswith("-") <= item.startswith("-")
        assert ".." not in text.split("/") and "\0" not in text
        if item.startswith("https://"):
            assert text.startswith("https://host/")


@settings(max_examples=EXAMPLES, deadline=None)
@given(x=VALUES, y=VALUES)
def test_requests(x: str, y: str) -> None:
    """Scheme, host, port, segments, fields and header lines are the template's; the body is the JSON that was meant."""
    run = HttpRun(
        "POST", "http://h.example/a/{x}/b?q={y}&z=1", (("X-A", "a {y}"),), {"x": "{x}", "in": ["{y}!"], "k": {"{x}": 1}}
    )
    try:
        request = build_request(run, {"x": x, "y": y})
    except RefusedArgument:
        return
    assert (request.scheme, request.host, request.port) == ("http", "h.example", 80)
    path, _, query = request.target.partition("?")
    assert path.count("/") == 3 and path.startswith("/a/") and path.endswith("/b")
    assert query.count("&") == 1 and query.endswith("&z=1") and "#" not in request.target
    assert all(value.isprintable() and value.isascii() for _, value in request.headers)
    assert request.body is not None and json.loads(request.body) == {"x": x, "in": [f"{y}!"], "k": {"{x}": 1}}


@settings(max_examples=EXAMPLES, deadline=None)
@given(values=st.lists(VALUES.filter(lambda text: text.isprintable()), min_size=1, max_size=4, unique=True))
def test_what_loads(values: list[str]) -> None:
    """An enum that loads holds no value that would be a flag; one that does is named."""
    schema = {"type": "object", "properties": {"x": {"enum": values}}, "additionalProperties": False}
    raw = {"name": "t", "description": "d", "inputSchema": schema, "run": {"argv": ["prog", "{x}"]}}
    linted = lint(json.dumps(raw), "t.json")
    flags = [value for value in values if value.startswith("-")]
    assert (linted.tool is None) == bool(flags)
    assert not flags or any(repr(flags[0]) in str(fault) for fault in linted.faults)


LISTED = {"shop": "/srv/shop", "books": "/srv/books"}
BOTS = (BotName("alice"), BotName("bob"))
CHOSEN = {"where": {"type": "string", "format": "target"}, "bot": {"type": "string", "format": "bot"}}


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    where=st.one_of(st.sampled_from(sorted(LISTED)), VALUES), bot=st.one_of(st.sampled_from(["alice", "bob"]), VALUES)
)
def test_targets(where: str, bot: str) -> None:
    """An argument chooses a target or a bot out of what the operator lists; it never makes one, nor a way beyond it."""
    schema = {"type": "object", "properties": CHOSEN, "required": ["where", "bot"], "additionalProperties": False}
    raw = {"name": "t", "description": "d", "inputSchema": schema, "run": {"argv": ["prog", "-C", "{where}", "{bot}"]}}
    tool = with_targets(parse_definition(json.dumps(raw), "t.json"), LISTED)
    assert isinstance(tool.run, ArgvRun)
    call = ToolCall("t", {"where": where, "bot": bot})
    is_listed = where in LISTED and bot in ("alice", "bob")
    assert (check_call(call, Catalogue((tool,), BOTS)) is None) == is_listed
    if is_listed:
        assert build_argv(tool.run.argv, stand_for(tool, call.arguments)) == ["prog", "-C", LISTED[where], bot]


def test_long_values_are_refused() -> None:
    """A value is at most as long as a chat message."""
    try:
        build_argv(("prog", "{x}"), {"x": "x" * (MAX_ARGUMENT + 1)})
    except RefusedArgument as error:
        assert str(MAX_ARGUMENT) in str(error)
    else:
        raise AssertionError("it was taken")
