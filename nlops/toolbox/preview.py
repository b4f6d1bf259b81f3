"""What a call would do, in a line for people: the command, the request, the function. References stay references."""

import json
import shlex
from collections.abc import Mapping
from typing import assert_never

from nlops.domain.tools import ArgvRun, BuiltinRun, HttpRun, McpRun, PythonRun, ToolSpec, canonical_json
from nlops.toolbox.command import build_argv
from nlops.toolbox.request import build_request


def preview(tool: ToolSpec, arguments: Mapping[str, object]) -> str:
    """The line. Raises RefusedArgument."""
    match tool.run:
        case ArgvRun(argv):
            return shlex.join(build_argv(argv, arguments))
        case HttpRun():
            request = build_request(tool.run, arguments)
            body = f" {request.body.decode()}" if request.body is not None else ""
            return f"{request.method} {request.scheme}://{request.host}:{request.port}{request.target}{body}"
        case PythonRun(module, function):
            shown = ", ".join(f"{name}={json.dumps(value, ensure_ascii=False)}" for name, value in arguments.items())
            return f"{module}:{function}({shown})"
        case McpRun(server, name):
            return f"{name} of the MCP server {server}: {canonical_json(dict(arguments))}"
        case BuiltinRun(name):
            return f"nlops itself: {name}"
        case _:
            assert_never(tool.run)
