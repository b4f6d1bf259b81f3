"""Qwen2 with LoRA in plain PyTorch, its weights read from the very GGUF file that nlops runs.

Sources: the Qwen2 architecture as in llama.cpp's `llm_build_qwen2` (RMS norm, rotary embedding in NeoX order, grouped
queries, SwiGLU); LoRA as in Hu et al. 2021, on all seven projections of a block, y = Wx + (alpha / r) B A x.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import gguf
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

# A block's keys and values, each [batch, kv heads, length, width of a head].
Memory: TypeAlias = tuple[Tensor, Tensor]

# llama.cpp's names of a block's matrices.
PROJECTIONS = ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down")


@dataclass(frozen=True)
class Shape:
    """What the file says of the model."""

    blocks: int
    heads: int
    kv_heads: int
    rope_base: float
    epsilon: float


class Lora(nn.Module):
    """A frozen matrix with a trained product of two thin ones beside it."""

    def __init__(self, weight: Tensor, bias: Tensor | None, rank: int, alpha: float) -> None:
        super().__init__()
        self.register_buffer("weight", weight)
        self.register_buffer("bias", bias)
        self.a = nn.Parameter(torch.empty(rank, weight.shape[1]))
        self.b = nn.Parameter(torch.zeros(weight.shape[0], rank))
        nn.init.kaiming_uniform_(self.a, a=math.sqrt(5))
        self.scale = alpha / rank

    def forward(self, x: Tensor) -> Tensor:
        thin = functional.linear(x, self.a.to(x.dtype))
        return functional.linear(x, self.weight, self.bias) + functional.linear(thin, self.b.to(x.dtype)) * self.scale


class Block(nn.Module):
    """Attention and feed-forward, each with its norm before it."""

    def __init__(self, shape: Shape, tensors: dict[str, Tensor], rank: int, alpha: float) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("attn_norm", tensors["attn_norm.weight"])
        self.register_buffer("ffn_norm", tensors["ffn_norm.weight"])
        for name in PROJECTIONS:
            setattr(self, name, Lora(tensors[f"{name}.weight"], tensors.get(f"{name}.bias"), rank, alpha))

    def forward(
        self, x: Tensor, mask: Tensor, cos: Tensor, sin: Tensor, before: Memory | None
    ) -> tuple[Tensor, Memory]:
        batch, length, width = x.shape
        h = functional.rms_norm(x, (width,), self.attn_norm, self.shape.epsilon)
        q, k, v = (
            getattr(self, name)(h).view(batch, length, heads, -1).transpose(1, 2)
            for name, heads in (
                ("attn_q", self.shape.heads),
                ("attn_k", self.shape.kv_heads),
                ("attn_v", self.shape.kv_heads),
            )
        )
        q, k = _rotated(q, cos, sin), _rotated(k, cos, sin)
        if before is not None:
            k, v = torch.cat((before[0], k), 2), torch.cat((before[1], v), 2)
        memory = k, v
        repeats = self.shape.heads // self.shape.kv_heads
        k, v = k.repeat_interleave(repeats, 1), v.repeat_interleave(repeats, 1)
        mixed = functional.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + self.attn_output(mixed.transpose(1, 2).reshape(batch, length, width))
        h = functional.rms_norm(x, (width,), self.ffn_norm, self.shape.epsilon)
        return x + self.ffn_down(functional.silu(self.ffn_gate(h)) * self.ffn_up(h)), memory


def _rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = x.chunk(2, -1)
    return torch.cat((first * cos - second * sin, second * cos + first * sin), -1)


class Qwen2(nn.Module):
    """The model; `forward` gives the last hidden states, `logits` the logits of some of them."""

    def __init__(self, file: Path, rank: int, alpha: float, dtype: torch.dtype = torch.bfloat16) -> None:
        super().__init__()
        reader = gguf.GGUFReader(str(file))
        self.shape = _shape_of(reader)
        tensors = {t.name: t for t in reader.tensors}

        def load(name: str) -> Tensor:
            one = tensors[name]
            return torch.from_numpy(np.array(gguf.quants.dequantize(one.data, one.tensor_type))).to(dtype)

        self.register_buffer("embedding", load("token_embd.weight"))
        self.register_buffer("output", load("output.weight" if "output.weight" in tensors else "token_embd.weight"))
        self.register_buffer("norm", load("output_norm.weight"))
        self.blocks = nn.ModuleList()
        for number in range(self.shape.blocks):
            prefix = f"blk.{number}."
            own = {name.removeprefix(prefix): load(name) for name in tensors if name.startswith(prefix)}
            self.blocks.append(Block(self.shape, own, rank, alpha))

    def forward(
        self, ids: Tensor, positions: Tensor, mask: Tensor, before: Sequence[Memory] = ()
    ) -> tuple[Tensor, list[Memory]]:
        """Hidden states [batch, length, width] of token ids and positions [batch, length], and each block's memory with
        them; `before` is the memory of what was read before. `mask` [batch, 1, length, length with what was before] is
        added to the attention's scores."""
        half = self.embedding.shape[1] // self.shape.heads // 2
        steps = torch.arange(half, device=ids.device, dtype=torch.float32) / half
        angles = positions[:, None, :, None].float() * self.shape.rope_base**-steps
        x = functional.embedding(ids, self.embedding)
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        memories = []
        for number, block in enumerate(self.blocks):
            x, memory = block(x, mask, cos, sin, before[number] if before else None)
            memories.append(memory)
        return functional.rms_norm(x, (x.shape[-1],), self.norm, self.shape.epsilon), memories

    def logits(self, hidden: Tensor) -> Tensor:
        return functional.linear(hidden, self.output)


def _shape_of(reader: gguf.GGUFReader) -> Shape:
    def field(name: str) -> float:
        return float(reader.fields[f"qwen2.{name}"].contents())

    return Shape(
        blocks=int(field("block_count")),
        heads=int(field("attention.head_count")),
        kv_heads=int(field("attention.head_count_kv")),
        rope_base=float(field("rope.freq_base")),
        epsilon=float(field("attention.layer_norm_rms_epsilon")),
    )


def load_adapter(model: Qwen2, file: Path) -> None:
    """Go on from an adapter of the same rank."""
    tensors = gguf.GGUFReader(str(file)).tensors
    matrices = {one.name: torch.from_numpy(gguf.quants.dequantize(one.data, one.tensor_type)) for one in tensors}
    with torch.no_grad():
        for number, block in enumerate(model.blocks):
            for name in PROJECTIONS:
                lora = getattr(block, name)
                lora.a.copy_(matrices[f"blk.{number}.{name}.weight.lora_a"])
                lora.b.copy_(matrices[f"blk.{number}.{name}.weight.lora_b"])


def save_adapter(model: Qwen2, file: Path, alpha: float) -> None:
    """The trained matrices as llama.cpp's LoRA adapter in GGUF, 16-bit floats."""
    writer = gguf.GGUFWriter(str(file), "qwen2")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for number, block in enumerate(model.blocks):
        for name in PROJECTIONS:
            lora = getattr(block, name)
            for letter, matrix in (("a", lora.a), ("b", lora.b)):
                values = matrix.detach().float().cpu().numpy().astype(np.float16)
                writer.add_tensor(f"blk.{number}.{name}.weight.lora_{letter}", values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
