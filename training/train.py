"""Train the adapter: `python -m training.train LESSONS.npz MODEL.gguf OUT.gguf`; on a GPU where there is one."""

import argparse
import math
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from training.model import Memory, Qwen2, load_adapter, save_adapter

RANK, ALPHA = 32, 64.0
RATE = 3e-4
WARM_UP = 0.04  # of all steps
TELL_S = 10.0  # how often it says how far it is
WINDOW = 24  # steps whose lessons are sorted by length, so that little of a batch is filling
# Of PyTorch's attention kernels, those that take a mask: on CPUs the flash one, on a GPU not cuDNN's.
KERNELS = [SDPBackend.FLASH_ATTENTION, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]
PLAIN = [SDPBackend.MATH]
TOGETHER = 24  # messages of a lesson alone that are read at a time


Arrays = dict[str, NDArray[np.int32]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lessons", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop there, the rate falling accordingly")
    parser.add_argument("--batch", type=int, default=None, help="lessons a step; 8 on a GPU, 1 on CPUs")
    parser.add_argument("--first", type=int, default=None, help="only so many lessons")
    parser.add_argument("--start", type=Path, help="an adapter to go on from")
    parser.add_argument("--rate", type=float, default=RATE)
    parser.add_argument("--seed", type=int, default=1, help="of the lessons' order")
    parser.add_argument("--every", type=int, default=0, help="save beside OUT every so many steps")
    args = parser.parse_args()
    torch.manual_seed(1)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    batch = args.batch or (8 if device == "cuda" else 1)
    model = Qwen2(args.model, RANK, ALPHA)
    if args.start:
        load_adapter(model, args.start)
    model.to(device)
    data = dict(np.load(args.lessons).items())
    train(model, data, args, batch, device)
    save_adapter(model, args.out, ALPHA)


