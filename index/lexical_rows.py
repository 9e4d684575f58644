"""BM25 weights chunk by chunk, and back: bm25s keeps them term by term, which a store of rows cannot use.

The weights are the whole of BM25, IDF included, as bm25s has computed them; so the score of a chunk is the plain sum of
its weights of the query's terms, each as often as the query says it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.analysis import Analyzer
from index.lexical import LexicalIndex


@dataclass(frozen=True, slots=True)
class RowWeights:
    """The weights of all chunks: those of row i are ``starts[i]`` to ``starts[i + 1]`` of the two arrays."""

    n_terms: int  # of the course
    starts: NDArray[np.int64]  # (n_chunks + 1,)
    terms: NDArray[np.int32]  # numbers of terms, ascending within a row
    weights: NDArray[np.float32]  # > 0


def row_weights(lexical: LexicalIndex) -> RowWeights:
    """The weights by chunk of an index that was built, not of part of one."""
    scores = lexical.bm25.scores
    rows, by_term = np.asarray(scores["indices"]), np.asarray(scores["indptr"])
    order = np.argsort(rows, kind="stable")  # within a row the terms stay ascending
    terms = np.repeat(np.arange(len(by_term) - 1, dtype=np.int32), np.diff(by_term))
    starts = np.zeros(len(lexical) + 1, np.int64)
    np.cumsum(np.bincount(rows, minlength=len(lexical)), out=starts[1:])
    return RowWeights(len(by_term) - 1, starts, terms[order], np.asarray(scores["data"], np.float32)[order])


def terms_of(lexical: LexicalIndex) -> list[str]:
    """The terms of the course; each one's number is its place."""
    numbers: dict[str, int] = lexical.bm25.vocab_dict
    return sorted(numbers, key=numbers.__getitem__)


def lexical_from_rows(terms: Sequence[str], weights: RowWeights, analyzer: Analyzer) -> LexicalIndex:
    """The index that ``row_weights`` and ``terms_of`` were taken from."""
    bm25 = LexicalIndex.empty_bm25()
    order = np.argsort(weights.terms, kind="stable")
    rows = np.repeat(np.arange(len(weights.starts) - 1, dtype=np.int32), np.diff(weights.starts))
    by_term = np.zeros(len(terms) + 1, np.int64)
    np.cumsum(np.bincount(weights.terms, minlength=len(terms)), out=by_term[1:])
    bm25.scores = {
        "data": weights.weights[order], "indices": rows[order], "indptr": by_term, "num_docs": len(weights.starts) - 1,
    }  # fmt: skip
    bm25.vocab_dict = {term: number for number, term in enumerate(terms)}
    bm25.unique_token_ids_set = set(bm25.vocab_dict.values())
    bm25.nonoccurrence_array = None  # of kinds of BM25 that score the absence of a term
    return LexicalIndex(bm25, analyzer)
