"""Train the lexicon: `python -m training.lexicon OUT.bin --model MODEL.gguf`, a minute or two on two cores.

Every word's vector is that of the model's own table of tokens, projected to fewer dimensions, plus a step of its own,
and weighted by how rare it is and by what is learnt. Learnt are projection, steps and weights, so that a message lies
nearer to the tools it means than to the other tools of sixteen catalogues (cross entropy over their cosines).

With `--hold N` the tools of so many catalogues are kept out, and the messages of `heldout/` are looked for among 200
tools none of which was trained on: how often the right one is first, and among so many.
"""

import argparse
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import gguf
import numpy as np
import torch
from numpy.typing import NDArray
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional

from nlops.domain.tools import ToolSpec
from nlops.understand.fold import fold, is_cjk
from nlops.understand.lexicon import LONGEST_HAN, LONGEST_LATIN, PIECE, split
from nlops.understand.narrow import parts_of
from training.corpus import Domain, read_tools
from training.prepare import ROOT, read_domains, read_tokenizer, shipped_tools

WIDTH = 256
EPOCHS = 3
TOGETHER = 16  # catalogues whose tools stand side by side
BATCH = 192
DROPPED = 0.1  # of a message's words, each time it is seen
RATES = {"projection": 1e-3, "steps": 2e-3, "weights": 1e-2, "parts": 1e-2}
# Words that no catalogue has stand in the table where the model's own is early about them; of Chinese ones all.
COMMON = 40_000
OFTEN = 3  # so many times in the catalogues, and a word is one even where the model has it only in pieces

Bag = list[int]


@dataclass(frozen=True)
class Bags:
    """A catalogue as word numbers: each tool's parts, and each message with the tools it means."""

    tools: Mapping[str, list[Bag]]
    messages: list[tuple[Bag, tuple[str, ...]]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--hold", type=int, default=0)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--width", type=int, default=WIDTH)
    args = parser.parse_args()
    torch.manual_seed(1)
    rng = random.Random(1)
    domains = [one for part in ("data", "pairs") for one in read_domains(part, ()) if not one.bots]
    rng.shuffle(domains)
    held, taught = domains[: args.hold], domains[args.hold :]
    words = words_of(read_tokenizer(args.model), taught)
    table = read_table(args.model, list(words.values()))
    numbers = {word: number for number, word in enumerate(words)}
    bags = [bags_of(domain, numbers) for domain in taught]
    model = Words(table, rarity_of(bags, len(words)), args.width)
    train(model, bags, args.epochs, rng)
    write(args.out, model, list(words))
    if held:
        measure(model, held, numbers)


# ---- words


def words_of(tokenizer: Tokenizer, domains: Sequence[Domain]) -> dict[str, list[int]]:
    """Every word of the table, with the tokens whose mean it begins as: the model's own, and frequent ones."""
    seen = Counter(piece for domain in domains for text in texts_of(domain) for piece in PIECE.findall(fold(text)))
    own: dict[str, list[tuple[int, int]]] = {}
    for token in range(tokenizer.get_vocab_size()):
        text = tokenizer.decode([token])
        word = text.strip()
        if PIECE.fullmatch(word.lower()) and len(word) <= (LONGEST_HAN if is_cjk(word[0]) else LONGEST_LATIN):
            # lower case after a space, lower case, others: the plainest form there is stands for the word
            form = 0 if text == f" {word.lower()}" else 1 if text == word.lower() else 2
            own.setdefault(word.lower(), []).append((form, token))
    words = {}
    for word, tokens in own.items():
        if seen[word] or is_cjk(word[0]) or min(token for _, token in tokens) < COMMON:
            plainest = min(form for form, _ in tokens)
            words[word] = [token for form, token in tokens if form == plainest]
    for word, times in seen.items():
        if word not in words and times >= OFTEN and word.isascii() and 2 < len(word) <= LONGEST_LATIN:
            words[word] = tokenizer.encode(f" {word}", add_special_tokens=False).ids
    return words


def texts_of(domain: Domain) -> Iterator[str]:
    yield from chain.from_iterable(parts_of(tool) for tool in domain.tools)
    yield from (example.text for example in domain.examples)


