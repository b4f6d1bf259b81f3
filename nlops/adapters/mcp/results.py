"""What an MCP server answered to a call, as a result of ours: text, one file, or the failure it tells of.

It is data: cleaned of escapes and controls, paged as any output, and never read by a model.
"""

import base64
import binascii
import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from nlops.adapters.lines import clean
from nlops.adapters.process import MAX_OUTPUT_BYTES
from nlops.adapters.runners.outputs import MAX_FILE_BYTES, failed, present
from nlops.domain import mcp_phrases as phrases
from nlops.domain.tools import ToolResult, ToolSpec
from nlops.domain.words import Language
from nlops.gate.redact import Redactor
from nlops.toolbox.pins import plain

File = tuple[str, bytes]
_RULES_ALONE = Redactor(())
# How files begin, and what they are called then. What else a server calls them counts for nothing.
_KINDS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"%PDF-", "pdf"), (b"RIFF", "wav"), (b"ID3", "mp3"))


def to_result(
    tool: ToolSpec,
    server: str,
    answer: Mapping[str, Any],
    language: Language,
    redactor: Redactor = _RULES_ALONE,
) -> ToolResult:
    """The result, without secrets. `answer` is the server's CallToolResult as JSON, checked by the SDK."""
    parts = [_part(tool, block, language) for block in answer.get("content", ())]
    texts, files = [one for one in parts if isinstance(one, str)], [one for one in parts if not isinstance(one, str)]
    if not parts and answer.get("structuredContent") is not None:
        texts = [json.dumps(answer["structuredContent"], ensure_ascii=False, indent=2)]
    if len(files) > 1:
        texts.append(phrases.MORE_FILES.say(language, count=len(files) - 1))
    data = _capped("\n".join(texts), language)
    if answer.get("isError", False):
        return failed(tool, phrases.TOOL_FAILED.say(language, server=server), data, None, redactor)
    if not files:
        return present(tool, data, language, None, redactor)
    file = (files[0][0], redactor.clean_file(files[0][1]))
    if tool.output == "file":
        return ToolResult(True, "", file=file)
    return replace(present(replace(tool, output="text"), data, language, None, redactor), file=file)


def _capped(text: str, language: Language) -> bytes:
    data = "\n".join(_without_controls(line) for line in clean(text.encode("utf-8", "replace")).split("\n")).encode()
    if len(data) <= MAX_OUTPUT_BYTES:
        return data
    cut = data[:MAX_OUTPUT_BYTES].decode("utf-8", "ignore")
    return f"{cut}\n{phrases.CUT_TEXT.say(language, size=MAX_OUTPUT_BYTES >> 10)}".encode()


def _without_controls(line: str) -> str:
    return "".join(char for char in line if char == "\t" or unicodedata.category(char) != "Cc")


def _part(tool: ToolSpec, block: Mapping[str, Any], language: Language) -> str | File:
    match block.get("type"):
        case "text":
            return str(block.get("text", ""))
        case "image" | "audio" as kind:
            return _file(tool, kind, block.get("data", ""), language)
        case "resource":
            inside: Mapping[str, Any] = block.get("resource", {})
            if "text" in inside:
                return str(inside["text"])
            return _file(tool, "resource", inside.get("blob", ""), language)
        case "resource_link":
            return plain(f"{block.get('title') or block.get('name', '')}: {block.get('uri', '')}")
        case other:
            return phrases.UNREADABLE.say(language, kind=plain(str(other)))


def _file(tool: ToolSpec, kind: str, encoded: str, language: Language) -> str | File:
    """The file in it, named after the tool: what a server would call it could mislead."""
    try:
        data = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        return phrases.UNREADABLE.say(language, kind=kind)
    if len(data) > MAX_FILE_BYTES:
        return phrases.TOO_LARGE.say(language, kind=kind, size=MAX_FILE_BYTES >> 20)
    return f"{tool.name}.{next(_endings(data))}", data


def _endings(data: bytes) -> Iterator[str]:
    yield from (ending for magic, ending in _KINDS if data.startswith(magic))
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        yield "bin"
    yield "txt"
