"""The model that runs, as a process of its own: `python -m nlops.adapters.embedded.merge MODEL ADAPTER OUT`.

The published model with the adapter's matrices added to its own; beside it they cost a fifth of a message's time.

    attention, feed-forward  Q8_0   the sums are kept to 8 bits, and are read faster than the published Q5_0
    output                   Q4_0   a quarter of all that is read for a token; llama.cpp has vector code for this format
    embedding, norms                as they are

How far an answer's tokens move (Kullback-Leibler, in thousandths of a nat a token, against sums in 32 bits): by the
output 0.8; had the sums Q5_0 4.3, IQ4_NL 8.4, Q4_0 18. With feed-forward in IQ4_NL a message takes a seventh less time
still, but of 560 that nobody had read 470 were right in place of 479. A process of its own for its memory (numpy, and
some hundred MB for a quarter of a minute).
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeAlias

import gguf
import numpy as np
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter, ReaderTensor
from numpy.typing import NDArray
from tqdm import tqdm

_ROWS = 4096  # of a matrix at a time: the output has 151,936, which is half a GB in 32 bits
_WORKERS = 2
_OUTPUT = "output.weight"

Matrix: TypeAlias = NDArray[np.float32]
# An adapter's thin matrices of one tensor: [rank, columns] and, scaled, [rows, rank].
Thin: TypeAlias = tuple[Matrix, Matrix]


class _PlainReader(GGUFReader):  # type: ignore[misc]  # gguf has no types
    """Of a plain view: a memory map makes each of the million slices that the vocabulary is read in twice as dear."""

    data: Any

    def _get(self, *args: Any, **kwargs: Any) -> Any:
        self.data = self.data.view(np.ndarray)
        return super()._get(*args, **kwargs)


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
    reader, thin = _PlainReader(model), read_adapter(adapter)
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
    rows, row_bytes = gguf.quants.quant_shape_to_byte_shape(tuple(int(length) for length in tensor.shape[::-1]), kind)
    writer.add_tensor_info(tensor.name, (rows, row_bytes), np.dtype(np.uint8), rows * row_bytes, raw_dtype=kind)


def _format_of(tensor: ReaderTensor, thin: dict[str, Thin]) -> GGMLQuantizationType | None:
    """What a tensor is written in, or None where it stays as it is."""
    if tensor.name == _OUTPUT:
        return GGMLQuantizationType.Q4_0
    return GGMLQuantizationType.Q8_0 if tensor.name in thin else None


def _data_of(tensor: ReaderTensor, thin: dict[str, Thin]) -> NDArray[np.generic]:
    kind = _format_of(tensor, thin)
    if kind is None:
        return np.asarray(tensor.data)
    return np.concatenate(list(_slabs(tensor, thin.get(tensor.name), kind)))


def _slabs(tensor: ReaderTensor, thin: Thin | None, kind: GGMLQuantizationType) -> Iterator[NDArray[np.uint8]]:
    for at in range(0, len(tensor.data), _ROWS):
        rows = slice(at, at + _ROWS)
        matrix = gguf.quants.dequantize(tensor.data[rows], tensor.tensor_type)
        if thin is not None:
            a, b = thin
            matrix = matrix + b[rows] @ a
        yield gguf.quants.quantize(matrix, kind)


if __name__ == "__main__":
    main()
