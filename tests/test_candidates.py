"""The candidates of a query are what comparing it with every chunk would give, and nothing that is hidden."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.analysis import Analyzer
from index.candidates import best_places
from index.embedded_source import EmbeddedSource
from index.faiss_store import FaissStore
from index.lexical import LexicalIndex

WORDS = ("star", "cell", "bone", "gas", "nerve", "light")
SOME_WORDS = st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join)


def source_of(texts: list[str], seed: int) -> tuple[EmbeddedSource, np.ndarray]:
    matrix = np.random.default_rng(seed).normal(size=(len(texts), 8)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    return EmbeddedSource(FaissStore.from_matrix(matrix), LexicalIndex.build(texts, Analyzer())), matrix


@given(st.lists(SOME_WORDS, min_size=1, max_size=40), SOME_WORDS, st.integers(0, 12), st.integers(0, 99), st.data())
def test_candidates_are_the_best_of_all_by_either_signal_and_what_is_named(
    texts: list[str], query: str, per_signal: int, seed: int, data: st.DataObject
) -> None:
    source, matrix = source_of(texts, seed)
    vector = np.random.default_rng(seed + 1).normal(size=8).astype(np.float32)
    rows = st.lists(st.integers(0, len(texts) - 1), unique=True, max_size=6).map(sorted).map(np.int64)
    also, hidden = data.draw(rows), data.draw(rows)

    found = source.candidates(query, vector, per_signal=per_signal, also=also, hidden=hidden)

    dense, lexical = matrix @ vector, source.lexical.scores(query)
    shown = [row for row in range(len(texts)) if row not in hidden]
    near = sorted(shown, key=lambda row: (-dense[row], row))[:per_signal]
    worded = sorted((row for row in shown if lexical[row] > 0), key=lambda row: (-lexical[row], row))[:per_signal]
    assert found.rows.tolist() == sorted({*near, *worded, *(set(also.tolist()) & set(shown))})
    np.testing.assert_allclose(found.dense, dense[found.rows], atol=1e-6)
    assert (found.lexical == lexical[found.rows]).all()
    assert (found.vectors == matrix[found.rows]).all()


@given(st.integers(0, 200), st.integers(1, 5), st.integers(0, 99))
def test_the_best_of_many_are_the_best_and_among_equals_the_first(n: int, kinds: int, seed: int) -> None:
    chance = np.random.default_rng(seed)
    for scores in (
        chance.integers(kinds, size=50_000).astype(np.float32),
        chance.normal(size=50_001).astype(np.float32),
        np.arange(30_000, dtype=np.float32),
    ):
        expected = np.argsort(-scores, kind="stable")[:n]

        assert sorted(best_places(scores, n).tolist()) == sorted(expected.tolist())
