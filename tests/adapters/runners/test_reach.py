"""No argument reaches a shell, a flag or another target, with real processes: what a program is given is what was said,
as one argument, or it is not started.

NLOPS_EXAMPLES is the number of examples (default 150); a process is started for each that is not refused.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from nlops.adapters.runner import ToolRunner
from nlops.cli.definitions import load_tool
from nlops.domain.tools import Catalogue, ToolCall
from tests.support import make_config
from tests.toolbox.test_reach import VALUES

EXAMPLES = int(os.environ.get("NLOPS_EXAMPLES", "150"))
FREE = {"type": "string", "maxLength": 200}
SCHEMA = {"type": "object", "properties": {"x": FREE, "y": FREE}, "required": ["x"], "additionalProperties": False}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A definition, over a program that writes down what it was given: /usr/bin/printf, told the format."""
    folder = tmp_path_factory.mktemp("reach")
    folder.chmod(0o755)
    run = {"argv": ["/usr/bin/printf", "%s\\0", "--", "{x}", "--name={x}", "/srv/{x}.log", "{y}"]}
    raw = {"name": "t", "description": "d", "inputSchema": SCHEMA, "run": run, "output": {"as": "file"}}
    (folder / "t.json").write_text(json.dumps(raw))
    (folder / "t.json").chmod(0o644)
    return folder


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(x=VALUES, y=VALUES)
def test_what_a_program_is_given(folder: Path, loop: asyncio.Runner, x: str, y: str) -> None:
    """To the byte, each in its place, and nothing beside it came into the folder."""
    tool = load_tool(folder / "t.json")
    runner = ToolRunner(make_config(folder), Catalogue((tool,)), {})
    result = loop.run(runner.run(ToolCall("t", {"x": x, "y": y}), {}, "en"))
    if result.ok:
        assert result.file is not None
        given = result.file[1].split(b"\0")[:-1]
        wanted = ["--", x, f"--name={x}", f"/srv/{x}.log", y]
        assert given == [one.encode() for one in wanted]
        assert not x.startswith("-") and not y.startswith("-") and ".." not in f"/srv/{x}.log".split("/")
    else:
        # Refused before anything ran: each refusal says why.
        words = ("flag", "leads out", "NUL", "characters", "too long")
        assert any(word in result.text for word in words), result.text
    assert [file.name for file in folder.iterdir()] == ["t.json"]
