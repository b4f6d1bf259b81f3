"""`nlops mcp`: what [mcp_server] names, offered to another program, on standard input and output or over HTTP."""

import argparse
import asyncio
import sys

from nlops.cli.load import load_catalogue, load_config
from nlops.domain.config import Config, McpServerConfig
from nlops.domain.errors import ConfigError, UsageError
from nlops.domain.tools import Catalogue, ToolSpec

MAX_PORT = 65535


def run_serve(args: argparse.Namespace) -> int:
    """0 when the client has gone."""
    config = load_config(args.config)
    offered = _offered(config)
    tools, bots = offered_tools(config, offered), tuple(bot.called() for bot in config.bots)
    if args.http is None:
        _say_to_a_person(config)
    elif offered.token is None:
        mend = 'token = "env:NLOPS_MCP_TOKEN" (openssl rand -hex 32)'
        raise ConfigError(str(config.file), "mcp_server.token", f"--http wants one: {mend}")
    elif not 0 <= args.http <= MAX_PORT:
        raise UsageError(f"--http wants a port up to {MAX_PORT}")
    from nlops.adapters.mcp.server import make_server, serve_http, serve_stdio

    if args.http is None or offered.token is None:
        asyncio.run(serve_stdio(make_server(tools, bots, config.state_dir, "stdio")))
        return 0
    server = make_server(tools, bots, config.state_dir, "http")
    asyncio.run(serve_http(server, args.http, offered.token.reveal(), lambda url: print(f"nlops: {url}", flush=True)))
    return 0


def _offered(config: Config) -> McpServerConfig:
    if config.mcp_server is None:
        mend = '[mcp_server] enable = ["status"] and admin = "NAME", who is asked before a change'
        raise ConfigError(str(config.file), "mcp_server", f"nothing is offered yet; write: {mend}")
    return config.mcp_server


def offered_tools(config: Config, offered: McpServerConfig) -> tuple[ToolSpec, ...]:
    """The tools that are offered. Raises ToolError, ConfigError."""
    catalogue: Catalogue = load_catalogue(config)
    return tuple(tool for name in offered.enable if (tool := catalogue.get(name)) is not None)


def _say_to_a_person(config: Config) -> None:
    """Who types `nlops mcp` into a terminal meets silence otherwise."""
    if sys.stdin.isatty():
        command = f'"command": "nlops", "args": ["mcp", "-c", "{config.file}"]'
        print(f"This speaks MCP on standard input; put it into your MCP client: {command}", file=sys.stderr)