def read_table(file: Path, words: Sequence[Sequence[int]]) -> Tensor:
    """[words, width of the model]: the means of their tokens' embeddings, of length 1, around their common centre."""
    tensor = next(one for one in gguf.GGUFReader(str(file)).tensors if one.name == "token_embd.weight")
    tokens = torch.from_numpy(np.array(gguf.quants.dequantize(tensor.data, tensor.tensor_type))).float()
    tokens = functional.normalize(tokens, dim=1)
    tokens -= tokens.mean(0)
    return functional.normalize(torch.stack([tokens[list(ids)].mean(0) for ids in words]), dim=1)


def bags_of(domain: Domain, numbers: Mapping[str, int]) -> Bags:
    messages = [
        (_bag(example.text, numbers), tuple(dict.fromkeys(name for name, _ in example.calls)))
        for example in domain.examples
        if example.calls and not example.history
    ]
    return Bags({tool.name: _parts(tool, numbers) for tool in domain.tools}, messages)


def _parts(tool: ToolSpec, numbers: Mapping[str, int]) -> list[Bag]:
    return [_bag(part, numbers) for part in parts_of(tool)]


def _bag(text: str, numbers: Mapping[str, int]) -> Bag:
    return [numbers[word] for word in split(text, numbers)]


def rarity_of(bags: Sequence[Bags], count: int) -> Tensor:
    """[words]: the logarithm of how few messages and definitions have a word, 1 in the mean."""
    texts = [set(message) for one in bags for message, _ in one.messages]
    texts += [set(chain.from_iterable(parts)) for one in bags for parts in one.tools.values()]
    spread = np.bincount(np.fromiter(chain.from_iterable(texts), np.int64), minlength=count)
    rarity = torch.from_numpy(np.log(1 + len(texts) / (1 + spread))).float()
    return rarity / rarity.mean()


# ---- training


class Words(nn.Module):
    """The vectors of words, and of texts as the directions of their sums."""

    def __init__(self, table: Tensor, rarity: Tensor, width: int) -> None:
        super().__init__()
        self.register_buffer("table", table)
        self.register_buffer("rarity", rarity)
        sample = table[torch.randperm(len(table))[:20_000]]
        _, _, directions = torch.linalg.svd(sample, full_matrices=False)
        self.projection = nn.Parameter(directions[:width].T.contiguous())
        self.steps = nn.Embedding(len(table), width, _weight=torch.zeros(len(table), width))
        self.weights = nn.Embedding(len(table), 1, _weight=torch.zeros(len(table), 1))
        self.parts = nn.Parameter(torch.zeros(4))
        self.sharpness = nn.Parameter(torch.tensor(3.0))

    def rows(self, words: Tensor) -> Tensor:
        """[words, width], weighted."""
        moved = self.table[words] @ self.projection + self.steps(words)
        return moved * torch.exp(self.weights(words)) * self.rarity[words][:, None]

    def texts(self, bags: Sequence[Sequence[Bag]]) -> Tensor:
        """[texts, width] of length 1; a text is one part, or as many as a definition has."""
        words = torch.tensor([word for parts in bags for part in parts for word in part], dtype=torch.long)
        owner = torch.tensor([at for at, parts in enumerate(bags) for part in parts for _ in part], dtype=torch.long)
        unique, place = torch.unique(words, return_inverse=True)
        rows = self.rows(unique)[place]
        if any(len(parts) > 1 for parts in bags):
            which = torch.tensor([nth for parts in bags for nth, part in enumerate(parts) for _ in part])
            rows = rows * torch.exp(self.parts)[which][:, None]
        return functional.normalize(torch.zeros(len(bags), rows.shape[1]).index_add(0, owner, rows), dim=1)


def train(model: Words, bags: Sequence[Bags], epochs: int, rng: random.Random) -> None:
    rates = [
        (model.projection, RATES["projection"]),
        (model.steps.weight, RATES["steps"]),
        (model.weights.weight, RATES["weights"]),
        (model.parts, RATES["parts"]),
        (model.sharpness, RATES["parts"]),
    ]
    optimizer = torch.optim.Adam([{"params": [parameter], "lr": rate} for parameter, rate in rates])
    for epoch in range(epochs):
        steps = list(_steps(bags, rng))
        total = 0.0
        for at, (tools, messages) in enumerate(steps):
            for group, (_, rate) in zip(optimizer.param_groups, rates, strict=True):
                group["lr"] = rate * (1 - (epoch + at / len(steps)) / epochs)
            loss = _loss(model, tools, messages, rng)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        print(f"epoch {epoch + 1} of {epochs}: loss {total / len(steps):.3f}", flush=True)


