"""What decoding in jumps saves: a message's time with it, and with llama.cpp's own server over the same loaded model.

python benchmarks/decoding.py [--messages 40] [--tools 16]

Peer: llama.cpp's `/v1/chat/completions` with the same JSON Schema, in the same process, asked in turns. Every
message is new to whoever reads it: while one reads a message, the other has just read the one before.
"""

import argparse
import asyncio
import json
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.catalogues import catalogue_of, texts_of
from benchmarks.understand import shown
from nlops.adapters.embedded.environment import child_environment
from nlops.adapters.embedded.weights import prepare_weights
from nlops.adapters.openai_model import OpenAIModel
from nlops.cli.load import load_prompts
from nlops.cli.resources import cache_dir
from nlops.domain.config import ModelConfig, Secret
from nlops.domain.model import ModelReply
from nlops.domain.tools import Catalogue
from nlops.understand.prompt import make_request

CONTEXT = 8192
THREADS = 2


def start(prefixes: str, key: str) -> tuple[subprocess.Popen[str], dict[str, int]]:
    """The model's process, and where it listens."""
    order = {
        "model": str(prepare_weights(cache_dir(), print)),
        "api_key": key,
        "threads": THREADS,
        "context": CONTEXT,
        "prefixes": f"{prefixes}/",
    }
    child = subprocess.Popen(
        [sys.executable, "-m", "nlops.adapters.embedded.server"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=child_environment(),
        text=True,
    )
    assert child.stdin is not None and child.stdout is not None
    child.stdin.write(json.dumps(order) + "\n")
    child.stdin.flush()
    return child, json.loads(child.stdout.readline())


async def measure(catalogue: Catalogue, texts: list[str], ports: dict[str, int], key: str) -> None:
    prompts = load_prompts()
    ways = {
        name: OpenAIModel(ModelConfig("custom", f"http://127.0.0.1:{ports[name]}/v1", "m", Secret(key), 120.0))
        for name in ("port", "slots_port")
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    answers: dict[str, list[ModelReply]] = {name: [] for name in ways}

    async def ask(name: str, text: str) -> None:
        begun = time.perf_counter()
        reply = await ways[name].ask(make_request(text, catalogue, prompts))
        times[name].append(time.perf_counter() - begun)
        assert isinstance(reply, ModelReply), reply
        answers[name].append(reply)

    for name in ways:
        await ask(name, "hello")  # reads the tools
        times[name].clear()
        answers[name].clear()
    for text, before in zip([*texts, texts[0]], [texts[-1], *texts], strict=True):
        await ask("port", text)
        await ask("slots_port", before)
    jumps, peer = times["port"][:-1], times["slots_port"][1:]
    pairs = list(zip(answers["port"][:-1], answers["slots_port"][1:], strict=True))
    tokens = [others for one, _ in pairs for others in one.tokens_else]  # what is forced had no other
    ratio = statistics.median(jumps) / statistics.median(peer)
    same = sum(one.content == other.content for one, other in pairs)
    print(f"{len(catalogue.tools)} tools, {len(texts)} messages, {same} answered with the same words")
    print(f"  in jumps            {shown(jumps)}; {tokens.count(()) / len(tokens):.0%} of the tokens were forced")
    print(f"  peer (llama.cpp)    {shown(peer)}; ratio of the medians {ratio:.2f}")
    for one in ways.values():
        await one.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--messages", type=int, default=40)
    parser.add_argument("--tools", type=int, default=16)
    args = parser.parse_args()
    key = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="nlops-bench-") as folder:
        catalogue = catalogue_of(args.tools, Path(folder))
        child, ports = start(folder, key)
        try:
            asyncio.run(measure(catalogue, texts_of(catalogue, args.messages), ports, key))
        finally:
            child.kill()
            child.wait()


if __name__ == "__main__":
    main()
