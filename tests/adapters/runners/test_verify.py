"""What must be true after a run: looked at until it is, and told as it was seen where it is not."""

# ruff: noqa: E501  tables

import json
import sys
from pathlib import Path

import pytest

from nlops.adapters.runner import ToolRunner
from nlops.adapters.runners.verify import is_expected
from nlops.cli.definitions import load_tool
from nlops.domain.config import BotConfig
from nlops.domain.processes import NotRestarted, Seen
from nlops.domain.run_phrases import NOT_RUNNING
from nlops.domain.tools import Catalogue, ToolCall, ToolResult
from nlops.domain.words import Sentence
from tests.support import make_config

SCHEMA = {
    "type": "object",
    "properties": {
        "count": {"type": "integer", "minimum": 0, "maximum": 99},
        "bot": {"type": "string", "format": "bot"},
    },
    "required": [],
    "additionalProperties": False,
}


class Manager:
    """A process manager over a file: a line in it is the life of the process."""

    def __init__(self, file: Path) -> None:
        self.file = file

    async def look(self, _: BotConfig) -> Seen | Sentence:
        life = self.file.read_text().strip()
        return Seen(True, "online", int(life), life) if life else NOT_RUNNING.of()

    async def restart(self, _: BotConfig) -> NotRestarted:
        return NotRestarted(NOT_RUNNING.of())

    async def logs(self, _: BotConfig, count: int) -> list[str]:
        return [""] * count


async def run(
    folder: Path, argv: list[str], verify: dict[str, object], keeper: str | None = "bob", **arguments: object
) -> ToolResult:
    """A definition that is written, read and run."""
    file = folder / "t.json"
    raw = {"name": "t", "description": "d", "inputSchema": SCHEMA, "run": {"argv": argv}, "verify": verify}
    file.write_text(json.dumps(raw))
    file.chmod(0o644)
    config = make_config(folder, bots=(BotConfig("bob", (folder / "bob.log",), pm2=keeper),))
    catalogue = Catalogue((load_tool(file),), tuple(bot.called() for bot in config.bots))
    life = folder / "life"
    if not life.exists():
        life.write_text("7")
    return await ToolRunner(config, catalogue, {"pm2": Manager(life)}).run(ToolCall("t", arguments), {}, "en")


def script(folder: Path, text: str) -> str:
    file = folder / "script.py"
    file.write_text(f"#!{sys.executable}\n{text}")
    file.chmod(0o755)
    return str(file)


async def test_it_is_as_it_must_be(tmp_path: Path) -> None:
    """Done, with what was seen; the arguments stand in what is expected."""
    result = await run(
        tmp_path, ["echo", "scaled"], {"argv": ["echo", "4 online"], "expect": "{count} online"}, count=4
    )
    assert (result.ok, result.text) == (True, "scaled\nChecked afterwards: 4 online")


async def test_it_becomes_so(tmp_path: Path) -> None:
    """Looked at again until it is."""
    counting = "import pathlib; f = pathlib.Path('n'); n = len(f.read_text()) if f.exists() else 0\nf.write_text('x' * (n + 1)); print(n, 'online')"
    result = await run(tmp_path, ["true"], {"argv": [script(tmp_path, counting)], "expect": "2 online", "within_s": 10})
    assert (result.ok, result.text) == (True, "Checked afterwards: 2 online")


@pytest.mark.parametrize(
    ("check", "seen"),
    [({"argv": ["echo", "3 online"], "expect": "{count} online"}, "3 online"), ({"argv": ["ls", "/no/such"]}, "No such file")],
)  # fmt: skip
async def test_it_is_not(tmp_path: Path, check: dict[str, object], seen: str) -> None:
    """The run went well, and yet it is not done: what was seen is told."""
    result = await run(tmp_path, ["echo", "scaled"], {**check, "within_s": 0.5}, count=4)
    assert not result.ok and "not as it must be" in result.text and seen in result.text


async def test_a_run_that_failed_is_not_checked(tmp_path: Path) -> None:
    """Its own words are the answer."""
    result = await run(tmp_path, ["false"], {"argv": ["touch", f"{tmp_path}/checked"]})
    assert not result.ok and "exit code 1" in result.text and not (tmp_path / "checked").exists()


async def test_a_bot_of_another_life(tmp_path: Path) -> None:
    """A command of the operator's own that restarts a bot: its process must be another, up; from then on its log
    counts."""
    bounce = script(tmp_path, f"open({str(tmp_path / 'life')!r}, 'w').write('8')")
    result = await run(tmp_path, [bounce, "{bot}"], {"bot": "{bot}", "within_s": 5}, bot="bob")
    assert (result.ok, result.text) == (True, "bob has a new process: pid 7 → 8.") and result.since > 0


async def test_a_bot_that_nobody_keeps(tmp_path: Path) -> None:
    """Without a process manager its log is all that tells: from the run on."""
    result = await run(tmp_path, ["echo", "bounced"], {"bot": "{bot}", "within_s": 5}, keeper=None, bot="bob")
    assert (result.ok, result.text) == (True, "bounced") and result.since > 0


@pytest.mark.parametrize(("writes", "seen"), [("7", "online, pid 7"), ("", "not running")])
async def test_a_bot_that_did_not_restart(tmp_path: Path, writes: str, seen: str) -> None:
    """The same life, or none."""
    bounce = script(tmp_path, f"open({str(tmp_path / 'life')!r}, 'w').write({writes!r})")
    result = await run(tmp_path, [bounce], {"bot": "{bot}", "within_s": 0.5}, bot="bob")
    assert not result.ok and seen in result.text and not result.since


@pytest.mark.parametrize(
    ("expect", "text", "holds"),
    [("{n}", "12", False), ("{n}", "2", True), ("{n}", "x 2, y", True), ("{n} up", "2 upper", False), ("{absent}", "", True),
     ("a.c", "abc", False), ("中文", "是 中文 。", True), (None, "", True)],
)  # fmt: skip
def test_what_is_expected(expect: str | None, text: str, holds: bool) -> None:
    """As words of their own, to the letter; nothing where the argument is absent."""
    assert is_expected(expect, {"n": 2}, ToolResult(True, text)) is holds