Step = tuple[dict[str, list[Bag]], list[tuple[Bag, tuple[str, ...]]]]


def _steps(bags: Sequence[Bags], rng: random.Random) -> Iterator[Step]:
    order = rng.sample(list(bags), len(bags))
    steps: list[Step] = []
    for first in range(0, len(order), TOGETHER):
        group = order[first : first + TOGETHER]
        tools = {name: parts for one in group for name, parts in one.tools.items()}
        messages = rng.sample(whole := [message for one in group for message in one.messages], len(whole))
        steps += [(tools, messages[at : at + BATCH]) for at in range(0, len(messages), BATCH)]
    rng.shuffle(steps)
    yield from steps


def _loss(
    model: Words, tools: dict[str, list[Bag]], messages: list[tuple[Bag, tuple[str, ...]]], rng: random.Random
) -> Tensor:
    places = {name: place for place, name in enumerate(tools)}
    bags = [[[word for word in bag if rng.random() > DROPPED] or bag] for bag, _ in messages]
    scores = model.texts(bags) @ model.texts(list(tools.values())).T * torch.exp(model.sharpness)
    wanted = torch.zeros_like(scores)
    for row, (_, names) in enumerate(messages):
        for name in names:
            wanted[row, places[name]] = 1 / len(names)
    return -(wanted * functional.log_softmax(scores, 1)).sum(1).mean()


# ---- the file


def write(file: Path, model: Words, words: Sequence[str]) -> None:
    """The table as `nlops.understand.lexicon.Lexicon` reads it."""
    with torch.no_grad():
        rows = model.rows(torch.arange(len(words))).numpy()
    scales = np.abs(rows).max(1, keepdims=True) / 127
    small: NDArray[np.int8] = np.round(rows / np.maximum(scales, 1e-12)).astype(np.int8)
    parts = [round(math.exp(part), 3) for part in model.parts.tolist()]
    head = json.dumps({"width": rows.shape[1], "parts": parts})
    text = f"{head}\n{' '.join(words)}\n".encode()
    file.write_bytes(text + scales.astype("<f4").tobytes() + small.tobytes())
    print(f"{len(words)} words, {file.stat().st_size / 1e6:.1f} MB")


# ---- what it scores


def measure(model: Words, held: Sequence[Domain], numbers: Mapping[str, int], among: int = 200) -> None:
    """Messages of `heldout/` with a call, among their own tools, the shipped ones, and those of the held catalogues."""
    ranks: list[int] = []
    for folder in sorted((ROOT / "training" / "heldout").iterdir()):
        if not (folder / "tools.json").exists():
            continue
        own = read_tools(json.loads((folder / "tools.json").read_text("utf-8")))
        tools = {tool.name: tool for tool in (*own, *shipped_tools())}
        for tool in chain.from_iterable(domain.tools for domain in held):
            if len(tools) < among:
                tools.setdefault(tool.name, tool)
        rows = [json.loads(line) for line in (folder / "phrases.jsonl").read_text("utf-8").splitlines()]
        meant = [(row["text"], [name for name in _called(row["expect"]) if name in tools]) for row in rows]
        ranks += _ranks(model, tools, [(text, names) for text, names in meant if names], numbers)
    shares = ", ".join(
        f"first {k}: {100 * sum(rank < k for rank in ranks) / len(ranks):.1f} %" for k in (1, 2, 4, 8, 16)
    )
    print(f"{len(ranks)} calls among {among} tools; {shares}")


def _called(expect: Mapping[str, object]) -> Iterable[str]:
    calls = expect.get("tools") or [expect]
    assert isinstance(calls, list)
    return [str(call["tool"]) for call in calls if call.get("tool")]


def _ranks(
    model: Words, tools: Mapping[str, ToolSpec], meant: Sequence[tuple[str, list[str]]], numbers: Mapping[str, int]
) -> Iterator[int]:
    with torch.no_grad():
        definitions = model.texts([_parts(tool, numbers) for tool in tools.values()])
        scores = model.texts([[_bag(text, numbers)] for text, _ in meant]) @ definitions.T
    order = [[list(tools)[place] for place in row] for row in scores.argsort(1, descending=True).tolist()]
    for names, (_, wanted) in zip(order, meant, strict=True):
        yield from (names.index(name) for name in wanted)


if __name__ == "__main__":
    main()
