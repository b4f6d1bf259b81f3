"""`nlops check` of [[mcp]] and [mcp_server]: each server is asked what it has."""

from collections.abc import Iterator

from nlops.adapters.mcp.calls import find
from nlops.cli.mcp.servers import ask, pins_of
from nlops.domain.config import Config, McpConfig
from nlops.domain.errors import NlopsError, ServerError
from nlops.toolbox.pins import changes

Finding = tuple[bool, str, str]  # as of nlops.cli.check


def look_at_mcp(config: Config) -> Iterator[Finding]:
    for server in config.mcp:
        yield _look(config, server)
    if config.mcp_server is not None:
        offered = ", ".join(config.mcp_server.enable)
        yield True, "offered to programs", f"{offered}; {config.mcp_server.admin} is asked before a change"


def _look(config: Config, server: McpConfig) -> Finding:
    what = f"mcp {server.name}"
    try:
        definitions = ask(server)
        pins = [pin for pin in pins_of(config) if pin.run.server == server.name]
    except ServerError as error:
        return False, what, f"{error} Its tools are off meanwhile; all else works"
    except NlopsError as error:
        return False, what, str(error)
    changed = [pin.name for pin in pins if changes(pin.run.pinned, find(definitions, pin.run.tool))]
    if changed:
        return False, what, f"{', '.join(changed)}: changed since pinned, so off; look: nlops mcp diff {server.name}"
    enabled = [pin.name for pin in pins if pin.name in config.tools.enable]
    return True, what, f"{len(definitions)} tools, {len(pins)} pinned, enabled: {', '.join(enabled) or 'none'}"
