"""Labelled messages to a file of lessons for `train`: `python -m training.prepare OUT.npz --model MODEL.gguf`.

Of the first stage all of `data/`; of the second (`--second`) all of `pairs/`, and a little of `data/` again.
"""

import argparse
import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tqdm import tqdm

from nlops.domain.tools import ToolSpec
from nlops.understand.prompt import Prompts
from training.corpus import Domain, an_epoch, check, read_domain, read_tools
from training.pack import pack

ROOT = Path(__file__).parent.parent
SHIPPED = ("qr", "restart", "tail_logs", "status")
ARRAYS = ("ids", "positions", "segments", "taught")


@dataclass(frozen=True)
class Stage:
    """How lessons are cut: `messages` behind one catalogue (a few more come from elsewhere), so long at most."""

    messages: int
    max_tokens: int


# Where the catalogue is read without gradients, more messages behind each cost less.
FIRST, SECOND = Stage(24, 4096), Stage(90, 8192)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--model", type=Path, required=True, help="the GGUF file, for its tokenizer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", nargs="*", default=[], help="domains to leave out, to measure on")
    parser.add_argument("--second", action="store_true", help="lessons of the second stage")
    args = parser.parse_args()
    stage = SECOND if args.second else FIRST
    first = read_domains("data", args.without)
    domains = [*first, *read_domains("pairs", args.without)] if args.second else first
    known = frozenset(domain.name for domain in first) if args.second else frozenset()
    prompts = Prompts.from_texts({"system.txt": (ROOT / "prompts" / "system.txt").read_text("utf-8")}, with_turns=False)
    tokenizer = read_tokenizer(args.model)
    rng = random.Random(args.seed)
    packed = []
    for _ in range(args.epochs):
        epoch = an_epoch(domains, shipped_tools(), stage.messages, rng, known)
        packed += [pack(lesson, prompts, tokenizer, stage.max_tokens) for lesson in tqdm(epoch)]
    ends = np.cumsum([len(one.ids) for one in packed])
    arrays = {name: np.concatenate([getattr(one, name) for one in packed]) for name in ARRAYS}
    np.savez_compressed(args.out, allow_pickle=False, ends=ends, **arrays)
    print(f"{len(packed)} lessons, {ends[-1]} tokens, {int(sum(one.taught.sum() for one in packed))} of them learnt")


def shipped_tools() -> tuple[ToolSpec, ...]:
    return read_tools([json.loads((ROOT / "tools" / f"{name}.json").read_text("utf-8")) for name in SHIPPED])


def read_domains(part: str, without: Sequence[str]) -> list[Domain]:
    """Every domain of `data/` or `pairs/`, checked."""
    folders = sorted(folder for folder in (ROOT / "training" / part).iterdir() if folder.is_dir())
    domains = [read_domain(folder, shipped_tools()) for folder in folders if folder.name not in without]
    faults = list(itertools.chain.from_iterable(_faults(domains)))
    if faults:
        raise SystemExit("\n".join(faults))
    return domains


def _faults(domains: Sequence[Domain]) -> Iterator[list[str]]:
    return (check(domain) for domain in domains)


def read_tokenizer(model: Path) -> Tokenizer:
    """The model's own tokenizer, from its file."""
    from transformers import AutoTokenizer

    return AutoTokenizer.from_pretrained(str(model.parent), gguf_file=model.name).backend_tokenizer


if __name__ == "__main__":
    main()
