"""The model that runs, as a process of its own: `python -m nlops.adapters.embedded.merge MODEL ADAPTER OUT`.

The published model with the adapter's matrices added to its own, in formats that llama.cpp lays out for the vector
units of the processor; a message takes a third less time than with the adapter beside the model. Rows of 896 weights
fit no format of 256 (the k-quants), so the published file falls back to Q5_0, which it does not lay out.

    attention            Q8_0     a tenth of the weights and the most of the loss, were it smaller
    feed-forward, output IQ4_NL
    embedding, norms     as they are

Against the merged weights in 32 bits an answer's tokens differ by KLKL nats (Kullback-Leibler), with all in Q5_0 by
0.004, in Q4_0 by 0.018. A process of its own for its memory (numpy, and some hundred MB for a quarter of a minute).
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeAlias

import gguf
import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, ReaderTensor
from numpy.typing import NDArray
from tqdm import tqdm

from nlops.adapters.embedded.quantize import BLOCK, BLOCK_BYTES, Bytes, Matrix, quantize_iq4_nl

_ROWS = 4096  # of a matrix at a time: the output has 151,936, which is half a GB in 32 bits
_WORKERS = 2
_Q8_BYTES = 34  # of a block
_OUTPUT = "output.weight"

# An adapter's thin matrices of one tensor: [rank, columns] and, scaled, [rows, rank].
Thin: TypeAlias = tuple[Matrix, Matrix]


def main() -> None:
    """Write OUT. Whatever is wrong is the last line on standard output, with exit status 1."""
    model, adapter, out = map(Path, sys.argv[1:])
    os.nice(5)  # bots are being watched meanwhile
    try:
        merge(model, adapter, out)
    except Exception as error:  # the parent tells it; a traceback helps nobody in a chat
        print(f"{type(error).__name__}: {error}".replace("\n", " "))
        sys.exit(1)


def merge(model: Path, adapter: Path, out: Path) -> None:
    """Write the model with the adapter in it. Raises OSError, ValueError or KeyError for a wrong file."""
    reader, thin = GGUFReader(model), read_adapter(adapter)
    unknown = set(thin) - {tensor.name for tensor in reader.tensors}
    if unknown:
        raise ValueError(f"the adapter is for another model: {sorted(unknown)[0]}")
    writer = GGUFWriter(out, reader.fields["general.architecture"].contents())
    for field in reader.fields.values():
        if not field.name.startswith("GGUF.") and field.name != "general.architecture":
            kind = field.types[0]
            inner = field.types[-1] if kind == gguf.GGUFValueType.ARRAY else None
            writer.add_key_value(field.name, field.contents(), kind, sub_type=inner)
    for tensor in reader.tensors:
        _announce(tensor, _format_of(tensor, thin), writer)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    bar = tqdm(total=len(reader.tensors), desc="model's weights", file=sys.stderr, leave=False)
    with ThreadPoolExecutor(_WORKERS) as pool, bar:
        for data in pool.map(lambda tensor: _data_of(tensor, thin), reader.tensors):
            writer.write_tensor_data(data)
            bar.update()
    writer.close()


def read_adapter(file: Path) -> dict[str, Thin]:
    """A LoRA adapter's matrices by the tensor that they are added to."""
    reader = GGUFReader(file)
    alpha = float(reader.fields["adapter.lora.alpha"].contents())
    matrices = {one.name: gguf.quants.dequantize(one.data, one.tensor_type) for one in reader.tensors}
    names = [name.removesuffix(".lora_a") for name in matrices if name.endswith(".lora_a")]
    pairs = {name: (matrices[f"{name}.lora_a"], matrices[f"{name}.lora_b"]) for name in names}
    return {name: (a, b * np.float32(alpha / len(a))) for name, (a, b) in pairs.items()}


def _announce(tensor: ReaderTensor, kind: GGMLQuantizationType | None, writer: GGUFWriter) -> None:
    """Tell the writer a tensor's name, shape and format; all of them stand before the first one's data."""
    if kind is None:
        data, own = tensor.data, tensor.tensor_type
        raw = None if own == GGMLQuantizationType.F32 else own
        writer.add_tensor_info(tensor.name, data.shape, data.dtype, data.nbytes, raw_dtype=raw)
        return
    columns, rows = (int(length) for length in tensor.shape)
    row_bytes = columns // BLOCK * (BLOCK_BYTES if kind == GGMLQuantizationType.IQ4_NL else _Q8_BYTES)
    writer.add_tensor_info(tensor.name, (rows, row_bytes), np.dtype(np.uint8), rows * row_bytes, raw_dtype=kind)


def _format_of(tensor: ReaderTensor, thin: dict[str, Thin]) -> GGMLQuantizationType | None:
    """What a tensor is written in, or None where it stays as it is."""
    if tensor.name == _OUTPUT:
        return GGMLQuantizationType.IQ4_NL
    if tensor.name not in thin:
        return None
    return GGMLQuantizationType.Q8_0 if ".attn_" in tensor.name else GGMLQuantizationType.IQ4_NL


def _data_of(tensor: ReaderTensor, thin: dict[str, Thin]) -> NDArray[np.generic]:
    kind = _format_of(tensor, thin)
    if kind is None:
        return np.asarray(tensor.data)
    return np.concatenate(list(_slabs(tensor, thin.get(tensor.name), kind)))


def _slabs(tensor: ReaderTensor, thin: Thin | None, kind: GGMLQuantizationType) -> Iterator[Bytes]:
    for at in range(0, len(tensor.data), _ROWS):
        rows = slice(at, at + _ROWS)
        matrix = gguf.quants.dequantize(tensor.data[rows], tensor.tensor_type)
        if thin is not None:
            a, b = thin
            matrix = matrix + b[rows] @ a
        yield quantize_iq4_nl(matrix) if kind == GGMLQuantizationType.IQ4_NL else gguf.quants.quantize(matrix, kind)


if __name__ == "__main__":
    main()
