"""Fusing signals: scale does not matter, order does, and ties are never settled by chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.fusion import best_first, convex_combination, max_normalised

scores = st.lists(st.floats(-1, 100, width=32), min_size=1, max_size=40).map(lambda x: np.array(x, dtype=np.float32))


@given(scores)
def test_max_normalised_scores_lie_between_0_and_1_and_keep_their_order(raw: np.ndarray) -> None:
    normalised = max_normalised(raw)

    assert normalised.dtype == np.float32
    assert normalised.min() >= 0.0
    assert normalised.max() in (0.0, 1.0)
    assert (np.diff(normalised[np.argsort(raw)]) >= 0).all()


def test_a_signal_that_found_nothing_changes_nothing() -> None:
    dense = np.array([0.2, 0.4], dtype=np.float32)
    lexical = np.zeros(2, dtype=np.float32)

    fused = convex_combination([dense, lexical], weights=[0.5, 0.5])

    assert fused.tolist() == [0.25, 0.5]


def test_the_scale_of_a_signal_does_not_matter() -> None:
    dense = np.array([0.2, 0.4, 0.1], dtype=np.float32)
    lexical = np.array([9.0, 3.0, 0.0], dtype=np.float32)

    once = convex_combination([dense, lexical], weights=[0.5, 0.5])
    scaled = convex_combination([dense, lexical * 8], weights=[0.5, 0.5])

    assert once.tolist() == scaled.tolist()


def test_signals_of_different_chunks_are_refused() -> None:
    with pytest.raises(ValueError, match="the same chunks"):
        convex_combination([np.ones(2, dtype=np.float32), np.ones(3, dtype=np.float32)], weights=[0.5, 0.5])


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="must be >= 0"):
        convex_combination([np.ones(2, dtype=np.float32)], weights=[-0.1])


@given(scores, st.integers(0, 50), st.randoms())
def test_the_best_come_first_and_ties_stand_in_the_given_order(raw: np.ndarray, top_k: int, random: st.randoms) -> None:
    places = list(range(len(raw)))
    random.shuffle(places)
    coarse = np.round(raw / 10)  # many ties

    rows = best_first(coarse, np.array(places), top_k)

    expected = sorted(range(len(raw)), key=lambda row: (-coarse[row], places[row]))[:top_k]
    assert rows.tolist() == expected
