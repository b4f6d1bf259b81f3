"""Why a run failed is said in the language of whoever asked, whatever room it failed in."""

import json
from pathlib import Path
from typing import Any

import pytest

from nlops.adapters.children import Children
from nlops.adapters.managers import make_managers
from nlops.adapters.runner import ToolRunner
from nlops.cli.load import load_tool
from nlops.domain.config import BotConfig
from nlops.domain.tools import Catalogue, ToolCall, ToolResult
from nlops.domain.words import Language, language_of
from tests.support import make_config

FAILURES: dict[str, dict[str, Any]] = {
    "no program": {"argv": ["no-such-program"]},
    "an exit code": {"argv": ["false"]},
    "past its time": {"argv": ["sleep", "9"]},
    "no such user": {"argv": ["true"], "user": "nobody-of-that-name"},
    "no folder": {"argv": ["true"], "cwd": "/no/such/folder"},
    "a flag": {"argv": ["echo", "{text}"]},
    "no secret": {"argv": ["true"], "env": {"TOKEN": "env:NLOPS_NO_SUCH_SECRET"}},
    "no secret file": {"argv": ["true"], "env": {"TOKEN": "file:/no/such/secret"}},
    "a function": {"python": "no_such_module:run"},
    "away": {"http": {"url": "http://127.0.0.1:9/", "private": True}},
    "not public": {"http": {"url": "http://127.0.0.1:9/"}},
    "not found": {"http": {"url": "http://no-such-host.invalid/"}},
    "out of the path": {"http": {"url": "http://127.0.0.1:9/{text}", "private": True}},
}


async def run(folder: Path, how: dict[str, Any], text: str, language: Language) -> ToolResult:
    file = folder / "t.json"
    schema = {
        "type": "object",
        "properties": {"text": {"type": "string", "maxLength": 20}},
        "additionalProperties": False,
    }
    file.write_text(json.dumps({"name": "t", "description": "d", "inputSchema": schema, "run": how, "timeout_s": 1}))
    file.chmod(0o644)
    runner = ToolRunner(make_config(folder), Catalogue((load_tool(file),), ()), {})
    return await runner.run(ToolCall("t", {"text": text}), {}, language)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("what", FAILURES)
async def test_a_failed_run(what: str, language: Language, tmp_path: Path) -> None:
    """The first line is ours; what the program printed follows as it is."""
    text = ".." if "path" in what else "--all"
    result = await run(tmp_path, FAILURES[what], text, language)
    first = result.text.partition("\n")[0]
    assert not result.ok and language_of(first) == language, first


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("keeper", ["pm2", "systemd", "docker", "supervisor", "command"])
@pytest.mark.parametrize("tool", ["restart", "status", "tail_logs"])
async def test_a_manager_that_is_not_there(
    tool: str, keeper: str, language: Language, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No program of the manager on the PATH, no child that starts, no log to read."""
    monkeypatch.setenv("PATH", str(tmp_path))
    how: Any = {"command": ("/no/such/program",)} if keeper == "command" else {keeper: "bob"}
    bot = BotConfig("bob", (tmp_path / "no.log",), **how)
    config = make_config(tmp_path, bots=(bot,))
    shipped = Path(__file__).parents[3] / "tools"
    definition = load_tool(shipped / f"{tool}.json")
    runner = ToolRunner(config, Catalogue((definition,), (bot.called(),)), make_managers(Children([bot])))
    arguments = {"bot": "bob", **({"lines": 5} if tool == "tail_logs" else {})}
    result = await runner.run(ToolCall(tool, arguments), {}, language)
    assert result.ok == (tool == "status") and language_of(result.text) == language
    assert all(word not in result.text for word in ("there is", "not running", "keeps nothing") if language == "zh")
