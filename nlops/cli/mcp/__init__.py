"""`nlops mcp`: the allowlist for other programs, and the tools of MCP servers: looked at, pinned, compared."""

import argparse
import importlib

# what -> (module under nlops.cli.mcp, what it takes, what it does)
_COMMANDS = {
    "serve": ("serve", "", "offer what [mcp_server] names, on standard input and output or with --http; the default"),
    "tools": ("look", "SERVER", "what the servers of [[mcp]] have, and what of it is pinned"),
    "pin": ("pin", "SERVER TOOL", "write a definition of each tool as it is now, for you to read and decide"),
    "diff": ("look", "SERVER", "what the servers say otherwise than when they were pinned; 1 where anything"),
}
_EXAMPLES = {"serve": "--http 8790", "tools": "files", "pin": "files read_file", "diff": ""}
_EPILOG = """example: nlops mcp tools files           what does the server have?
         nlops mcp pin files read_file   tools/files_read_file.json: read it, decide, put it into [tools] enable
         nlops mcp diff                  does all of it still hold?
         nlops mcp -c /etc/nlops.toml    what an MCP client starts as its command; see docs/mcp.md
         nlops mcp --http 8790           the same on http://127.0.0.1:8790/mcp, with the token of [mcp_server]"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.epilog = _EPILOG
    parser.set_defaults(words=[], http=None)
    _add_http(parser)
    subs = parser.add_subparsers(dest="what", metavar="WHAT")
    for name, (_, takes, text) in _COMMANDS.items():
        example = f"example: nlops mcp {name} {_EXAMPLES[name]}".rstrip()
        sub = subs.add_parser(name, help=text, description=text, epilog=example)
        sub.add_argument("-c", "--config", metavar="FILE", default=argparse.SUPPRESS, help="nlops.toml")
        if takes:
            sub.add_argument("words", nargs="*", metavar=takes)
        if name == "serve":
            _add_http(sub)
        if name == "tools":
            sub.add_argument("--json", action="store_true", help="for programs")
        if name == "pin":
            sub.add_argument("--as", dest="name", metavar="NAME", help="another name than SERVER_TOOL")
            sub.add_argument("--yes", action="store_true", help="accept what changed without being asked")


def _add_http(parser: argparse.ArgumentParser) -> None:
    text = "serve on 127.0.0.1 at this port (0: any)"
    parser.add_argument("--http", type=int, metavar="PORT", default=argparse.SUPPRESS, help=text)


def run(args: argparse.Namespace) -> int:
    what = args.what or "serve"
    module = importlib.import_module(f"nlops.cli.mcp.{_COMMANDS[what][0]}")
    return int(getattr(module, f"run_{what}")(args))
