"""`nlops mcp`: the allowlist for other programs, and the tools of MCP servers: looked at, pinned, compared."""

import argparse
import importlib

# what -> (module under nlops.cli.mcp, what it takes, what it does)
_COMMANDS = {
    "serve": ("serve", "", "offer what [mcp_server] names: on standard input and output, or with --http (the default)"),
    "tools": ("look", "[SERVER]", "what the servers of [[mcp]] have, and what of it is pinned"),
    "pin": ("pin", "SERVER TOOL…", "write a definition of each tool as it is now, for you to read and decide"),
    "diff": (
        "look",
        "[SERVER]",
        "what the servers say otherwise than when they were pinned; 1 where anything",
    ),
}
_EPILOG = """what there is:
{commands}

examples:
  nlops mcp tools files                  what does the server have?
  nlops mcp pin files read_file          tools/files_read_file.json: read it, decide, put it into [tools] enable
  nlops mcp diff                         does all of it still hold?
  nlops mcp -c /etc/nlops.toml           what an MCP client starts (its command; see docs/mcp.md)
  nlops mcp --http 8790                  the same on http://127.0.0.1:8790/mcp, with the token of [mcp_server]"""


def configure(parser: argparse.ArgumentParser) -> None:
    commands = "\n".join(f"  {f'{name} {takes}':<20} {text}" for name, (_, takes, text) in _COMMANDS.items())
    parser.epilog = _EPILOG.format(commands=commands)
    parser.add_argument("what", nargs="?", choices=list(_COMMANDS), default="serve", metavar="WHAT")
    parser.add_argument("words", nargs="*", metavar="SERVER TOOL…")
    parser.add_argument("--http", type=int, metavar="PORT", help="serve: on 127.0.0.1 at this port")
    parser.add_argument("--as", dest="name", metavar="NAME", help="pin: another name than SERVER_TOOL")
    parser.add_argument("--yes", action="store_true", help="pin: accept what changed without being asked")
    parser.add_argument("--json", action="store_true", help="tools: for programs")


def run(args: argparse.Namespace) -> int:
    module = importlib.import_module(f"nlops.cli.mcp.{_COMMANDS[args.what][0]}")
    return int(getattr(module, f"run_{args.what}")(args))
