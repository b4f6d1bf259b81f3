"""Matrices in llama.cpp's IQ4_NL: 32 weights as one 16-bit scale and 4 bits each, over levels that lie closer near
zero.

The `gguf` package reads this format and does not write it. Source: `quantize_row_iq4_nl_impl` in ggml's
`ggml-quants.c`, with fewer scales tried: of its fifteen these three keep the squared error within one per cent.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

BLOCK = 32  # weights
BLOCK_BYTES = 18
LEVELS = np.array([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], np.float32)
_TRIED = (-5, -1, 3)  # where the largest weight of a block comes to lie, beside the lowest level
_AT_ONCE = 4096  # blocks, so that a step's arrays stay in the processor's cache
# The nearest level of every whole number that a scaled weight may be.
_REACH = 160
_NEAREST = np.searchsorted((LEVELS[1:] + LEVELS[:-1]) / 2, np.arange(-_REACH, _REACH + 1)).astype(np.uint8)
_LEVEL = LEVELS[_NEAREST]

Matrix: TypeAlias = NDArray[np.float32]
Bytes: TypeAlias = NDArray[np.uint8]


def quantize_iq4_nl(matrix: Matrix) -> Bytes:
    """[rows, columns] weights, columns a multiple of 32, as [rows, columns / 32 * 18] bytes."""
    blocks = np.ascontiguousarray(matrix, np.float32).reshape(-1, BLOCK)
    done = [_quantize(blocks[at : at + _AT_ONCE]) for at in range(0, len(blocks), _AT_ONCE)]
    return np.concatenate(done).reshape(len(matrix), -1)


def _quantize(x: Matrix) -> Bytes:
    """[n, 32] weights as [n, 18] bytes. Errors count more for larger weights, as in the source."""
    weight = x * x
    largest = np.take_along_axis(x, np.abs(x).argmax(1)[:, None], 1)
    largest[largest == 0] = 1
    scale, best = np.zeros_like(largest), np.full_like(largest, -1)
    for tried in _TRIED:
        q = _LEVEL[_whole(x * ((tried + LEVELS[0]) / largest))]
        product = np.einsum("ij,ij,ij->i", weight, q, x)[:, None]
        square = np.maximum(np.einsum("ij,ij,ij->i", weight, q, q)[:, None], np.float32(1e-30))
        gain = product * product / square
        scale = np.where(gain > best, product / square, scale)
        best = np.maximum(gain, best)
    half = scale.astype(np.float16)
    exact = half.astype(np.float32)
    inverse = np.divide(1, exact, out=np.zeros_like(exact), where=exact != 0)
    level = _NEAREST[_whole(x * inverse)]
    return np.concatenate((half.view(np.uint8), level[:, :16] | (level[:, 16:] << 4)), 1)


def _whole(scaled: Matrix) -> NDArray[np.int16]:
    """The place in the tables of the whole number that is nearest."""
    return (np.clip(scaled, -_REACH, _REACH) + np.float32(_REACH + 0.5)).astype(np.int16)