def train(model: Qwen2, data: Arrays, args: argparse.Namespace, batch: int, device: str) -> None:
    """Once over all lessons, or as far as the minutes reach."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(parameters, lr=args.rate, weight_decay=0.0, betas=(0.9, 0.98))
    batches = _batches(np.diff(data["ends"][: args.first], prepend=0), batch, args.seed)
    steps = len(batches)
    begun = told = time.monotonic()
    seen = 0
    losses: list[float] = []
    for step, rows in enumerate(batches):
        spent = time.monotonic() - begun
        share = max((step + 1) / (steps + 1), spent / (args.minutes * 60))
        if share >= 1:
            break
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min(1.0, share / WARM_UP) * (0.5 + 0.5 * math.cos(math.pi * share))
        loss, tokens = _gradients(model, list(_parts(data, rows, device, at_once=device == "cuda")), KERNELS)
        is_fine = bool(torch.isfinite(torch.nn.utils.clip_grad_norm_(parameters, 1.0)))
        if not is_fine:
            optimizer.zero_grad()
            loss, _ = _gradients(model, list(_parts(data, rows, device, at_once=False)), PLAIN)
            is_fine = bool(torch.isfinite(torch.nn.utils.clip_grad_norm_(parameters, 1.0)))
            print(f"step {step + 1} gave gradients that are no numbers; plainly again: {is_fine}", flush=True)
        if is_fine:
            optimizer.step()
        optimizer.zero_grad()
        losses.append(loss)
        seen += tokens
        if time.monotonic() - told >= TELL_S:
            told = time.monotonic()
            done = sum(losses[-10:]) / len(losses[-10:])
            rate = seen / (time.monotonic() - begun)
            print(f"{step + 1}/{steps} loss {done:.4f} {rate:.0f} tokens/s {spent / 60:.1f} min", flush=True)
        if args.every and step % args.every == args.every - 1:
            save_adapter(model, args.out.with_suffix(f".{step + 1}.gguf"), ALPHA)


def _gradients(model: Qwen2, parts: list[tuple[torch.Tensor, ...]], kernels: list[SDPBackend]) -> tuple[float, int]:
    """Add the gradients of a step; its mean loss, and how many tokens it read."""
    taught = sum(int(part[3].sum()) for part in parts)
    total, seen = 0.0, 0
    for part in parts:
        with sdpa_kernel(kernels):
            for loss in _losses(model, *part):
                (loss / taught).backward()
                total += loss.item() / taught
        seen += part[0].numel()
    return total, seen


def _batches(lengths: NDArray[np.int64], batch: int, seed: int) -> list[NDArray[np.int64]]:
    """The numbers of the lessons of each step: nearly in their order, those of about one length together."""
    rng, made = np.random.default_rng(seed), []
    window = batch * WINDOW
    for at in range(0, len(lengths), window):
        near = at + np.argsort(lengths[at : at + window], kind="stable")
        steps = [near[first : first + batch] for first in range(0, len(near) - batch + 1, batch)]
        made += [steps[n] for n in rng.permutation(len(steps))]
    return made


def _parts(data: Arrays, which: NDArray[np.int64], device: str, *, at_once: bool) -> Iterator[tuple[torch.Tensor, ...]]:
    """The lessons of a step, as one batch of one length or one by one: ids, positions, segments, taught."""
    starts = np.concatenate(([0], data["ends"][:-1]))
    rows = [slice(int(starts[n]), int(data["ends"][n])) for n in which]
    groups = [rows] if at_once else [[row] for row in rows]
    for group in groups:
        length = -(-max(row.stop - row.start for row in group) // 64) * 64  # attention's kernels want it round
        out = []
        for name in ("ids", "positions", "segments", "taught"):
            filled = np.full((len(group), length), -1 if name == "segments" else 0, np.int64)
            for at, row in enumerate(group):
                filled[at, : row.stop - row.start] = data[name][row]
            out.append(torch.from_numpy(filled).to(device))
        yield tuple(out)


def _losses(
    model: Qwen2, ids: torch.Tensor, positions: torch.Tensor, segments: torch.Tensor, learnt: torch.Tensor
) -> Iterator[torch.Tensor]:
    """Summed cross entropies of the learnt tokens. A lesson alone has its catalogue read once and without gradients, a
    third of the work, and its messages some at a time, for they do not see each other."""
    alone = len(ids) == 1
    length = int((segments[0] == 0).sum()) if alone else 0
    whole = _mask(segments)
    before: Sequence[Memory] = ()
    if alone:
        with torch.no_grad(), torch.autocast(ids.device.type, torch.bfloat16):
            before = model(ids[:, :length], positions[:, :length], whole[:, :, :length, :length])[1]
    for first, last in _groups(segments[0]) if alone else [(0, ids.shape[1])]:
        own = slice(first, last)
        mask = torch.cat((whole[:, :, own, :length], whole[:, :, own, own]), -1)
        with torch.autocast(ids.device.type, torch.bfloat16):
            hidden, _ = model(ids[:, own], positions[:, own], mask, before)
            # the token after place n is foretold at n; a message's first token is never learnt
            wanted = learnt[:, own][:, 1:].bool()
            logits = model.logits(hidden[:, :-1][wanted])
        yield functional.cross_entropy(logits.float(), ids[:, own][:, 1:][wanted], reduction="sum")


def _groups(segments: torch.Tensor) -> Iterator[tuple[int, int]]:
    """Where every so many messages of a lesson begin and end."""
    last = int(segments.max())
    for number in range(1, last + 1, TOGETHER):
        (places,) = torch.nonzero((segments >= number) & (segments < number + TOGETHER), as_tuple=True)
        yield int(places[0]), int(places[-1]) + 1


def _mask(segments: torch.Tensor) -> torch.Tensor:
    """[batch, 1, length, length]: a token sees those before it of its own segment and of the catalogue."""
    order = torch.arange(segments.shape[1], device=segments.device)
    mine, theirs = segments[:, :, None], segments[:, None, :]
    seen = ((theirs == mine) | (theirs == 0)) & (order[:, None] >= order[None, :])
    # A large number, not infinity: where nothing may be seen, softmax has no NaN to give.
    return torch.where(seen, 0.0, -30_000.0).to(torch.bfloat16)[:, None]


if __name__ == "__main__":
    main()
