"""A server's answer as a result: every kind of content, and any content at all."""

import base64
import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlops.adapters.mcp.results import to_result
from nlops.adapters.process import MAX_OUTPUT_BYTES
from nlops.domain.tools import ToolResult, ToolSpec
from nlops.gate.redact import STARS, Redactor
from nlops.toolbox.definition import parse_definition
from nlops.toolbox.pins import draft
from tests.adapters.mcp.server import PNG

PIN = {"name": "x", "description": "x", "inputSchema": {"type": "object"}}
TOOL: ToolSpec = parse_definition(json.dumps(draft("files", PIN, "files_x")), "files_x.json")


def result_of(*content: Any, tool: ToolSpec = TOOL, **more: Any) -> ToolResult:
    return to_result(tool, "files", {"content": list(content), **more}, "en")


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"type": "text", "text": "a\r\nb\x1b[31m"}, "a\nb"),
        ({"type": "resource", "resource": {"uri": "file:///x", "text": "inside"}}, "inside"),
        ({"type": "resource_link", "name": "x", "uri": "https://x.example/\u202ey"}, "x: https://x.example/ y"),
        ({"type": "image", "data": "not base64!", "mimeType": "image/png"}, "(image that cannot be read)"),
        ({"type": "image", "data": encoded(b"x" * (9 << 20))}, "(image of more than 8 MiB: left out)"),
        ({"type": "hologram"}, "(hologram that cannot be read)"),
    ],
)
def test_text(block: dict[str, Any], text: str) -> None:
    assert result_of(block) == ToolResult(True, text)


@pytest.mark.parametrize(
    ("block", "name", "data"),
    [
        ({"type": "image", "data": encoded(PNG), "mimeType": "text/html"}, "files_x.png", PNG),
        ({"type": "audio", "data": encoded(b"ID3x")}, "files_x.mp3", b"ID3x"),
        ({"type": "resource", "resource": {"uri": "../../etc/x.sh", "blob": encoded(b"\xff")}}, "files_x.bin", b"\xff"),
        ({"type": "resource", "resource": {"uri": "x", "blob": encoded(b"words")}}, "files_x.txt", b"words"),
    ],
)
def test_files(block: dict[str, Any], name: str, data: bytes) -> None:
    """Called after the tool and what they hold, whatever the server says."""
    assert result_of(block) == ToolResult(True, "", file=(name, data))


def test_structured_content_alone_is_shown() -> None:
    assert result_of(structuredContent={"a": 1}).text == '{\n  "a": 1\n}'
    assert result_of({"type": "text", "text": "words"}, structuredContent={"a": 1}).text == "words"


def test_text_as_a_file() -> None:
    """Where the definition says so."""
    tool = replace(TOOL, output="file")
    assert result_of({"type": "text", "text": "words"}, tool=tool).file == ("files_x.txt", b"words")
    assert result_of({"type": "image", "data": encoded(PNG)}, tool=tool).file == ("files_x.png", PNG)
    assert not result_of({"type": "text", "text": "words"}, tool=replace(TOOL, output="image")).ok


def test_a_long_text_is_cut_and_says_so() -> None:
    long = result_of(
        *({"type": "text", "text": f"{number} " + "x" * 999} for number in range(2 * MAX_OUTPUT_BYTES // 1000))
    )
    assert long.rest[-1].endswith("… (cut after 256 KiB)")


BLOCKS = st.dictionaries(st.sampled_from(["type", "text", "data", "resource", "uri", "name"]), st.text(), max_size=4)


@given(st.lists(BLOCKS | st.text().map(lambda text: {"type": "text", "text": text}), max_size=4), st.booleans())
def test_any_content(content: list[Any], is_error: bool) -> None:
    """Nothing raises, and no control reaches a chat."""
    for block in content:
        if not isinstance(block.get("resource", {}), dict):
            block.pop("resource")
    result = result_of(*content, isError=is_error)
    assert result.ok is not is_error or not result.ok
    for page in (result.text, *result.rest):
        assert not any(unicodedata.category(char) == "Cc" and char not in "\n\t" for char in page)


def test_no_secret_comes_back() -> None:
    """Not in a text, a failure, a file, nor cut in two by the end of a page."""
    secret = "given-to-the-server-42"
    redactor = Redactor([secret])

    def answered(*content: Any, **more: Any) -> ToolResult:
        return to_result(TOOL, "files", {"content": list(content), **more}, "en", redactor)

    text = {"type": "text", "text": f"it is {secret}"}
    assert answered(text).text == f"it is {STARS}"
    assert secret not in answered(text, isError=True).text
    file = answered({"type": "resource", "resource": {"uri": "x", "blob": encoded(secret.encode())}}).file
    assert file is not None and secret.encode() not in file[1]
    for before in range(3450, 3520):
        long = answered({"type": "text", "text": f"{'x' * before} {secret} and on"})
        assert secret[:8] not in "".join((long.text, *long.rest))
