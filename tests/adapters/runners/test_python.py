"""Functions in a child: what goes in and comes out, and that nothing they do harms the parent."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from nlops.adapters.runners.python import run_python
from nlops.domain.tools import PythonRun, ToolPolicy, ToolResult, ToolSpec

SOURCE = """
import json, os, sys, threading, time
from beside import WORD

def give(**arguments): return {"got": arguments, "word": WORD}
def say(text): print("not the answer"); return text
def nothing(): return None
def fail(): raise ValueError("no luck")
def leave(): sys.exit("bye")
def crash(): os.abort()
def hang(): time.sleep(600)
def linger(): threading.Thread(target=time.sleep, args=(600,)).start(); return "done"
def environment(): return dict(os.environ)
def where(): return [os.getcwd(), sys.flags.isolated]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "own.py").write_text(SOURCE)
    (tmp_path / "beside.py").write_text("WORD = '词'")
    return tmp_path


async def call(folder: Path, function: str, timeout_s: float = 30, **arguments: object) -> ToolResult:
    run = PythonRun("own", function)
    return await run_with(folder, run, timeout_s, arguments)


async def run_with(folder: Path, run: PythonRun, timeout_s: float, arguments: Mapping[str, Any]) -> ToolResult:
    spec = ToolSpec(
        "t", "T", "d", {"properties": {}}, run, ToolPolicy("read"), timeout_s=timeout_s, file=f"{folder}/t.json"
    )
    return await run_python(spec, run, arguments, "en")


async def test_json_in_and_out(folder: Path) -> None:
    """Arguments keep their types; what is no text comes back as JSON; modules beside it can be imported."""
    result = await call(folder, "give", a=1, b=True, c=["x", None], d="é\n")
    assert result.ok and '"word": "词"' in result.text and '"b": true' in result.text


async def test_text_and_nothing(folder: Path) -> None:
    """A text is shown as it is; what was printed is not part of it; None is nothing."""
    assert await call(folder, "say", text="hello") == ToolResult(True, "hello", 0)
    assert await call(folder, "nothing") == ToolResult(True, "", 0)


@pytest.mark.parametrize(
    ("function", "named"),
    [("fail", "ValueError: no luck"), ("leave", "bye"), ("crash", "crashed"), ("no_such", "no_such"), ("say", "text")],
)
async def test_failures_are_results(folder: Path, function: str, named: str) -> None:
    """An exception, an exit, an abort, a function that is not there, an argument that is missing."""
    result = await call(folder, function)
    assert not result.ok and named in result.text


async def test_a_hang_ends_and_a_thread_holds_nothing_up(folder: Path) -> None:
    """At its time the child goes; a thread that was left behind does not keep the answer."""
    assert "ran past" in (await call(folder, "hang", timeout_s=1)).text
    assert (await call(folder, "linger", timeout_s=20)).text == "done"


async def test_the_child_is_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No secrets of ours, isolated, in the definition's folder."""
    monkeypatch.setenv("OPENAI_API_KEY", "hunter2")
    assert "hunter2" not in (await call(folder, "environment")).text
    where = (await call(folder, "where")).text
    assert str(folder) in where and "1" in where


async def test_installed_modules_and_secrets(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that is installed; a reference in env reaches the function, and is cleaned from what it returns."""
    result = await run_with(
        folder, PythonRun("jsonschema", "validate"), 30, {"instance": 1, "schema": {"type": "string"}}
    )
    assert not result.ok and "ValidationError" in result.text
    monkeypatch.setenv("KEY_OF_TESTS", "swordfish9")
    run = PythonRun("own", "environment", env=(("KEY", "env:KEY_OF_TESTS"),))
    result = await run_with(folder, run, 30, {})
    assert result.ok and '"KEY"' in result.text and "swordfish9" not in result.text
