"""Weights in few bits, and an adapter merged into them: what is written is read back by another's reader."""

from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf import GGMLQuantizationType, GGUFReader, GGUFWriter
from hypothesis import given
from hypothesis import strategies as st

from nlops.adapters.embedded.merge import merge
from nlops.adapters.embedded.quantize import LEVELS, Matrix, quantize_iq4_nl

ALPHA, RANK = 64.0, 32
RNG = np.random.default_rng(5)


def read_back(data: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> Matrix:
    back: Matrix = gguf.quants.dequantize(data, GGMLQuantizationType.IQ4_NL)
    return back


def normal(rows: int, columns: int) -> Matrix:
    return RNG.normal(0, 0.02, (rows, columns)).astype(np.float32)


def error(got: Matrix, wanted: Matrix) -> float:
    """Root of the mean square, as a share of the wanted one's."""
    return float(np.sqrt(((got - wanted) ** 2).sum() / (wanted**2).sum()))


def test_weights_on_the_levels_are_kept_exactly() -> None:
    blocks: Matrix = RNG.permuted(np.tile(LEVELS, (64, 2)), axis=1).astype(np.float32) / np.float32(1024)
    assert error(read_back(quantize_iq4_nl(blocks)), blocks) < 1e-6


def test_the_error_is_that_of_four_bits_and_less_than_evenly_spaced_ones_make() -> None:
    matrix = normal(300, 896)
    even = gguf.quants.dequantize(gguf.quants.quantize(matrix, GGMLQuantizationType.Q4_0), GGMLQuantizationType.Q4_0)
    own = error(read_back(quantize_iq4_nl(matrix)), matrix)
    assert own < 0.08 and own < 0.92 * error(even, matrix)


@given(st.lists(st.floats(-8, 8, width=16), min_size=32, max_size=32))
def test_any_block_has_its_shape_and_no_weight_is_far_off(weights: list[float]) -> None:
    """Zeros, one large weight among small ones, all alike: at most a step of the widest is lost, and signs are kept."""
    block = np.array([weights], np.float32)
    data = quantize_iq4_nl(block)
    assert data.shape == (1, 18) and data.dtype == np.uint8
    assert np.abs(read_back(data) - block).max() <= np.abs(block).max() * 0.2 + 1e-4


def write(file: Path, tensors: dict[str, Matrix], **texts: str) -> Path:
    writer = GGUFWriter(file, "qwen2")
    for key, text in texts.items():
        writer.add_string(f"general.{key}", text)
    writer.add_float32("adapter.lora.alpha", ALPHA)
    writer.add_token_list(["a", "雨", "c"])
    for name, matrix in tensors.items():
        writer.add_tensor(name, matrix)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return file


MODEL = {
    "output.weight": normal(5000, 64),  # more rows than are read at a time
    "token_embd.weight": normal(96, 64),
    "output_norm.weight": normal(1, 64)[0],
    "blk.0.attn_q.weight": normal(64, 64),
    "blk.0.ffn_up.weight": normal(160, 64),
}
ADAPTER = {
    f"{name}.lora_{letter}": matrix
    for name in ("blk.0.attn_q.weight", "blk.0.ffn_up.weight")
    for letter, matrix in (("a", normal(RANK, 64)), ("b", normal(len(MODEL[name]), RANK)))
}


def test_an_adapter_is_merged(tmp_path: Path) -> None:
    """Each matrix is the model's with the adapter's product, twice for alpha of twice the rank; what has none stays."""
    model, adapter = write(tmp_path / "model", MODEL, name="Model"), write(tmp_path / "adapter", ADAPTER)
    merge(model, adapter, tmp_path / "out")
    reader = GGUFReader(tmp_path / "out")
    assert reader.fields["general.name"].contents() == "Model"
    assert reader.fields["tokenizer.ggml.tokens"].contents() == ["a", "雨", "c"]
    got = {one.name: gguf.quants.dequantize(one.data, one.tensor_type) for one in reader.tensors}
    assert list(got) == list(MODEL)
    for name, loss in (("blk.0.attn_q.weight", 0.01), ("blk.0.ffn_up.weight", 0.09)):
        sum_of_both = MODEL[name] + 2 * ADAPTER[f"{name}.lora_b"] @ ADAPTER[f"{name}.lora_a"]
        assert error(got[name], sum_of_both) < loss < error(MODEL[name], sum_of_both)
    assert error(got["output.weight"], MODEL["output.weight"]) < 0.09
    for name in ("token_embd.weight", "output_norm.weight"):
        assert (got[name] == MODEL[name]).all()


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    other = {f"blk.7.attn_q.weight.lora_{letter}": normal(RANK, 64) for letter in "ab"}
    model, adapter = write(tmp_path / "model", MODEL), write(tmp_path / "adapter", other)
    with pytest.raises(ValueError, match=r"blk\.7\.attn_q"):
        merge(model, adapter, tmp_path / "out")
    assert not (tmp_path / "out").exists()
