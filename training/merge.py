"""The mean of several adapters as one of the same rank: `python -m training.merge OUT.gguf ADAPTER.gguf …`.

Runs that began with the same random matrices and saw the lessons in other batches err differently; their mean less.
The mean of the products has several times their rank; what lies beyond the first `RANK` singular values is dropped
(of two runs: 0.1 % of the squared norm). Written with 8 bits a number: half the size.
"""

import sys
from typing import TypeAlias

import gguf
import numpy as np
from numpy.typing import NDArray

from training.train import ALPHA, RANK

Matrix: TypeAlias = NDArray[np.float32]
SMALL = gguf.GGMLQuantizationType.Q8_0


def main() -> None:
    out, *files = sys.argv[1:]
    adapters = [read_adapter(file) for file in files]
    writer = gguf.GGUFWriter(out, "qwen2")
    writer.add_string("general.type", "adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", ALPHA)
    for name in adapters[0]:
        if name.endswith("lora_a"):
            twin = f"{name[:-1]}b"
            a, b = mean([(adapter[name], adapter[twin]) for adapter in adapters])
            for its_name, matrix in ((name, a), (twin, b)):
                writer.add_tensor(its_name, gguf.quants.quantize(matrix, SMALL), raw_dtype=SMALL)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def read_adapter(file: str) -> dict[str, Matrix]:
    """The matrices of an adapter by name."""
    tensors = gguf.GGUFReader(file).tensors
    return {one.name: gguf.quants.dequantize(one.data, one.tensor_type).astype(np.float32) for one in tensors}


def mean(pairs: list[tuple[Matrix, Matrix]]) -> tuple[Matrix, Matrix]:
    """Thin matrices (a: [rank, in], b: [out, rank]) whose product is nearest to the mean of the pairs' products."""
    a = np.concatenate([one for one, _ in pairs], 0)
    b = np.concatenate([one for _, one in pairs], 1) / len(pairs)
    q_b, r_b = np.linalg.qr(b)
    q_a, r_a = np.linalg.qr(a.T)
    u, s, v = np.linalg.svd(r_b @ r_a.T)
    root = np.sqrt(s[:RANK])
    thin_a, thin_b = (root[:, None] * v[:RANK]) @ q_a.T, (q_b @ u[:, :RANK]) * root
    return thin_a.astype(np.float32), thin_b.astype(np.float32)


if __name__ == "__main__":
    main()
