"""Weights in eight bits: what they stand for is near what they were made of."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from index.eight_bits import BLOCK, EightBits

WEIGHTS = st.integers(1, 3).flatmap(
    lambda n_blocks: arrays(np.float32, (n_blocks * BLOCK, 4), elements=st.floats(-1e3, 1e3, width=32))
)


@given(WEIGHTS)
def test_no_weight_is_off_by_more_than_half_a_step_of_its_block(weight: np.ndarray) -> None:
    rounded = EightBits.of(weight)

    steps = np.repeat(rounded.scales, BLOCK, axis=1).T
    assert (np.abs(rounded.restored() - weight) <= steps * 0.501).all()


@given(WEIGHTS)
def test_a_block_without_weights_is_zero_and_stays_zero(weight: np.ndarray) -> None:
    weight[:BLOCK] = 0

    assert not EightBits.of(weight).restored()[:BLOCK].any()


def test_one_large_weight_spoils_its_own_block_only() -> None:
    weight = np.full((2 * BLOCK, 1), 0.01, dtype=np.float32)
    weight[0] = 100

    restored = EightBits.of(weight).restored()

    assert not restored[1:BLOCK].any()
    np.testing.assert_allclose(restored[BLOCK:], 0.01, rtol=1e-6)
