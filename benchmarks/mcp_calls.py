"""What a call of a pinned tool costs beside the SDK's own client, which starts the same server and calls the same tool
without looking at any pin; and what loading the SDK costs.

python benchmarks/mcp_calls.py [--calls 10]
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from nlops.adapters.mcp.calls import find, load_link, run_mcp
from nlops.domain.config import McpConfig
from nlops.domain.tools import McpRun
from nlops.toolbox.definition import parse_definition
from nlops.toolbox.pins import draft

SERVER = str(Path(__file__).parent.parent / "tests" / "adapters" / "mcp" / "server.py")
ARGV = (sys.executable, SERVER)


def loading() -> None:
    """In a process of its own: seconds and megabytes on top of what a service with a hosted model has."""
    code = (
        "import resource, time, openai, nlops.cli.wiring\n"
        "def mb(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024\n"
        "before, start = mb(), time.process_time()\n"
        "import nlops.adapters.mcp.link\n"
        "print(f'loading the SDK: {time.process_time() - start:.2f} CPU s, {mb() - before:.0f} MB')"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


async def timed(call: Callable[[], Awaitable[object]], count: int) -> list[float]:
    took = []
    for _ in range(count):
        start = time.perf_counter()
        await call()
        took.append(time.perf_counter() - start)
    return took


async def calls(count: int) -> None:
    from mcp import Client, StdioServerParameters

    link = await load_link()
    server = McpConfig("bench", ARGV)
    definitions = await link.use(server, lambda connection: connection.definitions())
    pin = find(definitions, "echo")
    if pin is None:
        raise SystemExit("the server of the tests has no echo")
    tool = parse_definition(json.dumps(draft("bench", pin, "bench_echo")), "bench_echo.json")
    run = tool.run
    if not isinstance(run, McpRun):
        raise SystemExit("no MCP tool")

    async def ours() -> None:
        result = await run_mcp(tool, run, server, {"text": "hi"}, "en")
        if not result.ok:
            raise SystemExit(result.text)

    async def bare() -> None:
        async with Client(StdioServerParameters(command=ARGV[0], args=list(ARGV[1:]))) as client:
            await client.call_tool("echo", {"text": "hi"})

    floor, product = await timed(bare, count), await timed(ours, count)
    a, b = statistics.median(floor), statistics.median(product)
    print(f"the SDK's own client: median {a * 1000:.0f} ms; a pinned call: {b * 1000:.0f} ms, {b / a:.2f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=10)
    args = parser.parse_args()
    loading()
    asyncio.run(calls(args.calls))


if __name__ == "__main__":
    main()
