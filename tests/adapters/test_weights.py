"""An adapter merged into a model's weights."""

from pathlib import Path

import gguf
import numpy as np
import pytest
from gguf import GGUFReader, GGUFWriter

from nlops.adapters.embedded.merge import Matrix, merge

ALPHA, RANK = 64.0, 32
RNG = np.random.default_rng(5)


def normal(rows: int, columns: int) -> Matrix:
    return RNG.normal(0, 0.02, (rows, columns)).astype(np.float32)


def error(got: Matrix, wanted: Matrix) -> float:
    """Root of the mean square, as a share of the wanted one's."""
    return float(np.sqrt(((got - wanted) ** 2).sum() / (wanted**2).sum()))


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
    for name in ("blk.0.attn_q.weight", "blk.0.ffn_up.weight"):
        sum_of_both = MODEL[name] + 2 * ADAPTER[f"{name}.lora_b"] @ ADAPTER[f"{name}.lora_a"]
        assert error(got[name], sum_of_both) < 0.01 < error(MODEL[name], sum_of_both)
    assert error(got["output.weight"], MODEL["output.weight"]) < 0.1
    for name in ("token_embd.weight", "output_norm.weight"):
        assert (got[name] == MODEL[name]).all()


def test_an_adapter_of_another_model_is_refused(tmp_path: Path) -> None:
    other = {f"blk.7.attn_q.weight.lora_{letter}": normal(RANK, 64) for letter in "ab"}
    model, adapter = write(tmp_path / "model", MODEL), write(tmp_path / "adapter", other)
    with pytest.raises(ValueError, match=r"blk\.7\.attn_q"):
        merge(model, adapter, tmp_path / "out")
    assert not (tmp_path / "out").exists()
