"""What a message costs around the model, without waiting for it, with 4, 16 and 200 tools; the goal is below 10 ms.

python benchmarks/understand.py [--messages 300] [--tools 4 16 200]

The wall's time is what a person waits, on a machine with nothing else to do; the CPU's holds on a busy one too.
The model is a table that knows the right answer at once. Floor: writing the same question as JSON and reading the same
answer back, which nobody can leave out. Beside it, the `openai` client's part: a question over loopback to a server
that answers at once, beside the same bytes through a bare socket.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.catalogues import catalogue_of, texts_of
from nlops.adapters.openai_model import OpenAIModel
from nlops.cli.ask import Understanding
from nlops.cli.load import load_prompts
from nlops.cli.stopwatch import Stopwatch
from nlops.domain.config import ModelConfig
from nlops.domain.model import ModelReply, ModelRequest, WarmUp
from nlops.domain.tools import Catalogue
from nlops.understand.answer import write_answer, write_call
from nlops.understand.warm_up import warm_up_requests


class Table:
    """Knows the answer to the definitions' own examples: on the page that has the tool."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._calls = {
            example.text: (tool.name, write_answer({"now": [write_call(tool, example.arguments, catalogue)]}))
            for tool in catalogue.tools
            for example in tool.examples
        }
        self.floor_s: list[float] = []

    async def start(self) -> None:
        """Nothing to make ready."""

    async def stop(self) -> None:
        """Nothing to stop."""

    async def renew(self, warm_up: WarmUp) -> None:
        """Nothing to read again."""

    async def ask(self, request: ModelRequest) -> ModelReply:
        system, text = request.messages[0][1], request.messages[-1][1]
        tool, answer = self._calls.get(text, ("", ""))
        in_table = f"\n- {tool}()" in system
        content = f'{{"now":[{{"{tool}":{{}}}}]}}' if in_table else answer
        content = content if f"\n- {tool}(" in system else '{"none":"impossible"}'
        begun = time.perf_counter()
        body = {"messages": request.messages, "schema": request.schema, "max_tokens": request.max_tokens}
        json.dumps(body, ensure_ascii=False).encode()
        json.loads(content)
        self.floor_s.append(time.perf_counter() - begun)
        return ModelReply(content)


def shown(times_s: list[float]) -> str:
    times = sorted(1000 * one for one in times_s)
    return f"median {statistics.median(times):6.2f} ms, 95 % below {times[int(len(times) * 0.95)]:6.2f} ms"


async def measure(count: int, messages: int) -> None:
    with tempfile.TemporaryDirectory(prefix="nlops-bench-") as name:
        catalogue = catalogue_of(count, Path(name))
    table = Table(catalogue)
    watch = Stopwatch(table)
    understanding = Understanding(catalogue, load_prompts(), watch)
    texts = texts_of(catalogue, messages)
    begun = time.perf_counter()
    await understanding.of(texts[0], "en")
    first = time.perf_counter() - begun
    table.floor_s.clear()
    own, asked, right = [], watch.asked, 0
    on_cpu: list[float] = []
    for text in texts:
        waited, cpu, floors = watch.waited_s, time.process_time(), len(table.floor_s)
        answer, ms = await understanding.of(text, "en")
        own.append(ms / 1000 - (watch.waited_s - waited))
        on_cpu.append(time.process_time() - cpu - sum(table.floor_s[floors:]))
        right += bool(answer.calls)
    per_message = (watch.asked - asked) / messages
    print(
        f"{len(catalogue.tools)} tools, {messages} messages ({right} with calls), {per_message:.2f} questions a message"
    )
    print(f"  around the model  {shown(own)}; the very first {1000 * first:.1f} ms")
    print(f"  of it on the CPU  {shown(on_cpu)}")
    ratio = statistics.median(own) / statistics.median(table.floor_s)
    print(f"  floor (JSON)      {shown(table.floor_s)}; ratio {ratio:.1f}")


ANSWER = json.dumps(
    {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [
            {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": '{"none":"chat"}'}}
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
    }
).encode()
HEAD = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(ANSWER)}\r\n\r\n".encode()


async def answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A connection that is kept open; every question gets ANSWER."""
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
            await reader.readexactly(int(length.split(b":")[1]))
            writer.write(HEAD + ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
        writer.close()


async def client(messages: int) -> None:
    with tempfile.TemporaryDirectory(prefix="nlops-bench-") as name:
        request = warm_up_requests(catalogue_of(4, Path(name)), load_prompts()).first[0]
    server = await asyncio.start_server(answer_all, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    model = OpenAIModel(ModelConfig("custom", f"http://127.0.0.1:{port}/v1"))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"messages": request.messages, "schema": request.schema}, ensure_ascii=False).encode()

    async def bare() -> None:
        writer.write(f"POST / HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        await reader.readexactly(len(HEAD) + len(ANSWER))

    async def ours() -> None:
        answer = await model.ask(request)
        assert isinstance(answer, ModelReply), answer

    times: dict[Callable[[], object], list[float]] = {bare: [], ours: []}
    for _ in range(messages):
        for act in (bare, ours):
            begun = time.perf_counter()
            await act()
            times[act].append(time.perf_counter() - begun)
    print(f"a question over loopback, {len(body)} bytes")
    print(f"  our client        {shown(times[ours])}")
    print(f"  floor (a socket)  {shown(times[bare])}")
    writer.close()
    await model.stop()
    server.close()


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=300)
    parser.add_argument("--tools", type=int, nargs="+", default=[4, 16, 200])
    args = parser.parse_args()
    for count in args.tools:
        await measure(count, args.messages)
    await client(args.messages)


if __name__ == "__main__":
    asyncio.run(main())
