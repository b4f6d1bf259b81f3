"""One call of a pinned tool: the server is asked what it has, and called only where that is what was looked at."""

import asyncio
import importlib
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

from nlops.adapters.mcp.results import to_result
from nlops.domain import mcp_phrases as phrases
from nlops.domain.config import McpConfig
from nlops.domain.tools import McpRun, ToolResult, ToolSpec
from nlops.domain.words import Language
from nlops.toolbox.pins import as_pin, changes, shortened

if TYPE_CHECKING:
    from nlops.adapters.mcp.link import Connection


async def load_link() -> ModuleType:
    """`nlops.adapters.mcp.link`, which imports the SDK, loaded beside the loop: that takes a second."""
    return await asyncio.to_thread(importlib.import_module, "nlops.adapters.mcp.link")


def find(definitions: list[dict[str, Any]], name: str) -> dict[str, Any] | None:
    """The tool of that name, as it is pinned. Two with one name are like none that was pinned."""
    found = [as_pin(one) for one in definitions if one.get("name") == name]
    if len(found) > 1:
        return {**found[-1], "twice": True}
    return found[0] if found else None


async def run_mcp(
    tool: ToolSpec,
    run: McpRun,
    server: McpConfig | None,
    arguments: Mapping[str, object],
    language: Language,
    known: Sequence[str] = (),
) -> ToolResult:
    """Call the tool. Never raises for what the server did. `known` are secrets that no output shows, beside those that
    the server was given."""
    if server is None:
        return ToolResult(False, phrases.NO_SERVER.say(language, server=run.server))
    link = await load_link()

    async def ask(connection: "Connection") -> ToolResult:
        change = changes(run.pinned, find(await connection.definitions(), run.tool))
        if change:
            fields = {"server": run.server, "tool": run.tool, "change": shortened(change)}
            return ToolResult(False, phrases.CHANGED.say(language, **fields))
        answer = await connection.call(run.tool, dict(arguments), tool.timeout_s)
        return to_result(tool, run.server, answer, language, connection.redactor(known))

    try:
        result: ToolResult = await link.use(server, ask, to_call=True)
    except link.ServerFailed as error:
        return ToolResult(False, error.say(language))
    return result
