"""Labelled messages to a file of lessons for `train`: `python -m training.prepare OUT.npz --model MODEL.gguf`."""

import argparse
import itertools
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from tqdm import tqdm

from nlops.domain.tools import ToolSpec
from nlops.understand.prompt import Prompts
from training.corpus import CHOOSING, Domain, check, lessons, read_domain, read_tools
from training.pack import pack

ROOT = Path(__file__).parent.parent
SHIPPED = ("qr", "restart", "tail_logs", "status")
MESSAGES = 24  # a lesson's messages; a few more come from elsewhere
MAX_TOKENS = 4096
ARRAYS = ("ids", "positions", "segments", "taught")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--model", type=Path, required=True, help="the GGUF file, for its tokenizer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--without", nargs="*", default=[], help="domains to leave out, to measure on")
    args = parser.parse_args()
    domains = read_domains(args.without)
    prompts = Prompts.from_texts({"system.txt": (ROOT / "prompts" / "system.txt").read_text("utf-8")}, with_turns=False)
    tokenizer = read_tokenizer(args.model)
    rng = random.Random(args.seed)
    pages = sum(-(-len(domain.examples) // MESSAGES) for domain in domains)
    an_epoch = pages + round(pages * CHOOSING)
    stream = itertools.islice(lessons(domains, shipped_tools(), MESSAGES, rng), an_epoch * args.epochs)
    packed = [pack(lesson, prompts, tokenizer, MAX_TOKENS) for lesson in tqdm(stream, total=an_epoch * args.epochs)]
    ends = np.cumsum([len(one.ids) for one in packed])
    np.savez_compressed(
        args.out,
        ends=ends,
        **{
            name: np.concatenate([getattr(one, name) for one in packed])
            for name in ("ids", "positions", "segments", "taught")
        },
    )
    print(f"{len(packed)} lessons, {ends[-1]} tokens, {int(sum(one.taught.sum() for one in packed))} of them learnt")


def shipped_tools() -> tuple[ToolSpec, ...]:
    return read_tools([json.loads((ROOT / "tools" / f"{name}.json").read_text("utf-8")) for name in SHIPPED])


def read_domains(without: Sequence[str]) -> list[Domain]:
    """Every domain of `data/`, checked."""
    folders = sorted(folder for folder in (ROOT / "training" / "data").iterdir() if folder.is_dir())
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
