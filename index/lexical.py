"""BM25 over the chunks of one course: an exact-word score of every chunk for a query.

Knows terms and rows, nothing of vectors. The scores are BM25 as Lucene computes it, precomputed per term by bm25s.
"""

import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import bm25s
import numpy as np
from numpy.typing import NDArray

from index.analysis import Analyzer

# Anserini's defaults for passages, the setting of the published BEIR baselines; not tuned here.
_K1 = 0.9
_B = 0.4


class LexicalIndex:
    """BM25 scores of all chunks for any query; immutable and safe to share between threads."""

    def __init__(self, bm25: bm25s.BM25, analyzer: Analyzer) -> None:
        self._bm25 = bm25
        self._analyzer = analyzer

    @classmethod
    def build(cls, texts: Sequence[str], analyzer: Analyzer) -> Self:
        """Index one text per chunk, row number for row number.

        Raises:
            ValueError: If there is no text.
        """
        if not texts:
            raise ValueError("BM25 needs at least one text")
        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it announces every index it builds
        bm25 = cls.empty_bm25()
        term_lists = [analyzer.terms(text) for text in texts]
        if not any(term_lists):
            term_lists[0] = [""]  # a course of formulas alone: bm25s cannot hold an empty vocabulary
        vocabulary = {term: number for number, term in enumerate(sorted({t for terms in term_lists for t in terms}))}
        numbered = [[vocabulary[term] for term in terms] for terms in term_lists]
        bm25.index((numbered, vocabulary), create_empty_token=False, show_progress=False)
        return cls(bm25, analyzer)

    @staticmethod
    def empty_bm25() -> "bm25s.BM25":
        """The scoring that all indexes have, before it has seen a text."""
        return bm25s.BM25(method="lucene", k1=_K1, b=_B)

    @property
    def bm25(self) -> "bm25s.BM25":
        """What computes the scores: for those who keep its weights elsewhere."""
        return self._bm25

    @classmethod
    def load(cls, folder: Path, analyzer: Analyzer) -> Self:
        """Map the arrays that ``save`` wrote and read the terms; never a pickle.

        Processes that load the same folder share the arrays' pages.
        """
        bm25 = bm25s.BM25.load(folder, allow_pickle=False, show_progress=False, backend="numpy", mmap=True)
        # Slices of a memmap are memmaps, which cost Python calls at every step; what is mapped stays mapped.
        bm25.scores |= {name: np.asarray(bm25.scores[name]) for name in ("data", "indices", "indptr")}
        return cls(bm25, analyzer)

    def save(self, folder: Path) -> None:
        """Write to a new folder: three arrays (.npy), the terms and the parameters (.json)."""
        folder.mkdir(exist_ok=False)
        self._bm25.save(folder, allow_pickle=False, show_progress=False)

    def __len__(self) -> int:
        return int(self._bm25.scores["num_docs"])

    def scores(self, query: str) -> NDArray[np.float32]:
        """BM25 of every chunk for the query: float32, (n_chunks,), >= 0; all zero when no term is known."""
        known = self._bm25.get_tokens_ids(self._analyzer.terms(query))
        if not known:
            return np.zeros(len(self), dtype=np.float32)
        scores: NDArray[np.float32] = self._bm25.get_scores_from_ids(known)
        return scores
